"""The only truth about goods: set-based postings of a document, whatever the number of its lines.

Balances follow by triggers (migrations/sql/ledger.sql); rows are locked in the order (place, product).
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from crm_contract.errors import ErrorCode
from crm_contract.stock import PlaceKind
from crm_contract.totals import plain
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal
from crm_server.kit.failpoints import failpoint
from crm_server.stock import bins, lots
from crm_server.stock.backdate import WATCHED, write_moves
from crm_server.stock.waiting import wake

CONSTRAINTS["ck_stock_balance_on_hand"] = Refusal(
    ErrorCode.OUT_OF_STOCK, "Товара на складе меньше, чем нужно", "Обновите остатки и уменьшите количество.")
CONSTRAINTS["ck_stock_balance_reserved"] = Refusal(
    ErrorCode.OUT_OF_STOCK, "Товар уже зарезервирован другими", "Откройте остаток: там видно, кто держит.")
CONSTRAINTS["ck_stock_move_closed_period"] = Refusal(
    ErrorCode.PERIOD_CLOSED, "Период на складе закрыт", "Поставьте дату позже закрытого периода.")

# Reserves of the chain on the place. They are looked up from the documents of the chain: of a product that sells well
# others hold a thousand.
_HELD = """
held AS MATERIALIZED (
    SELECT r.id, r.product_id, r.quantity - r.used AS rest, r.until FROM document rd CROSS JOIN LATERAL (
        SELECT * FROM reservation r WHERE r.document_id = rd.id AND r.state = 'active' OFFSET 0) r
    WHERE rd.chain_id = %(chain)s AND r.place_id = %(place)s)
"""

# What the goods lines need beside what is there, the balance rows locked; `held` is reserved for this chain.
_LOCK = """
WITH {held},
need AS MATERIALIZED (
    SELECT l.product_id, sum(l.quantity) AS quantity, bool_or(l.bin_id IS NOT NULL) AS named
    FROM document_line l JOIN product p ON p.id = l.product_id
    WHERE l.document_id = %(id)s AND p.kind IN ('goods', 'kit') GROUP BY l.product_id),
locked AS MATERIALIZED (
    SELECT * FROM stock_lock(%(place)s, ARRAY(SELECT product_id FROM need)))
SELECT n.product_id, n.quantity, coalesce(k.on_hand, 0) AS on_hand, coalesce(k.reserved, 0) AS reserved,
       coalesce(k.placed, 0) AS placed, n.named,
       coalesce((SELECT sum(h.rest) FROM held h WHERE h.product_id = n.product_id), 0) AS held
FROM need n LEFT JOIN locked k USING (product_id) ORDER BY n.product_id
""".replace("{held}", _HELD)

_USE_RESERVES = """
WITH {held},
need AS (
    SELECT l.product_id, sum(l.quantity) AS quantity FROM document_line l WHERE l.document_id = %(id)s GROUP BY 1),
