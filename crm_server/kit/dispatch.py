"""From a request to the handler that its address names: the table of routes, and threads with a bound on the queue.

Measured: through the router and the dependency resolver of FastAPI a request costs 1.4 ms of CPU before the handler
begins, through this table 0.2 ms (docs/decisions/0008).
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from crm_contract.errors import ErrorCode
from crm_server.kit.edge import Edge, Guard, Route, bearer, busy
from crm_server.kit.errors import Refusal

#: So many requests for every thread may wait for their turn; more are told at once to come back.
WAITING_PER_THREAD = 8
#: Bodies are kept in memory, and larger ones only of people who are known: strangers would fill it.
STRANGERS_BODY = 64 * 1024
#: Log-ins come all at once: three hundred hashes take some ten seconds.
HASHES_WAITING, HASH_WAIT_S = 300, 10


@dataclass(slots=True)
class _Node:
    """One step of addresses: named steps, any value, and what is served here by method."""

    named: dict[str, "_Node"] = field(default_factory=dict)
    any: "_Node | None" = None
    routes: dict[str, Route] = field(default_factory=dict)


class RouteTable:
    """Routes by address. A step that is written out goes before a parameter: `/parties/duplicates`, `/parties/{id}`."""

    def __init__(self, routes: Iterable[Route]) -> None:
        self._root = _Node()
        for route in routes:
            node = self._root
            for step in route.path.split("/"):
                if step.startswith("{"):
                    node.any = node.any or _Node()
                    node = node.any
                else:
                    node = node.named.setdefault(step, _Node())
            if route.method in node.routes:
                raise ValueError(f"two routes {route.method} {route.path}")
            node.routes[route.method] = route

    def find(self, method: str, path: str) -> tuple[Route, dict[str, str]]:
        """The route and the values of its address; raises HTTPException 404, or 405 for another method."""
        steps = path.split("/")
        known = False
        for node in _walk(self._root, steps, 0):
            if route := node.routes.get(method):
                values = {name[1:-1]: step for name, step in zip(route.path.split("/"), steps, strict=True)
                          if name.startswith("{")}
                return route, values
            known = known or bool(node.routes)
        raise HTTPException(405 if known else 404)


def _walk(node: _Node, steps: list[str], at: int) -> Iterable[_Node]:
    if at == len(steps):
        yield node
        return
    if following := node.named.get(steps[at]):
        yield from _walk(following, steps, at + 1)
    if node.any and steps[at]:
        yield from _walk(node.any, steps, at + 1)


class _Lane:
    """Threads for handlers, and the queue before them."""

    def __init__(self, name: str, threads: int, waiting: int, wait_s: float) -> None:
        self._threads = ThreadPoolExecutor(threads, name)
        self._free = asyncio.Semaphore(threads)
        self._most_waiting = waiting
        self._wait_s = wait_s
        self._waiting = 0

    async def run(self, work: Callable[[], Response]) -> Response:
        """Raises BUSY when too many wait already or a turn does not come in time."""
        async with self._turn():
            return await asyncio.get_running_loop().run_in_executor(
                self._threads, contextvars.copy_context().run, partial(_carried, work))

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        if self._free.locked():
            if self._waiting >= self._most_waiting:
                raise busy("Сервер перегружен")
            self._waiting += 1
            try:
                async with asyncio.timeout(self._wait_s):
                    await self._free.acquire()
            except TimeoutError as error:
                raise busy("Сервер перегружен") from error
            finally:
                self._waiting -= 1
        else:
            await self._free.acquire()
        try:
            yield
        finally:
            self._free.release()

    def close(self) -> None:
        self._threads.shutdown(wait=False)


def _carried(work: Callable[[], Response]) -> Response:
    """A future does not carry StopIteration: who awaits it would wait for ever, and keep the thread's turn."""
    try:
        return work()
    except StopIteration as error:
        raise RuntimeError("a handler ran out of an iterator") from error


class Service:
    """Answers requests by the declared routes.

    Handlers run in as many threads as there are connections; those that hash passwords one after another in a thread of
    their own, so that everybody who logs in at nine o'clock leaves the others alive and memory for one hash.
    """

    def __init__(self, edge: Edge, routes: Iterable[Route]) -> None:
        self._edge = edge
        self._table = RouteTable(routes)
        pool = edge.pool
        self._usual = _Lane("handler", pool.max_size, pool.max_size * WAITING_PER_THREAD, pool.timeout)
        self._hashing = _Lane("hash", 1, HASHES_WAITING, HASH_WAIT_S)

    async def answer(self, request: Request) -> Response:
        """Raises Refusal, or HTTPException where nothing is served."""
        route, values = self._table.find(request.method, request.scope["path"])
        request.state.reads = route.reads
        await self._admit(route, request)
        try:
            sent = await route.parameters.receive(request, values)
            lane = self._hashing if route.hashes else self._usual
            return await lane.run(partial(self._edge.run, route, request, sent))
        finally:
            await request.close()

    async def _admit(self, route: Route, request: Request) -> None:
        """Refuses strangers before the body is waited for."""
        public = route.permission == Guard.PUBLIC
        if not public:
            bearer(request)
        length = int(request.headers.get("content-length", 0))
        if length <= STRANGERS_BODY and "transfer-encoding" not in request.headers:
            return
        if public:
            raise Refusal(ErrorCode.TOO_LARGE, "Запрос слишком велик", "Войдите в программу и повторите.")
        await run_in_threadpool(self._edge.actor_of, request)

    def close(self) -> None:
        self._usual.close()
        self._hashing.close()
