"""Documents dated earlier than moves of the same goods that are posted already.

Whether moves are dated back is told by the statement that writes them (`WATCHED`): a posting of today costs no other.
Moves that are get their place in the order of days: what followed them is counted anew (`revaluation.py`), from their
day to now, for their goods alone. Where no other document's cost changes by more than the rounding nobody is asked
anything; else it takes a right, and whoever has it sees first what changes.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.documents import kind_of
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission
from crm_contract.stock import Affected
from crm_contract.totals import CENT, plain
from crm_server.documents.registry import Row
from crm_server.documents.scope import reaches, visible_condition
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.stock.revaluation import Revaluation, revalue, write

#: Begins a statement that writes moves without anything before them.
MOVED = "WITH moved AS ("
#: Ends the part `moved AS (INSERT INTO stock_move …` of a statement: answers the products that have moved later.
WATCHED = """
RETURNING at, product_id, from_place_id, to_place_id)
SELECT DISTINCT m.product_id FROM moved m
WHERE (SELECT b.last_at FROM stock_balance b
       WHERE b.place_id = m.from_place_id AND b.product_id = m.product_id AND b.lot_id = 0) > m.at
   OR (SELECT b.last_at FROM stock_balance b
       WHERE b.place_id = m.to_place_id AND b.product_id = m.product_id AND b.lot_id = 0) > m.at
"""
#: Documents that are told one by one.
SHOWN = 200

# The moves that this transaction has written.
_OWN = """
SELECT id, at FROM stock_move WHERE document_id = %s AND product_id = ANY(%s::int8[]) AND made_at = now()
AND reverses_id IS NULL AND adjusts_id IS NULL
"""
_DOCUMENTS = """
SELECT d.id, d.kind, d.number, d.date, {seen} AS seen FROM document d WHERE d.id = ANY(%s::int8[]) ORDER BY d.date, d.id
"""


def write_moves(ctx: Ctx, row: Row, statement: str, params: Mapping[str, Any]) -> None:
    """Runs a WATCHED statement that writes moves of a document; raises OUT_OF_STOCK for goods that were not there yet,
    NOT_ALLOWED_NOW without the right to date back, CONFIRM_FIRST with what would change."""
    if later := ctx.sql.all(statement, params):  # type: ignore[arg-type]  # trusted, made of constants
        _recount(ctx, row, [r["product_id"] for r in later])


def _recount(ctx: Ctx, row: Row, products: Sequence[int]) -> None:
    own = ctx.sql.all(_OWN, (row["id"], list(products)))
    since = min(move["at"] for move in own)
    ids = frozenset(move["id"] for move in own)
    found = revalue(ctx, products, since, own=ids)
    if found.shortage is not None:
        raise _not_there_yet(ctx, found, since)
    if any(abs(difference) > CENT for id, difference in found.differences.items() if id not in ids):
        _demand(ctx, row, _affected(ctx, row, found), since)
    else:
        found.differences = {id: difference for id, difference in found.differences.items() if id in ids}
    if found.differences:
        write(ctx, row, found.differences, since)


def _affected(ctx: Ctx, row: Row, found: Revaluation) -> list[Affected]:
    """The other documents whose goods change their cost, from the oldest, with the sums before and after."""
    sums: dict[int, tuple[Decimal, Decimal]] = {}
    for id, difference in found.differences.items():
        move = found.moves[id]
        if move.document_id is not None and move.document_id != row["id"]:
            before, after = sums.get(move.document_id, (Decimal(0), Decimal(0)))
            sums[move.document_id] = before + move.cost, after + move.cost + difference
    costs = ctx.actor.can(Permission.PRODUCT_COST)
    rows = ctx.sql.all(sql.SQL(_DOCUMENTS).format(seen=visible_condition(ctx.actor)), (list(sums),))
    return [Affected(
        document_id=r["id"] if r["seen"] else None,
        document=kind_of(r["kind"]).named(r["number"]) if r["seen"] else "документ вне ваших прав", date=r["date"],
        before=sums[r["id"]][0] if costs else None, after=sums[r["id"]][1] if costs else None) for r in rows]


def _demand(ctx: Ctx, row: Row, affected: Sequence[Affected], since: date) -> None:
    """The right to date back, and that the person has seen what changes: this, and not what it was a minute ago."""
    kind = kind_of(row["kind"])
    named = kind.named(row["number"])
    what = f"{named} от {since:%d.%m.%Y} — задним числом: позже этот товар уже двигался, и изменилась бы себестоимость"
    if not reaches(ctx.actor, Permission.STOCK_BACKDATE, row):
        papers = ", ".join(f"{a.document} от {a.date:%d.%m.%Y}" for a in affected[:5])
        more = f" и ещё {len(affected) - 5}" if len(affected) > 5 else ""
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{what}: {papers}{more}",
                      "Поставьте сегодняшнюю дату или попросите провести того, кому это разрешено.",
                      details={"permission": str(Permission.STOCK_BACKDATE)})
    seal = _digest(affected)
    if ctx.acknowledged != seal:
        raise Refusal(ErrorCode.CONFIRM_FIRST, f"{what} документов: {len(affected)}",
                      "Проверьте, что изменится, и проведите задним числом.", details={
                          "acknowledge": seal, "count": len(affected),
                          "documents": [a.model_dump(mode="json") for a in affected[:SHOWN]]})
    ctx.audit("action", kind.code, row["id"],
              f"{row['number']}: проведён задним числом, изменилась себестоимость документов: {len(affected)}")


def _digest(affected: Sequence[Affected]) -> str:
    return hashlib.sha256("".join(a.model_dump_json() for a in affected).encode()).hexdigest()[:32]


def _not_there_yet(ctx: Ctx, found: Revaluation, since: date) -> Refusal:
    assert found.shortage is not None
    product_id, short = found.shortage
    names = ctx.sql.get("SELECT (SELECT name FROM product WHERE id = %s) AS product,"
                        " (SELECT name FROM place WHERE id = %s) AS place", (product_id, short.place_id))
    return Refusal(
        ErrorCode.OUT_OF_STOCK,
        f"«{names['product']}»: на конец {short.day:%d.%m.%Y} на «{names['place']}» не хватило бы"
        f" {plain(-short.quantity)}, хотя сейчас товар есть",
        f"Документ от {since:%d.%m.%Y} — задним числом. Поставьте дату, когда товар уже был, или уменьшите количество.")
