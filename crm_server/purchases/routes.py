"""Routes of buying that are not those of its documents."""

from crm_contract.purchases import PRICES_SEEN_BY, SupplierItem
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.purchases import prices

router = Router("/api", "purchases")


@router.get("/products/{product_id}/suppliers", permission=PRICES_SEEN_BY)
def list_suppliers(ctx: Ctx, product_id: int) -> list[SupplierItem]:
    """Who brought a product, under what article and at what price."""
    return prices.list_of_product(ctx, product_id)
