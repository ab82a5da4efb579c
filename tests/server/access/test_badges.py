"""The log-in of the stock terminal: a badge that an administrator gave, and its owner's PIN."""

from typing import Any

import pytest

from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World

PIN = "4071"


def card(boss: Person, user_id: int) -> dict[str, Any]:
    return boss.get(f"/api/users/{user_id}")


def give(boss: Person, user_id: int, pin: str = PIN) -> str:
    """A badge and a PIN for a user; answers what the badge says."""
    boss.post(f"/api/users/{user_id}/badge", {"version": card(boss, user_id)["version"]})
    boss.post(f"/api/users/{user_id}/pin", {"version": card(boss, user_id)["version"], "pin": pin})
    return card(boss, user_id)["badge"]


def log_in(world: World, badge: str, pin: str = PIN) -> Any:
    return world.http.post("/api/login/badge", json={"badge": badge, "pin": pin, "client": "терминал"})


@pytest.fixture
def keeper(world: World) -> Person:
    return world.person("petrov", {Permission.STOCK_VIEW: Scope.BRANCH}, name="Петров К.")


def test_a_badge_and_its_pin_open_a_session(world: World, boss: Person, keeper: Person) -> None:
    before = card(boss, keeper.user_id)
    assert (before["badge"], before["has_pin"]) == ("", False)
    badge = give(boss, keeper.user_id)
    answer = log_in(world, badge)
    assert answer.status_code == 200, answer.text
    assert answer.json()["me"]["employee"]["title"] == "Петров К."
    journal = world.sql("SELECT action, reason FROM audit_log WHERE entity = 'user' AND entity_id = %s ORDER BY id",
                        (keeper.user_id,))
    assert [(row["action"], row["reason"]) for row in journal][-3:] == [
        ("update", "Выдан новый бейдж"), ("update", "ПИН-код сменил администратор"), ("login", "По бейджу")]
    stored = world.sql("SELECT pin_hash FROM app_user WHERE id = %s", (keeper.user_id,))[0]["pin_hash"]
    assert stored.startswith("$argon2id$")


def test_whatever_is_wrong_is_refused_in_the_same_words(world: World, boss: Person, keeper: Person) -> None:
    badge = give(boss, keeper.user_id)
    refusals = [log_in(world, badge, "9999"), log_in(world, "OKEAAAAAAAAAAAA"), log_in(world, "OKP7"),
                log_in(world, "4600000000008")]
    assert {r.status_code for r in refusals} == {401}
    assert len({(r.json()["message"], r.json()["action"]) for r in refusals}) == 1


def test_a_lost_badge_opens_nothing_after_a_new_one(world: World, boss: Person, keeper: Person) -> None:
    old = give(boss, keeper.user_id)
    new = give(boss, keeper.user_id)
    assert old != new
    assert log_in(world, old).status_code == 401
    assert log_in(world, new).status_code == 200


def test_an_empty_pin_closes_the_log_in(world: World, boss: Person, keeper: Person) -> None:
    badge = give(boss, keeper.user_id)
    token = log_in(world, badge).json()["token"]
    boss.post(f"/api/users/{keeper.user_id}/pin", {"version": card(boss, keeper.user_id)["version"], "pin": ""})
    assert log_in(world, badge).status_code == 401
    assert world.http.get("/api/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401, "still inside"
    assert log_in(world, badge, "").status_code == 422


def test_guesses_of_a_pin_are_throttled(world: World, boss: Person, keeper: Person) -> None:
    badge = give(boss, keeper.user_id)
    for guess in range(5):
        log_in(world, badge, f"999{guess}")
    assert log_in(world, badge).status_code == 429
    assert world.http.post("/api/login", json={"login": "petrov", "password": "x"}).status_code == 429


@pytest.mark.parametrize("pin", ["1111", "1234", "8765"])
def test_a_pin_that_anybody_tries_is_refused(boss: Person, keeper: Person, pin: str) -> None:
    refused = boss.call("POST", f"/api/users/{keeper.user_id}/pin",
                        {"version": card(boss, keeper.user_id)["version"], "pin": pin}, status=422)
    assert "pin" in refused["field_errors"]
