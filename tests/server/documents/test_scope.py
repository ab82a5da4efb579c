"""Whose a document is: the sale's responsible sees all that came of it, whoever made it sees what they made."""

from collections.abc import Mapping

import pytest

from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, line, receive

ISSUE = ("issue.view", "issue.edit", "issue.post", "issue.unpost")
ORDER = ("sales_order.view", "sales_order.edit", "sales_order.confirm")


def grants(scope: Scope, *codes: str, **more: Scope) -> Mapping[str, Scope]:
    """`more` as `sales_order_view=Scope.ALL`."""
    return dict.fromkeys(codes, scope) | {".".join(code.rsplit("_", 1)): s for code, s in more.items()}


@pytest.fixture
def seller(world: World) -> Person:
    return world.person("seller", grants(Scope.OWN, *ORDER, "issue.view", "party.view"),
                        department_id=world.department_id, name="Продавец П. П.")


def order_of(boss: Person, person: Person, shop: dict[str, int]) -> int:
    receive(boss, shop)
    made = boss.post("/api/documents/sales_order", {
        "date": DAY, "party_id": shop["customer"], "place_id": shop["place"], "responsible_id": person.employee_id,
        "lines": [line(shop["sensor"], "2", "100")]})
    act(boss, made["id"], "confirm")
    return made["id"]


@pytest.mark.parametrize("scope", [Scope.OWN, Scope.DEPARTMENT, Scope.BRANCH])
def test_storekeeper_ships_and_the_seller_sees_it(world: World, boss: Person, seller: Person,
                                                  shop: dict[str, int], scope: Scope) -> None:
    order = order_of(boss, seller, shop)
    store = world.insert("department", title="Склад", branch_id=world.branch_id)
    keeper = world.person("keeper", grants(scope, *ISSUE, sales_order_view=Scope.BRANCH), department_id=store,
                          name="Кладовщик К. К.")
    issue = keeper.post(f"/api/documents/{order}/based-on", {"kind": "issue"})["id"]
    read = act(keeper, issue, "post")
    assert (read["responsible"]["title"], read["author"]) == ("Продавец П. П.", "Кладовщик К. К.")
    assert [row["id"] for row in keeper.post("/api/lists/issue", {})["rows"]] == [issue]
    assert seller.get(f"/api/documents/{issue}")["state"] == "issued"
    assert [row["id"] for row in seller.post("/api/lists/issue", {})["rows"]] == [issue]
    assert [node["kind"] for node in seller.get(f"/api/documents/{order}")["chain"]] == ["sales_order", "issue"]
    act(keeper, issue, "unpost", reason="ошибка")


def test_department_of_the_sale_sees_the_shipment(world: World, boss: Person, seller: Person,
                                                  shop: dict[str, int]) -> None:
    order = order_of(boss, seller, shop)
    world.sql("UPDATE document SET department_id = %s WHERE id = %s", (world.department_id, order))
    store = world.insert("department", title="Склад", branch_id=world.branch_id)
    keeper = world.person("keeper", grants(Scope.BRANCH, *ISSUE, sales_order_view=Scope.BRANCH), department_id=store)
    issue = keeper.post(f"/api/documents/{order}/based-on", {"kind": "issue"})["id"]
    head = world.person("head", grants(Scope.DEPARTMENT, "issue.view"), department_id=world.department_id)
    assert head.get(f"/api/documents/{issue}")["number"] == "РН-000001"


def test_a_strange_document_stays_unseen(world: World, boss: Person, seller: Person,
                                         shop: dict[str, int]) -> None:
    order_of(boss, seller, shop)
    other = world.person("other", grants(Scope.OWN, *ORDER, *ISSUE), department_id=world.department_id)
    assert other.post("/api/lists/sales_order", {})["rows"] == []
    assert other.post("/api/lists/documents", {})["rows"] == []
    other.get("/api/documents/2", status=404)


def test_who_is_named_stays_responsible(world: World, boss: Person, seller: Person,
                                        shop: dict[str, int]) -> None:
    order = order_of(boss, seller, shop)
    made = boss.post("/api/documents/issue", {
        "date": DAY, "party_id": shop["customer"], "place_id": shop["place"], "responsible_id": boss.employee_id,
        "basis_ids": [order], "lines": [line(shop["sensor"], "1", "100")]})
    assert boss.get(f"/api/documents/{made['id']}")["responsible"]["id"] == boss.employee_id
