"""The way to the server: the only file that knows the HTTP library.

Blocking calls for worker threads. A read is repeated after a broken connection. A command carries an
`Idempotency-Key` made once per logical command, so repeating it, by this file or by the person pressing the button
again, can never post anything twice.
"""

import hashlib
import ssl
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

import httpx2
from pydantic import BaseModel, TypeAdapter, ValidationError

from crm_contract import VERSION
from crm_contract.errors import ErrorBody, ErrorCode
from crm_desktop.kit.session import Session

T = TypeVar("T")
Params = Mapping[str, str | int | bool | None]

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 30.0
GET_RETRIES = 2
COMMAND_DEADLINE_S = 20.0
RETRY_PAUSE_S = 0.4
RETRY_PAUSE_MAX_S = 4.0
UNKNOWN_OUTCOME_KEPT_S = 600.0


class ApiError(Exception):
    """The server refused or failed; `body` says what happened."""

    def __init__(self, body: ErrorBody, status: int) -> None:
        super().__init__(f"{status} {body.code}: {body.message}")
        self.body = body
        self.status = status


class ConnectionLost(Exception):
    """No answer came. `is_command` tells that the outcome is unknown: the same command may be sent again safely."""

    def __init__(self, reason: str, *, is_command: bool = False) -> None:
        super().__init__(reason)
        self.is_command = is_command


@dataclass(frozen=True, slots=True)
class RetryNotice:
    """A command is being repeated: `seconds_left` until it is given up."""

    attempt: int
    seconds_left: float


