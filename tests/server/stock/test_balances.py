"""The balances of now: what is free, on its way and expected, each with the documents behind it."""

from decimal import Decimal
from typing import Any

import pytest

from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, day, line, receive


@pytest.fixture
def second(world: World) -> int:
    return world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)


def balances(person: Person, **query: Any) -> dict[str, dict[str, Any]]:
    return {row["place"]["title"]: row for row in person.post("/api/lists/balances", query)["rows"]}


def figures(row: dict[str, Any]) -> list[Decimal]:
    return [Decimal(row[name]) for name in ("on_hand", "free", "on_way", "expected")]


def test_goods_on_their_way_are_not_free_and_expected_ones_name_their_paper(
        boss: Person, world: World, shop: dict[str, int], second: int) -> None:
    world.sql("UPDATE product SET min_stock = 7 WHERE id = %s", (shop["sensor"],))
    receive(boss, shop)
    paper = boss.post("/api/documents/transfer", {
        "date": DAY, "place_id": shop["place"], "place_to_id": second,
        "lines": [{"product_id": shop["sensor"], "quantity": "4"}]})["id"]
    act(boss, paper, "send")
    coming = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "due_date": day(7),
        "lines": [line(shop["sensor"], "20", "1000")]})["id"]
    act(boss, coming, "expect")
    rows = balances(boss)
    assert {place: figures(row) for place, row in rows.items()} == {
        "Основной": [6, 6, 0, 20], "В пути: Второй": [0, 0, 4, 0]}
    assert balances(boss, columns=["place", "unit", "min_stock"])["Основной"]["unit"] == "шт"
    assert list(balances(boss, conditions=[{"column": "expected", "op": "gt", "value": "0"}])) == ["Основной"]
    assert list(balances(boss, conditions=[{"column": "low", "op": "eq", "value": True}])) == ["Основной"]
    asked = {"product_id": shop["sensor"]}
    origin = boss.get("/api/stock/origin", params=asked | {"place_id": shop["place"]})
    assert [(e["document_id"], e["quantity"], e["due"]) for e in origin["expected"]] == [
        (coming, "20.000", day(7))]
    way = boss.get("/api/stock/origin", params=asked | {"place_id": rows["В пути: Второй"]["place"]["id"]})
    assert (way["closing"], Decimal(way["free"]), way["moves"][-1]["document_id"]) == ("4.000", 0, paper)
    act(boss, coming, "post")
    assert figures(balances(boss)["Основной"]) == [26, 26, 0, 0]
