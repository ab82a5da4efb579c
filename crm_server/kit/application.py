"""The ASGI application: what every request passes before and after its handler, and the life of the process."""

import asyncio
import logging
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from urllib.parse import quote

import psycopg
import structlog
from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from crm_contract import MIN_CLIENT_VERSION
from crm_contract.errors import ErrorBody, ErrorCode
from crm_server.kit.dispatch import Service
from crm_server.kit.edge import Edge, json_response, new_request_id, unreachable
from crm_server.kit.errors import Refusal, invalid
from crm_server.kit.live import ChangeFeed

log = structlog.get_logger("http")

MAX_BODY = 30 * 1024 * 1024
#: Answered here, because it waits; `after` is the position the client has seen, -1 asks for the present one.
CHANGES = "/api/changes"
LONG_POLL_S = 25
#: Reading that takes longer is worth a line of the log.
SLOW_S = 1
POSITION = re.compile(r"-?\d{1,18}")
#: The length of a body or a part of a version; `str.isdigit` takes «²» too, and `int` no more than 4,300 digits.
NUMBER = re.compile(r"[0-9]{1,18}")


class Application:
    """Requests to the declared routes and to the change feed. A request reaches it as `request.app`."""

    def __init__(self, edge: Edge, service: Service, feed: ChangeFeed) -> None:
        self.edge = edge
        self.feed = feed
        self._service = service
        #: Entered when the process starts to serve, left when it stops.
        self.lifespan: Callable[[], AbstractAsyncContextManager[None]] = self._live

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        match scope["type"]:
            case "http":
                scope["app"] = self
                await self._serve(scope, receive, send)
            case "lifespan":
                await self._run(receive, send)

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        request_id = new_request_id()
        scope["state"] = {"request_id": request_id, "reads": False}
        started = asyncio.get_running_loop().time()
        request = Request(scope, _limited(receive))
        with structlog.contextvars.bound_contextvars(id=request_id):  # of every line logged on its behalf
            response = await self._answer(request)
            response.headers["x-request-id"] = request_id
            _tell(request, response, asyncio.get_running_loop().time() - started)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        """The answer of the handler, or what became of it in the words of the contract."""
        request_id = request.state.request_id
        try:
            return await self._handle(request)
        except Refusal as error:
            return _refused(error, request_id)
        except HTTPException as error:
            return _not_served(error, request_id)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody hears it; the log does
        except psycopg.OperationalError as error:  # of what is asked beside the edge: who listens, who was refused
            log.warning("database unreachable", error=str(error))
            return _refused(unreachable(error), request_id)
        except Exception as error:  # the last resort: a bug of ours ends this request and no other
            log.error("bug", path=request.scope["path"], exc_info=error)
            return _failed(request_id)

    async def _handle(self, request: Request) -> Response:
        _check_headers(request)
        try:
            if request.scope["path"] == CHANGES and request.method == "GET":
                return await self._changes(request)
            return await self._service.answer(request)
        except Refusal as error:
            if error.code is ErrorCode.FORBIDDEN:
                await run_in_threadpool(self._record_refusal, request, error)
            raise

    async def _changes(self, request: Request) -> Response:
        """Wait for changes after a position; -1 asks for the present position."""
        text = request.query_params.get("after", "-1")
        if not POSITION.fullmatch(text):
            raise invalid({"after": "Неверное значение"})
        after, feed = int(text), self.feed
        actor = await run_in_threadpool(self.edge.actor_of, request)
        request.state.reads = True
        if after < 0:
            return json_response(to_json({"position": feed.position, "changes": [], "reset": False}))
        deadline = asyncio.get_running_loop().time() + LONG_POLL_S
        while True:
            found, lost = feed.after(after, actor)
            left = deadline - asyncio.get_running_loop().time()
            if found or lost or left <= 0 or feed.closed or await request.is_disconnected():
                rows = [{"entity": c.entity, "ids": c.ids, "by": c.user_id} for c in found]
                return json_response(to_json({"position": feed.position, "changes": rows, "reset": lost}))
            await feed.wait(min(left, 5))

    def _record_refusal(self, request: Request, error: Refusal) -> None:
        """A refused access is a journal row of its own: the request's transaction is gone."""
        ctx = getattr(request.state, "ctx", None)
        actor = self.edge.actor_of(request) if ctx is None else ctx.actor
        with self.edge.committed(actor, request.state.request_id) as own:
            own.audit("refused", "route", None, f"{request.method} {quote(request.scope['path'])}"[:200],
                      reason=str(error.details.get("permission", "")))

    async def _run(self, receive: Receive, send: Send) -> None:
        """The lifespan of ASGI: from the first message to the second one."""
        await receive()
        async with self.lifespan():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        await send({"type": "lifespan.shutdown.complete"})

    @asynccontextmanager
    async def _live(self) -> AsyncIterator[None]:
        await run_in_threadpool(self.feed.start)
        yield
        await run_in_threadpool(self.feed.stop)
        self._service.close()


