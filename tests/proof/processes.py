"""`crm-server run` as a process that a test kills, and people who repeat a command until they hear an answer."""

import os
import random
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

import httpx2
import psutil

ROOT = Path(__file__).parents[2]
#: A person gives up after this long; every bar of the proof is far below it.
PATIENCE_S = 60
#: An answer that does not tell whether the command was done, or that it may be sent again.
COME_BACK = frozenset({502, 503, 504})


def environment(url: str, data_dir: Path, **more: str) -> dict[str, str]:
    """Ours without CRM_* settings: a test says itself what the server gets. Without a `url` it has its own database."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRM_")}
    clean |= {"CRM_DATABASE_URL": url} if url else {}
    return clean | {"CRM_DATA_DIR": str(data_dir), "CRM_LOG_LEVEL": "WARNING", "CRM_LOG_FORMAT": "json"} | more


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


class ServerProcess:
    """A server with HTTP processes and a queue worker, on one port for all its lives."""

    def __init__(self, url: str, data_dir: Path, *, workers: int = 2, **settings: str) -> None:
        self._workers = workers
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = data_dir / "server.log"
        self._data_dir = data_dir
        self._environment = environment(url, data_dir, **settings)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "crm_server", "run", "--port", str(self.port), "--workers",
                 str(self._workers), "--data-dir", str(self._data_dir)],
                cwd=ROOT, env=self._environment, stdout=subprocess.PIPE, stderr=log)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line.startswith(b"listening on"), self.last_words()
        return self

    def kill(self) -> None:
        """SIGKILL to all of it at once: supervisor, HTTP processes and worker."""
        assert self._process is not None
        family = self.family()
        for process in family:
            process.kill()
        psutil.wait_procs(family, timeout=10)
        self._process.wait()

    def last_words(self) -> str:
        """Its last errors and the end of its log, for a test that fails."""
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()
        errors = [line for line in lines if '"level": "error"' in line]
        return "\n".join(line[-3000:] for line in [*errors[-2:], *lines[-10:]])

    def family(self) -> list[psutil.Process]:
        assert self._process is not None
        root = psutil.Process(self._process.pid)
        return [root, *root.children(recursive=True)]

    def queue_worker(self) -> psutil.Process:
        """The process that runs background jobs."""
        return next(p for p in self.family() if "crm_server.worker" in p.cmdline())

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self.kill()


@contextmanager
def serving(url: str, data_dir: Path, *, workers: int = 2, **settings: str) -> Iterator[ServerProcess]:
    """A running server, ended with the block."""
    server = ServerProcess(url, data_dir, workers=workers, **settings).start()
    try:
        yield server
    except BaseException as error:
        error.add_note(server.last_words())
        raise
    finally:
        server.stop()


class Caller:
    """A client that repeats a command under its key until it hears what became of it, as the programs do."""

    def __init__(self, address: str, token: str) -> None:
        self._http = httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=15)
        self.repeats = 0

    def post(self, path: str, body: Any) -> httpx2.Response:
        key = uuid.uuid4().hex
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                answer = self._http.post(path, json=body, headers={"Idempotency-Key": key})
                if answer.status_code not in COME_BACK:
                    return answer
            except httpx2.TransportError:
                pass
            assert time.monotonic() < deadline, f"{path} was not answered for {PATIENCE_S} s"
            self.repeats += 1
            time.sleep(random.uniform(0.05, 0.3))

    def made(self, path: str, body: Any) -> dict[str, Any]:
        """The answer of a command that has to succeed."""
        answer = self.post(path, body)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text[:500]}"
        return answer.json()

    def close(self) -> None:
        self._http.close()


def check(url: str, data_dir: Path) -> subprocess.CompletedProcess[str]:
    """`crm-server check`, as the operator runs it."""
    return subprocess.run([sys.executable, "-m", "crm_server", "check"], cwd=ROOT, env=environment(url, data_dir),
                          capture_output=True, text=True, encoding="utf-8", timeout=60, check=False)
