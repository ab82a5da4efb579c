"""Background jobs: declared here by the domains, put into the queue inside the caller's transaction.

A job exists exactly when the transaction that deferred it was committed. It runs at least once: a worker may die after
its work and before the queue knows, so a task must bear being run again (`job_runner.py` runs them).

    @task("mailing.send_letter")
    def send_letter(ctx: Ctx, letter_id: int) -> None: ...

    defer(ctx.sql, "mailing.send_letter", letter_id=5)
"""

import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from psycopg.rows import DictRow
from psycopg.types.json import Jsonb

from crm_contract.permissions import Scope
from crm_server.kit.actor import ANY_PERMISSION, Actor
from crm_server.kit.sql import Sql


@dataclass(frozen=True, slots=True)
class Retry:
    """Runs of a failing job: `attempts` in all; the wait between them doubles up to `max_wait_s`."""

    attempts: int = 6
    first_wait_s: int = 5
    max_wait_s: int = 3600

    def wait_s(self, runs: int) -> int | None:
        """Seconds before the next run when `runs` runs have failed; None to give up. Spread by a fifth."""
        if runs >= self.attempts:
            return None
        wait = min(self.first_wait_s * 2 ** min(runs - 1, 30), self.max_wait_s)
        return round(wait * random.uniform(0.8, 1.2))


class Job(Protocol):
    """A run of a staged task."""

    id: int
    attempt: int  # 1 at the first run
    last_attempt: bool

    def transaction(self) -> AbstractContextManager[Any]:
        """One step: a `Ctx` that is committed at the end of the block.

        Raises JobLost when the job was given to another worker meanwhile; let it pass.
        """
        ...


@dataclass(frozen=True, slots=True)
class Task:
    """A declared task. `staged` ones get a `Job`, the others a `Ctx` in one transaction."""

    name: str
    function: Callable[..., None]
    retry: Retry
    staged: bool
    cron: str | None = None

    @property
    def queue(self) -> str:
        return queue_of(self.name)


#: All declared tasks of the imported domains, by name.
TASKS: dict[str, Task] = {}

SomeTask = Callable[..., None]


def task(name: str, *, retry: Retry = Retry()) -> Callable[[SomeTask], SomeTask]:
    """Declares `function(ctx, **args)`, run in one transaction of the server's own actor.

    The name is `<domain>.<verb>`; it is stored with waiting jobs, so it does not change.
    """
    return _declare(name, retry, staged=False)


def staged_task(name: str, *, retry: Retry = Retry()) -> Callable[[SomeTask], SomeTask]:
    """Declares `function(job, **args)` for work too long for one transaction, such as a letter sent."""
    return _declare(name, retry, staged=True)


def periodic(cron: str, name: str) -> Callable[[SomeTask], SomeTask]:
    """Declares `function(ctx)` to run by a cron line (five fields in UTC, a sixth for seconds), once per cluster.

    A run that is still waiting is not queued twice, two runs never overlap, and a failed run is not repeated: the
    next one comes by itself.
    """
    return _declare(name, Retry(attempts=1), staged=False, cron=cron)


def _declare(name: str, retry: Retry, *, staged: bool, cron: str | None = None) -> Callable[[SomeTask], SomeTask]:
    def add(function: SomeTask) -> SomeTask:
        known = TASKS.get(name)
        if known is not None and known.function.__qualname__ != function.__qualname__:
            raise ValueError(f"two tasks are called {name}")
        TASKS[name] = Task(name, function, retry, staged, cron)
        return function

    return add


def queue_of(name: str) -> str:
    """The queue of a task is its domain."""
    domain, dot, verb = name.partition(".")
    if not (domain and dot and verb):
        raise ValueError(f"a task is named <domain>.<verb>, not {name!r}")
    return domain


def defer(sql: Sql, name: str, /, *, lock: str | None = None, unique: str | None = None,
          run_at: datetime | None = None, priority: int = 0, **args: Any) -> None:
    """Puts a job into the queue, as part of the transaction of `sql`.

    Jobs with the same `lock` run one after another in the order they were deferred. A job with the same `unique` as
    one that still waits is not added. `args` must be JSON values: send ids, not data.
    """
    defer_many(sql, name, [args], lock=lock, unique=unique, run_at=run_at, priority=priority)


def defer_many(sql: Sql, name: str, args: Sequence[Mapping[str, Any]], /, *, lock: str | None = None,
               unique: str | None = None, run_at: datetime | None = None, priority: int = 0) -> None:
    """`defer` of many jobs of one task in a single statement."""
    if not args:
        return
    sql.run(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, scheduled_at, args)"
        " SELECT %s, %s, %s, %s, %s, %s, value FROM jsonb_array_elements(%s) WITH ORDINALITY ORDER BY ordinality"
        " ON CONFLICT (queueing_lock) WHERE status = 'todo' DO NOTHING",
        (queue_of(name), name, priority, lock, unique, run_at, Jsonb([dict(a) for a in args])))


def hasten(sql: Sql, lock: str) -> bool:
    """Lets the jobs that wait with this `lock` run now instead of after their pause; False when none waits."""
    return sql.run("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE lock = %s AND status = 'todo'",
                   (lock,)) > 0


def list_failed_jobs(sql: Sql, *, limit: int = 100) -> list[DictRow]:
    """Jobs that gave up or were parked for killing their workers, newest first."""
    return sql.all(
        "SELECT j.id, j.task_name, j.args, j.attempts, coalesce(r.times, 0) AS kills,"
        " (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = j.id) AS at"
        " FROM procrastinate_jobs j LEFT JOIN job_rescue r ON r.job_id = j.id"
        " WHERE j.status = 'failed' ORDER BY j.id DESC LIMIT %s", (limit,))


def retry_failed_job(sql: Sql, job_id: int) -> bool:
    """Puts a failed job back into the queue with a clean record; False when it is not failed (any more)."""
    sql.run("DELETE FROM job_rescue WHERE job_id = %s", (job_id,))
    return sql.run(
        "UPDATE procrastinate_jobs SET status = 'todo', attempts = 0, scheduled_at = now()"
        " WHERE id = %s AND status = 'failed'", (job_id,)) == 1


#: Whom the journal names for what a job does.
SERVER_ACTOR = Actor(user_id=0, employee_id=0, name="Сервер", branch_id=0, department_id=None,
                     permissions=dict.fromkeys(ANY_PERMISSION, Scope.ALL))
