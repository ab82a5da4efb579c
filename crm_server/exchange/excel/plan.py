"""The whole reading of one sheet: parsed, merged, every row in its bucket. What a dry run shows and a load writes."""

import gc
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from crm_contract.exchange import Bucket, ImportCounts, ImportOptions, ImportTarget
from crm_server.exchange.excel.merging import find_twins, merge_rows
from crm_server.exchange.excel.reader import Book
from crm_server.exchange.excel.rows import parse_again, parse_rows
from crm_server.exchange.excel.values import ParsedRow, ProductValues


@dataclass(slots=True, eq=False, weakref_slot=True)
class ImportPlan:
    """All rows of the sheet in order. The same file and options always give the same plan."""

    rows: list[ParsedRow]

    def ready(self) -> Iterator[ParsedRow]:
        """The rows to write."""
        return (parsed for parsed in self.rows if parsed.bucket is Bucket.READY)

    def left_out(self) -> Iterator[ParsedRow]:
        """The rows of data that do not go in: errors, open questions, skipped ones."""
        left = (Bucket.ERROR, Bucket.DOUBT, Bucket.SKIPPED)
        return (parsed for parsed in self.rows if parsed.bucket in left)

    def counts(self) -> ImportCounts:
        """Sizes of the buckets and numbers of problems; `add` and `update` are for whoever knows the database."""
        buckets = Counter(parsed.bucket for parsed in self.rows)
        problems = Counter(problem.code for parsed in self.rows for problem in parsed.problems)
        return ImportCounts(rows=len(self.rows), buckets=dict(buckets), problems=dict(problems))


@contextmanager
def _no_collections() -> Iterator[None]:
    """Reading makes millions of objects and no circles: looking for circles would take a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class SheetReading:
    """The rows of a sheet read once; plans with any answers of people are made from it without reading it again."""

    def __init__(self, book: Book, options: ImportOptions) -> None:
        """Raises UnreadableFile for a damaged sheet and KeyError for an unknown one."""
        unanswered = options.model_copy(update={"resolutions": []})
        with _no_collections():
            self.rows = list(parse_rows(book.rows(options.sheet), unanswered))

    def plan(self, options: ImportOptions) -> ImportPlan:
        """`options` differ from those of the reading in nothing but the answers and what concerns the database."""
        rows = [parsed.copy() for parsed in self.rows]
        numbers = {answer.row for answer in options.resolutions if answer.row is not None}
        codes = {answer.code for answer in options.resolutions if answer.row is None}
        parse_again((parsed for parsed in rows if parsed.values is not None and (
            parsed.number in numbers or any(problem.code in codes for problem in parsed.problems))), options)
        if any(_group(parsed) != _group(self.rows[index]) for index, parsed in enumerate(rows)
               if not parsed.shared and parsed.values is not None):
            rows = list(parse_rows((parsed.row for parsed in self.rows), options))  # rows below stand in another group
        if options.target is ImportTarget.PARTIES and (twins := find_twins(rows)):
            parse_again((parsed for parsed in rows if parsed.number in twins), options, twins)
        merge_rows(rows, options)
        return ImportPlan(rows)


def _group(parsed: ParsedRow) -> str:
    return parsed.values.group if isinstance(parsed.values, ProductValues) else ""


def plan_import(book: Book, options: ImportOptions) -> ImportPlan:
    """Raises UnreadableFile for a damaged sheet and KeyError for an unknown one."""
    return SheetReading(book, options).plan(options)
