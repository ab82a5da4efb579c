"""Routes of payments; everything else about them is documents."""

from crm_contract.documents import AllocationRead
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router
from crm_server.payments import queries

router = Router("/api/payments", "payments")


@router.get("/{payment_id}/allocations", permission=Guard.BY_KIND)
def list_allocations(ctx: Ctx, payment_id: int) -> list[AllocationRead]:
    """The invoices that a payment pays or could pay."""
    return queries.list_allocations(ctx, payment_id)
