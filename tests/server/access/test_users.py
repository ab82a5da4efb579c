"""Users, roles and the last administrator."""

import time
from typing import Any

from crm_contract.permissions import Permission, Scope
from crm_server.access.administrators import beyond
from crm_server.access.sessions import ACTOR_CACHE_S
from tests.server.conftest import PASSWORD, Person, World

ADMINISTRATOR = {Permission.USERS_VIEW: Scope.ALL, Permission.USERS_EDIT: Scope.ALL}


def person_body(world: World, login: str = "new", **more: Any) -> dict[str, Any]:
    return {"login": login, "employee": {"name": "Новый Н. Н.", "branch_id": world.branch_id}, "roles": [],
            "active": True, **more}


def role(world: World, title: str, **grants: int) -> int:
    made = world.insert("role", title=title)
    world.sql("INSERT INTO role_grant SELECT %s, * FROM unnest(%s::text[], %s::int2[])",
              (made, [code.replace("__", ".") for code in grants], list(grants.values())))
    return made


def roles_of(world: World, user_id: int) -> list[int]:
    return [r["role_id"] for r in world.sql("SELECT role_id FROM user_role WHERE user_id = %s", (user_id,))]


def test_a_new_user_logs_in_and_has_to_choose_a_password(world: World, boss: Person) -> None:
    clerk = role(world, "Клерк", party__view=4)
    made = boss.post("/api/users", person_body(world, roles=[clerk], password="не простой пароль"))["id"]
    me = world.http.post("/api/login", json={"login": "NEW", "password": "не простой пароль"}).json()["me"]
    assert (me["must_change_password"], me["permissions"]) == (True, {"party.view": 4})
    read = boss.get(f"/api/users/{made}")
    assert (read["login"], read["roles"][0]["title"], read["active"]) == ("new", "Клерк", True)
    boss.post("/api/users", person_body(world, "New", password="не простой пароль"), status=422)
    boss.post("/api/users", person_body(world, "other", password="12345678"), status=422)
    listed = boss.post("/api/lists/users", {"search": "новый"})["rows"]
    assert [(r["login"], r["roles"]) for r in listed] == [("new", "Клерк")]


def test_an_employee_gets_one_login(world: World, boss: Person) -> None:
    employee = world.insert("employee", name="Монтажник", branch_id=world.branch_id)
    body = person_body(world, password="не простой пароль", employee_id=employee)
    made = boss.post("/api/users", body)["id"]
    assert boss.get(f"/api/users/{made}")["employee_id"] == employee
    boss.post("/api/users", body | {"login": "second"}, status=422)
    world.sql("UPDATE employee SET active = false WHERE id = %s", (employee,))
    boss.put(f"/api/users/{made}", person_body(world, version=1), status=409)


def test_disabling_and_a_new_password_end_the_sessions(world: World, boss: Person) -> None:
    clerk = world.person("clerk", {Permission.PARTY_VIEW: Scope.ALL})
    path = f"/api/users/{clerk.user_id}"
    assert len(boss.get(f"{path}/sessions")) == 1
    version = boss.post(f"{path}/password", {"password": "совсем другой", "version": 1})["version"]
    clerk.get("/api/me", status=401)
    clerk.token = world.log_in("clerk", "совсем другой")
    assert clerk.get("/api/me")["must_change_password"]
    body = person_body(world, "clerk", active=False, version=version)
    boss.put(path, body | {"version": 1}, status=409)
    boss.put(path, body)
    clerk.get("/api/me", status=401)
    assert boss.get(f"{path}/sessions") == []


def test_one_session_is_ended_the_other_stays(world: World, boss: Person) -> None:
    clerk = world.person("clerk", {Permission.PARTY_VIEW: Scope.ALL})
    second = world.log_in("clerk")
    newest, _ = boss.get(f"/api/users/{clerk.user_id}/sessions")
    boss.post(f"/api/users/{clerk.user_id}/sessions/{newest['id']}/end")
    boss.post(f"/api/users/{clerk.user_id}/sessions/{newest['id']}/end", status=404)
    clerk.get("/api/me")
    clerk.token = second
    clerk.get("/api/me", status=401)
    boss.post(f"/api/users/{clerk.user_id}/sessions/end")
    assert boss.get(f"/api/users/{clerk.user_id}/sessions") == []


