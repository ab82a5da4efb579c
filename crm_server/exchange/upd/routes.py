"""Routes of incoming УПД."""

from starlette.datastructures import UploadFile

from crm_contract.base import Created
from crm_contract.incoming_upd import UpdRead, UpdReceiptBody
from crm_contract.stock import RECEIPT
from crm_server.exchange.upd import incoming
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Router

router = Router("/api/upd-files", "upd")

EDIT = RECEIPT.permission("edit")


@router.post("", permission=EDIT, keyless=True)
def upload_upd(ctx: Ctx, file: UploadFile) -> UpdRead:
    """Keep an incoming УПД and tell what is in it; makes no document."""
    return incoming.add_upd(ctx, file.filename or "", file.file)


@router.get("/{file_id}", permission=EDIT)
def read_upd(ctx: Ctx, file_id: int, party_id: int | None = None) -> UpdRead:
    """The kept file anew, as a paper of this supplier."""
    return incoming.read_upd(ctx, file_id, party_id)


@router.post("/{file_id}/receipt", permission=EDIT)
def make_receipt(ctx: Ctx, file_id: int, body: UpdReceiptBody) -> Created:
    """Make a draft receipt of a kept file."""
    return incoming.make_receipt(ctx, file_id, body)