class ApiClient:
    """Shared by all threads. `trust` names the company's own authority; `on_retry` is called in the worker thread."""

    def __init__(
        self,
        base_url: str,
        session: Session,
        *,
        trust: ssl.SSLContext | None = None,
        transport: httpx2.BaseTransport | None = None,
        on_retry: Callable[[RetryNotice], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._session = session
        self._on_retry = on_retry
        self._sleep = sleep
        self._keys = _CommandKeys()
        self._http = httpx2.Client(
            base_url=base_url, transport=transport, verify=trust if trust is not None else True,
            headers={"X-Client-Version": VERSION},
            timeout=httpx2.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S),
        )

    @property
    def base_url(self) -> str:
        return str(self._http.base_url).rstrip("/")

    def set_base_url(self, url: str) -> None:
        """Another server was chosen at log-in."""
        self._http.base_url = url

    def close(self) -> None:
        self._http.close()

    @overload
    def get(self, path: str, model: type[T], params: Params | None = None, *, timeout_s: float | None = None) -> T: ...
    @overload
    def get(self, path: str, model: None = None, params: Params | None = None,
            *, timeout_s: float | None = None) -> Any: ...
    def get(self, path: str, model: Any = None, params: Params | None = None,
            *, timeout_s: float | None = None) -> Any:
        """Reads; `model` may be any type pydantic can check (`list[PartyRow]`). Raises ApiError, ConnectionLost."""
        return _parsed(self._read(path, params, timeout_s), model)

    def download(self, path: str, params: Params | None = None, *, timeout_s: float | None = None) -> bytes:
        """Reads a file whole."""
        return self._read(path, params, timeout_s).content

    @overload
    def post(self, path: str, model: type[T], body: BaseModel | None = None, params: Params | None = None,
             *, key: str | None = None) -> T: ...
    @overload
    def post(self, path: str, model: None = None, body: BaseModel | None = None, params: Params | None = None,
             *, key: str | None = None) -> Any: ...
    def post(self, path: str, model: Any = None, body: BaseModel | None = None, params: Params | None = None,
             *, key: str | None = None) -> Any:
        """Runs a command. A `key` of the caller's own outlives a restart of the program (the terminal's queue)."""
        return _parsed(self._command("POST", path, body, params, key), model)

    @overload
    def put(self, path: str, model: type[T], body: BaseModel | None = None, params: Params | None = None,
            *, key: str | None = None) -> T: ...
    @overload
    def put(self, path: str, model: None = None, body: BaseModel | None = None, params: Params | None = None,
            *, key: str | None = None) -> Any: ...
    def put(self, path: str, model: Any = None, body: BaseModel | None = None, params: Params | None = None,
            *, key: str | None = None) -> Any:
        return _parsed(self._command("PUT", path, body, params, key), model)

    @overload
    def delete(self, path: str, model: type[T], body: BaseModel | None = None, params: Params | None = None,
               *, key: str | None = None) -> T: ...
    @overload
    def delete(self, path: str, model: None = None, body: BaseModel | None = None, params: Params | None = None,
               *, key: str | None = None) -> Any: ...
    def delete(self, path: str, model: Any = None, body: BaseModel | None = None, params: Params | None = None,
               *, key: str | None = None) -> Any:
        return _parsed(self._command("DELETE", path, body, params, key), model)

    def query(self, path: str, model: type[T], body: BaseModel, *, timeout_s: float | None = None) -> T:
        """A read whose question is too long for an address (lists): POST, but repeated like a read, without a key."""
        content = body.model_dump_json().encode()
        return _parsed(self._repeat_read("POST", path, None, timeout_s, content=content, content_type=_JSON), model)

    def download_by(self, path: str, body: BaseModel, *, timeout_s: float | None = None) -> bytes:
        """Reads a file whose question is in a body (exports)."""
        content = body.model_dump_json().encode()
        return self._repeat_read("POST", path, None, timeout_s, content=content, content_type=_JSON).content

    def upload(self, path: str, data: bytes, name: str, model: type[T] | None = None,
               params: Params | None = None, *, key: str | None = None) -> Any:
        """Sends a file as the form field `file`."""
        content, content_type = _multipart(data, name)
        return _parsed(self._send_command("POST", path, content, content_type, params, key), model)

    def _read(self, path: str, params: Params | None, timeout_s: float | None) -> httpx2.Response:
        return self._repeat_read("GET", path, params, timeout_s)

    def _repeat_read(
        self, method: str, path: str, params: Params | None, timeout_s: float | None,
        *, content: bytes | None = None, content_type: str = "",
    ) -> httpx2.Response:
        for attempt in range(GET_RETRIES + 1):
            try:
                return self._request(method, path, params=params, timeout_s=timeout_s,
                                     content=content, content_type=content_type)
            except ConnectionLost:
                if attempt == GET_RETRIES:
                    raise
            self._sleep(RETRY_PAUSE_S * (attempt + 1))
        raise AssertionError("unreachable")

    def _command(
        self, method: str, path: str, body: BaseModel | None, params: Params | None, key: str | None
    ) -> httpx2.Response:
        content = body.model_dump_json().encode() if body is not None else b""
        return self._send_command(method, path, content, _JSON if body is not None else "", params, key)

    def _send_command(
        self, method: str, path: str, content: bytes, content_type: str, params: Params | None, key: str | None
    ) -> httpx2.Response:
        """Repeats with the same key while the connection is broken or the server is busy, until the deadline."""
        print_of_command = _fingerprint(method, path, params, content)
        key = key or self._keys.take(print_of_command)
        deadline = time.monotonic() + COMMAND_DEADLINE_S
        attempt = 0
        while True:
            attempt += 1
            try:
                answer = self._request(method, path, params=params, content=content, content_type=content_type, key=key)
            except ConnectionLost as error:
                pause = min(RETRY_PAUSE_S * 2 ** (attempt - 1), RETRY_PAUSE_MAX_S)
                if time.monotonic() + pause > deadline:
                    self._keys.keep(print_of_command, key)
                    raise ConnectionLost(str(error), is_command=True) from error
            except ApiError as error:
                pause = _busy_pause(error, attempt)
                if pause is None or time.monotonic() + pause > deadline:
                    raise
            else:
                return answer
            if self._on_retry is not None:
                self._on_retry(RetryNotice(attempt, deadline - time.monotonic()))
            self._sleep(pause)

    def _request(
        self, method: str, path: str, *, params: Params | None = None, timeout_s: float | None = None,
        content: bytes | None = None, content_type: str = "", key: str | None = None,
    ) -> httpx2.Response:
        """One exchange. Raises ApiError for a refusal and ConnectionLost when no whole answer came."""
        headers = {"X-Request-Id": uuid.uuid4().hex}
        if self._session.token:
            headers["Authorization"] = f"Bearer {self._session.token}"
        if key:
            headers["Idempotency-Key"] = key
        if content_type:
            headers["Content-Type"] = content_type
        timeout = httpx2.Timeout(timeout_s or READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
        asked = {name: value for name, value in (params or {}).items() if value is not None}
        try:
            answer = self._http.request(
                method, path, params=asked or None, content=content or None, headers=headers, timeout=timeout)
        except httpx2.TransportError as error:
            raise ConnectionLost(f"{type(error).__name__}: {error}") from error
        if answer.is_success:
            return answer
        raise ApiError(_error_body(answer, headers["X-Request-Id"]), answer.status_code)


_JSON = "application/json"


class _CommandKeys:
    """Keys of commands whose outcome is unknown: the same command sent again gets the same key."""

    def __init__(self) -> None:
        self._unknown: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def take(self, fingerprint: str) -> str:
        with self._lock:
            now = time.monotonic()
            self._unknown = {p: k for p, k in self._unknown.items() if k[1] > now}
            kept = self._unknown.pop(fingerprint, None)
        return kept[0] if kept else str(uuid.uuid4())

    def keep(self, fingerprint: str, key: str) -> None:
        with self._lock:
            self._unknown[fingerprint] = (key, time.monotonic() + UNKNOWN_OUTCOME_KEPT_S)


def _fingerprint(method: str, path: str, params: Params | None, content: bytes) -> str:
    question = "&".join(f"{name}={value}" for name, value in sorted((params or {}).items()))
    return hashlib.sha256(f"{method} {path}?{question}\n".encode() + content).hexdigest()


def _busy_pause(error: ApiError, attempt: int) -> float | None:
    """Seconds to wait before asking a busy server again; None for any other refusal."""
    if error.status != 503:
        return None
    asked = error.body.details.get("retry_after")
    pause = float(asked) if isinstance(asked, int | float) else RETRY_PAUSE_S * 2 ** (attempt - 1)
    return min(pause, RETRY_PAUSE_MAX_S)


def _error_body(answer: httpx2.Response, request_id: str) -> ErrorBody:
    """The body of a refusal; an answer that is not ours (a proxy's page) becomes INTERNAL or BUSY."""
    try:
        body = ErrorBody.model_validate_json(answer.content)
    except ValidationError:
        code = ErrorCode.BUSY if answer.status_code in (502, 503, 504) else ErrorCode.INTERNAL
        body = ErrorBody(code=code, message=f"HTTP {answer.status_code}")
    if not body.request_id:
        body.request_id = answer.headers.get("X-Request-Id", request_id)
    retry_after = answer.headers.get("Retry-After", "")
    if retry_after.isdigit():
        body.details.setdefault("retry_after", int(retry_after))
    return body


_adapters: dict[Any, TypeAdapter[Any]] = {}


def _parsed(answer: httpx2.Response, model: Any) -> Any:
    if model is None and not answer.content:
        return None
    adapter = _adapters.get(model)
    if adapter is None:
        adapter = _adapters.setdefault(model, TypeAdapter(Any if model is None else model))
    try:
        return adapter.validate_json(answer.content)
    except ValidationError as error:
        # Something between us and the server answered in its place, or the server is of another make.
        body = ErrorBody(code=ErrorCode.INTERNAL, message=f"unreadable answer: {error.title}",
                         request_id=answer.headers.get("X-Request-Id", ""))
        raise ApiError(body, answer.status_code) from error


def _multipart(data: bytes, name: str) -> tuple[bytes, str]:
    """A form with one file, with a boundary that follows from the content, so that a repeat is the same body."""
    boundary = hashlib.sha256(data).hexdigest()[:32]
    safe = name.replace("\\", "_").replace('"', "_").replace("\r", " ").replace("\n", " ")
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{safe}"\r\n'
        "Content-Type: application/octet-stream\r\n\r\n"
    )
    return head.encode() + data + f"\r\n--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"
