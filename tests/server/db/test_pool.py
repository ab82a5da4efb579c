"""Sessions of the server: the weak role, and limits that end whatever hangs (bar 41)."""

import time

import psycopg
import pytest
from psycopg import errors

from crm_server.db.pool import APP_ROLE, open_pool


def test_every_session_has_role_and_limits(database_url: str) -> None:
    pool = open_pool(database_url, size=2)
    with pool.connection() as session:
        for name, value in {
            "role": APP_ROLE, "timezone": "Europe/Moscow", "statement_timeout": "30s", "lock_timeout": "5s",
            "idle_in_transaction_session_timeout": "30s",
        }.items():
            shown = session.execute("SELECT current_setting(%s) AS value", (name,)).fetchone()
            assert shown == {"value": value}, name
    pool.close()


def test_a_hung_session_blocks_others_no_longer_than_the_limit(database_url: str) -> None:
    pool = open_pool(database_url, size=2)
    with psycopg.connect(database_url) as hung, pool.connection() as session:
        hung.execute("LOCK TABLE app_user")
        started = time.monotonic()
        with pytest.raises(errors.LockNotAvailable):
            session.execute("SELECT * FROM app_user")
        assert time.monotonic() - started < 8
        session.rollback()
        hung.rollback()
    pool.close()
