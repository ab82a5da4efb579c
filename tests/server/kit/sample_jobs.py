"""Tasks of test_jobs.py and a worker process that runs them: `python -m tests.server.kit.sample_jobs URL`."""

import os
import sys
import time
from datetime import UTC, datetime

from crm_server.kit.context import Ctx
from crm_server.kit.job_runner import Pace, run_worker
from crm_server.kit.jobs import Job, Retry, defer, periodic, staged_task, task
from crm_server.worker import end_with_parent

PACE = Pace(poll_every=0.1, heartbeat_every=0.5, dead_after=2, rescue_every=0.5, reconnect_after=0.3)
FENCED_EXIT_CODE = 75
NEVER = datetime(2999, 1, 1, tzinfo=UTC)


def write(ctx: Ctx, word: str) -> None:
    ctx.sql.run("INSERT INTO trace (word) VALUES (%s)", (word,))


@task("sample.note")
def note(ctx: Ctx, word: str) -> None:
    write(ctx, word)
    ctx.audit("note", "trace", title=word)


@task("sample.fail", retry=Retry(attempts=3))
def fail(ctx: Ctx, word: str) -> None:
    write(ctx, word)
    raise RuntimeError("the other side is away")


@task("sample.note_later")
def note_later(ctx: Ctx) -> None:
    """Never due: the tests put it off."""


@staged_task("sample.defer_twin_and_fail")
def defer_twin_and_fail(job: Job) -> None:
    with job.transaction() as ctx:
        defer(ctx.sql, "sample.note_later", unique="recount-7", run_at=NEVER)
    raise RuntimeError("after its twin was put into the queue")


@staged_task("sample.in_steps", retry=Retry(attempts=2))
def in_steps(job: Job) -> None:
    with job.transaction() as ctx:
        write(ctx, "second" if job.last_attempt else "first")
    if job.attempt == 1:
        raise RuntimeError("between the steps")


@staged_task("sample.slow_once")
def slow_once(job: Job) -> None:
    if job.attempt > 1:
        with job.transaction() as ctx:
            write(ctx, "slow finished")
        return
    with job.transaction() as ctx:
        write(ctx, "slow started")
    time.sleep(600)


@staged_task("sample.kill_worker")
def kill_worker(job: Job) -> None:
    os._exit(9)


@staged_task("sample.pause_between_steps")
def pause_between_steps(job: Job) -> None:
    with job.transaction() as ctx:
        write(ctx, "before")
    time.sleep(1.5)
    with job.transaction() as ctx:
        write(ctx, "after")


@periodic("* * * * * */2", "sample.tick")
def tick(ctx: Ctx) -> None:
    write(ctx, "tick")


def main() -> None:
    end_with_parent()
    url = sys.argv[1] if len(sys.argv) > 1 else os.environ["CRM_DATABASE_URL"]
    run_worker(url, 2, pace=PACE)


if __name__ == "__main__":
    main()
