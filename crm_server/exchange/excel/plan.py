"""The whole reading of one sheet: parsed, merged, every row in its bucket. What a dry run shows and a load writes."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from crm_contract.exchange import Bucket, ImportCounts, ImportOptions, ImportTarget
from crm_server.exchange.excel.merging import find_twins, merge_rows
from crm_server.exchange.excel.reader import Book
from crm_server.exchange.excel.rows import parse_again, parse_rows
from crm_server.exchange.excel.values import ParsedRow


@dataclass(slots=True)
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


def plan_import(book: Book, options: ImportOptions) -> ImportPlan:
    """Raises UnreadableFile for a damaged sheet and KeyError for an unknown one."""
    rows = list(parse_rows(book.rows(options.sheet), options))
    if options.target is ImportTarget.PARTIES and (twins := find_twins(rows)):
        for parsed in rows:
            if parsed.number in twins:
                parse_again(parsed, options, twins)
    merge_rows(rows, options)
    return ImportPlan(rows)
