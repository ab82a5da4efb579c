"""Runs background jobs in a worker process, and gives the jobs of killed workers to the living ones."""

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import psycopg_pool
import structlog
from procrastinate import App, BaseRetryStrategy, JobContext, PsycopgConnector, RetryDecision
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition
from procrastinate.jobs import Job as QueueJob

from crm_server.db.pool import Pool, open_pool, session_options
from crm_server.kit.context import Ctx
from crm_server.kit.failpoints import failpoint
from crm_server.kit.jobs import SERVER_ACTOR, TASKS, Retry, Task, periodic
from crm_server.kit.sql import Sql

log = structlog.get_logger("jobs")

DATABASE_ERRORS = (psycopg.OperationalError, psycopg_pool.PoolTimeout, ConnectorException)


class JobLost(Exception):
    """The queue took this worker for dead and gave the job to another one; nothing more may be done here."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Times of a worker in seconds. A job of a killed worker starts again within `dead_after + rescue_every`."""

    poll_every: float = 0.5
    heartbeat_every: float = 3
    dead_after: float = 15
    rescue_every: float = 3
    reconnect_after: float = 1
    finish_within: float = 30  # running jobs at a shutdown
    kills_allowed: int = 2  # a job that was running in one more dying worker is parked as failed


class RunningJob:
    """The run of one job; see `jobs.Job`."""

    def __init__(self, pool: Pool, context: JobContext, retry: Retry) -> None:
        job = context.job
        assert job.id is not None
        self.id = job.id
        self.attempt = job.attempts + 1
        self.last_attempt = retry.wait_s(self.attempt) is None
        self._pool = pool
        self._worker_id = job.worker_id

    @contextmanager
    def transaction(self) -> Iterator[Ctx]:
        """A transaction that is committed at the end of the block, while the job is still ours."""
        with self._pool.connection() as connection:
            sql = Sql(connection)
            # Held to the commit: a rescue passes over a job whose transaction is alive, and a worker that woke up
            # after its job was given away gets no further than here.
            ours = sql.one(
                "SELECT 1 FROM procrastinate_jobs WHERE id = %s AND status = 'doing' AND worker_id = %s"
                " FOR NO KEY UPDATE", (self.id, self._worker_id))
            if ours is None:
                raise JobLost(f"job {self.id}")
            ctx = Ctx(sql, SERVER_ACTOR, request_id=f"job-{self.id}")
            yield ctx
            ctx.flush()
            failpoint("job.before_commit")
        failpoint("job.after_commit")


class _RetryStrategy(BaseRetryStrategy):
    def __init__(self, retry: Retry) -> None:
        self._retry = retry

    def get_retry_decision(self, *, exception: BaseException, job: QueueJob) -> RetryDecision | None:
        wait = self._retry.wait_s(job.attempts + 1)
        return None if wait is None else RetryDecision(retry_in={"seconds": wait})


def _as_queue_function(task: Task, pool: Pool, on_lost: Callable[[], None]) -> Callable[..., None]:
    """The function procrastinate calls in a thread."""

    def run(context: JobContext, timestamp: int | None = None, **args: Any) -> None:
        job = RunningJob(pool, context, task.retry)
        with structlog.contextvars.bound_contextvars(job=job.id, task=task.name, attempt=job.attempt):
            try:
                if task.staged:
                    task.function(job, **args)
                else:
                    with job.transaction() as ctx:
                        task.function(ctx, **args)
            except JobLost:
                log.error("the queue took this worker for dead")
                on_lost()
                raise
            except BaseException as error:
                log.warning("job failed", error=type(error).__name__, last=job.last_attempt, exc_info=True)
                raise

    return run


def _end_process() -> None:
    """The end of a worker that was taken for dead.

    All its jobs were given away. Returning to the queue's library would mark a job that is now another's.
    """
    os._exit(75)


def _stay() -> None:
    """The process is not ours to end: a test or a command that empties the queue."""


def _build_app(url: str, pool: Pool, on_lost: Callable[[], None], *, with_periodic: bool) -> App:
    app = App(connector=PsycopgConnector(
        conninfo=url, min_size=1, max_size=4,
        kwargs={"options": session_options(), "application_name": "crm-worker"}))
    for task in TASKS.values():
        serial = task.name if task.cron else None
        declared = app.task(
            name=task.name, queue=task.queue, retry=_RetryStrategy(task.retry), pass_context=True,
            lock=serial, queueing_lock=serial)(_as_queue_function(task, pool, on_lost))
        if task.cron and with_periodic:
            app.periodic(cron=task.cron)(declared)
    return app


