"""The undo of a batch: the database is as it was, or nothing happens and the reason is named."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from crm_contract.permissions import Scope
from tests.server.conftest import Person, World
from tests.server.exchange.loads import load, run_jobs, upload
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, SHARED, xlsx

#: What may differ after an undo: it tells of the undo itself.
TOLD = {"version", "updated_at", "updated_by_id"}
TABLES = ("party", "contact", "site", "bank_account", "product", "barcode", "price", "product_group")
PEOPLE = [["Название", "ИНН", "Телефон", "Контакт"],
          ["ООО «Ветер»", "7736050003", "+7 495 111-22-33", "Петров Пётр, директор"],
          ["ООО «Волна»", "7707083893", "", ""]]


def contents(world: World) -> dict[str, list[dict[str, Any]]]:
    return {table: [{name: value for name, value in row.items() if name not in TOLD}
                    for row in world.sql(f"SELECT * FROM {table} t ORDER BY t::text")] for table in TABLES}


def undo(world: World, person: Person, batch: dict[str, Any]) -> dict[str, Any]:
    person.post(f"/api/imports/{batch['id']}/undo")
    run_jobs(world)
    return person.get(f"/api/imports/{batch['id']}")


def card(name: str, inn: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "inn": inn, "kind": "legal", **more}


def test_added_and_changed_parties_are_as_before(world: World, boss: Person) -> None:
    boss.post("/api/parties", card("Ветер", "7736050003", phone="+7 495 000-00-00", contacts=[{"name": "Петров Пётр"}],
                                   accounts=[{"bic": "044525225", "account": "40702810938000000001"}]))
    before = contents(world)
    batch = load(world, upload(boss, xlsx(PEOPLE), PARTIES))
    assert (batch["counts"]["add"], batch["counts"]["update"], batch["can_undo"]) == (1, 1, True)
    assert contents(world) != before
    after = undo(world, boss, batch)
    assert (after["state"], after["can_undo"], after["undo_refusal"]) == ("undone", False, "Загрузка уже отменена")
    assert contents(world) == before
    assert world.sql("SELECT action, count(*) FROM audit_log WHERE reason LIKE 'Отмена загрузки из%' GROUP BY 1"
                     " ORDER BY 1") == [{"action": "delete", "count": 1}, {"action": "update", "count": 1}]


@pytest.mark.skipif(not SHARED.exists(), reason="the shared data are not here")
def test_company_lists_leave_nothing_behind(world: World, boss: Person) -> None:
    world.insert("price_kind", title="Розничная", main=True)
    before = contents(world)
    customers = load(world, upload(boss, (SHARED / "customers.xlsx").read_bytes(), PARTIES))
    prices = load(world, upload(boss, (SHARED / "price_list.xlsx").read_bytes(), PRODUCTS))
    assert customers["counts"]["add"]
    assert prices["counts"]["add"]
    undo(world, boss, customers)
    undo(world, boss, prices)
    assert contents(world) == before


def test_prices_and_barcodes_come_back(world: World, boss: Person) -> None:
    kind = world.insert("price_kind", title="Розничная", main=True)
    boss.post("/api/products", {"sku": "К-7", "name": "Котёл", "barcodes": ["4600000104225"], "prices": [
        {"price_kind_id": kind, "price": "100", "valid_from": "2026-01-01"}]})
    before = contents(world)
    rows = [["Артикул", "Наименование", "Цена", "Штрихкод", "Группа"],
            ["К-7", "Котёл большой", 250, "4600000118017", "Котлы"], ["К-8", "Котёл малый", 70, "", "Котлы"]]
    batch = load(world, upload(boss, xlsx(rows), PRODUCTS))
    assert (batch["counts"]["add"], batch["counts"]["update"]) == (1, 1)
    assert [row["price"] for row in world.sql("SELECT price FROM price WHERE product_id = 1 ORDER BY valid_from")] == [
        100, 250]
    undo(world, boss, batch)
    assert contents(world) == before


def test_changed_record_stops_the_undo_and_is_named(world: World, boss: Person) -> None:
    batch = load(world, upload(boss, xlsx(PEOPLE), PARTIES))
    party = world.sql("SELECT id FROM party WHERE inn = '7707083893'")[0]["id"]
    editor = world.person(name="Орлова Е. В.")
    editor.put(f"/api/parties/{party}", card("ООО «Волна»", "7707083893", segment="ВИП", version=1))
    before = contents(world)
    answer = boss.post(f"/api/imports/{batch['id']}/undo", status=409)
    assert answer["details"]["blockers"] == ["«ООО «Волна»»: изменили после загрузки (Орлова Е. В.)"]
    assert contents(world) == before


def test_used_contact_stops_the_undo_and_names_the_document(world: World, boss: Person) -> None:
    batch = load(world, upload(boss, xlsx(PEOPLE), PARTIES))
    party, contact = world.sql("SELECT party_id, id FROM contact")[0].values()
    world.insert("document", kind="invoice", number="СЧ-000001", year=2026, date="2026-03-02", state="draft",
                 branch_id=world.branch_id, party_id=party, contact_id=contact, chain_id=1,
                 responsible_id=boss.employee_id)
    answer = boss.post(f"/api/imports/{batch['id']}/undo", status=409)
    assert answer["details"]["blockers"] == ["«ООО «Ветер»»: Счёт на оплату СЧ-000001 (Главный Г. Г.)"]
    stranger = world.person(grants=dict.fromkeys(("import.run", "party.edit", "party.view"), Scope.ALL))
    answer = stranger.post(f"/api/imports/{batch['id']}/undo", status=409)
    assert answer["details"]["blockers"] == ["«ООО «Ветер»»: документ, которого вам не видно"]


def test_what_was_changed_between_request_and_job_is_not_lost(world: World, boss: Person) -> None:
    batch = load(world, upload(boss, xlsx(PEOPLE), PARTIES))
    boss.post(f"/api/imports/{batch['id']}/undo")
    world.sql("UPDATE party SET version = 2 WHERE inn = '7707083893'")
    run_jobs(world)
    after = boss.get(f"/api/imports/{batch['id']}")
    assert after["state"] == "done"
    assert "«ООО «Волна»»" in after["message"]
    assert world.sql("SELECT count(*) FROM party") == [{"count": 2}]


def test_others_see_how_far_an_undo_is(
    world: World, boss: Person, database_url: str, monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A record in another's hands holds the undo up in the middle of its one transaction."""
    rows = [["Название"], *([f"ООО «Фирма {number}»"] for number in range(9))]
    batch = load(world, upload(boss, xlsx(rows), PARTIES))
    last = world.sql("SELECT max(id) AS id FROM party")[0]["id"]
    monkeypatch.setattr("crm_server.exchange.undo.PORTION", 4)
    boss.post(f"/api/imports/{batch['id']}/undo")
    waiting = boss.get(f"/api/imports/{batch['id']}")
    assert (waiting["state"], waiting["done"], waiting["total"]) == ("undoing", 0, 9)
    with psycopg.connect(database_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT FROM party WHERE id = %s FOR UPDATE", (last,))
        undoing = pool.submit(run_jobs, world)
        half_way = _when(lambda: boss.get(f"/api/imports/{batch['id']}"), lambda seen: seen["done"] == 8)
        assert (half_way["state"], half_way["total"]) == ("undoing", 9)
        assert world.sql("SELECT count(*) AS n FROM party") == [{"n": 9}]
        other.rollback()
        undoing.result()
    assert boss.get(f"/api/imports/{batch['id']}")["state"] == "undone"
    assert world.sql("SELECT count(*) AS n FROM party") == [{"n": 0}]


def _when(look: Callable[[], Any], is_so: Callable[[Any], bool]) -> Any:
    until = time.monotonic() + 4     # the undo waits 5 s for a lock
    seen = look()
    while not is_so(seen) and time.monotonic() < until:
        time.sleep(0.05)
        seen = look()
    return seen
