"""Routes of documents. The kind's own permission is checked by the engine: `<kind>.<verb>`."""

from starlette.requests import Request

from crm_contract.base import Created
from crm_contract.documents import (
    ActionBody,
    BasedOnBody,
    CommentBody,
    DocumentCreate,
    DocumentRead,
    DocumentUpdate,
    LateFieldsUpdate,
    LineHint,
    LineHintQuery,
)
from crm_contract.parties import RefHit
from crm_contract.printing import PrintDocument
from crm_server.access.service import counted
from crm_server.documents import based_on, hints, late_fields, print_data, queries, service, workflow
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router

router = Router("/api/documents", "documents")


picks = Router("/api/pick", "documents")


@router.query("/hints", permission=Guard.LOGGED_IN)
def list_hints(ctx: Ctx, body: LineHintQuery) -> list[LineHint]:
    """Price, rate and free stock for the lines of an unsaved document."""
    return hints.line_hints(ctx, body)


@picks.get("/document", permission=Guard.BY_KIND)
def pick_document(ctx: Ctx, kind: str, party_id: int | None = None, q: str = "") -> list[RefHit]:
    """Documents of a kind for a reference field."""
    return hints.pick_documents(ctx, kind, party_id, q)


@picks.get("/warehouse", permission=Guard.LOGGED_IN)
def pick_warehouse(ctx: Ctx) -> list[RefHit]:
    """Warehouses of the branch."""
    return hints.pick_warehouses(ctx)


@picks.get("/receiving_warehouse", permission=Guard.LOGGED_IN)
def pick_receiving_warehouse(ctx: Ctx) -> list[RefHit]:
    """Warehouses that goods can be sent to, of all branches."""
    return hints.pick_warehouses(ctx, everywhere=True)


@router.get("/{document_id}", permission=Guard.BY_KIND)
def get_document(ctx: Ctx, document_id: int) -> DocumentRead:
    """A document whole: lines, facts, stages, chain, what can be done now."""
    return queries.get_document(ctx, document_id)


@router.get("/{document_id}/print", permission=Guard.BY_KIND)
def get_print_data(ctx: Ctx, document_id: int) -> PrintDocument:
    """Everything a printed form needs."""
    return print_data.get_print_document(ctx, document_id)


@router.post("/{kind}", permission=Guard.BY_KIND)
def create_document(ctx: Ctx, kind: str, body: DocumentCreate) -> Created:
    """Save a new draft, and run an action on it."""
    return workflow.run_first_action(ctx, service.create_document(ctx, kind, body), body.action)


@router.put("/{document_id}", permission=Guard.BY_KIND)
def update_document(ctx: Ctx, document_id: int, body: DocumentUpdate) -> Created:
    """Save a changed draft."""
    return service.update_document(ctx, document_id, body)


@router.put("/{document_id}/late-fields", permission=Guard.BY_KIND)
def update_late_fields(ctx: Ctx, document_id: int, body: LateFieldsUpdate) -> Created:
    """Save what is learnt after posting, such as the return of the signed paper."""
    return late_fields.update_late_fields(ctx, document_id, body)


@router.post("/{document_id}/actions/{action}", permission=Guard.BY_KIND)
def run_action(ctx: Ctx, document_id: int, action: str, body: ActionBody, request: Request) -> Created:
    """Run a named action of the workflow. A step of another employee takes his PIN as the parameter `pin`."""
    with counted(ctx, request):
        return workflow.run_action(ctx, document_id, action, body)


@router.post("/{document_id}/based-on", permission=Guard.BY_KIND)
def create_based_on(ctx: Ctx, document_id: int, body: BasedOnBody) -> Created:
    """Make a draft of another kind from this document, and run an action on it."""
    return workflow.run_first_action(ctx, based_on.create_based_on(ctx, document_id, body.kind), body.action)


@router.post("/{document_id}/copy", permission=Guard.BY_KIND)
def copy_document(ctx: Ctx, document_id: int) -> Created:
    """Make a new draft like this one."""
    return based_on.copy_document(ctx, document_id)


@router.post("/{document_id}/comments", permission=Guard.BY_KIND)
def add_comment(ctx: Ctx, document_id: int, body: CommentBody) -> Created:
    """Write a comment."""
    return service.add_comment(ctx, document_id, body.text)
