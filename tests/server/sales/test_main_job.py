"""The company's main job over HTTP: offer, contract, invoice, reserve, issue, УПД, payment; every stage shows it."""

from decimal import Decimal

from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, line, receive, shown


def test_from_offer_to_payment(world: World, boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    assert balance(world, shop) == (10, 0, Decimal("10000.00"))

    offer = boss.post("/api/documents/offer", {
        "date": DAY, "party_id": shop["customer"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], "3", "4100"), line(shop["work"], "2", "1500", unit="356")]})
    act(boss, offer["id"], "send")
    read = act(boss, offer["id"], "accept")
    assert (read["net"], read["vat"], read["gross"]) == ("15300.00", "3366.00", "18666.00")
    assert read["number"] == "КП-000001"

    contract = boss.post(f"/api/documents/{offer['id']}/based-on", {"kind": "contract"})
    act(boss, contract["id"], "sign")
    invoice = boss.post(f"/api/documents/{contract['id']}/based-on", {"kind": "invoice"})
    act(boss, invoice["id"], "issue")
    read = act(boss, invoice["id"], "reserve")
    assert balance(world, shop)[1] == 3
    assert read["contract"]["title"] == f"Д-000001 от {shown(DAY)}"

    issue = boss.post(f"/api/documents/{invoice['id']}/based-on", {"kind": "issue"})
    act(boss, issue["id"], "post")
    assert balance(world, shop) == (7, 0, Decimal("7000.00"))

    upd = boss.post(f"/api/documents/{issue['id']}/based-on", {"kind": "upd"})
    act(boss, upd["id"], "post")
    payment = boss.post(f"/api/documents/{invoice['id']}/based-on", {"kind": "payment"})
    act(boss, payment["id"], "post")

    read = boss.get(f"/api/documents/{invoice['id']}")
    assert [(s["code"], s["status"]) for s in read["stages"]] == [
        ("offer", "done"), ("contract", "done"), ("invoice", "current"), ("reserve", "done"), ("shipment", "done"),
        ("upd", "done"), ("payment", "done")]
    assert {f["code"]: Decimal(f["share"]) for f in read["facts"]} == {"paid": 1, "reserved": 1, "shipped": 1}
    assert [n["kind"] for n in read["chain"]] == ["offer", "contract", "invoice", "issue", "upd", "payment"]


def test_shipping_more_than_free_names_the_holder(world: World, boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    boss.post("/api/stock/reservations", {
        "product_id": shop["sensor"], "place_id": shop["place"], "quantity": "8", "note": "Выставка"})
    issue = boss.post("/api/documents/issue", {
        "date": DAY, "party_id": shop["customer"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "3", "1")]})
    answer = boss.post(f"/api/documents/{issue['id']}/actions/post", {"version": 1}, status=409)
    assert answer["code"] == "out_of_stock"
    assert "не хватает 1" in answer["message"]
    assert "Выставка (Главный Г. Г.) — 8.000" in answer["action"]
    assert balance(world, shop)[0] == 10


def test_unposting_reverses_and_keeps_the_history(world: World, boss: Person, shop: dict[str, int]) -> None:
    receipt = receive(boss, shop)
    act(boss, receipt, "unpost", reason="ошибка")
    assert balance(world, shop) == (0, 0, 0)
    assert len(world.sql("SELECT 1 FROM stock_move")) == 2
    act(boss, receipt, "post")
    act(boss, receipt, "unpost", reason="ещё раз")
    assert balance(world, shop) == (0, 0, 0)
    assert len(world.sql("SELECT 1 FROM stock_move")) == 4


def test_statements_do_not_grow_with_lines(world: World, boss: Person, shop: dict[str, int]) -> None:
    counts = []
    for size in (10, 200):
        made = boss.post("/api/documents/receipt", {
            "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
            "lines": [line(shop["sensor"], "1", "5")] * size})
        created = boss.statements
        boss.known().post(f"/api/documents/{made['id']}/actions/post", {"version": 1})
        counts.append((created, boss.statements))
    assert max(n for pair in counts for n in pair) <= 8, counts  # one of them may ask who the token is


def test_another_branch_sees_nothing(world: World, boss: Person, shop: dict[str, int]) -> None:
    receipt = receive(boss, shop)
    grants = dict.fromkeys(("receipt.view", "receipt.edit", "receipt.unpost"), Scope.BRANCH)
    alien = world.person("alien", grants, branch_id=world.branch("Тверь"))
    alien.get(f"/api/documents/{receipt}", status=404)
    alien.post(f"/api/documents/{receipt}/actions/unpost", {"version": 2, "reason": "x"}, status=404)
    assert alien.post("/api/lists/receipt", {})["rows"] == []
    assert alien.post("/api/lists/documents", {})["rows"] == []


def test_the_law_chooses_the_rate_by_date(boss: Person, shop: dict[str, int]) -> None:
    rates = []
    for day in ("2025-12-31", "2026-01-01"):
        made = boss.post("/api/documents/offer", {
            "date": day, "party_id": shop["customer"], "lines": [line(shop["sensor"], "1", "100")]})
        rates.append(boss.get(f"/api/documents/{made['id']}")["lines"][0]["vat_rate"])
    assert rates == ["20", "22"]
    boss.post("/api/documents/offer", {
        "date": "2026-01-01", "party_id": shop["customer"], "lines": [line(shop["sensor"], "1", "1", vat_rate="20")]},
        status=422)


def test_hints_picks_and_stock_lists(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    hint = boss.post("/api/documents/hints", {
        "product_ids": [shop["sensor"], shop["work"]], "place_id": shop["place"], "date": DAY})
    assert {h["name"]: (h["free"], h["vat_rate"]) for h in hint} == {
        "Датчик ДД-40": ("10.000", "22"), "Монтаж": (None, "22")}
    assert [w["title"] for w in boss.get("/api/pick/warehouse")] == ["Основной"]
    page = boss.post("/api/lists/balances", {"conditions": [{"column": "on_hand", "op": "gt", "value": "0"}]})
    assert [(r["product"]["title"], r["free"]) for r in page["rows"]] == [("Датчик ДД-40", "10.000")]
    boss.post("/api/stock/reservations", {"product_id": shop["sensor"], "place_id": shop["place"], "quantity": "4"})
    page = boss.post("/api/lists/reservations", {})
    assert [(r["rest"], r["person"]["title"]) for r in page["rows"]] == [("4.000", "Главный Г. Г.")]
    assert page["sums"]["rest"] == "4.000"
    offer = boss.post("/api/documents/contract", {
        "date": DAY, "party_id": shop["customer"], "title": "Поставка", "lines": []})
    hits = boss.get("/api/pick/document", params={"kind": "contract", "party_id": shop["customer"], "q": "Dtnth"})
    assert [h["id"] for h in hits] == [offer["id"]]
