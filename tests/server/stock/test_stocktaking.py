"""Stocktaking: goods move before, between and after the counts, two people count, differences reach the ledger."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Scope
from crm_server.kit.actor import ANY_PERMISSION
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, invoice, line, made, receive


class Hall:
    """A stocktaking of the shop's warehouse as people see it over HTTP."""

    def __init__(self, boss: Person, world: World, shop: dict[str, int], **more: Any) -> None:
        self.boss, self.world, self.shop = boss, world, shop
        self.id = boss.post("/api/documents/stocktaking", {
            "date": DAY, "place_id": shop["place"], "extra": {"blind": "blind"}, **more})["id"]

    def act(self, action: str, status: int = 200, **more: Any) -> Any:
        version = self.boss.get(f"/api/documents/{self.id}")["version"]
        return self.boss.post(f"/api/documents/{self.id}/actions/{action}", {"version": version, **more}, status=status)

    def count(self, quantity: str, product: int = 0, *, adds: bool = False, person: Person | None = None,
              place: int = 0, status: int = 200) -> Any:
        return (person or self.boss).post("/api/stock/counts", {"document_id": self.id, "counts": [{
            "place_id": place or self.shop["place"], "product_id": product or self.shop["sensor"],
            "quantity": quantity, "adds": adds}]}, status=status)

    def finish(self, **params: Any) -> None:
        self.act("check", params=params)
        self.act("approve")
        self.act("post")

    def lines(self, person: Person | None = None) -> list[dict[str, Any]]:
        return (person or self.boss).get("/api/stock/counts", params={"document_id": self.id})

    def sums(self) -> dict[str, Any]:
        return self.boss.get(f"/api/stock/counts/{self.id}/sums")

    def stock(self, product: int = 0, place: int = 0) -> tuple[Decimal, Decimal]:
        rows = self.world.sql("SELECT on_hand, value FROM stock_balance WHERE product_id = %s AND place_id = %s",
                              (product or self.shop["sensor"], place or self.shop["place"]))
        return (rows[0]["on_hand"], rows[0]["value"]) if rows else (Decimal(0), Decimal(0))


@pytest.fixture
def hall(boss: Person, world: World, shop: dict[str, int]) -> Hall:
    receive(boss, shop)
    world.sql("INSERT INTO setting (key, value) VALUES ('recount_sum', '0'), ('recount_percent', '0')")
    return Hall(boss, world, shop)


def issue(boss: Person, shop: dict[str, int], quantity: str) -> int:
    paper = made(boss, "issue", shop, line(shop["sensor"], quantity, "2000"))
    act(boss, paper, "post")
    return paper


def test_goods_move_before_between_and_after_the_counts(hall: Hall, database_url: str) -> None:
    boss, shop, world = hall.boss, hall.shop, hall.world
    other = world.insert("product", sku="104-221", name="Датчик ДД-41")
    boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top", "action": "post",
        "lines": [line(other, "20", "10")]})
    hall.act("start")
    assert [(row["sku"], row["counted"]) for row in hall.lines()] == [("104-220", None), ("104-221", None)]
    issue(boss, shop, "3")           # before its count: 7 are there by the books, and 6 on the shelf
    hall.count("6")
    issue(boss, shop, "2")           # between the two counts
    hall.count("21", other)          # by the books 20
    receive(boss, shop, "5")         # after both
    issue(boss, shop, "1")
    hall.finish()
    assert hall.stock() == (8, 8000)       # 6 - 2 + 5 - 1
    assert hall.stock(other) == (21, 210)
    assert differences(database_url) == []
    sums = hall.sums()
    assert (sums["short_lines"], sums["surplus_lines"]) == (1, 1)
    assert (Decimal(sums["short_cost"]), Decimal(sums["surplus_cost"])) == (-1000, 10)
    hall.act("unpost", reason="ошибка")
    assert hall.stock() == (9, 9000)
    assert hall.stock(other) == (20, 200)
    hall.act("post")
    assert hall.stock() == (8, 8000)
    assert differences(database_url) == []


def test_a_scan_adds_and_a_typed_quantity_replaces(hall: Hall) -> None:
    hall.act("start")
    for _ in range(3):
        hall.count("1", adds=True)
    assert Decimal(hall.count("-1", adds=True)[0]["counted"]) == 2
    assert Decimal(hall.count("9")[0]["counted"]) == 9
    assert Decimal(hall.count("1", adds=True)[0]["counted"]) == 10
    assert "меньше нуля" in hall.count("-11", adds=True, status=422)["field_errors"]["counts.0.quantity"]
    body = {"document_id": hall.id, "counts": [
        {"place_id": hall.shop["place"], "product_id": hall.shop["sensor"], "quantity": quantity, "adds": adds}
        for quantity, adds in (("4", False), ("1", True), ("1", True))]}
    assert Decimal(hall.boss.post("/api/stock/counts", body, key="same")[0]["counted"]) == 6
    assert Decimal(hall.boss.post("/api/stock/counts", body, key="same")[0]["counted"]) == 6
    assert len(hall.world.sql("SELECT 1 FROM stocktaking_count")) == 7


