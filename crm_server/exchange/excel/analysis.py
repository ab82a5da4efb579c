"""A first look at a file: the sheet to take, its heading, the proposed mapping with samples."""

import itertools
import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from crm_contract.exchange import (
    IMPORT_FIELDS,
    ColumnGuess,
    FileAnalysis,
    HeadingAnalysis,
    HeadingQuery,
    ImportTarget,
    SampleRow,
    SheetAnalysis,
    import_field,
)
from crm_server.exchange.excel.book import Book, Cell, Row, Sheet
from crm_server.exchange.excel.cells import as_text
from crm_server.exchange.excel.evidence import evidence
from crm_server.exchange.excel.headings import (
    LOOK_AT,
    Candidate,
    find_heading,
    heading_texts,
    prices_include_vat,
    propose,
)

_SAMPLE_ROWS = 20
_TOP_ROWS = 40
_EVIDENCE_ROWS = 200
_SAMPLE_VALUES = 3
_LONGEST_SAMPLE = 120   # characters
_LIKELY = 45            # a weaker guess is not proposed
#: A required field may be replaced by another one.
_STANDS_FOR = {"name": frozenset({"name", "full_name"})}


class _Look(NamedTuple):
    """The first rows of a sheet, and how many rows hold something or are hidden in the whole of it."""

    first: list[Row]
    filled: int
    hidden: int


def analyse(
    book: Book, target: ImportTarget, file_name: str = "", remembered: Mapping[str, str] | None = None,
) -> FileAnalysis:
    """Reads every sheet once. `remembered` is a saved mapping (normalised heading → field).

    Raises UnreadableFile when a sheet turns out to be damaged or too long.
    """
    looks = {sheet.name: _look(book, sheet) for sheet in book.sheets}
    sheets = [_analyse_sheet(sheet, looks[sheet.name], target, remembered) for sheet in book.sheets]
    best = max(sheets, key=lambda sheet: sheet.score)
    other = next(candidate for candidate in ImportTarget if candidate is not target)
    rival = max((_analyse_sheet(sheet, looks[sheet.name], other, None).score for sheet in book.sheets), default=0)
    return FileAnalysis(
        file_name=file_name, target=target, sheets=sheets, best_sheet=best.name if best.score else "",
        other_target_fits=rival > 2 * best.score, notes=[*book.notes, *_notes(book.sheets, sheets, best, target)],
    )


def analyse_heading(book: Book, query: HeadingQuery) -> HeadingAnalysis:
    """The columns under a heading that a person chose. Raises UnreadableFile, and KeyError for an unknown sheet."""
    last = query.header_row + query.header_height - 1 if query.header_row else 0
    first = list(itertools.islice(book.rows(query.sheet), last + LOOK_AT + _EVIDENCE_ROWS))
    texts = heading_texts(first, query.header_row, query.header_height, query.target)
    columns = _columns(first, last, texts, query.target, None)
    return HeadingAnalysis(columns=columns, prices_include_vat=prices_include_vat(texts))


def _look(book: Book, sheet: Sheet) -> _Look:
    first: list[Row] = []
    filled = hidden = 0
    for row in book.rows(sheet.name):
        if len(first) < LOOK_AT + _EVIDENCE_ROWS:
            first.append(row)
        if row.cells:
            filled += 1
            hidden += row.hidden
    return _Look(first, filled, hidden)


