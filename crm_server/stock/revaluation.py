"""Changes of cost that come after the goods have moved on: what is written is only the differences.

Moves are never edited. What one of them should have cost beyond what it is booked at is an adjusting move: no goods,
the money alone, between the same places, on the day of the move or of the document that is the cause, the later one.
Balances, turnover and snapshots add it up like any other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crm_server.documents.registry import Row
from crm_server.kit.context import Ctx
from crm_server.kit.failpoints import failpoint
from crm_server.stock.costing import Move, Recount, Shortage

# Moves of the products since a day, by places: their index is by place and product.
_MOVES = """
WITH found AS (
    SELECT m.id FROM stock_balance b JOIN stock_move m ON (m.from_place_id, m.product_id) = (b.place_id, b.product_id)
    WHERE b.product_id = ANY(%(products)s::int8[]) AND m.at >= %(since)s AND m.adjusts_id IS NULL
    UNION
    SELECT m.id FROM stock_balance b JOIN stock_move m ON (m.to_place_id, m.product_id) = (b.place_id, b.product_id)
    WHERE b.product_id = ANY(%(products)s::int8[]) AND m.at >= %(since)s AND m.adjusts_id IS NULL)
SELECT m.product_id, m.id, m.at, m.lot_id, m.from_place_id AS source, m.to_place_id AS target, m.quantity,
       stock_cost(m) AS cost, f."inner" AS source_inner, t."inner" AS target_inner, m.document_id, m.line_id,
       CASE WHEN f.kind = 'customer' THEN l.basis_line_id END AS basis_line_id, m.reverses_id,
       f.kind = 'transit' AS "on"
FROM found JOIN stock_move m USING (id) JOIN place f ON f.id = m.from_place_id JOIN place t ON t.id = m.to_place_id
LEFT JOIN document_line l ON l.id = m.line_id
WHERE m.from_place_id <> m.to_place_id
ORDER BY m.product_id, m.at, m.id
"""
# With what a document has found out so far, which its taking back takes back first.
_UNDO = """
undone AS (
    SELECT m.at, m.product_id, m.lot_id, m.to_place_id, m.from_place_id, 0, m.cost, m.document_id, m.line_id,
           m.id, m.adjusts_id, %(employee)s::int8
    FROM stock_move m WHERE m.document_id = %(id)s AND m.adjusts_id IS NOT NULL AND m.reverses_id IS NULL
    AND %(undo)s AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id))
"""
_WRITE = """
WITH {undo}
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, quantity, cost, document_id, line_id,
    reverses_id, adjusts_id, employee_id)
SELECT * FROM undone
UNION ALL
SELECT greatest(o.at, %(at)s::date), o.product_id, o.lot_id, o.from_place_id, o.to_place_id, 0, u.cost, %(id)s,
       o.line_id, NULL, o.id, %(employee)s::int8
FROM unnest(%(moves)s::int8[], %(costs)s::numeric[]) AS u(id, cost) JOIN stock_move o ON o.id = u.id
""".replace("{undo}", _UNDO)


@dataclass(slots=True)
class Revaluation:
    """What a change of cost comes to: `differences` by move, `moves` by id, the first impossible day of a product."""

    moves: dict[int, Move] = field(default_factory=dict[int, Move])
    differences: dict[int, Decimal] = field(default_factory=dict[int, Decimal])
    shortage: tuple[int, Shortage] | None = None


def lock_products(ctx: Ctx, products: Sequence[int]) -> dict[int, dict[int, tuple[Decimal, Decimal]]]:
    """What every place holds of the products and its value, by product and place; locked in the order of places."""
    held: dict[int, dict[int, tuple[Decimal, Decimal]]] = {product: {} for product in products}
    for row in ctx.sql.all("SELECT * FROM stock_lock_products(%s::int8[])", (list(products),)):
        held[row["product_id"]][row["place_id"]] = (row["on_hand"], row["value"])
    return held


def revalue(ctx: Ctx, products: Sequence[int], since: date, *, own: frozenset[int] = frozenset(),
            given: Mapping[int, Decimal] | None = None) -> Revaluation:
    """What the moves since a day should have cost, once `own` moves are counted on their day and `given` sums are added
    to moves from outside. Work and statements are bounded by the moves of these products since that day."""
    held = lock_products(ctx, products)
    moves: dict[int, list[Move]] = {product: [] for product in products}
    for row in ctx.sql.all(_MOVES, {"products": list(products), "since": since}):
        moves[row.pop("product_id")].append(Move(**row))
    result = Revaluation()
    for product in products:
        found = Recount(_opening(held[product], moves[product]), own, given).run(moves[product])
        result.moves |= {move.id: move for move in moves[product]}
        result.differences |= {id: cost - result.moves[id].cost for id, cost in found.costs.items()}
        if found.shortage is not None and result.shortage is None:
            result.shortage = (product, found.shortage)
    return result


def _opening(held: Mapping[int, tuple[Decimal, Decimal]], moves: Sequence[Move]
             ) -> dict[int, tuple[Decimal, Decimal]]:
    """What is held now less all moves since."""
    opening = dict(held)
    for move in moves:
        for place, sign in ((move.source, 1), (move.target, -1)):
            if place in opening:
                quantity, value = opening[place]
                opening[place] = (quantity + sign * move.quantity, value + sign * move.cost)
    return opening


def write(ctx: Ctx, row: Row, differences: Mapping[int, Decimal], at: date, *, undo: bool = False) -> None:
    """Writes the differences as adjusting moves of a document, in one statement. With `undo` what the document has
    written before is reversed first, and `differences` are beyond that."""
    told = {id: cost for id, cost in sorted(differences.items()) if cost}
    ctx.sql.run(_WRITE, {"id": row["id"], "at": at, "undo": undo, "moves": list(told), "costs": list(told.values()),
                         "employee": ctx.actor.employee_id or None})
    failpoint("posting.after_moves")
    ctx.changed("stock", [], row["branch_id"])
