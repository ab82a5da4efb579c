"""What a typed document refers to, read and checked in one statement."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from psycopg import sql

from crm_contract.documents import DocumentBody
from crm_contract.errors import ErrorCode
from crm_contract.kinds import DocumentKind, FieldType, LineColumn
from crm_contract.units import is_unit
from crm_contract.vat import FIRST_DAY, TaxMode, VatKind, VatRate, allowed_rates, rate_for, rates_on
from crm_server.documents.scope import reaches
from crm_server.kit.actor import per_actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, not_found
from crm_server.parties.scope import party_scope

# A document would show the words of its references to whoever reads it: a party is taken only by those who see it, or
# from a document that names it already. So are products of the archive.
_RESOLVE = """
WITH told AS (
  SELECT unnest(ARRAY[t.party_id, t.consignee_id]) AS party_id FROM document t WHERE t.id = ANY(%(told)s::int8[]))
SELECT
  (SELECT jsonb_build_object('name', p.name, 'inn', p.inn, 'archived', p.archived) FROM party p
   WHERE p.id = %(party_id)s AND ({scope} OR p.id IN (SELECT party_id FROM told))) AS party,
  (SELECT true FROM contact c WHERE c.id = %(contact_id)s AND c.party_id = %(party_id)s) AS contact,
  (SELECT true FROM party p WHERE p.id = %(consignee_id)s
   AND ({scope} OR p.id IN (SELECT party_id FROM told))) AS consignee,
  (SELECT true FROM site s WHERE s.id = %(site_id)s AND s.party_id = %(party_id)s) AS site,
  (SELECT true FROM document c WHERE c.id = %(contract_id)s AND c.kind = 'contract' AND c.party_id = %(party_id)s
   AND c.branch_id = %(branch_id)s) AS contract,
  (SELECT jsonb_build_object('branch_id', w.branch_id, 'keeper_id', w.keeper_id) FROM place w
   WHERE w.id = %(place_id)s AND {shelf}) AS place,
  (SELECT jsonb_build_object('branch_id', w.branch_id, 'keeper_id', w.keeper_id) FROM place w
   WHERE w.id = %(place_to_id)s AND {shelf}) AS place_to,
  (SELECT jsonb_object_agg(w.id, w.keeper_id) FROM place w
   WHERE w.id = ANY(%(bins)s::int8[]) AND w.keeper_id <> w.id AND NOT w.archived) AS bins,
  (SELECT jsonb_build_object('branch_id', e.branch_id, 'active', e.active) FROM employee e
   WHERE e.id = %(employee_id)s) AS employee,
  (SELECT jsonb_build_object('branch_id', e.branch_id, 'active', e.active) FROM employee e
   WHERE e.id = %(employee_to_id)s) AS employee_to,
  (SELECT true FROM employee e WHERE e.id = %(responsible_id)s) AS responsible,
  (SELECT true FROM price_kind k WHERE k.id = %(price_kind_id)s) AS price_kind,
  (SELECT jsonb_build_object('id', p.id, 'tax_mode', p.tax_mode) FROM party p WHERE p.is_own AND p.id = coalesce(
      %(organization_id)s, (SELECT organization_id FROM branch WHERE id = %(branch_id)s),
      (SELECT min(id) FROM party WHERE is_own AND NOT archived))) AS organization,
  (SELECT jsonb_agg(jsonb_build_object('id', b.id, 'kind', b.kind, 'state', b.state, 'accounting', b.accounting,
      'chain_id', b.chain_id, 'branch_id', b.branch_id, 'branch_to_id', b.branch_to_id,
      'department_id', b.department_id, 'responsible_id', b.responsible_id, 'author_id', b.author_id,
      'employee_id', b.employee_id, 'employee_to_id', b.employee_to_id) ORDER BY b.id)
   FROM document b WHERE b.id = ANY(%(basis_ids)s::int8[])) AS bases,
  (SELECT jsonb_object_agg(p.id, jsonb_build_object('name', p.name, 'kind', p.kind, 'vat_kind', p.vat_kind))
   FROM product p WHERE p.id = ANY(%(products)s::int8[]) AND (NOT p.archived OR EXISTS (
       SELECT FROM document_line l WHERE l.product_id = p.id AND l.document_id = ANY(%(told)s::int8[])))) AS products,
  (SELECT jsonb_agg(jsonb_build_object('id', l.id, 'product_id', l.product_id) ORDER BY l.id) FROM document_line l
   WHERE l.document_id = ANY(%(basis_ids)s::int8[])) AS basis_lines
