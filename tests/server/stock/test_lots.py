"""Serial numbers and lots: named at posting, on one place at most, followed wherever they go, and back."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from crm_contract.permissions import Scope
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, line


@pytest.fixture
def second(world: World) -> int:
    return world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)


@pytest.fixture
def tracked(world: World, shop: dict[str, int]) -> int:
    world.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (shop["sensor"],))
    return shop["sensor"]


def lots(*codes: str, quantity: str = "1") -> list[dict[str, Any]]:
    return [{"code": code, "quantity": quantity} for code in codes]


def receipt(person: Person, shop: dict[str, int], quantity: str, named: list[dict[str, Any]], **more: Any) -> int:
    return person.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], quantity, "1000", vat_rate="none", lots=named)], **more})["id"]


def moved(person: Person, kind: str, shop: dict[str, int], quantity: str, named: list[dict[str, Any]],
          **more: Any) -> int:
    body = {"date": DAY, "place_id": shop["place"], "lines": [
        {"product_id": shop["sensor"], "quantity": quantity, "price": "1500", "lots": named}], **more}
    return person.post(f"/api/documents/{kind}", body)["id"]


def where(world: World) -> dict[str, str]:
    """Where the pieces lie, by number."""
    return {row["code"]: row["place"] for row in world.sql(
        "SELECT t.code, w.name AS place FROM lot_balance b JOIN lot t ON t.id = b.lot_id JOIN place w"
        " ON w.id = b.place_id WHERE b.on_hand > 0 ORDER BY t.code")}


def refused(person: Person, document: int, action: str, status: int = 409) -> dict[str, Any]:
    version = person.get(f"/api/documents/{document}")["version"]
    return person.post(f"/api/documents/{document}/actions/{action}", {"version": version, "reason": "проба"},
                       status=status)


def test_a_receipt_names_every_piece(boss: Person, world: World, shop: dict[str, int], tracked: int,
                                     database_url: str) -> None:
    paper = receipt(boss, shop, "3", lots("SN-1", "SN-2"))
    told = refused(boss, paper, "post", 422)
    assert "номеров 2 из 3" in told["message"]
    assert told["field_errors"] == {"lines.0.lots": "Укажите номера на всё количество"}
    card = boss.get(f"/api/documents/{paper}")
    assert (card["lines"][0]["tracking"], [lot["code"] for lot in card["lines"][0]["lots"]]) == (
        "serial", ["SN-1", "SN-2"])
    boss.put(f"/api/documents/{paper}", {
        "version": card["version"], "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(tracked, "3", "1000", vat_rate="none", lots=lots("SN-1", "SN-2", "SN-3"))]})
    act(boss, paper, "post")
    assert set(where(world)) == {"SN-1", "SN-2", "SN-3"}
    costs = [row["cost"] for row in world.sql("SELECT cost FROM stock_move ORDER BY id")]
    assert costs == [1000, 1000, 1000]
    assert differences(database_url) == []


@pytest.mark.parametrize(("named", "words"), [
    (lots("SN-1", "SN-1"), "SN-1 указан 2 раза"), (lots("SN-1", quantity="2"), "не одна штука")])
def test_a_number_is_one_piece(boss: Person, shop: dict[str, int], tracked: int, named: list[dict[str, Any]],
                               words: str) -> None:
    assert words in refused(boss, receipt(boss, shop, "2", named), "post", 422)["message"]


def test_a_piece_is_received_once(boss: Person, world: World, shop: dict[str, int], tracked: int, second: int) -> None:
    act(boss, receipt(boss, shop, "1", lots("SN-1")), "post")
    again = refused(boss, receipt(boss, shop, "1", lots("SN-1"), place_id=second), "post")
    assert "SN-1 уже лежит" in again["message"]


def test_a_piece_goes_and_comes_back_by_its_number(boss: Person, world: World, shop: dict[str, int], tracked: int,
                                                   second: int, database_url: str) -> None:
    act(boss, receipt(boss, shop, "2", lots("SN-1", "SN-2")), "post")
    way = moved(boss, "transfer", shop, "1", lots("SN-2"), place_to_id=second)
    act(boss, way, "send")
    assert where(world)["SN-2"].startswith("В пути")
    act(boss, way, "accept")
    assert where(world)["SN-2"] == "Второй"

    wrong = moved(boss, "issue", shop, "1", lots("SN-2"), party_id=shop["customer"])
    told = refused(boss, wrong, "post")
    assert "№ SN-2 — на «Второй» (ПМ-000001" in told["message"]
    act(boss, way, "unpost", reason="вернулся")
    act(boss, wrong, "post")
    assert where(world) == {"SN-1": where(world)["SN-1"]}
    told = refused(boss, moved(boss, "scrap", shop, "1", lots("SN-2"), extra={"reason": "broken"}), "post")
    assert "у клиента (РН-000001" in told["message"]
    act(boss, wrong, "unpost", reason="не та вещь")
    assert set(where(world)) == {"SN-1", "SN-2"}
    assert differences(database_url) == []


def test_a_receipt_whose_piece_is_gone_stays(boss: Person, world: World, shop: dict[str, int], tracked: int) -> None:
    """Of two receipts one piece left: as many pieces lie there as the other brought, but not the same."""
    first, other = receipt(boss, shop, "1", lots("SN-1")), receipt(boss, shop, "1", lots("SN-2"))
    act(boss, first, "post")
    act(boss, other, "post")
    act(boss, moved(boss, "issue", shop, "1", lots("SN-1"), party_id=shop["customer"]), "post")
    told = refused(boss, first, "unpost")
    assert "номера уже ушли: «Датчик" in told["message"]
    assert "№ SN-1 — у клиента" in told["message"]
    act(boss, other, "unpost", reason="ошибка")


def test_a_lot_is_taken_in_parts(boss: Person, world: World, shop: dict[str, int], database_url: str) -> None:
    world.sql("UPDATE product SET tracking = 'lot' WHERE id = %s", (shop["sensor"],))
    named = [{"code": "П-1", "quantity": "4", "expires": "2027-03-01"}, {"code": "П-2", "quantity": "6"}]
    act(boss, receipt(boss, shop, "10", named), "post")
    assert world.sql("SELECT expires::text FROM lot ORDER BY code") == [{"expires": "2027-03-01"}, {"expires": None}]
    told = refused(boss, moved(boss, "issue", shop, "5", lots("П-1", quantity="5"), party_id=shop["customer"]), "post")
    assert "№ П-1, есть 4 из 5" in told["message"]
    act(boss, moved(boss, "issue", shop, "5", [*lots("П-1", quantity="4"), *lots("П-2")],
                    party_id=shop["customer"]), "post")
    assert [row["on_hand"] for row in world.sql("SELECT on_hand FROM lot_balance ORDER BY lot_id")] == [0, 5]
    assert differences(database_url) == []


def test_cost_of_a_line_is_shared_to_the_kopeck(boss: Person, world: World, shop: dict[str, int], tracked: int) -> None:
    paper = receipt(boss, shop, "3", lots("SN-1", "SN-2", "SN-3"))
    world.sql("UPDATE document_line SET net = 100, gross = 100 WHERE document_id = %s", (paper,))
    act(boss, paper, "post")
    assert sorted(row["cost"] for row in world.sql("SELECT cost FROM stock_move")) == [
        Decimal("33.33"), Decimal("33.33"), Decimal("33.34")]


def test_the_way_pieces_are_told_apart_stays_while_they_lie(boss: Person, world: World, shop: dict[str, int]) -> None:
    product = shop["sensor"]
    paper = boss.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"],
        "lines": [line(product, "1", "1000")]})["id"]
    act(boss, paper, "post")
    card = boss.get(f"/api/products/{product}")
    body = {name: card[name] for name in ("version", "kind", "sku", "name", "unit", "vat_kind")} | {
        "tracking": "serial"}
    told = boss.put(f"/api/products/{product}", body, status=409)
    assert told["field_errors"] == {"tracking": "Есть остаток"}
    act(boss, paper, "unpost", reason="примем с номерами")
    boss.put(f"/api/products/{product}", body)
    assert boss.get(f"/api/products/{product}")["tracking"] == "serial"


def test_raw_sql_puts_a_number_nowhere_twice(boss: Person, world: World, shop: dict[str, int], tracked: int,
                                             second: int) -> None:
    act(boss, receipt(boss, shop, "1", lots("SN-1")), "post")
    with pytest.raises(psycopg.errors.UniqueViolation, match="uq_lot_balance_serial"):
        world.sql("INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, quantity)"
                  " SELECT current_date, %s, t.id, p.id, %s, 1 FROM lot t, place p WHERE p.kind = 'supplier'",
                  (tracked, second))
    with pytest.raises(psycopg.errors.CheckViolation, match="a lot is missing"):
        world.sql("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity)"
                  " SELECT current_date, %s, id, %s, 1 FROM place WHERE kind = 'supplier'", (tracked, second))


def test_pieces_are_counted_by_their_numbers(boss: Person, world: World, shop: dict[str, int], tracked: int,
                                             database_url: str) -> None:
    """One of three is gone, and the money of the place is shared to the kopeck when the rest goes too."""
    paper = receipt(boss, shop, "3", lots("SN-1", "SN-2", "SN-3"))
    for table, column in (("document_line", "document_id"), ("document", "id")):
        world.sql(f"UPDATE {table} SET net = 100, gross = 100 WHERE {column} = %s", (paper,))
    act(boss, paper, "post")
    deputy = world.person(name="Второй счётчик")
    for missing, counted in (("SN-2", ("SN-1", "SN-3")), ("SN-1", ())):
        count = boss.post("/api/documents/stocktaking", {"date": DAY, "place_id": shop["place"]})["id"]
        act(boss, count, "start")
        lines = boss.get("/api/stock/counts", params={"document_id": count})
        assert missing in {code for one in lines for code in one["barcodes"]}
        by_code = {one["barcodes"][0]: one for one in lines}
        told = [{"place_id": shop["place"], "product_id": tracked, "lot_id": one["lot_id"],
                 "quantity": "1" if code in counted else "0"} for code, one in by_code.items()]
        boss.post("/api/stock/counts", {"document_id": count, "counts": told})
        plain = {"place_id": shop["place"], "product_id": tracked, "quantity": "1"}
        assert "по номерам" in boss.post("/api/stock/counts", {"document_id": count, "counts": [plain]},
                                         status=422)["message"]
        act(boss, count, "check")
        again = {one["lot_id"] for one in boss.get("/api/stock/counts", params={"document_id": count}) if one["again"]}
        deputy.post("/api/stock/counts", {"document_id": count, "counts": [
            one for one in told if one["lot_id"] in again]})
        act(boss, count, "approve")
        act(boss, count, "post")
        assert set(where(world)) == set(counted)
    assert world.sql("SELECT on_hand, value FROM stock_balance WHERE place_id = %s", (shop["place"],)) == [
        {"on_hand": 0, "value": 0}]
    assert differences(database_url) == []


def test_a_number_that_left_after_its_count_is_counted_again(boss: Person, world: World, shop: dict[str, int],
                                                             tracked: int) -> None:
    """SN-1 is counted missing and SN-2 found; then SN-1 is issued, with the last of the money."""
    world.sql("INSERT INTO setting (key, value) VALUES ('recount_sum', '0'), ('recount_percent', '0')")
    act(boss, receipt(boss, shop, "1", lots("SN-1")), "post")
    second = receipt(boss, shop, "1", lots("SN-2"))
    act(boss, second, "post")
    act(boss, second, "unpost", reason="ошибка")
    count = boss.post("/api/documents/stocktaking", {"date": DAY, "place_id": shop["place"]})["id"]
    act(boss, count, "start")
    boss.post("/api/stock/counts", {"document_id": count, "counts": [
        {"place_id": shop["place"], "product_id": tracked, "lot_id": row["id"], "quantity": quantity}
        for row, quantity in zip(world.sql("SELECT id FROM lot ORDER BY code"), ("0", "1"), strict=True)]})
    for action in ("check", "approve"):
        act(boss, count, action)
    act(boss, moved(boss, "issue", shop, "1", lots("SN-1"), party_id=shop["customer"]), "post")
    told = refused(boss, count, "post")
    assert "№ SN-1" in told["message"]
    assert "ещё раз" in told["action"]


def test_the_way_of_a_piece_is_told_to_those_who_see_its_places(boss: Person, world: World, shop: dict[str, int],
                                                                tracked: int) -> None:
    act(boss, receipt(boss, shop, "2", lots("SN-1", "SN-2")), "post")
    act(boss, moved(boss, "issue", shop, "1", lots("SN-2"), party_id=shop["customer"]), "post")
    found = boss.post("/api/lists/lots", {"search": "sn-2"})["rows"]
    assert [(row["code"], row["on_hand"], row["place"]) for row in found] == [("SN-2", "0", None)]
    trace = boss.get(f"/api/stock/lots/{found[0]['id']}")
    assert [(step["document"], step["target"]) for step in trace["moves"]] == [
        ("ПО-000001", "Основной"), ("РН-000001", "Клиенты")]
    assert trace["moves"][1]["party"]
    stranger = world.person(grants={"stock.view": Scope.BRANCH}, branch_id=world.branch("Другой"))
    assert stranger.post("/api/lists/lots", {})["rows"] == []
    stranger.get(f"/api/stock/lots/{found[0]['id']}", status=404)


def test_a_lot_becomes_a_number_when_its_product_does(boss: Person, world: World, shop: dict[str, int],
                                                      database_url: str) -> None:
    """And a number a lot: a code that has been here before is what its product says now."""
    for tracking, quantity in (("lot", "3"), ("serial", "1"), ("lot", "3")):
        world.sql("UPDATE product SET tracking = %s WHERE id = %s", (tracking, shop["sensor"]))
        paper = receipt(boss, shop, quantity, lots("А-1", quantity=quantity))
        act(boss, paper, "post")
        assert world.sql("SELECT serial FROM lot") == [{"serial": tracking == "serial"}]
        assert differences(database_url) == []
        act(boss, paper, "unpost", reason="дальше")


def test_who_changes_the_tracking_waits_for_who_posts(boss: Person, world: World, shop: dict[str, int],
                                                      database_url: str) -> None:
    product = shop["sensor"]
    with ThreadPoolExecutor(1) as people:
        with world.pool.connection() as posting, posting.transaction():
            posting.execute("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost)"
                            " SELECT current_date, %s, id, %s, 5, 50 FROM place WHERE kind = 'supplier'",
                            (product, shop["place"]))
            changing = people.submit(world.sql, "UPDATE product SET tracking = 'serial' WHERE id = %s", (product,))
            with pytest.raises(TimeoutError):
                changing.result(timeout=0.5)
        with pytest.raises(psycopg.errors.CheckViolation, match="goods are there"):
            changing.result(timeout=5)
    assert differences(database_url) == []
