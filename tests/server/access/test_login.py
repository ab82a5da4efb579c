from crm_contract.permissions import Permission, Scope
from tests.server.conftest import PASSWORD, Person, World


def test_login_gives_a_token_and_the_permissions(world: World) -> None:
    world.person("anna", {Permission.PARTY_VIEW: Scope.BRANCH}, name="Орлова Е.")
    answer = world.http.post("/api/login", json={"login": "ANNA", "password": PASSWORD}).json()
    assert answer["me"]["employee"]["title"] == "Орлова Е."
    assert answer["me"]["permissions"] == {"party.view": 3}
    assert len(answer["token"]) >= 43


def test_wrong_password_and_unknown_user_answer_the_same_and_are_journaled(world: World) -> None:
    world.person("anna")
    known = world.http.post("/api/login", json={"login": "anna", "password": "не тот"})
    unknown = world.http.post("/api/login", json={"login": "nobody", "password": "не тот"})
    assert known.status_code == unknown.status_code == 401
    assert {k: v for k, v in known.json().items() if k != "request_id"} == {
        k: v for k, v in unknown.json().items() if k != "request_id"}
    assert [r["title"] for r in world.sql("SELECT title FROM audit_log WHERE action = 'login_failed' ORDER BY id")] == [
        "anna", "nobody"]


def test_five_failures_delay_the_account_even_for_the_right_password(world: World) -> None:
    world.person("anna")
    for _ in range(5):
        world.http.post("/api/login", json={"login": "anna", "password": "x"})
    answer = world.http.post("/api/login", json={"login": "anna", "password": PASSWORD})
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) >= 1


def test_logout_ends_the_session(world: World, boss: Person) -> None:
    import time

    from crm_server.access.sessions import ACTOR_CACHE_S

    boss.post("/api/logout")
    time.sleep(ACTOR_CACHE_S + 0.1)
    boss.get("/api/me", status=401)


def test_disabled_user_is_refused_within_a_second(world: World, boss: Person) -> None:
    import time

    anna = world.person("anna")
    user = next(u for u in boss.get("/api/users") if u["login"] == "anna")
    boss.put(f"/api/users/{user['id']}", {
        "version": user["version"], "login": "anna", "roles": [r["id"] for r in user["roles"]], "active": False,
        "employee": {"name": user["name"], "branch_id": user["branch"]["id"]}})
    time.sleep(0.6)
    anna.get("/api/me", status=401)


def test_password_is_kept_as_argon2id(world: World, boss: Person) -> None:
    stored = world.sql("SELECT password_hash FROM app_user")[0]["password_hash"]
    assert stored.startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_command_is_run_once_per_key(world: World, boss: Person) -> None:
    body = {"title": "Тверь", "code": "Т"}
    first = boss.post("/api/branches", body, key="k1")
    assert boss.post("/api/branches", body, key="k1") == first
    assert len(world.sql("SELECT 1 FROM branch WHERE title = 'Тверь'")) == 1
    boss.post("/api/branches", {"title": "Псков"}, key="k1", status=422)


def test_command_without_a_key_is_refused(world: World, boss: Person) -> None:
    answer = world.http.post("/api/branches", json={"title": "Тверь"},
                             headers={"Authorization": f"Bearer {boss.token}"})
    assert answer.status_code == 400
    assert answer.json()["code"] == "idempotency_key_required"


def test_refused_access_is_in_the_journal(world: World) -> None:
    clerk = world.person("clerk", {Permission.STOCK_VIEW: Scope.ALL})
    clerk.get("/api/users", status=403)
    row = world.sql("SELECT person, title, reason FROM audit_log WHERE action = 'refused'")[0]
    assert row == {"person": "Сотрудник clerk", "title": "GET /api/users", "reason": "users.view"}
