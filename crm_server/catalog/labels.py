"""What labels are made from, and the journal of their printing."""

from psycopg import sql

from crm_contract.audit import AUDIT_ENTITIES
from crm_contract.labels import LabelsPrinted, ProductLabel, ProductLabelsQuery
from crm_contract.units import unit_title
from crm_server.catalog.listing import PRICE_JOIN
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid
from crm_server.kit.listing import trusted

_PRODUCTS = """
SELECT p.id, p.sku, p.name, p.unit, price.price,
       ARRAY(SELECT b.code FROM barcode b WHERE b.product_id = p.id ORDER BY b.code) AS barcodes
FROM unnest(%s::int8[]) WITH ORDINALITY AS asked (id, place) JOIN product p ON p.id = asked.id
{price} ORDER BY asked.place
"""
_ENTITIES = frozenset(choice.code for choice in AUDIT_ENTITIES)


def product_labels(ctx: Ctx, body: ProductLabelsQuery) -> list[ProductLabel]:
    """In the order they were asked for; what does not exist is left out."""
    ids = list(dict.fromkeys(body.product_ids))
    return [ProductLabel.model_validate(row | {"unit": unit_title(row["unit"])})
            for row in ctx.sql.all(sql.SQL(_PRODUCTS).format(price=trusted(PRICE_JOIN)), (ids,))]


def labels_printed(ctx: Ctx, body: LabelsPrinted) -> None:
    """A row of the journal about one object, or about several of a kind."""
    if body.entity not in _ENTITIES:
        raise invalid({"entity": "Журнал не знает таких объектов"})
    one = body.ids[0] if len(body.ids) == 1 else None
    ctx.audit("print", body.entity, one, body.title, after={"labels": body.count, "ids": body.ids})
