"""Norms of stock: what lacks is moved from where there is more or bought, once; norms follow the consumption."""

import threading
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.trading import act, follow, line, made, order, today

Shop = dict[str, int]


@pytest.fixture
def second(world: World) -> int:
    return world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)


def rule(person: Person, product: int, place: int, minimum: str, target: str, **more: Any) -> None:
    person.post("/api/stock/rules", {"rules": [
        {"product_id": product, "place_id": place, "minimum": minimum, "target": target, **more}]})


def rows(person: Person, **more: Any) -> list[dict[str, Any]]:
    """What is to be done, by warehouse: step, quantity, from where."""
    page = person.post("/api/lists/replenishment", {"columns": [
        "product", "place", "step", "quantity", "source", "position", "document"], **more})
    return page["rows"]


def steps(person: Person) -> list[tuple[str, str, Decimal | None, str]]:
    return [(row["place"]["title"], row["step"], row["quantity"] and Decimal(row["quantity"]), row["source"])
            for row in sorted(rows(person), key=lambda row: row["id"])]


def receive(person: Person, shop: Shop, place: int, quantity: str, price: str = "1000", **more: Any) -> int:
    return person.post("/api/documents/receipt", {
        "date": str(today()), "party_id": shop["supplier"], "place_id": place, "vat_mode": "on_top", "action": "post",
        "lines": [line(shop["sensor"], quantity, price, **more)]})["id"]


def replenish(person: Person) -> dict[str, Any]:
    chosen = [row["id"] for row in rows(person) if row["step"] in ("transfer", "purchase", "unknown")]
    return person.known().post("/api/stock/replenishment", {"ids": chosen})


def test_what_lacks_is_moved_as_far_as_another_has_more_and_the_rest_is_bought(
        boss: Person, world: World, shop: Shop, second: int) -> None:
    receive(boss, shop, second, "12", "900")
    rule(boss, shop["sensor"], shop["place"], "10", "25", pack="10")
    rule(boss, shop["sensor"], second, "5", "8", maximum="9")
    assert steps(boss) == [
        ("Основной", "transfer", 7, "Второй"), ("Основной", "purchase", 20, "АО «Завод»"),
        ("Второй", "over", None, "")]
    done = replenish(boss)
    assert [(d["kind"], d["other"], d["place"], d["lines"]) for d in done["drafts"]] == [
        ("purchase_order", "АО «Завод»", "Основной", 1), ("transfer", "Второй", "Основной", 1)]
    bought, moved = (boss.get(f"/api/documents/{d['id']}") for d in done["drafts"])
    assert (bought["party"]["title"], bought["place"]["title"], bought["lines"][0]["quantity"]) == (
        "АО «Завод»", "Основной", "20.000")
    assert Decimal(bought["lines"][0]["price"]) == 900
    assert (moved["place"]["title"], moved["place_to"]["title"], moved["lines"][0]["quantity"]) == (
        "Второй", "Основной", "7.000")

    # Nothing is ordered twice: the drafts count, and are named; what is promised is no surplus of the second any more.
    again = {row["place"]["title"]: row for row in rows(boss)}
    assert (again["Основной"]["step"], Decimal(again["Основной"]["position"])) == ("coming", 27)
    assert again["Основной"]["document"]["id"] in (bought["id"], moved["id"])
    assert again["Второй"]["step"] == "enough"
    ids = [row["id"] for row in rows(boss)]
    assert boss.post("/api/stock/replenishment", {"ids": ids}) == {"drafts": [], "left": 2}

    # The seller sees when the ordered goods come; a draft promises nothing.
    asked = {"product_ids": [shop["sensor"]], "place_id": shop["place"], "kind": "invoice", "date": str(today())}
    assert boss.post("/api/documents/hints", asked)[0]["expected"] == []
    # Confirmed, on its way and received: the figures move on, the sum stays.
    act(boss, moved["id"], "send")
    act(boss, bought["id"], "confirm")
    [coming] = boss.post("/api/documents/hints", asked)[0]["expected"]
    assert (coming["document_id"], Decimal(coming["quantity"]), coming["due"]) == (bought["id"], 20, bought["due_date"])
    ruled = rows(boss)[0]["id"] // 2
    now = boss.get(f"/api/stock/replenishment/{ruled}")
    assert [Decimal(now[name]) for name in ("free", "way", "ordered", "drafted", "position")] == [0, 7, 20, 0, 27]
    assert [(c["document_id"], c["draft"]) for c in now["coming"]] == [(moved["id"], False), (bought["id"], False)]
    follow(boss, bought["id"], "receipt", "post")
    act(boss, moved["id"], "accept")
    now = boss.get(f"/api/stock/replenishment/{ruled}")
    assert [Decimal(now[name]) for name in ("free", "way", "ordered", "position")] == [27, 0, 0, 27]
    assert now["coming"] == []
    assert {step for _, step, _, _ in steps(boss)} == {"enough"}
    assert world.sql("SELECT lead_days FROM supplier_item")[0]["lead_days"] == 0  # ordered and received today


