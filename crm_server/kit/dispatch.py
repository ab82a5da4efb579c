"""From a request to the handler that its address names: the table of routes, and threads with a bound on the queue.

Measured: through the router and the dependency resolver of FastAPI a request costs 1.4 ms of CPU before the handler
begins, through this table 0.2 ms (docs/decisions/0008).
"""

import asyncio
import contextvars
from collections.abc import AsyncIterator, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from crm_server.kit.edge import Edge, Guard, Route, bearer, busy

#: So many requests for every thread may wait for their turn; more are told at once to come back.
WAITING_PER_THREAD = 8


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


class Service:
    """The ASGI application of the declared routes. Handlers run in as many threads as there are connections."""

    def __init__(self, edge: Edge, routes: Iterable[Route]) -> None:
        self._edge = edge
        self._table = RouteTable(routes)
        self._size = edge.pool.max_size
        self._threads = ThreadPoolExecutor(self._size, "handler")
        self._free = asyncio.Semaphore(self._size)
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        route, values = self._table.find(request.method, scope["path"])
        if route.permission != Guard.PUBLIC:
            bearer(request)  # before the body is looked at: a stranger learns nothing of what a command wants
        try:
            arguments = await route.parameters.read(request, values)
            async with self._turn():
                work = partial(self._edge.run, route, request, arguments)
                response = await asyncio.get_running_loop().run_in_executor(
                    self._threads, contextvars.copy_context().run, work)
        finally:
            await request.close()
        await response(scope, receive, send)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """A free thread; raises BUSY when too many wait already or the wait is as long as for a connection."""
        if self._free.locked():
            if self._waiting >= self._size * WAITING_PER_THREAD:
                raise busy("Сервер перегружен")
            self._waiting += 1
            try:
                async with asyncio.timeout(self._edge.pool.timeout):
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
