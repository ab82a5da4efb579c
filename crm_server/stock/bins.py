"""Zones and bins inside of a warehouse: which of them goods are taken from, put to and given back to.

The ledger keeps what lies in each (migrations/sql/bins.sql); balances, reserves and costs are of the warehouse.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_contract.base import Ref
from crm_contract.documents import kind_of
from crm_contract.errors import ErrorCode
from crm_contract.totals import plain
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal
from crm_server.stock import lots

_MOVED = "Обновите документ: пока его проводили, товар переложили."
CONSTRAINTS["ck_bin_balance_on_hand"] = Refusal(ErrorCode.OUT_OF_STOCK, "Этого товара в ячейке уже нет", _MOVED)
CONSTRAINTS["ck_stock_balance_placed"] = Refusal(ErrorCode.OUT_OF_STOCK, "Товар уже разложен по ячейкам", _MOVED)
CONSTRAINTS["ck_lot_balance_placed"] = Refusal(ErrorCode.OUT_OF_STOCK, "Этот номер уже разложен по ячейкам", _MOVED)
CONSTRAINTS["ck_stock_move_bin"] = Refusal(
    ErrorCode.CONFLICT, "Ячейка не этого склада", "Выберите в строке ячейку склада, который указан в документе.")
CONSTRAINTS["ck_stock_balance_place"] = Refusal(
    ErrorCode.CONFLICT, "Товар ячейки числится за складом", "Укажите в документе склад, а ячейку — в строке.")
CONSTRAINTS["ck_place_keeper"] = Refusal(
    ErrorCode.CONFLICT, "Здесь уже лежал товар: место останется в своём складе",
    "Закройте это место и заведите новое там, где нужно.")

# What the lines want, as far as they name no bin, meets what lies in the bins in the order of the walk: the two rows of
# quantities, laid side by side, are cut where either ends. What is in no bin goes last.
_DRAWN = """
{wanted},
supply AS (
    SELECT product_id, lot_id, bin_id, quantity, sum(quantity) OVER (
        PARTITION BY product_id, lot_id ORDER BY route, bin_id) AS upto
    FROM (SELECT b.product_id, b.lot_id, b.place_id AS bin_id, p.route, b.on_hand - coalesce((
              SELECT sum(n.quantity) FROM wanted n
              WHERE (n.bin_id, n.product_id, n.lot_id) = (b.place_id, b.product_id, b.lot_id)), 0) AS quantity
          FROM bin_balance b JOIN place p ON p.id = b.place_id
          WHERE b.keeper_id = %(place)s AND b.on_hand > 0 AND b.product_id IN (SELECT product_id FROM wanted)) lies
    WHERE quantity > 0),
demand AS (
    SELECT *, sum(quantity) OVER (PARTITION BY product_id, lot_id ORDER BY id, turn) AS upto
    FROM wanted WHERE bin_id IS NULL),
drawn AS (
    SELECT id, turn, bin_id, quantity FROM wanted WHERE bin_id IS NOT NULL
    UNION ALL
    SELECT d.id, d.turn, s.bin_id, least(d.upto, s.upto) - greatest(d.upto - d.quantity, s.upto - s.quantity)
    FROM demand d JOIN supply s USING (product_id, lot_id)
    WHERE d.upto > s.upto - s.quantity AND s.upto > d.upto - d.quantity
    UNION ALL
    SELECT d.id, d.turn, NULL, least(d.quantity, d.upto - coalesce(s.upto, 0))
    FROM demand d LEFT JOIN (SELECT product_id, lot_id, max(upto) AS upto FROM supply GROUP BY 1, 2) s
        USING (product_id, lot_id)
    WHERE d.upto > coalesce(s.upto, 0)),
goods AS MATERIALIZED (
    SELECT w.id, w.product_id, w.condition, w.net, w.gross, w.whole, d.quantity, w.lot_id, w.bin_to_id,
           d.bin_id AS bin_id, row_number() OVER (PARTITION BY w.id ORDER BY w.turn, p.route, d.bin_id) AS turn
    FROM drawn d JOIN wanted w USING (id, turn) LEFT JOIN place p ON p.id = d.bin_id)
