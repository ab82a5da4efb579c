"""The background load: portions of rows, each committed with its position, so that a killed worker doubles nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
import structlog
from pydantic import ValidationError

from crm_contract.exchange import Bucket, ImportCounts, ImportOptions, ImportState
from crm_contract.permissions import Permission
from crm_server.access.acting import actor_of_user
from crm_server.exchange.batches import ENTITY
from crm_server.exchange.dry_run import records_of
from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.excel.plan import ImportPlan, plan_import
from crm_server.exchange.excel.reader import open_book
from crm_server.exchange.excel.values import ParsedRow
from crm_server.exchange.files import open_file_of_batch
from crm_server.exchange.history import note_added, note_changed
from crm_server.exchange.product_records import ProductRecords
from crm_server.exchange.records import Fate, Judged, judge
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, from_database
from crm_server.kit.failpoints import failpoint
from crm_server.kit.jobs import Job, Retry, staged_task
from crm_server.kit.portions import portions

log = structlog.get_logger("import")

PORTION = 500
RETRY = Retry(attempts=8, first_wait_s=2, max_wait_s=60)
#: What one bad row can raise; then the rows of its portion are written one by one.
_ROW_ERRORS = (Refusal, ValidationError, psycopg.IntegrityError, psycopg.DataError)

_START = """
UPDATE import_batch SET state = 'running' WHERE id = %s AND state IN ('queued', 'running')
RETURNING id, file_name, options, position, user_id
"""
_PROGRESS = """
UPDATE import_batch SET position = %(position)s, done = done + %(done)s, counts = %(counts)s WHERE id = %(id)s
"""
_FINISH = """
UPDATE import_batch SET state = %(state)s, message = %(message)s, finished_at = now()
WHERE id = %(id)s AND state IN ('queued', 'running') RETURNING file_name, counts
"""
_FAILURES = """
INSERT INTO import_failure (batch_id, number, reason) SELECT %s, * FROM unnest(%s::int4[], %s::text[])
"""


@dataclass(frozen=True, slots=True)
class _Batch:
    id: int
    file_name: str
    options: ImportOptions
    position: int
    user_id: int

    @property
    def reason(self) -> str:
        return f"Загрузка из «{self.file_name}»"


class _Stopped(Exception):
    """The load ends before the last row."""

    def __init__(self, state: ImportState, message: str) -> None:
        super().__init__(message)
        self.state = state
        self.message = message


@staged_task("exchange.load_batch", retry=RETRY)
def load_batch(job: Job, batch_id: int) -> None:
    """Goes on behind the last committed portion, whoever began."""
    with job.transaction() as ctx:
        row = ctx.sql.one(_START, (batch_id,))
        if row is None:
            return
        batch = _Batch(**row | {"options": ImportOptions.model_validate(row["options"])})
        content = open_file_of_batch(ctx, batch_id).content
        ctx.changed(ENTITY, [batch_id])
    try:
        plan = plan_import(open_book(content, batch.file_name), batch.options)
        _load(job, batch, plan)
    except _Stopped as stop:
        _finish(job, batch, stop.state, stop.message)
    except (UnreadableFile, KeyError) as error:
        _finish(job, batch, ImportState.FAILED, f"Файл не читается: {error}")
    except psycopg.Error:
        if job.last_attempt:
            _finish(job, batch, ImportState.FAILED, "База данных недоступна, загрузка остановлена")
        raise
    else:
        _finish(job, batch, ImportState.DONE, "")


def _load(job: Job, batch: _Batch, plan: ImportPlan) -> None:
    numbers = [number for number in plan.numbers({Bucket.READY}) if number > batch.position]
    for few in portions(numbers, PORTION):
        portion = [plan[number] for number in few]
        try:
            _write_portion(job, batch, portion)
        except _ROW_ERRORS as error:
            log.info("portion row by row", batch=batch.id, first=portion[0].number, error=repr(error))
            for row in portion:
                _write_row(job, batch, row)


def _write_row(job: Job, batch: _Batch, row: ParsedRow) -> None:
    try:
        _write_portion(job, batch, [row])
    except _ROW_ERRORS as error:
        with job.transaction() as ctx:
            counts = _counts(ctx, batch)
            _move(counts, Bucket.READY, Bucket.ERROR)
            _note_failures(ctx, batch, {row.number: _words(error)})
            _progress(ctx, batch, [row], counts)


def _words(error: Exception) -> str:
    refusal = from_database(error) if isinstance(error, psycopg.Error) else error
    if isinstance(refusal, Refusal):
        return "; ".join(refusal.field_errors.values()) or refusal.message
    if isinstance(error, ValidationError):
        return f"Не подходит значение: {', '.join(str(one['loc'][0]) for one in error.errors() if one['loc'])}"
    return "База данных не приняла строку"


def _write_portion(job: Job, batch: _Batch, rows: Sequence[ParsedRow]) -> None:
    with job.transaction() as server:
        counts = _counts(server, batch)
        ctx = _as_author(server, batch)
        records = records_of(ctx, batch.options, batch.id)
        if isinstance(records, ProductRecords):
            records.make_groups(batch.reason)
        judged = judge(records, rows, batch.options.mode, writes=True)
        _add(ctx, batch, records, [row for row in judged if row.fate is Fate.ADD])
        _save(ctx, batch, records, [row for row in judged if row.fate is Fate.UPDATE])
        if isinstance(records, ProductRecords):
            note_added(ctx, batch.id, "product_group", dict.fromkeys(records.groups_made, rows[0].number))
        _count(counts, judged)
        _note_failures(ctx, batch, {row.parsed.number: _open_words(row) for row in judged if row.fate is None})
        _progress(ctx, batch, rows, counts)
        ctx.flush()
        failpoint("exchange.before_commit")


def _counts(ctx: Ctx, batch: _Batch) -> ImportCounts:
    """What is counted so far. Not locked, so that a person can stop a load while a portion waits for a record: no
    other worker can write this batch, the job itself is locked."""
    row = ctx.sql.get("SELECT cancelling, counts FROM import_batch WHERE id = %s", (batch.id,))
    if row["cancelling"]:
        raise _Stopped(ImportState.CANCELLED, "Остановлена: загруженное осталось, его можно отменить")
    return ImportCounts.model_validate(row["counts"])


def _as_author(server: Ctx, batch: _Batch) -> Ctx:
    """A context that acts and is journalled as whoever began the load, with the rights of this moment."""
    actor = actor_of_user(server.sql, batch.user_id)
    needed = (Permission.IMPORT_RUN, batch.options.target.permission)
    if actor is None or not all(actor.can(code) for code in needed):
        raise _Stopped(ImportState.FAILED, "У автора загрузки больше нет на неё прав")
    return Ctx(server.sql, actor, request_id=server.request_id)


def _add(ctx: Ctx, batch: _Batch, records: Any, rows: Sequence[Judged]) -> None:
    bodies = [records.body(row.match.values) for row in rows if row.match]
    ids = records.add(bodies, batch.id, batch.reason)
    note_added(ctx, batch.id, records.entity, {key: row.parsed.number for key, row in zip(ids, rows, strict=True)})


def _save(ctx: Ctx, batch: _Batch, records: Any, rows: Sequence[Judged]) -> None:
    """A record that two rows change is saved once, from its first state to its last."""
    changes: dict[int, tuple[Any, Any]] = {}
    numbers: dict[int, int] = {}
    for row in rows:
        assert row.match is not None
        assert row.match.record is not None
        key = row.match.record.id
        changes[key] = (changes[key][0] if key in changes else row.before, row.body)
        numbers.setdefault(key, row.parsed.number)
    note_changed(ctx, batch.id, records.entity, numbers)
    records.save(changes, batch.id, batch.reason)


def _count(counts: ImportCounts, judged: Sequence[Judged]) -> None:
    fates = Counter(row.fate for row in judged)
    counts.add += fates[Fate.ADD]
    counts.update += fates[Fate.UPDATE]
    counts.unchanged += fates[Fate.UNCHANGED]
    counts.unmatched += fates[Fate.UNMATCHED]
    for row in judged:
        if row.bucket is not Bucket.READY:
            _move(counts, Bucket.READY, row.bucket)
        for problem in row.match.problems if row.match else ():
            counts.problems[problem.code] = counts.problems.get(problem.code, 0) + 1


def _move(counts: ImportCounts, source: Bucket, target: Bucket) -> None:
    counts.buckets[source] -= 1
    if not counts.buckets[source]:
        del counts.buckets[source]
    counts.buckets[target] = counts.buckets.get(target, 0) + 1


def _open_words(row: Judged) -> str:
    messages = [problem.placed.finding.message for problem in row.problems if problem.is_open]
    return "; ".join(messages) or "Пропущена"


def _note_failures(ctx: Ctx, batch: _Batch, reasons: dict[int, str]) -> None:
    if reasons:
        ctx.sql.run(_FAILURES, (batch.id, list(reasons), list(reasons.values())))


def _progress(ctx: Ctx, batch: _Batch, rows: Sequence[ParsedRow], counts: ImportCounts) -> None:
    ctx.sql.run(_PROGRESS, {"id": batch.id, "position": rows[-1].number, "done": len(rows),
                            "counts": counts.model_dump_json()})
    ctx.changed(ENTITY, [batch.id])


def _finish(job: Job, batch: _Batch, state: ImportState, message: str) -> None:
    with job.transaction() as ctx:
        row = ctx.sql.one(_FINISH, {"id": batch.id, "state": state, "message": message})
        if row is None:
            return
        counts = ImportCounts.model_validate(row["counts"])
        actor = actor_of_user(ctx.sql, batch.user_id)
        own = Ctx(ctx.sql, actor, request_id=ctx.request_id) if actor else ctx
        own.audit("import", ENTITY, batch.id, row["file_name"], reason=message or "Загрузка закончена", after={
            "state": state, "add": counts.add, "update": counts.update, "unchanged": counts.unchanged})
        own.changed(ENTITY, [batch.id])
        own.flush()