def test_what_moved_under_the_hands_of_a_counter_is_counted_again(hall: Hall) -> None:
    hall.act("start")
    hall.count("5", adds=True)
    issue(hall.boss, hall.shop, "2")
    assert hall.count("5", adds=True)[0]["disturbed"]
    hall.act("check")
    assert "двигался" in hall.act("approve", status=409)["message"]
    hall.count("8")
    hall.act("approve")
    hall.act("post")
    assert hall.stock() == (8, 8000)


def test_a_typed_count_settles_what_moved_while_scanned(hall: Hall) -> None:
    hall.act("start")
    hall.count("5", adds=True)
    issue(hall.boss, hall.shop, "2")
    assert not hall.count("8")[0]["disturbed"]


def test_found_goods_get_a_line_and_want_a_price(hall: Hall, database_url: str) -> None:
    found = hall.world.insert("product", sku="Н-1", name="Насос")
    hall.act("start")
    hall.count("10")
    assert Decimal(hall.count("2", found)[0]["counted"]) == 2
    assert hall.sums()["found"] == 1
    hall.act("check")
    hall.act("approve")
    assert "Насос" in hall.act("post", status=422)["message"]
    lines = {row["sku"]: row for row in hall.lines()}
    version = hall.boss.get(f"/api/documents/{hall.id}")["version"]
    hall.boss.post(f"/api/stock/counts/{hall.id}/prices", {
        "version": version, "prices": [{"line_id": lines["Н-1"]["id"], "price": "150.5"}]})
    hall.act("post")
    assert hall.stock(found) == (2, 301)
    assert differences(database_url) == []


def test_a_big_difference_is_counted_by_another_person(hall: Hall, world: World) -> None:
    world.sql("UPDATE setting SET value = '2000' WHERE key = 'recount_sum'")
    second = world.person("second", name="Второй В. В.")
    hall.act("start")
    hall.count("7")                                             # 3 pieces of 1000 roubles
    hall.act("check")
    told = hall.act("approve", status=409)
    assert "Датчик ДД-40" in told["message"]
    assert "не Главный Г. Г." in told["message"]
    assert "другой человек" in hall.count("9", status=409)["message"]
    answer = hall.count("1", adds=True, person=second)[0]       # a second count begins at nothing
    assert (Decimal(answer["counted"]), answer["pass_no"]) == (1, 2)
    assert "другой человек" in hall.count("1", adds=True, status=409)["message"]
    hall.count("9", person=second)
    hall.act("approve")
    hall.act("post")
    assert hall.stock() == (9, 9000)
    rows = hall.boss.post("/api/lists/stocktaking_lines", {"columns": ["counted", "first_counted", "pass"]})["rows"]
    assert [(Decimal(r["counted"]), Decimal(r["first_counted"]), r["pass"]) for r in rows] == [(9, 7, 2)]


def test_counting_is_blind_for_who_may_not_approve(hall: Hall, world: World) -> None:
    clerk = world.person("clerk", {code: Scope.ALL for code in ANY_PERMISSION if code != "stocktaking.approve"})
    hall.act("start")
    hall.count("7", person=clerk)
    columns = {"columns": ["counted", "booked", "difference", "cost", "state", "first_counted", "later"]}
    [row] = clerk.post("/api/lists/stocktaking_lines", columns)["rows"]
    assert (row["counted"], row["booked"], row["difference"], row["cost"], row["state"]) == (
        "7.000", None, None, None, "counted")
    assert [(r["booked"], r["difference"]) for r in hall.lines(clerk)] == [(None, None)]
    sums = clerk.get(f"/api/stock/counts/{hall.id}/sums")
    assert (sums["shows_booked"], sums["short_lines"], sums["short_cost"]) == (False, None, None)
    [row] = hall.boss.post("/api/lists/stocktaking_lines", columns)["rows"]
    assert (row["booked"], row["difference"], row["state"]) == ("10.000", "-3.000", "short")
    hall.act("check")
    hall.act("approve")
    [row] = clerk.post("/api/lists/stocktaking_lines", columns)["rows"]
    assert (row["booked"], row["state"]) == ("10.000", "short")


