"""Starts the embedded database again when it ends under a working server: out of memory, killed by hand."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from crm_server.db.embedded import EmbeddedPostgres
from crm_server.db.programs import EmbeddedPostgresError

log = structlog.get_logger("database")

LOOK_EVERY_S = 0.5
TRY_AGAIN_AFTER_S = 1


@contextmanager
def kept_running(postgres: EmbeddedPostgres) -> Iterator[None]:
    """Watches a started database until the end of the block."""
    stopping = threading.Event()
    watch = threading.Thread(target=_watch, args=(postgres, stopping), name="database-keeper", daemon=True)
    watch.start()
    try:
        yield
    finally:
        stopping.set()
        watch.join()


def _watch(postgres: EmbeddedPostgres, stopping: threading.Event) -> None:
    while not stopping.wait(LOOK_EVERY_S):
        if postgres.running() is not None:
            continue
        log.warning("the database ended, starting it again")
        try:
            postgres.revive()
        except (EmbeddedPostgresError, OSError) as error:
            log.error("the database does not start", error=str(error))
            stopping.wait(TRY_AGAIN_AFTER_S)
