"""The company's own lists over HTTP: loaded as they are, loaded again, answered, undone."""

import pytest

from tests.server.conftest import Person, World
from tests.server.exchange.loads import adds_up, load, upload
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, SHARED

pytestmark = pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")


@pytest.fixture
def customers() -> bytes:
    return (SHARED / "customers.xlsx").read_bytes()


@pytest.fixture
def prices() -> bytes:
    return (SHARED / "price_list.xlsx").read_bytes()


def test_customers_go_in_as_they_are_and_the_second_time_nothing_changes(
        world: World, boss: Person, customers: bytes) -> None:
    file = upload(boss, customers, PARTIES, "customers.xlsx")
    tried = file.dry_run()["counts"]
    assert adds_up(tried)
    assert (tried["add"], tried["buckets"]["merged"], tried["buckets"]["doubt"]) == (270, 12, 15)
    assert world.sql("SELECT count(*) FROM party") == [{"count": 0}]
    batch = load(world, file)
    assert (batch["state"], batch["done"], batch["total"], batch["message"]) == ("done", 270, 270, "")
    assert batch["counts"] == tried
    assert world.sql("SELECT count(*) FROM party") == [{"count": 270}]
    again = load(world, upload(boss, customers, PARTIES))
    assert adds_up(again["counts"])
    assert (again["counts"]["unchanged"], again["counts"]["add"], again["counts"]["update"]) == (270, 0, 0)
    assert world.sql("SELECT max(version) FROM party") == [{"max": 1}]


def test_prices_go_in_and_the_second_time_nothing_changes(world: World, boss: Person, prices: bytes) -> None:
    world.insert("price_kind", title="Розничная", main=True)
    file = upload(boss, prices, PRODUCTS, "price_list.xlsx")
    for code in ("price_absent", "sku_missing"):
        file.answer(code)
    tried = file.dry_run()["counts"]
    assert adds_up(tried)
    assert tried["add"] == 204
    batch = load(world, file)
    assert batch["counts"] == tried
    assert world.sql("SELECT count(*) FROM product") == [{"count": 204}]
    again = file.dry_run()["counts"]
    assert (again["unchanged"], again["add"], again["update"]) == (204, 0, 0)
