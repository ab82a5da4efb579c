"""The whole reading of one sheet: parsed, merged, every row in its bucket. What a dry run shows and a load writes.

A sheet may have 100,000 rows: they are kept as they came, packed, and parsed again when somebody looks at them, which
costs no more than unpacking the parsed ones would. Only rows that meet others are kept parsed, since merging changes
them.
"""

import gc
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager

from crm_contract.exchange import Bucket, ImportCounts, ImportOptions, ImportTarget
from crm_server.exchange.excel.book import Book, Row
from crm_server.exchange.excel.merging import find_twins, may_meet, merge_rows
from crm_server.exchange.excel.outline import Outline, mark_of
from crm_server.exchange.excel.packed import Packed
from crm_server.exchange.excel.rows import RowParser, parse_rows
from crm_server.exchange.excel.values import ParsedRow, RowKind


@contextmanager
def no_collections() -> Iterator[None]:
    """Reading makes millions of objects and no circles: looking for circles would take a fifth of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


class ImportPlan:
    """All rows of the sheet in their buckets. The same file and options always give the same plan.

    Rows are got by their numbers, from 1; each time they are parsed anew.
    """

    def __init__(self, rows: Packed[Row], outline: Outline, options: ImportOptions) -> None:
        """`outline` is that of the rows under these options."""
        self._rows, self._outline = rows, outline
        self._heading = range(options.header_row, options.header_row + options.header_height)
        self._parser = RowParser(options)
        if options.target is ImportTarget.PARTIES and (twins := find_twins(outline)):
            self._parser = RowParser(options, twins)
            self._outline = outline.redrawn(twins, self._parse)
        self.marks = self._outline.marks.copy()
        self._met: dict[int, int] = {}
        self._met_rows: Packed[ParsedRow] = Packed()
        self._merge(options)

    def _merge(self, options: ImportOptions) -> None:
        met = [self._parse(number) for number in may_meet(self._outline)]
        merge_rows(met, options)
        for place, parsed in enumerate(met):
            self._met[parsed.number] = place
            self._met_rows.append(parsed)
            self.marks.put(parsed.number, mark_of(parsed))

    def _parse(self, number: int) -> ParsedRow:
        drawn, row = self._outline[number], self._rows[number - 1]
        if drawn.kind is RowKind.DATA:
            return self._parser.parse_alone(row, drawn.group)
        return self._outline.remarked.get(number) or ParsedRow(row, drawn.kind)

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, number: int) -> ParsedRow:
        place = self._met.get(number)
        return self._parse(number) if place is None else self._met_rows[place]

    def __iter__(self) -> Iterator[ParsedRow]:
        return (self[number] for number in range(1, len(self) + 1))

    def heading(self) -> list[ParsedRow]:
        return [self[number] for number in self._heading if 0 < number <= len(self)]

    def numbers(self, buckets: Collection[Bucket]) -> list[int]:
        """The rows in these buckets, in order."""
        return self.marks.numbers(lambda mark: mark.bucket in buckets)

    def ready(self) -> Iterator[ParsedRow]:
        """The rows to write."""
        return (self[number] for number in self.numbers({Bucket.READY}))

    def identities(self, numbers: Iterable[int]) -> Iterator[ParsedRow]:
        """Rows that hold nothing but what finds their records, at a tenth of the cost of the whole rows."""
        for number in numbers:
            yield self[number] if number in self._met else self._outline[number].light_row(number)

    def counts(self) -> ImportCounts:
        return self.marks.counts()


class SheetReading:
    """The rows of a sheet read once; plans with any answers of people are made from it without reading it again."""

    def __init__(self, book: Book, options: ImportOptions) -> None:
        """Raises UnreadableFile for a damaged sheet and KeyError for an unknown one."""
        self._rows: Packed[Row] = Packed()
        unanswered = options.model_copy(update={"resolutions": []})
        with no_collections():
            self._outline = Outline.of(parse_rows(self._kept(book.rows(options.sheet)), unanswered))

    def _kept(self, rows: Iterable[Row]) -> Iterator[Row]:
        for row in rows:
            self._rows.append(row)
            yield row

    def __len__(self) -> int:
        return len(self._rows)

    def plan(self, options: ImportOptions) -> ImportPlan:
        """`options` differ from those of the reading in nothing but the answers and what concerns the database."""
        with no_collections():
            return ImportPlan(self._rows, self._answered(options), options)

    def _answered(self, options: ImportOptions) -> Outline:
        """The outline under the answers: the rows they are about are parsed again."""
        numbers = {answer.row for answer in options.resolutions if answer.row is not None}
        asked = {answer.code for answer in options.resolutions if answer.row is None}
        numbers |= {*self._outline.marks.numbers(lambda mark: any(code in asked for code in mark.codes))}
        numbers = {number for number in numbers
                   if number <= len(self._rows) and self._outline[number].kind is RowKind.DATA}
        if not numbers:
            return self._outline
        parser = RowParser(options)
        answered = self._outline.redrawn(
            numbers, lambda number: parser.parse_alone(self._rows[number - 1], self._outline[number].group))
        if any(answered[number].own_group != self._outline[number].own_group for number in numbers):
            return Outline.of(parse_rows(self._rows, options))  # rows below stand in another group
        return answered


def plan_import(book: Book, options: ImportOptions) -> ImportPlan:
    """Raises UnreadableFile for a damaged sheet and KeyError for an unknown one."""
    return SheetReading(book, options).plan(options)
