"""More or less has come than the paper says: the receipt takes what came, an act tells the supplier."""

from decimal import Decimal
from typing import Any

from crm_contract.permissions import Scope
from crm_contract.printing import PrintDocument
from crm_desktop.rendering import render
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.purchases.test_orders import bought, edit
from tests.server.trading import DAY, act, balance, follow, line


def received(person: Person, shop: dict[str, int], came: str, paper: str | None, **more: Any) -> int:
    """A posted receipt of one product."""
    return person.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top", "action": "post",
        "extra": {"supplier_number": "77"},
        "lines": [line(shop["sensor"], came, "100", paper_quantity=paper), *more.get("lines", [])]})["id"]


def acts(person: Person, receipt: int) -> list[dict[str, Any]]:
    chain = person.get(f"/api/documents/{receipt}")["chain"]
    return [person.get(f"/api/documents/{node['id']}") for node in chain if node["kind"] == "discrepancy"]


def printed(person: Person, document: int) -> tuple[Decimal | None, Decimal, Decimal | None]:
    """The first line of the printed act: by the paper, what came, price of one."""
    sheet = PrintDocument.model_validate(person.get(f"/api/documents/{document}/print"))
    assert render(sheet, "discrepancy", "pdf").startswith(b"%PDF")
    first = sheet.lines[0]
    return first.paper_quantity, first.quantity, first.basis_price


def test_a_shortage_makes_an_act(boss: Person, world: World, shop: dict[str, int], database_url: str) -> None:
    receipt = received(boss, shop, "8", "10")
    assert balance(world, shop) == (8, 0, 800)
    [found] = acts(boss, receipt)
    [only] = found["lines"]
    assert (Decimal(only["paper_quantity"]), Decimal(only["quantity"]), only["note"]) == (10, 8, "Недостача")
    assert found["state"] == "draft"
    assert "77" in found["comment"]
    assert printed(boss, found["id"]) == (10, 8, 100)
    assert world.sql("SELECT count(*) AS n FROM stock_move WHERE document_id = %s", (found["id"],)) == [{"n": 0}]
    act(boss, found["id"], "claim")
    assert act(boss, found["id"], "settle", reason="довезли")["state"] == "settled"
    assert differences(database_url) == []


def test_nothing_of_a_line_has_come(boss: Person, world: World, shop: dict[str, int]) -> None:
    """A line of the paper that did not come at all stays in the receipt with nothing and moves nothing."""
    other = world.insert("product", name="Кабель")
    receipt = received(boss, shop, "0", "10", lines=[line(other, "2", "5", paper_quantity="2")])
    assert world.sql("SELECT product_id, quantity FROM stock_move") == [{"product_id": other, "quantity": 2}]
    [found] = acts(boss, receipt)
    assert [(own["product"]["id"], own["note"]) for own in found["lines"]] == [(shop["sensor"], "Не поставлен")]
    assert printed(boss, found["id"]) == (10, 0, 100)


def test_what_agrees_makes_no_act(boss: Person, shop: dict[str, int]) -> None:
    assert acts(boss, received(boss, shop, "10", "10")) == []
    assert acts(boss, received(boss, shop, "10", None)) == []


def test_the_act_goes_with_its_receipt(boss: Person, world: World, shop: dict[str, int], database_url: str) -> None:
    receipt = received(boss, shop, "12", "10")
    [found] = acts(boss, receipt)
    assert found["lines"][0]["note"] == "Излишек"
    act(boss, receipt, "unpost", reason="пересчитали")
    assert [one["state"] for one in acts(boss, receipt)] == ["annulled"]
    act(boss, receipt, "post")
    assert sorted(one["state"] for one in acts(boss, receipt)) == ["annulled", "draft"]
    assert differences(database_url) == []


def test_an_act_that_was_handed_over_keeps_the_receipt(boss: Person, shop: dict[str, int]) -> None:
    receipt = received(boss, shop, "8", "10")
    [found] = acts(boss, receipt)
    act(boss, found["id"], "claim")
    version = boss.get(f"/api/documents/{receipt}")["version"]
    told = boss.post(f"/api/documents/{receipt}/actions/unpost", {"version": version, "reason": "ошибка"}, status=409)
    assert found["number"] in told["message"]
    act(boss, found["id"], "annul", reason="ошибка")
    act(boss, receipt, "unpost", reason="ошибка")


def test_a_product_of_the_archive_is_received_as_it_was_written(boss: Person, world: World,
                                                                shop: dict[str, int]) -> None:
    paper = bought(boss, shop)
    receipt = follow(boss, paper, "receipt")
    world.sql("UPDATE product SET archived = true WHERE id = %s", (shop["sensor"],))
    edit(boss, receipt, lambda lines: lines[0].update(quantity="7", paper_quantity="10"))
    act(boss, receipt, "post")
    assert len(acts(boss, receipt)) == 1
    boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "1", "100")]}, status=422)


def test_the_cause_that_the_storekeeper_wrote_is_in_the_act(boss: Person, shop: dict[str, int]) -> None:
    paper = bought(boss, shop)
    receipt = follow(boss, paper, "receipt")
    edit(boss, receipt, lambda lines: lines[0].update(quantity="7", paper_quantity="10", note="3 шт разбиты"))
    act(boss, receipt, "post")
    [found] = acts(boss, receipt)
    assert found["lines"][0]["note"] == "3 шт разбиты"
    assert boss.get(f"/api/documents/{paper}")["facts"][0]["text"] == "70 %"


def test_nothing_without_a_paper_is_refused(boss: Person, shop: dict[str, int]) -> None:
    for more in ({}, {"paper_quantity": "0"}):
        told = boss.post("/api/documents/receipt", {
            "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
            "lines": [line(shop["sensor"], "0", "100", **more)]}, status=422)
        assert list(told["field_errors"]) == ["lines.0.quantity"]
    told = boss.post("/api/documents/invoice", {
        "date": DAY, "party_id": shop["customer"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "1", "100", paper_quantity="2")]}, status=422)
    assert list(told["field_errors"]) == ["lines.0.paper_quantity"]


def test_the_act_asks_for_no_right_of_its_own(world: World, boss: Person, shop: dict[str, int]) -> None:
    """Who may receive may tell what came, without a right to write acts."""
    keeper = world.person("keeper", {"receipt.view": Scope.ALL, "receipt.edit": Scope.ALL, "receipt.post": Scope.ALL,
                                     "party.view": Scope.ALL, "product.view": Scope.ALL})
    receipt = received(keeper, shop, "8", "10")
    assert len(acts(boss, receipt)) == 1
