"""Facts that are learnt after posting, such as the return of the signed paper. Declared by `Field.late`."""

from psycopg.types.json import Jsonb

from crm_contract.base import Created
from crm_contract.documents import LateFieldsUpdate, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.kinds import Accounting
from crm_server.documents.checking import extra_errors
from crm_server.documents.service import lock_document
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, stale


def update_late_fields(ctx: Ctx, document_id: int, body: LateFieldsUpdate) -> Created:
    """Changes declared late fields of a document in any state but annulled; everything else stays as it was posted."""
    row = lock_document(ctx, document_id, "edit")
    kind = kind_of(row["kind"])
    if row["version"] != body.version:
        raise stale()
    if row["accounting"] == Accounting.ANNULLED:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{kind.named(row['number'])}: документ аннулирован",
                      "Отметьте это в действующем документе.")
    late = {field.name for field in kind.late_fields}
    errors = {name: "После проведения это поле не меняется" for name in body.values if name not in late}
    errors |= extra_errors(kind, {name: value for name, value in body.values.items() if name in late})
    if errors:
        raise invalid(errors)
    before = {name: row["extra"].get(name, "") for name in body.values}
    version = ctx.sql.update("document", document_id, {
        "extra": Jsonb({name: value for name, value in {**row["extra"], **body.values}.items() if value}),
        "updated_at": ctx.now}, version=body.version)
    ctx.audit("update", kind.code, document_id, row["number"], before=before, after=body.values)
    ctx.changed(kind.code, [document_id], row["branch_id"])
    return Created(id=document_id, version=version)
