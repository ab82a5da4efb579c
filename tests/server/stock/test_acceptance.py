"""A transfer is accepted line by line: what did not come stays on its way until it is found, returned or lost."""

from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Scope
from crm_server.stock.transit import COMING
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.stock.test_branch_transfers import VERBS, on_hand, run
from tests.server.trading import act, follow, line

PAPER = {f"transfer_acceptance.{verb}": Scope.BRANCH for verb in ("view", "edit", "post", "unpost", "annul")}
RIGHTS = {**{f"transfer.{verb}": Scope.BRANCH for verb in VERBS}, **PAPER, "stock.view": Scope.BRANCH,
          "discrepancy.view": Scope.BRANCH, "discrepancy.claim": Scope.BRANCH,
          **{f"transfer.{verb}": Scope.BRANCH for verb in ("return_rest", "write_off_rest", "reopen_rest")}}


@pytest.fixture
def there(world: World) -> int:
    return world.insert("place", kind="warehouse", name="Склад Казань", inner=True, branch_id=world.branch("Казань"))


@pytest.fixture
def sender(world: World) -> Person:
    return world.person("sender", RIGHTS)


@pytest.fixture
def receiver(world: World, there: int) -> Person:
    kazan = world.sql("SELECT branch_id FROM place WHERE id = %s", (there,))[0]["branch_id"]
    return world.person("receiver", RIGHTS, branch_id=kazan)


@pytest.fixture
def sent(boss: Person, sender: Person, shop: dict[str, int], there: int) -> int:
    """Three pieces of a kopeck that does not divide, on their way."""
    made = boss.post("/api/documents/receipt", {
        "date": "2026-11-02", "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], "3", "33.3333")]})
    act(boss, made["id"], "post")
    transfer = sender.post("/api/documents/transfer", {
        "date": "2026-11-03", "place_id": shop["place"], "place_to_id": there,
        "lines": [{"product_id": shop["sensor"], "quantity": "3"}]})["id"]
    run(sender, transfer, "send")
    return transfer


def accept(person: Person, transfer: int, quantity: str, note: str = "", status: int = 200) -> int:
    """Makes the paper, types what has come and posts it."""
    paper = follow(person, transfer, "transfer_acceptance")
    read = person.get(f"/api/documents/{paper}")
    [own] = read["lines"]
    person.put(f"/api/documents/{paper}", {
        "date": read["date"], "version": read["version"], "place_id": read["place"]["id"], "lines": [{
            "id": own["id"], "product_id": own["product"]["id"], "paper_quantity": own["paper_quantity"],
            "quantity": quantity, "basis_line_id": own["basis_line_id"], "note": note}]})
    run(person, paper, "post", status)
    return paper


def state(person: Person, document: int) -> str:
    return person.get(f"/api/documents/{document}")["state"]


def acts(person: Person, paper: int) -> list[Any]:
    return [node for node in person.get(f"/api/documents/{paper}")["chain"] if node["kind"] == "discrepancy"]


def values(world: World) -> dict[str, tuple[Decimal, Decimal]]:
    return {row["name"]: (row["on_hand"], row["value"]) for row in world.sql(
        "SELECT p.name, b.on_hand, b.value FROM stock_balance b JOIN place p ON p.id = b.place_id WHERE b.on_hand > 0")}


def test_what_did_not_come_stays_on_its_way_and_an_act_tells_the_sender(
        world: World, sender: Person, receiver: Person, sent: int, there: int, database_url: str) -> None:
    first = accept(receiver, sent, "2", "коробка вскрыта")
    assert (state(receiver, sent), on_hand(receiver, there)) == ("part", ["2.000"])
    assert values(world) == {"Склад Казань": (2, Decimal("66.67")), "В пути: Склад Казань": (1, Decimal("33.33"))}
    assert world.sql(f"SELECT document_id, place_id, quantity FROM {COMING} c") == [
        {"document_id": sent, "place_id": there, "quantity": 1}]
    [told] = acts(receiver, first)
    paper = receiver.get(f"/api/documents/{told['id']}")
    assert [(row["paper_quantity"], row["quantity"], row["note"]) for row in paper["lines"]] == [
        ("3.000", "2.000", "коробка вскрыта")]
    [sheet] = receiver.get(f"/api/documents/{told['id']}/print")["lines"]
    assert sheet["basis_price"] is None, "what goods cost is not for everybody"
    chief = world.person("chief", {"discrepancy.view": Scope.ALL, "product.cost": Scope.ALL})
    [sheet] = chief.get(f"/api/documents/{told['id']}/print")["lines"]
    assert sheet["basis_price"] == "33.33", "goods of our own are at cost"
    assert sender.get(f"/api/documents/{first}")["number"] == paper["chain"][1]["number"]
    sender.get(f"/api/documents/{told['id']}", status=404)
    run(receiver, told["id"], "claim")
    assert sender.get(f"/api/documents/{told['id']}")["state"] == "claimed"
    run(receiver, first, "unpost", 409)
    run(receiver, accept(receiver, sent, "2", status=409), "annul")
    second = accept(receiver, sent, "1")
    assert (state(sender, sent), acts(receiver, second)[1:]) == ("accepted", [])
    assert values(world) == {"Склад Казань": (3, Decimal("100.00"))}
    run(receiver, second, "unpost")
    assert state(sender, sent) == "part"
    run(receiver, sent, "accept")
    assert values(world) == {"Склад Казань": (3, Decimal("100.00"))}
    assert differences(database_url) == []


def test_the_sender_settles_what_is_lost(world: World, sender: Person, receiver: Person, sent: int,
                                         shop: dict[str, int], database_url: str) -> None:
    paper = accept(receiver, sent, "2")
    run(receiver, sent, "return_rest", 403)
    run(sender, sent, "return_rest")
    assert (state(sender, sent), on_hand(sender, shop["place"])) == ("settled", ["1.000"])
    run(sender, sent, "reopen_rest")
    version = sender.get(f"/api/documents/{sent}")["version"]
    sender.post(f"/api/documents/{sent}/actions/write_off_rest", {
        "version": version, "reason": "не нашли", "params": {"guilty": "перевозчик"}})
    read = sender.get(f"/api/documents/{sent}")
    assert (read["state"], read["comments"][-1]["text"]) == ("settled", "Недостача списана. Отвечает: перевозчик")
    assert list(values(world)) == ["Склад Казань"]
    run(sender, sent, "reopen_rest")
    run(receiver, paper, "unpost")
    assert (state(sender, sent), list(values(world))) == ("in_transit", ["В пути: Склад Казань"])
    run(sender, sent, "unpost")
    assert values(world) == {"Основной": (3, Decimal("100.00"))}
    assert differences(database_url) == []
