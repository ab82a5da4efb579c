"""Customers bring goods back: no more than was shipped, at the cost it left with, under the numbers it had."""

from decimal import Decimal
from typing import Any

from crm_server.kit.days import today
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, follow, line, made, order, receive


def shipped(person: Person, shop: dict[str, int], quantity: str) -> int:
    return follow(person, order(person, shop, line(shop["sensor"], quantity, "1500")), "issue", "post")


def some(person: Person, document: int, quantity: str, **more: Any) -> int:
    """The return with another quantity in its only line."""
    card = person.get(f"/api/documents/{document}")
    one = card["lines"][0]
    person.put(f"/api/documents/{document}", {
        "version": card["version"], "date": card["date"], "party_id": card["party"]["id"],
        "place_id": card["place"]["id"], "extra": card["extra"], "lines": [{
            "id": one["id"], "product_id": one["product"]["id"], "quantity": quantity, "price": one["price"],
            "basis_line_id": one["basis_line_id"], **more}]})
    return document


def refused(person: Person, document: int, action: str) -> dict[str, Any]:
    version = person.get(f"/api/documents/{document}")["version"]
    return person.post(f"/api/documents/{document}/actions/{action}", {"version": version, "reason": "проба"},
                       status=409)


def test_what_was_shipped_comes_back_at_its_cost(boss: Person, world: World, shop: dict[str, int],
                                                 database_url: str) -> None:
    """Seven pieces for 100 roubles: whatever the parts they come back in, they bring 100 roubles."""
    receipt = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], "7", "14.2857", vat_rate="none")]})["id"]
    act(boss, receipt, "post")
    issue = shipped(boss, shop, "7")
    receive(boss, shop, "3", today().isoformat())  # others came at another price since
    assert balance(world, shop) == (3, 0, 3000)
    for quantity in ("2", "4"):
        act(boss, some(boss, follow(boss, issue, "sales_return"), quantity), "post")
    act(boss, follow(boss, issue, "sales_return"), "post")
    assert balance(world, shop) == (10, 0, Decimal("3100.00"))
    assert boss.post(f"/api/documents/{issue}/based-on", {"kind": "sales_return"}, status=409)
    assert differences(database_url) == []


def test_no_more_comes_back_than_went(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    issue = shipped(boss, shop, "4")
    first = some(boss, follow(boss, issue, "sales_return"), "3")
    act(boss, first, "post")
    second = follow(boss, issue, "sales_return")
    told = refused(boss, some(boss, second, "2"), "post")
    assert "осталось 1" in told["message"]
    act(boss, some(boss, second, "1"), "post")


def test_an_issue_with_a_return_stays_posted(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    issue = shipped(boss, shop, "4")
    back = follow(boss, issue, "sales_return", "post")
    assert "ВК-000001" in refused(boss, issue, "unpost")["message"]
    act(boss, back, "unpost", reason="ошибка")
    act(boss, issue, "unpost", reason="ошибка")
    assert balance(world, shop)[0] == 10


def test_a_return_of_nothing_shipped_is_refused(boss: Person, world: World, shop: dict[str, int]) -> None:
    alone = made(boss, "sales_return", shop, line(shop["sensor"], "1", "1500"), extra={"reason": "defect"})
    told = refused(boss, alone, "post")
    assert "по какой накладной" in told["message"]
    assert "Alt+O" in told["action"]


def test_a_number_comes_back_from_the_issue_that_took_it(boss: Person, world: World, shop: dict[str, int],
                                                         database_url: str) -> None:
    world.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (shop["sensor"],))
    codes = [{"code": code, "quantity": "1"} for code in ("SN-1", "SN-2")]
    receipt = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "2", "1000", lots=codes)]})["id"]
    act(boss, receipt, "post")
    issues = [made(boss, "issue", shop, line(shop["sensor"], "1", "1500", lots=[code])) for code in codes]
    for issue in issues:
        act(boss, issue, "post")
    back = follow(boss, issues[0], "sales_return")
    told = refused(boss, some(boss, back, "1", lots=[codes[1]]), "post")
    assert "№ SN-2" in told["message"]
    act(boss, some(boss, back, "1", lots=[codes[0]]), "post")
    assert world.sql("SELECT t.code FROM lot_balance b JOIN lot t ON t.id = b.lot_id WHERE b.on_hand > 0") == [
        {"code": "SN-1"}]
    assert differences(database_url) == []


def test_a_line_that_became_another_product_brings_nothing_back(boss: Person, world: World, shop: dict[str, int]
                                                                ) -> None:
    receive(boss, shop)
    issue = made(boss, "issue", shop, line(shop["sensor"], "5", "1500"))
    act(boss, issue, "post")
    back = follow(boss, issue, "sales_return")
    act(boss, issue, "unpost", reason="не тот товар")
    other = world.insert("product", sku="118-015", name="Клапан КЭ-15")
    world.sql("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost)"
              " SELECT current_date, %s, id, %s, 5, 50 FROM place WHERE kind = 'supplier'", (other, shop["place"]))
    card = boss.get(f"/api/documents/{issue}")
    boss.put(f"/api/documents/{issue}", {
        "version": card["version"], "date": card["date"], "party_id": shop["customer"], "place_id": shop["place"],
        "extra": card["extra"], "lines": [line(other, "5", "1500", id=card["lines"][0]["id"])]})
    act(boss, issue, "post")
    assert "по какой накладной" in refused(boss, back, "post")["message"]
    assert balance(world, shop)[0] == 10


def test_no_more_of_a_lot_comes_back_than_left(boss: Person, world: World, shop: dict[str, int]) -> None:
    """Two lines of one basis ask together for more of a lot than it took, though for no more pieces."""
    world.sql("UPDATE product SET tracking = 'lot' WHERE id = %s", (shop["sensor"],))
    lots = [{"code": "Л", "quantity": "3"}, {"code": "М", "quantity": "3"}]
    receipt = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "6", "1000", lots=lots)]})["id"]
    act(boss, receipt, "post")
    issue = made(boss, "issue", shop, line(shop["sensor"], "6", "1500", lots=lots))
    act(boss, issue, "post")
    back = follow(boss, issue, "sales_return")
    card = boss.get(f"/api/documents/{back}")
    one = card["lines"][0]
    boss.put(f"/api/documents/{back}", {
        "version": card["version"], "date": card["date"], "party_id": shop["customer"], "place_id": shop["place"],
        "extra": card["extra"], "lines": [
            line(shop["sensor"], "3", "1500", basis_line_id=one["basis_line_id"], lots=[lots[0]]) for _ in range(2)]})
    assert "отгружено 3 из 6" in refused(boss, back, "post")["message"]


def test_a_return_taken_back_and_made_again_loses_no_kopeck(boss: Person, world: World, shop: dict[str, int]) -> None:
    receipt = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], "3", "0.3333", vat_rate="none")]})["id"]
    act(boss, receipt, "post")
    issue = shipped(boss, shop, "3")
    returns = [some(boss, follow(boss, issue, "sales_return"), "1") for _ in range(2)]
    for back in returns:
        act(boss, back, "post")
    act(boss, follow(boss, issue, "sales_return"), "post")
    assert balance(world, shop) == (3, 0, Decimal("1.00"))
    act(boss, returns[1], "unpost", reason="ошибка")
    act(boss, returns[1], "post")
    assert balance(world, shop) == (3, 0, Decimal("1.00"))
