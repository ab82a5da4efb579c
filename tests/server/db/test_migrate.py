"""Migrations: once among many servers, the rights of the application role, no drift from the declared tables."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from psycopg import errors, sql

import crm_server.models  # noqa: F401 - declares the tables of all domains
from crm_server.db.migrate import APPEND_ONLY, READ_ONLY, migrate, owner_engine
from crm_server.db.pool import APP_ROLE
from crm_server.db.schema import metadata
from tests.conftest import with_database

ROOT = Path(__file__).parents[3]

Connection = psycopg.Connection[tuple[Any, ...]]


@pytest.fixture
def empty_database_url(cluster: Connection, cluster_url: str) -> Iterator[str]:
    name = "okno_migrate_once"
    cluster.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    cluster.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    yield with_database(cluster_url, name)
    cluster.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def app(database_url: str) -> Iterator[Connection]:
    """A session with the rights of the server."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {APP_ROLE}")
        yield connection


def test_servers_that_start_together_migrate_once(empty_database_url: str) -> None:
    failures: list[BaseException] = []

    def start() -> None:
        try:
            migrate(empty_database_url)
        except BaseException as error:
            failures.append(error)
            raise

    servers = [threading.Thread(target=start) for _ in range(4)]
    for server in servers:
        server.start()
    for server in servers:
        server.join()
    assert failures == []
    with psycopg.connect(empty_database_url) as connection:
        versions = connection.execute("SELECT count(*) FROM alembic_version").fetchone()
        queue = connection.execute("SELECT obj_description('procrastinate_jobs'::regclass)").fetchone()
    assert versions == (1,)
    assert queue is not None
    assert str(queue[0]).endswith(".sql")


def test_migration_killed_halfway_is_completed_by_the_next_start(cluster_url: str, empty_database_url: str) -> None:
    """Bar 39. A table of the same name in an open transaction holds the migration up at its creation."""
    waiting = "SELECT 1 FROM pg_stat_activity WHERE application_name = 'crm-migrate' AND wait_event_type = 'Lock'"
    with psycopg.connect(empty_database_url) as obstacle, psycopg.connect(cluster_url, autocommit=True) as observer:
        obstacle.execute("CREATE TABLE audit_log ()")
        program = f"from crm_server.db.migrate import migrate; migrate({empty_database_url!r})"
        server = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT)
        deadline = time.monotonic() + 20
        while observer.execute(waiting).fetchone() is None:
            assert time.monotonic() < deadline, "the migration did not get to the table"
            time.sleep(0.05)
        server.kill()
        server.wait()
        obstacle.rollback()
    migrate(empty_database_url)
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT count(*) FROM alembic_version").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM audit_log").fetchone() == (0,)


def test_migrated_database_equals_the_declared_tables(database_url: str) -> None:
    engine = owner_engine(database_url)
    with engine.connect() as connection:
        differences = compare_metadata(
            MigrationContext.configure(connection, opts={"include_name": _is_ours}), metadata)
    engine.dispose()
    assert differences == [], "write a revision: see migrations/README.md"


def _is_ours(name: str | None, kind: str, parents: object) -> bool:
    return kind != "table" or not (name or "").startswith(("procrastinate_", "job_rescue", "alembic_version"))


def _existing(app: Connection, tables: tuple[str, ...]) -> list[str]:
    rows = app.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
    return sorted({name for (name,) in rows}.intersection(tables))


def test_history_can_only_grow(app: Connection) -> None:
    tables = _existing(app, APPEND_ONLY)
    assert "audit_log" in tables
    for table in tables:
        app.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(table)))
        column = app.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND is_identity = 'NO'"
            " AND is_generated = 'NEVER' LIMIT 1", (table,)).fetchone()
        assert column is not None
        for statement in (
            sql.SQL("UPDATE {table} SET {column} = {column}"), sql.SQL("DELETE FROM {table}"),
            sql.SQL("TRUNCATE {table}"), sql.SQL("DROP TABLE {table}"),
            sql.SQL("ALTER TABLE {table} DISABLE TRIGGER ALL"),
        ):
            with pytest.raises(errors.InsufficientPrivilege):
                app.execute(statement.format(table=sql.Identifier(table), column=sql.Identifier(column[0])))


def test_kept_tables_can_only_be_read(app: Connection) -> None:
    for table in _existing(app, READ_ONLY):
        app.execute(sql.SQL("SELECT * FROM {} LIMIT 1").format(sql.Identifier(table)))
        with pytest.raises(errors.InsufficientPrivilege):
            app.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


def test_application_role_is_weak(app: Connection) -> None:
    role = app.execute(
        "SELECT rolsuper, rolcreaterole, rolcreatedb, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = %s",
        (APP_ROLE,)).fetchone()
    assert role == (False, False, False, False, False)
    owned = app.execute("SELECT count(*) FROM pg_class WHERE relowner = %s::regrole", (APP_ROLE,)).fetchone()
    assert owned == (0,)
    with pytest.raises(errors.InsufficientPrivilege):
        app.execute("CREATE TABLE own_table (id int)")
