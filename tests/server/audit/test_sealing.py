"""Seals: what is chained, when, by whom; what they notice afterwards."""

import hashlib
import threading
from pathlib import Path

import psycopg
import pytest
import structlog
from psycopg import sql as pgsql

from crm_server.audit.sealing import (
    GAP,
    NO_CHAIN,
    SOURCES,
    Head,
    Source,
    head_file,
    load_head,
    note_head,
    read_head,
    save_head,
    seal,
)
from crm_server.audit.verifying import verify
from crm_server.db.migrate import APPEND_ONLY, READ_ONLY
from crm_server.kit.sql import Sql
from tests.server.audit.history import ROWS, as_app, differences, move_goods, owner, seal_all, write_journal


@pytest.fixture
def sealed(database_url: str) -> str:
    """A database with journal rows and moves, all sealed."""
    with as_app(database_url) as sql:
        write_journal(sql)
        move_goods(sql)
    assert seal_all(database_url) == ROWS + 3
    return database_url


def history(url: str, head: Head | None = None) -> list[str]:
    """What check says of the history."""
    return [str(d) for d in differences(url, head) if d.rule == "История изменена"]


def test_chain_is_what_its_documentation_says(sealed: str) -> None:
    with as_app(sealed) as sql:
        chain = NO_CHAIN
        for row in sql.all("SELECT * FROM audit_seal ORDER BY id"):
            chain = hashlib.sha256(chain + f"{row['source']}:{row['row_id']}:".encode() + row["row_hash"]).digest()
            assert row["chain"] == chain
        assert read_head(sql) == Head(seal=ROWS + 3, chain=chain.hex())
    assert history(sealed) == []


def test_sealed_rows_are_not_sealed_again(sealed: str) -> None:
    assert seal_all(sealed) == 0
    with as_app(sealed) as sql:
        write_journal(sql, 2)
    assert seal_all(sealed) == 2
    assert history(sealed) == []


def test_time_zone_of_the_session_does_not_matter(sealed: str) -> None:
    with as_app(sealed) as sql:
        sql.run("SET timezone = 'Asia/Vladivostok'")
        write_journal(sql, 1)
        sql.connection.commit()
        assert seal(sql) == 1
    assert history(sealed) == []


def test_uncommitted_rows_wait_and_do_not_hold_up_the_others(database_url: str) -> None:
    with as_app(database_url) as slow, as_app(database_url) as quick:
        write_journal(slow, 1)  # draws the lower id
        write_journal(quick, 1)
        quick.connection.commit()
        assert seal_all(database_url) == 1
        slow.connection.commit()
    assert seal_all(database_url) == 1
    assert history(database_url) == []


def test_run_of_the_night_finds_what_a_very_long_transaction_left_behind(database_url: str) -> None:
    with as_app(database_url) as slow:
        write_journal(slow, 1)
        with as_app(database_url) as quick:
            write_journal(quick, GAP + 2)
        assert seal_all(database_url) == GAP + 2
        slow.connection.commit()
    assert seal_all(database_url) == 0
    with as_app(database_url) as sql:
        assert seal(sql, whole=True) == 1
    assert history(database_url) == []


def test_one_run_is_bounded_and_the_next_goes_on(database_url: str) -> None:
    with as_app(database_url) as sql:
        write_journal(sql, 25)
    for expected in (10, 10, 5, 0):
        with as_app(database_url) as sql:
            assert seal(sql, limit=10) == expected
    assert history(database_url) == []


def test_writers_and_sealers_beside_each_other_make_one_chain(database_url: str) -> None:
    def write() -> None:
        for _ in range(20):
            with as_app(database_url) as sql:
                write_journal(sql, 3)

    writers = [threading.Thread(target=write) for _ in range(4)]
    sealers = [threading.Thread(target=lambda: [seal_all(database_url) for _ in range(30)]) for _ in range(2)]
    for thread in (*writers, *sealers):
        thread.start()
    for thread in (*writers, *sealers):
        thread.join()
    seal_all(database_url)
    with as_app(database_url) as sql:
        assert sql.value("SELECT count(*) FROM audit_seal") == 4 * 20 * 3
    assert history(database_url) == []


def test_sealing_waits_for_nobody_and_nobody_waits_for_it(database_url: str) -> None:
    with as_app(database_url) as first:
        write_journal(first, 1)
        first.connection.commit()
        assert seal(first) == 1  # not committed yet
        assert seal_all(database_url) == 0
        with as_app(database_url) as writer:
            writer.run("SET LOCAL lock_timeout = '100ms'")
            write_journal(writer, 1)


# --- damage ---

