"""Services have no warehouse: a sale of them alone does not ask for one."""

import pytest

from tests.server.conftest import Person
from tests.server.trading import DAY, act, line


@pytest.mark.parametrize(("kind", "action"), [("invoice", "issue"), ("sales_order", "confirm")])
def test_no_warehouse_for_services(boss: Person, shop: dict[str, int], kind: str, action: str) -> None:
    made = boss.post(f"/api/documents/{kind}", {
        "date": DAY, "party_id": shop["customer"], "lines": [line(shop["work"], "2", "1500", unit="356")]})
    read = act(boss, made["id"], action)
    assert (read["place"], read["accounting"]) == (None, "posted")
    closing = boss.post(f"/api/documents/{made['id']}/based-on", {"kind": "act"})
    act(boss, closing["id"], "post")


@pytest.mark.parametrize("kind", ["invoice", "sales_order"])
def test_goods_need_a_warehouse(boss: Person, shop: dict[str, int], kind: str) -> None:
    body = {"date": DAY, "party_id": shop["customer"],
            "lines": [line(shop["work"], "2", "1500", unit="356"), line(shop["sensor"], "1", "100")]}
    answer = boss.post(f"/api/documents/{kind}", body, status=422)
    assert answer["field_errors"] == {"place_id": "Заполните «Склад»"}


def test_an_issue_always_says_where_from(boss: Person, shop: dict[str, int]) -> None:
    body = {"date": DAY, "party_id": shop["customer"], "lines": [line(shop["work"], "2", "1500", unit="356")]}
    assert "place_id" in boss.post("/api/documents/issue", body, status=422)["field_errors"]
