"""One HTTP process: the factory that uvicorn calls in each child of `crm-server run`."""

import asyncio
import multiprocessing
import signal
import sys
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import FrameType

from uvicorn.server import HANDLED_SIGNALS

from crm_server.app import create_app
from crm_server.config import get_settings
from crm_server.db.pool import open_pool
from crm_server.kit.application import Application
from crm_server.logs import configure_logs

START_WAIT_S = 30  # a machine that has just been switched on is slow


def app() -> Application:
    """The application over a pool to CRM_DATABASE_URL; the pool closes with it."""
    settings = get_settings()
    configure_logs(settings.log_level, settings.log_format)
    if not settings.database_url:
        sys.exit("crm_server.asgi needs CRM_DATABASE_URL; with the embedded database use `crm-server run`")
    _end_with_parent()
    pool = open_pool(settings.database_url, size=settings.pool_size)
    pool.wait(START_WAIT_S)
    application = create_app(pool)
    inner = application.lifespan

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        try:
            async with inner():
                _at_stop(application.feed.close)
                yield
        finally:
            pool.close()

    application.lifespan = lifespan
    return application


def _at_stop(release: Callable[[], None]) -> None:
    """Call `release` when uvicorn is told to stop: it waits for open requests before it ends the application."""
    loop = asyncio.get_running_loop()

    def chain(number: int, frame: FrameType | None) -> None:
        loop.call_soon_threadsafe(release)
        uvicorns[number](number, frame)

    uvicorns = {int(number): handler for number in HANDLED_SIGNALS if callable(handler := signal.getsignal(number))}
    for number in uvicorns:
        signal.signal(number, chain)


def _end_with_parent() -> None:
    """A supervisor that was killed leaves no process behind that keeps the port."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def wait() -> None:
        parent.join()
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()
