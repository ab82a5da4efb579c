"""Orders to suppliers: what a sale lacks is ordered, comes in parts, is expected until then; its prices are kept."""

from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Scope
from crm_server.stock.expected import EXPECTED
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, follow, line, made, order, receive


def bought(person: Person, shop: dict[str, int], *lines: dict[str, Any], **more: Any) -> int:
    """A confirmed order to the supplier."""
    paper = made(person, "purchase_order", shop, *(lines or [line(shop["sensor"], "10", "1000")]),
                 **{"party_id": shop["supplier"], "vat_mode": "on_top", "due_date": "2026-12-01", **more})
    act(person, paper, "confirm")
    return paper


def expected(world: World) -> list[tuple[int, int, Decimal]]:
    rows = world.sql(f"SELECT * FROM {EXPECTED} e ORDER BY document_id, product_id")
    return [(row["document_id"], row["product_id"], row["quantity"]) for row in rows]


def edit(person: Person, document_id: int, change: Any) -> dict[str, Any]:
    """Saves a draft with changed lines, as the editor does."""
    read = person.get(f"/api/documents/{document_id}")
    lines = [{"id": own["id"], "product_id": own["product"]["id"], "quantity": own["quantity"], "unit": own["unit"],
              "price": own["price"], "vat_rate": own["vat_rate"], "basis_line_id": own["basis_line_id"],
              "paper_quantity": own["paper_quantity"], "note": own["note"]} for own in read["lines"]]
    change(lines)
    body = {"version": read["version"], "date": read["date"], "vat_mode": read["vat_mode"], "extra": read["extra"],
            "party_id": read["party"]["id"] if read["party"] else None, "place_id": read["place"]["id"],
            "due_date": read["due_date"], "lines": lines}
    person.put(f"/api/documents/{document_id}", body)
    return person.get(f"/api/documents/{document_id}")


def test_an_order_is_received_in_parts(boss: Person, world: World, shop: dict[str, int], database_url: str) -> None:
    paper = bought(boss, shop)
    assert expected(world) == [(paper, shop["sensor"], 10)]
    first = follow(boss, paper, "receipt")
    edit(boss, first, lambda lines: lines[0].update(quantity="4"))
    act(boss, first, "post")
    read = boss.get(f"/api/documents/{paper}")
    assert [(fact["code"], fact["text"]) for fact in read["facts"]] == [("received", "40 %")]
    assert expected(world) == [(paper, shop["sensor"], 6)]
    second = follow(boss, paper, "receipt")
    assert Decimal(boss.get(f"/api/documents/{second}")["lines"][0]["quantity"]) == 6
    act(boss, second, "post")
    assert expected(world) == []
    assert balance(world, shop) == (10, 0, 10000)
    assert boss.get(f"/api/documents/{paper}")["facts"][0]["share"] == "1.0000"
    act(boss, second, "unpost", reason="ошибка")
    assert expected(world) == [(paper, shop["sensor"], 6)]
    assert differences(database_url) == []


def test_no_more_is_received_than_ordered(boss: Person, shop: dict[str, int]) -> None:
    paper = bought(boss, shop)
    receipt = follow(boss, paper, "receipt")
    read = edit(boss, receipt, lambda lines: lines[0].update(quantity="11"))
    told = boss.post(f"/api/documents/{receipt}/actions/post", {"version": read["version"]}, status=409)
    assert "осталось 10" in told["message"]
    assert "отдельным ордером" in told["action"]


def test_what_came_keeps_the_order(boss: Person, shop: dict[str, int], world: World) -> None:
    """A part that has come forbids to annul; the rest is closed short and is not expected any more."""
    paper = bought(boss, shop)
    receipt = follow(boss, paper, "receipt")
    edit(boss, receipt, lambda lines: lines[0].update(quantity="4"))
    act(boss, receipt, "post")
    version = boss.get(f"/api/documents/{paper}")["version"]
    told = boss.post(f"/api/documents/{paper}/actions/annul", {"version": version, "reason": "нет"}, status=409)
    assert "принята" in told["message"]
    act(boss, paper, "close_short", reason="снято с производства")
    assert expected(world) == []
    act(boss, paper, "reopen", reason="нашёлся остаток")
    assert expected(world) == [(paper, shop["sensor"], 6)]


