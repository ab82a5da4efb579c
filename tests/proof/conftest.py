"""Fixtures of the proof: those of the server tests, and a world whose server is a process of its own."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import psycopg
import pytest

from crm_server.db.pool import Pool, open_pool
from tests.conftest import new_database
from tests.proof.company import Company, seed
from tests.proof.processes import ServerProcess, serving
from tests.server.conftest import World, boss, pool, world
from tests.server.mailing.conftest import mail_server, office

__all__ = ["boss", "mail_server", "office", "pool", "world"]


@pytest.fixture
def server(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    """`crm-server run` with two HTTP processes over this test's database."""
    with serving(database_url, tmp_path) as server:
        yield server


@contextmanager
def entered(server: ServerProcess, pool: Pool) -> Iterator[World]:
    """A world whose people come in through a server process."""
    with httpx2.Client(base_url=server.address, timeout=30) as http:
        world = World(http, pool, 0, 0)  # type: ignore[arg-type]  # it speaks as the test client does
        world.branch_id = world.insert("branch", title="Москва", code="М")
        world.department_id = world.insert("department", title="Продажи", branch_id=world.branch_id)
        yield world


@pytest.fixture(scope="module")
def busy_office(cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str, template_database: str,
                tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[World, Company]]:
    """One server process with a company for all tests of a module; each takes goods of its own."""
    with (new_database(cluster, cluster_url, template_database) as url, open_pool(url) as pool,
          serving(url, tmp_path_factory.mktemp("office")) as server, entered(server, pool) as world):
        yield world, seed(world)
