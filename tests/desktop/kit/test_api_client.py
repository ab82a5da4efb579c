"""The client of the API: answers, refusals, retries, idempotency keys."""

import json
from collections.abc import Callable, Iterator

import httpx2
import pytest

from crm_contract import VERSION
from crm_contract.access import Me
from crm_contract.base import Answer, Created, Ref, Request
from crm_contract.errors import ErrorCode
from crm_desktop.kit import api_client
from crm_desktop.kit.api_client import ApiClient, ApiError, ConnectionLost, RetryNotice
from crm_desktop.kit.session import Session

Reply = httpx2.Response | Exception


class Body(Request):
    title: str


class Thing(Answer):
    id: int
    title: str


class Wire:
    """Answers from a script; the last one repeats."""

    def __init__(self, *replies: Reply) -> None:
        self.replies: list[Reply] = list(replies)
        self.requests: list[httpx2.Request] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.requests.append(request)
        reply = self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]
        if isinstance(reply, Exception):
            raise reply
        return httpx2.Response(reply.status_code, headers=reply.headers, content=reply.content)

    def keys(self) -> list[str]:
        return [request.headers.get("Idempotency-Key", "") for request in self.requests]


Make = Callable[..., ApiClient]


@pytest.fixture
def session() -> Session:
    made = Session()
    me = Me(user_id=1, login="a", employee=Ref(id=1, title="А"), position="", email="", branch=Ref(id=1, title="Ф"),
            department=None, permissions={}, must_change_password=False)
    made.open("secret", me)
    return made


@pytest.fixture
def client(session: Session) -> Iterator[Make]:
    made: list[ApiClient] = []

    def make(wire: Wire, **options: object) -> ApiClient:
        client = ApiClient("http://server", session, transport=httpx2.MockTransport(wire), sleep=lambda s: None,
                           **options)  # type: ignore[arg-type]
        made.append(client)
        return client

    yield make
    for one in made:
        one.close()


def ok(body: object) -> httpx2.Response:
    return httpx2.Response(200, json=body)


def refused(status: int, code: ErrorCode, **more: object) -> httpx2.Response:
    return httpx2.Response(status, json={"code": code, "message": "Нельзя", **more})


LOST = httpx2.ConnectError("no route")


def test_an_answer_is_a_contract_object(client: Make) -> None:
    wire = Wire(ok({"id": 7, "title": "x", "newer": 1}))
    thing = client(wire).get("/api/things/7", Thing, {"full": True, "skip": None})
    assert thing == Thing(id=7, title="x")
    request = wire.requests[0]
    assert request.url.path == "/api/things/7"
    assert dict(request.url.params) == {"full": "true"}
    assert request.headers["Authorization"] == "Bearer secret"
    assert request.headers["X-Client-Version"] == VERSION
    assert "Idempotency-Key" not in request.headers


def test_a_list_of_contract_objects(client: Make) -> None:
    assert client(Wire(ok([{"id": 1, "title": "a"}]))).get("/x", list[Thing])[0].title == "a"


def test_a_refusal_carries_its_body(client: Make) -> None:
    wire = Wire(refused(422, ErrorCode.INVALID, field_errors={"inn": "9 цифр"}, action="Исправьте"))
    with pytest.raises(ApiError) as caught:
        client(wire).post("/x", Created, Body(title="a"))
    assert caught.value.status == 422
    assert caught.value.body.field_errors == {"inn": "9 цифр"}
    assert caught.value.body.request_id
    assert len(wire.requests) == 1


@pytest.mark.parametrize(("reply", "code"), [
    (httpx2.Response(502, content=b"<html>bad gateway"), ErrorCode.BUSY),
    (httpx2.Response(500, content=b"oops"), ErrorCode.INTERNAL),
    (httpx2.Response(200, content=b"<html>hotel wifi"), ErrorCode.INTERNAL),
])
def test_an_answer_that_is_not_ours(client: Make, reply: httpx2.Response, code: ErrorCode) -> None:
    with pytest.raises(ApiError) as caught:
        client(Wire(reply)).get("/x", Thing)
    assert caught.value.body.code is code


