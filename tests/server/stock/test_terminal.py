"""The stock terminal over HTTP: what a code is, what is planned, how a finished operation is posted once."""

from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from crm_contract.permissions import Permission, Scope
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, day, follow, invoice, line, made, order, receive


@pytest.fixture
def valve(world: World) -> int:
    product = world.insert("product", sku="118-015", name="Клапан КЭ-15")
    world.sql("INSERT INTO barcode VALUES ('4600000000008', %s)", (product,))
    return product


def code(person: Person, text: str) -> dict[str, Any]:
    return person.get("/api/stock/codes", params={"code": text})


def tasks(person: Person) -> dict[str, dict[str, Any]]:
    return {task["operation"]: task for task in person.get("/api/stock/terminal/day")["tasks"]}


def finish(person: Person, operation: str, *lines: dict[str, Any], status: int = 200, key: str = "",
           **more: Any) -> Any:
    return person.call("POST", "/api/stock/terminal/operations", {"operation": operation, "lines": list(lines), **more},
                       status=status, key=key)


def scanned(task: dict[str, Any], quantity: str, number: int = 0) -> dict[str, Any]:
    of = task["lines"][number]
    return {"line_id": of["id"], "product_id": of["product_id"], "quantity": quantity}


# --- what a code is ----------------------------------------------------------------------------------------------


def test_a_product_is_found_by_its_label_barcode_and_article(boss: Person, shop: dict[str, int], valve: int) -> None:
    receive(boss, shop)
    for text in (f"OKP{shop['sensor']}", "104-220"):
        answer = code(boss, text)
        assert (answer["meaning"], answer["id"], answer["title"]) == ("product", shop["sensor"], "Датчик ДД-40")
        assert answer["facts"] == [["На складах", "10 шт"], ["Резерв", "0 шт"], ["Свободно", "10 шт"]]
        assert [(s["place"], s["on_hand"]) for s in answer["stock"]] == [("Основной", "10.000")]
    for text in ("4600000000008", "04600000000008"):
        assert code(boss, text)["id"] == valve


def test_a_place_tells_what_lies_there_and_a_document_what_it_is(boss: Person, world: World, shop: dict[str, int]
                                                                 ) -> None:
    world.sql("UPDATE place SET code = 'A-03-2' WHERE id = %s", (shop["place"],))
    receipt = receive(boss, shop)
    for text in (f"OKL{shop['place']}", "A-03-2"):
        assert [(s["product"], s["free"]) for s in code(boss, text)["stock"]] == [("Датчик ДД-40", "10.000")]
    number = boss.get(f"/api/documents/{receipt}")["number"]
    for text in (f"OKD{receipt}", number):
        answer = code(boss, text)
        assert (answer["meaning"], answer["subtitle"], answer["kind"]) == ("document", "АО «Завод»", "receipt")
        assert ["Состояние", "Принят"] in answer["facts"]


def test_what_is_nothing_or_beyond_rights_is_unknown(boss: Person, world: World, shop: dict[str, int]) -> None:
    receipt = receive(boss, shop)
    stranger = world.person("kazan", {Permission.STOCK_VIEW: Scope.BRANCH}, branch_id=world.branch("Казань"))
    assert code(boss, "OKP999999")["meaning"] == code(boss, "никто")["meaning"] == "unknown"
    for text in (f"OKD{receipt}", f"OKL{shop['place']}", f"OKP{shop['sensor']}"):
        assert code(stranger, text)["meaning"] == "unknown"


# --- what is planned ---------------------------------------------------------------------------------------------


def test_the_day_tells_drafts_and_reserves_with_their_lines(boss: Person, shop: dict[str, int], valve: int) -> None:
    receive(boss, shop)
    made(boss, "issue", shop, line(shop["sensor"], "3", "100"), line(valve, "4", "10"))
    reserved = order(boss, shop, line(shop["sensor"], "2", "100"))
    found = tasks(boss)
    assert [(x["sku"], x["quantity"], x["unit"]) for x in found["ISSUE"]["lines"]] == [
        ("104-220", "3.000", "шт"), ("118-015", "4.000", "шт")]
    assert (found["PICKING"]["id"], found["PICKING"]["lines"][0]["quantity"]) == (reserved, "2.000")
    follow(boss, reserved, "issue")
    assert "PICKING" not in tasks(boss)  # its goods are in the draft now


