"""Goods that go to another branch: who sees the transfer, who accepts it, and what else of the sender's is told."""

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from crm_contract.permissions import Scope
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import act, line

VERBS = ("view", "edit", "send", "accept", "unaccept", "post", "unpost", "annul")


@dataclass
class Branches:
    """A keeper of each branch and the warehouse of the receiving one; `sent` is on its way there."""

    sender: Person
    receiver: Person
    there: int
    sent: int


def grants(scope: Scope, *more: str) -> Mapping[str, Scope]:
    return {f"transfer.{verb}": scope for verb in VERBS} | dict.fromkeys(("stock.view", *more), scope)


@pytest.fixture
def branches(world: World, boss: Person, shop: dict[str, int]) -> Branches:
    kazan = world.branch("Казань")
    there = world.insert("place", kind="warehouse", name="Склад Казань", inner=True, branch_id=kazan)
    sender = world.person("sender", grants(Scope.BRANCH), name="Кладовщик М.")
    receiver = world.person("receiver", grants(Scope.BRANCH), branch_id=kazan, name="Кладовщик К.")
    made = boss.post("/api/documents/receipt", {
        "date": "2026-11-02", "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], "10", "100")]})
    act(boss, made["id"], "post")
    sent = sender.post("/api/documents/transfer", {
        "date": "2026-11-03", "place_id": shop["place"], "place_to_id": there,
        "lines": [{"product_id": shop["sensor"], "quantity": "4"}]})["id"]
    return Branches(sender, receiver, there, sent)


def actions(person: Person, document: int) -> set[str]:
    return {action["code"] for action in person.get(f"/api/documents/{document}")["actions"] if not action["why_not"]}


def run(person: Person, document: int, code: str, status: int = 200) -> None:
    version = person.get(f"/api/documents/{document}")["version"]
    person.post(f"/api/documents/{document}/actions/{code}", {"version": version, "reason": "проверка"}, status=status)


def on_hand(person: Person, place: int, column: str = "on_hand") -> list[str]:
    rows = person.post("/api/lists/balances", {})["rows"]
    return [row[column] for row in rows if row["place"]["id"] == place]


def test_the_receiver_sees_it_from_its_sending_on_and_accepts_it_alone(
        world: World, branches: Branches, shop: dict[str, int], database_url: str) -> None:
    sender, receiver, sent = branches.sender, branches.receiver, branches.sent
    assert [hit["title"] for hit in sender.get("/api/pick/receiving_warehouse")] == ["Основной", "Склад Казань"]
    receiver.get(f"/api/documents/{sent}", status=404)
    assert receiver.post("/api/lists/transfer", {})["rows"] == []
    assert "post" not in actions(sender, sent), "nobody puts goods into another branch without its acceptance"
    run(sender, sent, "send")
    read = receiver.get(f"/api/documents/{sent}")
    assert ([line["free"] for line in read["lines"]], read["editable"]) == ([None], False)
    assert actions(receiver, sent) == {"accept"}
    assert actions(sender, sent) == {"unpost"}
    for code in ("transfer", "documents"):
        assert [row["id"] for row in receiver.post(f"/api/lists/{code}", {})["rows"]] == [sent]
    way = world.sql("SELECT id FROM place WHERE kind = 'transit'")[0]["id"]
    assert on_hand(receiver, way, "on_way") == ["4.000"]
    assert on_hand(receiver, shop["place"]) == []
    run(sender, sent, "accept", 403)
    run(receiver, sent, "unpost", 403)
    run(receiver, sent, "accept")
    assert on_hand(receiver, branches.there) == ["4.000"]
    assert actions(sender, sent) == set(), "what was taken over is the receiver's"
    run(sender, sent, "unpost", 409)
    run(receiver, sent, "unaccept")
    run(sender, sent, "unpost")
    assert on_hand(sender, shop["place"]) == ["10.000"]
    receiver.get(f"/api/documents/{sent}", status=404)
    assert differences(database_url) == []


def test_only_who_keeps_the_whole_branch_takes_over_what_comes(world: World, branches: Branches) -> None:
    kazan = world.sql("SELECT id FROM branch WHERE title = 'Казань'")[0]["id"]
    loader = world.person("loader", grants(Scope.OWN), branch_id=kazan)
    director = world.person("director", grants(Scope.ALL))
    run(branches.sender, branches.sent, "send")
    loader.get(f"/api/documents/{branches.sent}", status=404)
    assert "accept" in actions(director, branches.sent)


def test_a_warehouse_given_to_another_branch_takes_its_goods_along(world: World, boss: Person,
                                                                   branches: Branches) -> None:
    run(branches.sender, branches.sent, "send")
    tver = world.branch("Тверь")
    keeper = world.person("tver", grants(Scope.BRANCH), branch_id=tver)
    row = world.sql("SELECT version FROM place WHERE id = %s", (branches.there,))[0]
    boss.put(f"/api/places/{branches.there}", {
        "kind": "warehouse", "name": "Склад Тверь", "branch_id": tver, "version": row["version"]})
    branches.receiver.get(f"/api/documents/{branches.sent}", status=404)
    run(keeper, branches.sent, "accept")
    assert on_hand(keeper, branches.there) == ["4.000"]


def test_goods_moved_at_once_within_a_branch_have_no_acceptance_to_cancel(
        world: World, branches: Branches, shop: dict[str, int]) -> None:
    second = world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)
    made = branches.sender.post("/api/documents/transfer", {
        "date": "2026-11-03", "place_id": shop["place"], "place_to_id": second,
        "lines": [{"product_id": shop["sensor"], "quantity": "1"}]})["id"]
    run(branches.sender, made, "post")
    run(branches.sender, made, "unaccept", 409)
    run(branches.sender, made, "unpost")
