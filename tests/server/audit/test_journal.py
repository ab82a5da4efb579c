"""The journal over HTTP: its list, the history of one record, who sees which rows."""

import pytest

from crm_contract.permissions import Permission, Scope
from tests.server.audit.history import seal_all
from tests.server.conftest import World

QUERY = {"columns": ["at", "person", "action", "entity", "title"]}


@pytest.fixture
def journal(world: World) -> None:
    """One row of Moscow, one of Kazan, one of nobody's branch."""
    kazan = world.branch("Казань")
    for title, branch in (("Ветер", world.branch_id), ("Волга", kazan), ("Сервер", None)):
        world.insert("audit_log", action="update", entity="party", entity_id=7, title=title, branch_id=branch,
                     person="Иванов И. И.", before=None, after=None)


def titles(world: World, scope: Scope, *, department_id: int | None = None) -> list[str]:
    """What a reader with this scope sees of the party 7, in the list and in its history alike."""
    reader = world.person(grants={Permission.AUDIT_VIEW: scope}, department_id=department_id)
    history = [row["title"] for row in reader.get("/api/audit/party/7")]
    condition = {"column": "entity", "op": "eq", "value": "party"}
    listed = [row["title"] for row in reader.post("/api/lists/audit", QUERY | {"conditions": [condition]})["rows"]]
    assert history == listed
    return history


@pytest.mark.usefixtures("journal")
def test_scope_of_the_journal(world: World) -> None:
    assert titles(world, Scope.ALL) == ["Сервер", "Волга", "Ветер"]
    assert titles(world, Scope.BRANCH) == ["Ветер"]
    assert titles(world, Scope.OWN) == []
    assert titles(world, Scope.DEPARTMENT, department_id=world.department_id) == []
    assert titles(world, Scope.DEPARTMENT) == []


def test_department_and_own_rows(world: World) -> None:
    colleague = world.person(grants={Permission.PARTY_EDIT: Scope.ALL}, department_id=world.department_id)
    world.insert("audit_log", action="update", entity="party", entity_id=7, title="Коллега",
                 branch_id=world.branch_id, user_id=colleague.user_id)
    assert titles(world, Scope.DEPARTMENT, department_id=world.department_id) == ["Коллега"]
    assert titles(world, Scope.OWN, department_id=world.department_id) == []
    reader = world.person(grants={Permission.AUDIT_VIEW: Scope.OWN})
    assert [row["action"] for row in reader.post("/api/lists/audit", QUERY)["rows"]] == ["login"]


@pytest.mark.usefixtures("journal")
def test_search_by_person_and_title_in_any_layout(world: World) -> None:
    reader = world.person(grants={Permission.AUDIT_VIEW: Scope.ALL})
    for words, expected in (("волга", ["Волга"]), ("djkuf", ["Волга"]), ("иванов ветер", ["Ветер"]), ("петров", [])):
        found = reader.post("/api/lists/audit", QUERY | {"search": words})["rows"]
        assert [row["title"] for row in found] == expected, words


def test_history_tells_what_changed_and_whether_it_is_sealed(world: World, database_url: str) -> None:
    writer = world.person(grants={Permission.PARTY_EDIT: Scope.ALL, Permission.PARTY_VIEW: Scope.ALL,
                                  Permission.AUDIT_VIEW: Scope.ALL}, name="Иванов И. И.")
    world.sql("INSERT INTO audit_log (action, entity, entity_id, title, person, before, after)"
              " VALUES ('update', 'party', 9, 'Ветер', 'Иванов И. И.', '{\"phone\": \"1\"}', '{\"phone\": \"2\"}')")
    row = writer.get("/api/audit/party/9")[0]
    assert (row["person"], row["before"], row["after"]) == ("Иванов И. И.", {"phone": "1"}, {"phone": "2"})
    assert row["sealed"] is False
    assert seal_all(database_url) > 0
    assert writer.get("/api/audit/party/9")[0]["sealed"] is True


def test_one_row_shows_its_seal_and_what_else_happened(world: World, journal: None, database_url: str) -> None:
    reader = world.person(grants={Permission.AUDIT_VIEW: Scope.ALL})
    first, _, last = (row["id"] for row in world.sql("SELECT id FROM audit_log WHERE entity = 'party' ORDER BY id"))
    assert reader.get(f"/api/audit/{last}")["seal"] is None
    seal_all(database_url)
    entry = reader.get(f"/api/audit/{last}")
    assert entry["sealed"]
    assert entry["seal"]["holds"]
    assert len(entry["seal"]["chain"]) == len(entry["seal"]["previous"]) == 64
    assert [row["id"] for row in entry["beside"]] == [last - 1, first]
    narrow = world.person(grants={Permission.AUDIT_VIEW: Scope.BRANCH})
    narrow.get(f"/api/audit/{last}", status=404)
    assert narrow.get(f"/api/audit/{first}")["beside"] == []