def test_a_shortage_does_not_eat_what_is_reserved(hall: Hall, world: World) -> None:
    boss, shop = hall.boss, hall.shop
    hall.act("start")
    hall.count("4")
    held = invoice(boss, shop, line(shop["sensor"], "8", "2000"))
    act(boss, held, "reserve")
    hall.act("check")
    hall.act("approve")
    told = hall.act("post", status=409)
    assert "недостача 6, свободно 2" in told["message"]
    assert boss.get(f"/api/documents/{held}")["number"] in told["action"]
    assert hall.stock() == (10, 10000)
    act(boss, held, "release", reason="договорились")
    hall.act("post")
    assert hall.stock() == (4, 4000)


def test_bins_of_the_warehouse_are_counted_in_the_order_of_the_walk(hall: Hall, world: World) -> None:
    zone = world.insert("place", kind="zone", name="Зал", code="А", inner=True, branch_id=world.branch_id,
                        parent_id=hall.shop["place"])
    bins = [world.insert("place", kind="bin", name=f"Полка {n}", code=f"А-{n}", inner=True, branch_id=world.branch_id,
                         parent_id=zone) for n in (2, 1)]
    paper = hall.boss.post("/api/documents/placement", {
        "date": DAY, "place_id": hall.shop["place"], "action": "post",
        "lines": [{"product_id": hall.shop["sensor"], "quantity": "2", "bin_to_id": place} for place in bins]})["id"]
    assert hall.boss.get(f"/api/documents/{paper}")["state"] == "placed"
    hall.act("start")
    assert [row["place"]["title"] for row in hall.lines()] == ["А / А-1", "А / А-2", "Основной"]
    only = hall.boss.get("/api/stock/counts", params={"document_id": hall.id, "place_id": zone})
    assert [row["place"]["title"] for row in only] == ["А / А-1", "А / А-2"]
    hall.count("1", place=bins[0])
    stranger = world.insert("place", kind="warehouse", name="Чужой", inner=True, branch_id=world.branch_id)
    assert "counts.0.place_id" in hall.count("1", place=stranger, status=422)["field_errors"]
    hall.finish(missing="zero")
    pieces = hall.world.sql("SELECT place_id, on_hand FROM stock_piece WHERE product_id = %s AND on_hand > 0",
                            (hall.shop["sensor"],))
    assert [(row["place_id"], row["on_hand"]) for row in pieces] == [(bins[0], 1)]
    assert hall.stock() == (1, 1000)


def test_what_nobody_counted_stays_unless_it_is_declared_absent(hall: Hall, world: World) -> None:
    other = world.insert("product", sku="104-221", name="Датчик ДД-41")
    hall.boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": hall.shop["supplier"], "place_id": hall.shop["place"], "vat_mode": "on_top",
        "action": "post", "lines": [line(other, "20", "10")]})
    hall.act("start")
    assert "ничего не посчитано" in hall.act("check", status=409)["message"]
    hall.count("10")
    hall.finish(missing="stay")
    assert hall.stock(other) == (20, 200)


def test_one_group_is_counted_with_what_lies_in_it(hall: Hall, world: World) -> None:
    group = world.insert("product_group", title="Датчики")
    inner = world.insert("product_group", title="Дымовые", parent_id=group)
    world.sql("UPDATE product SET group_id = %s WHERE id = %s", (inner, hall.shop["sensor"]))
    assert "params.group_id" in hall.act("start", status=422, params={"group_id": "999"})["field_errors"]
    hall.act("start", params={"group_id": str(group)})
    assert len(hall.lines()) == 1
    assert hall.boss.get(f"/api/documents/{hall.id}")["title"] == "группа «Датчики»"


def test_what_an_employee_holds_is_counted(hall: Hall, world: World, database_url: str) -> None:
    boss, shop = hall.boss, hall.shop
    fitter = world.insert("employee", name="Монтажник М. М.", branch_id=world.branch_id)
    paper = boss.post("/api/documents/custody_issue", {
        "date": DAY, "employee_id": fitter, "place_id": shop["place"],
        "lines": [{"product_id": shop["sensor"], "quantity": "4"}], "action": "post"})["id"]
    held = Hall(boss, world, shop, place_id=None, employee_id=fitter)
    assert "одно из двух" in Hall(boss, world, shop, employee_id=fitter).act("start", status=409)["action"]
    held.act("start")
    [row] = held.lines()
    assert row["place"]["title"] == "Монтажник М. М."
    held.count("3", place=row["place"]["id"])
    assert "counts.0.place_id" in held.count("1", status=422)["field_errors"]
    held.finish()
    assert held.stock(place=row["place"]["id"]) == (3, 3000)
    assert hall.stock() == (6, 6000)
    assert Decimal(boss.get(f"/api/documents/{paper}")["facts"][0]["share"]) == Decimal("0.25")
    assert differences(database_url) == []


