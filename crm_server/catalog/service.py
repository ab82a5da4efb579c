"""Commands on products: create, update, archive."""

from collections.abc import Iterator
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from crm_contract.base import Created
from crm_contract.catalog import STORED, ProductBody, ProductCard, ProductUpdate, Tracking
from crm_contract.errors import ErrorCode
from crm_contract.requisites import check_barcode
from crm_contract.units import is_unit
from crm_server.catalog.card import get_product
from crm_server.catalog.rows import PRODUCT_COLUMNS, price_rows, product_row, snapshot
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid, stale

CONSTRAINTS["uq_product_sku"] = Refusal(
    ErrorCode.CONFLICT, "Номенклатура с таким артикулом уже есть", "Измените артикул или откройте ту позицию.",
    field_errors={"sku": "Такой артикул уже есть"})
CONSTRAINTS["pk_barcode"] = Refusal(
    ErrorCode.CONFLICT, "Один из штрихкодов уже занят", "Проверьте штрихкоды.",
    field_errors={"barcodes": "Штрихкод уже занят"})
CONSTRAINTS["fk_product_group_id"] = invalid({"group_id": "Такой группы нет"})
CONSTRAINTS["fk_price_price_kind_id"] = invalid({"prices": "Такого вида цен нет"})

# The row travels as one JSON value; jsonb_populate_record gives each column its own type.
_INSERT = """
WITH p AS (
    INSERT INTO product ({product}) SELECT {product} FROM jsonb_populate_record(NULL::product, %(product)s)
    RETURNING id
), barcodes AS (
    INSERT INTO barcode (code, product_id) SELECT code, p.id FROM p, unnest(%(barcodes)s::text[]) AS code
), prices AS (
    INSERT INTO price (product_id, price_kind_id, price, valid_from)
    SELECT p.id, r.price_kind_id, r.price, r.valid_from FROM p, jsonb_populate_recordset(NULL::price, %(prices)s) r
)
SELECT id FROM p
"""
_UPDATE = """
UPDATE product SET ({product}) = (SELECT {product} FROM jsonb_populate_record(NULL::product, %(product)s)),
    version = version + 1, updated_at = now() WHERE id = %(id)s RETURNING version
"""
_SYNC_BARCODES = """
WITH gone AS (DELETE FROM barcode WHERE product_id = %(id)s AND code <> ALL(%(barcodes)s::text[]))
INSERT INTO barcode (code, product_id) SELECT code, %(id)s FROM unnest(%(barcodes)s::text[]) AS code
WHERE NOT EXISTS (SELECT FROM barcode b WHERE b.code = code.code AND b.product_id = %(id)s)
"""
# A price that began before today is history: it is never deleted, only corrected under its own day.
_SYNC_PRICES = """
WITH r AS (
    SELECT * FROM jsonb_populate_recordset(NULL::price, %(prices)s)
), gone AS (
    DELETE FROM price x WHERE x.product_id = %(id)s AND x.valid_from >= current_date
    AND NOT EXISTS (SELECT FROM r WHERE r.price_kind_id = x.price_kind_id AND r.valid_from = x.valid_from)
)
INSERT INTO price AS x (product_id, price_kind_id, price, valid_from)
SELECT %(id)s, r.price_kind_id, r.price, r.valid_from FROM r
ON CONFLICT (product_id, price_kind_id, valid_from) DO UPDATE SET price = excluded.price
WHERE x.price <> excluded.price
"""
_TAKEN = """
SELECT 'sku' AS field, p.sku AS value, p.name FROM product p
WHERE p.sku = %(sku)s AND p.sku <> '' AND NOT p.archived AND p.id IS DISTINCT FROM %(id)s::int8
UNION ALL
SELECT 'barcodes', b.code, p.name FROM barcode b JOIN product p ON p.id = b.product_id
WHERE b.code = ANY(%(barcodes)s::text[]) AND p.id IS DISTINCT FROM %(id)s::int8
"""


