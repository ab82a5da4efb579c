"""A posting is cancelled by reversing rows: goods go back to the bin they came from, what is gone is not taken back."""

from collections.abc import Mapping
from typing import Any

from crm_contract.documents import kind_of
from crm_contract.errors import ErrorCode
from crm_contract.totals import plain
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal
from crm_server.kit.failpoints import failpoint
from crm_server.stock import bins, lots
from crm_server.stock.waiting import wake

CONSTRAINTS["ck_stock_balance_value"] = Refusal(
    ErrorCode.CONFLICT, "После движения остался бы товар с отрицательной стоимостью или стоимость без товара",
    "Проверьте сумму движения: она не больше стоимости остатка.")

# `back` is what the document brought to inner places and has to leave them again; where its goods only passed through,
# nothing has. `moves` are those that are to be reversed, all or those from the place `left`: with its own what was
# found out later of their cost.
_BACK = """
own AS MATERIALIZED (
    SELECT m.* FROM stock_move m WHERE m.document_id = %(id)s AND m.reverses_id IS NULL
    AND m.from_place_id = coalesce(%(left)s::int8, m.from_place_id)
    AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id)),
moves AS MATERIALIZED (
    SELECT * FROM own
    UNION SELECT a.* FROM own o JOIN stock_move a ON a.adjusts_id = o.id AND a.reverses_id IS NULL
    AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = a.id)),
back AS MATERIALIZED (
    SELECT u.place_id, u.product_id, sum(u.quantity) AS quantity FROM (
        SELECT to_place_id AS place_id, product_id, quantity FROM moves
        UNION ALL SELECT from_place_id, product_id, -quantity FROM moves) u
    JOIN place p ON p.id = u.place_id AND p.inner
    GROUP BY u.place_id, u.product_id HAVING sum(u.quantity) > 0)
"""

# The balance rows locked in key order.
_LOCK = """
WITH {back},
places AS (SELECT place_id, array_agg(product_id) AS products FROM back GROUP BY place_id ORDER BY place_id),
locked AS MATERIALIZED (SELECT p.place_id, k.* FROM places p CROSS JOIN LATERAL stock_lock(p.place_id, p.products) k)
SELECT b.place_id, b.product_id, b.quantity, coalesce(k.on_hand - k.reserved, 0) AS free,
       coalesce(k.placed, 0) AS placed,
       EXISTS (SELECT FROM moves m WHERE m.product_id = b.product_id AND m.lot_id <> 0) AS has_lots
FROM back b LEFT JOIN locked k USING (place_id, product_id) ORDER BY b.place_id, b.product_id
""".replace("{back}", _BACK)

# Goods leave at the cost they came with. Where others left at the average since, the balance may have less money than
# that: then these leave at the average too, and the last piece takes all that is left. Rounded as the rows add up.
# Where goods only passed through, they leave at what they came back with, each move at its share.
_REVERSE = """
WITH {back},
sums AS (
    SELECT m.*, sum(m.quantity) OVER whole AS all_quantity, sum(m.cost) OVER whole AS all_cost,
           coalesce(sum(m.cost) FILTER (WHERE m.adjusts_id IS NOT NULL) OVER whole, 0) AS adjusted,
           sum(m.quantity) OVER (whole ORDER BY m.id) AS upto,
           nullif(sum(m.quantity) OVER leg, 0) AS leg, sum(m.quantity) OVER (leg ORDER BY m.id) AS leg_upto
    FROM moves m WINDOW whole AS (PARTITION BY m.to_place_id, m.product_id),
        leg AS (PARTITION BY m.product_id, m.lot_id, m.from_place_id, m.to_place_id)),
worth AS (
    SELECT m.*, CASE WHEN b.place_id IS NULL THEN m.all_cost WHEN m.all_quantity = b.on_hand THEN b.value
                     WHEN m.all_cost > b.value THEN round(b.value * m.all_quantity / b.on_hand, 2)
                     ELSE m.all_cost END AS whole_cost
    FROM sums m LEFT JOIN (back k JOIN stock_balance b USING (place_id, product_id))
        ON (b.place_id, b.product_id) = (m.to_place_id, m.product_id)),
priced AS (
    SELECT m.*, CASE WHEN m.whole_cost = m.all_cost OR m.adjusts_id IS NOT NULL THEN m.cost
                     ELSE round((m.whole_cost - m.adjusted) * m.upto / m.all_quantity, 2)
                          - round((m.whole_cost - m.adjusted) * (m.upto - m.quantity) / m.all_quantity, 2)
                     END AS back_cost
    FROM worth m)
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, from_bin_id, to_bin_id, quantity, cost,
    document_id, line_id, reverses_id, adjusts_id, employee_id)
SELECT m.at, m.product_id, m.lot_id, m.to_place_id, m.from_place_id, m.to_bin_id, m.from_bin_id, m.quantity,
       coalesce((SELECT round(sum(o.back_cost) * m.leg_upto / m.leg, 2)
                        - round(sum(o.back_cost) * (m.leg_upto - m.quantity) / m.leg, 2) FROM priced o
                 WHERE o.product_id = m.product_id AND o.lot_id = m.lot_id AND o.from_place_id = m.to_place_id
                 AND m.from_place_id <> m.to_place_id
                 AND coalesce(o.adjusts_id, m.adjusts_id) IS NULL), m.back_cost),
       %(id)s, m.line_id, m.id, m.adjusts_id, %(employee)s
FROM priced m ORDER BY m.id
""".replace("{back}", _BACK)

