"""From an uploaded УПД to a draft receipt: read, matched and checked first; written only when a person says so."""

import hashlib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any, BinaryIO

from psycopg import sql

from crm_contract.base import Created, Ref
from crm_contract.documents import DocumentBody, LineBody, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.incoming_upd import (
    MAX_UPD_BYTES,
    Severity,
    UpdChoice,
    UpdLine,
    UpdOrder,
    UpdProblem,
    UpdRead,
    UpdReceiptBody,
)
from crm_contract.permissions import Permission
from crm_contract.stock import RECEIPT
from crm_contract.units import PIECE
from crm_contract.vat import rates_on
from crm_server.documents import files as document_files
from crm_server.documents.file_names import clean_name
from crm_server.documents.scope import kind_condition, reaches
from crm_server.documents.service import create_document
from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.files import SourceFile, keep_file, open_file, read_upload, unreadable
from crm_server.exchange.upd.learning import learn
from crm_server.exchange.upd.matching import match_lines
from crm_server.exchange.upd.paper import Paper, read_paper
from crm_server.exchange.upd.products import add_new_products
from crm_server.exchange.upd.sums import Draft, draft_of, find_problems
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid
from crm_server.parties.scope import party_scope

_OWN = """
SELECT id, name FROM party WHERE is_own AND NOT archived AND inn = %(inn)s AND inn <> ''
ORDER BY kpp = %(kpp)s DESC, id LIMIT 1
"""
_SUPPLIER = """
SELECT p.id, p.name, p.inn, p.kpp, ({scope}) AS visible FROM party p
WHERE p.inn = %(inn)s AND p.inn <> '' AND NOT p.archived AND NOT p.is_own
ORDER BY p.kpp = %(kpp)s DESC, p.kpp = '' DESC, p.is_supplier DESC, p.id LIMIT 1
"""
_CHOSEN = "SELECT p.id, p.name, p.inn, p.kpp, ({scope}) AS visible FROM party p WHERE p.id = %(id)s"
#: What tells whether a receipt may be named.
_RECEIPT = """d.id, d.number, d.branch_id, d.department_id, d.responsible_id, d.author_id, d.employee_id,
    d.employee_to_id"""
# The receipt that this very file lies at.
_SAME_FILE = """
SELECT {told} FROM stored_file f
JOIN document d ON d.id = f.entity_id AND d.kind = 'receipt' AND d.accounting <> 'annulled'
WHERE f.sha256 = %s AND f.entity = 'document' ORDER BY d.id LIMIT 1
""".replace("{told}", _RECEIPT)
_SAME_PAPER = """
SELECT {told} FROM document d
WHERE d.party_id = %(party)s AND d.kind = 'receipt' AND d.accounting <> 'annulled'
AND d.extra->>'supplier_number' = %(number)s AND d.date >= %(date)s::date - 60 ORDER BY d.id LIMIT 1
""".replace("{told}", _RECEIPT)
_UNITS = "SELECT id, unit FROM product WHERE id = ANY(%s::int8[])"
_ORDERS = """
SELECT d.id, d.number, d.date, count(DISTINCT l.product_id) AS covered
FROM document d JOIN document_line l ON l.document_id = d.id
WHERE d.party_id = %(party)s AND d.kind = 'purchase_order' AND d.state = 'confirmed' AND d.received < 1
AND l.product_id = ANY(%(products)s::int8[]) AND {seen}
GROUP BY d.id ORDER BY covered DESC, d.date, d.id LIMIT 10
"""


def add_upd(ctx: Ctx, name: str, stream: BinaryIO) -> UpdRead:
    """Keeps a file and tells what is in it; raises INVALID with advice for one that is no УПД for us."""
    content = read_upload(stream, MAX_UPD_BYTES, "Попросите поставщика разделить его на части.")
    file = SourceFile(clean_name(name), content, hashlib.sha256(content).hexdigest())
    paper = _paper(file)
    organization = _organization(ctx, paper)
    return _read(ctx, keep_file(ctx, file), file, paper, organization, None)


def read_upd(ctx: Ctx, file_id: int, party_id: int | None) -> UpdRead:
    """The kept file anew, matched as a paper of this supplier (None: of the one that its requisites tell)."""
    file = open_file(ctx, file_id)
    paper = _paper(file)
    return _read(ctx, file_id, file, paper, _organization(ctx, paper), party_id)


