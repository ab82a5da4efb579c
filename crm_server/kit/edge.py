"""The one edge: transaction, actor, permission, idempotency, retries, commit before the answer.

Handlers are plain functions `(ctx, path and query parameters, body) -> contract object`. Services never commit.
"""

import hashlib
import inspect
import random
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, LiteralString, get_args, get_origin

import psycopg
import structlog
from psycopg_pool import PoolTimeout, TooManyRequests
from pydantic import BaseModel, TypeAdapter
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from crm_contract.errors import ErrorCode
from crm_server.db.pool import Pool
from crm_server.kit.actor import Actor, forbidden
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, from_database
from crm_server.kit.failpoints import failpoint
from crm_server.kit.parameters import Parameters, Sent
from crm_server.kit.sql import Sql

log = structlog.get_logger("edge")

#: serialization_failure, deadlock_detected, lock_not_available: the whole is run again.
RETRY_STATES = frozenset({"40001", "40P01", "55P03"})
#: idle_in_transaction_session_timeout, transaction_timeout: to the driver these are errors inside of the database.
TIMED_OUT = frozenset({"25P03", "25P04"})
ATTEMPTS = 5
KEY_LIMIT = 200
#: All that a person with a password given by the administrator may do.
PASSWORD_ROUTES = frozenset({"/api/me", "/api/me/password", "/api/logout"})

#: A command finds its rows by their keys, and one plan serves all keys. Left to choose, PostgreSQL planned the same
#: statements anew for every order, which took longer than to run them.
BEGIN_COMMAND = "BEGIN; SET LOCAL plan_cache_mode = force_generic_plan"

Handler = Callable[..., Any]
Authenticate = Callable[[Sql, str, str], Actor]
ANONYMOUS = Actor(user_id=0, employee_id=0, name="", branch_id=0, department_id=None, permissions={})


class Guard(StrEnum):
    """What stands on a route instead of a permission."""

    PUBLIC = "public"          # the short public list
    LOGGED_IN = "logged_in"    # any user, own data only
    BY_KIND = "by_kind"        # the engine checks `<kind>.<verb>` of the document that the route names


@dataclass(frozen=True, slots=True)
class Route:
    """A declared route, as tests enumerate it. `command` routes need an idempotency key."""

    method: str
    path: str
    permission: str
    command: bool
    handler: Handler
    tag: str
    parameters: Parameters
    answer: TypeAdapter[Any] | None     # None for a handler that answers something else than JSON
    reads: bool                         # it changes nothing
    hashes: bool = False                # it hashes a password, which takes a core and 19 MB for 30 ms


class Edge:
    """Runs handlers. One per application; holds no state of a session."""

    def __init__(self, pool: Pool, authenticate: Authenticate) -> None:
        self.pool = pool
        self._authenticate = authenticate

    def run(self, route: Route, request: Request, sent: Sent) -> Response:
        """Answers a request; raises Refusal for everything expected to fail."""
        for attempt in range(1, ATTEMPTS + 1):
            try:
                return self._attempt(route, request, sent)
            except psycopg.Error as error:
                if error.sqlstate in RETRY_STATES:
                    log.info("retry", attempt=attempt, state=error.sqlstate, path=route.path)
                    time.sleep(random.uniform(0.2, 1.0) * 0.02 * 2 ** attempt)
                    continue
                if _is_cut_off(error):
                    raise unreachable(error) from error
                refusal = from_database(error)
                if refusal is None:
                    raise
                raise refusal from error
        raise busy("Данные заняты другими операциями")

    def _attempt(self, route: Route, request: Request, sent: Sent) -> Response:
        with self.transaction("" if route.reads else BEGIN_COMMAND) as sql:
            actor = ANONYMOUS
            if route.permission != Guard.PUBLIC:
                actor = self._authenticate(sql, bearer(request), client_address(request))
                if actor.must_change_password and route.path not in PASSWORD_ROUTES:
                    raise Refusal(ErrorCode.FORBIDDEN, "Пароль назначил администратор, он временный",
                                  "Смените пароль: до этого доступ закрыт.", details={"must_change_password": True})
                if route.permission not in (Guard.LOGGED_IN, Guard.BY_KIND) and not actor.can(route.permission):
                    raise forbidden(route.permission)
            ctx = Ctx(sql, actor, request_id=request.state.request_id)
            request.state.ctx = ctx
            arguments = route.parameters.read(sent)  # only now: whoever may not call it learns nothing of what it wants
            key, mark = None, b""
            if route.command:
                key, mark = idempotency_key(request), fingerprint(request, arguments)
            failpoint("edge.before_work")
            try:
                result = route.handler(ctx, **arguments)
                response = result
                if route.answer is not None and not isinstance(result, Response):
                    response = json_response(route.answer.dump_json(result))
                failpoint("edge.before_flush")
                ctx.flush(key=key, fingerprint=mark, status=response.status_code, answer=bytes(response.body))
            except (Refusal, psycopg.IntegrityError):
                # The same command may have run before or beside this one: then what it did is what this run is refused
                # for, if only by its key, and its answer is the answer. Nobody asks beforehand: repeats are rare.
                sql.connection.rollback()
                if key and (done := replay(sql, actor, key, mark)):
                    return done
                raise
            failpoint("edge.before_commit")
            sql.connection.commit()
            failpoint("edge.after_commit")
            response.headers["X-Statements"] = str(sql.count)
            return response

    def actor_of(self, request: Request) -> Actor:
        """Who asks; raises NOT_AUTHENTICATED."""
        with self.transaction() as sql:
            return self._authenticate(sql, bearer(request), client_address(request))

    @contextmanager
    def transaction(self, begin: LiteralString = "BEGIN") -> Iterator[Sql]:
        """A connection from the pool in a transaction, which is rolled back unless the body commits.

        Without `begin` there is none, and each statement sees what is committed: so it does in a transaction too.
        """
        with self.pool.connection() as connection:
            connection.autocommit = True  # it begins when we say so
            try:
                if begin:
                    connection.execute(begin)
                yield Sql(connection)
            finally:
                if not connection.closed:
                    connection.rollback()
                    connection.autocommit = False

    @contextmanager
    def committed(self, actor: Actor = ANONYMOUS, request_id: str = "") -> Iterator[Ctx]:
        """A transaction of our own outside of a request (jobs, refusals in the journal); commits at the end."""
        with self.transaction() as sql:
            ctx = Ctx(sql, actor, request_id=request_id)
            yield ctx
            ctx.flush()
            sql.connection.commit()


