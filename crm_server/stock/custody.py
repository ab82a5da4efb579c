"""Goods that employees hold: given out, accepted, handed over, returned, and used up by other documents.

An employee has a place of the ledger. What is held by which paper is kept by the ledger (migrations/sql/custody.sql).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb
from pydantic_core import to_json

from crm_contract.custody import REPAIR, SCRAP
from crm_contract.documents import FactRead
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_contract.stock import PlaceKind
from crm_contract.totals import plain
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.remainder import take_from_bases
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid
from crm_server.kit.failpoints import failpoint
from crm_server.stock import ledger
from crm_server.stock.custody_limits import Bounds, Holder, demand_works, demand_works_again, lock_holders
from crm_server.stock.effects import require_lines, unpost

_PLACE = """
INSERT INTO place (kind, name, "inner", branch_id, employee_id)
SELECT 'employee', e.name, true, e.branch_id, e.id FROM employee e WHERE e.id = %s
ON CONFLICT (employee_id) WHERE kind = 'employee' DO UPDATE SET name = excluded.name RETURNING id
"""
#: The code of the zone where goods wait for repair, one in a warehouse: what lies there is not free to be sold.
_REPAIR = "РЕМОНТ"
_REPAIR_ZONE = """
WITH RECURSIVE up AS (
    SELECT id, parent_id, branch_id, kind, name FROM place WHERE id = %(place)s
    UNION ALL SELECT p.id, p.parent_id, p.branch_id, p.kind, p.name FROM up JOIN place p ON p.id = up.parent_id)
INSERT INTO place (kind, name, code, "inner", apart, branch_id, parent_id)
SELECT 'zone', 'В ремонте: ' || name, %(code)s, true, true, branch_id, id FROM up WHERE kind = 'warehouse'
ON CONFLICT (parent_id) WHERE kind = 'zone' AND code = 'РЕМОНТ' DO UPDATE SET archived = false RETURNING id
"""


def place_of(ctx: Ctx, employee_id: int) -> int:
    """The place of what an employee holds; made when the first goods go there."""
    found = ctx.sql.value("SELECT id FROM place WHERE kind = 'employee' AND employee_id = %s", (employee_id,))
    return found or ctx.sql.value(_PLACE, (employee_id,))


def _apart(ctx: Ctx, row: Row) -> Mapping[str, int]:
    """Where those lines of a return go that come back in a bad condition."""
    found: dict[str, int] = {}
    for line in ctx.sql.all("SELECT DISTINCT condition FROM document_line WHERE document_id = %s", (row["id"],)):
        if line["condition"] == REPAIR:
            found[REPAIR] = ctx.sql.value(_REPAIR_ZONE, {"place": row["place_id"], "code": _REPAIR})
        elif line["condition"] == SCRAP:
            found[SCRAP] = ctx.sql.value("SELECT id FROM place WHERE kind = 'loss'")
    return found


def issue(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    require_lines(row)
    [holder] = lock_holders(ctx, row["employee_id"])
    return _give(ctx, row, holder)


def offer(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """The goods stay with who gives them until the other accepts them."""
    require_lines(row)


def hand_over(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    holders = {holder.id: holder for holder in lock_holders(ctx, row["employee_id"], row["employee_to_id"])}
    return _give(ctx, row, holders[row["employee_to_id"]], source=place_of(ctx, row["employee_id"]))


def _give(ctx: Ctx, row: Row, taker: Holder, *, source: int | None = None) -> Mapping[str, Any]:
    """Goods of the warehouse (or of `source`) go to an employee, within his bounds or by who may exceed them."""
    demand_works(taker)
    bounds = Bounds(ctx, row)
    due = bounds.demand_term(taker)
    bounds.demand_no_overdue(taker)
    ledger.post_out(ctx, row, place_of(ctx, taker.id), source=source)
    bounds.demand_within_limit(taker)
    bounds.note()
    return {"due_date": due}


def extend(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """A later day to return what is held by a paper; beyond the term of the employee counted from today, by a right."""
    [holder] = lock_holders(ctx, row["employee_to_id"] or row["employee_id"])
    due = _day(params.get("due_date"))
    if due is None or due < ctx.today or (row["due_date"] and due <= row["due_date"]):
        raise invalid({"params.due_date": "Укажите день позже прежнего и не раньше сегодняшнего"})
    if not ctx.sql.value("SELECT EXISTS (SELECT FROM custody_item WHERE document_id = %s AND rest > 0)", (row["id"],)):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"По {row['number']} ничего не числится", "Продлевать нечего.")
    bounds = Bounds(ctx, row)
    bounds.demand_day(holder, due, ctx.today + timedelta(days=holder.days))
    bounds.note()
    ctx.audit("update", row["kind"], row["id"], f"{row['number']}: вернуть до", before={"due_date": row["due_date"]},
              after={"due_date": due}, branch_id=row["branch_id"])
    return {"due_date": due}


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        return None


def take_back(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    take_from_bases(ctx, row, "возвращено", "Остальное верните документом без основания.")
    lock_holders(ctx, row["employee_id"])
    ledger.post_out(ctx, row, row["place_id"], source=place_of(ctx, row["employee_id"]),
                    apart=_apart(ctx, row))


def give_again(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """The reversal of a return or a hand-over: who gave the goods holds them again."""
    ids = [row[name] for name in ("employee_id", "employee_to_id") if row[name]]
    holders = {holder.id: holder for holder in lock_holders(ctx, *ids)}
    demand_works_again(holders[row["employee_id"]], row["number"])
    unpost(ctx, row, params)


def take_away(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """The reversal of an issue: other papers of the employee wait."""
    lock_holders(ctx, row["employee_id"])
    unpost(ctx, row, params)


@dataclass(frozen=True, slots=True)
class Used:
    """Pieces of a product that are used up; `lot_id` names the lot or serial number of one that is counted by them."""

    product_id: int
    quantity: Decimal
    lot_id: int = 0


_ASKED = "jsonb_to_recordset(%(lines)s) AS t (product_id int8, lot_id int8, quantity numeric)"
_USE_LOCK = """
WITH need AS (SELECT product_id, sum(quantity) AS quantity FROM {asked} GROUP BY product_id),
locked AS MATERIALIZED (SELECT * FROM stock_lock(%(place)s, ARRAY(SELECT product_id FROM need)))
SELECT n.product_id, n.quantity, coalesce(k.on_hand, 0) AS on_hand FROM need n LEFT JOIN locked k USING (product_id)
ORDER BY n.product_id
""".replace("{asked}", _ASKED)
# At the average cost of what the employee holds, rounded like `ledger.post_out`.
_USE = """
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, quantity, cost, document_id, employee_id)
SELECT %(at)s, n.product_id, n.lot_id, b.place_id, (SELECT id FROM place WHERE kind = %(target)s AND NOT "inner"),
       n.quantity, round(b.value * (sum(n.quantity) OVER upto) / b.on_hand, 2)
           - round(b.value * (sum(n.quantity) OVER upto - n.quantity) / b.on_hand, 2), %(document)s, %(employee)s
