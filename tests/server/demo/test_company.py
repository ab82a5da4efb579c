"""The invented company: whole, lawful, the same each time, and usable by each of its people."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row
from starlette.testclient import TestClient

from crm_contract.documents import KINDS
from crm_contract.requisites import check_account, check_barcode, check_inn, check_kpp, check_ogrn, check_phone
from crm_server.app import create_app
from crm_server.audit.sealing import head_file, load_head, seal_whole
from crm_server.check import check
from crm_server.db.pool import Pool, open_pool
from crm_server.demo_company.load import SHOWN, load
from crm_server.demo_company.staff import STAFF
from crm_server.kit.errors import Refusal
from crm_server.kit.sql import Sql
from crm_server.stock.waiting import SERVE
from tests.conftest import new_database
from tests.server.audit.history import as_app, differences, owner

PASSWORD = "показ компании 7"
#: The load crosses a new year in which the rate of VAT changes.
TODAY, DAYS = date(2026, 1, 27), 64


@pytest.fixture(scope="module")
def loaded(cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str,
           template_database: str) -> Iterator[Pool]:
    with new_database(cluster, cluster_url, template_database) as url:
        pool = open_pool(url)
        assert load(pool, PASSWORD, today=TODAY, days=DAYS)
        yield pool
        pool.close()


@pytest.fixture(scope="module")
def http(loaded: Pool) -> Iterator[TestClient]:
    with TestClient(create_app(loaded), raise_server_exceptions=False) as client:
        yield client


def rows(pool: Pool, query: str, params: Any = None) -> list[dict[str, Any]]:
    with pool.connection() as connection:
        return connection.execute(query, params).fetchall()  # type: ignore[arg-type]  # the test's own text


def test_the_catalogue_is_as_long_as_a_real_one(loaded: Pool) -> None:
    count = rows(loaded, "SELECT count(*) AS all, count(DISTINCT sku) AS skus, count(DISTINCT name) AS names,"
                         " count(*) FILTER (WHERE kind = 'goods') AS goods FROM product")[0]
    assert count["all"] >= 400
    assert count["skus"] == count["names"] == count["all"]
    assert count["goods"] < count["all"]


def log_in(http: TestClient, login: str, password: str = PASSWORD) -> dict[str, str]:
    answer = http.post("/api/login", json={"login": login, "password": password})
    assert answer.status_code == 200, answer.text
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def total(http: TestClient, headers: dict[str, str], kind: str) -> int:
    answer = http.post(f"/api/lists/{kind}", json={"limit": 1}, headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()["total"]


def test_everything_agrees(loaded: Pool) -> None:
    with loaded.connection() as connection:
        assert check(Sql(connection), None) == []


def test_months_are_closed_in_both_branches(loaded: Pool) -> None:
    closed = rows(loaded, "SELECT w.branch_id, count(*) AS months, count(DISTINCT p.closed_by_id) AS people"
                          " FROM stock_period p JOIN place w ON w.id = p.place_id AND w.kind = 'warehouse' GROUP BY 1")
    assert len(closed) == 2
    assert all(row["months"] >= 1 and row["people"] == 1 for row in closed)


def test_every_state_of_every_kind_can_be_looked_at(loaded: Pool) -> None:
    found = {(r["kind"], r["state"]) for r in rows(loaded, "SELECT DISTINCT kind, state FROM document")}
    assert {(k.code, s.code) for k in KINDS.values() for s in k.workflow.states} - found == set()
    assert {r["state"] for r in rows(loaded, "SELECT DISTINCT state FROM reservation")} == {
        "active", "used", "released", "expired"}
    paid = rows(loaded, "SELECT count(*) FILTER (WHERE paid = 0 AND due_date < %s) AS overdue, count(*) FILTER ("
                "WHERE paid > 0 AND paid < gross) AS part, count(*) FILTER (WHERE paid = gross) AS whole"
                " FROM document WHERE kind = 'invoice' AND accounting = 'posted'", (TODAY,))[0]
    assert all(paid.values()), paid
    assert rows(loaded, "SELECT 1 FROM document WHERE kind = 'payment' AND state = 'executed' AND paid < gross")
    assert rows(loaded, "SELECT 1 FROM document WHERE kind = 'offer' AND revision > 1")
    assert rows(loaded, "SELECT 1 FROM stock_balance b JOIN product p ON p.id = b.product_id"
                        " WHERE b.on_hand - b.reserved < p.min_stock")


def test_the_rate_of_vat_follows_the_day_of_the_document(loaded: Pool) -> None:
    rates = rows(loaded, "SELECT DISTINCT d.year, o.tax_mode, l.vat_rate FROM document d JOIN document_line l"
                         " ON l.document_id = d.id JOIN party o ON o.id = d.organization_id"
                         " WHERE d.kind = ANY(%s::text[])", ([k.code for k in KINDS.values() if not k.buys],))
    assert {(r["year"], r["tax_mode"], r["vat_rate"]) for r in rates} == {
        (2025, "general", "20"), (2026, "general", "22"), (2025, "simplified", "none"), (2026, "simplified", "none")}


def test_no_day_lies_in_the_future_or_off_the_calendar(loaded: Pool) -> None:
    assert rows(loaded, "SELECT min(date) >= '2025-11-24' AND max(date) <= %s AND max(created_at) < now() AS kept"
                        " FROM document", (TODAY,)) == [{"kept": True}]
    moving = [kind.code for kind in KINDS.values() if kind.moves_goods]  # dated when they move, made before that
    late = rows(loaded, "SELECT kind, number, date, created_at FROM document WHERE created_at::date > date"
                        " OR created_at::date < date AND NOT kind = ANY(%s::text[]) LIMIT 3", (moving,))
    assert late == []


def test_requisites_are_right(loaded: Pool) -> None:
    parties = rows(loaded, "SELECT inn, kpp, ogrn, phone FROM party")
    assert len(parties) == 315
    assert [p for p in parties if check_inn(p["inn"]) or check_kpp(p["kpp"]) or check_ogrn(p["ogrn"])
            or check_phone(p["phone"])] == []
    accounts = rows(loaded, "SELECT bic, account FROM bank_account")
    assert [a for a in accounts if check_account(a["account"], a["bic"])] == []
    assert [b for b in rows(loaded, "SELECT code FROM barcode") if check_barcode(b["code"])] == []


def test_no_letter_waits_to_reach_anybody(loaded: Pool) -> None:
    waiting = "SELECT DISTINCT task_name FROM procrastinate_jobs WHERE status = 'todo'"
    assert {row["task_name"] for row in rows(loaded, waiting)} <= {SERVE}, "orders that wait are asked once more"
    states = {r["state"] for r in rows(loaded, "SELECT DISTINCT state FROM letter")}
    assert states == {"sent", "failed"}
    assert rows(loaded, "SELECT email FROM letter_recipient WHERE email NOT LIKE '%.example'") == []


def test_each_of_the_ten_sees_what_the_role_reaches(http: TestClient, loaded: Pool) -> None:
    seen = {worker.login: total(http, log_in(http, worker.login), "invoice") for worker in SHOWN}
    assert len(seen) == 10
    assert seen["director"] == seen["admin"] == seen["buh"] > seen["kazan"] > seen["sabirova"] > 0
    assert seen["support"] > seen["orlova"] > seen["belkin"] > 0
    own = rows(loaded, "SELECT count(*) AS n FROM document d JOIN employee e ON e.id = d.responsible_id"
                       " WHERE d.kind = 'invoice' AND e.name LIKE 'Белкин%%'")[0]["n"]
    assert seen["belkin"] == own


def test_an_edited_row_of_the_company_is_named(loaded: Pool, tmp_path: Path) -> None:
    seal_whole(loaded, tmp_path)
    url = str(loaded.conninfo)
    with as_app(url) as sql:
        head = load_head(head_file(sql, tmp_path))
    assert head is not None
    assert [str(d) for d in differences(url, head)] == []
    for table, edit, undo in (
            ("audit_log", "person = person || '!'", "person = rtrim(person, '!')"),
            ("stock_move", "quantity = quantity + 1", "quantity = quantity - 1")):
        row = rows(loaded, f"SELECT max(id) AS id FROM {table}")[0]["id"]
        for change in (edit, undo):
            with owner(url) as sql:
                sql.run(f"UPDATE {table} SET {change} WHERE id = %s", (row,))  # type: ignore[arg-type]  # the test's own text
            named = any(f"{table} {row} " in str(difference) for difference in differences(url, head))
            assert named == (change == edit)


def test_a_second_load_only_changes_the_password(http: TestClient, loaded: Pool) -> None:
    before = rows(loaded, "SELECT count(*) AS n FROM document")
    assert not load(loaded, "другой пароль 8")
    assert rows(loaded, "SELECT count(*) AS n FROM document") == before
    for worker in STAFF:
        if worker.login:
            log_in(http, worker.login, "другой пароль 8")
    load(loaded, PASSWORD)


def test_a_weak_password_makes_nothing(database_url: str) -> None:
    with open_pool(database_url) as pool, pytest.raises(Refusal):
        load(pool, "12345678")
    with psycopg.Connection[DictRow].connect(database_url, row_factory=dict_row) as connection:
        assert connection.execute("SELECT count(*) AS n FROM branch").fetchone() == {"n": 0}


def test_the_same_day_gives_the_same_company(database_url: str, second_database_url: str) -> None:
    told = []
    for url in (database_url, second_database_url):
        with open_pool(url) as pool:
            load(pool, PASSWORD, today=TODAY, days=9)
            told.append(rows(
                pool, "SELECT kind, number, date, state, gross, paid, created_at FROM document ORDER BY id"))
    assert told[0] == told[1]
    assert len(told[0]) > 50


def test_a_broken_load_is_told(database_url: str) -> None:
    with open_pool(database_url) as pool:
        load(pool, PASSWORD, today=TODAY, days=3)
        with pool.connection() as connection:
            connection.execute("DELETE FROM setting")
        with pytest.raises(Refusal, match="не до конца"):
            load(pool, PASSWORD)
