"""Bars 47 and 49: schemathesis asks every declared route with an administrator's token.

No answer is a 5xx, every answer is what the description promises, what does not fit the description is refused, and so
is a property that nobody declared.
"""

from collections.abc import Callable
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
)

from crm_server.api_description import describe
from crm_server.app import all_routes
from crm_server.kit.edge import Guard
from tests.proof import many
from tests.server.conftest import Person, World
from tests.server.shots import Shot


def description() -> dict[str, Any]:
    """The API without its token, which every request here carries; test_matrix.py tries it without."""
    api = describe()
    for methods in api["paths"].values():
        for operation in methods.values():
            operation.pop("security", None)
    return api


SCHEMA = schemathesis.openapi.from_dict(description())
#: The long poll waits; a log-in is throttled; a log-out ends the session that asks.
LEFT_OUT = {"GET /api/changes", "POST /api/login", "POST /api/login/badge", "POST /api/logout"}
OPERATIONS = {operation.label: operation for result in SCHEMA.get_all_operations()
              if isinstance(result, Ok) and (operation := result.ok()).label not in LEFT_OUT}
GOOD = [not_a_server_error, response_schema_conformance, content_type_conformance]


@pytest.fixture
def admin(world: World) -> Person:
    """Rows with the id 1 are there to be changed; the administrator is somebody else."""
    world.person("first", {})
    own = world.insert("party", kind="legal", name="ООО «Окно»", inn="7707083893", is_own=True, tax_mode="general")
    world.insert("product", sku="К-7", name="Котёл")
    world.insert("document", kind="invoice", number="СЧ-000001", year=2026, date="2026-03-02", state="draft",
                 branch_id=world.branch_id, party_id=own, organization_id=own, chain_id=1)
    return world.person("admin")


def ask(world: World, person: Person, case: Case, checks: list[Callable[..., Any]]) -> None:
    wanted: dict[str, Any] = case.as_transport_kwargs(base_url="http://testserver")
    wanted["headers"] = dict(wanted.get("headers") or {}) | {"Authorization": f"Bearer {person.token}"}
    try:
        request = requests.Request(**wanted).prepare()  # schemathesis speaks the language of this library
    except (requests.exceptions.InvalidHeader, UnicodeError):
        return  # cannot be put on the wire
    body: Any = request.body
    answer = world.http.request(case.method, str(request.url), content=body,
                                headers={name: str(value) for name, value in request.headers.items()})
    if answer.status_code == 401:  # the administrator took the own rights away
        person.token = world.person().token
        return
    case.validate_response(answer, checks=checks)


def played(world: World, person: Person, label: str, mode: GenerationMode, checks: list[Callable[..., Any]],
           examples: int) -> None:
    @settings(max_examples=examples, deadline=None, database=None, phases=[Phase.generate],
              suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large])
    @given(case=OPERATIONS[label].as_strategy(generation_mode=mode))
    def play(case: Case) -> None:
        ask(world, person, case, checks)

    play()


def test_nothing_breaks_and_answers_are_what_they_promise(world: World, admin: Person) -> None:
    wrong = {}
    for label in OPERATIONS:
        try:
            played(world, admin, label, GenerationMode.POSITIVE, GOOD, many(2, 60))
        except (AssertionError, BaseExceptionGroup) as error:
            wrong[label] = _words(error)
    assert wrong == {}


def test_what_does_not_fit_is_refused(world: World, admin: Person) -> None:
    wrong = {}
    for label, operation in OPERATIONS.items():
        if not (operation.body or operation.path_parameters or operation.query):
            continue
        try:
            played(world, admin, label, GenerationMode.NEGATIVE, [*GOOD[:1], negative_data_rejection], many(1, 40))
        except (AssertionError, BaseExceptionGroup) as error:
            wrong[label] = _words(error)
    assert wrong == {}


def _words(error: BaseException) -> str:
    inner = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else error
    return " ".join(str(inner).split())[:700]


@pytest.mark.parametrize("where", ["body", "query"])
def test_undeclared_property_is_refused(where: str, world: World, admin: Person) -> None:
    wrong = {}
    for route in all_routes():
        shot = Shot(route)
        if route.permission == Guard.PUBLIC or (where == "body") != isinstance(shot.body, dict):
            continue
        if where == "body":
            shot.body |= {"is_admin": True}
        else:
            shot.params |= {"is_admin": "1"}
        answer = shot.fire(world, route, {"Authorization": f"Bearer {admin.token}", "Idempotency-Key": route.path})
        if answer.status_code != 422 or "is_admin" not in answer.json()["field_errors"]:
            wrong[f"{route.method} {route.path}"] = answer.text[:200]
    assert wrong == {}
