"""What a row says, typed, and the access of the parsers to its mapped cells."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from crm_contract.catalog import ProductKind
from crm_contract.exchange import Bucket, ResolutionAction, RowProblem, Severity, is_open
from crm_contract.parties import PartyKind
from crm_contract.requisites import Phone
from crm_contract.vat import VatKind
from crm_server.exchange.excel.book import Cell, Row
from crm_server.exchange.excel.cells import Finding, Findings, excel_error, is_empty, text_value
from crm_server.exchange.excel.person_names import Person
from crm_server.exchange.excel.requisite_cells import BankAccount

_T = TypeVar("_T")


@dataclass(slots=True)
class PartyValues:
    """A party of the file. `key` compares names; None and empty mean that the file does not say."""

    kind: PartyKind = PartyKind.LEGAL
    name: str = ""
    full_name: str = ""
    key: str = ""
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    legal_address: str = ""
    actual_addresses: list[str] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    websites: list[str] = field(default_factory=list)
    contacts: list[Person] = field(default_factory=list)
    accounts: list[BankAccount] = field(default_factory=list)
    director_title: str = ""
    director_name: str = ""
    accountant_name: str = ""
    is_customer: bool | None = None
    is_supplier: bool | None = None
    segment: str = ""
    manager: str = ""
    payment_days: int | None = None
    started_on: date | None = None
    code: str = ""
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class ProductValues:
    """A product of the file. `prices` goes from a field of `PRICE_FIELDS` to roubles; `unit` is an ОКЕИ code."""

    kind: ProductKind = ProductKind.GOODS
    sku: str = ""
    code: str = ""
    name: str = ""
    full_name: str = ""
    group: str = ""
    unit: str = ""
    prices: dict[str, Decimal] = field(default_factory=dict)
    vat_kind: VatKind | None = None
    barcodes: list[str] = field(default_factory=list)
    min_stock: Decimal | None = None
    country: str = ""
    manufacturer: str = ""
    notes: list[str] = field(default_factory=list)


Values = PartyValues | ProductValues
_SUSPECT = frozenset("#=")
#: Fields whose failed calculation need not stop a row.
_LESSER = frozenset({"note", "segment", "manager", "website", "position", "country", "manufacturer"})


class RowKind(StrEnum):
    DATA = "data"
    GROUP = "group"
    TOTAL = "total"
    BLANK = "blank"
    HEADING = "heading"     # the heading, its repetition, text above the table


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding at its place; `column` is None when it is about the whole row."""

    field: str
    column: int | None
    finding: Finding


@dataclass(slots=True)
class Problem:
    """A placed finding and the answer that counted."""

    placed: Placed
    answer: ResolutionAction | None = None

    @property
    def code(self) -> str:
        return self.placed.finding.code

    @property
    def is_open(self) -> bool:
        return is_open(self.placed.finding.severity, self.answer)

    def as_row_problem(self, row: int) -> RowProblem:
        placed, finding = self.placed, self.placed.finding
        return RowProblem(
            row=row, column=placed.column, field=placed.field, code=finding.code, severity=finding.severity,
            message=finding.message, proposal=finding.proposal, proposed_value=finding.value,
            by_default=finding.by_default, answer=self.answer,
        )