"""
#: As `lots.LINES`, each row cut into the bins of %(place)s that it comes from.
LINES = _DRAWN.replace("{wanted}", lots.LINES.replace("goods AS", "wanted AS", 1))

#: The bins to take a quantity of a product from, in the order of the walk, as JSON. {upto} is the quantity with all
#: that others take before it, {lots} a condition over the balances `b`.
WALK = """(
SELECT jsonb_agg(jsonb_build_object('code', s.code, 'route', s.route, 'quantity', trim_scale(
           least(s.upto, want.upto) - greatest(s.upto - s.on_hand, want.upto - {quantity}))::text)
       ORDER BY s.route, s.id)
FROM (SELECT w.id, coalesce(nullif(w.code, ''), w.name) AS code, w.route, sum(b.on_hand) AS on_hand,
             sum(sum(b.on_hand)) OVER (ORDER BY w.route, w.id) AS upto
      FROM bin_balance b JOIN place w ON w.id = b.place_id
      WHERE b.keeper_id = {place} AND b.product_id = {product} AND b.on_hand > 0 AND {lots} GROUP BY w.id) s
CROSS JOIN (SELECT {upto} AS upto) want
WHERE s.upto > want.upto - {quantity} AND want.upto > s.upto - s.on_hand)"""
_TAKEN = """(
SELECT jsonb_agg(t ORDER BY t.route) FROM (
    SELECT coalesce(nullif(w.code, ''), w.name) AS code, w.route, sum(m.quantity)::text AS quantity
    FROM stock_move m JOIN place w ON w.id = m.from_bin_id
    WHERE m.document_id = d.id AND m.line_id = l.id AND m.reverses_id IS NULL
    AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id) GROUP BY w.id) t)"""
_NAMED = """(
SELECT jsonb_build_array(jsonb_build_object('code', coalesce(nullif(w.code, ''), w.name), 'route', w.route,
    'quantity', l.quantity::text)) FROM place w WHERE w.id = l.bin_id)"""
_OF_LOTS = """(l.lots = '[]' OR b.lot_id = 0 OR b.lot_id IN (
    SELECT t.id FROM jsonb_to_recordset(l.lots) AS x(code text) JOIN lot t
    ON (t.product_id, t.code) = (l.product_id, x.code)))"""
_DRAFT = WALK.format(quantity="l.quantity", place="d.place_id", product="l.product_id", lots=_OF_LOTS, upto="""(
    SELECT sum(e.quantity) FROM document_line e WHERE e.document_id = d.id AND e.product_id = l.product_id
    AND e.bin_id IS NULL AND e.position <= l.position)""")
#: What a line `l` of a document `d` took from bins when it was posted, or would take now.
OF_LINE = """(
CASE WHEN d.accounting = 'posted' THEN {taken} WHEN l.bin_id IS NOT NULL THEN {named} ELSE {draft} END)
""".replace("{taken}", _TAKEN).replace("{named}", _NAMED).replace("{draft}", _DRAFT)

# What the lines take of the bins that they name, and what is not there. A line without a bin takes what is in none of
# the place `unplaced`, if one is told.
_ABSENT = """
WITH {goods}
SELECT l.position, p.name, w.name AS bin, g.quantity, coalesce(b.on_hand, 0) AS on_hand
FROM (SELECT coalesce(bin_id, %(unplaced)s::int8) AS bin_id, product_id, lot_id, sum(quantity) AS quantity,
             min(id) AS id FROM goods GROUP BY 1, 2, 3) g
JOIN document_line l ON l.id = g.id JOIN product p ON p.id = g.product_id JOIN place w ON w.id = g.bin_id
LEFT JOIN stock_piece b ON (b.place_id, b.product_id, b.lot_id) = (g.bin_id, g.product_id, g.lot_id)
WHERE coalesce(b.on_hand, 0) < g.quantity ORDER BY l.position LIMIT 5
""".replace("{goods}", lots.LINES)

# Of the pieces that a document put somewhere, those that lie elsewhere in the same warehouse now, and where.
_ELSEWHERE = """
WITH moves AS (
    SELECT m.* FROM stock_move m WHERE m.document_id = %(id)s AND m.reverses_id IS NULL
    AND m.from_place_id = coalesce(%(left)s::int8, m.from_place_id)
    AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id)),