def test_goods_are_counted_by_one_stocktaking_at_a_time(hall: Hall) -> None:
    hall.act("start")
    second = Hall(hall.boss, hall.world, hall.shop)
    number = hall.boss.get(f"/api/documents/{hall.id}")["number"]
    assert number in second.act("start", status=409)["message"]
    hall.act("annul", reason="не та дата")
    second.act("start")
    second.count("9")
    second.finish()
    third = Hall(hall.boss, hall.world, hall.shop)
    third.act("start")
    third.count("9")
    assert "уже посчитан" in second.act("unpost", status=409, reason="ошибка")["message"]


def test_recounting_keeps_what_is_not_counted_again(hall: Hall) -> None:
    hall.act("start")
    hall.count("9")
    hall.act("check")
    hall.act("recount")
    assert hall.lines()[0]["again"]
    hall.finish()
    assert hall.stock() == (9, 9000)


def test_the_number_of_statements_does_not_grow_with_lines(hall: Hall, world: World) -> None:
    spent = []
    for more in (1, 60):
        products = [world.insert("product", sku=f"К-{more}-{n}", name=f"Клапан {more} {n}") for n in range(more)]
        hall.boss.post("/api/documents/receipt", {
            "date": DAY, "party_id": hall.shop["supplier"], "place_id": hall.shop["place"], "vat_mode": "on_top",
            "action": "post", "lines": [line(product, "5", "10") for product in products]})
        one = Hall(hall.boss, world, hall.shop)
        counts = [{"place_id": hall.shop["place"], "product_id": product, "quantity": "4"} for product in products]
        one.act("start")
        hall.boss.known().post("/api/stock/counts", {"document_id": one.id, "counts": counts})
        taken = [hall.boss.statements]
        for action in ("check", "approve", "post", "unpost", "post"):
            hall.boss.known()
            one.act(action, reason="так надо")
            taken.append(hall.boss.statements)
        spent.append(taken)
    assert spent[0] == spent[1]


def test_two_counters_and_issues_at_once_keep_ledger_and_balances(hall: Hall, world: World, database_url: str) -> None:
    """Counters scan the same shelf while it is sold from; what the count says at its moment holds to the end."""
    boss, shop = hall.boss, hall.shop
    receive(boss, shop, "90")
    second = world.person("second", name="Второй В. В.")
    papers = [made(boss, "issue", shop, line(shop["sensor"], "1", "2000")) for _ in range(16)]
    hall.act("start")

    def sell(paper: int) -> None:
        boss.post(f"/api/documents/{paper}/actions/post", {"version": 1})

    def scan(person: Person) -> None:
        for _ in range(6):
            hall.count("1", adds=True, person=person)

    def type_in() -> None:
        for _ in range(4):
            hall.count("95", person=second)

    with ThreadPoolExecutor(8) as pool:
        for job in [pool.submit(scan, boss), pool.submit(scan, second), pool.submit(type_in),
                    *(pool.submit(sell, paper) for paper in papers)]:
            job.result()
    assert hall.stock() == (84, 84000)
    last = hall.count("90")[0]
    assert Decimal(last["booked"]) == 84
    for scanned in world.sql("SELECT booked, counted FROM stocktaking_count"):
        assert 84 <= scanned["booked"] <= 100
    issue(boss, shop, "4")
    hall.finish()
    assert hall.stock() == (86, 86000)
    assert differences(database_url) == []


def test_a_count_and_a_sale_of_the_same_goods_are_one_before_the_other(hall: Hall, world: World,
                                                                      database_url: str) -> None:
    """Sixteen times a sale runs against a count: whichever was first, the end is the count less what came after it."""
    boss, shop = hall.boss, hall.shop
    receive(boss, shop, "90")
    papers = [made(boss, "issue", shop, line(shop["sensor"], "1", "2000")) for _ in range(16)]
    hall.act("start")
    with ThreadPoolExecutor(6) as pool:
        jobs = [pool.submit(boss.post, f"/api/documents/{paper}/actions/post", {"version": 1}) for paper in papers]
        jobs.insert(8, pool.submit(hall.count, "50"))
        for job in jobs:
            job.result()
    [row] = world.sql("SELECT counted, booked FROM stocktaking_line")
    after = row["booked"] - 84
    hall.finish()
    assert hall.stock()[0] == 50 - after
    assert differences(database_url) == []
