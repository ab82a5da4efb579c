"""Bar 44: who may call what, for every declared route and every role, from one file; a refusal changes nothing."""

import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from crm_contract.permissions import Scope
from crm_server.app import all_routes
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.edge import Guard, Route
from tests.proof.contents import contents, differing
from tests.server.conftest import Person, World
from tests.server.shots import Shot

MATRIX = tomllib.loads((Path(__file__).parent / "matrix.toml").read_text(encoding="utf-8"))
ROLES: dict[str, dict[str, str]] = MATRIX["roles"]
#: Route → names of the roles that may.
ALLOWED = {route: set(names.split()) for route, names in MATRIX["routes"].items()}
NO = (403, 404)
ENDS_SESSIONS = {"POST /api/logout"}


def named(route: Route) -> str:
    return f"{route.method} {route.path}"


def closed_routes() -> Iterator[Route]:
    return (route for route in all_routes() if route.permission != Guard.PUBLIC)


def grants(role: str) -> dict[str, Scope]:
    """The role's rights; a `*` stands for every right of that name."""
    given = {code: Scope[scope.upper()] for pattern, scope in ROLES[role].items()
             for code in sorted(ANY_PERMISSION) if fnmatchcase(code, pattern)}
    for pattern in ROLES[role]:
        assert any(fnmatchcase(code, pattern) for code in given), f"{role}: there is no right {pattern}"
    return given


@pytest.fixture
def office(world: World) -> World:
    """A row with the id 1 behind every address that names one; its user is nobody of the roles."""
    world.person("first", {})
    own = world.insert("party", kind="legal", name="ООО «Ветер»", inn="7736050003", is_own=True, tax_mode="general")
    product = world.insert("product", sku="К-7", name="Котёл")
    document = world.insert("document", kind="invoice", number="СЧ-000001", year=2026, date="2026-03-02",
                            state="draft", branch_id=world.branch_id, party_id=own, organization_id=own, chain_id=1)
    assert own == product == document == 1
    return world


def test_matrix_and_routes_are_the_same_set() -> None:
    """A new route without a row fails here, and so does a row without a route."""
    routes = {named(route) for route in closed_routes()}
    assert routes - ALLOWED.keys() == set(), "add these to matrix.toml: who may call them?"
    assert ALLOWED.keys() - routes == set(), "these are gone, take them out of matrix.toml"
    assert set().union(*ALLOWED.values()) <= ROLES.keys()


def test_matrix_says_nothing_that_a_declared_permission_denies() -> None:
    wrong = {}
    for route in closed_routes():
        holders = {role for role in ROLES if route.permission in grants(role)}
        expected = {Guard.LOGGED_IN: set(ROLES), Guard.BY_KIND: ALLOWED.get(named(route), set())}.get(
            Guard(route.permission) if route.permission in set(Guard) else Guard.PUBLIC, holders)
        if beyond := ALLOWED.get(named(route), set()) - expected:
            wrong[named(route)] = (route.permission, sorted(beyond))
    assert wrong == {}


@pytest.mark.parametrize("role", ROLES)
def test_refused_is_refused_and_changes_nothing(role: str, office: World) -> None:
    person = office.person(role, grants(role))
    refused = [route for route in closed_routes() if role not in ALLOWED.get(named(route), set(ROLES))]
    before = contents(office)
    wrong = {named(route): status for route in refused if (status := fire(office, person, route)) not in NO}
    assert wrong == {}
    if _changed(office, before):
        pytest.fail(f"a refusal wrote something: {list(_culprits(office, person, refused))}")


def _changed(office: World, before: dict[str, Any]) -> list[str]:
    """Refusals are in the journal, nothing else is anywhere."""
    return [name for name in differing(before, contents(office)) if not name.startswith("audit_log:")]


def _culprits(office: World, person: Person, refused: list[Route]) -> Iterator[tuple[str, list[str]]]:
    for route in refused:
        before = contents(office)
        fire(office, person, route)
        if changed := _changed(office, before):
            yield named(route), changed


@pytest.mark.parametrize("role", ROLES)
def test_allowed_is_allowed(role: str, office: World) -> None:
    """A request may fail for what it asks, but not for who asks."""
    person, wrong = office.person(role, grants(role)), {}
    for route in (route for route in closed_routes() if role in ALLOWED.get(named(route), ())):
        status = fire(office, person, route)
        if status in (401, 403) or status >= 500:
            wrong[named(route)] = status
        if named(route) in ENDS_SESSIONS:
            person.token = office.log_in(role)
    assert wrong == {}


def fire(office: World, person: Person, route: Route) -> int:
    headers = {"Authorization": f"Bearer {person.token}", "Idempotency-Key": f"{person.user_id} {named(route)}"}
    return Shot(route).fire(office, route, headers).status_code
