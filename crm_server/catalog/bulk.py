"""Many products in a handful of statements: what an import reads, adds and saves in one portion."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from crm_contract.catalog import PriceBody, ProductBody, ProductUpdate
from crm_server.catalog.rows import FIELDS, PRODUCT_COLUMNS, PRODUCT_NAMES, price_rows, product_row
from crm_server.catalog.service import check_product
from crm_server.kit.context import Ctx
from crm_server.kit.errors import stale
from crm_server.kit.listing import trusted

_READ = """
SELECT p.id, p.version, {fields} FROM product p WHERE p.id = ANY(%(ids)s::int8[])
"""
# Lists of many products are one scan each, whatever the planner knows of tables that have just been filled.
_READ_BARCODES = """
SELECT product_id, code FROM barcode WHERE product_id = ANY(%(ids)s::int8[]) ORDER BY product_id, code
"""
# The prices of today and of the days to come, as on the card.
_READ_PRICES = """
SELECT product_id, price_kind_id, price, valid_from FROM (
    SELECT x.product_id, x.price_kind_id, x.price, x.valid_from, max(x.valid_from) FILTER (
               WHERE x.valid_from <= current_date) OVER (PARTITION BY x.product_id, x.price_kind_id) AS current
    FROM price x WHERE x.product_id = ANY(%(ids)s::int8[])) p
WHERE p.current IS NULL OR p.valid_from >= p.current ORDER BY product_id, price_kind_id, valid_from
"""
_NEW_IDS = """
SELECT nextval(pg_get_serial_sequence('product', 'id')) AS id FROM generate_series(1, %s)
"""
_ADD = """
WITH p AS (
    INSERT INTO product (id, import_batch_id, {product})
    SELECT id, import_batch_id, {product} FROM jsonb_populate_recordset(NULL::product, %(products)s)
), barcodes AS (
    INSERT INTO barcode (code, product_id) SELECT code, product_id
    FROM jsonb_populate_recordset(NULL::barcode, %(barcodes)s)
)
INSERT INTO price (product_id, price_kind_id, price, valid_from, import_batch_id)
SELECT product_id, price_kind_id, price, valid_from, import_batch_id
FROM jsonb_populate_recordset(NULL::price, %(prices)s)
"""
_SAVE = """
UPDATE product p SET ({product}) = ROW({values}), version = p.version + 1, updated_at = now()
FROM jsonb_populate_recordset(NULL::product, %(products)s) r WHERE p.id = r.id AND p.version = r.version
"""
# An import takes nothing away, so barcodes and prices are only added or corrected under their own day.
_SAVE_LISTS = """
WITH barcodes AS (
    INSERT INTO barcode (code, product_id) SELECT r.code, r.product_id
    FROM jsonb_populate_recordset(NULL::barcode, %(barcodes)s) r
    WHERE NOT EXISTS (SELECT FROM barcode b WHERE b.code = r.code AND b.product_id = r.product_id)
)
INSERT INTO price AS x (product_id, price_kind_id, price, valid_from, import_batch_id)
SELECT product_id, price_kind_id, price, valid_from, import_batch_id
FROM jsonb_populate_recordset(NULL::price, %(prices)s)
ON CONFLICT (product_id, price_kind_id, valid_from)
DO UPDATE SET price = excluded.price, import_batch_id = excluded.import_batch_id WHERE x.price <> excluded.price
"""


@dataclass(frozen=True, slots=True)
class ProductChange:
    """A product as it was read and as it is to be saved."""

    id: int
    before: ProductUpdate
    after: ProductUpdate


def read_products(ctx: Ctx, ids: Collection[int], *, lock: bool = False) -> dict[int, ProductUpdate]:
    """Each product as the body that would save it unchanged. `lock` keeps them from others until the commit."""
    if lock:
        ctx.sql.run("SELECT FROM product WHERE id = ANY(%s::int8[]) ORDER BY id FOR NO KEY UPDATE", (sorted(ids),))
    fields = trusted(", ".join(f"p.{name}" for name in FIELDS))
    params = {"ids": sorted(ids)}
    barcodes: dict[int, list[str]] = {}
    for row in ctx.sql.all(_READ_BARCODES, params):
        barcodes.setdefault(row["product_id"], []).append(row["code"])
    prices: dict[int, list[PriceBody]] = {}
    for row in ctx.sql.all(_READ_PRICES, params):
        prices.setdefault(row.pop("product_id"), []).append(PriceBody.model_validate(row))
    rows = ctx.sql.all(sql.SQL(_READ).format(fields=fields), params)
    products: dict[int, ProductUpdate] = {}
    for row in rows:
        product_id = row.pop("id")
        products[product_id] = ProductUpdate.model_validate({
            **row, "barcodes": barcodes.get(product_id, []), "prices": prices.get(product_id, [])})
    return products


def add_products(ctx: Ctx, bodies: Sequence[ProductBody], batch_id: int | None, reason: str) -> list[int]:
    """New products in the order of the bodies; `batch_id` names the import that they belong to.

    Raises INVALID, or the database's refusal of a taken article or barcode: nothing of the portion is then written.
    """
    if not bodies:
        return []
    ids = [row["id"] for row in ctx.sql.all(_NEW_IDS, (len(bodies),))]
    products = []
    for product_id, body in zip(ids, bodies, strict=True):
        check_product(body)
        products.append(product_row(ctx, body) | {"id": product_id, "import_batch_id": batch_id})
        ctx.audit("create", "product", product_id, body.name, after=body.model_dump(mode="json"), reason=reason)
    ctx.sql.run(sql.SQL(_ADD).format(product=PRODUCT_COLUMNS), {
        "products": Jsonb(products), **_list_rows(dict(zip(ids, bodies, strict=True)), batch_id)})
    ctx.changed("product", ids)
    return ids


def save_products(ctx: Ctx, changes: Sequence[ProductChange], batch_id: int, reason: str) -> None:
    """Saves what `read_products` read under a lock and somebody changed; raises INVALID."""
    if not changes:
        return
    products = []
    for change in changes:
        check_product(change.after)
        products.append(product_row(ctx, change.after) | {"id": change.id, "version": change.before.version})
        ctx.audit("update", "product", change.id, change.after.name, reason=reason,
                  before=change.before.model_dump(mode="json", exclude={"version"}),
                  after=change.after.model_dump(mode="json", exclude={"version"}))
    values = trusted(", ".join(f"r.{name}" for name in PRODUCT_NAMES))
    query = sql.SQL(_SAVE).format(product=PRODUCT_COLUMNS, values=values)
    if ctx.sql.run(query, {"products": Jsonb(products)}) != len(changes):
        raise stale()
    ctx.sql.run(_SAVE_LISTS, _list_rows({change.id: change.after for change in changes}, batch_id))
    ctx.changed("product", [change.id for change in changes])


def add_group(ctx: Ctx, title: str, reason: str) -> int:
    """A new group on the top level."""
    group_id = ctx.sql.insert("product_group", {"title": title})
    ctx.audit("create", "product_group", group_id, title, after={"title": title}, reason=reason)
    ctx.changed("product_group", [group_id])
    return group_id


def _list_rows(bodies: Mapping[int, ProductBody], batch_id: int | None) -> dict[str, Any]:
    barcodes = [{"code": code, "product_id": product_id} for product_id, body in bodies.items()
                for code in body.barcodes]
    prices = [row | {"product_id": product_id, "import_batch_id": batch_id} for product_id, body in bodies.items()
              for row in price_rows(body)]
    return {"barcodes": Jsonb(barcodes), "prices": Jsonb(prices)}
