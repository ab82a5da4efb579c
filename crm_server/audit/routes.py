"""Routes of the journal; its list is among the lists of the app."""

from crm_contract.audit import AuditEntry, AuditRead
from crm_contract.permissions import Permission
from crm_server.audit import queries
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router

router = Router("/api/audit", tag="audit")


@router.get("/{row_id}", permission=Permission.AUDIT_VIEW)
def get_entry(ctx: Ctx, row_id: int) -> AuditEntry:
    """One row of the journal with its seal."""
    return queries.get_entry(ctx, row_id)


@router.get("/{entity}/{entity_id}", permission=Permission.AUDIT_VIEW)
def list_history(ctx: Ctx, entity: str, entity_id: int) -> list[AuditRead]:
    """History of one record, newest first."""
    return queries.list_history(ctx, entity, entity_id)