class Router:
    """Declares routes: the permission stands on the route, a route without one cannot be written.

    `get` and `query` read; `post`, `put` and `delete` are commands with an idempotency key, unless `keyless`.
    """

    def __init__(self, prefix: str, tag: str) -> None:
        self.prefix = prefix
        self.tag = tag
        self.routes: list[Route] = []

    def get(self, path: str, *, permission: str) -> Callable[[Handler], Handler]:
        return self._declare("GET", path, permission, command=False, reads=True)

    def query(self, path: str, *, permission: str) -> Callable[[Handler], Handler]:
        """A question too long for an address: POST that changes nothing."""
        return self._declare("POST", path, permission, command=False, reads=True)

    def post(self, path: str, *, permission: str, keyless: bool = False,
             hashes: bool = False) -> Callable[[Handler], Handler]:
        return self._declare("POST", path, permission, command=not keyless, hashes=hashes)

    def put(self, path: str, *, permission: str) -> Callable[[Handler], Handler]:
        return self._declare("PUT", path, permission, command=True)

    def delete(self, path: str, *, permission: str) -> Callable[[Handler], Handler]:
        return self._declare("DELETE", path, permission, command=True)

    def _declare(self, method: str, path: str, permission: str, *, command: bool, reads: bool = False,
                 hashes: bool = False) -> Callable[[Handler], Handler]:
        def add(handler: Handler) -> Handler:
            returns = inspect.signature(handler).return_annotation  # forgotten, it is a class no schema exists for
            if get_origin(returns) is Annotated:  # a response that holds such an answer, made by the handler
                returns = get_args(returns)[1]
            own = inspect.isclass(returns) and issubclass(returns, Response)
            self.routes.append(Route(
                method, self.prefix + path, str(permission), command, handler, self.tag,
                Parameters(handler, self.prefix + path), None if own else TypeAdapter(returns), reads, hashes))
            return handler
        return add


def json_response(body: bytes) -> Response:
    return Response(body, media_type="application/json")


def busy(why: str) -> Refusal:
    return Refusal(ErrorCode.BUSY, f"{why}, запрос не выполнен", "Повторите через несколько секунд.")


def unreachable(error: psycopg.Error) -> Refusal:
    """The refusal for a database that does not answer now, or has no connection left."""
    overloaded = isinstance(error, PoolTimeout | TooManyRequests)
    return busy("Сервер перегружен" if overloaded else "База данных недоступна")


def _is_cut_off(error: psycopg.Error) -> bool:
    """Whether the session ended, and not the statement was wrong."""
    return (isinstance(error, psycopg.OperationalError) or error.sqlstate in TIMED_OUT
            or type(error) is psycopg.DatabaseError)  # a session that is cut off has no state


def bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Refusal(ErrorCode.NOT_AUTHENTICATED, "Вход не выполнен", "Войдите в программу.")
    return token


def client_address(request: Request) -> str:
    """The peer of the connection; forwarding headers of outsiders are not believed."""
    return request.client.host if request.client else ""


def idempotency_key(request: Request) -> str:
    key = request.headers.get("idempotency-key", "")
    if not key or len(key) > KEY_LIMIT or not key.isprintable():
        raise Refusal(ErrorCode.KEY_REQUIRED, "Команда пришла без ключа повтора (Idempotency-Key)",
                      "Обновите программу: старые версии повторов не различают.")
    return key


def fingerprint(request: Request, arguments: dict[str, Any]) -> bytes:
    """What makes two requests the same command: method, address and body; of an uploaded file, name and content."""
    digest = hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}".encode())
    for name, value in sorted(arguments.items()):
        if isinstance(value, BaseModel):
            digest.update(name.encode() + value.model_dump_json().encode())
        elif isinstance(value, UploadFile):
            value.file.seek(0)
            content = hashlib.file_digest(value.file, "sha256")  # type: ignore[arg-type]  # a spooled file can be read
            digest.update(f"{name} {value.filename}\0".encode() + content.digest())
    return digest.digest()


def replay(sql: Sql, actor: Actor, key: str, mark: bytes) -> Response | None:
    """The answer that the first run gave, None when there was none; refuses a key that is used for another command."""
    stored = sql.one("SELECT fingerprint, status, answer FROM idempotency_key WHERE user_id = %s AND key = %s",
                     (actor.user_id, key))
    if stored is None:
        return None
    if bytes(stored["fingerprint"]) != mark:
        raise Refusal(ErrorCode.KEY_REUSED, "Этот ключ повтора уже использован для другой команды",
                      "Повторите действие: программа возьмёт новый ключ.")
    response = json_response(bytes(stored["answer"]))
    response.status_code = stored["status"]
    response.headers["X-Replayed"] = "1"
    return response


def new_request_id() -> str:
    return uuid.uuid4().hex[:16]
