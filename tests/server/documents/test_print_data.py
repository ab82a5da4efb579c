"""What a printed paper of the warehouse is made from: cost by the ledger, places, bins, the own code."""

from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Scope
from crm_contract.printing import PrintDocument
from crm_desktop.rendering import render
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, line, receive


@pytest.fixture
def second(world: World) -> int:
    return world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)


def printed(person: Person, document_id: int) -> PrintDocument:
    return PrintDocument.model_validate(person.get(f"/api/documents/{document_id}/print"))


def moved(person: Person, shop: dict[str, int], second: int, *quantities: str) -> int:
    return person.post("/api/documents/transfer", {
        "date": DAY, "place_id": shop["place"], "place_to_id": second,
        "lines": [{"product_id": shop["sensor"], "quantity": quantity} for quantity in quantities]})["id"]


def test_goods_inside_are_printed_at_cost(boss: Person, shop: dict[str, int], second: int) -> None:
    receive(boss, shop)
    paper = moved(boss, shop, second, "3", "1")
    draft = printed(boss, paper)
    assert (draft.is_draft, [item.cost for item in draft.lines]) == (True, [None, None])
    assert (draft.place_from, draft.place_to, draft.code) == ("Основной", "Второй", f"OKD{paper}")
    assert draft.buyer == draft.seller
    act(boss, paper, "send")
    assert [item.cost for item in printed(boss, paper).lines] == [Decimal(3000), Decimal(1000)]
    act(boss, paper, "accept")
    sheet = printed(boss, paper)
    assert [item.cost for item in sheet.lines] == [Decimal(3000), Decimal(1000)], "the way is not counted twice"
    for form in ("torg13", "m11", "m15", "picking"):
        assert render(sheet, form, "pdf").startswith(b"%PDF")
        letter = boss.get(f"/api/documents/{paper}/recipients", params={"form": form})
        assert letter["recipients"] == [], "nobody outside of us is proposed"
    act(boss, paper, "unpost", reason="не туда")
    assert [item.cost for item in printed(boss, paper).lines] == [None, None]
    act(boss, paper, "post")
    assert [item.cost for item in printed(boss, paper).lines] == [Decimal(3000), Decimal(1000)]


def test_the_cost_is_only_for_those_who_may_see_it(boss: Person, world: World, shop: dict[str, int],
                                                   second: int) -> None:
    receive(boss, shop)
    paper = moved(boss, shop, second, "2")
    act(boss, paper, "post")
    keeper = world.person("keeper", {"transfer.view": Scope.BRANCH})
    assert [item.cost for item in printed(keeper, paper).lines] == [None]
    seer = world.person("seer", {"transfer.view": Scope.BRANCH, "product.cost": Scope.ALL})
    assert [item.cost for item in printed(seer, paper).lines] == [Decimal(2000)]


def test_a_receipt_names_its_supplier_and_an_act_its_reason(boss: Person, shop: dict[str, int]) -> None:
    receipt = printed(boss, receive(boss, shop))
    assert (receipt.buyer.name, receipt.place_from, receipt.reason) == ("АО «Завод»", "Основной", "")
    scrap = boss.post("/api/documents/scrap", {
        "date": DAY, "place_id": shop["place"], "extra": {"reason": "broken"},
        "lines": [{"product_id": shop["sensor"], "quantity": "1"}]})["id"]
    act(boss, scrap, "post")
    sheet = printed(boss, scrap)
    assert (sheet.reason, sheet.lines[0].cost) == ("Бой, порча", Decimal(1000))
    assert "extra" in sheet.model_dump()


def test_a_line_names_the_bins_of_its_warehouse(boss: Person, world: World, shop: dict[str, int],
                                                second: int) -> None:
    zone = world.insert("place", kind="zone", name="Зал", inner=True, branch_id=world.branch_id,
                        parent_id=shop["place"])
    bins: dict[str, Any] = {
        name: world.insert("place", kind="bin", name=name, inner=True, branch_id=world.branch_id, parent_id=parent)
        for name, parent in (("А-10", zone), ("А-9", zone), ("Б-1", second))}
    for name, place in bins.items():
        world.insert("stock_move", at=DAY, product_id=shop["sensor"], quantity=2 if name == "А-10" else 1, cost=10,
                     to_place_id=second if name == "Б-1" else shop["place"], to_bin_id=place,
                     from_place_id=world.sql("SELECT id FROM place WHERE kind = 'supplier'")[0]["id"])
    order = boss.post("/api/documents/issue", {
        "date": DAY, "party_id": shop["customer"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "2", "100"), line(shop["work"], "1", "100"),
                  line(shop["sensor"], "3", "100")]})["id"]
    told = [[(place.code, place.quantity) for place in item.bins] for item in printed(boss, order).lines]
    assert told == [[("А-9", 1), ("А-10", 1)], [], [("А-10", 1)]]


