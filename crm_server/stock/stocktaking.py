"""A stocktaking from its list to the ledger: what is to be counted, who counts twice, surplus and shortage."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_contract.errors import ErrorCode
from crm_contract.settings import RECOUNT_PERCENT, RECOUNT_SUM
from crm_contract.stocktaking import STAY, ZERO
from crm_contract.totals import plain
from crm_server.documents.registry import DocumentParts, Row
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid
from crm_server.kit.failpoints import failpoint
from crm_server.settings.queries import values_of
from crm_server.stock.counting import count_missing
from crm_server.stock.reversal import reverse
from crm_server.stock.stocktaking_queries import INSIDE, counted_place, printed_counts
from crm_server.stock.waiting import wake

CONSTRAINTS["uq_stocktaking_line_open"] = Refusal(
    ErrorCode.CONFLICT, "Этот товар на этом месте уже считает другая инвентаризация",
    "Проведите или аннулируйте её, затем продолжайте.")

_LISTED = """
WITH RECURSIVE {inside},
groups AS (
    SELECT id FROM product_group WHERE id = %(group)s
    UNION SELECT g.id FROM product_group g JOIN groups ON g.parent_id = groups.id),
listed AS (
    SELECT b.place_id, b.product_id, b.lot_id, p.sort FROM stock_piece b JOIN inside i ON i.id = b.place_id
    JOIN product p ON p.id = b.product_id
    WHERE b.on_hand > 0 AND (%(group)s::int8 IS NULL OR p.group_id IN (SELECT id FROM groups)))
""".replace("{inside}", INSIDE)

_BUSY = _LISTED + """
SELECT d.number, coalesce(e.name, '') AS person, count(*) AS lines FROM listed
JOIN stocktaking_line o USING (place_id, product_id, lot_id) JOIN document d ON d.id = o.document_id
LEFT JOIN employee e ON e.id = d.responsible_id
WHERE o.open GROUP BY d.id, e.name ORDER BY d.id LIMIT 3
"""
_START = _LISTED + """
INSERT INTO stocktaking_line (document_id, place_id, product_id, lot_id)
SELECT %(id)s, place_id, product_id, lot_id FROM listed ORDER BY place_id, sort, product_id, lot_id
"""

# What a unit of the goods is worth: a typed price, else the average of the place, else that of all places. Goods of
# a bin are of the balance of its warehouse; `lies` is what is in the very bin.
_LINE = """
SELECT l.*, w.keeper_id, b.on_hand, b.reserved, b.value, coalesce(s.on_hand, 0) AS lies,
       coalesce(l.price, b.value / nullif(b.on_hand, 0), a.cost) AS unit_cost
FROM stocktaking_line l JOIN place w ON w.id = l.place_id
LEFT JOIN stock_balance b ON (b.place_id, b.product_id) = (w.keeper_id, l.product_id)
LEFT JOIN LATERAL (SELECT s.on_hand FROM stock_piece s
                   WHERE (s.place_id, s.product_id, s.lot_id) = (l.place_id, l.product_id, l.lot_id)) s ON true
LEFT JOIN LATERAL (SELECT sum(s.value) / nullif(sum(s.on_hand), 0) AS cost FROM stock_balance s
                   WHERE s.product_id = l.product_id) a ON true
WHERE l.document_id = %(id)s AND l.difference <> 0
"""

# What was asked for by hand and not done keeps its count; what moved under the counter's hands has none to keep.
_DEMAND = """
WITH line AS ({line})
UPDATE stocktaking_line l SET
    another = l.another OR w.big,
    wanted = CASE WHEN l.disturbed OR w.big AND l.pass = 1 THEN l.pass + 1 ELSE l.pass END
FROM (SELECT o.id, coalesce(
          (%(sum)s > 0 AND abs(line.difference) * line.unit_cost >= %(sum)s)
          OR (%(percent)s > 0 AND abs(line.difference) * 100 >= %(percent)s * line.booked), false) AS big
      FROM stocktaking_line o LEFT JOIN line USING (id) WHERE o.document_id = %(id)s AND o.pass > 0) w
WHERE l.id = w.id
""".replace("{line}", _LINE)

_UNCOUNTED_TWICE = """
SELECT p.name, w.name AS place, l.another AND l.wanted = 2 AS another, e.name AS person, count(*) OVER () AS lines
FROM stocktaking_line l JOIN product p ON p.id = l.product_id JOIN place w ON w.id = l.place_id
LEFT JOIN employee e ON e.id = l.employee_id
WHERE l.document_id = %s AND l.pass > 0 AND l.wanted > l.pass ORDER BY p.sort, l.id LIMIT 5
"""

_LOCK = """
SELECT count(k.place_id) FROM (
    SELECT array_agg(place_id) AS places, array_agg(product_id) AS products, array_agg(lot_id) AS lots
    FROM stocktaking_line WHERE document_id = %(id)s AND difference <> 0) a
