"""One sheet: from its elements to rows of cells with exact values."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Context, InvalidOperation
from xml.parsers import expat

from crm_contract.exchange import MAX_COLUMNS
from crm_server.exchange.excel.book import LAST_ROW, LONGEST_TEXT, Cell, Row, UnreadableFile
from crm_server.exchange.excel.xlsx_archive import SAVE_AGAIN, Archive, LocalNames

# What Excel keeps of a number: the rest is noise of the binary fraction, and what is out of its range is none.
_FIFTEEN_DIGITS = Context(prec=15, Emax=308, Emin=-308, traps=[InvalidOperation])
_DAYS = 3_000_000                    # the last day of Excel, 31.12.9999, is 2 958 465
_LONGEST_COLUMN = 3                  # letters: «XFD» is the last
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


@dataclass(slots=True)
class Styles:
    """For each cell style: is it a date, and to how many digits does its format pad (0: it does not)."""

    dates: list[bool] = field(default_factory=list)
    paddings: list[int] = field(default_factory=list)


class SheetReader:
    """Turns the elements of one sheet into rows. One use."""

    def __init__(self, strings: list[str], styles: Styles, epoch: datetime) -> None:
        self._strings, self._styles, self._epoch = strings, styles, epoch
        self._local = LocalNames()
        self._columns: dict[str, int] = {}
        self._ready: list[Row] = []
        self._cells: list[Cell] = []
        self._number, self._hidden = 0, False
        self._column, self._type, self._style = -1, "", ""
        self._value: list[str] = []
        self._formula: list[str] = []
        self._into: list[str] | None = None
        self.too_wide = False

    def read(self, archive: Archive, part: str) -> Iterator[Row]:
        parser = expat.ParserCreate()
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler = self._characters
        for _ in archive.parse(part, parser):
            yield from self._ready
            self._ready.clear()

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        name = self._local[tag]
        if name == "c":
            self._start_cell(attributes)
        elif name in ("v", "t"):
            self._into = self._value
        elif name == "f":
            self._into = self._formula
        elif name == "row":
            previous = self._number
            self._number = small_number(attributes.get("r", ""), previous + 1)
            if not previous < self._number <= LAST_ROW:
                raise UnreadableFile("Файл повреждён: строки листа перепутаны", SAVE_AGAIN)
            self._hidden = attributes.get("hidden") in ("1", "true")
            self._cells, self._column = [], -1
        elif name == "rPh":
            self._into = None

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value.clear()
        self._formula.clear()
        letters = attributes.get("r", "").rstrip("0123456789")
        self._column = self._column + 1 if not letters else self._column_of(letters)

    def _column_of(self, letters: str) -> int:
        index = self._columns.get(letters)
        if index is None:
            index = self._columns[letters] = column_index(letters[:_LONGEST_COLUMN + 1])
        return index

    def _end(self, tag: str) -> None:
        name = self._local[tag]
        if name == "c":
            value = self._cell_value()
            if value is not None:
                if self._column >= MAX_COLUMNS:
                    self.too_wide = True
                    return
                cells = self._cells
                missing = self._column - len(cells)
                if missing > 0:
                    cells.extend((None,) * missing)
                if missing >= 0:
                    cells.append(value)
        elif name == "row":
            self._ready.append(Row(self._number, tuple(self._cells), self._hidden))
        else:
            self._into = None

    def _characters(self, text: str) -> None:
        if self._into is not None:
            self._into.append(text)

    def _cell_value(self) -> Cell:
        text = "".join(self._value)
        if not text:
            return "=" + "".join(self._formula) if self._formula else None
        kind = self._type
        if kind == "n":
            return self._number_value(text)
        if kind == "s":
            index = small_number(text)
            text = self._strings[index] if 0 <= index < len(self._strings) else ""
        elif kind == "b":
            return text == "1"
        elif kind == "d":
            return _iso(text)
        elif kind != "e":
            text = unescape(text)
        return text[:LONGEST_TEXT] if text and not text.isspace() else None

    def _number_value(self, text: str) -> Cell:
        style = small_number(self._style)
        if 0 <= style < len(self._styles.dates):
            if self._styles.dates[style]:
                return _date(text, self._epoch)
            if (width := self._styles.paddings[style]) and text.isdigit():
                return text.zfill(width)
        if len(text) <= 15 and text.isascii() and text.isdigit():
            return int(text)
        return exact_number(text)


def exact_number(text: str) -> Cell:
    """A number of 15 significant digits; an integer when it is whole; the text itself when it is no number."""
    try:
        number = _FIFTEEN_DIGITS.create_decimal(text)
    except InvalidOperation:
        return text
    if not number.is_finite():
        return text
    whole = abs(number.adjusted()) < 30 and number == number.to_integral_value()
    return int(number) if whole else number.normalize()


def small_number(text: str, otherwise: int = -1) -> int:
    """A count or an index; `otherwise` for what is none (`str.isdigit` takes «²», which `int` does not)."""
    return int(text) if len(text) <= 9 and text.isascii() and text.isdigit() else otherwise


def column_index(letters: str) -> int:
    """«A» → 0, «AB» → 27."""
    index = 0
    for letter in letters.upper():
        index = index * 26 + ord(letter) - 64
    return index - 1


def _date(text: str, epoch: datetime) -> Cell:
    try:
        days = _FIFTEEN_DIGITS.create_decimal(text)
        if not abs(days) < _DAYS:
            return text
        moment = epoch + timedelta(days=int(days), seconds=round(days % 1 * 86_400))
    except (InvalidOperation, OverflowError, ValueError):
        return text
    if days < 1:
        return moment.time()
    return moment.date() if moment.time() == moment.min.time() else moment


def _iso(text: str) -> Cell:
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text)
    except ValueError:
        return text


def unescape(text: str) -> str:
    """Characters written as codes. Halves of a letter are put together, one that is alone is shown as a lost letter."""
    if "_x" not in text:
        return text
    text = _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text).replace("\0", "")
    return text.encode("utf-16-le", errors="surrogatepass").decode("utf-16-le", errors="replace")
