"""Transfers, returns to suppliers and scrap: goods go where they should, at their cost, and come back by reversing."""

from decimal import Decimal
from typing import Any

import pytest

from crm_server.kit.days import today
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, follow, line, receive


@pytest.fixture
def second(world: World) -> int:
    return world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)


def stock(world: World, shop: dict[str, int]) -> dict[str, tuple[Decimal, Decimal]]:
    """Pieces and value by the kind or name of the place."""
    rows = world.sql(
        "SELECT CASE WHEN w.kind = 'transit' THEN 'transit' WHEN w.id = %s THEN 'first' ELSE 'second' END AS place,"
        " b.on_hand, b.value FROM stock_balance b JOIN place w ON w.id = b.place_id"
        " WHERE b.product_id = %s AND b.on_hand > 0", (shop["place"], shop["sensor"]))
    return {row["place"]: (row["on_hand"], row["value"]) for row in rows}


def transfer(person: Person, shop: dict[str, int], second: int, quantity: str, **more: Any) -> int:
    return person.post("/api/documents/transfer", {
        "date": DAY, "place_id": shop["place"], "place_to_id": second,
        "lines": [{"product_id": shop["sensor"], "quantity": quantity}], **more})["id"]


def test_goods_go_by_transit_and_are_accepted(boss: Person, world: World, shop: dict[str, int], second: int,
                                              database_url: str) -> None:
    receive(boss, shop)
    paper = transfer(boss, shop, second, "4")
    assert act(boss, paper, "send")["state"] == "in_transit"
    assert stock(world, shop) == {"first": (6, 6000), "transit": (4, 4000)}
    assert differences(database_url) == []
    act(boss, paper, "accept")
    assert stock(world, shop) == {"first": (6, 6000), "second": (4, 4000)}
    act(boss, paper, "unpost", reason="ошиблись складом")
    assert stock(world, shop) == {"first": (10, 10000)}
    assert boss.get(f"/api/documents/{paper}")["state"] == "draft"
    act(boss, paper, "post")
    assert stock(world, shop) == {"first": (6, 6000), "second": (4, 4000)}
    assert differences(database_url) == []


def test_what_is_on_the_way_comes_back(boss: Person, world: World, shop: dict[str, int], second: int) -> None:
    receive(boss, shop)
    papers = [transfer(boss, shop, second, quantity) for quantity in ("4", "3")]
    for paper in papers:
        act(boss, paper, "send")
    act(boss, papers[0], "unpost", reason="машина сломалась")
    assert stock(world, shop) == {"first": (7, 7000), "transit": (3, 3000)}
    act(boss, papers[1], "accept")
    assert stock(world, shop) == {"first": (7, 7000), "second": (3, 3000)}


def test_accepted_goods_that_left_block_the_reversal(boss: Person, world: World, shop: dict[str, int],
                                                     second: int) -> None:
    receive(boss, shop)
    paper = transfer(boss, shop, second, "4")
    act(boss, paper, "send")
    act(boss, paper, "accept")
    scrap = boss.post("/api/documents/scrap", {
        "date": today().isoformat(), "place_id": second, "extra": {"reason": "broken"},
        "lines": [{"product_id": shop["sensor"], "quantity": "1"}]})["id"]
    act(boss, scrap, "post")
    version = boss.get(f"/api/documents/{paper}")["version"]
    told = boss.post(f"/api/documents/{paper}/actions/unpost", {"version": version, "reason": "ошибка"}, status=409)
    assert "свободно 3" in told["message"]
    assert "Списание" in told["action"] or "СП-" in told["action"]
    act(boss, scrap, "unpost", reason="нашёлся целым")
    act(boss, paper, "unpost", reason="ошибка")
    assert stock(world, shop) == {"first": (10, 10000)}


def test_a_mixed_cost_goes_back_through_transit_to_the_kopeck(boss: Person, world: World, shop: dict[str, int],
                                                              second: int, database_url: str) -> None:
    """What leaves the second warehouse at its average is worth less than it came with, on both legs alike."""
    boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": second, "vat_mode": "on_top", "action": "post",
        "lines": [line(shop["sensor"], "3", "100.01")]})
    receive(boss, shop, "7")
    paper = transfer(boss, shop, second, "7")
    act(boss, paper, "send")
    act(boss, paper, "accept")
    scrap = boss.post("/api/documents/scrap", {
        "date": today().isoformat(), "place_id": second, "extra": {"reason": "broken"}, "action": "post",
        "lines": [{"product_id": shop["sensor"], "quantity": "3"}]})
    assert boss.get(f"/api/documents/{scrap['id']}")["state"] == "scrapped"
    act(boss, paper, "unpost", reason="ошибка")
    [(place, (pieces, value))] = stock(world, shop).items()
    assert (place, pieces) == ("first", 7)
    assert 0 < value < 7000
    assert differences(database_url) == []


@pytest.mark.parametrize(("change", "field"), [
    ({"place_to_id": None}, "place_to_id"), ({"place_to_id": "same"}, "place_to_id"),
    ({"place_to_id": 999_999}, "place_to_id")])
