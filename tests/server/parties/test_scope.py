"""Two branches: what belongs to the other one shows nowhere."""

import pytest

from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.parties.samples import as_body, contact, create, inn, merge, party

CANARY = "КАНАРЕЙКА"


@pytest.fixture
def tver(world: World) -> int:
    return world.branch("Тверь")


@pytest.fixture
def clerk(world: World) -> Person:
    """Sees and edits the parties of their branch."""
    return world.person("clerk", {Permission.PARTY_VIEW: Scope.BRANCH, Permission.PARTY_EDIT: Scope.BRANCH,
                                  Permission.PARTY_MERGE: Scope.BRANCH, Permission.EXPORT_RUN: Scope.ALL})


def found_by(person: Person) -> set[int]:
    rows = person.post("/api/lists/parties", {"columns": ["name"]})["rows"]
    picked = person.get("/api/pick/party")
    assert {row["id"] for row in rows} == {hit["id"] for hit in picked}
    return {row["id"] for row in rows}


def test_other_branch_shows_nowhere(boss: Person, clerk: Person, tver: int) -> None:
    other = create(boss, f"ООО {CANARY}", branch_id=tver, phone="+7 916 000-11-22", email="canary@tver.example",
                   note=CANARY, contacts=[contact(f"{CANARY} И. И.")], sites=[{"name": CANARY}])
    boss.post(f"/api/parties/{other}/notes", {"text": CANARY})
    mine = create(boss, "ООО «Свой»", branch_id=clerk.branch_id)
    card = boss.get(f"/api/parties/{other}")
    assert found_by(clerk) == {mine}
    for path, params in (
        (f"/api/parties/{other}", None), (f"/api/parties/{other}/timeline", None),
    ):
        clerk.get(path, status=404, params=params)
    for path, params in (
        ("/api/pick/contact", {"party_id": other}), ("/api/pick/site", {"party_id": other}),
        ("/api/search", {"q": CANARY}), ("/api/pick/party", {"q": CANARY}), ("/api/pick/party", {"q": card["inn"]}),
    ):
        assert clerk.get(path, params=params) == []
    assert clerk.post("/api/lists/parties", {"search": CANARY})["total"] == 0
    assert CANARY not in str(clerk.post("/api/lists/parties/export", {}))
    clerk.call("PUT", f"/api/parties/{other}", as_body(card, name="Взлом"), status=404)
    clerk.post(f"/api/parties/{other}/archive", {"version": 1}, status=404)
    clerk.post(f"/api/parties/{other}/notes", {"text": "x"}, status=404)
    merge(clerk, other, mine, status=404)
    merge(clerk, mine, other, status=404)
    assert boss.get(f"/api/parties/{other}") == card


def test_duplicate_of_another_branch_is_told_of_without_its_name(boss: Person, clerk: Person, tver: int) -> None:
    known = party(f"ООО {CANARY}", branch_id=tver, phone="+7 916 000-11-22", email="canary@tver.example")
    boss.post("/api/parties", known)
    asked = {"inn": known["inn"], "kpp": known["kpp"], "name": CANARY, "phone": known["phone"], "email": known["email"]}
    found = clerk.post("/api/parties/duplicates", asked)
    assert [(d["name"], d["certain"]) for d in found] == [("Контрагент другого филиала", True)]
    assert clerk.post("/api/parties/duplicates", asked | {"inn": ""}) == []
    error = clerk.post("/api/parties", known | {"name": "ООО Мой", "branch_id": None}, status=409)
    assert CANARY not in str(error)


def test_party_without_branch_is_common(world: World, boss: Person, clerk: Person, tver: int) -> None:
    common = create(boss)
    guest = world.person("guest", {Permission.PARTY_VIEW: Scope.OWN}, branch_id=tver)
    assert found_by(clerk) == found_by(guest) == {common}


def test_own_and_department_scopes(world: World, boss: Person) -> None:
    sales = world.insert("department", title="Опт", branch_id=world.branch_id)
    grants = {Permission.PARTY_VIEW: Scope.DEPARTMENT, Permission.PARTY_EDIT: Scope.OWN}
    anna = world.person("anna", grants, department_id=sales)
    petr = world.person("petr", {Permission.PARTY_VIEW: Scope.OWN}, department_id=sales)
    stranger = world.person("stranger", {Permission.PARTY_VIEW: Scope.DEPARTMENT}, department_id=world.department_id)
    of_petr = create(boss, branch_id=world.branch_id, manager_id=petr.employee_id)
    of_anna = create(boss, branch_id=world.branch_id, manager_id=anna.employee_id)
    nobodys = create(boss, branch_id=world.branch_id)
    assert found_by(anna) == {of_petr, of_anna}
    assert found_by(petr) == {of_petr}
    assert found_by(stranger) == set()
    assert nobodys in found_by(boss)
    card = anna.get(f"/api/parties/{of_petr}")
    anna.call("PUT", f"/api/parties/{of_petr}", as_body(card), status=404)
    card = anna.get(f"/api/parties/{of_anna}")
    anna.put(f"/api/parties/{of_anna}", as_body(card, note="моя"))


def test_nobody_gives_a_party_away_to_where_they_could_not_edit_it(
    world: World, boss: Person, clerk: Person, tver: int,
) -> None:
    error = clerk.post("/api/parties", party(branch_id=tver), status=422)
    assert list(error["field_errors"]) == ["branch_id"]
    mine = create(clerk, branch_id=clerk.branch_id)
    card = clerk.get(f"/api/parties/{mine}")
    clerk.call("PUT", f"/api/parties/{mine}", as_body(card, branch_id=tver), status=422)
    assert clerk.get(f"/api/parties/{mine}") == card
    assert len(world.sql("SELECT id FROM party")) == 1


def test_same_inn_in_both_branches_is_refused_by_the_database_too(world: World, boss: Person) -> None:
    number = inn()
    first = boss.post("/api/parties", party(inn=number))["id"]
    boss.post(f"/api/parties/{first}/archive", {"version": 1})
    boss.post("/api/parties", party(inn=number))
    error = boss.post(f"/api/parties/{first}/unarchive", {"version": 2}, status=409)
    assert (error["code"], list(error["field_errors"])) == ("conflict", ["inn"])