def test_papers_of_custody_name_the_people(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    fitter = world.person("fitter", name="Седов Семён Семёнович")
    mate = world.person("mate", name="Юдин Юрий Юрьевич")
    world.sql("UPDATE employee SET position = 'Монтажник' WHERE id = %s", (fitter.employee_id,))
    lines = [{"product_id": shop["sensor"], "quantity": "2"}]
    given = boss.post("/api/documents/custody_issue", {
        "date": DAY, "employee_id": fitter.employee_id, "place_id": shop["place"], "action": "post",
        "lines": lines})["id"]
    sheet = printed(boss, given)
    assert (sheet.place_from, sheet.keeper_from, sheet.keeper_to, sheet.keeper_to_title) == (
        "Основной", "", "Седов Семён Семёнович", "Монтажник")
    assert sheet.lines[0].cost == Decimal(2000)
    handed = boss.post("/api/documents/custody_handover", {
        "date": DAY, "employee_id": fitter.employee_id, "employee_to_id": mate.employee_id, "lines": lines})["id"]
    passed = printed(boss, handed)
    assert (passed.keeper_from, passed.keeper_to) == ("Седов Семён Семёнович", "Юдин Юрий Юрьевич")
    back = boss.post("/api/documents/custody_return", {
        "date": DAY, "employee_id": fitter.employee_id, "place_id": shop["place"], "action": "post",
        "lines": [lines[0] | {"condition": "repair", "note": "не держит ноль"}]})["id"]
    returned = printed(boss, back)
    assert (returned.keeper_from, returned.place_to, returned.keeper_to) == ("Седов Семён Семёнович", "Основной", "")
    assert (returned.lines[0].note, returned.lines[0].cost) == ("В ремонт. не держит ноль", Decimal(2000))
    for form in ("custody", "m11"):
        assert render(returned, form, "pdf").startswith(b"%PDF")


def test_an_inventory_prints_what_the_reader_may_see(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    world.sql("INSERT INTO setting (key, value) VALUES ('recount_sum', '0'), ('recount_percent', '0')")
    paper = boss.post("/api/documents/stocktaking", {"date": DAY, "place_id": shop["place"],
                                                     "extra": {"blind": "blind"}})["id"]
    act(boss, paper, "start")
    clerk = world.person("clerk", {"stocktaking.view": Scope.BRANCH})
    to_count = printed(clerk, paper).counts
    assert [(line.name, line.counted, line.booked, line.price) for line in to_count] == [
        ("Датчик ДД-40", None, None, None)]
    boss.post("/api/stock/counts", {"document_id": paper, "counts": [
        {"place_id": shop["place"], "product_id": shop["sensor"], "quantity": "7"}]})
    act(boss, paper, "check", params={"missing": "stay"})
    seen = printed(boss, paper).counts[0]
    assert (seen.counted, seen.booked, seen.price) == (7, 10, 1000)
    blind = printed(clerk, paper).counts[0]
    assert (blind.counted, blind.booked, blind.price) == (7, None, None)
    act(boss, paper, "approve")
    act(boss, paper, "post")
    sheet = printed(boss, paper)
    assert (sheet.counts[0].price, printed(clerk, paper).counts[0].booked) == (1000, 10)
    assert render(sheet, "inv3", "pdf").startswith(b"%PDF")


def test_a_paper_is_read_in_as_many_statements_for_any_number_of_lines(boss: Person, shop: dict[str, int],
                                                                       second: int) -> None:
    counts = []
    for length in (1, 40):
        paper = moved(boss, shop, second, *["1"] * length)
        boss.known()
        printed(boss, paper)
        counts.append(boss.statements)
    assert counts[0] == counts[1]
    assert counts[0] <= 7
