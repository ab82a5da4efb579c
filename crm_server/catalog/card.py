"""The card of a product in one statement, and the history of its prices."""

from psycopg import sql

from crm_contract.catalog import PriceRead, ProductCard
from crm_contract.permissions import Permission
from crm_contract.units import unit_title
from crm_server.catalog.availability import COST, stock_join
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found
from crm_server.kit.listing import trusted

# The prices of today and of the days to come: per kind the latest that has begun, and all that have not.
_CARD = """
SELECT p.id, p.version, p.kind, p.sku, p.name, p.full_name, p.unit, p.vat_kind, p.min_stock, p.weight, p.tracking,
       p.country, p.note, p.archived, p.created_at, p.updated_at,
       CASE WHEN g.id IS NOT NULL THEN jsonb_build_object('id', g.id, 'title', g.title) END AS "group",
       ARRAY(SELECT b.code FROM barcode b WHERE b.product_id = p.id ORDER BY b.code) AS barcodes,
       coalesce((SELECT jsonb_agg(jsonb_build_object('price_kind', jsonb_build_object('id', k.id, 'title', k.title),
               'price', x.price::text, 'valid_from', x.valid_from) ORDER BY k.main DESC, k.id, x.valid_from)
           FROM price x JOIN price_kind k ON k.id = x.price_kind_id WHERE x.product_id = p.id AND x.valid_from >= (
               SELECT coalesce(max(l.valid_from), '-infinity') FROM price l WHERE l.product_id = p.id
               AND l.price_kind_id = x.price_kind_id AND l.valid_from <= current_date)), '[]') AS prices,
       {cost} AS cost
FROM product p LEFT JOIN product_group g ON g.id = p.group_id {stock} WHERE p.id = %s
"""
_HISTORY = """
SELECT jsonb_build_object('id', k.id, 'title', k.title) AS price_kind, x.price, x.valid_from
FROM price x JOIN price_kind k ON k.id = x.price_kind_id WHERE x.product_id = %s
ORDER BY k.main DESC, k.id, x.valid_from DESC
"""


def get_product(ctx: Ctx, product_id: int, *, lock: bool = False) -> ProductCard:
    """The card; the cost only for those who may see it. `lock` keeps the product from others until the commit."""
    sees_cost = ctx.actor.can(Permission.PRODUCT_COST)
    query = sql.SQL(_CARD).format(cost=trusted(COST if sees_cost else "NULL::numeric"),
                                  stock=stock_join(ctx.actor) if sees_cost else sql.SQL(""))
    if lock:
        query += sql.SQL(" FOR NO KEY UPDATE OF p")
    row = ctx.sql.one(query, (product_id,))
    if row is None:
        raise not_found("Номенклатура")
    return ProductCard.model_validate(row | {"unit_title": unit_title(row["unit"])})


def list_prices(ctx: Ctx, product_id: int) -> list[PriceRead]:
    """All prices a product ever had, by kind, the newest first."""
    return [PriceRead.model_validate(row) for row in ctx.sql.all(_HISTORY, (product_id,))]