back AS (
    SELECT u.at_id, u.keeper_id, u.product_id, u.lot_id, sum(u.quantity) AS quantity FROM (
        SELECT coalesce(to_bin_id, to_place_id) AS at_id, to_place_id AS keeper_id, product_id, lot_id, quantity
        FROM moves
        UNION ALL SELECT coalesce(from_bin_id, from_place_id), from_place_id, product_id, lot_id, -quantity
        FROM moves) u
    JOIN place p ON p.id = u.keeper_id AND p.inner
    GROUP BY 1, 2, 3, 4 HAVING sum(u.quantity) > 0)
SELECT g.name, w.name AS place, k.quantity, coalesce(s.on_hand, 0) AS on_hand, (
    SELECT string_agg(b.name || ' — ' || trim_scale(x.on_hand), ', ' ORDER BY b.route) FROM bin_balance x
    JOIN place b ON b.id = x.place_id
    WHERE x.keeper_id = k.keeper_id AND (x.product_id, x.lot_id) = (k.product_id, k.lot_id)
    AND x.on_hand > 0 AND x.place_id <> k.at_id) AS lies
FROM back k JOIN product g ON g.id = k.product_id JOIN place w ON w.id = k.at_id
LEFT JOIN stock_piece s ON (s.place_id, s.product_id, s.lot_id) = (k.at_id, k.product_id, k.lot_id)
WHERE coalesce(s.on_hand, 0) < k.quantity ORDER BY g.name, w.route LIMIT 5
"""


_OF_PLACE = """
SELECT id, coalesce(nullif(code, ''), name) AS title FROM place WHERE keeper_id = %s AND kind IN ('zone', 'bin')
AND keeper_id <> id AND NOT archived AND (branch_id = %s OR branch_id IS NULL) ORDER BY route, id
"""


def demand_there(ctx: Ctx, row: Mapping[str, Any], *, unplaced: int | None = None) -> None:
    """Raises OUT_OF_STOCK for lines that name a bin with less in it. The balances are locked, so what is found stays.

    With `unplaced` lines without a bin take what lies in none of that place.
    """
    absent = ctx.sql.all(_ABSENT, {"id": row["id"], "unplaced": unplaced})
    if absent:
        raise Refusal(
            ErrorCode.OUT_OF_STOCK, "Здесь меньше, чем нужно: " + "; ".join(
                f"«{a['bin']}», «{a['name']}» — есть {plain(a['on_hand'])} из {plain(a['quantity'])}" for a in absent),
            "Уменьшите количество или возьмите из другой ячейки." if unplaced else
            "Выберите другую ячейку или оставьте её пустой: программа возьмёт товар по порядку обхода.",
            field_errors={f"lines.{a['position'] - 1}.bin_id": "Здесь меньше" for a in absent})


def demand_back(ctx: Ctx, row: Mapping[str, Any], left: int | None = None) -> None:
    """Raises OUT_OF_STOCK when what a document put to a bin, or left unplaced, lies elsewhere now.

    Of the document's moves all count, or those from the place `left`.
    """
    gone = ctx.sql.all(_ELSEWHERE, {"id": row["id"], "left": left})
    if gone:
        raise Refusal(
            ErrorCode.OUT_OF_STOCK,
            f"{kind_of(row['kind']).named(row['number'])} не отменить, товар переложили: " + "; ".join(
                f"«{g['name']}» — на «{g['place']}» {plain(g['on_hand'])} из {plain(g['quantity'])}{_lies(g)}"
                for g in gone),
            "Отмените размещение или верните товар на прежнее место, затем отменяйте.")


def _lies(gone: Mapping[str, Any]) -> str:
    return f", лежит: {gone['lies']}" if gone["lies"] else ""


def of_place(ctx: Ctx, place_id: int) -> list[Ref]:
    """The open zones and bins of a place in the order of the walk, by their codes."""
    return [Ref.model_validate(row) for row in ctx.sql.all(_OF_PLACE, (place_id, ctx.actor.branch_id))]


def any_placed(rows: Sequence[Mapping[str, Any]]) -> bool:
    """Whether some of the locked balances have goods in bins."""
    return any(row["placed"] for row in rows)
