"""Rows of a sheet → parsed rows: what each row is, what it says, what is doubtful about it.

Streaming and pure: the same rows and options give the same result, so a dry run and the load agree.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from crm_contract.exchange import (
    PRICE_FIELDS,
    ImportOptions,
    ImportTarget,
    ResolutionAction,
    Severity,
    import_field,
)
from crm_contract.requisites import check_inn
from crm_server.exchange.excel.answers import Answers
from crm_server.exchange.excel.book import Cell, Row
from crm_server.exchange.excel.cells import Finding, as_text
from crm_server.exchange.excel.parties import parse_party
from crm_server.exchange.excel.products import parse_product, read_vat
from crm_server.exchange.excel.values import (
    Fields,
    ParsedRow,
    PartyValues,
    Placed,
    ProductValues,
    RowKind,
    Values,
)

_TOTAL = re.compile(r"(?:под)?(?:итог|всего|total)\w*\b|общ\w* итог", re.IGNORECASE)
_TOTAL_COUNT = re.compile(r"(?:итого|всего)\W*(\d+)\s*(?:запис|строк|позиц|контрагент|клиент|наимен)", re.IGNORECASE)
#: «Покупатели» alone in its row, as accounting programs group their lists.
_PARTY_GROUP = re.compile(r"(?:(?:наши|прочие|бывшие|разовые|основные) )?(?:покупатели|поставщики|клиенты|заказчики|"
                          r"контрагенты|подрядчики|партн[её]ры|прочие|(?:физ|юр)\w*\.? лица|физлица|юрлица)",
                          re.IGNORECASE)
_IDENTITY = ("inn", "inn_kpp", "sku", "barcode", "account")
#: A product row without any of these is a heading of a group.
_GOODS_FACTS = frozenset({*PRICE_FIELDS, "unit", "barcode", "stock", "vat", "code", "min_stock"})
#: Problems whose proposal leaves a value out.
_DROPPED = frozenset({"inn", "kpp", "ogrn", "requisites", "kind_mismatch", "account", "lost_digits", "bic", "date",
                      "barcode", "price_absent", "price_currency"})
_ROUNDS = 4             # a corrected cell may raise another question; more rounds than this never help
Twins = Mapping[int, tuple[int, str]]


def parse_rows(rows: Iterable[Row], options: ImportOptions) -> Iterator[ParsedRow]:
    """Every row of the sheet, in order."""
    yield from RowParser(options).parse(rows)


class RowParser:
    """Holds what a row depends on: the options, the group above it, the texts of the heading.

    `twins`: row → (row, ИНН) of a namesake with a right ИНН, see `merging`.
    """

    def __init__(self, options: ImportOptions, twins: Twins | None = None) -> None:
        self._options = options
        self._twins = twins or {}
        self._answers = Answers(options.resolutions)
        self._columns: dict[str, list[int]] = {}
        for column, name in sorted(options.mapping.items()):
            if name:
                self._columns.setdefault(name, []).append(column)
        self._loaded = {name: columns for name, columns in self._columns.items()
                        if import_field(options.target, name).loaded}
        self._field_of = {column: name for column, name in options.mapping.items() if name}
        self._last_heading = options.header_row + options.header_height - 1 if options.header_row else 0
        self._headings: list[tuple[Cell, ...]] = []
        self._group = ""
        self._empty_group: ParsedRow | None = None
        self._data_rows = 0

    def parse(self, rows: Iterable[Row]) -> Iterator[ParsedRow]:
        """A heading of a group is held back until it is known whether anything stands under it."""
        held: list[ParsedRow] = []
        for row in rows:
            parsed = self._parse_row(row)
            held.append(parsed)
            if parsed.kind is RowKind.GROUP:
                self._close_group()
                self._empty_group = parsed
            elif parsed.kind is RowKind.DATA:
                self._empty_group = None
            if self._empty_group is None:
                yield from held
                held.clear()
        self._close_group()
        yield from held

    def _close_group(self) -> None:
        if self._empty_group is not None:
            self._empty_group.note(_remark("group_empty", "Под заголовком нет ни одной строки. Если это не заголовок, "
                                                          "заполните остальные столбцы"))

    def _parse_row(self, row: Row) -> ParsedRow:
        kind = self._kind(row)
        parsed = ParsedRow(row, kind)
        if kind is RowKind.GROUP:
            self._group = _only_text(row.cells)
        elif kind is RowKind.TOTAL:
            self._check_total(parsed)
        elif kind is RowKind.DATA:
            self._data_rows += 1
            parsed.group = self._group
            self._read(parsed)
            if isinstance(parsed.values, ProductValues):
                self._group = parsed.values.group  # a column of groups is often filled only where the group begins
        return parsed

    def _kind(self, row: Row) -> RowKind:
        if not row.cells:
            return RowKind.BLANK
        if row.number <= self._last_heading:
            if row.number >= self._options.header_row:
                self._headings.append(row.cells)
            return RowKind.HEADING
        filled = [(column, cell) for column, cell in enumerate(row.cells) if cell is not None]
        if self._is_repeated_heading(row) or (row.number == self._last_heading + 1 and _is_numbering(filled)):
            return RowKind.HEADING
        if self._is_total(filled):
            return RowKind.TOTAL
        return RowKind.GROUP if self._is_group(filled) else RowKind.DATA

    def _is_repeated_heading(self, row: Row) -> bool:
        """Lists printed page by page repeat their heading."""
        return row.cells in self._headings and sum(cell is not None for cell in row.cells) > 1

    def _is_total(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        column, first = next(((column, cell) for column, cell in filled if isinstance(cell, str)), (0, ""))
        if not _TOTAL.match(as_text(first)) or self._field_of.get(column) in ("note", "full_name"):
            return False
        return not any(self._field_of.get(place) in _IDENTITY and place != column for place, _ in filled)

    def _is_group(self, filled: Sequence[tuple[int, Cell]]) -> bool:
        """One text alone in its row (a number beside it may count the groups)."""
        if len(filled) > 2:
            return False
        texts = [(column, as_text(cell)) for column, cell in filled if isinstance(cell, str)]
        numbers = [column for column, cell in filled if not isinstance(cell, str)]
        if len(texts) != 1 or any(column in self._field_of for column in numbers) or len(numbers) > 1:
            return False
        column, text = texts[0]
        name = self._field_of.get(column, "")
        if self._options.target is ImportTarget.PARTIES:
            return not numbers and (name in ("", "code", "segment", "relation") or bool(_PARTY_GROUP.fullmatch(text)))
        wordy = any(char.isalpha() for char in text) and (" " in text or not any(char.isdigit() for char in text))
        has_facts = any(field in self._columns for field in _GOODS_FACTS)
        return wordy and has_facts and name not in _GOODS_FACTS

    def _check_total(self, parsed: ParsedRow) -> None:
        """«Итого: 297 записей» is a promise of the file that can be checked."""
        text = " ".join(as_text(cell) for cell in parsed.row.cells if cell is not None)
        if found := _TOTAL_COUNT.search(text):
            promised = int(found[1])
            fits = promised == self._data_rows
            message = f"Строк с данными {self._data_rows}, " + ("как и в итоге" if fits else f"а в итоге {promised}")
            parsed.note(_remark("total_fits" if fits else "total_differs", message))

    def parse_alone(self, row: Row, group: str) -> ParsedRow:
        """A single row of data, by any thread; `group` is the heading above it."""
        parsed = ParsedRow(row, RowKind.DATA, group=group)
        self._read(parsed)
        return parsed

    def _read(self, parsed: ParsedRow) -> None:
        """Parses a row of data; accepted proposals replace cells and the row is parsed again."""
        row = parsed.row
        if row.hidden:
            parsed.note(_remark("hidden_row", "Строка скрыта в файле"))
        parsed.skipped = self._answers.skips(row.number) or (row.hidden and not self._options.include_hidden)
        cells = row.cells
        applied: dict[int, str] = {}
        kept: list[str] = []
        for _ in range(_ROUNDS):
            values = parsed.values
            if applied and isinstance(values, ProductValues) and all(
                    self._field_of[column] == "vat" for column in applied):
                fields = Fields(cells, {"vat": self._columns["vat"]})
                read_vat(fields, values, self._options.on_date)  # nothing else depends on it
            else:
                fields = Fields(cells, self._loaded, self._twins.get(row.number))
                parsed.values = values = self._values(fields, parsed.group)
                values.notes.extend(kept)
            if not applied and isinstance(values, PartyValues) and check_inn(values.inn):
                parsed.wrong_inn = values.inn
            replaced = self._apply_answers(parsed, fields.found, applied) if fields.found else {}
            if not replaced:
                break
            kept += _kept_in_note(parsed, replaced, cells, self._options.target, self._field_of)
            applied |= replaced
            cells = _replace(cells, replaced)

    def _values(self, fields: Fields, group: str) -> Values:
        if self._options.target is ImportTarget.PARTIES:
            return parse_party(fields)
        return parse_product(fields, group, self._options.on_date)

    def _apply_answers(self, parsed: ParsedRow, found: Iterable[Placed], applied: Mapping[int, str]) -> dict[int, str]:
        """Notes the problems and returns the cells that accepted proposals replace. `applied` were replaced before:
        an answer that did not help leaves its question open, and an emptied cell is not asked about again."""
        replaced: dict[int, str] = {}
        for placed in found:
            finding, column = placed.finding, placed.column
            if column in applied and finding.code.endswith("_missing"):
                continue
            answer = self._answers.to(parsed.number, placed)
            action = answer.action if answer else None
            value = None
            if answer and action is ResolutionAction.ACCEPT and column is not None:
                value = finding.value if answer.value is None else answer.value
            if value is not None and column is not None and applied.get(column) == value:
                action = value = None
            parsed.note(placed, action)
            if value is not None and column is not None:
                replaced.setdefault(column, value)
        return replaced


def _remark(code: str, message: str) -> Placed:
    return Placed("", None, Finding(Severity.NOTE, code, message))


def _kept_in_note(
    parsed: ParsedRow, replaced: Mapping[int, str], cells: Sequence[Cell], target: ImportTarget,
    field_of: Mapping[int, str],
) -> list[str]:
    """What an accepted proposal leaves out of a field is not lost: it goes to the note."""
    dropped = {problem.placed.column for problem in parsed.problems if problem.code in _DROPPED}
    return [f"{import_field(target, field_of[column]).title} в файле: {as_text(cells[column])}"
            for column in replaced if column in dropped and column < len(cells) and cells[column] is not None]


def _replace(cells: tuple[Cell, ...], replaced: Mapping[int, str]) -> tuple[Cell, ...]:
    result = [*cells, *[None] * (max(replaced) + 1 - len(cells))]
    for column, text in replaced.items():
        result[column] = text or None
    return tuple(result)


def _only_text(cells: Iterable[Cell]) -> str:
    return next((as_text(cell) for cell in cells if isinstance(cell, str)), "")


def _is_numbering(filled: Sequence[tuple[int, Cell]]) -> bool:
    """«1, 2, 3, 4 …» under the heading: numbers of columns."""
    numbers = [as_text(cell) for _, cell in filled]
    return len(numbers) > 2 and numbers == [str(index) for index in range(1, len(numbers) + 1)]
