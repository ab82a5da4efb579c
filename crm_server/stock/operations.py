"""A finished operation of a stock terminal becomes a posted document, in the one transaction of its request.

What was planned and not scanned stays: with the basis that the document was made from, or in a draft of its own.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from crm_contract.base import Ref
from crm_contract.documents import ActionBody, DocumentBody, DocumentRead, DocumentUpdate, LineBody, LineRead, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.kinds import HEADER_FIELDS, DocumentKind
from crm_contract.stocktaking import MAX_COUNTS, CountBody, CountsBody
from crm_contract.terminal import ABSENT, OPERATIONS, Operation, OperationBody, OperationDone, ScannedLine
from crm_contract.vat import VatMode
from crm_server.documents.based_on import create_based_on
from crm_server.documents.queries import get_document
from crm_server.documents.service import create_document, lock_document, update_document
from crm_server.documents.workflow import run_action
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, stale
from crm_server.stock import counting

# What a unit cost when the product came last, without VAT and with it, whatever mode that document had; what never came
# has no price.
_PRICES = """
SELECT u.id AS product_id, p.unit, last.on_top, last.included
FROM unnest(%s::int8[]) AS u(id) JOIN product p ON p.id = u.id LEFT JOIN LATERAL (
    SELECT round(l.net / l.quantity, 4) AS on_top, round(l.gross / l.quantity, 4) AS included
    FROM document_line l JOIN document d ON d.id = l.document_id
    WHERE l.product_id = u.id AND l.quantity > 0 AND d.kind = 'receipt' AND d.accounting = 'posted'
    ORDER BY d.id DESC LIMIT 1) last ON true