def test_goods_in_bins_count_and_those_that_customers_wait_for_do_not(
        boss: Person, world: World, shop: Shop, second: int) -> None:
    shelf = world.insert("place", kind="bin", name="А-1", inner=True, parent_id=shop["place"],
                         branch_id=world.branch_id)
    repair = world.insert("place", kind="zone", name="Ремонт", code="РЕМОНТ", inner=True, apart=True,
                          parent_id=shop["place"], branch_id=world.branch_id)
    receive(boss, shop, shop["place"], "3")
    receive(boss, shop, shop["place"], "4", bin_id=shelf)
    receive(boss, shop, repair, "50")
    rule(boss, shop["sensor"], shop["place"], "5", "10", supplier_id=shop["supplier"])
    assert [(row["step"], Decimal(row["position"])) for row in rows(boss)] == [("enough", 7)]
    order(boss, shop, line(shop["sensor"], "8", "100"))   # holds the 7 that are there and waits for one more
    [row] = rows(boss)
    assert (row["step"], Decimal(row["position"]), Decimal(row["quantity"])) == ("purchase", -1, 11)


def test_two_who_lack_the_same_get_no_more_than_there_is(boss: Person, world: World, shop: Shop, second: int) -> None:
    """Nor do packs go beyond the maximum."""
    third = world.insert("place", kind="warehouse", name="Третий", inner=True, branch_id=world.branch_id)
    receive(boss, shop, third, "10")
    for place in (shop["place"], second):
        rule(boss, shop["sensor"], place, "4", "5", pack="7", maximum="8", donor_id=third)
    assert steps(boss) == [("Основной", "transfer", 7, "Третий"), ("Второй", "transfer", 3, "Третий"),
                           ("Второй", "purchase", 7, "АО «Завод»")]
    done: list[dict[str, Any]] = []
    ids = [row["id"] for row in rows(boss)]
    threads = [threading.Thread(target=lambda: done.append(boss.post("/api/stock/replenishment", {"ids": ids})))
               for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(len(answer["drafts"]) for answer in done) == [0, 3]
    assert world.sql("SELECT sum(quantity) AS moved FROM document_line l JOIN document d ON d.id = l.document_id"
                     " WHERE d.kind = 'transfer'") == [{"moved": 10}]


def test_drafts_are_as_many_as_suppliers_and_their_statements_do_not_grow_with_lines(
        boss: Person, world: World, shop: Shop) -> None:
    def lack(count: int) -> int:
        goods = [world.insert("product", sku=f"Т-{count}-{n}", name=f"Товар {count}-{n}") for n in range(count)]
        boss.post("/api/documents/receipt", {
            "date": str(today()), "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
            "action": "post", "lines": [line(product, "1", "50") for product in goods]})
        boss.known().post("/api/stock/rules", {"rules": [
            {"product_id": product, "place_id": shop["place"], "minimum": "2", "target": "6"} for product in goods]})
        saved = boss.statements
        done = replenish(boss)
        assert [draft["lines"] for draft in done["drafts"]] == [count]
        return saved + boss.statements

    assert lack(2) == lack(60)
    stranger = world.insert("product", sku="Н-1", name="Никто не привозил")
    rule(boss, stranger, shop["place"], "1", "1")
    [draft] = replenish(boss)["drafts"]
    assert boss.get(f"/api/documents/{draft['id']}")["party"] is None  # its supplier is chosen before it is confirmed


def test_a_norm_is_changed_as_it_was_seen_and_says_what_is_wrong(boss: Person, world: World, shop: Shop,
                                                                  second: int) -> None:
    rule(boss, shop["sensor"], shop["place"], "5", "10", maximum="20", pack="5", lead_days=3)
    [read] = boss.get("/api/stock/rules", params={"product_id": shop["sensor"]})
    key = {"product_id": shop["sensor"], "place_id": shop["place"]}

    def save(status: int = 200, **values: Any) -> dict[str, Any]:
        return boss.post("/api/stock/rules", {"rules": [key | values]}, status=status)

    assert save(version=1, maximum=None, minimum="6") == {"created": 0, "changed": 1}
    assert save(409, version=1, minimum="7")["code"] == "stale_version"
    [read] = boss.get("/api/stock/rules", params={"product_id": shop["sensor"]})
    assert (read["version"], read["minimum"], read["target"], read["maximum"], read["pack"]) == (
        2, "6.000", "10.000", None, "5.000")
    for values, field in (({"minimum": "11"}, "target"), ({"maximum": "9"}, "maximum"), ({"donor_id": shop["place"]},
                          "donor_id"), ({"supplier_id": 999}, "supplier_id"), ({"product_id": shop["work"],
                          "target": "9"}, "product_id")):
        assert list(save(422, **values)["field_errors"]) == [field]
    kazan = world.branch("Казань")
    foreign = world.insert("place", kind="warehouse", name="Казань", inner=True, branch_id=kazan)
    keeper = world.person("keeper", dict.fromkeys((Permission.STOCK_VIEW, Permission.STOCK_RULES), Scope.BRANCH))
    rule(boss, shop["sensor"], foreign, "1", "2")
    keeper.post("/api/stock/rules", {"rules": [key | {"place_id": foreign, "minimum": "3", "target": "3"}]}, status=404)
    assert [row["place"]["title"] for row in rows(keeper)] == ["Основной"]
    foreign_rule = world.sql("SELECT id FROM stock_rule WHERE place_id = %s", (foreign,))[0]["id"]
    keeper.get(f"/api/stock/replenishment/{foreign_rule}", status=404)
    keeper.post("/api/stock/rules/remove", {"ids": [foreign_rule]}, status=404)
    keeper.post("/api/stock/replenishment", {"ids": [rows(keeper)[0]["id"]]}, status=403)
    keeper.post("/api/stock/rules/remove", {"ids": [read["id"]]})
    told = world.sql("SELECT action, after FROM audit_log WHERE entity = 'stock_rule' AND entity_id = %s ORDER BY id",
                     (read["id"],))
    assert [row["action"] for row in told] == ["create", "update", "delete"]
    assert told[1]["after"] == {"minimum": "6", "maximum": None}


def test_norms_follow_what_was_shipped(boss: Person, world: World, shop: Shop) -> None:
    receive(boss, shop, shop["place"], "100")
    shipped = made(boss, "issue", shop, line(shop["sensor"], "30", "100"), date=str(today()))
    act(boss, shipped, "post")
    back = made(boss, "issue", shop, line(shop["sensor"], "9", "100"), date=str(today()))
    act(boss, back, "post")
    act(boss, back, "unpost", reason="ошибка")
    world.sql("UPDATE supplier_item SET lead_days = 10")
    period = {"since": str(today() - timedelta(days=9)), "until": str(today())}
    [row] = boss.post("/api/lists/consumption", period)["rows"]
    # 3 a day: for 10 days of delivery and 5 of safety, and then for 14 more
    assert [Decimal(row[name]) for name in ("issued", "daily", "lead_days", "minimum", "target")] == [30, 3, 10, 45, 87]
    assert row["verdict"] == "new"
    assert boss.post("/api/stock/rules/adopt", {"ids": [row["id"]], **period}) == {"created": 1, "changed": 0}
    assert boss.post("/api/lists/consumption", period)["rows"][0]["verdict"] == "same"
    boss.post("/api/stock/rules/adopt", {"ids": [row["id"] + 1], **period}, status=422)
