"""The job queue: exists if committed, survives killed workers, parks what kills them."""

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.rows import DictRow, dict_row

from crm_server.kit.job_runner import Pace, run_worker
from crm_server.kit.jobs import TASKS, Retry, defer, defer_many, list_failed_jobs, queue_of, retry_failed_job
from crm_server.kit.sql import Sql
from crm_server.worker import WorkerProcess
from tests.server.kit import sample_jobs
from tests.waiting import wait_for

ROOT = Path(__file__).parents[3]
Database = psycopg.Connection[DictRow]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    with psycopg.Connection[DictRow].connect(database_url, autocommit=True, row_factory=dict_row) as connection:
        connection.execute("CREATE TABLE trace (id bigserial PRIMARY KEY, word text, at timestamptz DEFAULT now())")
        connection.execute("GRANT ALL ON trace, trace_id_seq TO crm_app")
        yield connection


@pytest.fixture
def start_worker(database_url: str) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Worker processes with short times, killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        worker = subprocess.Popen([sys.executable, "-m", "tests.server.kit.sample_jobs", database_url], cwd=ROOT)
        started.append(worker)
        return worker

    yield start
    for worker in started:
        worker.kill()
        worker.wait()


def words(database: Database) -> list[str]:
    return [row["word"] for row in database.execute("SELECT word FROM trace WHERE word <> 'tick' ORDER BY id")]


def test_job_runs_in_its_own_transaction(database: Database, database_url: str) -> None:
    with database.transaction():
        defer(Sql(database), "sample.note", word="здравствуй")
    run_worker(database_url, until_empty=True)
    assert words(database) == ["здравствуй"]
    assert database.execute("SELECT person FROM audit_log WHERE entity = 'trace'").fetchall() == [{"person": "Сервер"}]
    assert database.execute("SELECT count(*) FROM procrastinate_jobs").fetchone() == {"count": 0}


def test_job_exists_exactly_when_the_transaction_was_committed(database: Database, database_url: str) -> None:
    """Bar 28: commits, rollbacks and killed connections at random."""
    database.execute("CREATE TABLE sale (id int PRIMARY KEY)")

    def sell(seed: int) -> None:
        rng = random.Random(seed)  # a repeatable test
        for number in range(60):
            sale = seed * 1000 + number
            with psycopg.Connection[DictRow].connect(database_url, row_factory=dict_row) as connection:
                connection.execute("INSERT INTO sale VALUES (%s)", (sale,))
                defer(Sql(connection), "sample.note", word=str(sale))
                match rng.choice(("commit", "rollback", "kill")):
                    case "commit":
                        connection.commit()
                    case "rollback":
                        connection.rollback()
                    case _:
                        with pytest.raises(psycopg.OperationalError):
                            connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    sellers = [threading.Thread(target=sell, args=(seed,)) for seed in range(1, 5)]
    for seller in sellers:
        seller.start()
    for seller in sellers:
        seller.join()
    lonely = database.execute(
        "SELECT s.id, j.id FROM sale s FULL JOIN procrastinate_jobs j ON j.args->>'word' = s.id::text"
        " WHERE s.id IS NULL OR j.id IS NULL").fetchall()
    assert lonely == []
    assert database.execute("SELECT count(*) > 20 AS some FROM sale").fetchone() == {"some": True}


def test_waiting_job_is_not_added_twice(database: Database, database_url: str) -> None:
    for _ in range(3):
        defer(Sql(database), "sample.note", unique="recount-7", word="once")
    run_worker(database_url, until_empty=True)
    assert words(database) == ["once"]


def test_failed_job_is_repeated_although_its_twin_waits(database: Database, database_url: str) -> None:
    defer(Sql(database), "sample.defer_twin_and_fail", unique="recount-7")
    run_worker(database_url, until_empty=True)
    waiting = database.execute("SELECT task_name, attempts FROM procrastinate_jobs WHERE status = 'todo' ORDER BY id")
    assert [(row["task_name"], row["attempts"]) for row in waiting] == [
        ("sample.defer_twin_and_fail", 1), ("sample.note_later", 0)]


def test_failing_job_is_repeated_then_kept_as_failed(database: Database, database_url: str) -> None:
    defer(Sql(database), "sample.fail", word="попытка")
    for _ in range(3):
        database.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
        run_worker(database_url, until_empty=True)
    assert words(database) == []  # what a failed run wrote is rolled back
    failed = list_failed_jobs(Sql(database))
    assert [(row["task_name"], row["attempts"], row["kills"]) for row in failed] == [("sample.fail", 3, 0)]
    assert retry_failed_job(Sql(database), failed[0]["id"])
    assert not retry_failed_job(Sql(database), failed[0]["id"])


