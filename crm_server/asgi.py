"""One HTTP process: the factory that uvicorn calls in each child of `crm-server run`."""

import multiprocessing
import signal
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from crm_server.app import create_app
from crm_server.config import get_settings
from crm_server.db.pool import open_pool
from crm_server.logs import configure_logs


def app() -> FastAPI:
    """The application over a pool to CRM_DATABASE_URL; the pool closes with it."""
    settings = get_settings()
    configure_logs(settings.log_level, settings.log_format)
    if not settings.database_url:
        sys.exit("crm_server.asgi needs CRM_DATABASE_URL; with the embedded database use `crm-server run`")
    _end_with_parent()
    pool = open_pool(settings.database_url, size=settings.pool_size)
    application = create_app(pool)
    inner = application.router.lifespan_context

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        try:
            async with inner(app):
                yield
        finally:
            pool.close()

    application.router.lifespan_context = lifespan
    return application


def _end_with_parent() -> None:
    """A supervisor that was killed leaves no process behind that keeps the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
