"""What a row says, typed, and the access of the parsers to its mapped cells."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from crm_contract.catalog import ProductKind
from crm_contract.exchange import Bucket, RowProblem, Severity
from crm_contract.parties import PartyKind
from crm_contract.requisites import Phone
from crm_contract.vat import VatKind
from crm_server.exchange.excel.cells import Finding, Findings, excel_error
from crm_server.exchange.excel.person_names import Person
from crm_server.exchange.excel.reader import Cell, Row
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
    stock: Decimal | None = None
    min_stock: Decimal | None = None
    country: str = ""
    manufacturer: str = ""
    notes: list[str] = field(default_factory=list)


Values = PartyValues | ProductValues


class RowKind(StrEnum):
    DATA = "data"
    GROUP = "group"
    TOTAL = "total"
    BLANK = "blank"
    HEADING = "heading"     # the heading, its repetition, text above the table


@dataclass(slots=True)
class ParsedRow:
    """One row of the sheet. `values` only for a row of data; `merged_into` is the row that took its values over."""

    row: Row
    kind: RowKind
    values: Values | None = None
    problems: list[RowProblem] = field(default_factory=list)
    skipped: bool = False
    merged_into: int | None = None

    @property
    def number(self) -> int:
        return self.row.number

    @property
    def bucket(self) -> Bucket:
        """Where the row ends up; exactly one for every row."""
        if self.kind is not RowKind.DATA:
            return Bucket(self.kind.value)
        if self.skipped:
            return Bucket.SKIPPED
        open_ones = {problem.severity for problem in self.problems if problem.is_open}
        if open_ones:
            return Bucket.ERROR if Severity.ERROR in open_ones else Bucket.DOUBT
        return Bucket.READY if self.merged_into is None else Bucket.MERGED


@dataclass(frozen=True, slots=True)
class Placed:
    """A finding at its place."""

    field: str
    column: int | None
    finding: Finding


class Fields:
    """The cells of one row by field name; collects what is found wrong in them.

    `twin` is the ИНН of another row with the same name, when this row's own ИНН is wrong.
    """

    def __init__(self, cells: tuple[Cell, ...], columns: Mapping[str, list[int]], twin: tuple[int, str] | None = None):
        self._cells = cells
        self._columns = columns
        self.twin = twin
        self.found: list[Placed] = []

    def has(self, name: str) -> bool:
        """Whether the file has a column for the field."""
        return name in self._columns

    def column(self, name: str) -> int | None:
        columns = self._columns.get(name)
        return columns[0] if columns else None

    def cell(self, name: str) -> Cell:
        return next((cell for _, cell in self.cells(name)), None)

    def cells(self, name: str) -> Iterator[tuple[int, Cell]]:
        """The filled cells of a field; an error of Excel is reported and counts as empty."""
        for column in self._columns.get(name, ()):
            cell = self._cells[column] if column < len(self._cells) else None
            if cell is None:
                continue
            if wrong := excel_error(cell):
                self.report(name, wrong, column)
                continue
            yield column, cell

    def read(self, name: str, reader: Callable[[Cell], tuple[_T, Findings]]) -> _T:
        """The value of a field by one of the cell readers."""
        value, findings = reader(self.cell(name))
        if findings:
            self.report(name, findings)
        return value

    def report(self, name: str, findings: Findings, column: int | None = None) -> None:
        at = self.column(name) if column is None else column
        self.found.extend(Placed(name, at, finding) for finding in findings)
