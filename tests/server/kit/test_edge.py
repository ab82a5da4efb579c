"""What the edge answers to strangers, to impossible values, and when there are more people than connections."""

import uuid
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