def test_a_read_is_repeated_twice(client: Make) -> None:
    wire = Wire(LOST, LOST, ok({"id": 1, "title": "a"}))
    assert client(wire).get("/x", Thing).id == 1
    assert len(wire.requests) == 3


def test_a_read_gives_up(client: Make) -> None:
    wire = Wire(LOST)
    with pytest.raises(ConnectionLost) as caught:
        client(wire).get("/x", Thing)
    assert len(wire.requests) == 3
    assert not caught.value.is_command


def test_a_question_by_post_is_a_read(client: Make) -> None:
    wire = Wire(LOST, ok({"id": 1, "title": "a"}))
    client(wire).query("/api/lists/x", Thing, Body(title="q"))
    assert wire.keys() == ["", ""]
    assert json.loads(wire.requests[1].content) == {"title": "q"}


def test_a_command_keeps_its_key_over_retries(client: Make) -> None:
    notices: list[RetryNotice] = []
    wire = Wire(LOST, refused(503, ErrorCode.BUSY), ok({"id": 5}))
    made = client(wire, on_retry=notices.append).post("/x", Created, Body(title="a"))
    assert made.id == 5
    assert len(wire.requests) == 3
    assert len(set(wire.keys())) == 1
    assert wire.keys()[0]
    assert [notice.attempt for notice in notices] == [1, 2]
    assert 0 < notices[-1].seconds_left <= api_client.COMMAND_DEADLINE_S


def test_two_commands_have_two_keys(client: Make) -> None:
    wire = Wire(ok({"id": 5}))
    api = client(wire)
    api.post("/x", Created, Body(title="a"))
    api.post("/x", Created, Body(title="a"))
    assert len(set(wire.keys())) == 2


def test_the_person_repeating_a_lost_command_sends_the_same_key(
    client: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_client, "COMMAND_DEADLINE_S", 0.0)
    wire = Wire(LOST)
    api = client(wire)
    with pytest.raises(ConnectionLost) as caught:
        api.post("/x", Created, Body(title="a"))
    assert caught.value.is_command
    wire.replies = [ok({"id": 5})]
    api.post("/x", Created, Body(title="a"))
    api.post("/x", Created, Body(title="other"))
    api.post("/x", Created, Body(title="a"))
    keys = wire.keys()
    assert keys[0] == keys[1]
    assert len({keys[1], keys[2], keys[3]}) == 3


def test_a_key_of_the_caller(client: Make) -> None:
    wire = Wire(ok({"id": 5}))
    client(wire).put("/x", Created, Body(title="a"), key="queue-17")
    assert wire.keys() == ["queue-17"]


def test_a_command_gives_up_at_its_deadline(client: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(api_client.time, "monotonic", lambda: clock[0])
    api = client(Wire(LOST))
    api._sleep = lambda seconds: clock.__setitem__(0, clock[0] + seconds)
    with pytest.raises(ConnectionLost):
        api.post("/x", Created, Body(title="a"))
    assert clock[0] <= api_client.COMMAND_DEADLINE_S


def test_no_other_refusal_is_repeated(client: Make) -> None:
    for status, code in ((409, ErrorCode.OUT_OF_STOCK), (401, ErrorCode.NOT_AUTHENTICATED), (500, ErrorCode.INTERNAL)):
        wire = Wire(refused(status, code))
        with pytest.raises(ApiError):
            client(wire).post("/x", Created, Body(title="a"))
        assert len(wire.requests) == 1


def test_upload_is_a_form_with_one_file(client: Make) -> None:
    wire = Wire(LOST, ok({"id": 1}))
    client(wire).upload("/files", b"\x00data", 'Счёт "7".pdf', Created)
    first, second = wire.requests
    assert first.content == second.content
    assert first.headers["Content-Type"].startswith("multipart/form-data; boundary=")
    assert b'name="file"; filename="' in first.content
    assert "Счёт _7_.pdf".encode() in first.content
    assert b"\x00data" in first.content


def test_download_gives_bytes(client: Make) -> None:
    assert client(Wire(httpx2.Response(200, content=b"%PDF"))).download("/files/1") == b"%PDF"


def test_an_empty_answer(client: Make) -> None:
    assert client(Wire(httpx2.Response(204))).delete("/x") is None
