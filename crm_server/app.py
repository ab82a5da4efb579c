"""The composition root of the server: domains, the edge, error answers."""

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import structlog
from pydantic_core import to_json
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from crm_contract import MIN_CLIENT_VERSION
from crm_contract.errors import ErrorBody, ErrorCode
from crm_server.access import directories as access_directories
from crm_server.access import routes as access_routes
from crm_server.access.queries import ROLES, USERS
from crm_server.access.sessions import authenticate
from crm_server.audit import routes as audit_routes
from crm_server.audit.queries import JOURNAL
from crm_server.catalog import directories as catalog_directories
from crm_server.catalog import routes as catalog_routes
from crm_server.catalog.availability import register_stock
from crm_server.catalog.directories import UNIT_SOURCE
from crm_server.catalog.listing import PRODUCTS
from crm_server.catalog.picks import PRODUCT_SEARCH
from crm_server.db.pool import Pool
from crm_server.documents import file_routes, numbering_routes, party_merge, registry
from crm_server.documents import routes as documents_routes
from crm_server.documents.listing import SOURCES as DOCUMENT_SOURCES
from crm_server.documents.search import DOCUMENT_SEARCH
from crm_server.exchange import routes as exchange_routes
from crm_server.exchange.queries import BATCHES
from crm_server.kit.directories import DirectoryTable, directory_router
from crm_server.kit.dispatch import Service
from crm_server.kit.edge import Edge, Router, bearer, client_address, new_request_id
from crm_server.kit.edge import Route as DeclaredRoute
from crm_server.kit.errors import Refusal, invalid
from crm_server.kit.list_routes import list_router
from crm_server.kit.listing import ListSource
from crm_server.kit.live import ChangeFeed
from crm_server.kit.meta import router as meta_router
from crm_server.kit.search_routes import SearchProvider, search_router
from crm_server.mailing import routes as mailing_routes
from crm_server.mailing.listing import LETTERS
from crm_server.parties import contact_roles
from crm_server.parties import routes as parties_routes
from crm_server.parties.listing import PARTIES
from crm_server.parties.picks import CONTACT_SEARCH, PARTY_SEARCH
from crm_server.payments import effects as payments_effects
from crm_server.payments import routes as payments_routes
from crm_server.reports import routes as reports_routes
from crm_server.sales import effects as sales_effects
from crm_server.sales import parties as sales_parties
from crm_server.settings import routes as settings_routes
from crm_server.stock import effects as stock_effects
from crm_server.stock import places
from crm_server.stock import routes as stock_routes
from crm_server.stock.listing import SOURCES as STOCK_SOURCES
from crm_server.stock.listing import product_stock

log = structlog.get_logger("http")

MAX_BODY = 30 * 1024 * 1024
#: Served beside the edge, because it waits; `after` is the position the client has seen, -1 asks for the present one.
CHANGES = "/api/changes"
LONG_POLL_S = 25
POSITION = re.compile(r"-?\d{1,18}")

for parts in (stock_effects.DOCUMENTS, sales_effects.DOCUMENTS, payments_effects.DOCUMENTS):
    registry.install(parts)
register_stock(product_stock)
sales_parties.install()
party_merge.install()

#: The domains, in the order of the architecture; nothing is discovered.
DIRECTORIES: Sequence[DirectoryTable] = (
    *access_directories.TABLES, *catalog_directories.TABLES, *contact_roles.TABLES, *places.TABLES)
LIST_SOURCES: Sequence[ListSource] = (
    PARTIES, PRODUCTS, *DOCUMENT_SOURCES, *STOCK_SOURCES, LETTERS, BATCHES, JOURNAL, USERS, ROLES, UNIT_SOURCE,
    *(table.source() for table in DIRECTORIES))
SEARCH_PROVIDERS: Sequence[SearchProvider] = (PARTY_SEARCH, CONTACT_SEARCH, DOCUMENT_SEARCH, PRODUCT_SEARCH)
ROUTERS: Sequence[Router] = (
    meta_router,
    list_router(LIST_SOURCES),
    search_router(SEARCH_PROVIDERS),
    directory_router(DIRECTORIES),
    access_routes.router,
    audit_routes.router,
    settings_routes.router,
    parties_routes.router,
    catalog_routes.router,
    documents_routes.picks,
    documents_routes.router,
    file_routes.router,
    numbering_routes.router,
    mailing_routes.router,
    exchange_routes.router,
    stock_routes.router,
    payments_routes.router,
    reports_routes.router,
)


def all_routes() -> list[DeclaredRoute]:
    """Every declared route, for the tests of permissions."""
    return [route for router in ROUTERS for route in router.routes]


def create_app(pool: Pool) -> Starlette:
    """The ASGI application over an open pool."""
    feed = ChangeFeed(pool)
    edge = Edge(pool, authenticate)
    service = Service(edge, all_routes())

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await run_in_threadpool(feed.start)
        yield
        await run_in_threadpool(feed.stop)
        service.close()

    app = Starlette(
        lifespan=lifespan, middleware=[Middleware(Gate)],
        routes=[Route(CHANGES, changes, methods=["GET"]), Mount("", service)],
        exception_handlers={Refusal: answer_refusal, HTTPException: answer_http, Exception: answer_bug})
    app.state.edge = edge
    app.state.feed = feed
    return app


