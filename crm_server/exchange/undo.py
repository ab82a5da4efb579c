"""The undo of a whole batch: what it added is deleted, what it changed is as before. All of it or nothing."""

from collections.abc import Sequence
from typing import Any

import psycopg

from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.exchange import ImportState
from crm_server.access.acting import actor_of_user
from crm_server.exchange.batches import ENTITY, QUEUE_LOCK, read_batch, read_row
from crm_server.exchange.history import delete_added, delete_groups, restore_changed, written
from crm_server.exchange.undo_progress import UndoProgress
from crm_server.exchange.uses import changed_since, used_since
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.kit.jobs import Job, Retry, defer, staged_task
from crm_server.kit.portions import portions

#: Records that are taken back between two notes of progress.
PORTION = 500
#: So many records are named when they do not let a batch be undone.
NAMED = 5

_BEGIN = """
UPDATE import_batch SET state = 'undoing', message = '' WHERE id = %s
"""
_END = """
UPDATE import_batch SET state = %s, message = %s WHERE id = %s AND state = 'undoing'
"""


def queue_undo(ctx: Ctx, batch_id: int) -> Created:
    """Puts the undo into the queue; raises NOT_ALLOWED_NOW or CONFLICT with the records that stand in the way."""
    row = read_row(ctx, batch_id, lock=True)
    if refusal := read_batch(ctx, batch_id).undo_refusal:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, refusal, "Обновите список загрузок.")
    refuse_used(ctx, batch_id)
    ctx.sql.run(_BEGIN, (batch_id,))
    defer(ctx.sql, "exchange.undo_batch", lock=QUEUE_LOCK, batch_id=batch_id, user_id=ctx.actor.user_id,
          was=row["state"])
    ctx.audit("action", ENTITY, batch_id, row["file_name"], reason="Отмена загрузки")
    ctx.changed(ENTITY, [batch_id])
    return Created(id=batch_id)


def refuse_used(ctx: Ctx, batch_id: int) -> None:
    """Raises CONFLICT when a record of the batch was changed or used since."""
    blockers = changed_since(ctx, batch_id, NAMED + 1) or used_since(ctx, batch_id, NAMED + 1)
    if not blockers:
        return
    more = " и другие" if len(blockers) > NAMED else ""
    raise Refusal(
        ErrorCode.CONFLICT, f"Загрузку нельзя отменить целиком. {'; '.join(blockers[:NAMED])}{more}",
        "Уберите то, что мешает, и повторите, либо исправьте записи по одной.",
        details={"blockers": blockers[:NAMED]})


@staged_task("exchange.undo_batch", retry=Retry(attempts=4, first_wait_s=2, max_wait_s=30))
def undo_batch(job: Job, batch_id: int, user_id: int, was: str) -> None:
    """One transaction: a killed worker leaves everything as it was."""
    try:
        with job.transaction() as server:
            actor = actor_of_user(server.sql, user_id)
            ctx = Ctx(server.sql, actor, request_id=server.request_id) if actor else server
            ctx.sql.run("SET LOCAL statement_timeout = 0")
            row = ctx.sql.one("SELECT file_name FROM import_batch WHERE id = %s AND state = 'undoing'"
                              " FOR NO KEY UPDATE", (batch_id,))
            if row is None:
                return
            refuse_used(ctx, batch_id)
            _undo(ctx, batch_id, f"Отмена загрузки из «{row['file_name']}»")
            ctx.sql.run(_END, (ImportState.UNDONE, "", batch_id))
            ctx.audit("action", ENTITY, batch_id, row["file_name"], reason="Загрузка отменена")
            ctx.changed(ENTITY, [batch_id])
            ctx.flush()
    except Refusal as refusal:
        _give_up(job, batch_id, was, refusal.message)
    except psycopg.Error:
        if job.last_attempt:
            _give_up(job, batch_id, was, "Отменить не удалось: база данных не выполнила запрос")
        raise


def _undo(ctx: Ctx, batch_id: int, reason: str) -> None:
    progress = UndoProgress(batch_id)
    for entity in ("party", "product"):
        changed, added = written(ctx, batch_id, entity)
        for ids in portions(changed, PORTION):
            _journal(ctx, entity, "update", restore_changed(ctx, batch_id, entity, ids), reason)
            progress.tell(ctx, len(ids))
        for ids in portions(added, PORTION):
            _journal(ctx, entity, "delete", delete_added(ctx, entity, ids), reason)
            progress.tell(ctx, len(ids))
    _journal(ctx, "product_group", "delete", delete_groups(ctx, batch_id), reason)
    ctx.sql.run("DELETE FROM import_record WHERE batch_id = %s", (batch_id,))


def _journal(ctx: Ctx, entity: str, action: str, rows: Sequence[dict[str, Any]], reason: str) -> None:
    for row in rows:
        ctx.audit(action, entity, row["id"], row["name"], reason=reason)
    if rows:
        ctx.changed(entity, [row["id"] for row in rows])


def _give_up(job: Job, batch_id: int, was: str, message: str) -> None:
    with job.transaction() as ctx:
        ctx.sql.run(_END, (was, message, batch_id))
        ctx.changed(ENTITY, [batch_id])
