"""What nobody waits for: batches whose job is gone, uploads that never became a batch."""

from crm_server.exchange.batches import ENTITY
from crm_server.kit.context import Ctx
from crm_server.kit.jobs import periodic

_ORPHANS = """
UPDATE import_batch b SET state = 'failed', finished_at = coalesce(finished_at, now()),
    message = 'Прервана: сервер не смог её закончить. Загруженное осталось, его можно отменить'
WHERE b.state IN ('queued', 'running', 'undoing') AND NOT EXISTS (
    SELECT FROM procrastinate_jobs j WHERE j.queue_name = 'exchange' AND j.status IN ('todo', 'doing')
    AND (j.args->>'batch_id')::int8 = b.id)
RETURNING b.id
"""
_OLD_FILES = """
DELETE FROM import_file f WHERE f.at < now() - interval '3 days'
AND NOT EXISTS (SELECT FROM import_batch b WHERE b.file_id = f.id)
"""


@periodic("* * * * *", "exchange.watch")
def watch(ctx: Ctx) -> None:
    """A job that gave up or was parked for killing its workers leaves no batch that runs for ever."""
    if failed := ctx.sql.all(_ORPHANS):
        ctx.changed(ENTITY, [row["id"] for row in failed])


@periodic("41 3 * * *", "exchange.clean")
def clean(ctx: Ctx) -> None:
    ctx.sql.run(_OLD_FILES)
