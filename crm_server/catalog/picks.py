"""Pick lists of products, groups and price kinds, and the products' share in the search over everything."""

from typing import Any

from psycopg import sql

from crm_contract.lists import Hit
from crm_contract.parties import RefHit
from crm_contract.permissions import Permission
from crm_contract.totals import plain
from crm_contract.units import unit_title
from crm_server.catalog.availability import FREE, stock_join
from crm_server.catalog.keys import sku_key
from crm_server.catalog.listing import PRICE_JOIN
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted
from crm_server.kit.search import like_pattern, search_condition, words
from crm_server.kit.search_routes import SearchProvider

LIMIT = 20

# An exact barcode, then an exact article (the search key ends with it), then the beginning of the article or the name.
_RANK = """
CASE WHEN EXISTS (SELECT FROM barcode b WHERE b.product_id = p.id AND b.code = %s) THEN 0 WHEN p.search LIKE %s THEN 1
     WHEN search_key(p.sku) LIKE %s OR search_key(p.name) LIKE %s THEN 2 ELSE 3 END
"""
_PRODUCTS = """
SELECT p.id, p.name, p.sku, p.unit, p.kind, p.vat_kind, price.price, {free} AS free
FROM product p {price} {stock} WHERE NOT p.archived AND {search} ORDER BY {rank}, sort_key(p.name), p.id LIMIT %s
"""
_FOUND = """
SELECT p.id, p.name, concat_ws(' · ', 'арт. ' || nullif(p.sku, ''), g.title) AS subtitle
FROM product p LEFT JOIN product_group g ON g.id = p.group_id
WHERE NOT p.archived AND {search} ORDER BY {rank}, sort_key(p.name), p.id LIMIT %s
"""
_GROUPS = """
SELECT g.id, g.title, coalesce(parent.title, '') AS subtitle
FROM product_group g LEFT JOIN product_group parent ON parent.id = g.parent_id WHERE {search}
ORDER BY sort_key(g.title), g.id LIMIT %s
"""
_PRICE_KINDS = """
SELECT k.id, k.title, CASE WHEN k.main THEN 'основной' ELSE '' END AS subtitle,
       jsonb_build_object('vat_mode', CASE WHEN k.vat_included THEN 'included' ELSE 'on_top' END) AS fill
FROM price_kind k WHERE {search} ORDER BY k.main DESC, k.id LIMIT %s
"""


def pick_products(ctx: Ctx, query: str, place_id: int | None) -> list[RefHit]:
    """Live products with their price of the main kind; what is free on the place for those who may see stock."""
    sees_stock = ctx.actor.can(Permission.STOCK_VIEW)
    search, params = search_condition(["p.search"], query)
    statement = sql.SQL(_PRODUCTS).format(
        free=trusted(FREE if sees_stock else "NULL::numeric"), price=trusted(PRICE_JOIN), search=search,
        stock=stock_join(ctx.actor, place_id) if sees_stock else sql.SQL(""), rank=trusted(_RANK))
    return [_hit(row) for row in ctx.sql.all(statement, [*params, *_rank(query), LIMIT])]


def _hit(row: dict[str, Any]) -> RefHit:
    unit = unit_title(row["unit"])
    free = plain(row["free"]) if row["kind"] in ("goods", "kit") and row["free"] is not None else ""
    parts = [f"арт. {row['sku']}" if row["sku"] else "", f"свободно {free} {unit}" if free else ""]
    return RefHit(id=row["id"], title=row["name"], subtitle=" · ".join(p for p in parts if p), fill={
        "sku": row["sku"], "unit": row["unit"], "unit_title": unit, "kind": row["kind"], "vat_kind": row["vat_kind"],
        "price": "" if row["price"] is None else str(row["price"]), "free": free})


def find_products(ctx: Ctx, query: str, limit: int) -> list[Hit]:
    search, params = search_condition(["p.search"], query)
    rows = ctx.sql.all(sql.SQL(_FOUND).format(search=search, rank=trusted(_RANK)), [*params, *_rank(query), limit])
    return [Hit(entity="product", id=row["id"], title=row["name"], subtitle=row["subtitle"], kind="product")
            for row in rows]


PRODUCT_SEARCH = SearchProvider(Permission.PRODUCT_VIEW, find_products)


def pick_groups(ctx: Ctx, query: str) -> list[RefHit]:
    search, params = search_condition(["search_key(g.title)"], query)
    rows = ctx.sql.all(sql.SQL(_GROUPS).format(search=search), [*params, LIMIT])
    return [RefHit.model_validate(row) for row in rows]


def pick_price_kinds(ctx: Ctx, query: str) -> list[RefHit]:
    search, params = search_condition(["search_key(k.title)"], query)
    rows = ctx.sql.all(sql.SQL(_PRICE_KINDS).format(search=search), [*params, LIMIT])
    return [RefHit.model_validate(row) for row in rows]


def _rank(query: str) -> list[str]:
    text = " ".join(words(query))
    exact, beginning = like_pattern(f" {sku_key(text)} ")[:-1], like_pattern(text)[1:]
    return [text, exact, beginning, beginning]
