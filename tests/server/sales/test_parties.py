"""What sales tell about a customer, and that a branch is told of its own only."""


from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.trading import DAY, line, owe, receive


def seller(world: World, branch_id: int) -> Person:
    rights = ("invoice.view", "invoice.edit", "invoice.issue", "payment.view", Permission.PARTY_VIEW,
              Permission.STOCK_VIEW, Permission.PRODUCT_VIEW)
    return world.person(grants=dict.fromkeys(rights, Scope.BRANCH), branch_id=branch_id)


def test_debt_counters_timeline_and_search_of_a_customer(world: World, boss: Person, shop: dict[str, int]) -> None:
    late = owe(boss, shop, "1000", "2026-01-10")
    owe(boss, shop, "234.5", "2100-01-10")
    boss.post("/api/documents/offer", {
        "date": DAY, "party_id": shop["customer"], "lines": [line(shop["work"], "1", "5")]})
    card = boss.get(f"/api/parties/{shop['customer']}")
    assert boss.statements <= 6
    assert (card["debt"]["total"], card["debt"]["overdue"]) == ("1234.50", "1000.00")
    assert card["debt"]["overdue_days"] > 300
    counters = {c["code"]: (c["count"], c["text"], c["tone"]) for c in card["counters"]}
    assert counters["invoice"] == (2, "1 просрочено", "error")
    assert counters["offer"] == (1, "1 не отправлено", "neutral")
    assert counters["upd"] == (0, "пока нет", "neutral")
    timeline = boss.get(f"/api/parties/{shop['customer']}/timeline")
    assert [t["title"] for t in timeline if t["kind"] == "document"][-1] == f"Счёт {late['number']} · выставлен"
    page = boss.post("/api/lists/parties", {"conditions": [{"column": "overdue", "op": "gt", "value": "0"}]})
    assert [row["id"] for row in page["rows"]] == [shop["customer"]]
    hit = boss.get("/api/search", params={"q": late["number"]})[0]
    assert (hit["entity"], hit["id"], hit["kind"]) == ("invoice", late["id"], "document")
    assert hit["title"].startswith(f"Счёт {late['number']} от ")
    assert hit["subtitle"] == "ООО «Ветер» · выставлен"
    assert {h["entity"] for h in boss.get("/api/search", params={"q": "dtnth"})} == {"invoice", "offer"}


def test_a_branch_is_told_of_its_own(world: World, boss: Person, shop: dict[str, int]) -> None:
    made = owe(boss, shop, "777", "2026-01-10")
    receive(boss, shop)
    other = seller(world, world.insert("branch", title="Казань"))
    card = other.get(f"/api/parties/{shop['customer']}")
    assert card["debt"] == {"total": "0", "overdue": "0", "overdue_days": 0}
    assert [(c["code"], c["count"]) for c in card["counters"]] == [("invoice", 0), ("payment", 0)]
    assert not [t for t in other.get(f"/api/parties/{shop['customer']}/timeline") if t["kind"] == "document"]
    assert not [h for h in other.get("/api/search", params={"q": made["number"]}) if h["kind"] == "document"]
    page = other.post("/api/lists/parties", {"conditions": [{"column": "debt", "op": "gt", "value": "0"}]})
    assert page["rows"] == []
    products = other.post("/api/lists/products", {"columns": ["name", "on_hand", "free"]})["rows"]
    assert {row["on_hand"] for row in products} == {"0"}
    other.get("/api/stock/origin", status=404, params={"product_id": shop["sensor"], "place_id": shop["place"]})
    mine = boss.post("/api/lists/products", {
        "columns": ["name", "on_hand", "cost"], "sort": [{"column": "on_hand", "descending": True}]})
    assert (mine["rows"][0]["on_hand"], mine["rows"][0]["cost"]) == ("10.000", "1000.00")


def test_why_not_is_told_before_and_after(boss: Person, shop: dict[str, int]) -> None:
    made = owe(boss, shop, "100")
    actions = {a["code"]: a["why_not"] for a in made["actions"]}
    assert actions["release"] == "В резерве ничего нет"
    assert actions["reserve"] == ""
    answer = boss.post(f"/api/documents/{made['id']}/actions/release", {"version": made["version"]}, status=409)
    assert answer["message"] == f"Счёт {made['number']}: в резерве ничего нет"
