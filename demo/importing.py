"""Messy lists go in: what the program understood, what it asks, and what came of it."""

from collections.abc import Callable
from pathlib import Path

from crm_contract.exchange import (
    BUCKETS,
    IMPORT_FIELDS,
    DryRunQuery,
    ImportBatchRead,
    ImportState,
    ImportTarget,
    is_open,
)
from crm_desktop.exchange.setup import ImportSetup
from demo.people import Employee, Story

#: Questions that are shown of one file.
_SHOWN = 6


def load_list(employee: Employee, story: Story, path: Path, target: ImportTarget, work: Callable[[], None],
              reports: Path) -> ImportBatchRead:
    """Uploads, tries, loads what is right and leaves the rest in a file with reasons."""
    analysis = employee.imports.upload(path, target)
    setup = ImportSetup(analysis)
    titles = {field.name: field.title for field in IMPORT_FIELDS[target]}
    columns = [f"«{column.heading}» → {titles[column.field]}" for column in setup.sheet.columns if column.field]
    story.say(f"{employee.name} загружает «{path.name}»: лист «{setup.sheet_name}», шапка в строке"
              f" {setup.header_row}, строк {setup.sheet.rows}", ", ".join(columns))
    tried = employee.imports.dry_run(setup.file_id, DryRunQuery(options=setup.options(), limit=1000))
    told = {choice.code: choice.title for choice in BUCKETS}
    counts = ", ".join(f"{told[bucket]}: {count}" for bucket, count in tried.counts.buckets.items() if count)
    doubts = [f"строка {row.number}: {problem.message}" for row in tried.rows for problem in row.problems
              if is_open(problem.severity, problem.answer)]
    story.say(f"Пробный прогон, ничего не записано. {counts}", *doubts[:_SHOWN],
              *([f"… и ещё {len(doubts) - _SHOWN}"] if len(doubts) > _SHOWN else []))
    batch_id = employee.imports.start(setup.file_id, setup.options()).id
    work()
    batch = employee.imports.batch(batch_id)
    if batch.state is not ImportState.DONE:
        raise RuntimeError(f"the load of {path.name} ended as {batch.state}: {batch.message}")
    after = batch.counts
    more = []
    if batch.has_report:
        report = reports / f"Не загружено — {path.stem}.xlsx"
        report.write_bytes(employee.imports.report(batch_id))
        more.append(f"остальное с причинами: {report}")
    story.say(f"Загружено в фоне: новых {after.add}, обновлено {after.update}, без изменений {after.unchanged};"
              " загрузку можно отменить целиком", *more)
    return batch
