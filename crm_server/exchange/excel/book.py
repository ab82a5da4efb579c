"""What every spreadsheet becomes: sheets of raw cells, row by row."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from decimal import Decimal
from typing import NamedTuple, Protocol

LAST_ROW = 1_048_576     # of a sheet
LONGEST_TEXT = 32_767    # characters: Excel does not hold more in a cell, and neither does a list of a company

Cell = str | int | Decimal | datetime | date | time | bool | None


class UnreadableFile(Exception):
    """The file cannot be read at all: `message` says why, `action` what the person can do."""

    def __init__(self, message: str, action: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.action = action


class Row(NamedTuple):
    """`number` is the row's number in the spreadsheet, from 1. Empty cells at the end are cut off."""

    number: int
    cells: tuple[Cell, ...]
    hidden: bool = False


@dataclass(slots=True)
class Sheet:
    name: str
    hidden: bool = False
    notes: list[str] = field(default_factory=list)


class Book(Protocol):
    """An opened spreadsheet. `rows` streams: a sheet may be read any number of times and is never held whole."""

    kind: str
    notes: list[str]

    @property
    def sheets(self) -> list[Sheet]: ...

    def rows(self, sheet: str) -> Iterator[Row]:
        """Every row up to the last one that holds something, blank ones included. Cells that are merged downwards
        repeat their value. Raises UnreadableFile for a damaged part and KeyError for an unknown sheet."""
        ...