def run_worker(url: str, concurrency: int = 4, *, pace: Pace = Pace(), until_empty: bool = False) -> None:
    """Run jobs until SIGTERM or SIGINT, or with `until_empty` until none is due. Survives a restarting PostgreSQL."""
    loop_factory = asyncio.SelectorEventLoop if sys.platform == "win32" else None  # psycopg cannot use Windows' default
    pool = open_pool(url, size=concurrency + 1, wait_s=30)
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            app = _build_app(url, pool, _stay if until_empty else _end_process, with_periodic=not until_empty)
            runner.run(_work(app, concurrency, pace, until_empty))
    finally:
        pool.close()


async def _work(app: App, concurrency: int, pace: Pace, until_empty: bool) -> None:
    stop = asyncio.Event()
    if not until_empty:
        _on_signal(stop)
    while not stop.is_set():
        try:
            async with app.open_async():
                await _work_connected(app, concurrency, pace, until_empty, stop)
        except DATABASE_ERRORS as error:
            if until_empty:
                raise
            log.warning("the database fails, jobs wait", error=repr(error.__cause__ or error))
        if until_empty:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), pace.reconnect_after)


async def _work_connected(app: App, concurrency: int, pace: Pace, until_empty: bool, stop: asyncio.Event) -> None:
    """One life of a worker over one pool; ends with the stop event, a lost database or an empty queue."""
    worker = asyncio.create_task(app.run_worker_async(
        concurrency=concurrency, wait=not until_empty, listen_notify=False, install_signal_handlers=False,
        delete_jobs=DeleteJobCondition.SUCCESSFUL, shutdown_graceful_timeout=pace.finish_within,
        fetch_job_polling_interval=pace.poll_every, update_heartbeat_interval=pace.heartbeat_every,
        stalled_worker_timeout=pace.dead_after))
    rescuer = asyncio.create_task(_rescue_for_ever(app, pace))
    stopper = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({worker, rescuer, stopper}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for other in (rescuer, stopper):
            other.cancel()
        worker.cancel()  # asks the worker to finish what it runs; does nothing when it has ended
        results = await asyncio.gather(worker, rescuer, stopper, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, asyncio.CancelledError):
            raise result


async def _rescue_for_ever(app: App, pace: Pace) -> None:
    # Not a job itself: it must work when every slot of every worker is taken.
    while True:
        await asyncio.sleep(pace.rescue_every)
        for row in await app.connector.execute_query_all_async(
                _RESCUE, dead_after=pace.dead_after, kills_allowed=pace.kills_allowed):
            log.warning("job of a dead worker", job=row["job_id"], kills=row["times"], now=row["status"])


_RESCUE = """
WITH stalled AS (
    SELECT j.id, j.abort_requested
    FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing' AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %(dead_after)s))
    FOR UPDATE OF j SKIP LOCKED
), counted AS (
    INSERT INTO job_rescue AS r (job_id, times) SELECT id, 1 FROM stalled
    ON CONFLICT (job_id) DO UPDATE SET times = r.times + 1, at = now()
    RETURNING job_id, times
)
UPDATE procrastinate_jobs j
SET status = (CASE WHEN s.abort_requested THEN 'aborted' WHEN c.times > %(kills_allowed)s THEN 'failed' ELSE 'todo' END)
             ::procrastinate_job_status,
    abort_requested = false, attempts = j.attempts + 1, scheduled_at = now(), worker_id = NULL
FROM stalled s JOIN counted c ON c.job_id = s.id
WHERE j.id = s.id
RETURNING c.job_id, c.times, j.status
"""


def _on_signal(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def request_stop(*_: object) -> None:
        loop.call_soon_threadsafe(stop.set)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, request_stop)


@periodic("17 3 * * *", "jobs.clean")
def clean(ctx: Ctx) -> None:
    """Failed jobs are kept for three months, what was counted about finished ones for a day."""
    ctx.sql.run(
        "DELETE FROM procrastinate_jobs j WHERE j.status IN ('succeeded', 'failed', 'cancelled', 'aborted')"
        " AND NOT EXISTS (SELECT 1 FROM procrastinate_events e"
        "                 WHERE e.job_id = j.id AND e.at > now() - interval '90 days')")
    ctx.sql.run("DELETE FROM job_rescue r WHERE at < now() - interval '1 day'"
                " AND NOT EXISTS (SELECT 1 FROM procrastinate_jobs j WHERE j.id = r.job_id)")