@dataclass(slots=True)
class ParsedRow:
    """One row of the sheet. `values` only for a row of data; `merged_into` is the row that took its values over.

    `wrong_inn` is an ИНН that does not hold, as the file has it, whatever was answered since; `group` is the heading
    above a product.
    """

    row: Row
    kind: RowKind
    values: Values | None = None
    problems: list[Problem] = field(default_factory=list)
    skipped: bool = False
    merged_into: int | None = None
    wrong_inn: str = ""
    group: str = ""

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def is_open(self) -> bool:
        """Whether an error or a question keeps the row out."""
        return any(problem.is_open for problem in self.problems)

    @property
    def bucket(self) -> Bucket:
        """Where the row ends up; exactly one for every row."""
        if self.kind is not RowKind.DATA:
            return Bucket(self.kind.value)
        if self.skipped:
            return Bucket.SKIPPED
        open_ones = {problem.placed.finding.severity for problem in self.problems if problem.is_open}
        if open_ones:
            return Bucket.ERROR if Severity.ERROR in open_ones else Bucket.DOUBT
        return Bucket.READY if self.merged_into is None else Bucket.MERGED

    def row_problems(self) -> list[RowProblem]:
        return [problem.as_row_problem(self.number) for problem in self.problems]

    def note(self, placed: Placed, answer: ResolutionAction | None = None) -> None:
        """Adds a problem once; a repeated one only has its answer corrected. Skipping an answer skips the row."""
        self.skipped = self.skipped or answer is ResolutionAction.SKIP
        finding = placed.finding
        for index, problem in enumerate(self.problems):
            known = problem.placed
            if (known.finding.code, known.column, known.finding.message) == (
                    finding.code, placed.column, finding.message):
                self.problems[index] = Problem(known, answer)
                return
        self.problems.append(Problem(placed, answer))


class Fields:
    """The cells of one row by field name; collects what is found wrong in them.

    A word for nothing («нет», «н/д») reads as an empty cell, except through `raw`. `twin` is the row and the ИНН of a
    namesake, when this row's own ИНН is wrong.
    """

    def __init__(self, cells: tuple[Cell, ...], columns: Mapping[str, list[int]], twin: tuple[int, str] | None = None):
        self._columns = columns
        self.twin = twin
        self.found: list[Placed] = []
        self._raw: dict[str, Cell] = {}
        self._filled: dict[str, list[tuple[int, Cell]]] = {}
        width = len(cells)
        for name, places in columns.items():
            for column in places:
                cell = cells[column] if column < width else None
                if cell is None or self._is_wrong(name, column, cell):
                    continue
                if name not in self._raw:
                    self._raw[name] = cell
                if is_empty(cell):
                    continue
                if name in self._filled:
                    self._filled[name].append((column, cell))
                else:
                    self._filled[name] = [(column, cell)]

    def _is_wrong(self, name: str, column: int, cell: Cell) -> bool:
        """Whether the cell holds a failed calculation; reports it."""
        if not isinstance(cell, str) or cell[:1] not in _SUSPECT or (cell[:1] == "=" and name == "note"):
            return False
        wrong = excel_error(cell, name in _LESSER)
        self.report(name, wrong, column)
        return bool(wrong)

    def has(self, name: str) -> bool:
        """Whether the file has a column for the field."""
        return name in self._columns

    def raw(self, name: str) -> Cell:
        """The first cell that holds anything, be it «нет» or «-»."""
        return self._raw.get(name)

    def cell(self, name: str) -> Cell:
        """The first cell that says something; None when there is none."""
        filled = self._filled.get(name)
        return filled[0][1] if filled else None

    def cells(self, name: str) -> Sequence[tuple[int, Cell]]:
        """All cells of the field that say something, with their columns."""
        return self._filled.get(name, ())

    def read(self, name: str, reader: Callable[[Cell], tuple[_T, Findings]], default: _T) -> _T:
        """The first value of a field by one of the cell readers; `default` when the field is empty."""
        filled = self._filled.get(name)
        if not filled:
            return default
        column, cell = filled[0]
        value, findings = reader(cell)
        if findings:
            self.report(name, findings, column)
        return value

    def text(self, name: str, limit: int) -> str:
        filled = self._filled.get(name)
        if not filled:
            return ""
        column, cell = filled[0]
        value, findings = text_value(cell, limit)
        if findings:
            self.report(name, findings, column)
        return value

    def report(self, name: str, findings: Findings, column: int | None = None) -> None:
        """Without a column the first one of the field is meant."""
        if column is None and name in self._columns:
            column = self._columns[name][0]
        self.found.extend(Placed(name, column, finding) for finding in findings)