CROSS JOIN LATERAL stock_lock_keys(a.places, a.products, a.lots) k
"""
_IMPOSSIBLE = """
WITH line AS (
    SELECT *, sum(difference) OVER (PARTITION BY keeper_id, product_id) AS whole FROM ({line}) one)
SELECT line.keeper_id, line.product_id, concat_ws(' № ', p.name, t.code) AS name, w.name AS place,
       -line.difference AS lacks, least(line.on_hand - line.reserved, line.lies) AS free,
       line.difference > 0 AS unpriced, line.lies + line.difference < 0 AS gone
FROM line JOIN product p ON p.id = line.product_id JOIN place w ON w.id = line.place_id
LEFT JOIN lot t ON t.id = line.lot_id
WHERE (line.difference < 0 AND (line.on_hand - line.reserved + line.whole < 0 OR line.lies + line.difference < 0))
   OR (line.difference > 0 AND line.unit_cost IS NULL)
ORDER BY unpriced, p.sort, line.id
""".replace("{line}", _LINE)

# A shortage leaves at the average cost, the last piece takes all that is left.
_POST = """
WITH line AS MATERIALIZED ({line}),
worth AS MATERIALIZED (
    SELECT line.*, CASE WHEN difference > 0 THEN round(difference * unit_cost, 2)
                        ELSE round(value * (sum(-difference) OVER upto) / on_hand, 2)
                             - round(value * (sum(-difference) OVER upto + difference) / on_hand, 2) END AS moved
    FROM line WINDOW upto AS (PARTITION BY keeper_id, product_id, difference > 0 ORDER BY id)),
moves AS (
    INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, from_bin_id, to_bin_id, quantity, cost,
        document_id, employee_id)
    SELECT %(at)s, w.product_id, w.lot_id, CASE WHEN w.difference < 0 THEN w.keeper_id ELSE loss.id END,
           CASE WHEN w.difference < 0 THEN loss.id ELSE w.keeper_id END,
           CASE WHEN w.difference < 0 THEN nullif(w.place_id, w.keeper_id) END,
           CASE WHEN w.difference > 0 THEN nullif(w.place_id, w.keeper_id) END,
           abs(w.difference), w.moved, %(id)s, %(employee)s
    FROM worth w CROSS JOIN (SELECT id FROM place WHERE kind = 'loss') loss
    ORDER BY w.place_id, w.product_id, w.lot_id)
UPDATE stocktaking_line l SET open = false, cost = sign(l.difference) * w.moved
FROM stocktaking_line o LEFT JOIN worth w USING (id) WHERE o.document_id = %(id)s AND l.id = o.id
""".replace("{line}", _LINE)

_HOLDERS = """
SELECT coalesce(d.number, nullif(r.note, ''), 'резерв') AS document, coalesce(e.name, '') AS person,
       r.quantity - r.used AS quantity
FROM reservation r
JOIN (SELECT DISTINCT * FROM unnest(%s::int8[], %s::int8[]) AS u(place_id, product_id)) k USING (place_id, product_id)
LEFT JOIN document d ON d.id = r.document_id LEFT JOIN employee e ON e.id = r.employee_id
WHERE r.state = 'active' ORDER BY r.until NULLS LAST, r.id LIMIT 5
"""

_COUNTED_SINCE = """
SELECT d.number FROM stocktaking_line mine
JOIN stocktaking_line later USING (place_id, product_id, lot_id) JOIN document d ON d.id = later.document_id
WHERE mine.document_id = %(id)s AND mine.difference <> 0 AND later.document_id <> %(id)s AND later.pass > 0
AND later.counted_at > %(posted_at)s AND d.accounting <> 'annulled' ORDER BY d.id LIMIT 1
"""


def start(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Lists what lies on the place and inside of it, of one group of products when asked; answers the header's title.

    Raises CONFLICT when another stocktaking counts some of it already.
    """
    if (row["place_id"] is None) == (row["employee_id"] is None):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"В {row['number']} не ясно, что считать",
                      "Выберите место или сотрудника, одно из двух, и запишите.")
    group = _group(ctx, params.get("group_id"))
    asked = {"id": row["id"], "place": counted_place(ctx, row), "group": group["id"] if group else None}
    if busy := ctx.sql.all(_BUSY, asked):
        words = "; ".join(f"{b['number']} ({b['person']}) — строк: {b['lines']}" for b in busy)
        raise Refusal(ErrorCode.CONFLICT, f"Часть этого товара уже считает другая инвентаризация: {words}",
                      "Проведите или аннулируйте её, либо выберите другое место или группу.")
    ctx.sql.run(_START, asked)
    failpoint("stocktaking.after_lines")
    title = " · ".join(part for part in (row["title"], f"группа «{group['title']}»" if group else "") if part)
    return {"title": title[:300]}


def _group(ctx: Ctx, value: Any) -> Mapping[str, Any] | None:
    if value in (None, ""):
        return None
    found = ctx.sql.one("SELECT id, title FROM product_group WHERE id = %s", (int(value),)) if str(
        value).isdigit() and len(str(value)) < 19 else None
    if found is None:
        raise invalid({"params.group_id": "Такой группы нет"})
    return found


