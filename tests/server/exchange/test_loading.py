"""A load in the background: stopped, killed, disturbed by others, begun by somebody who lost the right."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crm_contract.permissions import Permission, Scope
from crm_server.exchange import housekeeping, loading
from crm_server.kit.context import Ctx
from crm_server.kit.jobs import SERVER_ACTOR
from crm_server.kit.sql import Sql
from tests.server.conftest import Person, World
from tests.server.exchange.loads import adds_up, load, run_jobs, upload
from tests.server.exchange.workbooks import PARTIES, xlsx
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
HEADING = ["Название", "ИНН", "Телефон"]
INNS = ("7736050003", "7707083893", "5024002119", "5415908303", "7708503727", "7702070139")
SIX = [HEADING, *([f"ООО «Фирма {number}»", inn, f"+7 495 000-00-0{number}"] for number, inn in enumerate(INNS))]


def parties(world: World) -> int:
    return world.sql("SELECT count(*) AS n FROM party")[0]["n"]


def test_queued_load_stops_before_it_began(world: World, boss: Person) -> None:
    file = upload(boss, xlsx(SIX), PARTIES)
    batch = file.batch(file.queue())
    assert (batch["state"], batch["can_cancel"], batch["can_undo"], batch["total"]) == ("queued", True, False, 6)
    boss.post(f"/api/imports/{batch['id']}/cancel")
    run_jobs(world)
    assert file.batch(batch["id"])["state"] == "cancelled"
    assert parties(world) == 0
    boss.post(f"/api/imports/{batch['id']}/cancel", status=409)


def test_running_load_stops_after_its_portion_and_can_be_undone(
        world: World, boss: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "PORTION", 1)
    blocker = world.pool.getconn()
    blocker.execute("INSERT INTO party (kind, name, inn) VALUES ('legal', 'чужая', %s)", (INNS[3],))
    file = upload(boss, xlsx(SIX), PARTIES)
    batch_id = file.queue()
    worker = threading.Thread(target=run_jobs, args=(world,))
    worker.start()
    wait_for(lambda: file.batch(batch_id)["done"] == 3)     # the fourth row waits for the other transaction
    boss.post(f"/api/imports/{batch_id}/cancel")
    blocker.rollback()
    world.pool.putconn(blocker)
    worker.join()
    batch = file.batch(batch_id)
    assert (batch["state"], batch["can_undo"], batch["can_cancel"]) == ("cancelled", True, False)
    assert batch["done"] == parties(world) < 6
    boss.post(f"/api/imports/{batch_id}/undo")
    run_jobs(world)
    assert parties(world) == 0


def test_killed_worker_doubles_nothing(world: World, boss: Person, database_url: str) -> None:
    file = upload(boss, xlsx(SIX), PARTIES)
    batch_id = file.queue()
    command = [sys.executable, "-m", "tests.server.exchange.load_worker", database_url, "2"]
    dying = subprocess.Popen(command, cwd=ROOT, env=os.environ | {"CRM_FAILPOINT": "exchange.before_commit:2"})
    assert dying.wait(60) == 137
    assert parties(world) == file.batch(batch_id)["done"] == 2
    living = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(lambda: file.batch(batch_id)["state"] == "done")
    finally:
        living.kill()
        living.wait()
    batch = file.batch(batch_id)
    assert (batch["done"], batch["counts"]["add"], parties(world)) == (6, 6, 6)
    assert adds_up(batch["counts"])
    assert world.sql("SELECT count(*) AS n FROM audit_log WHERE action = 'create' AND entity = 'party'") == [{"n": 6}]


def test_rows_that_are_kept_apart_stay_apart_in_every_portion(
        world: World, boss: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "PORTION", 1)
    file = upload(boss, xlsx([HEADING, ["ООО «Ветер»", "", "+7 495 000-00-01"], ["Ветер", "", "+7 495 000-00-02"],
                              ["ООО «Волна»", INNS[0], "+7 495 000-00-03"], ["ООО «Буря»", INNS[0], ""]]), PARTIES)
    file.answer("inn_missing")
    file.answer("same_name", "keep")
    file.answer("name_differs", "keep")
    tried = file.dry_run()["counts"]
    assert (tried["add"], tried["buckets"]["error"], tried["problems"]["key_repeated"]) == (3, 1, 1)
    assert load(world, file)["counts"] == tried
    assert parties(world) == 3


def test_somebody_adds_the_same_party_meanwhile(world: World, boss: Person) -> None:
    """The portion is refused by the database, then written row by row: the party that came first is completed."""
    other = world.pool.getconn()
    other.execute("INSERT INTO party (kind, name, name_key, inn) VALUES ('legal', 'ООО «Фирма 2»', 'abhvf 2', %s)",
                  (INNS[2],))
    file = upload(boss, xlsx(SIX), PARTIES)
    batch_id = file.queue()
    worker = threading.Thread(target=run_jobs, args=(world,))
    worker.start()
    wait_for(lambda: bool(world.sql("SELECT 1 FROM pg_locks WHERE NOT granted")))
    other.commit()
    world.pool.putconn(other)
    worker.join()
    counts = file.batch(batch_id)["counts"]
    assert (counts["add"], counts["update"]) == (5, 1)
    assert parties(world) == 6
    assert world.sql("SELECT phone FROM party WHERE inn = %s", (INNS[2],)) == [{"phone": "+7 495 000-00-02"}]


def test_row_that_the_database_refuses_is_reported_and_the_others_go_in(
        world: World, boss: Person, database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        owner.execute(f"ALTER TABLE party ADD CONSTRAINT no_third CHECK (inn <> '{INNS[2]}')")
    file = upload(boss, xlsx(SIX), PARTIES)
    batch = load(world, file)
    assert (batch["counts"]["add"], batch["counts"]["buckets"]["error"], batch["has_report"]) == (5, 1, True)
    assert adds_up(batch["counts"])
    assert world.sql("SELECT number, reason FROM import_failure") == [
        {"number": 4, "reason": "База данных не приняла строку"}]


def test_author_who_lost_the_right_loads_nothing(world: World, boss: Person) -> None:
    clerk = world.person("clerk", {Permission.IMPORT_RUN: Scope.ALL, Permission.PARTY_EDIT: Scope.ALL,
                                   Permission.PARTY_VIEW: Scope.ALL})
    file = upload(clerk, xlsx(SIX), PARTIES)
    batch_id = file.queue()
    world.sql("DELETE FROM role_grant WHERE permission = 'party.edit' AND role_id IN ("
              "SELECT role_id FROM user_role WHERE user_id = %s)", (clerk.user_id,))
    run_jobs(world)
    batch = boss.get(f"/api/imports/{batch_id}")
    assert (batch["state"], batch["message"]) == ("failed", "У автора загрузки больше нет на неё прав")
    assert parties(world) == 0


def test_load_is_journalled_as_its_author(world: World, boss: Person) -> None:
    batch = load(world, upload(boss, xlsx(SIX), PARTIES, "клиенты.xlsx"))
    rows: list[dict[str, Any]] = world.sql(
        "SELECT DISTINCT person, action, entity, reason FROM audit_log WHERE entity IN ('party', 'import')"
        " ORDER BY entity, reason")
    assert rows == [
        {"person": "Главный Г. Г.", "action": "import", "entity": "import", "reason": ""},
        {"person": "Главный Г. Г.", "action": "import", "entity": "import", "reason": "Загрузка закончена"},
        {"person": "Главный Г. Г.", "action": "create", "entity": "party", "reason": "Загрузка из «клиенты.xlsx»"}]
    assert world.sql("SELECT count(*) AS n FROM party WHERE import_batch_id = %s", (batch["id"],)) == [{"n": 6}]
    seen = {row["entity"] for row in world.sql("SELECT entity FROM change_log")}
    assert {"import", "party"} <= seen


def test_batch_whose_job_is_gone_is_closed(world: World, boss: Person) -> None:
    file = upload(boss, xlsx(SIX), PARTIES)
    batch_id = file.queue()
    _watch(world)
    assert file.batch(batch_id)["state"] == "queued"
    world.sql("DELETE FROM procrastinate_jobs WHERE queue_name = 'exchange'")
    _watch(world)
    assert file.batch(batch_id)["state"] == "failed"


def test_uploads_that_were_left_are_removed(world: World, boss: Person) -> None:
    used, left = upload(boss, xlsx(SIX), PARTIES), upload(boss, xlsx(SIX), PARTIES)
    used.queue()
    world.sql("UPDATE import_file SET at = now() - interval '4 days'")
    with world.pool.connection() as connection:
        housekeeping.clean(Ctx(Sql(connection), SERVER_ACTOR))
    assert [row["id"] for row in world.sql("SELECT id FROM import_file")] == [used.analysis["file_id"]]
    assert left.person.get(left.path, params={"target": "parties"}, status=404)["code"] == "not_found"


def _watch(world: World) -> None:
    with world.pool.connection() as connection:
        ctx = Ctx(Sql(connection), SERVER_ACTOR)
        housekeeping.watch(ctx)
        ctx.flush()
