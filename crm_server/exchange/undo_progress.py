"""How far an undo is, told from inside its transaction.

An undo is one transaction, all of it or nothing, so no row can tell others of its progress before it ends. The name of
the session can: it is seen at once in `pg_stat_activity`, needs no lock, and is forgotten with the transaction.
"""

from crm_server.kit.context import Ctx

_TELL = """
SELECT set_config('application_name', %s, true)
"""
_HEAR = """
SELECT split_part(application_name, ' ', 3)::int4 AS done FROM pg_stat_activity
WHERE datname = current_database() AND application_name LIKE %s
"""
_RECORDS = """
SELECT count(*) FROM import_record WHERE batch_id = %s AND entity <> 'product_group'
"""


class UndoProgress:
    """Counts the records of a batch that are taken back."""

    def __init__(self, batch_id: int) -> None:
        self._name = _name(batch_id)
        self._done = 0

    def tell(self, ctx: Ctx, more: int) -> None:
        self._done += more
        ctx.sql.run(_TELL, (f"{self._name} {self._done}",))


def undo_progress(ctx: Ctx, batch_id: int) -> tuple[int, int]:
    """Records taken back so far and records in all; 0 while an undo waits or looks whether it may go on."""
    row = ctx.sql.one(_HEAR, (f"{_name(batch_id)} %",))
    return (row["done"] if row else 0), ctx.sql.value(_RECORDS, (batch_id,))


def _name(batch_id: int) -> str:
    return f"import-undo {batch_id}"
