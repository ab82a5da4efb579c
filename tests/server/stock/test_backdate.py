"""Documents dated earlier than what is posted already: who may, what they change, and what is impossible."""

from decimal import Decimal
from typing import Any

from crm_contract.permissions import Scope
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.stock.test_landed_cost import cost_of
from tests.server.trading import act, balance, line, made

STOREKEEPER = dict.fromkeys((
    "receipt.view", "receipt.edit", "receipt.post", "receipt.unpost", "issue.view", "issue.edit", "issue.post",
    "stock.view", "product.view", "party.view"), Scope.ALL)


def draft(person: Person, shop: dict[str, int], quantity: str, price: str, day: str) -> int:
    return person.post("/api/documents/receipt", {
        "date": day, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], quantity, price)]})["id"]


def receive(person: Person, shop: dict[str, int], quantity: str, price: str, day: str) -> int:
    document = draft(person, shop, quantity, price, day)
    act(person, document, "post")
    return document


def issue(person: Person, shop: dict[str, int], quantity: str, day: str) -> int:
    document = made(person, "issue", shop, line(shop["sensor"], quantity, "1"), date=day)
    act(person, document, "post")
    return document


def refused(person: Person, document: int, status: int = 409, **more: Any) -> dict[str, Any]:
    version = person.get(f"/api/documents/{document}")["version"]
    return person.post(f"/api/documents/{document}/actions/post", {"version": version, **more}, status=status)


def test_a_receipt_dated_back_changes_what_followed_it(boss: Person, world: World, shop: dict[str, int],
                                                       database_url: str) -> None:
    """Ten at 100 on the 1st, five issued on the 10th: had ten at 200 come on the 5th, these would have cost 150."""
    receive(boss, shop, "10", "100", "2026-10-01")
    sold = issue(boss, shop, "5", "2026-10-10")
    late = draft(boss, shop, "10", "200", "2026-10-05")
    storekeeper = world.person("sklad", STOREKEEPER)
    told = refused(storekeeper, late)
    assert "задним числом" in told["message"]
    assert "РН-000001 от 10.10.2026" in told["message"]
    assert "сегодняшнюю дату" in told["action"]
    asked = refused(boss, late)
    assert asked["code"] == "confirm_first"
    assert [(d["document_id"], d["before"], d["after"]) for d in asked["details"]["documents"]] == [
        (sold, "500.00", "750.00")]
    assert refused(boss, late, acknowledged="0" * 32)["code"] == "confirm_first"
    act(boss, late, "post", acknowledged=asked["details"]["acknowledge"])
    assert cost_of(world, sold) == 750
    assert balance(world, shop) == (15, 0, 2250)
    assert boss.post("/api/lists/balances-at", {"until": "2026-10-09"})["rows"][0]["value"] == "3000.00"
    entries = boss.post("/api/lists/audit", {"columns": ["title"]})["rows"]
    assert any("задним числом, изменилась себестоимость документов: 1" in str(e["title"]) for e in entries)
    act(boss, late, "unpost", reason="не тот день")
    assert (cost_of(world, sold), balance(world, shop)) == (500, (5, 0, 500))
    assert differences(database_url) == []


def test_papers_of_yesterday_need_no_right(boss: Person, world: World, shop: dict[str, int], database_url: str) -> None:
    """What is entered late and changes nobody's cost is everybody's work, with no statement more on its usual day."""
    receive(boss, shop, "9", "33.3333", "2026-10-01")
    storekeeper = world.person("sklad", STOREKEEPER)
    first = made(storekeeper, "issue", shop, line(shop["sensor"], "1", "1"), date="2026-10-10")
    version = storekeeper.get(f"/api/documents/{first}")["version"]
    storekeeper.known().post(f"/api/documents/{first}/actions/post", {"version": version})
    usual = storekeeper.statements
    later = made(storekeeper, "issue", shop, *(line(shop["sensor"], "1", "1") for _ in range(3)), date="2026-10-11")
    storekeeper.known().post(f"/api/documents/{later}/actions/post", {"version": 1})
    assert storekeeper.statements == usual
    issue(storekeeper, shop, "2", "2026-10-05")
    receive(storekeeper, shop, "3", "33.3333", "2026-10-04")
    assert world.sql("SELECT count(*) AS n FROM stock_move WHERE adjusts_id IS NOT NULL")[0]["n"] == 0
    assert differences(database_url) == []


def test_goods_that_were_not_there_yet_are_not_issued(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop, "10", "100", "2026-10-01")
    issue(boss, shop, "8", "2026-10-10")
    receive(boss, shop, "10", "100", "2026-10-20")
    early = made(boss, "issue", shop, line(shop["sensor"], "5", "1"), date="2026-10-05")
    told = refused(boss, early)
    assert told["code"] == "out_of_stock"
    assert "на конец 10.10.2026 на «Основной» не хватило бы 3" in told["message"]
    assert balance(world, shop)[0] == 12


def test_it_goes_on_through_transfers_returns_and_costs(boss: Person, world: World, shop: dict[str, int],
                                                        database_url: str) -> None:
    other = world.insert("place", kind="warehouse", name="Второй", branch_id=world.branch_id, inner=True)
    receive(boss, shop, "10", "100", "2026-10-01")
    move = made(boss, "transfer", shop, line(shop["sensor"], "4", "0"), place_to_id=other, date="2026-10-08")
    act(boss, move, "post")
    sold = issue(boss, shop | {"place": other}, "2", "2026-10-12")
    late = draft(boss, shop, "10", "200", "2026-10-05")
    asked = refused(boss, late)
    assert [d["after"] for d in asked["details"]["documents"]] == ["600.00", "300.00"]
    act(boss, late, "post", acknowledged=asked["details"]["acknowledge"])
    assert cost_of(world, sold) == 300
    values = world.sql("SELECT value FROM stock_balance ORDER BY place_id")
    assert [v["value"] for v in values] == [Decimal(2400), Decimal(300)]
    boss.post(f"/api/stock/periods/{other}/close", {"until": "2026-10-31", "closed_until": None})
    again = draft(boss, shop, "10", "300", "2026-10-06")
    asked = refused(boss, again)
    closed = refused(boss, again, acknowledged=asked["details"]["acknowledge"])
    assert closed["code"] == "period_closed"
    assert differences(database_url) == []