def test_an_order_of_works_alone_is_annulled_until_they_are_done(boss: Person, shop: dict[str, int]) -> None:
    paper = bought(boss, shop, line(shop["work"], "2", "500", unit="356"))
    receipt = follow(boss, paper, "receipt", "post")
    version = boss.get(f"/api/documents/{paper}")["version"]
    told = boss.post(f"/api/documents/{paper}/actions/annul", {"version": version, "reason": "нет"}, status=409)
    assert boss.get(f"/api/documents/{receipt}")["number"] in told["message"]
    act(boss, receipt, "unpost", reason="ошибка")
    assert act(boss, paper, "annul", reason="нет")["state"] == "annulled"


@pytest.mark.parametrize(("state", "due", "received"), [
    ("none", "2999-01-01", ""), ("overdue", "2026-01-01", ""), ("part", "2999-01-01", "4"),
    ("done", "2026-01-01", "10")])
def test_the_list_tells_how_far_it_is(boss: Person, shop: dict[str, int], state: str, due: str, received: str) -> None:
    paper = bought(boss, shop, due_date=due)
    if received:
        receipt = follow(boss, paper, "receipt")
        edit(boss, receipt, lambda lines: lines[0].update(quantity=received))
        act(boss, receipt, "post")
    found = boss.post("/api/lists/purchase_order", {
        "columns": ["number", "receiving"], "conditions": [{"column": "receiving", "op": "eq", "value": state}]})
    assert [row["id"] for row in found["rows"]] == [paper]


def test_an_order_of_a_sale_takes_what_it_lacks(boss: Person, world: World, shop: dict[str, int]) -> None:
    """Ten are ordered, four are there and reserved: six are to be bought, from who brought them, at its price."""
    receive(boss, shop, "4")
    sale = order(boss, shop)
    draft = follow(boss, sale, "purchase_order")
    read = boss.get(f"/api/documents/{draft}")
    assert read["party"]["id"] == shop["supplier"]
    [only] = read["lines"]
    assert (Decimal(only["quantity"]), Decimal(only["price"])) == (6, 1000)
    told = boss.post(f"/api/documents/{sale}/based-on", {"kind": "purchase_order"}, status=409)
    assert "заказывать нечего" in told["message"]


def test_a_sale_of_what_nobody_brought_yet_asks_for_a_supplier(boss: Person, shop: dict[str, int]) -> None:
    sale = made(boss, "sales_order", shop, line(shop["sensor"], "10", "100"))
    draft = follow(boss, sale, "purchase_order")
    read = boss.get(f"/api/documents/{draft}")
    assert read["party"] is None
    assert ("confirm", "Не указан поставщик") in [(action["code"], action["why_not"]) for action in read["actions"]]
    told = boss.post(f"/api/documents/{draft}/actions/confirm", {"version": read["version"]}, status=409)
    assert "поставщик" in told["message"]


def price(person: Person, shop: dict[str, int], **more: Any) -> dict[str, Any]:
    body = {"product_ids": [shop["sensor"]], "party_id": shop["supplier"], "kind": "purchase_order", "date": DAY}
    return person.post("/api/documents/hints", body | more)[0]


def test_prices_follow_the_posted_receipts(boss: Person, shop: dict[str, int]) -> None:
    assert price(boss, shop)["price"] is None
    receive(boss, shop)
    later = boss.post("/api/documents/receipt", {
        "date": "2026-11-25", "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "included",
        "action": "post", "lines": [line(shop["sensor"], "3", "1342")]})["id"]
    [item] = boss.get(f"/api/products/{shop['sensor']}/suppliers")
    assert (Decimal(item["price"]), item["date"], item["document"]["id"]) == (1100, "2026-11-25", later)
    assert Decimal(price(boss, shop, vat_mode="on_top")["price"]) == 1100
    assert Decimal(price(boss, shop, vat_mode="included")["price"]) == 1342
    act(boss, later, "unpost", reason="ошибка")
    assert Decimal(price(boss, shop, vat_mode="on_top")["price"]) == 1000


