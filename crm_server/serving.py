"""`crm-server run`: HTTP processes on one listening socket and the queue worker beside them."""

import os
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

import structlog
from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from crm_server.worker import WorkerProcess

log = structlog.get_logger("run")

START_TIMEOUT_S = 60
#: For the C library of the processes to come: without it every thread keeps a heap of its own, which grows to its
#: largest answer and stays so.
MALLOC = {"MALLOC_ARENA_MAX": "1"}
FINISH_REQUESTS_S = 5  # with what follows, all is over 10 s after the signal
STOP_TIMEOUT_S = 8


class PortBusy(RuntimeError):
    """Nobody can listen on the address; the message says why."""


def bind(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any free one. Raises PortBusy."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listening = socket.create_server(address[:2], family=family, backlog=2048)
    except OSError as error:
        raise PortBusy(error.strerror or str(error)) from error
    # Connections inherit it. asyncio sets it only on sockets made with an explicit protocol, and without it the head
    # and the body of an answer leave as two packets, 40 ms apart.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def url_of(listening: socket.socket, *, tls: bool) -> str:
    """Where clients of this machine find the socket."""
    host, port = listening.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"{'https' if tls else 'http'}://{host}:{port}"


class _Supervisor(Multiprocess):
    """uvicorn's supervisor, which also says when it serves and never waits for ever at the end."""

    def __init__(self, config: Config, listening: socket.socket, on_ready: Callable[[], None],
                 on_stop: Callable[[], None]) -> None:
        super().__init__(config, [listening])
        self.served = False
        self._on_ready = on_ready
        self._on_stop = on_stop

    def init_processes(self) -> None:
        super().init_processes()
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and not self.should_exit.is_set():
            self.handle_signals()
            if not all(process.process.is_alive() for process in self.processes):
                return  # the loop finds out why
            if all(process.is_ready(timeout=1) for process in self.processes):
                self.served = True
                self._on_ready()
                return
            time.sleep(0.05)

    def keep_subprocess_alive(self) -> None:
        before = [process.pid for process in self.processes]
        super().keep_subprocess_alive()
        for ended, process in zip(before, self.processes, strict=True):
            if process.pid != ended:
                log.warning("an HTTP process ended, another takes its place", ended=ended, started=process.pid)

    def terminate_all(self) -> None:
        self._on_stop()
        super().terminate_all()

    def join_all(self) -> None:
        deadline = time.monotonic() + STOP_TIMEOUT_S
        for process in self.processes:
            process.process.join(max(0, deadline - time.monotonic()))
            if process.process.is_alive():
                log.error("an HTTP process did not stop, killing it", pid=process.pid)
                process.process.kill()
                process.process.join()


def serve(listening: socket.socket, url: str, *, workers: int, tls_cert: Path | None, tls_key: Path | None,
          trusted_proxies: str, on_ready: Callable[[], None]) -> bool:
    """Serve until SIGINT or SIGTERM, then stop everything within 10 s. False when serving never began.

    `url` is the database; the children read it from CRM_DATABASE_URL.
    """
    os.environ.update(MALLOC)
    config = Config(
        "crm_server.asgi:app", factory=True, workers=workers, log_config=None, access_log=False,
        ssl_certfile=tls_cert, ssl_keyfile=tls_key, server_header=False, proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=trusted_proxies or None, timeout_graceful_shutdown=FINISH_REQUESTS_S)
    queue = WorkerProcess(url)
    stopping = threading.Thread(target=queue.stop, args=(STOP_TIMEOUT_S,), name="worker-stop")
    supervisor = _Supervisor(config, listening, on_ready, stopping.start)
    queue.start()
    try:
        supervisor.run()
    finally:
        if not stopping.ident:
            stopping.start()
        stopping.join()
    return supervisor.served
