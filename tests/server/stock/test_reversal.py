"""Taking a receipt back never leaves money without goods, and never goods that somebody has already."""

from decimal import Decimal

import psycopg
import pytest

from tests.server.audit.history import differences, owner
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, balance, line, shown


def receive(person: Person, shop: dict[str, int], *rows: tuple[str, str]) -> int:
    """A posted receipt of these quantities and prices."""
    made = person.post("/api/documents/receipt", {
        "date": DAY, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], quantity, price) for quantity, price in rows]})
    act(person, made["id"], "post")
    return made["id"]


def ship(person: Person, shop: dict[str, int], *quantities: str) -> int:
    made = person.post("/api/documents/issue", {
        "date": DAY, "party_id": shop["customer"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], quantity, "100") for quantity in quantities]})
    act(person, made["id"], "post")
    return made["id"]


def unpost(person: Person, document_id: int) -> None:
    act(person, document_id, "unpost", reason="ошибка в накладной")


def test_no_money_stays_without_goods(world: World, boss: Person, shop: dict[str, int],
                                      database_url: str) -> None:
    """Five at 1000 and five at 2000; five leave at the average of 1500. The dear five are taken back whole."""
    receive(boss, shop, ("5", "1000"))
    dear = receive(boss, shop, ("2", "2000"), ("3", "2000"))
    ship(boss, shop, "5")
    assert balance(world, shop) == (5, 0, Decimal(7500))
    unpost(boss, dear)
    assert balance(world, shop) == (0, 0, 0)
    costs = world.sql("SELECT cost FROM stock_move WHERE reverses_id IS NOT NULL ORDER BY id")
    assert [row["cost"] for row in costs] == [3000, 4500]
    assert differences(database_url) == []


def test_goods_that_stay_keep_a_price(world: World, boss: Person, shop: dict[str, int],
                                      database_url: str) -> None:
    """The balance has less money than the receipt brought: what goes and what stays are worth the average."""
    receive(boss, shop, ("5", "1000"))
    dear = receive(boss, shop, ("5", "10000"))
    ship(boss, shop, "4")
    assert balance(world, shop) == (6, 0, Decimal(33000))
    unpost(boss, dear)
    assert balance(world, shop) == (1, 0, Decimal(5500))
    assert differences(database_url) == []


def test_taken_back_at_the_cost_it_came_with(world: World, boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop, ("5", "1000"))
    dear = receive(boss, shop, ("5", "2000"))
    ship(boss, shop, "1")
    unpost(boss, dear)
    assert balance(world, shop) == (4, 0, Decimal(3500))


def test_what_is_shipped_or_reserved_is_not_taken_back(world: World, boss: Person,
                                                       shop: dict[str, int]) -> None:
    receipt = receive(boss, shop, ("10", "1000"))
    issue = ship(boss, shop, "4")
    boss.post("/api/stock/reservations", {
        "product_id": shop["sensor"], "place_id": shop["place"], "quantity": "5", "note": "Выставка"})
    version = boss.get(f"/api/documents/{receipt}")["version"]
    answer = boss.post(f"/api/documents/{receipt}/actions/unpost", {"version": version, "reason": "x"}, status=409)
    assert answer["code"] == "out_of_stock"
    assert answer["message"] == ("ПО-000001 не отменить: товар уже отгружен или в резерве. «Датчик ДД-40»:"
                                 " пришло 10, свободно 1")
    assert answer["action"] == (f"Мешают: РН-000001 от {shown(DAY)} — 4 (Главный Г. Г.); резерв Выставка — 5"
                                " (Главный Г. Г.). Сначала отмените отгрузку или снимите резерв.")
    assert balance(world, shop) == (6, 5, Decimal(6000))
    unpost(boss, issue)
    boss.post("/api/stock/reservations/1/release", {"version": 1})
    unpost(boss, receipt)
    assert balance(world, shop) == (0, 0, 0)


def test_pennies_of_many_cheap_lines_add_up(world: World, boss: Person, shop: dict[str, int]) -> None:
    """Ten washers for five kopecks: nine lines of one piece round to nine kopecks when each rounds alone."""
    receive(boss, shop, ("10", "0.005"))
    ship(boss, shop, *["1"] * 9)
    assert balance(world, shop) == (1, 0, 0)


def test_the_database_refuses_money_without_goods(world: World, boss: Person,
                                                  shop: dict[str, int]) -> None:
    receive(boss, shop, ("5", "1000"))
    with pytest.raises(psycopg.errors.CheckViolation, match="ck_stock_balance_value"):
        world.sql("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost)"
                  " SELECT current_date, %s, %s, id, 5, 4000 FROM place WHERE kind = 'customer'",
                  (shop["sensor"], shop["place"]))


def test_check_finds_money_without_goods(world: World, boss: Person, shop: dict[str, int],
                                         database_url: str) -> None:
    receive(boss, shop, ("5", "1000"))
    ship(boss, shop, "5")
    with owner(database_url) as sql:
        sql.run("ALTER TABLE stock_balance DROP CONSTRAINT ck_stock_balance_value")
        sql.run("UPDATE stock_balance SET value = -2500")
        sql.run("UPDATE stock_move SET cost = 7500 WHERE cost = 5000 AND to_place_id IN"
                " (SELECT id FROM place WHERE kind = 'customer')")
    assert [str(d) for d in differences(database_url)] == [
        "Стоимость остатка без товара или отрицательная: 104-220 Датчик ДД-40, Основной: остаток 0.000 на -2500.00 ₽"]
