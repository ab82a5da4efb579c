"""Closed by default: every route asks who is there and whether they may, before it does anything."""

from collections.abc import Iterator
from typing import Any

import pytest

from crm_contract.errors import ErrorCode
from crm_server.app import all_routes
from crm_server.kit.edge import Guard, Route
from tests.server.conftest import Person, World
from tests.server.shots import API, Shot

PUBLIC = {("GET", "/api/meta"), ("GET", "/api/health"), ("POST", "/api/login"), ("POST", "/api/login/badge")}
#: Served beside the edge, because it waits.
LONG_POLL = ("GET", "/api/changes")


def fingerprint(world: World) -> dict[str, str]:
    """The contents of every table, except the journal, where refusals are written."""
    names = [row["tablename"] for row in world.sql(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'audit_log'")]
    query = " UNION ALL ".join(
        f"SELECT '{name}' AS name, coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') AS contents"
        f" FROM {name} t"
        for name in names)
    return {row["name"]: row["contents"] for row in world.sql(query)}


def closed_routes() -> Iterator[Route]:
    return (route for route in all_routes() if route.permission != Guard.PUBLIC)


@pytest.fixture
def rows(world: World) -> None:
    """A row with the id 1 behind the addresses that name one."""
    party = world.insert("party", kind="legal", name="ООО «Ветер»", inn="7736050003")
    product = world.insert("product", sku="К-7", name="Котёл")
    document = world.insert("document", kind="invoice", number="СЧ-000001", year=2026, date="2026-03-02",
                            state="draft", branch_id=world.branch_id, party_id=party, chain_id=1)
    assert (party, product, document) == (1, 1, 1)


def test_public_list_is_short_and_written_here() -> None:
    assert {(r.method, r.path) for r in all_routes() if r.permission == Guard.PUBLIC} == PUBLIC
    assert len(PUBLIC) <= 5


def test_description_and_declarations_are_the_same_set() -> None:
    described = {(method.upper(), path): one
                 for path, methods in API["paths"].items() for method, one in methods.items()}
    declared = {(route.method, route.path): route for route in all_routes()}
    assert described.keys() == declared.keys() | {LONG_POLL}
    for key, route in declared.items():
        assert described[key]["x-permission"] == route.permission, key
        assert ("security" in described[key]) == (key not in PUBLIC), key


def test_application_serves_nothing_else(world: World) -> None:
    for path in ("/docs", "/redoc", "/openapi.json", "/metrics", "/api", "/api/", "/api//meta", "/api/parties/1/2"):
        assert world.http.get(path).status_code == 404, path
    assert world.http.delete("/api/meta").status_code == 405


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("authorization", ["", "Bearer guess", "Basic YWRtaW46YWRtaW4="])
def test_nobody_gets_in_without_a_token(world: World, authorization: str) -> None:
    before = fingerprint(world)
    answers = {}
    for route in closed_routes():
        headers = {"Idempotency-Key": "k"} | ({"Authorization": authorization} if authorization else {})
        answer = Shot(route).fire(world, route, headers)
        answers[route.method, route.path] = (answer.status_code, answer.json()["code"])
    assert {key: got for key, got in answers.items() if got != (401, ErrorCode.NOT_AUTHENTICATED)} == {}
    assert world.http.get("/api/changes", headers={"Authorization": authorization}).status_code == 401
    assert fingerprint(world) == before


@pytest.mark.usefixtures("rows")
def test_without_permissions_nothing_is_done_or_told(world: World) -> None:
    nobody = world.person("nobody", {})
    wrong = {}
    for route in closed_routes():
        if route.permission == Guard.LOGGED_IN:
            continue
        before = fingerprint(world)
        headers = {"Idempotency-Key": f"{route.method} {route.path}", "Authorization": f"Bearer {nobody.token}"}
        answer = Shot(route).fire(world, route, headers)
        expected = _refusals(route)
        if answer.status_code not in expected:
            wrong[route.method, route.path] = answer.text[:300]
        elif answer.status_code == 200:
            assert not _rows_of(answer.json()), route.path
        changed = [name for name, contents in fingerprint(world).items() if contents != before[name]]
        if changed:
            wrong[route.method, route.path] = f"changed {changed}"
    assert wrong == {}


@pytest.mark.usefixtures("rows")
def test_what_only_reads_changes_nothing(world: World, boss: Person) -> None:
    """Such a route runs in no transaction: two statements of it that write would not be one."""
    before = fingerprint(world)
    for route in all_routes():
        if route.reads:
            answer = Shot(route).fire(world, route, {"Authorization": f"Bearer {boss.token}"})
            assert answer.status_code < 500, (route.path, answer.text)
    assert fingerprint(world) == before


def _refusals(route: Route) -> tuple[int, ...]:
    """A document that is not seen does not exist, and a list of all kinds is empty without a right to any."""
    if route.permission != Guard.BY_KIND:
        return (403,)
    return (200, 403) if route.path.startswith(("/api/lists/", "/api/pick/")) else (403, 404)


def _rows_of(answer: Any) -> Any:
    return answer["rows"] if isinstance(answer, dict) else answer


@pytest.mark.usefixtures("rows")
def test_refused_access_is_in_the_journal(world: World) -> None:
    nobody = world.person("nobody", {})
    world.http.get("/api/users", headers={"Authorization": f"Bearer {nobody.token}"})
    row = world.sql("SELECT user_id, action, title, reason FROM audit_log WHERE action = 'refused'")
    assert row == [{"user_id": nobody.user_id, "action": "refused", "title": "GET /api/users",
                    "reason": "users.view"}]


@pytest.mark.usefixtures("rows")
def test_routes_of_every_user_survive_a_user_who_may_nothing(world: World) -> None:
    wrong = {}
    for route in closed_routes():
        if route.permission != Guard.LOGGED_IN or route.path in ("/api/logout", "/api/me/sessions/end"):
            continue
        nobody: Person = world.person(grants={})
        headers = {"Idempotency-Key": route.path, "Authorization": f"Bearer {nobody.token}"}
        answer = Shot(route).fire(world, route, headers)
        if answer.status_code >= 500 or answer.status_code == 401:
            wrong[route.method, route.path] = answer.text[:300]
    assert wrong == {}


@pytest.mark.usefixtures("rows")
def test_commands_ask_for_the_key_that_makes_them_repeatable(world: World, boss: Person) -> None:
    before = fingerprint(world)
    answers = {}
    for route in closed_routes():
        if route.command:
            answer = Shot(route).fire(world, route, {"Authorization": f"Bearer {boss.token}"})
            answers[route.method, route.path] = (answer.status_code, answer.json()["code"])
    assert {key: got for key, got in answers.items() if got[1] != ErrorCode.KEY_REQUIRED} == {}
    assert fingerprint(world) == before
