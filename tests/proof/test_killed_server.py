"""Bar 1: the server dies by SIGKILL again and again while people ship; each shipment happens once."""

import random
import time
from pathlib import Path

import pytest

from crm_server.db.pool import Pool
from tests.proof import many
from tests.proof.company import seed
from tests.proof.conftest import entered
from tests.proof.load import Shipping
from tests.proof.processes import ServerProcess, check

ISSUES = many(150, 1000)
KILLS = many(3, 12)
STOCK = 3 * 1000


@pytest.mark.parametrize("chance", range(many(1, 5)))
def test_each_shipment_happens_once(chance: int, server: ServerProcess, pool: Pool, database_url: str,
                                    tmp_path: Path) -> None:
    rng = random.Random(chance)
    with entered(server, pool) as world:
        company = seed(world, products=3, stock=STOCK // 3)
        shipping = Shipping(server.address, world.person("boss").token, company, ISSUES)
    shipping.start()
    for kill_after in sorted(rng.sample(range(5, ISSUES - 5), KILLS)):
        shipping.wait_for(kill_after)
        time.sleep(rng.uniform(0, 0.02))
        server.kill()
        server.start()
    shipping.finish()
    assert shipping.repeats >= KILLS, "the kills met nobody at work"
    shipping.verify(world, STOCK)
    report = check(database_url, tmp_path)
    assert report.returncode == 0, report.stdout + report.stderr
