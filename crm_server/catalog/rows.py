"""How the body of a product becomes rows of the database."""

from typing import Any

from crm_contract.catalog import ProductBody, ProductCard
from crm_server.catalog.keys import product_search
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted

#: The fields of a body that are columns of `product`.
FIELDS = tuple(name for name in ProductBody.model_fields if name not in ("barcodes", "prices"))
PRODUCT_NAMES = (*FIELDS, "search", "updated_by_id")
PRODUCT_COLUMNS = trusted(", ".join(PRODUCT_NAMES))


def product_row(ctx: Ctx, body: ProductBody) -> dict[str, Any]:
    return body.model_dump(mode="json", include=set(FIELDS)) | {
        "search": product_search(body), "updated_by_id": ctx.actor.employee_id}


def price_rows(body: ProductBody) -> list[dict[str, Any]]:
    return [price.model_dump(mode="json") for price in body.prices]


def snapshot(card: ProductCard) -> dict[str, Any]:
    """A card for the journal, in the shape of its body."""
    values = card.model_dump(mode="json", include={*FIELDS, "barcodes"})
    prices = [{"price_kind_id": x.price_kind.id, "price": str(x.price), "valid_from": x.valid_from.isoformat()}
              for x in card.prices]
    return values | {"group_id": card.group.id if card.group else None, "prices": prices}
