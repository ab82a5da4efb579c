"""Routes of the warehouse: reservations by hand."""

from crm_contract.base import Created
from crm_contract.permissions import Permission
from crm_contract.stock import ReleaseBody, ReservationBody
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.stock import reservations

router = Router("/api/stock", "stock")


@router.post("/reservations", permission=Permission.STOCK_RESERVE)
def create_reservation(ctx: Ctx, body: ReservationBody) -> Created:
    """Reserve a product by hand."""
    return reservations.reserve(ctx, body)


@router.post("/reservations/{reservation_id}/release", permission=Permission.STOCK_RESERVE)
def release_reservation(ctx: Ctx, reservation_id: int, body: ReleaseBody) -> Created:
    """End a reservation."""
    return reservations.release(ctx, reservation_id, body)