def test_a_wrong_target_is_told_at_its_field(boss: Person, shop: dict[str, int], second: int,
                                             change: dict[str, Any], field: str) -> None:
    target = {"same": shop["place"]}.get(change["place_to_id"], change["place_to_id"])
    told = boss.post("/api/documents/transfer", {
        "date": DAY, "place_id": shop["place"], "place_to_id": target,
        "lines": [{"product_id": shop["sensor"], "quantity": "1"}]}, status=422)
    assert list(told["field_errors"]) == [field]


def test_a_supplier_takes_back_no_more_than_came(boss: Person, world: World, shop: dict[str, int],
                                                 database_url: str) -> None:
    receipt = receive(boss, shop)
    receive(boss, shop)
    first = follow(boss, receipt, "supplier_return")
    read = boss.get(f"/api/documents/{first}")
    own = read["lines"][0]
    boss.put(f"/api/documents/{first}", {
        "version": read["version"], "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "extra": {"reason": "mistake"},
        "lines": [line(shop["sensor"], "4", "1000", id=own["id"], basis_line_id=own["basis_line_id"])]})
    act(boss, first, "post")
    assert stock(world, shop) == {"first": (16, 16000)}
    rest = follow(boss, receipt, "supplier_return")
    assert Decimal(boss.get(f"/api/documents/{rest}")["lines"][0]["quantity"]) == 6
    version = boss.get(f"/api/documents/{receipt}")["version"]
    told = boss.post(f"/api/documents/{receipt}/actions/unpost", {"version": version, "reason": "ошибка"}, status=409)
    assert "ВП-" in told["message"]
    act(boss, first, "unpost", reason="передумали")
    act(boss, receipt, "unpost", reason="ошибка")
    assert stock(world, shop) == {"first": (10, 10000)}
    assert differences(database_url) == []


def test_scrap_wants_a_reason_and_what_is_free(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop, "2")
    body = {"date": DAY, "place_id": shop["place"], "lines": [{"product_id": shop["sensor"], "quantity": "3"}]}
    assert "reason" in boss.post("/api/documents/scrap", body, status=422)["field_errors"]
    scrap = boss.post("/api/documents/scrap", body | {"extra": {"reason": "broken"}})["id"]
    version = boss.get(f"/api/documents/{scrap}")["version"]
    told = boss.post(f"/api/documents/{scrap}/actions/post", {"version": version}, status=409)
    assert "не хватает 1" in told["message"]
    assert stock(world, shop) == {"first": (2, 2000)}


def test_what_is_on_the_way_is_taken_by_no_other_document(boss: Person, world: World, shop: dict[str, int],
                                                         second: int) -> None:
    receive(boss, shop)
    act(boss, transfer(boss, shop, second, "4"), "send")
    transit = world.sql("SELECT id FROM place WHERE kind = 'transit'")[0]["id"]
    goods = {"date": DAY, "lines": [{"product_id": shop["sensor"], "quantity": "1"}]}
    told = boss.post("/api/documents/scrap", goods | {"place_id": transit, "extra": {"reason": "broken"}}, status=422)
    assert list(told["field_errors"]) == ["place_id"]
    told = boss.post("/api/documents/transfer", goods | {"place_id": shop["place"], "place_to_id": transit}, status=422)
    assert list(told["field_errors"]) == ["place_to_id"]


def test_a_warehouse_is_closed_when_nothing_is_there_or_on_the_way(boss: Person, world: World, shop: dict[str, int],
                                                                   second: int) -> None:
    receive(boss, shop)
    paper = transfer(boss, shop, second, "4")
    act(boss, paper, "send")
    closed = {"kind": "warehouse", "name": "Второй", "branch_id": world.branch_id, "archived": True, "version": 1}
    assert "остаток" in boss.put(f"/api/places/{second}", closed, status=409)["message"]
    act(boss, paper, "unpost", reason="не едет")
    boss.put(f"/api/places/{second}", closed)


def test_the_way_to_a_renamed_warehouse_has_its_new_name(boss: Person, world: World, shop: dict[str, int],
                                                         second: int) -> None:
    receive(boss, shop)
    act(boss, transfer(boss, shop, second, "1"), "send")
    boss.put(f"/api/places/{second}", {"kind": "warehouse", "name": "Зал", "branch_id": world.branch_id, "version": 1})
    assert world.sql("SELECT name FROM place WHERE kind = 'transit'") == [{"name": "В пути: Зал"}]


def test_goods_do_not_arrive_before_they_leave(boss: Person, world: World, shop: dict[str, int], second: int) -> None:
    """A transfer that is dated ahead and accepted at once: no day has less than nothing on the way."""
    receive(boss, shop)
    paper = transfer(boss, shop, second, "4", date="2030-01-10")
    act(boss, paper, "send")
    act(boss, paper, "accept")
    days = world.sql("SELECT at FROM stock_move WHERE document_id = %s ORDER BY id", (paper,))
    assert [str(row["at"]) for row in days] == ["2030-01-10", "2030-01-10"]


def test_the_way_is_written_once(boss: Person, world: World, shop: dict[str, int], second: int) -> None:
    """Transfers to one warehouse do not wait for each other's row of the way."""
    receive(boss, shop)
    found = []
    for _ in range(2):
        act(boss, transfer(boss, shop, second, "1"), "send")
        found.append(world.sql("SELECT id, xmin::text AS written FROM place WHERE kind = 'transit'"))
    assert found[0] == found[1]
