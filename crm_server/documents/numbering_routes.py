"""Routes of the numbers that branches give their documents."""

from crm_contract.base import Created
from crm_contract.numbering import NumberFormatBody, NumberFormatRead
from crm_contract.permissions import Permission
from crm_server.documents import numbering
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router

router = Router("/api/numbering", "documents")


@router.get("", permission=Permission.SETTINGS_VIEW)
def list_formats(ctx: Ctx) -> list[NumberFormatRead]:
    """How the numbers of every branch and kind look, and which is the next."""
    return numbering.list_formats(ctx)


@router.put("/{kind}/{branch_id}", permission=Permission.SETTINGS_EDIT)
def save_format(ctx: Ctx, kind: str, branch_id: int, body: NumberFormatBody) -> Created:
    """Change what stands before the digits, and how many digits there are."""
    return numbering.save_format(ctx, kind, branch_id, body)
