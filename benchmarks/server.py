"""The server under measurement: `crm-server run` with two worker processes and the queue worker."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.connection import Connection, post
from benchmarks.meter import Meter

WORKERS = 2
START_TIMEOUT_S = 120


@dataclass(frozen=True)
class Server:
    """A running server, a token to work with, and the meter of its processes."""

    url: str
    token: str
    meter: Meter


@contextmanager
def running(database_url: str, login: str, password: str) -> Iterator[Server]:
    """Starts it on a free port; its connections are new, so are the plans of their statements."""
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "crm_server", "run", "--port", "0", "--workers", str(WORKERS)],
            stdout=subprocess.PIPE, stderr=log, text=True,
            env={**os.environ, "CRM_DATABASE_URL": database_url, "CRM_LOG_LEVEL": "INFO"})
        try:
            assert process.stdout is not None
            patience = threading.Timer(START_TIMEOUT_S, process.kill)
            patience.start()
            line = process.stdout.readline()
            patience.cancel()
            if "listening on" not in line:
                log.seek(0)
                raise RuntimeError(f"the server did not start: {line!r} {log.read()[-2000:]}")
            url = line.split()[-1]
            with Connection(url) as connection:
                answer = connection.ask(post("/api/login", {"login": login, "password": password}))
            if answer.status != 200:
                raise RuntimeError(f"log-in: {answer.status} {answer.body.decode()[:300]}")
            yield Server(url, answer.json()["token"], Meter(database_url, process.pid))
        finally:
            process.terminate()
            process.wait(20)