"""
_LOTS = """
SELECT t.id, t.product_id, t.code FROM lot t
JOIN unnest(%s::int8[], %s::text[]) AS u(product_id, code) USING (product_id, code)
"""
_NO_PRICES = "Записано черновиком: цен прихода нет у позиций: {count}. Проведёт тот, кто внесёт цены."


def finish(ctx: Ctx, body: OperationBody) -> OperationDone:
    """Posts what was scanned, on the day it was: goods move today, whatever day it was planned for.
    Raises STALE_VERSION when the planned document was changed meanwhile."""
    operation = OPERATIONS.get(body.operation)
    if operation is None:
        raise invalid({"operation": "Такой операции нет"})
    kind = kind_of(operation.kind)
    if not (body.counts if operation.counts else body.lines):
        raise invalid({"lines": "Ничего не отсканировано"})
    if operation.counts:
        return _count(ctx, kind, body)
    if body.document_id is None:
        return _without_plan(ctx, operation, kind, body)
    planned = get_document(ctx, body.document_id)
    rest: Ref | None = None
    if planned.kind == kind.code:
        if lock_document(ctx, planned.id, "edit")["version"] != body.version or planned.version != body.version:
            raise stale()
        if operation.whole:
            return _accept(ctx, operation, kind, planned, body)
        document = planned
        taken = {line.id: line for line in planned.lines}
    else:
        document = get_document(ctx, create_based_on(ctx, planned.id, kind.code).id)
        taken = {line.basis_line_id or 0: line for line in document.lines}
    scanned, left, unpriced = _split(ctx, operation, taken, body, document.vat_mode)
    _note_absent(ctx, planned, taken, body)
    changed = update_document(ctx, document.id, DocumentUpdate.model_validate(
        _header(kind, document) | {"date": ctx.today, "version": document.version, "lines": scanned}))
    if left and planned.kind == kind.code:
        made = create_document(ctx, kind.code, DocumentBody.model_validate(
            _header(kind, document) | {"lines": left, "basis_ids": _bases(ctx, document.id)}))
        rest = _named(ctx, kind, made.id)
    done = _posted(ctx, operation, kind, document.id, changed.version, unpriced, rest)
    return _beyond(ctx, operation, kind, document, taken, body, done) if operation.by_order else done


def _count(ctx: Ctx, kind: DocumentKind, body: OperationBody) -> OperationDone:
    """What was counted on one place; the moment at which the server takes it counts."""
    if body.document_id is None or body.place_id is None:
        raise invalid({"place_id": "Не указано, какое место посчитано"})
    named = [(count.product_id, count.lot) for count in body.counts if count.lot]
    known = {(row["product_id"], row["code"]): row["id"] for row in ctx.sql.all(_LOTS, (
        [product_id for product_id, _ in named], [code for _, code in named]))} if named else {}
    unknown = [code for product_id, code in named if (product_id, code) not in known]
    if unknown:
        raise invalid({"counts": f"номеров нет в учёте: {', '.join(unknown[:5])}"},
                      "Посчитано то, чего программа не знает")
    counts = [CountBody(place_id=body.place_id, product_id=count.product_id, quantity=count.quantity, adds=count.adds,
                        lot_id=known.get((count.product_id, count.lot), 0)) for count in body.counts]
    for first in range(0, len(counts), MAX_COUNTS):
        counting.record(ctx, CountsBody(document_id=body.document_id, counts=counts[first:first + MAX_COUNTS]))
    return OperationDone(document=_named(ctx, kind, body.document_id), words="посчитано")


def _accept(ctx: Ctx, operation: Operation, kind: DocumentKind, planned: DocumentRead, body: OperationBody
            ) -> OperationDone:
    """All that the document moves has come. Raises INVALID when less was scanned."""
    asked = {s.line_id: s.quantity for s in body.lines}
    lacking = [line.name for line in planned.lines if not line.is_service and asked.get(line.id) != line.quantity]
    if lacking:
        raise invalid({"lines": f"отсканировано не всё: {', '.join(lacking[:5])}"},
                      "Перемещение принимают целиком")
    return _posted(ctx, operation, kind, planned.id, planned.version, 0, None)


def _without_plan(ctx: Ctx, operation: Operation, kind: DocumentKind, body: OperationBody) -> OperationDone:
    if not operation.alone:
        raise invalid({"document_id": "Эта операция выполняется по документу"})
    scanned, _, unpriced = _split(ctx, operation, {}, body, VatMode.ON_TOP)
    place, target = body.place_id, body.place_to_id
    if not operation.from_place:
        place, target = body.place_to_id or body.place_id, None
    made = create_document(ctx, kind.code, DocumentBody.model_validate({
        "date": ctx.today, "vat_mode": VatMode.ON_TOP, "place_id": place, "place_to_id": target,
        "employee_id": body.employee_id if operation.by_person else None,
        "party_id": body.party_id if operation.party else None, "lines": scanned}))
    return _posted(ctx, operation, kind, made.id, made.version, unpriced, None)


def _posted(ctx: Ctx, operation: Operation, kind: DocumentKind, document_id: int, version: int, unpriced: int,
            rest: Ref | None) -> OperationDone:
    if unpriced:
        return OperationDone(document=_named(ctx, kind, document_id), posted=False, rest=rest,
                             words=_NO_PRICES.format(count=unpriced))
    done = run_action(ctx, document_id, operation.action, ActionBody(version=version))
    return OperationDone(document=_named(ctx, kind, document_id), version=done.version, rest=rest)


def _beyond(ctx: Ctx, operation: Operation, kind: DocumentKind, document: DocumentRead, taken: dict[int, LineRead],
            body: OperationBody, done: OperationDone) -> OperationDone:
    """What came beyond an order is received beside it, at the price of the order."""
    lines = [_copy(line, scanned.quantity - line.quantity, {"id": None, "basis_line_id": None, "lots": []})
             for scanned in body.lines if scanned.line_id in taken
             and scanned.quantity > (line := taken[scanned.line_id]).quantity]
    if not lines:
        return done
    made = create_document(ctx, kind.code, DocumentBody.model_validate(_header(kind, document) | {"lines": lines}))
    more = _posted(ctx, operation, kind, made.id, made.version, 0, None)
    return done.model_copy(update={"words": f"проведено, сверх заказа {more.document.title}"})


def _note_absent(ctx: Ctx, planned: DocumentRead, taken: dict[int, LineRead], body: OperationBody) -> None:
    """The journal of the planned document tells what was looked for in vain."""
    found = {taken[a.line_id].name: ABSENT[a.reason] for a in body.absent if a.line_id in taken}
    if found:
        ctx.audit("action", planned.kind, planned.id, f"{planned.number}: нет на месте", after=found)


def _split(ctx: Ctx, operation: Operation, planned: dict[int, LineRead], body: OperationBody, mode: VatMode
           ) -> tuple[list[LineBody], list[LineBody], int]:
    """The lines that were scanned, those that are left, and how many of the first have no price they need.

    Services of the planned document go with what was scanned. Of a line with a quantity by the paper nothing is left:
    the difference is told by the act that its posting makes.
    """
    asked = {s.line_id: s for s in body.lines if s.line_id is not None}
    absent = {a.line_id: ABSENT[a.reason] for a in body.absent}
    unknown = [s for s in body.lines if s.line_id is not None and (
        s.line_id not in planned or _product_of(planned[s.line_id]) != s.product_id)]
    if unknown:
        raise Refusal(ErrorCode.CONFLICT, "Строк, которые собирали, в документе больше нет: его изменили или оформили",
                      "Откройте документ на терминале заново и проверьте товар.")
    done: list[LineBody] = []
    left: list[LineBody] = []
    for key, line in planned.items():
        quantity = line.quantity if line.is_service else asked[key].quantity if key in asked else Decimal(0)
        if quantity > line.quantity and not operation.surplus:
            raise invalid({"lines": f"{line.name}: собрано больше, чем в документе"})
        if operation.by_order:
            quantity = min(quantity, line.quantity)
        is_told = line.paper_quantity is not None  # what a paper promises and has not come is told by an act
        if quantity > 0 or is_told:
            lots = asked[key].lots if key in asked else []
            done.append(_copy(line, quantity, {"id": line.id} | ({"lots": lots} if lots else {})))
        if quantity < line.quantity and not is_told:
            left.append(_rest(line, line.quantity - quantity, done[-1] if quantity else None, absent.get(key, "")))
    loose = [s for s in body.lines if s.line_id is None]
    if loose and planned and not operation.surplus:
        raise invalid({"lines": "Этого товара нет в документе"})
    added, unpriced = _added(ctx, operation, loose, mode)
    return [*done, *added], left, unpriced


def _product_of(line: LineRead) -> int | None:
    return line.product.id if line.product else None


def _added(ctx: Ctx, operation: Operation, loose: Sequence[ScannedLine], mode: VatMode) -> tuple[list[LineBody], int]:
    """Lines for products that nobody planned: what comes in does so at its last price, told in the document's mode."""
    rows = {row["product_id"]: row for row in ctx.sql.all(_PRICES, ([s.product_id for s in loose],))} if loose else {}
    if any(s.product_id not in rows for s in loose):
        raise invalid({"lines": "Такой номенклатуры нет или она в архиве"})
    priced = kind_of(operation.kind).priced
    lines = [LineBody(product_id=s.product_id, quantity=s.quantity, unit=rows[s.product_id]["unit"], lots=s.lots,
                      condition=s.condition if operation.takes_back else "",
                      price=rows[s.product_id][mode.value] or Decimal(0) if priced else Decimal(0)) for s in loose]
    return lines, sum(line.price == 0 for line in lines) if priced else 0