def test_an_older_receipt_posted_late_changes_no_price(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    boss.post("/api/documents/receipt", {
        "date": "2026-11-01", "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "action": "post", "lines": [line(shop["sensor"], "3", "700")]})
    assert Decimal(price(boss, shop, vat_mode="on_top")["price"]) == 1000


def test_prices_are_for_those_who_buy(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    seller = world.person("seller", {"product.view": Scope.ALL, "party.view": Scope.ALL})
    assert price(seller, shop)["supplier"] is None
    buyer = world.person("buyer", dict.fromkeys(("product.view", "party.view", "purchase_order.edit"), Scope.BRANCH))
    assert Decimal(price(buyer, shop, vat_mode="on_top")["price"]) == 1000
    world.sql("UPDATE party SET branch_id = %s WHERE id = %s", (world.branch("Казань"), shop["supplier"]))
    assert price(buyer, shop)["supplier"] is None, "a supplier of another branch"
    seller.get(f"/api/products/{shop['sensor']}/suppliers", status=403)
    seller.call("POST", "/api/lists/supplier_items", {}, status=403)
    [row] = boss.post("/api/lists/supplier_items", {"columns": ["product", "party", "price", "document"]})["rows"]
    assert (row["party"]["title"], Decimal(row["price"])) == ("АО «Завод»", 1000)


def test_merged_suppliers_keep_the_newer_price(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    double = world.insert("party", kind="legal", name="Завод АО", is_supplier=True)
    world.insert("supplier_item", party_id=double, product_id=shop["sensor"], code="Z-1", price=1200, date="2026-12-01")
    boss.post(f"/api/parties/{shop['supplier']}/merge", {
        "version": 1, "doubles": [{"id": double, "version": 1, "take": []}]})
    [item] = boss.get(f"/api/products/{shop['sensor']}/suppliers")
    assert (Decimal(item["price"]), item["code"]) == (1200, "Z-1")


def test_a_supplier_charges_its_own_rate(boss: Person, world: World, shop: dict[str, int]) -> None:
    """We are on the usual mode; a supplier on УСН asks 5 %, and one that is exempt none."""
    for rate in ("5", "none", "22"):
        paper = made(boss, "receipt", shop, line(shop["sensor"], "1", "100", vat_rate=rate), party_id=shop["supplier"])
        assert boss.get(f"/api/documents/{paper}")["lines"][0]["vat_rate"] == rate
    told = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "1", "100", vat_rate="20")]}, status=422)
    assert "lines.0.vat_rate" in told["field_errors"]


@pytest.mark.parametrize(("mode", "cost"), [("general", "1000"), ("simplified", "1220"), ("simplified_5", "1220")])
def test_vat_that_nobody_gives_back_is_cost(boss: Person, world: World, shop: dict[str, int], mode: str,
                                            cost: str) -> None:
    world.sql("UPDATE party SET tax_mode = %s WHERE id = %s", (mode, shop["own"]))
    receive(boss, shop, "1")
    assert balance(world, shop)[2] == Decimal(cost)


@pytest.mark.parametrize("count", [10, 200])
def test_posting_takes_the_same_statements_for_any_length(boss: Person, world: World, shop: dict[str, int],
                                                          count: int) -> None:
    products = [world.insert("product", name=f"Товар {n}") for n in range(count)]
    receipt = follow(boss, bought(boss, shop, *(line(p, "5", "10") for p in products)), "receipt")
    version = boss.get(f"/api/documents/{receipt}")["version"]
    boss.known().post(f"/api/documents/{receipt}/actions/post", {"version": version})
    assert boss.statements <= 14