def test_the_last_administrator_stays(world: World, boss: Person) -> None:
    own = roles_of(world, boss.user_id)
    body = {"login": "boss", "employee": {"name": "Главный Г. Г.", "branch_id": world.branch_id}, "version": 1}
    path = f"/api/users/{boss.user_id}"
    assert "администратора" in boss.put(path, body | {"roles": own, "active": False}, status=409)["message"]
    boss.put(path, body | {"roles": [], "active": True}, status=409)
    boss.put(f"/api/roles/{own[0]}", {"title": "Роль boss", "grants": {"users.edit": 3}, "version": 1}, status=409)
    deputy = world.person("deputy", ADMINISTRATOR)
    boss.put(path, body | {"roles": [], "active": True})
    time.sleep(ACTOR_CACHE_S + 0.1)
    boss.get("/api/users", status=403)
    assert deputy.get("/api/users")


def test_a_narrow_right_gives_no_more_than_it_has(world: World, boss: Person) -> None:
    chief = world.person("chief", {Permission.USERS_VIEW: Scope.BRANCH, Permission.USERS_EDIT: Scope.BRANCH,
                                   Permission.PARTY_VIEW: Scope.BRANCH})
    wide, fits = role(world, "Все клиенты", party__view=4), role(world, "Клиенты филиала", party__view=3)
    boss_path = f"/api/users/{boss.user_id}"
    chief.post("/api/users", person_body(world, roles=[wide], password="не простой пароль"), status=403)
    made = chief.post("/api/users", person_body(world, roles=[fits], password="не простой пароль"))["id"]
    chief.put(f"/api/users/{made}", person_body(world, roles=[wide], version=1), status=403)
    chief.post(f"{boss_path}/password", {"password": "совсем другой", "version": 1}, status=403)
    chief.post(f"{boss_path}/sessions/end", status=403)
    chief.post("/api/roles", {"title": "Своя", "grants": {}}, status=403)
    far = world.person("far", {}, branch_id=world.branch("Тверь"))
    chief.get(f"/api/users/{far.user_id}", status=404)
    chief.post(f"/api/users/{far.user_id}/password", {"password": "совсем другой", "version": 1}, status=404)
    assert boss.get(boss_path)["version"] == 1
    assert beyond({"a": 4, "b": 2}, {"a": 4, "b": 3, "c": 1}) == ["b", "c"]


def test_roles_are_made_changed_and_deleted(world: World, boss: Person) -> None:
    grants = {"invoice.view": 2, "settings.edit": 1}
    made = boss.post("/api/roles", {"title": "Кладовщик", "grants": grants})["id"]
    assert boss.get(f"/api/roles/{made}")["grants"] == {"invoice.view": 2, "settings.edit": 4}  # company-wide
    boss.put(f"/api/roles/{made}", {"title": "Кладовщик", "grants": {"no.such": 1}, "version": 1}, status=422)
    boss.put(f"/api/roles/{made}", {"title": "Кладовщик", "grants": {"invoice.view": 7}, "version": 1}, status=422)
    boss.put(f"/api/roles/{made}", {"title": "Старший", "grants": {"invoice.view": 3}, "version": 1})
    boss.put(f"/api/roles/{made}", {"title": "Старший", "grants": {}, "version": 1}, status=409)
    row = world.sql("SELECT before, after FROM audit_log WHERE entity = 'role' AND action = 'update'")[0]
    assert (row["before"]["invoice.view"], row["after"]["invoice.view"]) == (2, 3)
    boss.call("DELETE", f"/api/roles/{roles_of(world, boss.user_id)[0]}", status=409)
    boss.call("DELETE", f"/api/roles/{made}")
    boss.get(f"/api/roles/{made}", status=404)
    assert world.log_in("boss", PASSWORD)
