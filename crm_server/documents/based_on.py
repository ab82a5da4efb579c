"""Drafts made from another document: «На основании» and copies."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from crm_contract.base import Created
from crm_contract.documents import DocumentBody, LineBody, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.kinds import DocumentKind, LineColumn, Totals
from crm_contract.settings import CONTRACT_DAYS, INVOICE_DAYS, QUOTE_DAYS
from crm_contract.vat import rates_on
from crm_server.documents import registry
from crm_server.documents.remainder import BELOW
from crm_server.documents.service import create_document, known_kind, read_header
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.kit.listing import trusted
from crm_server.settings.queries import value_of

_COPIED = ("party_id", "contact_id", "organization_id", "consignee_id", "site_id", "contract_id", "place_id",
           "place_to_id", "employee_id", "employee_to_id", "price_kind_id", "vat_mode", "comment")
#: How long a kind is valid, by its code.
_VALID = {"offer": QUOTE_DAYS, "contract": CONTRACT_DAYS}

_LINES = """
WITH RECURSIVE roots AS (
    SELECT document_id AS root, id AS key, id, quantity FROM document_line WHERE document_id = %(id)s),
{below},
taken AS (
    SELECT key, sum(quantity) AS quantity FROM below
    WHERE id <> key AND kind = ANY(%(takers)s::text[]) AND accounting <> 'annulled' GROUP BY key)
SELECT l.id, l.product_id, l.name, l.unit, l.price, l.discount, l.vat_rate, l.note, l.quantity, l.lots,
       least(l.quantity - coalesce(t.quantity, 0){left}) AS remaining
FROM document_line l LEFT JOIN taken t ON t.key = l.id WHERE l.document_id = %(id)s ORDER BY l.position
""".replace("{below}", BELOW)


def read_lines(ctx: Ctx, kind: DocumentKind, document_id: int) -> Sequence[Mapping[str, Any]]:
    """The lines of a document with what `remaining` for one of a kind."""
    left = "".join(f", {text}" for text in registry.LEFT_SQL)  # trusted, of the domains
    return ctx.sql.all(trusted(_LINES.replace("{left}", left)), {"id": document_id, "takers": kind.takers})


def create_based_on(ctx: Ctx, basis_id: int, kind_code: str) -> Created:
    """Saves a draft of another kind with the basis's header and the lines that are not covered yet."""
    kind = known_kind(kind_code)
    ctx.actor.demand(kind.permission("edit"))
    basis = read_header(ctx, basis_id)
    rule = next((b for b in kind.based_on if b.source == basis["kind"]), None)
    rows = read_lines(ctx, kind, basis_id) if kind.lines else []
    lines = [
        LineBody(product_id=r["product_id"], name=r["name"], quantity=quantity, unit=r["unit"], price=r["price"],
                 discount=r["discount"], basis_line_id=r["id"], note=r["note"],
                 vat_rate=_kept_rate(ctx, kind, basis["kind"], r["vat_rate"]),
                 lots=r["lots"] if LineColumn.LOTS in kind.lines and quantity == r["quantity"] else [])
        for r in rows if (quantity := r["remaining"] if rule and rule.remaining else r["quantity"]) > 0]
    if rows and not lines:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"По документу {basis['number']} всё уже оформлено",
                      "Откройте связанные документы: остатка для нового нет.")
    body = _body(ctx, kind, basis, basis_id, lines)
    if filler := registry.FILLERS.get(kind.code):
        body = filler(ctx, basis, body)
    goes_to = basis["branch_to_id"] if rule and rule.there else None
    return create_document(ctx, kind.code, body, basis_branch=goes_to or basis["branch_id"])


def _kept_rate(ctx: Ctx, kind: DocumentKind, source: str, rate: str) -> str:
    """A supplier's rate stays while it is lawful; our own follows from the product and the day."""
    bought = kind.buys and kind_of(source).buys
    return rate if bought and rate in {known.code for known in rates_on(ctx.today)} else ""


def _body(ctx: Ctx, kind: DocumentKind, basis: Mapping[str, Any], basis_id: int,
          lines: list[LineBody]) -> DocumentBody:
    values = {name: basis[name] for name in _COPIED}
    if basis["kind"] == "contract":
        values["contract_id"] = basis_id
    if values["place_id"] is None and kind.header("place_id"):
        values["place_id"] = ctx.sql.value(
            "SELECT id FROM place WHERE kind = 'warehouse' AND branch_id = %s AND NOT archived ORDER BY id LIMIT 1",
            (ctx.actor.branch_id,))
    # Who has taken the goods over holds them now.
    values |= {"employee_id": basis["employee_to_id"] or basis["employee_id"], "employee_to_id": None}
    today = ctx.today
    if kind.header("due_date"):
        values["due_date"] = today + timedelta(days=value_of(ctx, INVOICE_DAYS))
    if kind.header("valid_until"):
        values["valid_until"] = today + timedelta(days=value_of(ctx, _VALID.get(kind.code, QUOTE_DAYS)))
    title = kind.header("title")
    if title is not None and title.required:
        values["title"] = basis["title"] or "Поставка и монтаж оборудования"
    if kind.totals is Totals.AMOUNT:
        rest = basis["gross"] - basis["paid"]
        if rest <= 0:
            raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{basis['number']} уже оплачен полностью",
                          "Новый платёж по нему не нужен.")
        values["amount"] = rest
        values["title"] = f"Оплата по счёту {basis['number']}"
    extra = {f.name: f.default for f in kind.fields if not f.is_header and f.required and f.default}
    return DocumentBody.model_validate(
        {**values, "date": today, "lines": lines, "basis_ids": [basis_id], "extra": extra})


def copy_document(ctx: Ctx, document_id: int) -> Created:
    """A new draft like this one, without its basis."""
    row = read_header(ctx, document_id)
    kind = known_kind(row["kind"])
    rows = read_lines(ctx, kind, document_id)
    lines = [LineBody(product_id=r["product_id"], name=r["name"], quantity=r["quantity"], unit=r["unit"],
                      price=r["price"], discount=r["discount"], note=r["note"])
             for r in rows if r["quantity"] > 0]
    values = {name: row[name] for name in (*_COPIED, "title")}
    if kind.totals is Totals.AMOUNT:
        values["amount"] = row["gross"]
    return create_document(ctx, kind.code, DocumentBody.model_validate(
        {**values, "date": ctx.today, "lines": lines, "extra": row["extra"]}))
