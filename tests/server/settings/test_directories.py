"""The directories a company edits: one engine, the rules of each table."""

import uuid
from typing import Any

import pytest

from crm_contract.directories import DIRECTORIES
from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World

SAMPLES: dict[str, dict[str, Any]] = {
    "branches": {"title": "Тверь", "code": "Т", "organization_id": None},
    "departments": {"title": "Сервис", "branch_id": 1},
    "employees": {"name": "Новый Н. Н.", "branch_id": 1, "department_id": None, "active": True},
    "price-kinds": {"title": "Оптовая", "vat_included": False, "main": True},
    "product-groups": {"title": "Насосы", "parent_id": None},
    "contact-roles": {"code": "cook", "title": "повар", "tone": "ok", "position": 3},
    "places": {"kind": "warehouse", "name": "Второй", "branch_id": 1, "archived": False},
}


@pytest.mark.parametrize("code", [directory.list.code for directory in DIRECTORIES])
def test_a_row_lives_and_dies_with_versions_and_a_journal(world: World, boss: Person, code: str) -> None:
    path, typed = f"/api/{code}", SAMPLES[code]
    key = uuid.uuid4().hex
    row = boss.post(path, typed, key=key)["id"]
    assert boss.post(path, typed, key=key)["id"] == row
    card = boss.get(f"{path}/{row}")
    assert card["version"] == 1
    assert card in boss.get(path)
    name = "name" if "name" in typed else "title"
    renamed = typed | {name: "Переименован", "version": 1}
    assert boss.put(f"{path}/{row}", renamed) == {"id": row, "version": 2}
    error = boss.put(f"{path}/{row}", renamed, status=409)
    assert (error["code"], error["details"]["current"][name]) == ("stale_version", "Переименован")
    listed = boss.post(f"/api/lists/{code}", {"search": "переименован"})
    assert [found["id"] for found in listed["rows"]] == [row]
    boss.get(f"{path}/999", status=404)
    if code != "price-kinds":  # the only one is the main one
        boss.call("DELETE", f"{path}/{row}")
        boss.get(f"{path}/{row}", status=404)
    entity = next(d.code for d in DIRECTORIES if d.list.code == code)
    actions = world.sql("SELECT action FROM audit_log WHERE entity = %s AND entity_id = %s ORDER BY id", (entity, row))
    expected = ["create", "update"] if code == "price-kinds" else ["create", "update", "delete"]
    assert [action["action"] for action in actions] == expected


@pytest.mark.parametrize("directory", DIRECTORIES, ids=lambda directory: directory.code)
def test_the_right_to_look_is_not_the_right_to_change(world: World, directory: Any) -> None:
    viewer = world.person("viewer", {directory.view: Scope.ALL})
    path, typed = directory.path, SAMPLES[directory.list.code]
    viewer.post(f"/api/lists/{directory.list.code}", {})
    viewer.post(path, typed, status=403)
    viewer.put(f"{path}/1", typed | {"version": 1}, status=403)
    viewer.call("DELETE", f"{path}/1", status=403)


def test_a_row_in_use_is_not_deleted_and_says_why(world: World, boss: Person) -> None:
    answer = boss.call("DELETE", f"/api/branches/{world.branch_id}", status=409)
    assert "Москва" in answer["message"]
    assert any(word in answer["message"] for word in ("отделы", "сотрудники"))


def test_a_branch_sells_for_an_own_organization_only(world: World, boss: Person) -> None:
    stranger = world.insert("party", kind="legal", name="Чужой")
    own = world.insert("party", kind="legal", name="ООО «Окно»", is_own=True, tax_mode="general")
    boss.post("/api/branches", {"title": "Тверь", "organization_id": stranger}, status=422)
    made = boss.post("/api/branches", {"title": "Тверь", "organization_id": own})["id"]
    assert boss.get(f"/api/branches/{made}")["organization"] == {"id": own, "title": "ООО «Окно»"}


