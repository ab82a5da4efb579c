"""The list of suppliers' prices."""

from psycopg import sql

from crm_contract.purchases import PRICES_SEEN_BY, SUPPLIER_ITEM_LIST
from crm_server.kit.actor import Actor
from crm_server.kit.listing import Expr, ListSource
from crm_server.parties.scope import party_scope


def _scope(actor: Actor) -> sql.Composable:
    """Suppliers that the actor sees."""
    return sql.SQL("EXISTS (SELECT FROM party p WHERE p.id = s.party_id AND {})").format(party_scope(actor))


SUPPLIER_ITEMS = ListSource(
    SUPPLIER_ITEM_LIST, PRICES_SEEN_BY, "supplier_item s JOIN product g ON g.id = s.product_id", "s.id",
    {
        "sku": Expr("g.sku"), "product": Expr("s.product_id", "g.name", sort="g.sort"),
        "party": Expr("s.party_id", "v.name", ("party",)), "code": Expr("s.code"), "name": Expr("s.name"),
        "price": Expr("s.price", nullable=True), "date": Expr("s.date", nullable=True),
        "document": Expr("s.document_id", "d.number", ("document",), nullable=True),
    },
    _scope, ("g.search", "search_key(s.code)", "search_key(s.name)"),
    {"party": "LEFT JOIN party v ON v.id = s.party_id", "document": "LEFT JOIN document d ON d.id = s.document_id"})