FROM (SELECT product_id, lot_id, sum(quantity) AS quantity FROM {asked} GROUP BY product_id, lot_id) n
JOIN stock_balance b ON b.place_id = %(place)s AND b.product_id = n.product_id
WINDOW upto AS (PARTITION BY n.product_id ORDER BY n.lot_id)
ORDER BY n.product_id, n.lot_id
""".replace("{asked}", _ASKED)


def use_custody(ctx: Ctx, employee_id: int, lines: Sequence[Used], document: Row, *,
                target: PlaceKind = PlaceKind.CUSTOMER) -> None:
    """Uses up what an employee holds, by a document that is no warehouse paper, such as a work order.

    The pieces go to an outer place (customer or loss) and are taken off the oldest papers. `document` (locked by the
    caller: id, date, branch_id) stands behind the moves, so `reversal.reverse` takes them back. Raises OUT_OF_STOCK
    when less is held; nothing is posted then.
    """
    lock_holders(ctx, employee_id)
    place_id = place_of(ctx, employee_id)
    params = {"lines": Jsonb([asdict(line) for line in lines], dumps=to_json), "place": place_id,
              "at": document["date"], "target": str(target), "document": document["id"],
              "employee": ctx.actor.employee_id or None}
    rows = ctx.sql.all(_USE_LOCK, params)
    failpoint("posting.after_lock")
    short = {r["product_id"]: r["quantity"] - r["on_hand"] for r in rows if r["quantity"] > r["on_hand"]}
    if short:
        raise ledger.out_of_stock(ctx, place_id, short)
    ctx.sql.run(_USE, params)
    failpoint("posting.after_moves")
    ledger.announce(ctx, rows, document["branch_id"])


def custody_fact(row: Row) -> FactRead:
    """How much of what the paper gave out has come back or was used up."""
    given, rest = Decimal(row["custody_given"] or 0), Decimal(row["custody_rest"] or 0)
    share = (given - rest) / given if given else Decimal(0)
    late = bool(rest) and row["due_date"] is not None and row["due_date"] < row["custody_today"]
    tone = Tone.ERROR if late else Tone.NEUTRAL if not given else Tone.OK if not rest else Tone.INFO
    text = "ещё не выдано" if not given else "закрыто" if not rest else f"на руках {plain(rest)} из {plain(given)}"
    return FactRead(code="custody", title="Подотчёт", share=share, text=text + (", просрочено" if late else ""),
                    tone=tone)


DOCUMENTS = DocumentParts(
    effects={
        ("custody_issue", "post"): issue, ("custody_issue", "unpost"): take_away,
        ("custody_issue", "extend"): extend, ("custody_handover", "extend"): extend,
        ("custody_return", "post"): take_back, ("custody_return", "unpost"): give_again,
        ("custody_handover", "offer"): offer, ("custody_handover", "accept"): hand_over,
        ("custody_handover", "unpost"): give_again,
    },
    facts={"custody": custody_fact},
    header_sql={
        "custody_given": "(SELECT sum(quantity) FROM custody_item WHERE document_id = d.id)",
        "custody_rest": "(SELECT sum(rest) FROM custody_item WHERE document_id = d.id)",
        "custody_today": "current_date",
    },
    left_sql="(SELECT sum(i.rest) FROM custody_item i WHERE (i.document_id, i.line_id) = (l.document_id, l.id))",
)
