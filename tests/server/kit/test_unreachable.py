"""What the edge answers when the database cuts a session off or has no connection left."""

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import psycopg
import pytest
from starlette.testclient import TestClient

from crm_server.app import create_app
from crm_server.db.pool import Pool, open_pool
from crm_server.kit import failpoints
from tests.server.conftest import Person, World

BRANCH = {"title": "Тверь"}


@contextmanager
def once_at(point: str, happens: Callable[[], Any]) -> Iterator[None]:
    """Something happens the first time that a request passes a failpoint."""
    left = [happens]

    def reached(name: str) -> None:
        if name == point and left:
            left.pop()()

    failpoints.watch(reached)
    try:
        yield
    finally:
        failpoints.watch(None)


def add_branch(http: TestClient, boss: Person, key: str) -> httpx2.Response:
    return http.post("/api/branches", json=BRANCH,
                     headers={"Authorization": f"Bearer {boss.token}", "Idempotency-Key": key})


def end_open_transactions(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as other:
        ended = other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
            " AND state = 'idle in transaction'").fetchall()
    assert ended, "nobody was at work"


@pytest.mark.parametrize("point", ["edge.before_work", "edge.before_flush", "edge.before_commit"])
def test_a_command_whose_session_is_killed_is_done_once_by_its_repeat(
        world: World, boss: Person, database_url: str, point: str) -> None:
    key = uuid.uuid4().hex
    with once_at(point, lambda: end_open_transactions(database_url)):
        refused = add_branch(world.http, boss, key)
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert world.sql("SELECT 1 FROM branch WHERE title = 'Тверь'") == []
    assert add_branch(world.http, boss, key).status_code == 200
    assert add_branch(world.http, boss, key).headers["X-Replayed"] == "1"
    assert len(world.sql("SELECT 1 FROM branch WHERE title = 'Тверь'")) == 1


@pytest.fixture
def one_connection(database_url: str) -> Iterator[tuple[TestClient, Pool]]:
    with open_pool(database_url, size=1, wait_s=0.2) as pool, TestClient(
            create_app(pool), raise_server_exceptions=False) as http:
        yield http, pool


def test_work_between_two_statements_that_takes_too_long_may_be_repeated(
        world: World, boss: Person, one_connection: tuple[TestClient, Pool]) -> None:
    """The database ends a session that is idle within its transaction."""
    http, pool = one_connection
    with pool.connection() as connection:
        connection.execute("SET idle_in_transaction_session_timeout = '100ms'")
    with once_at("edge.before_flush", lambda: time.sleep(0.5)):
        refused = add_branch(http, boss, "key")
    assert (refused.status_code, refused.json()["code"]) == (503, "busy")
    assert add_branch(http, boss, "key").status_code == 200
    assert len(world.sql("SELECT 1 FROM branch WHERE title = 'Тверь'")) == 1


@pytest.mark.parametrize("path", ["/api/changes", "/api/changes?after=1"])
def test_who_listens_is_told_to_come_back(boss: Person, one_connection: tuple[TestClient, Pool], path: str) -> None:
    http, pool = one_connection
    with pool.connection():
        answer = http.get(path, headers={"Authorization": f"Bearer {boss.token}"})
    assert (answer.status_code, answer.json()["code"]) == (503, "busy")
    assert answer.headers["Retry-After"]


def test_a_handler_that_runs_out_of_an_iterator_leaves_nobody_waiting(world: World, boss: Person) -> None:
    with once_at("edge.before_flush", lambda: next(iter([]))):
        assert add_branch(world.http, boss, "key").json()["code"] == "internal"
    assert add_branch(world.http, boss, "key").status_code == 200