def check(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Ends the counting: `missing` tells what becomes of lines that nobody counted. Big differences ask for another."""
    missing = params.get("missing") or STAY
    if missing not in (STAY, ZERO):
        raise invalid({"params.missing": "Выберите, что делать с непосчитанным"})
    if missing == ZERO:
        count_missing(ctx, row)
    _demand_counts(ctx, row)
    limit, percent = values_of(ctx, RECOUNT_SUM, RECOUNT_PERCENT)
    ctx.sql.run(_DEMAND, {"id": row["id"], "sum": limit, "percent": percent})
    failpoint("stocktaking.after_lines")


def _demand_counts(ctx: Ctx, row: Row) -> None:
    if not ctx.sql.value("SELECT EXISTS (SELECT FROM stocktaking_line WHERE document_id = %s AND pass > 0)",
                         (row["id"],)):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"По {row['number']} ещё ничего не посчитано",
                      "Посчитайте хотя бы одну строку или аннулируйте документ.")


def recount(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Every line with a difference is asked for once more."""
    ctx.sql.run("UPDATE stocktaking_line SET wanted = pass + 1 WHERE document_id = %s AND difference <> 0",
                (row["id"],))
    failpoint("stocktaking.after_lines")


def approve(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Refuses while lines wait for their second count, and names them."""
    if waiting := ctx.sql.all(_UNCOUNTED_TWICE, (row["id"],)):
        words = "; ".join(f"«{w['name']}» ({w['place']}){_whose(w)}" for w in waiting)
        raise Refusal(
            ErrorCode.NOT_ALLOWED_NOW, f"Ждут повторного подсчёта строк: {waiting[0]['lines']}. {words}",
            "Посчитайте их ещё раз (отбор «Пересчитать»), затем утверждайте.")


def _whose(waiting: Mapping[str, Any]) -> str:
    if not waiting["another"]:
        return ": двигался, пока считали"
    return f": считать не {waiting['person']}" if waiting["person"] else ": считать другому"


def post(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Brings the balances to what was counted, with all moves since: one set of surpluses and shortages.

    Raises OUT_OF_STOCK when a shortage takes what is reserved or gone, INVALID when a surplus has no price.
    """
    ctx.sql.run(_LOCK, {"id": row["id"]})
    failpoint("posting.after_lock")
    _refuse_impossible(ctx, ctx.sql.all(_IMPOSSIBLE, {"id": row["id"]}))
    ctx.sql.run(_POST, {"id": row["id"], "at": row["date"], "employee": ctx.actor.employee_id or None})
    failpoint("posting.after_moves")
    wake(ctx, row["place_id"])
    ctx.changed("stock", [], row["branch_id"])


def _refuse_impossible(ctx: Ctx, lines: Sequence[Mapping[str, Any]]) -> None:
    if short := [line for line in lines if not line["unpriced"]]:
        lacks = "; ".join(f"«{s['name']}» ({s['place']}): недостача {plain(s['lacks'])}, свободно {plain(s['free'])}"
                          for s in short[:5])
        there = [line for line in short if not line["gone"]]
        holders = ctx.sql.all(_HOLDERS, [[s[key] for s in there] for key in ("keeper_id", "product_id")])
        held = "; ".join(f"{h['document']} ({h['person']}) — {plain(h['quantity'])}" for h in holders)
        raise Refusal(
            ErrorCode.OUT_OF_STOCK, f"Недостача больше свободного остатка. {lacks}",
            f"Держат: {held}. Снимите резерв, затем проводите." if held
            else "После подсчёта товар ушёл: посчитайте эти строки ещё раз («Пересчитать расхождения»).")
    if lines:
        names = "; ".join(f"«{line['name']}»" for line in lines[:5])
        raise Refusal(ErrorCode.INVALID, f"У излишка нет цены: {names}. Такого товара ни на одном складе нет",
                      "Укажите цену излишка в строке, затем проводите.")


def unpost(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Takes surpluses and shortages back by reversing rows, unless the goods have been counted anew since."""
    if number := ctx.sql.value(_COUNTED_SINCE, {"id": row["id"], "posted_at": row["posted_at"]}):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"После {row['number']} этот товар уже посчитан в {number}",
                      f"Сначала аннулируйте {number}.")
    ctx.sql.run("UPDATE stocktaking_line SET open = true, cost = NULL WHERE document_id = %s", (row["id"],))
    reverse(ctx, row)


def annul(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Others may count the goods now."""
    ctx.sql.run("UPDATE stocktaking_line SET open = false WHERE document_id = %s", (row["id"],))
    failpoint("stocktaking.after_lines")


DOCUMENTS = DocumentParts(effects={
    ("stocktaking", "start"): start, ("stocktaking", "check"): check, ("stocktaking", "recount"): recount,
    ("stocktaking", "approve"): approve, ("stocktaking", "post"): post, ("stocktaking", "unpost"): unpost,
    ("stocktaking", "annul"): annul,
}, print_counts={"stocktaking": printed_counts})
