"""Routes of the warehouse: reservations by hand, and where a balance comes from."""

from crm_contract.base import Created
from crm_contract.permissions import Permission
from crm_contract.stock import BalanceOrigin, ReleaseBody, ReservationBody
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.stock import origin, reservations

router = Router("/api/stock", "stock")


@router.get("/origin", permission=Permission.STOCK_VIEW)
def get_origin(ctx: Ctx, product_id: int, place_id: int) -> BalanceOrigin:
    """The moves that make a balance, and who holds the reserve."""
    return origin.balance_origin(ctx, product_id, place_id)


@router.post("/reservations", permission=Permission.STOCK_RESERVE)
def create_reservation(ctx: Ctx, body: ReservationBody) -> Created:
    """Reserve a product by hand."""
    return reservations.reserve(ctx, body)


@router.post("/reservations/{reservation_id}/release", permission=Permission.STOCK_RESERVE)
def release_reservation(ctx: Ctx, reservation_id: int, body: ReleaseBody) -> Created:
    """End a reservation."""
    return reservations.release(ctx, reservation_id, body)