def _tell(request: Request, response: Response, seconds: float) -> None:
    """One line. Quick reading is told at the level DEBUG: people read all day, and a line costs a tenth of a card."""
    path = request.scope["path"]
    quietly = request.state.reads and response.status_code < 400 and (seconds < SLOW_S or path == CHANGES)
    if not quietly or logging.root.isEnabledFor(logging.DEBUG):
        log.log(logging.DEBUG if quietly else logging.INFO, "request", method=request.method, path=path,
                status=response.status_code, ms=round(seconds * 1000, 1))


def _check_headers(request: Request) -> None:
    """Refuses a body that is too large and a client that is too old, before anything is read."""
    length = request.headers.get("content-length", "0")
    if not NUMBER.fullmatch(length) or int(length) > MAX_BODY:
        raise Refusal(ErrorCode.TOO_LARGE, f"Запрос больше {MAX_BODY // 1024 // 1024} МБ", "Разделите данные на части.")
    version = request.headers.get("x-client-version", "")
    if version and _older(version, MIN_CLIENT_VERSION):
        raise Refusal(ErrorCode.CLIENT_TOO_OLD, f"Версия программы {version[:20]} устарела",
                      f"Установите версию не ниже {MIN_CLIENT_VERSION}.")


def _older(version: str, least: str) -> bool:
    def parts(text: str) -> list[int]:
        return [int(p) if NUMBER.fullmatch(p) else 0 for p in text.split(".")]
    return parts(version) < parts(least)


def _limited(receive: Receive) -> Receive:
    """Bodies without a length are counted while they come."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > MAX_BODY:
            raise Refusal(ErrorCode.TOO_LARGE, "Запрос слишком велик", "Разделите данные на части.")
        return message

    return counted


def _refused(refusal: Refusal, request_id: str) -> Response:
    response = _error(refusal.status, refusal.body(request_id))
    if refusal.code is ErrorCode.BUSY:
        response.headers["Retry-After"] = "2"
    elif refusal.code is ErrorCode.THROTTLED:
        response.headers["Retry-After"] = str(refusal.details.get("retry_after_s", 2))
    return response


def _not_served(error: HTTPException, request_id: str) -> Response:
    code = {404: ErrorCode.NOT_FOUND, 405: ErrorCode.NOT_FOUND}.get(error.status_code, ErrorCode.INVALID)
    return _error(error.status_code, ErrorBody(
        code=code, message="Такого адреса нет" if code is ErrorCode.NOT_FOUND else "Неверный запрос",
        request_id=request_id))


def _failed(request_id: str) -> Response:
    """An id for the person and nothing inside for outsiders: the trace is in the log."""
    return _error(500, ErrorBody(
        code=ErrorCode.INTERNAL, message="Внутренняя ошибка сервера, данные не изменены",
        action=f"Повторите действие; если не поможет, сообщите администратору номер {request_id}.",
        request_id=request_id))


def _error(status: int, body: ErrorBody) -> Response:
    response = json_response(body.model_dump_json().encode())
    response.status_code = status
    return response