def _copy(line: LineRead, quantity: Decimal, more: dict[str, Any]) -> LineBody:
    """The line with another quantity; what the paper names of serial numbers and lots is named for the whole of it."""
    same = {name: getattr(line, name) for name in LineBody.model_fields if hasattr(line, name)}
    return LineBody.model_validate(same | {
        "product_id": _product_of(line), "quantity": quantity,
        "lots": line.lots if quantity == line.quantity else []} | more)


def _rest(line: LineRead, quantity: Decimal, done: LineBody | None, absent: str) -> LineBody:
    """What is left of a line: the numbers of the paper that were not scanned, and why it is left."""
    gone = {lot.code for lot in done.lots} if done else set()
    lots = [lot for lot in line.lots if lot.code not in gone]
    named = lots if sum(lot.quantity for lot in lots) == quantity else []
    note = "; ".join(part for part in (line.note, absent) if part)[:500]
    return _copy(line, quantity, {"id": None, "lots": named, "note": note})


def _header(kind: DocumentKind, document: DocumentRead) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in HEADER_FIELDS - {"amount"}:
        value = getattr(document, name.removesuffix("_id"))
        values[name] = value.id if isinstance(value, Ref) else value
    organization = document.organization
    return values | {"date": document.date, "extra": document.extra,
                     "organization_id": organization.id if organization else None}


def _bases(ctx: Ctx, document_id: int) -> list[int]:
    rows = ctx.sql.all("SELECT basis_id FROM document_link WHERE document_id = %s ORDER BY basis_id", (document_id,))
    return [row["basis_id"] for row in rows]


def _named(ctx: Ctx, kind: DocumentKind, document_id: int) -> Ref:
    number = ctx.sql.value("SELECT number FROM document WHERE id = %s", (document_id,))
    return Ref(id=document_id, title=kind.named(number))