def _analyse_sheet(
    sheet: Sheet, look: _Look, target: ImportTarget, remembered: Mapping[str, str] | None,
) -> SheetAnalysis:
    heading = find_heading(look.first, target, remembered)
    columns = _columns(look.first, heading.last_row, heading.texts, target, remembered)
    above = sum(1 for row in look.first if row.cells and row.number <= heading.last_row)
    fields = {column.field for column in columns}
    missing = [item.name for item in IMPORT_FIELDS[target]
               if item.required and not fields & _STANDS_FOR.get(item.name, frozenset({item.name}))]
    rows = look.filled - above
    return SheetAnalysis(
        name=sheet.name, hidden=sheet.hidden, rows=rows, hidden_rows=look.hidden, header_row=heading.row,
        header_height=heading.height, missing=missing, prices_include_vat=prices_include_vat(heading.texts),
        columns=columns, top=_as_sample(look.first[:_TOP_ROWS]),
        sample=_as_sample(_below(look.first, heading.last_row)[:_SAMPLE_ROWS]),
        score=_score(columns, rows, sheet.hidden, bool(missing)),
    )


def _below(rows: Sequence[Row], last_heading_row: int) -> list[Row]:
    return [row for row in rows if row.number > last_heading_row and row.cells][:_EVIDENCE_ROWS]


def _columns(
    rows: Sequence[Row], last_heading_row: int, texts: Sequence[str], target: ImportTarget,
    remembered: Mapping[str, str] | None,
) -> list[ColumnGuess]:
    """The columns of a sheet by their headings and by the values below."""
    below = _below(rows, last_heading_row)
    width = max([len(texts), *(len(row.cells) for row in below)])
    values = [[row.cells[index] if index < len(row.cells) else None for row in below] for index in range(width)]
    guesses = propose(texts, target, [evidence(column, target) for column in values], remembered)
    return [_column(index, texts, guess, values[index]) for index, guess in enumerate(guesses)]


def _as_sample(rows: Sequence[Row]) -> list[SampleRow]:
    return [SampleRow(number=row.number, cells=[as_text(cell) for cell in row.cells]) for row in rows]


def _column(index: int, headings: Sequence[str], guess: Candidate, values: Sequence[Cell]) -> ColumnGuess:
    samples: dict[str, None] = {}
    for value in values:
        if value is not None and len(samples) < _SAMPLE_VALUES:
            samples[as_text(value)[:_LONGEST_SAMPLE]] = None
    sure = guess.confidence >= _LIKELY
    return ColumnGuess(
        column=index, letter=column_letter(index), heading=headings[index] if index < len(headings) else "",
        field=guess.field if sure else "", confidence=guess.confidence if sure else 0, samples=list(samples),
    )


def column_letter(index: int) -> str:
    """0 → «A», 27 → «AB»."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _score(columns: Sequence[ColumnGuess], rows: int, hidden: bool, lacks_required: bool) -> int:
    """Named columns weigh most, then the number of rows; hidden sheets are drafts and sources of drop-down lists."""
    if rows <= 0:
        return 0
    named = sum(column.confidence for column in columns if column.field)
    score = named * (1 + math.log10(rows))
    return round(score / (4 if hidden else 1) / (3 if lacks_required else 1))


def _notes(
    sheets: Sequence[Sheet], analysed: Sequence[SheetAnalysis], best: SheetAnalysis, target: ImportTarget,
) -> list[str]:
    notes = [note for sheet in sheets for note in sheet.notes]
    similar = [sheet.name for sheet in analysed
               if sheet is not best and not sheet.hidden and sheet.score and not sheet.missing and sheet.rows]
    if best.score and similar:
        names = ", ".join(f"«{name}»" for name in similar)
        notes.append(f"Похожая таблица есть и на других листах: {names}. За один раз загружается один лист")
    notes += [f"Столбец «{column.heading}» ({known.title}): {known.hint[:1].lower()}{known.hint[1:]}"
              for column in best.columns if column.field
              for known in (import_field(target, column.field),) if not known.loaded]
    if hidden := [sheet.name for sheet in analysed if sheet.hidden and sheet.rows]:
        notes.append("Скрытые листы: " + ", ".join(f"«{name}»" for name in hidden))
    if best.score and best.hidden_rows:
        notes.append(f"На листе скрыто строк: {best.hidden_rows}. Они тоже загрузятся, если не отключить")
    return notes