# The last documents that took the goods from there, and who holds the rest.
_TAKERS = """
(SELECT d.kind, d.number, d.date, sum(m.quantity) AS quantity, coalesce(e.name, '') AS person
 FROM stock_move m JOIN document d ON d.id = m.document_id LEFT JOIN employee e ON e.id = m.employee_id
 WHERE m.from_place_id = ANY(%(places)s::int8[]) AND m.product_id = ANY(%(products)s::int8[]) AND m.reverses_id IS NULL
 AND m.adjusts_id IS NULL AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id)
 GROUP BY d.id, e.name ORDER BY d.id DESC LIMIT 5)
UNION ALL
(SELECT '', coalesce(d.number, r.note), NULL, r.quantity - r.used, coalesce(e.name, '')
 FROM reservation r LEFT JOIN document d ON d.id = r.document_id LEFT JOIN employee e ON e.id = r.employee_id
 WHERE r.state = 'active' AND r.place_id = ANY(%(places)s::int8[]) AND r.product_id = ANY(%(products)s::int8[])
 ORDER BY r.id LIMIT 5)
"""


def reverse(ctx: Ctx, row: Mapping[str, Any], *, left: int | None = None) -> bool:
    """Cancels a posting by reversing rows, or the part of it by which goods `left` a place; False when there is nothing
    to reverse. Raises OUT_OF_STOCK when what it brought is shipped or reserved."""
    rows = ctx.sql.all(_LOCK, {"id": row["id"], "left": left})
    short = [b for b in rows if b["quantity"] > b["free"]]
    if short:
        raise _gone(ctx, row, short)
    if any(b["has_lots"] for b in rows):
        lots.demand_back(ctx, row)
    if bins.any_placed(rows):
        bins.demand_back(ctx, row, left)
    done = ctx.sql.run(_REVERSE, {"id": row["id"], "left": left, "employee": ctx.actor.employee_id or None})
    failpoint("posting.after_moves")
    wake(ctx, row["place_id"])
    ctx.changed("stock", [], row["branch_id"])
    return done > 0


def _gone(ctx: Ctx, row: Mapping[str, Any], short: list[dict[str, Any]]) -> Refusal:
    products = [s["product_id"] for s in short]
    takers = ctx.sql.all(_TAKERS, {"places": [s["place_id"] for s in short], "products": products})
    names = {p["id"]: p["name"] for p in ctx.sql.all(
        "SELECT id, name FROM product WHERE id = ANY(%s::int8[])", (products,))}
    lacks = "; ".join(f"«{names[s['product_id']]}»: пришло {plain(s['quantity'])}, свободно {plain(s['free'])}"
                      for s in short[:5])
    blocks = "; ".join(f"{_named(t)} — {plain(t['quantity'])} ({t['person']})" for t in takers)
    return Refusal(
        ErrorCode.OUT_OF_STOCK,
        f"{kind_of(row['kind']).named(row['number'])} не отменить: товар уже отгружен или в резерве. {lacks}",
        (f"Мешают: {blocks}. " if blocks else "") + "Сначала отмените отгрузку или снимите резерв.")


def _named(taker: Mapping[str, Any]) -> str:
    if not taker["kind"]:
        return f"резерв {taker['number']}".strip()
    return f"{kind_of(taker['kind']).named(taker['number'])} от {taker['date']:%d.%m.%Y}"