turns AS (
    SELECT h.id, h.product_id, h.rest, coalesce(sum(h.rest) OVER (
        PARTITION BY h.product_id ORDER BY h.until NULLS LAST, h.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
    FROM held h),
taken AS (
    SELECT t.id, least(t.rest, n.quantity - t.before) AS quantity FROM turns t JOIN need n USING (product_id)
    WHERE n.quantity > t.before)
UPDATE reservation r SET used = r.used + t.quantity, version = r.version + 1,
    state = CASE WHEN r.used + t.quantity = r.quantity THEN 'used' ELSE r.state END,
    closed_at = CASE WHEN r.used + t.quantity = r.quantity THEN now() END
FROM taken t WHERE r.id = t.id
""".replace("{held}", _HELD)

_INSERT = """
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, from_bin_id, to_bin_id, quantity, cost,
    document_id, line_id, employee_id)
"""

# At the average cost, rounded as the lines add up: the last piece takes what is left. `apart` are the places of lines
# in a condition that go elsewhere, by the condition. The bin of a line is in the place of the document, whether goods
# leave it or come to it.
_MOVE_OUT = """
WITH {goods},
moved AS (
{insert}
SELECT %(at)s, l.product_id, l.lot_id, %(place)s,
       coalesce((%(apart)s::jsonb ->> l.condition)::int8, %(to)s::int8,
                (SELECT id FROM place WHERE kind = %(outside)s AND NOT "inner")),
       CASE WHEN %(place)s = %(here)s::int8 THEN l.bin_id END,
       CASE WHEN %(apart)s::jsonb ? l.condition THEN NULL WHEN %(to)s = %(there)s::int8 THEN l.bin_to_id
            WHEN %(to)s = %(here)s::int8 THEN l.bin_id END, l.quantity,
       round(b.value * (sum(l.quantity) OVER upto) / b.on_hand, 2)
           - round(b.value * (sum(l.quantity) OVER upto - l.quantity) / b.on_hand, 2),
       %(id)s, l.id, %(employee)s
FROM goods l JOIN stock_balance b ON b.place_id = %(place)s AND b.product_id = l.product_id
WINDOW upto AS (PARTITION BY l.product_id ORDER BY l.id, l.turn)
""".replace("{insert}", _INSERT) + WATCHED
_MOVE_OUT_WHOLE = _MOVE_OUT.replace("{goods}", lots.LINES)
_MOVE_OUT_OF_BINS = _MOVE_OUT.replace("{goods}", bins.LINES)

# At the cost of the line, which its lots share in the same way. Who is on the usual mode gets the VAT of suppliers
# back; to all others it is a part of the cost (НК РФ ст. 170 п. 2).
_MOVE_IN = """
WITH {goods},
moved AS (
{insert}
SELECT %(at)s, l.product_id, l.lot_id, (SELECT id FROM place WHERE kind = 'supplier'), %(place)s, NULL, l.bin_id,
       l.quantity,
       round(l.paid * (sum(l.quantity) OVER upto) / l.whole, 2)
           - round(l.paid * (sum(l.quantity) OVER upto - l.quantity) / l.whole, 2),
       %(id)s, l.id, %(employee)s
FROM (SELECT g.*, CASE WHEN (SELECT tax_mode FROM party WHERE id = %(own)s) <> 'general' THEN g.gross ELSE g.net END
                  AS paid FROM goods g) l
WINDOW upto AS (PARTITION BY l.id ORDER BY l.turn)
""".replace("{goods}", lots.LINES).replace("{insert}", _INSERT) + WATCHED

_HOLDERS = """
SELECT r.product_id, p.name AS product, coalesce(d.number, r.note) AS document, coalesce(e.name, '') AS person,
       (r.quantity - r.used)::text AS quantity, r.until::text AS until, r.id AS reservation_id
FROM reservation r JOIN product p ON p.id = r.product_id LEFT JOIN document d ON d.id = r.document_id
LEFT JOIN employee e ON e.id = r.employee_id
WHERE r.state = 'active' AND r.place_id = %s AND r.product_id = ANY(%s::int8[])
ORDER BY r.product_id, r.until NULLS LAST LIMIT 50
"""


def _params(ctx: Ctx, row: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": row["id"], "place": row["place_id"], "here": row["place_id"], "there": row["place_to_id"],
            "chain": row["chain_id"], "at": row["date"], "employee": ctx.actor.employee_id or None}


def post_out(ctx: Ctx, row: Mapping[str, Any], target: PlaceKind | int = PlaceKind.CUSTOMER, *,
             source: int | None = None, apart: Mapping[str, int] | None = None) -> None:
    """Takes the goods of a document from its place (or `source`) to an outer place or to one of ours by its id.

    Lines in a condition of `apart` go to its place. Uses the chain's reserves first, and takes from the bins in the
    order of the walk where a line names none. Raises OUT_OF_STOCK.
    """
    inner = None if isinstance(target, PlaceKind) else target
    place_id = source or row["place_id"]
    params = _params(ctx, row) | {"place": place_id, "to": inner, "outside": str(target) if inner is None else None,
                                  "apart": Jsonb(apart or {})}
    rows = ctx.sql.all(_LOCK, params)
    failpoint("posting.after_lock")
    short = {r["product_id"]: r["quantity"] - (r["on_hand"] - r["reserved"] + r["held"]) for r in rows
             if r["quantity"] > r["on_hand"] - r["reserved"] + r["held"]}
    if short:
        raise out_of_stock(ctx, place_id, short)
    if row["has_lots"]:
        lots.demand_here(ctx, row, place_id)
    if any(r["held"] for r in rows):
        ctx.sql.run(_USE_RESERVES, params)
        failpoint("posting.after_reserves")
    if rows:
        statement = _MOVE_OUT_OF_BINS if _is_in_bins(ctx, row, place_id, rows) else _MOVE_OUT_WHOLE
        write_moves(ctx, row, statement, params)
    failpoint("posting.after_moves")
    if inner is not None:
        wake(ctx, inner)
    announce(ctx, rows, row["branch_id"])


def _is_in_bins(ctx: Ctx, row: Mapping[str, Any], place_id: int, rows: list[dict[str, Any]]) -> bool:
    """Whether bins have to be chosen; those that lines name for the place are checked."""
    if place_id != row["place_id"]:
        return False
    if any(r["named"] for r in rows):
        bins.demand_there(ctx, row)
        return True
    return bins.any_placed(rows)


def post_in(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Brings the goods of a document to its place at the cost of its lines."""
    if row["has_lots"]:
        lots.register(ctx, row)
    write_moves(ctx, row, _MOVE_IN, _params(ctx, row) | {"own": row["organization_id"]})
    failpoint("posting.after_moves")
    wake(ctx, row["place_id"])
    ctx.changed("stock", [], row["branch_id"])


def announce(ctx: Ctx, rows: list[dict[str, Any]], branch_id: int | None) -> None:
    ctx.changed("stock", [r["product_id"] for r in rows], branch_id)


def out_of_stock(ctx: Ctx, place_id: int, short: Mapping[int, Decimal]) -> Refusal:
    """Names the products that lack and who holds them."""
    holders = ctx.sql.all(_HOLDERS, (place_id, list(short)))
    names = ctx.sql.all("SELECT id, name FROM product WHERE id = ANY(%s::int8[]) ORDER BY name", (list(short),))
    lacks = "; ".join(f"{n['name']}: не хватает {plain(short[n['id']])}" for n in names[:5])
    if person := ctx.sql.value("SELECT name FROM place WHERE id = %s AND kind = 'employee'", (place_id,)):
        return Refusal(ErrorCode.OUT_OF_STOCK, f"За сотрудником {person} столько не числится. {lacks}",
                       "Уменьшите количество: что и по каким документам числится, показывает «Склад → Подотчёт».",
                       details={"short": {str(k): str(v) for k, v in short.items()}})
    held = "; ".join(f"{h['document'] or 'резерв'} ({h['person']}) — {h['quantity']}" for h in holders[:5])
    return Refusal(
        ErrorCode.OUT_OF_STOCK, f"На складе не хватает свободного товара. {lacks}",
        f"Держат: {held}. Договоритесь о снятии резерва или уменьшите количество." if held
        else "Уменьшите количество, выберите другой склад или закажите поставщику.",
        details={"holders": holders, "short": {str(k): str(v) for k, v in short.items()}})