def create_product(ctx: Ctx, body: ProductBody) -> Created:
    """Raises INVALID, or CONFLICT that names the product which has the article or a barcode."""
    check_product(body)
    _refuse_taken(ctx, body)
    product_id = ctx.sql.value(sql.SQL(_INSERT).format(product=PRODUCT_COLUMNS), _params(ctx, body))
    ctx.audit("create", "product", product_id, body.name, after=body.model_dump(mode="json"))
    ctx.changed("product", [product_id])
    return Created(id=product_id)


def update_product(ctx: Ctx, product_id: int, body: ProductUpdate) -> Created:
    """Saves the whole card; STALE_VERSION carries the present one for the merge."""
    before = _lock(ctx, product_id, body.version)
    check_product(body)
    _refuse_taken(ctx, body, product_id)
    params = _params(ctx, body) | {"id": product_id}
    version = ctx.sql.value(sql.SQL(_UPDATE).format(product=PRODUCT_COLUMNS), params)
    ctx.sql.run(_SYNC_BARCODES, params)
    ctx.sql.run(_SYNC_PRICES, params)
    ctx.audit("update", "product", product_id, body.name, before=snapshot(before),
              after=body.model_dump(mode="json", exclude={"version"}) | {"barcodes": sorted(body.barcodes)})
    ctx.changed("product", [product_id])
    return Created(id=product_id, version=version)


def archive_product(ctx: Ctx, product_id: int, version: int, *, archived: bool) -> Created:
    """Takes a product out of the lists, or brings it back."""
    before = _lock(ctx, product_id, version)
    version = ctx.sql.update("product", product_id, {
        "archived": archived, "updated_at": ctx.now, "updated_by_id": ctx.actor.employee_id}, version=version)
    ctx.audit("archive" if archived else "update", "product", product_id, before.name,
              before={"archived": before.archived}, after={"archived": archived})
    ctx.changed("product", [product_id])
    return Created(id=product_id, version=version)


def _lock(ctx: Ctx, product_id: int, version: int) -> ProductCard:
    card = get_product(ctx, product_id, lock=True)
    if card.version != version:
        # Read again: the lists of the locked row may be older than the row itself.
        raise stale(get_product(ctx, product_id).model_dump(mode="json"))
    return card


def _params(ctx: Ctx, body: ProductBody) -> dict[str, Any]:
    return {"product": Jsonb(product_row(ctx, body)), "barcodes": body.barcodes, "prices": Jsonb(price_rows(body))}


def check_product(body: ProductBody) -> None:
    """Raises INVALID with a message for each wrong field."""
    errors = {field: message for field, message in _messages(body) if message}
    if errors:
        raise invalid(errors)


def _messages(body: ProductBody) -> Iterator[tuple[str, str]]:
    yield "unit", "" if is_unit(body.unit) else "Такой единицы нет"
    is_tracked_work = body.kind not in STORED and body.tracking is not Tracking.NONE
    yield "tracking", "Номера есть только у товаров" if is_tracked_work else ""
    for number, code in enumerate(body.barcodes):
        twice = "Этот штрихкод указан дважды" if code in body.barcodes[:number] else ""
        yield f"barcodes.{number}", check_barcode(code) or twice or ("" if code else "Пустой штрихкод")
    days = [(price.price_kind_id, price.valid_from) for price in body.prices]
    for number, day in enumerate(days):
        yield f"prices.{number}.valid_from", "Две цены одного вида с одного дня" if day in days[:number] else ""


def _refuse_taken(ctx: Ctx, body: ProductBody, product_id: int | None = None) -> None:
    if not (body.sku or body.barcodes):
        return
    rows = ctx.sql.all(_TAKEN, {"sku": body.sku, "barcodes": body.barcodes, "id": product_id})
    if not rows:
        return
    errors = {
        "sku" if row["field"] == "sku" else f"barcodes.{body.barcodes.index(row['value'])}": f"Уже у «{row['name']}»"
        for row in rows}
    what = "Артикул" if rows[0]["field"] == "sku" else "Штрихкод"
    raise Refusal(ErrorCode.CONFLICT, f"{what} {rows[0]['value']} уже у «{rows[0]['name']}»",
                  "Проверьте значение или откройте ту позицию.", field_errors=errors)
