"""A small past to be sealed and damaged: journal rows, goods on a place, and the owner who may do anything."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg.rows import DictRow, dict_row

from crm_server.audit.sealing import Head, seal
from crm_server.check import Difference, check
from crm_server.kit.sql import Sql

ROWS = 6


@contextmanager
def owner(url: str) -> Iterator[Sql]:
    """A session of the database's owner with all triggers switched off; committed at the end."""
    with psycopg.Connection[DictRow].connect(url, row_factory=dict_row) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.commit()
        yield Sql(connection)


@contextmanager
def as_app(url: str) -> Iterator[Sql]:
    """A session with the rights of the server; committed at the end."""
    with psycopg.Connection[DictRow].connect(url, row_factory=dict_row, options="-c role=crm_app") as connection:
        yield Sql(connection)


def write_journal(sql: Sql, count: int = ROWS) -> None:
    sql.run("INSERT INTO audit_log (person, action, entity, entity_id, title, before, after)"
            " SELECT 'Иванов', 'update', 'party', n, 'ООО «Ветер-' || n || '»', '{\"fax\": null}', '{\"fax\": \"1\"}'"
            " FROM generate_series(1, %s) n", (count,))


def move_goods(sql: Sql) -> tuple[int, int]:
    """Ten pieces come to a new warehouse and three leave; returns the product and the place."""
    unit = sql.insert("branch", {"title": "Москва"})
    place = sql.insert("place", {"kind": "warehouse", "name": "Основной склад", "inner": True, "branch_id": unit})
    product = sql.insert("product", {"sku": "К-7", "name": "Котёл"})
    supplier, customer = (sql.value("SELECT id FROM place WHERE kind = %s", (k,)) for k in ("supplier", "customer"))
    for source, target, quantity in ((supplier, place, 4), (supplier, place, 6), (place, customer, 3)):
        sql.insert("stock_move", {"at": "2026-03-02", "product_id": product, "from_place_id": source,
                                  "to_place_id": target, "quantity": quantity, "cost": quantity * 100})
    return product, place


def seal_all(url: str) -> int:
    """One run of the sealer as the server."""
    with as_app(url) as sql:
        return seal(sql)


def differences(url: str, head: Head | None = None) -> list[Difference]:
    """What `crm-server check` finds."""
    with as_app(url) as sql:
        return check(sql, head)
