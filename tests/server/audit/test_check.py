"""`check` names the first row that differs, in words, for each thing that is kept twice."""

from typing import Any

import psycopg
import pytest

from crm_server.check import check
from crm_server.kit.sql import Sql
from tests.server.audit.history import as_app, differences, move_goods, owner


@pytest.fixture
def goods(database_url: str) -> tuple[int, int]:
    with as_app(database_url) as sql:
        return move_goods(sql)


def document(sql: Sql, kind: str, number: str, **values: Any) -> int:
    branch = sql.value("SELECT min(id) FROM branch")
    columns = {"kind": kind, "number": number, "year": 2026, "date": "2026-03-02", "state": "draft",
               "branch_id": branch, "chain_id": 0} | values
    return sql.insert("document", columns)


def one(url: str) -> str:
    """The one difference there is."""
    found = differences(url)
    assert len(found) == 1, found
    return str(found[0])


def test_nothing_differs_in_an_empty_database_nor_after_moves(database_url: str, goods: tuple[int, int]) -> None:
    assert differences(database_url) == []


@pytest.mark.parametrize(("column", "words"), [
    ("on_hand", "по движениям 7.000 на 700.00 ₽, в остатках 8.000 на 700.00 ₽"),
    ("value", "по движениям 7.000 на 700.00 ₽, в остатках 7.000 на 701.00 ₽"),
])
def test_edited_balance(database_url: str, goods: tuple[int, int], column: str, words: str) -> None:
    with owner(database_url) as sql:
        sql.run(f"UPDATE stock_balance SET {column} = {column} + 1")  # type: ignore[arg-type]
    assert one(database_url) == f"Остаток не равен сумме движений: К-7 Котёл, Основной склад: {words}"


def test_lost_balance_and_lost_move(database_url: str, goods: tuple[int, int]) -> None:
    with owner(database_url) as sql:
        sql.run("DELETE FROM stock_balance")
        assert "в остатках 0" in one_uncommitted(sql)
        sql.connection.rollback()
        sql.run("DELETE FROM stock_move WHERE quantity = 3")
        assert "по движениям 10.000" in one_uncommitted(sql)
        sql.connection.rollback()


def one_uncommitted(sql: Sql) -> str:
    found = check(sql)
    assert len(found) == 1, found
    return str(found[0])


def test_reserve_differs(database_url: str, goods: tuple[int, int]) -> None:
    product, place = goods
    with as_app(database_url) as sql:
        branch = sql.value("SELECT min(id) FROM branch")
        sql.insert("reservation", {"product_id": product, "place_id": place, "quantity": 5, "branch_id": branch})
    assert differences(database_url) == []
    with owner(database_url) as sql:
        sql.run("UPDATE stock_balance SET reserved = 2")
    assert one(database_url) == ("Резерв в остатках не равен действующим резервам: К-7 Котёл, Основной склад:"
                                 " по резервам 5.000, в остатках 2.000")
    with owner(database_url) as sql:
        sql.run("UPDATE stock_balance SET reserved = 5")
        sql.run("UPDATE reservation SET used = 1")
    assert "по резервам 4.000, в остатках 5.000" in one(database_url)


def test_negative_balance(database_url: str, goods: tuple[int, int]) -> None:
    with owner(database_url) as sql:
        sql.run("ALTER TABLE stock_balance DROP CONSTRAINT ck_stock_balance_reserved")
        sql.run("ALTER TABLE stock_balance DROP CONSTRAINT ck_stock_balance_on_hand")
        sql.run("ALTER TABLE stock_balance DROP CONSTRAINT ck_stock_balance_placed")
        sql.run("UPDATE stock_balance SET on_hand = -1, value = 0")
        sql.run("UPDATE stock_move SET quantity = 11, cost = 1000 WHERE quantity = 3")
    assert one(database_url) == ("Отрицательный остаток или резерв больше остатка: К-7 Котёл, Основной склад:"
                                 " остаток -1.000, резерв 0.000")


@pytest.fixture
def offer(database_url: str, goods: tuple[int, int]) -> int:
    with as_app(database_url) as sql:
        offer = document(sql, "offer", "КП-000001", net=100, vat=20, gross=120)
        sql.insert("document_line", {"document_id": offer, "position": 1, "name": "Котёл", "quantity": 1,
                                     "unit": "796", "net": 100, "vat": 20, "gross": 120})
    return offer


def test_sum_of_a_document_differs_from_its_lines(database_url: str, offer: int) -> None:
    assert differences(database_url) == []
    with owner(database_url) as sql:
        sql.run("UPDATE document_line SET net = 99, vat = 21")
    assert one(database_url) == (
        f"Сумма документа не равна сумме строк: Коммерческое предложение КП-000001 от 02.03.2026 (id {offer}):"
        " в документе 100.00 + НДС 20.00 = 120.00, по строкам 99.00 + НДС 21.00 = 120.00")