#: One changed value of every column.
CHANGES = {
    "audit_log": {
        "at": "at + interval '1 second'", "user_id": "5", "person": "'Петров'", "branch_id": "9", "action": "'create'",
        "entity": "'product'", "entity_id": "77", "title": "title || ' '", "before": "'{}'", "after": "NULL",
        "reason": "'так надо'", "address": "'10.0.0.1'", "request_id": "'x'",
    },
    "stock_move": {
        "at": "at + 1", "made_at": "made_at - interval '1 second'", "product_id": "99", "lot_id": "1",
        "from_place_id": "to_place_id", "to_place_id": "99", "quantity": "quantity + 0.001", "cost": "cost - 0.01",
        "document_id": "1", "line_id": "1", "reverses_id": "1", "employee_id": "1", "adjusts_id": "1",
        "from_bin_id": "1", "to_bin_id": "1",
    },
}


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.table)
def test_every_edited_column_is_noticed(sealed: str, source: Source) -> None:
    table = source.table
    with owner(sealed) as sql:
        columns = {row["column_name"] for row in sql.all(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s", (table,))}
        sealed_columns = {*source.columns, *(name for names in source.added for name in names)}
        assert columns == {"id", *CHANGES[table]} == sealed_columns
        row_id = sql.value(pgsql.SQL("SELECT min(id) + 1 FROM {}").format(pgsql.Identifier(table)))
        sql.connection.commit()
        if table == "stock_move":  # let the changes through
            for name in ("quantity", "balanced", "inside"):
                sql.run(pgsql.SQL("ALTER TABLE stock_move DROP CONSTRAINT {}").format(
                    pgsql.Identifier(f"ck_stock_move_{name}")))
            sql.connection.commit()
        for column, value in CHANGES[table].items():
            sql.run(pgsql.SQL("UPDATE {} SET {} = {} WHERE id = %s").format(
                pgsql.Identifier(table), pgsql.Identifier(column), pgsql.SQL(value)), (row_id,))  # type: ignore[arg-type]
            changed = _verify_uncommitted(sql)
            sql.connection.rollback()
            assert [f"{table} {row_id} (" in text and "изменена" in text for text in changed] == [True], column
    assert history(sealed) == []


def _verify_uncommitted(sql: Sql) -> list[str]:
    return [f"{where}: {what}" for where, what in verify(sql)]


def test_removed_row_is_named(sealed: str) -> None:
    with owner(sealed) as sql:
        sql.run("DELETE FROM audit_log WHERE id = 3")
        sql.run("DELETE FROM stock_move WHERE id = 2")
    assert history(sealed) == [
        "История изменена: audit_log 3: опечатанная строка удалена",
        "История изменена: stock_move 2: опечатанная строка удалена",
    ]


def test_row_removed_with_its_seal_leaves_a_hole(sealed: str) -> None:
    with owner(sealed) as sql:
        sql.run("DELETE FROM audit_log WHERE id = 3")
        sql.run("DELETE FROM audit_seal WHERE source = 'audit_log' AND row_id = 3")
    assert history(sealed) == ["История изменена: печать 4 строки 4 таблицы audit_log:"
                               " после печати 2 сразу 4: печати между ними удалены"]


def test_hole_closed_by_renumbering_breaks_the_chain(sealed: str) -> None:
    with owner(sealed) as sql:
        sql.run("DELETE FROM audit_log WHERE id = 3")
        sql.run("DELETE FROM audit_seal WHERE id = 3")
        sql.run("UPDATE audit_seal SET id = -id WHERE id > 3")
        sql.run("UPDATE audit_seal SET id = -id - 1 WHERE id < 0")
    assert "печать 3 строки 4 таблицы audit_log: печать изменена" in history(sealed)[0]


def test_swapped_rows_and_swapped_seals_are_noticed(sealed: str) -> None:
    with owner(sealed) as sql:
        sql.run("UPDATE audit_log SET id = -id WHERE id IN (2, 4)")
        sql.run("UPDATE audit_log SET id = 6 + id WHERE id < 0")
        rows = _verify_uncommitted(sql)
        sql.connection.rollback()
        sql.run("UPDATE audit_seal SET id = -id WHERE id IN (2, 4)")
        sql.run("UPDATE audit_seal SET id = 6 + id WHERE id < 0")
        seals = _verify_uncommitted(sql)
        sql.connection.rollback()
    assert len(rows) == 1
    assert rows[0].startswith("audit_log 2 (")
    assert seals == ["печать 2 строки 4 таблицы audit_log: печать изменена, вставлена или переставлена"]


def test_row_slipped_into_the_past_is_noticed_before_and_after_it_is_sealed(sealed: str) -> None:
    with owner(sealed) as sql:
        sql.run("INSERT INTO audit_log (id, at, person, action, entity, title) VALUES"
                " (-1, now() - interval '3 days', 'Петров', 'refused', 'party', 'подложный отказ')")
    assert ["audit_log -1 (" in text and "не опечатана" in text for text in history(sealed)] == [True]
    with as_app(sealed) as sql:
        assert seal(sql, whole=True) == 1
    assert ["audit_log -1 (" in text and "задним числом" in text for text in history(sealed)] == [True]


def noted_head(url: str, folder: Path) -> Head | None:
    with as_app(url) as sql:
        return load_head(head_file(sql, folder))


def test_cut_tail_is_noticed_by_the_noted_head(sealed: str, tmp_path: Path) -> None:
    with as_app(sealed) as sql:
        note_head(sql, tmp_path)
    head = noted_head(sealed, tmp_path)
    assert head is not None
    assert head.seal == ROWS + 3
    _cut_tail(sealed)
    assert history(sealed) == []
    assert [f"печать {ROWS + 3}" in text and "отрезан" in text for text in history(sealed, head)] == [True]


def _cut_tail(url: str) -> None:
    """The ledger is at the end of the chain."""
    with owner(url) as sql:
        sql.run("DELETE FROM stock_move")
        sql.run("DELETE FROM audit_seal WHERE source = 'stock_move'")


def test_sealer_does_not_cover_up_a_cut_tail(sealed: str, tmp_path: Path) -> None:
    with as_app(sealed) as sql:
        note_head(sql, tmp_path)
    head = noted_head(sealed, tmp_path)
    _cut_tail(sealed)
    with as_app(sealed) as sql:
        write_journal(sql, ROWS)  # grows over the cut
        sql.connection.commit()
        seal(sql)
        sql.connection.commit()
        with structlog.testing.capture_logs() as logs:
            note_head(sql, tmp_path)
    assert [entry["log_level"] for entry in logs] == ["error"]
    assert noted_head(sealed, tmp_path) == head
    assert ["отрезан" in text for text in history(sealed, head)] == [True]


def test_databases_that_share_a_data_folder_keep_their_own_heads(sealed: str, second_database_url: str,
                                                                   tmp_path: Path) -> None:
    with as_app(second_database_url) as sql:
        write_journal(sql, ROWS + 20)
    seal_all(second_database_url)
    for url in (sealed, second_database_url):
        with as_app(url) as sql, structlog.testing.capture_logs() as logs:
            note_head(sql, tmp_path)
            assert [entry["log_level"] for entry in logs] == ["info"]
    first, second = noted_head(sealed, tmp_path), noted_head(second_database_url, tmp_path)
    assert first is not None
    assert second is not None
    assert (first.seal, second.seal) == (ROWS + 3, ROWS + 20)
    assert history(sealed, first) == history(second_database_url, second) == []
    assert history(sealed, second) != [], "the head of one database is no head of the other"


def test_damaged_head_file_is_an_error_not_a_fresh_start(sealed: str, tmp_path: Path) -> None:
    with as_app(sealed) as sql:
        file = head_file(sql, tmp_path)
        file.write_text("{")
        note_head(sql, tmp_path)
    assert file.read_text() == "{"
    with pytest.raises(ValueError, match="damaged"):
        load_head(file)


def test_head_file_round_trip(tmp_path: Path) -> None:
    file = tmp_path / "new" / "audit.head"
    assert load_head(file) is None
    save_head(file, Head(seal=7, chain="ab" * 32))
    assert load_head(file) == Head(seal=7, chain="ab" * 32)


# --- rights ---

@pytest.mark.parametrize("table", [*APPEND_ONLY, "stock_balance"])
@pytest.mark.parametrize("statement", [
    "UPDATE {} SET {column} = {column}", "DELETE FROM {}", "TRUNCATE {} CASCADE", "ALTER TABLE {} DISABLE TRIGGER ALL",
    "DROP TABLE {} CASCADE"])
def test_server_cannot_touch_history(sealed: str, table: str, statement: str) -> None:
    column = "on_hand" if table == "stock_balance" else "id"
    query = pgsql.SQL(statement).format(pgsql.Identifier(table), column=pgsql.Identifier(column))  # type: ignore[arg-type]
    with as_app(sealed) as sql, pytest.raises(psycopg.errors.InsufficientPrivilege):
        sql.run(query)


def test_server_cannot_write_balances_or_switch_triggers_off(sealed: str) -> None:
    assert "stock_balance" in READ_ONLY
    with as_app(sealed) as sql:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql.run("INSERT INTO stock_balance (place_id, product_id, on_hand) VALUES (1, 1, 5)")
        sql.connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql.run("SET session_replication_role = replica")
        sql.connection.rollback()
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            sql.run("SELECT stock_apply_reserve('{1}', '{1}', '{0}', '{5}')")


def test_owner_is_stopped_by_triggers_too(sealed: str) -> None:
    for table in APPEND_ONLY:
        with psycopg.connect(sealed) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege,
                                                                  match="append-only"):
            connection.execute(pgsql.SQL("DELETE FROM {}").format(pgsql.Identifier(table)))
