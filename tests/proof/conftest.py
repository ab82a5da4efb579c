"""Fixtures of the proof: those of the server tests, and a world whose server is a process of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import httpx2
import pytest

from crm_server.db.pool import Pool
from tests.proof.processes import ServerProcess, serving
from tests.server.conftest import World, boss, pool, world

__all__ = ["boss", "pool", "world"]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """`crm-server run` with two HTTP processes over this test's database."""
    with serving(database_url, tmp_path) as server:
        yield server


@pytest.fixture
def world_of() -> Iterator[Callable[[ServerProcess, Pool], World]]:
    """A world that people enter through a server process."""
    clients: list[httpx2.Client] = []

    def make(server: ServerProcess, pool: Pool) -> World:
        clients.append(httpx2.Client(base_url=server.address, timeout=30))
        with pool.connection() as connection:
            branch = connection.execute(
                "INSERT INTO branch (title, code) VALUES ('Москва', 'М') RETURNING id").fetchone()
            assert branch is not None
            department = connection.execute(
                "INSERT INTO department (title, branch_id) VALUES ('Продажи', %s) RETURNING id",
                (branch["id"],)).fetchone()
            assert department is not None
        return World(clients[-1], pool, branch["id"], department["id"])  # type: ignore[arg-type]  # the same calls

    yield make
    for client in clients:
        client.close()