"""

#: Goods of employees and those on the way are moved by the documents that brought them there.
_SHELF = sql.SQL("w.kind IN ('warehouse', 'zone', 'bin')")
_resolve_sql = per_actor(lambda actor: sql.SQL(_RESOLVE).format(scope=party_scope(actor), shelf=_SHELF))

_WORDS = {
    "contact_id": "Контакт не этого клиента", "site_id": "Объект не этого клиента",
    "contract_id": "Договор не этого клиента или другого филиала", "consignee_id": "Такого контрагента нет",
    "place_id": "Такого склада нет", "place_to_id": "Такого склада нет", "responsible_id": "Такого сотрудника нет",
    "employee_id": "Такого сотрудника нет", "employee_to_id": "Такого сотрудника нет",
    "price_kind_id": "Такого вида цен нет", "party_id": "Такого контрагента нет",
    "organization_id": "Не указана своя организация",
}


def resolve(ctx: Ctx, kind: DocumentKind, body: DocumentBody, branch_id: int, *,
            document_id: int | None = None) -> Mapping[str, Any]:
    """The referenced rows; raises INVALID with a message at each wrong field. `document_id` names a saved draft."""
    params = body.model_dump(include={*_WORDS, "basis_ids"})
    params |= {"branch_id": branch_id, "told": [*body.basis_ids, document_id],
               "products": [line.product_id for line in body.lines if line.product_id],
               "bins": [bin_id for line in body.lines for bin_id in (line.bin_id, line.bin_to_id) if bin_id]}
    found = ctx.sql.get(_resolve_sql(ctx.actor), params)
    errors = {name: words for name, words in _WORDS.items()
              if getattr(body, name) is not None and found[name.removesuffix("_id")] is None}
    for field in kind.fields:
        value = getattr(body, field.name) if field.is_header else body.extra.get(field.name)
        required = field.required or (field.goods_need_it and _has_goods(body, found))
        if required and value in (None, ""):
            errors[field.name] = f"Заполните «{field.title}»"
    errors |= extra_errors(kind, body.extra)
    if found["organization"] is None:
        errors["organization_id"] = "Не заведена своя организация: заведите её в разделе «Клиенты»"
    if kind.lines and body.date < FIRST_DAY:
        errors["date"] = f"Проверьте год: ставки НДС известны с {FIRST_DAY:%d.%m.%Y}"
    for name in ("place",) if kind.crosses else ("place", "place_to"):
        if found[name] and found[name]["branch_id"] not in (None, branch_id):
            errors[f"{name}_id"] = "Склад другого филиала"
    errors |= {name: "Выберите склад, а зону или ячейку — в строке" for name in ("place_id", "place_to_id")
               if name not in errors and _names_a_bin(kind, body, name, found[name.removesuffix("_id")])}
    errors |= _employee_errors(body, found, branch_id)
    if body.place_to_id is not None and body.place_to_id == body.place_id:
        errors["place_to_id"] = "Это тот же склад: выберите другой"
    if kind.lines and not errors:
        errors |= _line_errors(kind, body, found)
    basis_lines = {b["id"] for b in found["basis_lines"] or ()}
    if any(line.basis_line_id and line.basis_line_id not in basis_lines for line in body.lines):
        errors["lines"] = "Строки ссылаются на чужое основание: создайте документ из основания заново"
    if errors:
        raise invalid(errors)
    return found


def _names_a_bin(kind: DocumentKind, body: DocumentBody, name: str, place: Mapping[str, Any] | None) -> bool:
    """Goods of a bin belong to its warehouse, which is what a document names."""
    field = kind.header(name)
    return (place is not None and field is not None and field.entity == "warehouse"
            and place["keeper_id"] != getattr(body, name))


def _employee_errors(body: DocumentBody, found: Mapping[str, Any], branch_id: int) -> dict[str, str]:
    errors: dict[str, str] = {}
    for name in ("employee", "employee_to"):
        if found[name] and found[name]["branch_id"] != branch_id:
            errors[f"{name}_id"] = "Сотрудник другого филиала"
        elif found[name] and not found[name]["active"]:
            errors[f"{name}_id"] = "Сотрудник уволен"
    if body.employee_to_id is not None and body.employee_to_id == body.employee_id:
        errors["employee_to_id"] = "Это тот же сотрудник: выберите другого"
    return errors


def _has_goods(body: DocumentBody, found: Mapping[str, Any]) -> bool:
    products = found["products"] or {}
    return any(products.get(str(line.product_id), {}).get("kind") in ("goods", "kit") for line in body.lines)


def extra_errors(kind: DocumentKind, extra: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with values of the kind's own fields, by name."""
    own = {f.name: f for f in kind.fields if not f.is_header}
    errors = {f"extra.{name}": "Неизвестное поле" for name in extra if name not in own}
    for name, value in extra.items():
        field = own.get(name)
        if field is None or not value:
            continue
        if field.type is FieldType.CHOICE and value not in {c.code for c in field.choices}:
            errors[name] = "Такого значения нет в списке"
        if field.type is FieldType.INTEGER and not value.isdigit():
            errors[name] = "Нужно целое число"
        if field.type is FieldType.DATE and not _is_date(value):
            errors[name] = "Дата записана неверно"
        if len(value) > 1000:
            errors[name] = "Слишком длинный текст"
    return errors


