"""Routes of closed periods."""

from datetime import date

from crm_contract.permissions import Permission
from crm_contract.stock_periods import CloseBody, DraftInside, ReopenBody, WarehousePeriods
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.stock import periods

router = Router("/api/stock/periods", "stock")


@router.get("", permission=Permission.STOCK_VIEW)
def list_periods(ctx: Ctx) -> list[WarehousePeriods]:
    """Warehouses with their closed periods."""
    return periods.warehouses(ctx)


@router.get("/{place_id}/drafts", permission=Permission.STOCK_VIEW)
def list_drafts(ctx: Ctx, place_id: int, until: date) -> list[DraftInside]:
    """What is left in draft inside of a period."""
    return periods.drafts_inside(ctx, place_id, until)


@router.post("/{place_id}/close", permission=Permission.STOCK_CLOSE)
def close_period(ctx: Ctx, place_id: int, body: CloseBody) -> WarehousePeriods:
    """Close a warehouse up to the end of a day."""
    return periods.close(ctx, place_id, body)


@router.post("/{place_id}/reopen", permission=Permission.STOCK_REOPEN)
def reopen_period(ctx: Ctx, place_id: int, body: ReopenBody) -> WarehousePeriods:
    """Open the last closed period of a warehouse again."""
    return periods.reopen(ctx, place_id, body)
