"""A document is made and posted in one request: both, or nothing is saved."""

from typing import Any

import pytest

from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, line, order, receive


def counts(world: World) -> list[dict[str, Any]]:
    return world.sql("SELECT (SELECT count(*) FROM document) AS documents, (SELECT count(*) FROM stock_move) AS moves,"
                     " (SELECT count(*) FROM audit_log WHERE entity = 'issue') AS journal,"
                     " (SELECT count(*) FROM document_link) AS links")


def test_an_issue_on_an_order_is_made_and_posted(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    order_id = order(boss, shop, line(shop["sensor"], "6", "100"))
    body = {"kind": "issue", "action": "post"}
    made = boss.post(f"/api/documents/{order_id}/based-on", body, key="press")
    assert boss.post(f"/api/documents/{order_id}/based-on", body, key="press") == made  # a key pressed twice
    issue = boss.get(f"/api/documents/{made['id']}")
    assert (issue["state"], issue["version"]) == ("issued", made["version"])
    assert balance(world, shop)[:2] == (4, 0)
    shipped = next(f for f in boss.get(f"/api/documents/{order_id}")["facts"] if f["code"] == "shipped")
    assert float(shipped["share"]) == 1
    journal = world.sql("SELECT action FROM audit_log WHERE entity = 'issue' ORDER BY id")
    assert [row["action"] for row in journal] == ["create", "action"]


def test_a_receipt_is_made_and_posted(boss: Person, world: World, shop: dict[str, int]) -> None:
    made = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "action": "post",
        "lines": [line(shop["sensor"], "3", "1000")]})
    assert boss.get(f"/api/documents/{made['id']}")["state"] == "received"
    assert balance(world, shop)[0] == 3


@pytest.mark.parametrize(("action", "status"), [("post", 409), ("unpost", 409), ("burn", 404)])
def test_what_is_refused_leaves_nothing(boss: Person, world: World, shop: dict[str, int], action: str,
                                        status: int) -> None:
    receive(boss, shop, "2")
    order_id = order(boss, shop, line(shop["sensor"], "6", "100"))
    before = counts(world)
    boss.post(f"/api/documents/{order_id}/based-on", {"kind": "issue", "action": action}, status=status)
    assert counts(world) == before
    assert balance(world, shop)[:2] == (2, 2)


def test_who_may_make_but_not_post_makes_nothing(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    order_id = order(boss, shop, line(shop["sensor"], "6", "100"))
    clerk = world.person(grants=dict.fromkeys(("sales_order.view", "issue.view", "issue.edit"), Scope.ALL))
    before = counts(world)
    clerk.post(f"/api/documents/{order_id}/based-on", {"kind": "issue", "action": "post"}, status=403)
    assert counts(world) == before
    draft = clerk.post(f"/api/documents/{order_id}/based-on", {"kind": "issue"})
    assert act(boss, draft["id"], "post")["state"] == "issued"
