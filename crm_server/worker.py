"""The worker process: `crm-server worker`, or a child of `crm-server run` that is started again when it dies."""

import importlib
import os
import signal
import subprocess
import sys
import threading
import time

import structlog

from crm_server.config import get_settings
from crm_server.kit.job_runner import run_worker
from crm_server.logs import configure_logs

log = structlog.get_logger("worker")

#: Modules that declare tasks, lowest domain first.
TASK_MODULES: tuple[str, ...] = (
    "crm_server.audit.sealing", "crm_server.stock.jobs", "crm_server.mailing.jobs", "crm_server.exchange.loading",
    "crm_server.exchange.undo", "crm_server.exchange.housekeeping")

PARENT_PIPE = "CRM_WORKER_ENDS_WITH_STDIN"
LONGEST_PAUSE_S = 30
CALM_AFTER_S = 60


def work(url: str, concurrency: int, *, until_empty: bool = False) -> None:
    """Run the jobs of all domains until asked to stop; with `until_empty` until none is due."""
    for module in TASK_MODULES:
        importlib.import_module(module)
    run_worker(url, concurrency, until_empty=until_empty)


class WorkerProcess:
    """A worker as a child process, restarted when it dies: at once, then ever more slowly up to half a minute."""

    def __init__(self, url: str, module: str = "crm_server.worker") -> None:
        self._url = url
        self._module = module
        self._stopping = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._spawning = threading.Lock()  # a child is not started behind the back of `stop`
        self._thread = threading.Thread(target=self._supervise, name="worker-supervisor", daemon=True)

    @property
    def pid(self) -> int | None:
        """Process id of the present child."""
        return self._child.pid if self._child else None

    def start(self) -> None:
        """Start the child and watch it."""
        self._thread.start()

    def stop(self, timeout_s: float = 35) -> None:
        """Let the child finish its running jobs; kill it after the time-out."""
        with self._spawning:
            self._stopping.set()
            child = self._child
        if child is not None:
            assert child.stdin is not None
            child.stdin.close()
            try:
                child.wait(timeout_s)
            except subprocess.TimeoutExpired:
                child.kill()
        self._thread.join()

    def _supervise(self) -> None:
        pause_s = 0.5
        while True:
            started = time.monotonic()
            with self._spawning:
                if self._stopping.is_set():
                    return
                self._child = child = self._spawn()
            code = child.wait()
            if child.stdin is not None:
                child.stdin.close()
            if self._stopping.is_set():
                return
            pause_s = 0.5 if time.monotonic() - started > CALM_AFTER_S else min(pause_s * 2, LONGEST_PAUSE_S)
            log.warning("worker ended, starting it again", code=code, pause_s=pause_s)
            self._stopping.wait(pause_s)

    def _spawn(self) -> subprocess.Popen[bytes]:
        packed = getattr(sys, "frozen", False)
        program = [sys.executable, "worker"] if packed else [sys.executable, "-m", self._module]
        # The password stays out of the list of processes. Standard input tells the child that we are gone.
        environment = os.environ | {"CRM_DATABASE_URL": self._url, PARENT_PIPE: "1"}
        return subprocess.Popen(program, env=environment, stdin=subprocess.PIPE)


def end_with_parent() -> None:
    """In a child of WorkerProcess: stop when the parent closes the pipe or dies."""
    if not os.environ.get(PARENT_PIPE):
        return

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1):  # not through the buffer, whose lock an ending interpreter wants
            pass
        signal.raise_signal(signal.SIGTERM)

    threading.Thread(target=wait, name="parent-watch", daemon=True).start()


def main() -> None:
    """Entry point of the child process."""
    settings = get_settings()
    configure_logs(settings.log_level, settings.log_format)
    if not settings.database_url:
        sys.exit("crm-server worker needs CRM_DATABASE_URL; with the embedded database `crm-server run` starts it")
    end_with_parent()
    work(settings.database_url, settings.job_concurrency)


if __name__ == "__main__":
    main()
