"""Additional costs of receipts: to the kopeck, wherever the goods are by now, and back."""

from decimal import Decimal
from typing import Any

from crm_contract.landed_cost import spread
from crm_contract.permissions import Scope
from crm_server.kit.days import today
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, follow, line, made


def test_shares_add_up_to_the_kopeck() -> None:
    assert spread(Decimal("100.00"), [Decimal(1)] * 3) == [Decimal("33.33"), Decimal("33.34"), Decimal("33.33")]
    assert sum(spread(Decimal("0.01"), [Decimal(2), Decimal(5)])) == Decimal("0.01")


def receipt(person: Person, shop: dict[str, int], *lines: dict[str, Any], day: str = DAY) -> int:
    document = person.post("/api/documents/receipt", {
        "date": day, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": list(lines)})["id"]
    act(person, document, "post")
    return document


def costs(person: Person, shop: dict[str, int], receipts: list[int], amount: str, by: str = "sum",
          **more: Any) -> int:
    """A draft of delivery services over receipts."""
    return person.post("/api/documents/landed_cost", {
        "date": today().isoformat(), "party_id": shop["supplier"], "vat_mode": "on_top", "basis_ids": receipts,
        "extra": {"spread": by}, "lines": [{"name": "Доставка", "quantity": "1", "price": amount, "unit": "796"}],
        **more})["id"]


def value_of(world: World, product: int) -> Decimal:
    return world.sql("SELECT coalesce(sum(value), 0) AS value FROM stock_balance WHERE product_id = %s", (product,)
                     )[0]["value"]


def cost_of(world: World, document: int) -> Decimal:
    """What the goods of a document cost now, with all that was found out later."""
    return world.sql("SELECT coalesce(sum(stock_cost(m)), 0) AS cost FROM stock_move m WHERE document_id = %s"
                     " AND adjusts_id IS NULL AND reverses_id IS NULL", (document,))[0]["cost"]


def test_goods_on_hand_and_issued_share_the_costs(boss: Person, world: World, shop: dict[str, int],
                                                  database_url: str) -> None:
    """Ten for 10 000; four are issued and one of these is brought back; 100.01 of delivery are found out then."""
    came = receipt(boss, shop, line(shop["sensor"], "10", "1000"))
    issue = made(boss, "issue", shop, line(shop["sensor"], "4", "1500"))
    act(boss, issue, "post")
    back = follow(boss, issue, "sales_return")
    card = boss.get(f"/api/documents/{back}")
    one = card["lines"][0]
    boss.put(f"/api/documents/{back}", {
        "version": card["version"], "date": card["date"], "party_id": shop["customer"], "place_id": shop["place"],
        "extra": card["extra"], "lines": [line(shop["sensor"], "1", "1500", basis_line_id=one["basis_line_id"])]})
    act(boss, back, "post")
    document = costs(boss, shop, [came], "100.01")
    act(boss, document, "post")
    assert (cost_of(world, issue), cost_of(world, back)) == (Decimal("4040.00"), Decimal("1010.00"))
    assert balance(world, shop) == (7, 0, Decimal("7070.01"))
    full = boss.get(f"/api/stock/full-cost/{came}")
    assert (full["paid"], full["added"], full["full"]) == ("10000.00", "100.01", "10100.01")
    assert [a["document_id"] for a in full["lines"][0]["added"]] == [document]
    assert "ДР-" in str(boss.post(f"/api/documents/{came}/actions/unpost", {
        "version": boss.get(f"/api/documents/{came}")["version"], "reason": "проба"}, status=409))
    later = made(boss, "issue", shop, line(shop["sensor"], "7", "1500"), date=today().isoformat())
    act(boss, later, "post")
    assert cost_of(world, later) == Decimal("7070.01")
    act(boss, document, "unpost", reason="не тот счёт")
    assert (cost_of(world, issue), cost_of(world, later)) == (4000, 7000)
    assert balance(world, shop) == (0, 0, 0)
    act(boss, document, "post")
    assert (cost_of(world, issue), cost_of(world, later)) == (Decimal("4040.00"), Decimal("7070.01"))
    assert differences(database_url) == []


def test_costs_go_along_with_transfers_and_custody(boss: Person, world: World, shop: dict[str, int],
                                                   database_url: str) -> None:
    other = world.insert("place", kind="warehouse", name="Второй", branch_id=world.branch_id, inner=True)
    came = receipt(boss, shop, line(shop["sensor"], "10", "100"))
    move = made(boss, "transfer", shop, line(shop["sensor"], "6", "0"), place_to_id=other)
    act(boss, move, "send")
    act(boss, move, "accept")
    away = made(boss, "issue", shop | {"place": other}, line(shop["sensor"], "2", "1"), date=today().isoformat())
    act(boss, away, "post")
    document = costs(boss, shop, [came], "50")
    act(boss, document, "post")
    values = world.sql("SELECT p.name, b.value FROM stock_balance b JOIN place p ON p.id = b.place_id ORDER BY p.id")
    assert [str(v["value"]) for v in values] == ["420.00", "420.00", "0.00"]
    assert cost_of(world, away) == 210
    act(boss, away, "unpost", reason="ошибка")
    act(boss, move, "unpost", reason="ошибка")
    assert balance(world, shop) == (10, 0, 1050)
    act(boss, document, "unpost", reason="ошибка")
    assert value_of(world, shop["sensor"]) == 1000
    assert differences(database_url) == []


def test_several_receipts_by_weight_and_quantity(boss: Person, world: World, shop: dict[str, int]) -> None:
    other = world.insert("product", sku="К-1", name="Клапан", weight="3")
    first = receipt(boss, shop, line(shop["sensor"], "2", "100"))
    second = receipt(boss, shop, line(other, "2", "100"))
    numbers = [boss.get(f"/api/documents/{id}")["number"] for id in (first, second)]
    light = costs(boss, shop, [first], "80", "weight", extra={"spread": "weight", "more_receipts": numbers[1]})
    told = boss.post(f"/api/documents/{light}/actions/post", {"version": 1}, status=409)
    assert "Вес не указан: «Датчик ДД-40»" in told["message"]
    world.sql("UPDATE product SET weight = 1 WHERE id = %s", (shop["sensor"],))
    act(boss, light, "post")
    assert (value_of(world, shop["sensor"]), value_of(world, other)) == (220, 260)
    even = costs(boss, shop, [first, second], "1", "quantity")
    act(boss, even, "post")
    assert (value_of(world, shop["sensor"]), value_of(world, other)) == (Decimal("220.50"), Decimal("260.50"))
    wrong = costs(boss, shop, [first], "1", extra={"spread": "sum", "more_receipts": "ПО-999999"})
    assert boss.post(f"/api/documents/{wrong}/actions/post", {"version": 1}, status=422)["field_errors"] == {
        "more_receipts": "Нет принятого ордера ПО-999999"}


def test_what_is_no_cost_of_goods_is_refused(boss: Person, world: World, shop: dict[str, int]) -> None:
    came = receipt(boss, shop, line(shop["sensor"], "2", "100"))
    alone = costs(boss, shop, [], "5")
    assert "на какой товар" in boss.post(f"/api/documents/{alone}/actions/post", {"version": 1}, status=409)["message"]
    goods = costs(boss, shop, [came], "5", lines=[line(shop["sensor"], "1", "5")])
    assert "а не услуга" in boss.post(f"/api/documents/{goods}/actions/post", {"version": 1}, status=422)["message"]
    early = costs(boss, shop, [came], "5", date="2026-11-01")
    assert "date" in boss.post(f"/api/documents/{early}/actions/post", {"version": 1}, status=422)["field_errors"]
    made_of = boss.post(f"/api/documents/{came}/based-on", {"kind": "landed_cost"})["id"]
    assert boss.get(f"/api/documents/{made_of}")["lines"] == []


def test_turnover_and_moves_show_the_costs_where_they_came(boss: Person, world: World, shop: dict[str, int]) -> None:
    came = receipt(boss, shop, line(shop["sensor"], "4", "100"))
    issue = made(boss, "issue", shop, line(shop["sensor"], "1", "150"))
    act(boss, issue, "post")
    document = costs(boss, shop, [came], "8")
    act(boss, document, "post")
    period = {"since": "2026-11-01", "until": today().isoformat()}
    [row] = boss.post("/api/lists/turnover", period)["rows"]
    assert (row["came"], row["came_value"], row["went"], row["went_value"]) == ("4.000", "408.00", "1.000", "102.00")
    [own] = [row for row in boss.post("/api/lists/moves", {"conditions": [
        {"column": "document", "op": "eq", "value": document}]})["rows"] if row["value"] == "8.00"]
    assert (own["came"], own["went"]) == (None, None)
    origin = boss.get("/api/stock/origin", params={"product_id": shop["sensor"], "place_id": shop["place"]})
    assert [(m["change"], m["value"]) for m in origin["moves"]] == [
        ("4.000", "400.00"), ("-1.000", "-100.00"), ("0.000", "8.00"), ("0.000", "-2.00")]
    assert origin["value"] == "306.00"
    blind = world.person(grants={"stock.view": Scope.ALL})
    origin = blind.get("/api/stock/origin", params={"product_id": shop["sensor"], "place_id": shop["place"]})
    assert {m["value"] for m in origin["moves"]} == {None}


def test_a_closed_period_keeps_its_costs(boss: Person, world: World, shop: dict[str, int], database_url: str) -> None:
    """Goods of September, closed; the bill for their delivery comes in November."""
    came = receipt(boss, shop, line(shop["sensor"], "10", "100"), day="2026-09-10")
    issue = made(boss, "issue", shop, line(shop["sensor"], "4", "150"), date="2026-09-20")
    act(boss, issue, "post")
    boss.post(f"/api/stock/periods/{shop['place']}/close", {"until": "2026-09-30", "closed_until": None})
    early = costs(boss, shop, [came], "20", date="2026-09-30")
    assert "закрыт" in boss.post(f"/api/documents/{early}/actions/post", {"version": 1}, status=409)["message"]
    act(boss, costs(boss, shop, [came], "20", date="2026-11-05"), "post")
    assert cost_of(world, issue) == 408
    page = boss.post("/api/lists/balances-at", {"until": "2026-09-30"})
    assert page["rows"][0]["value"] == "600.00"
    page = boss.post("/api/lists/balances-at", {"until": "2026-11-05"})
    assert page["rows"][0]["value"] == "612.00"
    assert differences(database_url) == []
