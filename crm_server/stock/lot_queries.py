"""Lots as a list, and the trace of one: from whom it came, to whom it went."""

from psycopg import sql

from crm_contract.lots import LOT_LIST, LotMove, LotTrace
from crm_contract.permissions import Permission
from crm_server.documents.scope import visible_condition
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.listing import Expr, ListSource
from crm_server.stock.listing import named_place, places_seen

# A lot is seen by those who see a place where it has ever been: balances of lots stay when they are empty.
_SEEN = """
EXISTS (SELECT FROM lot_balance b JOIN place w ON w.id = b.place_id WHERE b.lot_id = t.id AND {place})
"""
_LYING = """
LEFT JOIN LATERAL (
    SELECT min(w.id) AS place_id, string_agg(w.name, ', ' ORDER BY w.name) AS place, sum(b.on_hand) AS on_hand
    FROM lot_balance b JOIN place w ON w.id = b.place_id AND {place}
    WHERE b.lot_id = t.id AND b.on_hand > 0) lying ON true
"""
_TRACE = """
SELECT t.id, t.code, t.serial, t.expires, jsonb_build_object('id', p.id, 'title', p.name) AS product,
       coalesce(lying.on_hand, 0) AS on_hand
FROM lot t JOIN product p ON p.id = t.product_id {lying} WHERE t.id = %s AND {seen}
"""
_MOVES = """
SELECT m.at, d.id AS document_id, coalesce(d.number, '') AS document,
       CASE WHEN {source_named} THEN f.name ELSE 'подотчёт сотрудника' END AS source,
       CASE WHEN {target_named} THEN w.name ELSE 'подотчёт сотрудника' END AS target,
       coalesce(party.name, '') AS party, m.quantity, m.reverses_id IS NOT NULL AS reversal
FROM stock_move m JOIN place f ON f.id = m.from_place_id JOIN place w ON w.id = m.to_place_id
LEFT JOIN document d ON d.id = m.document_id AND {document} LEFT JOIN party ON party.id = d.party_id
WHERE m.lot_id = %s AND m.adjusts_id IS NULL AND (f.inner AND {source} OR w.inner AND {target}) ORDER BY m.id
"""


def _seen(actor: Actor) -> sql.Composable:
    return sql.SQL(_SEEN).format(place=places_seen(actor))


def _lying(actor: Actor) -> sql.Composable:
    return sql.SQL(_LYING).format(place=places_seen(actor))


LOTS = ListSource(
    LOT_LIST, Permission.STOCK_VIEW, "lot t JOIN product p ON p.id = t.product_id", "t.id",
    {
        "code": Expr("t.code"), "kind": Expr("(CASE WHEN t.serial THEN 'serial' ELSE 'lot' END)"),
        "sku": Expr("p.sku"), "product": Expr("t.product_id", "p.name", sort="p.sort"),
        "place": Expr("lying.place_id", "lying.place", ("lying",)),
        "on_hand": Expr("coalesce(lying.on_hand, 0)", joins=("lying",)), "expires": Expr("t.expires"),
        "made_at": Expr("t.made_at"),
    },
    _seen, ("p.search", "search_key(t.code)"), {"lying": _lying})


def trace(ctx: Ctx, lot_id: int) -> LotTrace:
    """The way of a lot through the places that the actor sees; NOT_FOUND when it has been on none of them."""
    row = ctx.sql.get(sql.SQL(_TRACE).format(lying=_lying(ctx.actor), seen=_seen(ctx.actor)), (lot_id,), what="Номер")
    moves = ctx.sql.all(sql.SQL(_MOVES).format(
        document=visible_condition(ctx.actor), source=places_seen(ctx.actor, "f"),
        target=places_seen(ctx.actor), source_named=named_place(ctx.actor, "f"),
        target_named=named_place(ctx.actor)), (lot_id,))
    return LotTrace(**row, moves=[LotMove.model_validate(move) for move in moves])