async def changes(request: Request) -> Response:
    """Wait for changes after a position; -1 asks for the present position."""
    text = request.query_params.get("after", "-1")
    if not POSITION.fullmatch(text):
        raise invalid({"after": "Неверное значение"})
    after = int(text)
    edge: Edge = request.app.state.edge
    feed: ChangeFeed = request.app.state.feed

    def who() -> object:
        with edge.transaction() as sql:
            return authenticate(sql, bearer(request), client_address(request))

    actor = await run_in_threadpool(who)
    if after < 0:
        return _json({"position": feed.position, "changes": [], "reset": False})
    deadline = asyncio.get_running_loop().time() + LONG_POLL_S
    while True:
        found, lost = feed.after(after, actor)  # type: ignore[arg-type]
        left = deadline - asyncio.get_running_loop().time()
        if found or lost or left <= 0 or feed.closed or await request.is_disconnected():
            rows = [{"entity": c.entity, "ids": c.ids, "by": c.user_id} for c in found]
            return _json({"position": feed.position, "changes": rows, "reset": lost})
        await feed.wait(min(left, 5))


def _json(value: object) -> Response:
    return Response(to_json(value), media_type="application/json")


class Gate:
    """Every request passes here: its id, its size, the client's version, one log line."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = new_request_id()
        scope.setdefault("state", {})["request_id"] = request_id
        headers = dict(scope["headers"])
        started = asyncio.get_running_loop().time()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message.setdefault("headers", []).append((b"x-request-id", request_id.encode()))
            await send(message)

        refusal = _refuse_early(headers)
        with structlog.contextvars.bound_contextvars(id=request_id):  # of every line logged on its behalf
            if refusal is not None:
                await _answer(refusal, request_id)(scope, receive, watched)
            else:
                await self.app(scope, _limited(receive), watched)
            log.info("request", method=scope["method"], path=scope["path"], status=status,
                     ms=round((asyncio.get_running_loop().time() - started) * 1000, 1))


def _refuse_early(headers: dict[bytes, bytes]) -> Refusal | None:
    length = headers.get(b"content-length", b"0")
    if not length.isdigit() or int(length) > MAX_BODY:
        return Refusal(ErrorCode.TOO_LARGE, f"Запрос больше {MAX_BODY // 1024 // 1024} МБ",
                       "Разделите данные на части.")
    version = headers.get(b"x-client-version", b"").decode("latin-1")
    if version and _older(version, MIN_CLIENT_VERSION):
        return Refusal(ErrorCode.CLIENT_TOO_OLD, f"Версия программы {version[:20]} устарела",
                       f"Установите версию не ниже {MIN_CLIENT_VERSION}.")
    return None


def _older(version: str, least: str) -> bool:
    def parts(text: str) -> list[int]:
        return [int(p) if p.isdigit() else 0 for p in text.split(".")]
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


def _answer(refusal: Refusal, request_id: str) -> Response:
    headers = {}
    if refusal.code is ErrorCode.BUSY:
        headers["Retry-After"] = "2"
    elif refusal.code is ErrorCode.THROTTLED:
        headers["Retry-After"] = str(refusal.details.get("retry_after_s", 2))
    return Response(refusal.body(request_id).model_dump_json(), status_code=refusal.status,
                    media_type="application/json", headers=headers)


async def answer_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    if error.code is ErrorCode.FORBIDDEN:
        await run_in_threadpool(_record_refusal, request, error)
    return _answer(error, request.state.request_id)


def _record_refusal(request: Request, error: Refusal) -> None:
    """A refused access is a journal row of its own: the request's transaction is gone."""
    ctx = getattr(request.state, "ctx", None)
    if ctx is None:
        with request.app.state.edge.transaction() as sql:
            actor = authenticate(sql, bearer(request), client_address(request))
    else:
        actor = ctx.actor
    with request.app.state.edge.committed(actor, request.state.request_id) as own:
        own.audit("refused", "route", None, f"{request.method} {request.url.path}"[:200],
                  reason=str(error.details.get("permission", "")))


async def answer_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    code = {404: ErrorCode.NOT_FOUND, 405: ErrorCode.NOT_FOUND}.get(error.status_code, ErrorCode.INVALID)
    body = ErrorBody(code=code, message="Такого адреса нет" if code is ErrorCode.NOT_FOUND else "Неверный запрос",
                     request_id=request.state.request_id)
    return Response(body.model_dump_json(), status_code=error.status_code, media_type="application/json",
                    headers=dict(error.headers or {}))


async def answer_bug(request: Request, error: Exception) -> Response:
    """The last resort: an id for the person, the trace for the log, nothing inside for outsiders."""
    request_id = request.state.request_id
    log.error("bug", id=request_id, path=request.url.path, exc_info=error)
    body = ErrorBody(code=ErrorCode.INTERNAL, message="Внутренняя ошибка сервера, данные не изменены",
                     action=f"Повторите действие; если не поможет, сообщите администратору номер {request_id}.",
                     request_id=request_id)
    return Response(body.model_dump_json(), status_code=500, media_type="application/json")
