"""The one executor: nothing else changes a document's state."""

from crm_contract.base import Created
from crm_contract.documents import ActionBody, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.kinds import Accounting, Action, DocumentKind
from crm_server.access.service import demand_pin
from crm_server.documents import registry
from crm_server.documents.registry import Row
from crm_server.documents.scope import lacking
from crm_server.documents.service import lock_document
from crm_server.kit.actor import forbidden
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, not_found, stale
from crm_server.kit.failpoints import failpoint


def run_first_action(ctx: Ctx, made: Created, code: str) -> Created:
    """Runs an action on a document that this request has made; an empty code leaves it a draft."""
    return run_action(ctx, made.id, code, ActionBody(version=1)) if code else made


def run_action(ctx: Ctx, document_id: int, code: str, body: ActionBody) -> Created:
    """Locks the row, checks right, version, state, guard and reason, runs the effect, writes state and journal."""
    row = lock_document(ctx, document_id, "view")
    kind = kind_of(row["kind"])
    try:
        action = kind.workflow.action(code)
    except KeyError:
        raise not_found("Действие") from None
    by_pin = _confirmed(ctx, kind, action, row, body)
    if row["version"] != body.version:
        raise stale()
    state = kind.workflow.state(row["state"])
    if row["state"] not in action.sources:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{kind.title} {row['number']}: «{state.title}», действие"
                      f" «{action.title}» сейчас невозможно", "Обновите документ: его состояние уже изменилось.")
    if reason := registry.why_not(kind.code, action.code, row):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{kind.named(row['number'])}: {reason}",
                      "Обновите документ: возможно, он уже изменился.")
    if action.reason and not body.reason:
        raise invalid({"reason": "Укажите причину"})
    ctx.acknowledged = body.acknowledged
    effect = registry.EFFECTS.get((kind.code, action.code))
    own = (effect(ctx, row, body.params) if effect is not None else None) or {}
    target = kind.workflow.state(action.target or row["state"])
    posted_at = (row["posted_at"] or ctx.now) if target.accounting is Accounting.POSTED else None
    version = ctx.sql.update("document", document_id, {
        "state": target.code, "accounting": str(target.accounting), "posted_at": posted_at, "updated_at": ctx.now,
        **own}, version=body.version)
    failpoint("posting.after_state")
    ctx.audit("action", kind.code, document_id, f"{row['number']}: {action.title}{by_pin}", reason=body.reason,
              before={"state": row["state"]}, after={"state": target.code})
    for branch_id in {row["branch_id"], row["branch_to_id"] or row["branch_id"]}:
        ctx.changed(kind.code, [document_id], branch_id)
    return Created(id=document_id, version=version)


def _confirmed(ctx: Ctx, kind: DocumentKind, action: Action, row: Row, body: ActionBody) -> str:
    """Raises FORBIDDEN without the right. A step of somebody else is taken with his PIN too: the words for that.

    A PIN that was given has to fit, also where the right alone would do: it stands for a signature.
    """
    pin = str(body.params.get("pin", "")) if action.pin else ""
    if not pin:
        if lacks := lacking(ctx.actor, kind, action, row):
            raise forbidden(lacks)
        return ""
    return f" (ПИН-код: {demand_pin(ctx, row[action.by], pin)})"