def test_another_branch_is_told_nothing(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    made(boss, "issue", shop, line(shop["sensor"], "3", "100"))
    stranger = world.person("kazan", branch_id=world.branch("Казань"))
    day = stranger.get("/api/stock/terminal/day")
    assert (day["tasks"], day["places"]) == ([], [])


def test_the_catalogue_comes_by_pages(boss: Person, shop: dict[str, int], valve: int) -> None:
    receive(boss, shop)
    page = boss.get("/api/stock/terminal/products")
    assert [(p["id"], p["barcodes"], p["free"]) for p in page] == [
        (shop["sensor"], [], "10.000"), (valve, ["4600000000008"], "0")]
    assert boss.get("/api/stock/terminal/products", params={"after": valve}) == []


# --- posting -----------------------------------------------------------------------------------------------------


def test_an_issue_posts_what_was_scanned_and_the_rest_stays_a_draft(boss: Person, world: World, shop: dict[str, int],
                                                                     valve: int) -> None:
    receive(boss, shop)
    draft = made(boss, "issue", shop, line(shop["sensor"], "3", "100"), line(valve, "4", "10"))
    task = tasks(boss)["ISSUE"]
    done = finish(boss, "ISSUE", scanned(task, "2"), document_id=draft, version=task["version"])
    assert done["posted"] is True
    assert balance(world, shop)[0] == Decimal(8)
    posted = boss.get(f"/api/documents/{draft}")
    assert (posted["state"], [x["quantity"] for x in posted["lines"]]) == ("issued", ["2.000"])
    rest = boss.get(f"/api/documents/{done['rest']['id']}")
    assert (rest["state"], [(x["sku"], x["quantity"]) for x in rest["lines"]]) == (
        "draft", [("104-220", "1.000"), ("118-015", "4.000")])


def test_a_reserve_is_shipped_by_its_order_and_the_rest_stays_reserved(boss: Person, world: World, shop: dict[str, int]
                                                                       ) -> None:
    receive(boss, shop)
    reserved = order(boss, shop, line(shop["sensor"], "5", "100"))
    task = tasks(boss)["PICKING"]
    done = finish(boss, "PICKING", scanned(task, "2"), document_id=reserved, version=task["version"])
    assert (done["posted"], done["rest"]) == (True, None)
    assert balance(world, shop)[:2] == (Decimal(8), Decimal(3))
    assert tasks(boss)["PICKING"]["lines"][0]["quantity"] == "3.000"


def test_more_than_planned_goes_in_but_not_out(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    draft = made(boss, "issue", shop, line(shop["sensor"], "3", "100"))
    task = tasks(boss)["ISSUE"]
    refused = finish(boss, "ISSUE", scanned(task, "4"), document_id=draft, version=task["version"], status=422)
    assert "больше" in refused["field_errors"]["lines"]
    expected = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "3", "1000")]})["id"]
    task = tasks(boss)["RECEIPT"]
    finish(boss, "RECEIPT", scanned(task, "4"), document_id=expected, version=task["version"])
    assert balance(world, shop)[0] == Decimal(14)


