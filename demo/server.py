"""A server for the demonstration: the embedded PostgreSQL (or CRM_DATABASE_URL) and the application over HTTP."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import uvicorn

from crm_server.app import create_app
from crm_server.config import get_settings
from crm_server.db.embedded import EmbeddedPostgres
from crm_server.db.migrate import migrate
from crm_server.db.pool import Pool, open_pool


@contextmanager
def running(data_dir: Path) -> Iterator[tuple[str, str, Pool]]:
    """The addresses of a running server and of its database, and a pool; everything is stopped at the end."""
    with ExitStack() as stack:
        url = get_settings().database_url or stack.enter_context(EmbeddedPostgres(data_dir)).url
        migrate(url)
        pool = stack.enter_context(open_pool(url))
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        app = create_app(pool)
        server = uvicorn.Server(uvicorn.Config(
            app, log_config=None, log_level="warning", timeout_graceful_shutdown=5))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="server")
        thread.start()
        stack.callback(thread.join)
        stack.callback(setattr, server, "should_exit", True)
        stack.callback(app.feed.close)  # clients that wait for changes hear that there will be none
        deadline = time.monotonic() + 20
        while not server.started:
            if time.monotonic() > deadline or not thread.is_alive():
                raise RuntimeError("the server did not start within 20 s")
            time.sleep(0.05)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", url, pool
