"""Batches: queued, watched, stopped; the journal and the change feed hear of each of them."""

from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb

from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.exchange import (
    IMPORT_FIELDS,
    Bucket,
    ImportBatchRead,
    ImportCounts,
    ImportOptions,
    ImportState,
    ImportTarget,
)
from crm_server.exchange.excel.headings import heading_texts, to_remember
from crm_server.exchange.excel.left_out import LEFT_OUT, LeftOut, left_out
from crm_server.exchange.excel.plan import ImportPlan
from crm_server.exchange.files import open_file, open_file_of_batch
from crm_server.exchange.mappings import save_mapping
from crm_server.exchange.plans import plan_of
from crm_server.exchange.queries import batch_scope
from crm_server.exchange.undo_progress import undo_progress
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid
from crm_server.kit.jobs import defer
from crm_server.kit.search import fold

ENTITY = "import"
#: Batches of the company load one after another: they would wait for each other's records anyway.
QUEUE_LOCK = "exchange.load"

_ADD = """
INSERT INTO import_batch (file_id, target, file_name, sheet, options, total, counts, author_id, user_id, branch_id,
                          department_id, search)
VALUES (%(file_id)s, %(target)s, %(file_name)s, %(sheet)s, %(options)s, %(total)s, %(counts)s, %(author_id)s,
        %(user_id)s, %(branch_id)s, %(department_id)s, %(search)s) RETURNING id
"""
_READ = """
SELECT b.id, b.target, b.file_name, b.sheet, b.state, b.done, b.total, b.counts, b.created_at, b.finished_at,
       b.message, b.cancelling, b.author_id, coalesce(e.name, '') AS author,
       EXISTS (SELECT FROM import_record r WHERE r.batch_id = b.id) AS wrote,
       EXISTS (SELECT FROM import_failure f WHERE f.batch_id = b.id) AS failed
FROM import_batch b LEFT JOIN employee e ON e.id = b.author_id WHERE b.id = %s AND {}
"""


def create_batch(ctx: Ctx, file_id: int, options: ImportOptions) -> Created:
    """Puts a load into the queue; raises INVALID when there is nothing to load or bad rows are not to be skipped."""
    ctx.actor.demand(options.target.permission)
    file = open_file(ctx, file_id)
    _check_mapping(options)
    plan = plan_of(ctx, file, options)
    counts = plan.counts()
    _check_rows(options, counts)
    batch_id = ctx.sql.value(_ADD, {
        "file_id": file_id, "target": options.target, "file_name": file.name, "sheet": options.sheet,
        "options": Jsonb(options.model_dump(mode="json")), "total": counts.buckets.get(Bucket.READY, 0),
        "counts": Jsonb(counts.model_dump(mode="json")), "author_id": ctx.actor.employee_id,
        "user_id": ctx.actor.user_id, "branch_id": ctx.actor.branch_id, "department_id": ctx.actor.department_id,
        "search": fold(file.name)})
    if options.remember_as:
        save_mapping(ctx, options.target, options.remember_as, _headings(plan, options))
    defer(ctx.sql, "exchange.load_batch", lock=QUEUE_LOCK, batch_id=batch_id)
    ctx.audit("import", ENTITY, batch_id, file.name, after={
        "target": options.target, "sheet": options.sheet, "rows": counts.rows, "mode": options.mode})
    ctx.changed(ENTITY, [batch_id])
    return Created(id=batch_id)


def _check_mapping(options: ImportOptions) -> None:
    fields = set(options.mapping.values())
    missing = [item.title for item in IMPORT_FIELDS[options.target]
               if item.required and item.name not in fields and "full_name" not in fields]
    if missing:
        raise invalid({"mapping": f"Не выбран столбец: {', '.join(missing)}"}, f"Не выбран столбец: {missing[0]}")


def _check_rows(options: ImportOptions, counts: ImportCounts) -> None:
    if not counts.buckets.get(Bucket.READY):
        raise Refusal(ErrorCode.INVALID, "Загружать нечего: ни одна строка не готова",
                      "Ответьте на вопросы или проверьте столбцы и строку заголовка.")
    waiting = counts.buckets.get(Bucket.ERROR, 0) + counts.buckets.get(Bucket.DOUBT, 0)
    if waiting and not options.skip_bad:
        raise Refusal(ErrorCode.INVALID, f"Строк с ошибками и вопросами: {waiting}",
                      "Исправьте их, ответьте на вопросы или включите «Ошибочные пропустить».")


