"""Custody: employees hold goods by papers; what came, went and is left agrees with the ledger, paper by paper."""

from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Scope
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, day, follow, receive

REASON: dict[str, Any] = {"reason": "ошибка"}


@pytest.fixture
def fitter(world: World) -> Person:
    """An employee who has only what everybody has: his own custody."""
    own = dict.fromkeys(("custody.view", "custody_issue.view", "custody_issue.accept", "custody_handover.view",
                         "custody_handover.accept", "custody_return.view"), Scope.OWN)
    return world.person("fitter", own, name="Седов С. С.")


@pytest.fixture
def mate(world: World) -> Person:
    own = dict.fromkeys(("custody.view", "custody_handover.view", "custody_handover.accept"), Scope.OWN)
    return world.person("mate", own, name="Юдин Ю. Ю.")


def give(boss: Person, shop: dict[str, int], to: Person, quantity: str, **more: Any) -> int:
    return boss.post("/api/documents/custody_issue", {
        "date": DAY, "employee_id": to.employee_id, "place_id": shop["place"], "action": "post",
        "lines": [{"product_id": shop["sensor"], "quantity": quantity}], **more})["id"]


def back(boss: Person, shop: dict[str, int], of: Person, *lines: tuple[str, str], **more: Any) -> int:
    return boss.post("/api/documents/custody_return", {
        "date": DAY, "employee_id": of.employee_id, "place_id": shop["place"], "action": "post",
        "lines": [{"product_id": shop["sensor"], "quantity": q, "condition": c} for q, c in lines], **more})["id"]


def hand(boss: Person, shop: dict[str, int], of: Person, to: Person, quantity: str, **more: Any) -> int:
    return boss.post("/api/documents/custody_handover", {
        "date": DAY, "employee_id": of.employee_id, "employee_to_id": to.employee_id, "action": "offer",
        "lines": [{"product_id": shop["sensor"], "quantity": quantity}], **more})["id"]


def where(world: World) -> dict[str, tuple[Decimal, Decimal]]:
    """Pieces and value by the name of the inner place."""
    rows = world.sql("SELECT w.name, b.on_hand, b.value FROM stock_balance b JOIN place w ON w.id = b.place_id"
                     " WHERE b.on_hand > 0")
    return {row["name"]: (row["on_hand"], row["value"]) for row in rows}


def rests(world: World) -> list[tuple[str, Decimal]]:
    """What is held yet by each paper."""
    return [(row["number"], row["rest"]) for row in world.sql(
        "SELECT d.number, i.rest FROM custody_item i JOIN document d ON d.id = i.document_id ORDER BY i.id")]


def held(person: Person, **query: Any) -> list[dict[str, Any]]:
    return person.post("/api/lists/custody", query)["rows"]


def refused(person: Person, document: int, action: str, status: int = 409, **more: Any) -> dict[str, Any]:
    version = person.get(f"/api/documents/{document}")["version"]
    return person.post(f"/api/documents/{document}/actions/{action}", {"version": version, **more}, status=status)


def test_goods_are_given_accepted_and_returned(boss: Person, world: World, shop: dict[str, int], fitter: Person,
                                               database_url: str) -> None:
    receive(boss, shop)
    paper = give(boss, shop, fitter, "4")
    assert where(world) == {"Основной": (6, 6000), "Седов С. С.": (4, 4000)}
    read = boss.get(f"/api/documents/{paper}")
    assert (read["state"], read["due_date"]) == ("issued", day(30)), "the term of the company is filled in"
    assert read["facts"][0]["text"] == "на руках 4 из 4"
    assert act(fitter, paper, "accept")["state"] == "accepted"
    taken = follow(boss, paper, "custody_return")
    lines = boss.get(f"/api/documents/{taken}")["lines"]
    assert [(line["quantity"], line["condition"]) for line in lines] == [("4.000", "good")]
    act(boss, taken, "post")
    assert where(world) == {"Основной": (10, 10000)}
    assert boss.get(f"/api/documents/{paper}")["facts"][0]["text"] == "закрыто"
    assert differences(database_url) == []


def test_only_the_employee_accepts_or_who_may_for_others(boss: Person, world: World, shop: dict[str, int],
                                                         fitter: Person, mate: Person) -> None:
    receive(boss, shop)
    keeper = world.person("keeper", dict.fromkeys(
        ("custody_issue.view", "custody_issue.edit", "custody_issue.post", "custody_issue.accept"), Scope.BRANCH))
    paper = give(keeper, shop, fitter, "1")
    assert refused(keeper, paper, "accept", 403)["details"] == {"permission": "custody_issue.accept_others"}
    assert [(a["code"], a["by_pin"]) for a in keeper.get(f"/api/documents/{paper}")["actions"]] == [("accept", True)]
    mate.get(f"/api/documents/{paper}", status=404)
    assert act(boss, paper, "accept")["state"] == "accepted"


