"""The list of products."""

from psycopg import sql

from crm_contract.catalog import PRODUCT_LIST
from crm_contract.permissions import Permission
from crm_contract.units import UNITS
from crm_server.catalog.availability import COST, FREE, ON_HAND, RESERVED, stock_join
from crm_server.kit.actor import Actor
from crm_server.kit.listing import Expr, Join, ListSource

#: Joins the price of the main price kind on today.
PRICE_JOIN = (
    "LEFT JOIN LATERAL (SELECT x.price FROM price x JOIN price_kind k ON k.id = x.price_kind_id AND k.main"
    " WHERE x.product_id = p.id AND x.valid_from <= current_date ORDER BY x.valid_from DESC LIMIT 1) price ON true")


def unit_join(actor: Actor) -> sql.Composable:
    """The words of the units of a product `p`, which live in the contract; their `%` is doubled for psycopg."""
    rows = sql.SQL(", ").join(sql.SQL("({}, {})").format(u.code, u.short.replace("%", "%%")) for u in UNITS)
    return sql.SQL("LEFT JOIN (VALUES {}) unit (code, short) ON unit.code = p.unit").format(rows)


def _everything(actor: Actor) -> sql.Composable:
    """The catalogue is one for all branches."""
    return sql.SQL("true")


_JOINS: dict[str, Join] = {
    "group": "LEFT JOIN product_group g ON g.id = p.group_id",
    "price": PRICE_JOIN,
    "unit": unit_join,
    "stock": stock_join,
}

PRODUCTS = ListSource(
    spec=PRODUCT_LIST,
    permission=Permission.PRODUCT_VIEW,
    table="product p",
    key="p.id",
    scope=_everything,
    search=("p.search",),
    joins=_JOINS,
    always=("archived",),
    exprs={
        "sku": Expr("p.sku"),
        "name": Expr("p.name", sort="p.sort"),
        "group": Expr("p.group_id", "g.title", ("group",)),
        "kind": Expr("p.kind"),
        "unit": Expr("coalesce(unit.short, p.unit)", joins=("unit",)),
        "free": Expr(FREE, joins=("stock",)),
        "reserved": Expr(RESERVED, joins=("stock",)),
        "on_hand": Expr(ON_HAND, joins=("stock",)),
        "min_stock": Expr("p.min_stock", nullable=True), "weight": Expr("p.weight", nullable=True),
        "tracking": Expr("p.tracking"),
        "price": Expr("price.price", joins=("price",), nullable=True),
        "vat_kind": Expr("p.vat_kind"),
        "barcode": Expr("(SELECT min(b.code) FROM barcode b WHERE b.product_id = p.id)", nullable=True),
        "cost": Expr(COST, joins=("stock",), nullable=True),
        "archived": Expr("p.archived"),
    },
)
