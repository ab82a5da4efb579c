"""Bar 3: PostgreSQL ends at once under load; the server starts it again, and each shipment happens once."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from crm_server.db.embedded import EmbeddedPostgres, scratch_data_dir
from crm_server.db.pool import open_pool
from tests.proof import many
from tests.proof.company import seed
from tests.proof.conftest import entered
from tests.proof.load import Shipping
from tests.proof.processes import check, serving

ISSUES = many(80, 400)
STOPS = many(2, 4)
STOCK = 3 * 1000
BACK_WITHIN_S = 10


@pytest.fixture
def data_dir() -> Iterator[Path]:
    with scratch_data_dir("okno-crm-proof-") as folder:
        yield folder


def test_each_shipment_happens_once_and_the_server_is_back_by_itself(data_dir: Path) -> None:
    rng = random.Random(7)
    with (serving("", data_dir) as server, EmbeddedPostgres(data_dir) as postgres, open_pool(postgres.url) as pool,
          entered(server, pool) as world):
        company = seed(world, stock=STOCK // 3)
        shipping = Shipping(server.address, world.person("boss").token, company, ISSUES)
        shipping.start()
        for stop_after in sorted(rng.sample(range(5, ISSUES - 15), STOPS)):
            shipping.wait_for(stop_after)
            _stop_immediately(postgres)
            assert _seconds_until_back(server.address) < BACK_WITHIN_S
        shipping.finish()
        assert shipping.repeats >= STOPS, "the stops met nobody at work"
        pool.check()  # our own connections were cut too
        shipping.verify(world, STOCK)
        report = check("", data_dir)
        assert report.returncode == 0, report.stdout + report.stderr
    assert EmbeddedPostgres(data_dir).running() is None, "the database ends with its server"


def _stop_immediately(postgres: EmbeddedPostgres) -> None:
    """As `pg_ctl stop -m immediate`: sessions are cut, nothing is written out, the next start recovers."""
    running = postgres.running()
    assert running is not None
    os.kill(running.pid, signal.SIGQUIT)


def _seconds_until_back(address: str) -> float:
    started = time.monotonic()
    while time.monotonic() - started < BACK_WITHIN_S:
        try:
            if httpx2.get(f"{address}/api/health", timeout=2).status_code == 200:
                break
        except httpx2.TransportError:
            pass
        time.sleep(0.1)
    return time.monotonic() - started
