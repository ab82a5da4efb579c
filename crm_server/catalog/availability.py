"""How much of a product there is. Stock, which keeps balances, is above the catalogue and puts its own joins here."""

from collections.abc import Callable

from psycopg import sql

from crm_server.kit.actor import Actor

_NOTHING = sql.SQL(
    "LEFT JOIN (SELECT 0::bigint AS product_id, 0::numeric AS on_hand, 0::numeric AS reserved, 0::numeric AS cost"
    " WHERE false) stock ON stock.product_id = p.id")

#: Joins one row `stock (on_hand, reserved, cost)` to the product `p`: the quantities that the actor may see and the
#: cost of a unit; without a row there is none.
StockJoin = Callable[[Actor, int | None], sql.Composable]


def _no_stock(actor: Actor, place_id: int | None) -> sql.Composable:
    return _NOTHING


_JOIN: list[StockJoin] = [_no_stock]


def register_stock(join: StockJoin) -> None:
    """`join(actor, place_id)` makes `LEFT JOIN LATERAL (…) stock ON true`, over one place or (None) over all."""
    _JOIN[0] = join


def stock_join(actor: Actor, place_id: int | None = None) -> sql.Composable:
    return _JOIN[0](actor, place_id)


ON_HAND = "coalesce(stock.on_hand, 0)"
RESERVED = "coalesce(stock.reserved, 0)"
FREE = "coalesce(stock.on_hand - stock.reserved, 0)"
COST = "stock.cost"