def test_a_right_of_a_branch_reaches_its_employees_only(world: World) -> None:
    other = world.branch("Тверь")
    chief = world.person("chief", {Permission.USERS_VIEW: Scope.BRANCH, Permission.USERS_EDIT: Scope.BRANCH})
    stranger = world.insert("employee", name="Чужой", branch_id=other)
    typed = {"name": "Свой", "branch_id": world.branch_id, "active": True}
    chief.post("/api/employees", typed | {"branch_id": other}, status=422)
    made = chief.post("/api/employees", typed)["id"]
    chief.get(f"/api/employees/{stranger}", status=404)
    chief.put(f"/api/employees/{stranger}", typed | {"version": 1}, status=404)
    chief.put(f"/api/employees/{made}", typed | {"branch_id": other, "version": 1}, status=422)
    assert {row["name"] for row in chief.post("/api/lists/employees", {})["rows"]} == {"Свой", "Сотрудник chief"}


def test_who_left_cannot_log_in(world: World, boss: Person) -> None:
    clerk = world.person("clerk", {Permission.PARTY_VIEW: Scope.ALL}, name="Клерк")
    typed = {"name": "Клерк", "branch_id": world.branch_id, "active": False, "version": 1}
    boss.put(f"/api/employees/{clerk.employee_id}", typed)
    assert world.http.post("/api/login", json={"login": "clerk", "password": "верный пароль 7"}).status_code == 401
    clerk.get("/api/me", status=401)
    user = boss.get(f"/api/users/{clerk.user_id}")
    assert (user["active"], user["version"]) == (False, 2)
    boss.put(f"/api/employees/{boss.employee_id}", typed | {"name": "Главный"}, status=409)  # the last administrator


def test_places_lie_in_each_other_and_keep_what_is_in_them(world: World, boss: Person) -> None:
    house = boss.post("/api/places", {"kind": "warehouse", "name": "Склад", "branch_id": world.branch_id})["id"]
    zone = boss.post("/api/places", {"kind": "zone", "name": "А", "parent_id": house})["id"]
    boss.post("/api/places", {"kind": "zone", "name": "Б"}, status=422)
    boss.post("/api/places", {"kind": "zone", "name": "Б", "parent_id": zone}, status=422)
    boss.post("/api/places", {"kind": "warehouse", "name": "Б", "parent_id": house}, status=422)
    boss.post("/api/places", {"kind": "employee", "name": "Б"}, status=422)
    bin_id = boss.post("/api/places", {"kind": "bin", "name": "А-1", "code": "A1", "parent_id": zone})["id"]
    assert boss.get(f"/api/places/{bin_id}")["branch"]["id"] == world.branch_id
    closed = {"kind": "zone", "name": "А", "parent_id": house, "archived": True, "version": 1}
    assert "archived" in boss.put(f"/api/places/{zone}", closed, status=422)["field_errors"]
    product = world.insert("product", name="Кран")
    outside = world.sql("SELECT id FROM place WHERE kind = 'supplier'")[0]["id"]
    world.insert("stock_move", at="2026-01-01", product_id=product, from_place_id=outside, to_place_id=house,
                 to_bin_id=bin_id, quantity=1)
    full = {"kind": "bin", "name": "А-1", "code": "A1", "parent_id": zone, "archived": True, "version": 1}
    assert "остаток" in boss.put(f"/api/places/{bin_id}", full, status=409)["message"]
    assert "на запись ссылаются" in boss.call("DELETE", f"/api/places/{bin_id}", status=409)["message"]


def test_a_new_main_price_kind_takes_the_place_of_the_old(boss: Person) -> None:
    old = boss.post("/api/price-kinds", {"title": "Розничная"})["id"]
    new = boss.post("/api/price-kinds", {"title": "Оптовая", "main": True})["id"]
    assert [(row["id"], row["main"], row["version"]) for row in boss.get("/api/price-kinds")] == [
        (new, True, 1), (old, False, 2)]
    boss.call("DELETE", f"/api/price-kinds/{new}", status=409)
    boss.call("DELETE", f"/api/price-kinds/{old}")


def test_units_are_a_list_to_look_at(boss: Person) -> None:
    page = boss.post("/api/lists/units", {"search": "шт"})
    assert "796" in {row["code"] for row in page["rows"]}