def test_each_line_comes_back_in_its_condition(boss: Person, world: World, shop: dict[str, int], fitter: Person,
                                               database_url: str) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "6")
    paper = back(boss, shop, fitter, ("1", "good"), ("2", "repair"), ("2", "scrap"))
    zone = {"Основной": (5, 5000), "В ремонте: Основной": (2, 2000), "Седов С. С.": (1, 1000)}
    assert where(world) == zone
    free = boss.post("/api/documents/hints", {"product_ids": [shop["sensor"]], "date": DAY,
                                                   "place_id": shop["place"]})
    assert Decimal(free[0]["free"]) == 5, "what waits for repair and what employees hold is not free"
    act(boss, paper, "unpost", **REASON)
    assert where(world) == {"Основной": (4, 4000), "Седов С. С.": (6, 6000)}
    act(boss, paper, "post")
    assert where(world) == zone
    assert differences(database_url) == []


def test_a_condition_is_one_of_the_kind(boss: Person, shop: dict[str, int], fitter: Person) -> None:
    line = {"product_id": shop["sensor"], "quantity": "1", "condition": "scrap"}
    body = {"date": DAY, "employee_id": fitter.employee_id, "place_id": shop["place"], "lines": [line]}
    told = boss.post("/api/documents/custody_issue", body, status=422)
    assert list(told["field_errors"]) == ["lines.0.condition"]
    boss.post("/api/documents/custody_return", body)


def test_a_hand_over_moves_goods_when_they_are_accepted(boss: Person, world: World, shop: dict[str, int],
                                                        fitter: Person, mate: Person, database_url: str) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "4")
    paper = hand(boss, shop, fitter, mate, "3")
    assert where(world) == {"Основной": (6, 6000), "Седов С. С.": (4, 4000)}
    assert refused(fitter, paper, "accept", 403)["code"] == "forbidden"
    act(mate, paper, "accept")
    assert where(world) == {"Основной": (6, 6000), "Седов С. С.": (1, 1000), "Юдин Ю. Ю.": (3, 3000)}
    assert [(row["person"]["title"], row["quantity"]) for row in held(boss)] == [
        ("Седов С. С.", "1.000"), ("Юдин Ю. Ю.", "3.000")]
    returned = follow(boss, paper, "custody_return")
    assert boss.get(f"/api/documents/{returned}")["employee"]["title"] == "Юдин Ю. Ю."
    act(boss, returned, "post")
    assert "ВО-" in refused(boss, paper, "unpost", **REASON)["message"]
    act(boss, returned, "unpost", **REASON)
    act(boss, paper, "unpost", **REASON)
    assert where(world) == {"Основной": (6, 6000), "Седов С. С.": (4, 4000)}
    assert differences(database_url) == []


def test_a_hand_over_is_declined_with_a_reason(boss: Person, world: World, shop: dict[str, int], fitter: Person,
                                               mate: Person) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "4")
    paper = hand(boss, shop, fitter, mate, "3")
    assert act(mate, paper, "decline", reason="не моё")["state"] == "draft"
    assert where(world)["Седов С. С."] == (4, 4000)


def test_returns_take_off_the_oldest_paper_unless_they_name_one(boss: Person, world: World, shop: dict[str, int],
                                                                fitter: Person, database_url: str) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "3")
    second = give(boss, shop, fitter, "3")
    named = follow(boss, second, "custody_return", "post")
    assert rests(world) == [("ВС-000001", 3), ("ВС-000002", 0)]
    act(boss, named, "unpost", **REASON)
    act(boss, named, "annul", **REASON)
    loose = back(boss, shop, fitter, ("4", "good"))
    assert rests(world) == [("ВС-000001", 0), ("ВС-000002", 2)]
    over = follow(boss, second, "custody_return")
    assert boss.get(f"/api/documents/{over}")["lines"][0]["quantity"] == "2.000", "no more than is still held by it"
    act(boss, loose, "unpost", **REASON)
    assert rests(world) == [("ВС-000001", 3), ("ВС-000002", 3)]
    assert differences(database_url) == []


def test_a_reversed_issue_leaves_its_returns_to_the_others(boss: Person, world: World, shop: dict[str, int],
                                                           fitter: Person, database_url: str) -> None:
    receive(boss, shop)
    first = give(boss, shop, fitter, "3")
    give(boss, shop, fitter, "3")
    back(boss, shop, fitter, ("2", "good"))
    assert rests(world) == [("ВС-000001", 1), ("ВС-000002", 3)]
    act(boss, first, "unpost", **REASON)
    assert rests(world) == [("ВС-000002", 1)]
    assert where(world) == {"Основной": (9, 9000), "Седов С. С.": (1, 1000)}
    act(boss, first, "post")
    assert rests(world) == [("ВС-000002", 1), ("ВС-000001", 3)]
    assert differences(database_url) == []


def test_no_more_comes_back_than_is_held(boss: Person, shop: dict[str, int], fitter: Person) -> None:
    receive(boss, shop)
    paper = give(boss, shop, fitter, "2")
    draft = back(boss, shop, fitter, ("3", "good"), action="")
    told = refused(boss, draft, "post")
    assert (told["code"], "Седов С. С." in told["message"], "не хватает 1" in told["message"]) == (
        "out_of_stock", True, True)
    follow(boss, paper, "custody_return", "post")
    assert "не хватает 3" in refused(boss, draft, "post")["message"]