@pytest.mark.parametrize("column", ["shipped", "reserved"])
def test_share_that_no_paper_supports(database_url: str, offer: int, column: str) -> None:
    with owner(database_url) as sql:
        sql.run(f"UPDATE document SET {column} = 0.5")  # type: ignore[arg-type]
    found = one(database_url)
    assert found.startswith("Доля отгрузки или резерва не равна накладным и резервам: Коммерческое предложение КП-0")
    assert "0.5000" in found


def test_document_without_its_lines(database_url: str, offer: int) -> None:
    with owner(database_url) as sql:
        sql.run("DELETE FROM document_line")
    assert "по строкам 0" in one(database_url)


def test_paid_differs_from_allocations(database_url: str, offer: int) -> None:
    with as_app(database_url) as sql:
        invoice = document(sql, "invoice", "СЧ-000001")
        payment = document(sql, "payment", "ПЛ-000001", net=50, gross=50)
        sql.run("SELECT draw_number('invoice', %s, 2026, true)", (sql.value("SELECT min(id) FROM branch"),))
        sql.insert("document_line", {"document_id": invoice, "position": 1, "name": "Котёл", "quantity": 1,
                                     "unit": "796", "net": 70, "vat": 0, "gross": 70})
        sql.update("document", invoice, {"net": 70, "gross": 70})
        sql.run("INSERT INTO payment_allocation (payment_id, invoice_id, amount) VALUES (%s, %s, 50)",
                (payment, invoice))
    assert differences(database_url) == []
    with owner(database_url) as sql:
        sql.run("UPDATE document SET paid = 60 WHERE id = %s", (invoice,))
    assert one(database_url) == ("Оплата документа не равна разнесённым суммам: Счёт на оплату СЧ-000001 от"
                                 f" 02.03.2026 (id {invoice}): в документе 60.00, по разнесению 50.00")
    with owner(database_url) as sql:
        sql.run("UPDATE document SET paid = 50")
        sql.run("DELETE FROM payment_allocation")
    assert "по разнесению 0" in one(database_url)


@pytest.mark.parametrize(("statement", "words"), [
    ("DELETE FROM document WHERE number = 'СЧ-000002'", "после 1 сразу 3"),
    ("DELETE FROM document WHERE number = 'СЧ-000001'", "после 0 сразу 2"),
    ("DELETE FROM document WHERE number = 'СЧ-000003'", "выдан номер 3, последний документ 2"),
    ("DELETE FROM document", "выдан номер 3, последний документ 0"),
    ("UPDATE document SET number = 'б/н' WHERE number = 'СЧ-000002'", "после 1 сразу 3"),
])
def test_hole_in_a_gapless_series(database_url: str, goods: tuple[int, int], statement: str, words: str) -> None:
    with as_app(database_url) as sql:
        branch = sql.value("SELECT min(id) FROM branch")
        for number in (1, 2, 3):
            assert sql.value("SELECT draw_number('invoice', %s, 2026, true)", (branch,)) == number
            document(sql, "invoice", f"СЧ-00000{number}")
    assert differences(database_url) == []
    with owner(database_url) as sql:
        sql.run(statement)  # type: ignore[arg-type]
    assert one(database_url) == f"Нумерация с пропуском: Счёт на оплату, Москва, 2026 год: {words}"


def test_series_with_holes_by_nature_are_not_compared(database_url: str, goods: tuple[int, int]) -> None:
    with as_app(database_url) as sql:
        document(sql, "offer", "КП-000007")
        document(sql, "payment", "ПЛ-000003")
    assert differences(database_url) == []


def test_money_that_goes_another_way_than_its_goods(database_url: str, goods: tuple[int, int]) -> None:
    adjust = ("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost, adjusts_id)"
              " SELECT at, product_id, {}, 0, 5, m.id FROM stock_move m WHERE adjusts_id IS NULL ORDER BY m.id LIMIT 1")
    with as_app(database_url) as sql:
        sql.run(adjust.format(  # type: ignore[arg-type]
            "from_place_id, to_place_id"))
    assert differences(database_url) == []
    with as_app(database_url) as sql, pytest.raises(psycopg.errors.CheckViolation, match="the way of its own"):
        sql.run(adjust.format(  # type: ignore[arg-type]
            "to_place_id, (SELECT id FROM place WHERE kind = 'loss')"))
    with owner(database_url) as sql:
        sql.run("UPDATE stock_move SET from_place_id = (SELECT id FROM place WHERE kind = 'loss')"
                " WHERE adjusts_id IS NOT NULL")
        sql.run("UPDATE stock_balance SET last_at = '2020-01-01'")
    found = "\n".join(map(str, differences(database_url)))
    assert "корректировка идёт другим путём" in found
    assert "Последний день остатка не равен движениям" in found