def _is_date(text: str) -> bool:
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _line_errors(kind: DocumentKind, body: DocumentBody, found: Mapping[str, Any]) -> dict[str, str]:
    errors: dict[str, str] = {}
    conditions = {"", *(condition.code for condition in kind.conditions)}
    products, bins = found["products"] or {}, found["bins"] or {}
    allowed = {rate.code for rate in _rates(kind, found, body)}
    has_paper = LineColumn.PAPER in kind.lines
    for number, line in enumerate(body.lines):
        if line.product_id is None and not line.name:
            errors[f"lines.{number}.name"] = "Выберите номенклатуру"
        elif line.product_id is not None and str(line.product_id) not in products:
            errors[f"lines.{number}.name"] = "Такой номенклатуры нет или она в архиве"
        if line.vat_rate and line.vat_rate not in allowed:
            errors[f"lines.{number}.vat_rate"] = "Этой ставки НДС у организации на эту дату нет"
        if not line.quantity and not (has_paper and line.paper_quantity):
            errors[f"lines.{number}.quantity"] = "Количество должно быть больше нуля"
        if line.paper_quantity is not None and not has_paper:
            errors[f"lines.{number}.paper_quantity"] = "Здесь нет количества по документу"
        if not is_unit(line.unit):
            errors[f"lines.{number}.unit"] = "Такой единицы нет"
        for column, place in ((LineColumn.BIN, body.place_id), (LineColumn.BIN_TO, body.place_to_id or body.place_id)):
            bin_id = getattr(line, column)
            if bin_id is not None and (column not in kind.lines or bins.get(str(bin_id)) != place):
                errors[f"lines.{number}.{column}"] = "Этой ячейки на складе нет"
        if line.condition not in conditions:
            errors[f"lines.{number}.condition"] = "Такого состояния в этом документе нет"
    return errors


def basis_lines_of(body: DocumentBody, found: Mapping[str, Any]) -> list[int | None]:
    """Which line of a basis each line comes from: the one it names while the product is the same, else one of its
    product that no other line takes. So what is deleted and typed anew, or split, still counts."""
    products = {b["id"]: b["product_id"] for b in found["basis_lines"] or ()}
    linked = [line.basis_line_id if line.basis_line_id and products[line.basis_line_id] in (None, line.product_id)
              else None for line in body.lines]
    same: dict[int, list[int]] = {}
    for basis_line, product in products.items():
        same.setdefault(product, []).append(basis_line)
    taken = set(linked)
    for number, line in enumerate(body.lines):
        if linked[number] is None and line.product_id in same:
            found_lines = same[line.product_id]
            linked[number] = next((b for b in found_lines if b not in taken), found_lines[0])
            taken.add(linked[number])
    return linked


def _rates(kind: DocumentKind, found: Mapping[str, Any], body: DocumentBody) -> list[VatRate]:
    """A supplier charges what its own mode allows, which we do not know, by the date of its own paper."""
    if not kind.buys:
        return allowed_rates(TaxMode(found["organization"]["tax_mode"]), body.date)
    return [*rates_on(body.date), *(rates_on(day) if (day := supplier_day(body.extra)) else ())]


def supplier_day(extra: Mapping[str, str]) -> date | None:
    """The date of the supplier's paper, where it is known."""
    text = extra.get("supplier_date", "")
    return date.fromisoformat(text) if _is_date(text) else None


def seller_mode(kind: DocumentKind, own: TaxMode) -> TaxMode:
    """Ours where we sell; of a supplier the usual one is supposed."""
    return TaxMode.GENERAL if kind.buys else own


def default_rate(kind: DocumentKind, found: Mapping[str, Any], product_id: int | None, body: DocumentBody) -> str:
    """The VAT rate of a line that was sent without one: by the product, the seller's mode and the date."""
    product = (found["products"] or {}).get(str(product_id), {})
    mode = seller_mode(kind, TaxMode(found["organization"]["tax_mode"]))
    return rate_for(VatKind(product.get("vat_kind", VatKind.STANDARD)), mode, body.date)


def check_bases(ctx: Ctx, kind: DocumentKind, body: DocumentBody, found: Mapping[str, Any]) -> None:
    """Each basis must be seen by the actor and be a declared source of this kind in the right state."""
    bases = found["bases"] or []
    if len(bases) != len(set(body.basis_ids)):
        raise not_found("Основание")
    for basis in bases:
        if not reaches(ctx.actor, f"{basis['kind']}.view", basis):
            raise not_found("Основание")
        rule = next((b for b in kind.based_on if b.source == basis["kind"]), None)
        wrong_state = rule is not None and rule.states and basis["state"] not in rule.states
        if rule is None or basis["accounting"] == "annulled" or wrong_state:
            raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{kind.title} на этом основании сейчас не создаётся",
                          "Проверьте состояние основания.")
