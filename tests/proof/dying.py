"""A process that serves one request and dies where it is told: the real edge, in a child that has the server loaded."""

import multiprocessing
import os
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from starlette.testclient import TestClient

from crm_server.app import create_app
from crm_server.db.pool import open_pool
from crm_server.kit import failpoints

DIED = 137
#: A server that has the application loaded forks the children: no second of imports for each death.
_METHOD = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
_CONTEXT: Any = multiprocessing.get_context(_METHOD)
if _METHOD == "forkserver":
    _CONTEXT.set_forkserver_preload([__name__])


@dataclass(frozen=True)
class Call:
    """A command as it goes over the wire; the same key makes it the same command."""

    method: str
    path: str
    body: Any
    token: str
    key: str

    def send(self, http: TestClient) -> tuple[int, Any, bool]:
        """Status, answer and whether it was the answer of an earlier run."""
        answer = http.request(self.method, self.path, json=self.body, headers={
            "Authorization": f"Bearer {self.token}", "Idempotency-Key": self.key})
        return answer.status_code, answer.json(), "X-Replayed" in answer.headers


def send_and_die(url: str, call: Call, where: str) -> int:
    """Sends from a process of its own, which dies at the failpoint `where`; returns its exit code."""
    child = _CONTEXT.Process(target=_serve, args=(url, call, where, None))
    child.start()
    child.join(30)
    assert child.exitcode is not None, f"the process hangs at {where}"
    return child.exitcode


def passed_by(url: str, call: Call) -> tuple[int, Any, list[str]]:
    """Sends from a process that lives; status, answer and the failpoints it passed, each once, in their order."""
    mine, its = _CONTEXT.Pipe()
    child = _CONTEXT.Process(target=_serve, args=(url, call, "", its))
    child.start()
    its.close()
    status, answer, names = mine.recv()
    child.join(30)
    return status, answer, list(dict.fromkeys(names))


def _serve(url: str, call: Call, where: str, report: Connection | None) -> None:
    passed: list[str] = []
    if where:
        failpoints.arm(where)
    else:
        failpoints.watch(passed.append)
    with open_pool(url, size=2) as pool:
        status, answer, _ = call.send(TestClient(create_app(pool), raise_server_exceptions=False))
    if report is not None:
        report.send((status, answer, passed))
        report.close()
    os._exit(0)