def test_the_same_operation_sent_again_is_posted_once(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    draft = made(boss, "issue", shop, line(shop["sensor"], "3", "100"))
    task = tasks(boss)["ISSUE"]
    answers = [finish(boss, "ISSUE", scanned(task, "3"), document_id=draft, version=task["version"], key="op-1")
               for _ in range(3)]
    assert answers[0] == answers[1] == answers[2]
    assert balance(world, shop)[0] == Decimal(7)


def test_a_document_changed_meanwhile_is_refused_whole(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    draft = made(boss, "issue", shop, line(shop["sensor"], "3", "100"))
    task = tasks(boss)["ISSUE"]
    act(boss, draft, "pick")
    refused = finish(boss, "ISSUE", scanned(task, "3"), document_id=draft, version=task["version"], status=409)
    assert refused["code"] == "stale_version"
    assert balance(world, shop)[0] == Decimal(10)


def test_a_transfer_and_a_receipt_need_no_plan(boss: Person, world: World, shop: dict[str, int], valve: int) -> None:
    receive(boss, shop)
    second = world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)
    done = finish(boss, "TRANSFER", {"product_id": shop["sensor"], "quantity": "4"}, place_id=shop["place"],
                  place_to_id=second)
    paper = boss.get(f"/api/documents/{done['document']['id']}")
    assert (paper["state"], paper["date"]) == ("accepted", world.sql("SELECT current_date::text AS d")[0]["d"])
    known = finish(boss, "RECEIPT", {"product_id": shop["sensor"], "quantity": "4"}, party_id=shop["supplier"],
                   place_to_id=second)
    lines = boss.get(f"/api/documents/{known['document']['id']}")["lines"]
    assert [Decimal(x["price"]) for x in lines] == [Decimal(1000)]  # its last price
    unknown = finish(boss, "RECEIPT", {"product_id": valve, "quantity": "4"}, party_id=shop["supplier"],
                     place_to_id=second)
    assert (unknown["posted"], "цен" in unknown["words"]) == (False, True)


def test_the_right_on_the_kind_decides(world: World, boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    draft = made(boss, "issue", shop, line(shop["sensor"], "3", "100"))
    task = tasks(boss)["ISSUE"]
    seller = world.person("seller", {Permission.STOCK_VIEW: Scope.BRANCH, "issue.view": Scope.BRANCH,
                                     "issue.edit": Scope.BRANCH})
    finish(seller, "ISSUE", scanned(task, "3"), document_id=draft, version=task["version"], status=403)
    assert balance(world, shop)[0] == Decimal(10)


def test_the_statements_of_an_operation_do_not_grow_with_its_lines(boss: Person, world: World, shop: dict[str, int]
                                                                   ) -> None:
    products = [world.insert("product", sku=f"Т-{n}", name=f"Товар {n}") for n in range(40)]
    receipt = made(boss, "receipt", shop | {"customer": shop["supplier"]}, *[line(p, "100", "10") for p in products])
    act(boss, receipt, "post")
    counts: list[int] = []
    for few in (products[:2], products):
        draft = made(boss, "issue", shop, *[line(p, "5", "10") for p in few])
        task = next(t for t in boss.get("/api/stock/terminal/day")["tasks"] if t["id"] == draft)
        finish(boss.known(), "ISSUE", *[scanned(task, "4", n) for n in range(len(few))], document_id=draft,
               version=task["version"])
        counts.append(boss.statements)
    assert counts[0] == counts[1]


def test_an_invoice_that_holds_a_reserve_is_picked_too(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    bill = invoice(boss, shop, line(shop["sensor"], "2", "100"))
    act(boss, bill, "reserve")
    assert tasks(boss)["PICKING"]["id"] == bill


def test_what_the_paper_promised_and_has_not_come_is_told_by_an_act(boss: Person, world: World, shop: dict[str, int]
                                                                    ) -> None:
    receipt = made(boss, "receipt", shop, line(shop["sensor"], "10", "1000", paper_quantity="10"),
                   party_id=shop["supplier"])
    done = finish(boss, "RECEIPT", scanned(tasks(boss)["RECEIPT"], "8"), document_id=receipt, version=1)
    assert (done["posted"], done["rest"]) == (True, None)
    assert balance(world, shop)[0] == 8
    chain = boss.get(f"/api/documents/{receipt}")["chain"]
    assert [node["kind"] for node in chain] == ["receipt", "discrepancy"]


def test_numbers_named_at_the_desk_go_with_the_whole_line(boss: Person, world: World, shop: dict[str, int]) -> None:
    world.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (shop["sensor"],))
    named = [{"code": code, "quantity": "1"} for code in ("SN-1", "SN-2")]
    receipt = made(boss, "receipt", shop, line(shop["sensor"], "2", "1000", lots=named), party_id=shop["supplier"])
    finish(boss, "RECEIPT", scanned(tasks(boss)["RECEIPT"], "2"), document_id=receipt, version=1)
    assert world.sql("SELECT count(*) AS n FROM lot_balance WHERE on_hand = 1") == [{"n": 2}]
    issue = made(boss, "issue", shop, line(shop["sensor"], "2", "1500", lots=named))
    told = finish(boss, "ISSUE", scanned(tasks(boss)["ISSUE"], "1"), document_id=issue, version=1, status=422)
    assert "номеров 0 из 1" in told["message"]
    finish(boss, "ISSUE", scanned(tasks(boss)["ISSUE"], "2"), document_id=issue, version=1)
    assert balance(world, shop)[0] == 0


def test_what_a_person_holds_is_told_by_the_right_over_it(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    keeper = world.insert("employee", name="Седов С. С.", branch_id=world.branch_id)
    given = boss.post("/api/documents/custody_issue", {
        "date": DAY, "employee_id": keeper, "place_id": shop["place"], "due_date": day(7),
        "lines": [{"product_id": shop["sensor"], "quantity": "7"}]})["id"]
    act(boss, given, "post")
    seller = world.person(grants={
        "stock.view": Scope.BRANCH, "product.view": Scope.ALL, Permission.CUSTODY_VIEW: Scope.OWN})
    for person, places in ((boss, ["Седов С. С.", "Основной"]), (seller, ["Основной"])):
        answer = code(person, f"OKP{shop['sensor']}")
        assert sorted(s["place"] for s in answer["stock"]) == sorted(places)
        assert answer["facts"] == [["На складах", "3 шт"], ["Резерв", "0 шт"], ["Свободно", "3 шт"]]
    place = world.sql("SELECT id FROM place WHERE kind = 'employee'")[0]["id"]
    seller.get("/api/stock/origin", params={"product_id": shop["sensor"], "place_id": place}, status=404)
    assert boss.get("/api/stock/origin", params={"product_id": shop["sensor"], "place_id": place})["closing"] == "7.000"


def test_what_comes_without_a_plan_costs_what_it_cost_whatever_the_mode_of_vat(boss: Person, world: World,
                                                                                shop: dict[str, int], valve: int
                                                                                ) -> None:
    """The last price was with VAT: the new paper has it on top; a paper of the other mode is added to in its own."""
    first = made(boss, "receipt", shop, line(shop["sensor"], "10", "1220"), line(valve, "10", "610"),
                 party_id=shop["supplier"], vat_mode="included")
    act(boss, first, "post")
    assert balance(world, shop)[2] == Decimal(10000)
    finish(boss, "RECEIPT", {"product_id": shop["sensor"], "quantity": "10"}, party_id=shop["supplier"],
           place_to_id=shop["place"])
    assert balance(world, shop)[::2] == (Decimal(20), Decimal(20000))
    second = made(boss, "receipt", shop, line(valve, "1", "610"), party_id=shop["supplier"], vat_mode="included")
    task = next(t for t in boss.get("/api/stock/terminal/day")["tasks"] if t["id"] == second)
    finish(boss, "RECEIPT", scanned(task, "1"), {"product_id": shop["sensor"], "quantity": "10"}, document_id=second,
           version=task["version"])
    assert balance(world, shop)[::2] == (Decimal(30), Decimal(30000))


def test_numbers_that_were_scanned_go_out_and_the_others_stay_named(boss: Person, world: World, shop: dict[str, int]
                                                                     ) -> None:
    world.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (shop["sensor"],))
    lots = [{"code": code, "quantity": "1"} for code in ("SN-1", "SN-2", "SN-3")]
    finish(boss, "RECEIPT", {"product_id": shop["sensor"], "quantity": "3", "lots": lots}, party_id=shop["supplier"],
           place_to_id=shop["place"])  # no price is known: a draft that names them
    draft = tasks(boss)["RECEIPT"]
    world.sql("UPDATE document_line SET price = 10 WHERE document_id = %s", (draft["id"],))
    finish(boss, "RECEIPT", scanned(draft, "3"), document_id=draft["id"], version=draft["version"])
    [product] = boss.get("/api/stock/terminal/products", params={"ids": str(shop["sensor"])})
    assert (product["tracking"], product["lots"]) == ("serial", ["SN-1", "SN-2", "SN-3"])
    issue = made(boss, "issue", shop, line(shop["sensor"], "3", "1500", lots=lots))
    task = tasks(boss)["ISSUE"]
    done = finish(boss, "ISSUE", scanned(task, "1") | {"lots": lots[1:2]}, document_id=issue, version=task["version"])
    assert [x["code"] for x in boss.get(f"/api/documents/{issue}")["lines"][0]["lots"]] == ["SN-2"]
    rest = boss.get(f"/api/documents/{done['rest']['id']}")["lines"][0]["lots"]
    assert [x["code"] for x in rest] == ["SN-1", "SN-3"]


def test_what_was_looked_for_in_vain_is_told_with_its_reason(boss: Person, world: World, shop: dict[str, int],
                                                              valve: int) -> None:
    receive(boss, shop)
    issue = made(boss, "issue", shop, line(shop["sensor"], "3", "100"), line(valve, "4", "10"))
    task = tasks(boss)["ISSUE"]
    done = finish(boss, "ISSUE", scanned(task, "3"), document_id=issue, version=task["version"],
                  absent=[{"line_id": task["lines"][1]["id"], "reason": "damaged"}])
    rest = boss.get(f"/api/documents/{done['rest']['id']}")["lines"]
    assert [(x["sku"], x["note"]) for x in rest] == [("118-015", "повреждён")]
    [entry] = world.sql("SELECT after FROM audit_log WHERE entity_id = %s AND title LIKE '%%нет на месте'", (issue,))
    assert entry["after"] == {"Клапан КЭ-15": "повреждён"}


def test_an_order_to_a_supplier_is_received_by_the_terminal_in_parts(boss: Person, world: World, shop: dict[str, int],
                                                                     valve: int) -> None:
    """What has not come stays planned; what is beyond the order comes beside it."""
    order_id = made(boss, "purchase_order", shop, line(shop["sensor"], "10", "1000"), line(valve, "2", "50"),
                    party_id=shop["supplier"], vat_mode="on_top")
    act(boss, order_id, "confirm")
    task = tasks(boss)["SUPPLY"]
    assert (task["party"], [x["quantity"] for x in task["lines"]]) == ("АО «Завод»", ["10.000", "2.000"])
    finish(boss, "SUPPLY", scanned(task, "4"), document_id=order_id, version=task["version"])
    task = tasks(boss)["SUPPLY"]
    assert [x["quantity"] for x in task["lines"]] == ["6.000", "2.000"]
    finish(boss, "SUPPLY", scanned(task, "7"), scanned(task, "2", 1), document_id=order_id, version=task["version"])
    assert balance(world, shop)[::2] == (Decimal(11), Decimal(11000))
    assert "SUPPLY" not in tasks(boss)


def test_what_was_sent_is_accepted_whole(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    second = world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)
    sent = made(boss, "transfer", shop, line(shop["sensor"], "3", "0"), party_id=None, place_to_id=second)
    act(boss, sent, "send")
    task = tasks(boss)["ACCEPT"]
    finish(boss, "ACCEPT", scanned(task, "2"), document_id=sent, version=task["version"], status=422)
    finish(boss, "ACCEPT", scanned(task, "3"), document_id=sent, version=task["version"])
    assert boss.get(f"/api/documents/{sent}")["state"] == "accepted"
    assert world.sql("SELECT on_hand FROM stock_balance WHERE place_id = %s", (second,)) == [{"on_hand": 3}]


def test_a_place_is_counted_blind_and_what_differs_again(boss: Person, world: World, shop: dict[str, int], valve: int
                                                         ) -> None:
    world.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (valve,))
    receive(boss, shop)
    paper = boss.post("/api/documents/stocktaking", {"date": DAY, "place_id": shop["place"]})["id"]
    act(boss, paper, "start")
    task = tasks(boss)["COUNT"]
    assert (task["id"], task["lines"], task["place"]["id"]) == (paper, [], shop["place"])
    for quantity, adds in (("4", True), ("3", True), ("9", False)):
        finish(boss, "COUNT", document_id=paper, place_id=shop["place"], version=task["version"],
               counts=[{"product_id": shop["sensor"], "quantity": quantity, "adds": adds}])
    assert world.sql("SELECT counted, difference FROM stocktaking_line")[0] == {"counted": 9, "difference": -1}
    act(boss, paper, "check", params={"missing": "stay"})
    act(boss, paper, "recount")
    [again] = tasks(boss)["COUNT"]["lines"]
    assert (again["sku"], again["bin"], again["quantity"]) == ("104-220", "Основной", "0")
    refused = finish(boss, "COUNT", document_id=paper, place_id=shop["place"], status=422,
                     counts=[{"product_id": valve, "lot": "SN-404", "quantity": "1", "adds": True}])
    assert "SN-404" in refused["field_errors"]["counts"]


def test_goods_are_given_to_an_employee_who_accepts_by_pin_and_come_back_in_their_condition(
        boss: Person, world: World, shop: dict[str, int], valve: int) -> None:
    receive(boss, shop)
    keeper = world.person("keeper")
    holder = world.sql("SELECT employee_id FROM app_user WHERE id = %s", (keeper.user_id,))[0]["employee_id"]
    world.sql("UPDATE employee SET badge = 'ABCDEFGHJKLM' WHERE id = %s", (holder,))
    day = boss.get("/api/stock/terminal/day")
    [person] = [p for p in day["people"] if p["id"] == holder]
    assert (person["mark"], person["held"]) == (sha256(b"OKEABCDEFGHJKLM").hexdigest(), [])
    given = finish(boss, "CUSTODYISSUE", {"product_id": shop["sensor"], "quantity": "3"}, employee_id=holder,
                   place_id=shop["place"])
    paper = boss.get(f"/api/documents/{given['document']['id']}")
    assert (paper["state"], paper["version"]) == ("issued", given["version"])
    [held] = [p["held"] for p in boss.get("/api/stock/terminal/day")["people"] if p["id"] == holder]
    assert [(h["sku"], h["quantity"], h["whole"]) for h in held] == [("104-220", "3.000", True)]
    finish(boss, "CUSTODYRETURN", {"product_id": shop["sensor"], "quantity": "1", "condition": "repair"},
           employee_id=holder, place_to_id=shop["place"])
    lying = world.sql("SELECT w.code, b.on_hand FROM stock_balance b JOIN place w ON w.id = b.place_id"
                      " WHERE w.kind = 'zone'")
    assert lying == [{"code": "РЕМОНТ", "on_hand": 1}]