def test_staged_job_keeps_its_finished_steps(database: Database, database_url: str) -> None:
    defer(Sql(database), "sample.in_steps")
    run_worker(database_url, until_empty=True)
    assert words(database) == ["first"]
    database.execute("UPDATE procrastinate_jobs SET scheduled_at = now()")
    run_worker(database_url, until_empty=True)
    assert words(database) == ["first", "second"]


def test_two_workers_run_each_job_once_and_locked_ones_in_order(
    database: Database, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """Bar 31, smaller."""
    with database.transaction():
        defer_many(Sql(database), "sample.note", [{"word": f"free {n}"} for n in range(200)])
        for lock in ("a", "b", "c"):
            defer_many(Sql(database), "sample.note", [{"word": f"{lock} {n}"} for n in range(30)], lock=lock)
    start_worker()
    start_worker()
    wait_for(lambda: len(words(database)) >= 290)
    done = words(database)
    assert len(done) == len(set(done)) == 290
    for lock in ("a", "b", "c"):
        assert [word for word in done if word.startswith(f"{lock} ")] == [f"{lock} {n}" for n in range(30)]


def test_job_of_a_killed_worker_and_those_behind_its_lock_finish(
    database: Database, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    """Bars 27 and 30, with shorter times than a real worker's, which add up to less than the minute they allow.

    A twin of the killed job waits, as it does for a periodic task that is due again.
    """
    real = Pace()
    assert real.dead_after + real.rescue_every + real.poll_every < 60
    defer(Sql(database), "sample.slow_once", lock="order-5", unique="twin")
    with database.transaction():
        defer(Sql(database), "sample.note", lock="order-5", word="follower")
    first = start_worker()
    wait_for(lambda: words(database) == ["slow started"])
    defer(Sql(database), "sample.note_later", unique="twin", run_at=sample_jobs.NEVER)
    first.kill()
    start_worker()
    wait_for(lambda: words(database) == ["slow started", "slow finished", "follower"])


def test_job_that_kills_its_workers_is_parked_and_others_finish(database: Database, database_url: str) -> None:
    """Bar 29: a supervisor starts the worker again each time. A job beside the dying one may run twice."""
    with database.transaction():
        defer(Sql(database), "sample.kill_worker")
        defer_many(Sql(database), "sample.note", [{"word": str(n)} for n in range(100)])
    supervised = WorkerProcess(database_url, "tests.server.kit.sample_jobs")
    supervised.start()
    try:
        wait_for(lambda: bool(list_failed_jobs(Sql(database))) and len(set(words(database))) == 100, 60)
    finally:
        supervised.stop()
    assert [(row["task_name"], row["kills"]) for row in list_failed_jobs(Sql(database))] == [("sample.kill_worker", 3)]


def test_worker_that_was_taken_for_dead_writes_nothing_more(
    database: Database, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    defer(Sql(database), "sample.pause_between_steps")
    stopped = start_worker()
    wait_for(lambda: words(database) == ["before"])
    os.kill(stopped.pid, signal.SIGSTOP)
    start_worker()
    wait_for(lambda: words(database)[1:] == ["before", "after"])
    os.kill(stopped.pid, signal.SIGCONT)
    assert stopped.wait(15) == sample_jobs.FENCED_EXIT_CODE
    assert words(database) == ["before", "before", "after"]


def test_worker_survives_a_lost_database_and_ends_on_request(
    database: Database, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    worker = start_worker()
    defer(Sql(database), "sample.note", word="before")
    wait_for(lambda: words(database) == ["before"])
    database.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()")
    defer(Sql(database), "sample.note", word="after")
    wait_for(lambda: words(database) == ["before", "after"])
    worker.terminate()
    assert worker.wait(15) == 0


def test_periodic_task_runs_by_itself_once_for_all_workers(
    database: Database, start_worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    start_worker()
    start_worker()

    def ticks() -> list[float]:
        rows = database.execute("SELECT extract(epoch FROM at)::float AS s FROM trace WHERE word = 'tick' ORDER BY at")
        return [row["s"] for row in rows]

    wait_for(lambda: len(ticks()) >= 3)
    first, *_, last = ticks()
    assert len(ticks()) <= (last - first) / 2 + 2, "both workers ran the same moment"


def test_waits_grow_and_end() -> None:
    retry = Retry(attempts=5, first_wait_s=10, max_wait_s=40)
    waits = [retry.wait_s(runs) for runs in range(1, 6)]
    assert waits[-1] is None
    for wait, exact in zip(waits, (10, 20, 40, 40), strict=False):
        assert wait is not None
        assert exact * 0.8 <= wait <= exact * 1.2


def test_names_are_domain_and_verb() -> None:
    assert queue_of("mailing.send_letter") == "mailing"
    with pytest.raises(ValueError, match="is named"):
        queue_of("send_letter")
    assert TASKS["sample.note"].queue == "sample"