def make_receipt(ctx: Ctx, file_id: int, body: UpdReceiptBody) -> Created:
    """The draft with the file at it. Raises CONFLICT for a file that is loaded already, INVALID for open questions."""
    file = open_file(ctx, file_id)
    ctx.sql.run("SELECT pg_advisory_xact_lock(hashtext(%s))", (file.sha256,))
    paper = _paper(file)
    organization = _organization(ctx, paper)
    if (same := _same_file(ctx, file)) is not None:
        raise Refusal(ErrorCode.CONFLICT, f"Этот файл уже загружен: {same.title}",
                      "Откройте тот приход. Если он ошибочный, аннулируйте его и загрузите файл снова.")
    draft = draft_of(paper)
    _refuse_unlawful_rates(paper)
    _refuse_unseen_problems(ctx, paper, draft, body)
    products = _chosen_products(ctx, paper, body.lines)
    made = create_document(ctx, RECEIPT.code, _receipt(ctx, paper, draft, body, organization, products))
    document_files.add_file(ctx, made.id, file.name, BytesIO(file.content), "upload")
    learn(ctx, body.party_id, paper, products)
    return made


def _paper(file: SourceFile) -> Paper:
    try:
        return read_paper(file.content)
    except UnreadableFile as error:
        raise unreadable(error) from error


def _organization(ctx: Ctx, paper: Paper) -> Ref:
    row = ctx.sql.one(_OWN, {"inn": paper.buyer_inn, "kpp": paper.buyer_kpp})
    if row is None:
        who = f"«{paper.buyer_name}»" if paper.buyer_name else "не назван"
        inn = f", ИНН {paper.buyer_inn}" if paper.buyer_inn else ""
        raise invalid({"file": "Покупатель в УПД — не ваша организация"},
                      f"УПД выставлен не вам: покупатель {who}{inn}. Проверьте, тот ли это файл, или заведите эту"
                      " организацию среди своих")
    return Ref(id=row["id"], title=row["name"])


def _refuse_unlawful_rates(paper: Paper) -> None:
    """No receipt has a rate that was not lawful on the day of the paper, whoever confirms it."""
    lawful = {rate.code for rate in rates_on(paper.date)}
    for line in paper.lines:
        if line.rate and line.rate not in lawful:
            raise Refusal(ErrorCode.INVALID, f"Строка {line.number}: ставка НДС {line.rate_title} на"
                          f" {paper.date:%d.%m.%Y} не действует", "Попросите у поставщика исправленный УПД.")


def _read(ctx: Ctx, file_id: int, file: SourceFile, paper: Paper, organization: Ref, party_id: int | None) -> UpdRead:
    supplier, problems = _supplier(ctx, paper, party_id)
    draft = draft_of(paper)
    lines = match_lines(ctx, paper, supplier.id if supplier else None)
    problems += [*(_same_paper(ctx, paper, supplier.id) if supplier else ()), *find_problems(paper, draft)]
    may = ctx.actor.can
    return UpdRead(
        file_id=file_id, file_name=file.name, title=paper.title, function=paper.function, number=paper.number,
        date=paper.date, organization=organization, seller=paper.seller, supplier=supplier, basis=paper.basis,
        orders=_orders(ctx, supplier, lines), lines=lines, net=paper.net, vat=paper.vat, gross=paper.gross,
        vat_mode=draft.mode, draft_gross=draft.sums.gross, problems=problems, duplicate=_same_file(ctx, file),
        can_add_products=may(Permission.PRODUCT_EDIT), can_add_party=may(Permission.PARTY_EDIT))


def _supplier(ctx: Ctx, paper: Paper, party_id: int | None) -> tuple[Ref | None, list[UpdProblem]]:
    """The chosen one, else by ИНН and КПП. What of its card is not as in the paper is told."""
    query = sql.SQL(_SUPPLIER if party_id is None else _CHOSEN).format(scope=party_scope(ctx.actor))
    row = ctx.sql.one(query, {"inn": paper.seller.inn, "kpp": paper.seller.kpp, "id": party_id})
    if row is None:
        return None, []
    if not row["visible"]:
        return None, [UpdProblem(text=(
            f"Поставщик с ИНН {paper.seller.inn} заведён в другом филиале: попросите открыть его вам"
            if party_id is None else "Выбранный поставщик заведён в другом филиале: выберите другого"))]
    return Ref(id=row["id"], title=row["name"]), _unlike_card(paper, row)


def _unlike_card(paper: Paper, row: Mapping[str, Any]) -> list[UpdProblem]:
    seller = paper.seller
    if row["inn"] and seller.inn and row["inn"] != seller.inn:
        return [UpdProblem(text=f"УПД выставил «{seller.name}», ИНН {seller.inn}, а выбран поставщик «{row['name']}»,"
                                f" ИНН {row['inn']}")]
    if row["kpp"] and seller.kpp and row["kpp"] != seller.kpp:
        return [UpdProblem(severity=Severity.NOTE, text=f"КПП в УПД {seller.kpp}, в карточке поставщика {row['kpp']}:"
                                                        " возможно, это другое подразделение")]
    return []