def test_mixed_cost_comes_back_to_the_kopeck(boss: Person, world: World, shop: dict[str, int], fitter: Person,
                                             database_url: str) -> None:
    receive(boss, shop, "7")
    for price in ("100.01", "33.33"):
        boss.post("/api/documents/receipt", {
            "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
            "action": "post", "lines": [{"product_id": shop["sensor"], "quantity": "3", "price": price}]})
    give(boss, shop, fitter, "5")
    for quantity in ("1", "1", "3"):
        back(boss, shop, fitter, (quantity, "good"))
    assert where(world) == {"Основной": (13, Decimal("7400.02"))}
    assert differences(database_url) == []


def test_the_wrong_employee_is_told_at_his_field(boss: Person, world: World, shop: dict[str, int],
                                                 fitter: Person) -> None:
    other = world.insert("employee", name="Чужой Ч. Ч.", branch_id=world.branch("Казань"))
    gone = world.insert("employee", name="Ушёл У. У.", branch_id=world.branch_id, active=False)
    lines = [{"product_id": shop["sensor"], "quantity": "1"}]
    for wrong, words in ((other, "другого филиала"), (gone, "уволен"), (999_999, "нет"), (None, "Заполните")):
        told = boss.post("/api/documents/custody_issue", {
            "date": DAY, "employee_id": wrong, "place_id": shop["place"], "lines": lines}, status=422)
        assert words in told["field_errors"]["employee_id"]
    told = boss.post("/api/documents/custody_handover", {
        "date": DAY, "employee_id": fitter.employee_id, "employee_to_id": fitter.employee_id, "lines": lines},
        status=422)
    assert list(told["field_errors"]) == ["employee_to_id"]


def test_the_paper_names_who_gives_and_who_takes(boss: Person, shop: dict[str, int], fitter: Person,
                                                 mate: Person) -> None:
    receive(boss, shop)
    papers = [give(boss, shop, fitter, "4"), hand(boss, shop, fitter, mate, "1"),
              back(boss, shop, fitter, ("1", "good"))]
    assert [(printed["place_from"], printed["place_to"], printed["keeper_to"]) for printed in (
        boss.get(f"/api/documents/{paper}/print") for paper in papers)] == [
            ("Основной", "Седов С. С.", "Седов С. С."), ("Седов С. С.", "Юдин Ю. Ю.", "Юдин Ю. Ю."),
            ("Седов С. С.", "Основной", "")]


def test_statements_do_not_grow_with_lines(boss: Person, world: World, shop: dict[str, int], fitter: Person) -> None:
    products = [world.insert("product", sku=f"И-{n}", name=f"Ключ {n}") for n in range(40)]
    lines = [{"product_id": product, "quantity": "1", "price": "10"} for product in products]
    boss.post("/api/documents/receipt", {"date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
                                         "action": "post", "lines": lines})
    counts: dict[str, set[int]] = {"issue": set(), "return": set()}
    for some in (lines[:2], lines[2:]):
        boss.known().post("/api/documents/custody_issue", {
            "date": DAY, "employee_id": fitter.employee_id, "place_id": shop["place"], "action": "post", "lines": some})
        counts["issue"].add(boss.statements)
    for some in (lines[:2], lines[2:]):
        boss.known().post("/api/documents/custody_return", {
            "date": DAY, "employee_id": fitter.employee_id, "place_id": shop["place"], "action": "post", "lines": some})
        counts["return"].add(boss.statements)
    assert max(counts["issue"]) - min(counts["issue"]) <= 1, "the first issue makes the place of the employee"
    assert len(counts["return"]) == 1
    assert held(boss) == []


def test_serial_numbers_go_with_the_pieces(boss: Person, world: World, shop: dict[str, int], fitter: Person,
                                           database_url: str) -> None:
    world.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (shop["sensor"],))
    numbers = [{"code": code, "quantity": "1"} for code in ("А-1", "А-2", "А-3")]
    line = {"product_id": shop["sensor"], "quantity": "3", "price": "1000", "lots": numbers}
    boss.post("/api/documents/receipt", {"date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
                                         "vat_mode": "on_top", "action": "post", "lines": [line]})
    for some in (numbers[:1], numbers[1:]):
        give(boss, shop, fitter, str(len(some)), lines=[line | {"quantity": str(len(some)), "lots": some}])
    [offered] = boss.get(f"/api/stock/custody/{fitter.employee_id}/lines")
    assert ([lot["code"] for lot in offered["lots"]], offered["tracking"]) == (["А-1", "А-2", "А-3"], "serial")
    back(boss, shop, fitter, lines=[line | {"quantity": "1", "lots": numbers[1:2], "condition": "repair"}])
    assert rests(world) == [("ВС-000001", 1), ("ВС-000002", 0), ("ВС-000002", 1)], "the number names its paper"
    assert [(row["quantity"], row["since"]) for row in held(boss)] == [("2.000", DAY)]
    assert differences(database_url) == []
