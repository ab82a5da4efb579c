"""What the edge answers to strangers, to impossible values, and when there are more people than connections."""

import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from starlette.testclient import TestClient

from crm_server.app import create_app
from crm_server.db.pool import open_pool
from tests.server.conftest import Person, World


def test_a_stranger_is_not_told_what_a_command_wants(world: World) -> None:
    answer = world.http.post("/api/branches", json={"nonsense": 1})
    assert answer.status_code == 401
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(("path", "body"), [
    ("/api/branches", {"title": "a\x00b"}),
    ("/api/branches", {"title": "Тверь", "organization_id": 2**63}),
    ("/api/parties", {"name": "ООО\x00", "manager_id": 2**70}),
    ("/api/documents/offer", {"date": "2026-11-24", "party_id": 2**64}),
])
def test_impossible_values_are_refused_in_words(boss: Person, path: str, body: dict[str, object]) -> None:
    answer = boss.post(path, body, status=422)
    assert answer["code"] == "invalid"
    assert answer["message"]


def test_more_people_than_connections_are_told_to_come_back(world: World, boss: Person, database_url: str) -> None:
    with open_pool(database_url, size=1, wait_s=0.2) as small, TestClient(create_app(small)) as http:
        headers = {"Authorization": f"Bearer {boss.token}"}
        with small.connection(), ThreadPoolExecutor(4) as people:
            answers = list(people.map(
                lambda _: http.post("/api/branches", json={"title": "x"},
                                    headers={**headers, "Idempotency-Key": uuid.uuid4().hex}), range(4)))
        assert {a.status_code for a in answers} == {503}
        assert all(a.json()["message"].startswith("Сервер перегружен") and a.headers["Retry-After"] for a in answers)
        assert http.get("/api/me", headers=headers).status_code == 200


@pytest.mark.parametrize("version", ["²", "9" * 5000, "1.²", ".", "-1"])
def test_a_version_that_is_no_number_is_an_old_one(world: World, version: str) -> None:
    answer = world.http.get("/api/meta", headers=[(b"X-Client-Version", version.encode("latin-1"))])
    assert answer.status_code in (200, 426)


@pytest.mark.parametrize("tail", ["%00", "a%00b", "%0a", "%5b", "%3f", "%ed%a0%80", "9" * 400])
def test_a_refused_address_is_written_down_whatever_it_holds(world: World, tail: str) -> None:
    clerk = world.person("clerk", {})
    answer = clerk.get(f"/api/parties/{tail}", status=403)
    assert answer["code"] == "forbidden"
    title = world.sql("SELECT title FROM audit_log WHERE action = 'refused'")[0]["title"]
    assert title.startswith("GET /api/parties/")


@pytest.mark.parametrize(("path", "status"), [("/api/branches", 401), ("/api/login", 413)])
def test_a_stranger_keeps_no_large_body_in_memory(world: World, path: str, status: int) -> None:
    def megabytes() -> Iterator[bytes]:
        yield from [b" " * 2**20] * 20

    headers = {"Authorization": "Bearer stranger", "Content-Type": "application/json"}
    for length in ({}, {"Content-Length": str(20 * 2**20)}):  # without one it comes in chunks
        answer = world.http.post(path, content=megabytes(), headers={**headers, **length})
        assert answer.status_code == status, answer.text


def test_who_is_known_may_send_a_large_body(boss: Person) -> None:
    answer = boss.post("/api/branches", {"title": "Тверь", "nonsense": "x" * 2**20}, status=422)
    assert answer["field_errors"] == {"nonsense": "Неизвестное поле"}


def branch(person: Person, title: str, key: str) -> tuple[int, str]:
    """Status and code of the refusal, or «» for a branch that is made."""
    answer = person.http.post("/api/branches", json={"title": title},
                              headers={"Authorization": f"Bearer {person.token}", "Idempotency-Key": key})
    return answer.status_code, answer.json().get("code", "")


def test_a_refused_command_leaves_its_key_free(world: World, boss: Person) -> None:
    assert branch(boss, "", "key") == (422, "invalid")
    assert branch(boss, "Тверь", "key") == (200, "")
    assert branch(boss, "", "key") == (422, "invalid"), "what is not a command at all is told first"
    assert branch(boss, "Тула", "key") == (422, "idempotency_key_reused")
    assert branch(world.person("other"), "Тула", "key") == (200, "")


def test_one_key_of_different_commands_at_once_does_one_of_them(world: World, boss: Person) -> None:
    with ThreadPoolExecutor(20) as people:
        answers = list(people.map(lambda number: branch(boss, f"Пермь {number % 2}", "key"), range(20)))
    assert sorted(answers) == [(200, "")] * 10 + [(422, "idempotency_key_reused")] * 10
    assert len(world.sql("SELECT 1 FROM branch WHERE title LIKE 'Пермь%%'")) == 1