def _same_file(ctx: Ctx, file: SourceFile) -> Ref | None:
    row = ctx.sql.one(_SAME_FILE, (bytes.fromhex(file.sha256),))
    return _named(ctx, row) if row else None


def _same_paper(ctx: Ctx, paper: Paper, party_id: int) -> list[UpdProblem]:
    row = ctx.sql.one(_SAME_PAPER, {"party": party_id, "number": paper.number, "date": paper.date})
    if row is None:
        return []
    return [UpdProblem(
        text=f"Приход по документу № {paper.number} этого поставщика уже есть: {_named(ctx, row).title}")]


def _named(ctx: Ctx, row: Mapping[str, Any]) -> Ref:
    """A receipt that the actor may not see is told of without its number."""
    if reaches(ctx.actor, RECEIPT.permission("view"), row):
        return Ref(id=row["id"], title=row["number"])
    return Ref(id=0, title="приход другого сотрудника")


def _orders(ctx: Ctx, supplier: Ref | None, lines: Sequence[UpdLine]) -> list[UpdOrder]:
    kind = kind_of("purchase_order")
    products = [line.candidates[0].product.id for line in lines if line.candidates]
    if supplier is None or not products or not ctx.actor.can(kind.permission("view")):
        return []
    query = sql.SQL(_ORDERS).format(seen=kind_condition(ctx.actor, kind))
    return [UpdOrder.model_validate(row) for row in ctx.sql.all(query, {"party": supplier.id, "products": products})]


def _refuse_unseen_problems(ctx: Ctx, paper: Paper, draft: Draft, body: UpdReceiptBody) -> None:
    if body.accept_problems:
        return
    found = [*_supplier(ctx, paper, body.party_id)[1], *_same_paper(ctx, paper, body.party_id),
             *find_problems(paper, draft)]
    errors = [problem for problem in found if problem.severity is Severity.ERROR]
    if errors:
        where = f"Строка {errors[0].line}: " if errors[0].line else ""
        raise Refusal(ErrorCode.INVALID, f"В УПД есть расхождения: {len(errors)}. {where}{errors[0].text}",
                      "Посмотрите их и подтвердите, что создаёте приход несмотря на это.",
                      field_errors={"accept_problems": "Расхождения не подтверждены"})


def _chosen_products(ctx: Ctx, paper: Paper, choices: Sequence[UpdChoice]) -> dict[int, int]:
    """Number of the line → product; new ones are made. Raises INVALID at each line that nobody decided."""
    chosen = {choice.number: choice for choice in choices}
    numbers = {line.number for line in paper.lines}
    errors = {f"lines.{number}": "Выберите товар" for number in sorted(numbers)
              if number not in chosen or not (chosen[number].product_id or chosen[number].create)}
    errors |= {f"lines.{number}": "Такой строки в УПД нет" for number in chosen.keys() - numbers}
    if errors:
        raise invalid(errors, f"Товар не выбран в строках: {', '.join(key[6:] for key in errors)}"[:300])
    products = {number: choice.product_id for number, choice in chosen.items() if choice.product_id}
    fresh = [line for line in paper.lines if line.number not in products]
    return products | add_new_products(ctx, paper, fresh)


def _receipt(ctx: Ctx, paper: Paper, draft: Draft, body: UpdReceiptBody, organization: Ref,
             products: Mapping[int, int]) -> DocumentBody:
    """Of today, when the goods are here. Accepted is supposed what the paper says: the storekeeper counts and
    corrects."""
    units = {row["id"]: row["unit"] for row in ctx.sql.all(_UNITS, (list(products.values()),))}
    lines = [
        LineBody(product_id=products[line.number], quantity=own.quantity, paper_quantity=own.quantity,
                 unit=line.unit or units.get(products[line.number], PIECE), price=own.price,
                 discount=Decimal(0), vat_rate=own.rate)
        for line, own in zip(paper.lines, draft.lines, strict=True)]
    return DocumentBody(
        date=ctx.today, party_id=body.party_id, organization_id=organization.id, place_id=body.place_id,
        vat_mode=draft.mode, comment=f"По {paper.title} № {paper.number} от {paper.date:%d.%m.%Y}", lines=lines,
        extra={"supplier_number": paper.number, "supplier_date": paper.date.isoformat()},
        basis_ids=[body.order_id] if body.order_id else [])
