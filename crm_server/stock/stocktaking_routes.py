"""Routes of stocktaking: counts as they come, what is to be counted, prices of surpluses.

A terminal asks `GET /api/stock/counts?document_id=…&place_id=…` for the lines of a place in the order of the walk, and
sends what it scans to `POST /api/stock/counts`: `{"document_id": 7, "counts": [{"place_id": 3, "product_id": 9,
"quantity": "1", "adds": true}]}`. A scan adds 1 (a scan taken back adds −1), a typed quantity replaces; goods that were
not on the list get a line. A command is repeated under its Idempotency-Key, so a scan is counted once.
"""

from crm_contract.base import Created
from crm_contract.stocktaking import CountLine, CountsBody, CountSums, PricesBody
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router
from crm_server.stock import counting, stocktaking_queries

router = Router("/api/stock/counts", "stock")


@router.post("", permission="stocktaking.edit")
def record_counts(ctx: Ctx, body: CountsBody) -> list[CountLine]:
    """Take counts of a stocktaking that is under way; answers their lines."""
    return counting.record(ctx, body)


@router.get("", permission="stocktaking.view")
def list_counts(ctx: Ctx, document_id: int, place_id: int | None = None) -> list[CountLine]:
    """What is to be counted, in the order of the walk; of one place with what lies in it when asked."""
    return stocktaking_queries.read_counts(ctx, document_id, place_id)


@router.get("/{document_id}/sums", permission="stocktaking.view")
def get_sums(ctx: Ctx, document_id: int) -> CountSums:
    """How far a stocktaking is, and what differs."""
    return stocktaking_queries.read_sums(ctx, document_id)


@router.post("/{document_id}/prices", permission="stocktaking.approve")
def change_prices(ctx: Ctx, document_id: int, body: PricesBody) -> Created:
    """The prices at which surpluses come."""
    return counting.set_prices(ctx, document_id, body)

