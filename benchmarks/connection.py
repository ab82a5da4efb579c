"""One keep-alive connection that costs next to nothing: one send per request, headers read with `bytes.find`.

The load shares the machine with what it measures; `http.client` alone would take as much CPU as the server.
"""

import json
import socket
import uuid
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import urlsplit

TIMEOUT_S = 60


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    statements: int
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def get(path: str, token: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()


def post(path: str, body: Any, token: str = "-") -> bytes:
    """A command with a key of its own."""
    content = json.dumps(body, separators=(",", ":")).encode()
    head = (f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
            f"Idempotency-Key: {uuid.uuid4().hex}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(content)}\r\n\r\n")
    return head.encode() + content


class Connection:
    """Send a request, then `receive` whenever the socket can be read until it answers."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._socket = socket.create_connection((parts.hostname or "", parts.port or 80), TIMEOUT_S)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._received = bytearray()

    def fileno(self) -> int:
        return self._socket.fileno()

    def send(self, request: bytes) -> None:
        self._received.clear()
        self._socket.sendall(request)

    def receive(self) -> Answer | None:
        """Takes what has come; the answer when it is whole."""
        part = self._socket.recv(1 << 20)
        if not part:
            raise ConnectionError("the server closed the connection")
        self._received += part
        end = self._received.find(b"\r\n\r\n")
        if end < 0:
            return None
        head = bytes(self._received[:end])
        if len(self._received) - end - 4 < _number(head, b"content-length: "):
            return None
        return Answer(int(head[9:12]), _number(head, b"x-statements: "), bytes(self._received[end + 4:]))

    def ask(self, request: bytes) -> Answer:
        """Sends and waits."""
        self.send(request)
        while (answer := self.receive()) is None:
            pass
        return answer

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._socket.close()


def _number(head: bytes, name: bytes) -> int:
    """The value of a header as uvicorn writes it: lower case, one space; 0 without it."""
    lower = head.lower()
    start = lower.find(name)
    if start < 0:
        return 0
    end = lower.find(b"\r", start)
    return int(lower[start + len(name):end if end >= 0 else None])