def _headings(plan: ImportPlan, options: ImportOptions) -> dict[str, str]:
    texts = heading_texts([parsed.row for parsed in plan.heading()], options.header_row, options.header_height,
                          options.target)
    return to_remember(texts, options.mapping)


def read_batch(ctx: Ctx, batch_id: int) -> ImportBatchRead:
    """NOT_FOUND for a batch out of the actor's reach."""
    row = ctx.sql.get(sql.SQL(_READ).format(batch_scope(ctx.actor)), (batch_id,), what="Загрузка")
    state, counts = ImportState(row["state"]), ImportCounts.model_validate(row["counts"])
    refusal = _undo_refusal(ctx, row, state)
    if state is ImportState.UNDOING:
        row["done"], row["total"] = undo_progress(ctx, batch_id)
    return ImportBatchRead.model_validate(row | {
        "counts": counts, "can_cancel": state in (ImportState.QUEUED, ImportState.RUNNING) and not row["cancelling"],
        "can_undo": not refusal, "undo_refusal": refusal,
        "has_report": row["failed"] or any(counts.buckets.get(bucket) for bucket in LEFT_OUT)})


def report_batch(ctx: Ctx, batch_id: int) -> bytes:
    """A workbook of the rows that did not go in: those that waited and those that the database refused."""
    from crm_server.exchange.excel.report import failed_rows

    row = read_row(ctx, batch_id)
    options = ImportOptions.model_validate(row["options"])
    plan = plan_of(ctx, open_file_of_batch(ctx, batch_id), options)
    failures = {one["number"]: one["reason"] for one in ctx.sql.all(
        "SELECT number, reason FROM import_failure WHERE batch_id = %s", (batch_id,))}
    refused = [LeftOut(parsed, Bucket.ERROR, parsed.problems, failures[parsed.number])
               for parsed in (plan[number] for number in failures if number <= len(plan))]
    rows = sorted([*left_out(plan), *refused], key=lambda one: one.parsed.number)
    return failed_rows(plan, options, rows)


def _undo_refusal(ctx: Ctx, row: Any, state: ImportState) -> str:
    if state in (ImportState.QUEUED, ImportState.RUNNING):
        return "Загрузка ещё идёт: сначала остановите её"
    if state in (ImportState.UNDOING, ImportState.UNDONE):
        return "Загрузка уже отменена" if state is ImportState.UNDONE else "Загрузка уже отменяется"
    if not row["wrote"]:
        return "Загрузка ничего не изменила"
    return "" if ctx.actor.can(ImportTarget(row["target"]).permission) else "Недостаточно прав"


def cancel_batch(ctx: Ctx, batch_id: int) -> Created:
    """A queued batch stops at once, a running one after its portion; what is loaded stays."""
    row = read_row(ctx, batch_id, lock=True)
    state = ImportState(row["state"])
    if state not in (ImportState.QUEUED, ImportState.RUNNING):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "Загрузка уже закончена",
                      "Если она не нужна, отмените её целиком.")
    values: dict[str, Any] = {"cancelling": True}
    if state is ImportState.QUEUED:
        values |= {"state": ImportState.CANCELLED, "finished_at": ctx.now, "message": "Остановлена до начала"}
    ctx.sql.update("import_batch", batch_id, values)
    ctx.audit("action", ENTITY, batch_id, row["file_name"], reason="Остановка загрузки")
    ctx.changed(ENTITY, [batch_id])
    return Created(id=batch_id)


def read_row(ctx: Ctx, batch_id: int, *, lock: bool = False) -> Any:
    """The row of a batch within reach; `lock` keeps it from others until the commit."""
    query = sql.SQL("SELECT b.* FROM import_batch b WHERE b.id = %s AND {}").format(batch_scope(ctx.actor))
    if lock:
        query += sql.SQL(" FOR NO KEY UPDATE")
    return ctx.sql.get(query, (batch_id,), what="Загрузка")
