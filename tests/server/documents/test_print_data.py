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
        for name, parent in (("А-10", shop["place"]), ("А-9", zone), ("Б-1", second))}
    for place in bins.values():
        world.insert("stock_move", at=DAY, product_id=shop["sensor"], quantity=1, cost=10, to_place_id=place,
                     from_place_id=world.sql("SELECT id FROM place WHERE kind = 'supplier'")[0]["id"])
    order = boss.post("/api/documents/issue", {
        "date": DAY, "party_id": shop["customer"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "1", "100"), line(shop["work"], "1", "100")]})["id"]
    assert [sorted(item.bins) for item in printed(boss, order).lines] == [["А-10", "А-9"], []]


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
