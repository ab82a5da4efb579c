"""The lines of a document as the table edits them: values, sums, undo, rows from the clipboard. No widgets."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from typing import Any

from crm_contract.catalog import Tracking
from crm_contract.documents import LineLot
from crm_contract.kinds import LineColumn
from crm_contract.lists import Choice
from crm_contract.totals import ZERO, Sums, document_sums, line_sums
from crm_contract.vat import NO_VAT, RATE_CODES, VatMode, vat_rate
from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.typed_input import parse_decimal

UNDO_STEPS = 100
#: Digits after the comma of each typed number.
DIGITS = {LineColumn.PAPER: 3, LineColumn.QUANTITY: 3, LineColumn.PRICE: 4, LineColumn.DISCOUNT: 2}
NUMERIC = frozenset({
    *DIGITS, LineColumn.DIFFERENCE, LineColumn.FREE, LineColumn.VAT, LineColumn.TOTAL, LineColumn.VAT_RATE})
_keys = count(1)


@dataclass(slots=True)
class Line:
    """One line. `key` names it on the client before and after it is saved; `free` is a hint of the server."""

    product_id: int | None = None
    sku: str = ""
    name: str = ""
    is_service: bool = False
    quantity: Decimal = Decimal(1)
    paper_quantity: Decimal | None = None
    unit: str = "796"
    unit_title: str = ""
    price: Decimal = Decimal(0)
    discount: Decimal = Decimal(0)
    vat_rate: str = ""
    free: Decimal | None = None
    condition: str = ""
    note: str = ""
    tracking: str = Tracking.NONE
    lots: list[dict[str, Any]] = field(default_factory=list)   # rows of LineLot as JSON
    lots_typed: str = ""   # what stands in their cell and cannot be read yet
    bin_id: int | None = None
    bin_to_id: int | None = None
    id: int | None = None
    basis_line_id: int | None = None
    key: int = field(default_factory=lambda: next(_keys))

    @property
    def is_short(self) -> bool:
        """More is asked than is free."""
        return self.free is not None and not self.is_service and self.quantity > self.free

    @property
    def named(self) -> Decimal:
        """The quantity that serial numbers or lots are named for."""
        return sum((Decimal(lot["quantity"]) for lot in self.lots), Decimal(0))

    @property
    def difference(self) -> Decimal:
        """What has come above what the supplier's paper says."""
        return Decimal(0) if self.paper_quantity is None else self.quantity - self.paper_quantity


def line_from(data: Mapping[str, Any]) -> Line:
    """From `LineRead.model_dump()`, from `LineBody`, or from what a product search gives; unknown keys are dropped."""
    product = data.get("product")
    known = {name: data[name] for name in _DATA_FIELDS if data.get(name) is not None}
    line = Line(**known)
    if isinstance(product, Mapping):
        line.product_id = product["id"]
    for name in ("quantity", "paper_quantity", "price", "discount", "free"):
        value = getattr(line, name)
        if value is not None:
            setattr(line, name, Decimal(value))
    for name in ("bin", "bin_to"):
        if isinstance(place := data.get(name), Mapping):
            setattr(line, f"{name}_id", place["id"])
    line.lots = [LineLot.model_validate(lot).model_dump(mode="json") for lot in line.lots]
    return line


def line_body(line: Line) -> dict[str, Any]:
    """What `LineBody` takes."""
    return {
        "id": line.id, "product_id": line.product_id, "name": line.name, "quantity": line.quantity,
        "paper_quantity": line.paper_quantity, "unit": line.unit, "price": line.price, "discount": line.discount,
        "vat_rate": line.vat_rate, "basis_line_id": line.basis_line_id, "condition": line.condition, "note": line.note,
        "lots": line.lots if line.tracking != Tracking.NONE else [], "bin_id": line.bin_id,
        "bin_to_id": line.bin_to_id,
    }


_DATA_FIELDS = (
    "product_id", "sku", "name", "is_service", "quantity", "paper_quantity", "unit", "unit_title", "price", "discount",
    "vat_rate", "free", "condition", "note", "tracking", "lots", "lots_typed", "id", "basis_line_id", "bin_id",
    "bin_to_id",
)


def snapshot_line(line: Line) -> dict[str, Any]:
    """JSON for a draft: everything that is needed to show the line without asking the server."""
    values = {name: getattr(line, name) for name in _DATA_FIELDS}
    return {name: str(value) if isinstance(value, Decimal) else value for name, value in values.items()}


class LineRows:
    """The list of lines with its undo. `changed` is called after every change, undo included."""

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.lines: list[Line] = []
        self.mode = VatMode.INCLUDED
        self.priced = True
        self.conditions: Sequence[Choice] = ()
        #: Zones and bins that a line may name, and those that its document names: their codes by id.
        self.bins: dict[LineColumn, dict[int, str]] = {LineColumn.BIN: {}, LineColumn.BIN_TO: {}}
        self.bin_titles: dict[int, str] = {}
        self._changed = changed
        self._undo: list[list[Line]] = []

    def set(self, lines: Sequence[Line]) -> None:
        """New content from the server; there is nothing to undo then."""
        self.lines = list(lines)
        self._undo.clear()

    def remember(self) -> None:
        """Call before a change by the person."""
        self._undo.append([copy(line) for line in self.lines])
        del self._undo[:-UNDO_STEPS]

    @property
    def can_undo(self) -> bool:
        return bool(self._undo)

    def undo(self) -> bool:
        if not self._undo:
            return False
        self.lines = self._undo.pop()
        self._changed()
        return True

    def insert(self, place: int, *lines: Line) -> None:
        self.remember()
        self.lines[place:place] = lines
        self._changed()

    def remove(self, places: Sequence[int]) -> list[Line]:
        self.remember()
        gone = [self.lines[place] for place in sorted(places)]
        self.lines = [line for number, line in enumerate(self.lines) if number not in set(places)]
        self._changed()
        return gone

    def copy(self, place: int) -> Line:
        """A copy below the line, as a new line."""
        made = copy(self.lines[place])
        made.id, made.basis_line_id, made.key, made.lots = None, None, next(_keys), []
        made.lots_typed = ""
        self.insert(place + 1, made)
        return made

    def move(self, place: int, step: int) -> bool:
        target = place + step
        if not (0 <= target < len(self.lines)):
            return False
        self.remember()
        self.lines.insert(target, self.lines.pop(place))
        self._changed()
        return True

    def put(self, place: int, column: LineColumn, value: Any) -> None:
        """Sets a value that is already of the right type."""
        self.remember()
        setattr(self.lines[place], column.value, value)
        self._changed()

    def put_product(self, place: int, data: Mapping[str, Any]) -> None:
        """Another product in a line: its words, unit, price, rate; the typed quantity stays."""
        self.remember()
        old = self.lines[place]
        line = line_from({**data, "quantity": old.quantity, "paper_quantity": old.paper_quantity,
                          "discount": old.discount, "condition": old.condition, "note": old.note})
        line.id, line.key = old.id, old.key
        self.lines[place] = line
        self._changed()

    @property
    def has_lots(self) -> bool:
        """Some goods are told apart by numbers or lots."""
        return any(line.tracking != Tracking.NONE for line in self.lines)

    def has_bins(self, column: LineColumn) -> bool:
        """The warehouse has bins, or a line names one."""
        return bool(self.bins[column]) or any(getattr(line, column.value) for line in self.lines)

    def bin_text(self, line: Line, column: LineColumn) -> str:
        bin_id = getattr(line, column.value)
        return "" if bin_id is None else self.bins[column].get(bin_id) or self.bin_titles.get(bin_id, "")

    def place_of_product(self, product_id: int) -> int | None:
        return next((n for n, line in enumerate(self.lines) if line.product_id == product_id), None)

    def sums_of(self, line: Line) -> Sums:
        if not self.priced:
            return ZERO
        rate = line.vat_rate if line.vat_rate in RATE_CODES else NO_VAT
        return line_sums(line.quantity, line.price, line.discount, rate, self.mode)

    def condition_of(self, line: Line) -> Choice:
        """The chosen condition; a line without one is in the usual."""
        return next((choice for choice in self.conditions if choice.code == line.condition), self.conditions[0])

    def totals(self) -> Sums:
        return document_sums(self.sums_of(line) for line in self.lines)

    def vat_by_rate(self) -> dict[str, Decimal]:
        """VAT of the document per rate code, the rates in the order of the lines."""
        found: dict[str, Decimal] = {}
        for line in self.lines:
            vat = self.sums_of(line).vat
            if vat:
                found[line.vat_rate] = found.get(line.vat_rate, Decimal(0)) + vat
        return found

    def text(self, line: Line, column: LineColumn) -> str:
        """The value of a cell as it is shown."""
        match column:
            case LineColumn.QUANTITY:
                return formatting.quantity(line.quantity)
            case LineColumn.PAPER:
                return "" if line.paper_quantity is None else formatting.quantity(line.paper_quantity)
            case LineColumn.DIFFERENCE:
                return difference_text(line.difference)
            case LineColumn.UNIT:
                return line.unit_title
            case LineColumn.LOTS:
                return lots_text(line)
            case LineColumn.BIN | LineColumn.BIN_TO:
                return self.bin_text(line, column)
            case LineColumn.FREE:
                return "" if line.free is None or line.is_service else formatting.quantity(line.free)
            case LineColumn.PRICE:
                return formatting.price(line.price)
            case LineColumn.DISCOUNT:
                return formatting.quantity(line.discount, 2)
            case LineColumn.VAT_RATE:
                return rate_title(line.vat_rate)
            case LineColumn.VAT:
                return formatting.money(self.sums_of(line).vat)
            case LineColumn.CONDITION:
                return self.condition_of(line).title
            case LineColumn.TOTAL:
                return formatting.money(self.sums_of(line).gross)
            case _:
                return str(getattr(line, column.value))


def lots_text(line: Line) -> str:
    """«2 из 3» named; nothing for goods that are not told apart."""
    if line.tracking == Tracking.NONE:
        return ""
    return tr("{named} из {all}").format(named=formatting.quantity(line.named), all=formatting.quantity(line.quantity))


def difference_text(value: Decimal) -> str:
    """«+2», «−3»; nothing where there is no difference."""
    return f"{'+' if value > 0 else '−'}{formatting.quantity(abs(value))}" if value else ""


def rate_title(code: str) -> str:
    return vat_rate(code).title if code in RATE_CODES else ""


def parse_value(column: LineColumn, text: str, *, may_be_nothing: bool = False) -> Decimal | None:
    """A typed number; None for a quantity that no paper names. Raises ValueError with a message for the person.

    `may_be_nothing`: of what a paper promises nothing may have come.
    """
    value = parse_decimal(text, DIGITS[column])
    if column is LineColumn.PAPER and value is None:
        return None
    if column is LineColumn.QUANTITY and not value and not (may_be_nothing and value is not None):
        raise ValueError(tr("Количество больше нуля"))
    value = value or Decimal(0)
    if value < 0:
        raise ValueError(tr("Не меньше нуля"))
    if column is LineColumn.DISCOUNT and value > 100:
        raise ValueError(tr("Скидка не больше 100 %"))
    return value


@dataclass(frozen=True, slots=True)
class PastedRow:
    """A row from a spreadsheet: what to look the product up by, and the numbers after it.

    `doubt` is what stands where the others have their quantity and is none.
    """

    text: str
    quantity: Decimal
    price: Decimal | None
    doubt: str = ""


def pasted_rows(text: str) -> list[PastedRow]:
    """Rows of the clipboard: the first cell with letters (or an article) is the product, then quantity, then price.

    A heading above the rows is left out.
    """
    cells = [row for row in pasted_cells(text) if any(row)]
    places = Counter(numbers[0] for row in cells if (numbers := _number_places(row)))
    usual = places.most_common(1)[0][0] if places else None
    if len(cells) > 1 and usual is not None and not any(_number(cell) is not None for cell in cells[0]) and (
            _cell(cells[0], usual)):
        cells = cells[1:]
    return [_pasted_row(row, usual) for row in cells]


def _pasted_row(cells: Sequence[str], usual: int | None) -> PastedRow:
    product = _product_place(cells)
    places = _number_places(cells)
    numbers = [_number(cells[place]) for place in places]
    doubt = ""
    if usual is not None and usual > product and usual not in places:
        doubt = _cell(cells, usual)
    if usual is not None and doubt:
        numbers = [None, *(number for place, number in zip(places, numbers, strict=True) if place > usual)]
    elif numbers and (numbers[0] or 0) <= 0:
        doubt = cells[places[0]]
    quantity = numbers[0] if numbers and not doubt else None
    return PastedRow(cells[product], quantity or Decimal(1), numbers[1] if len(numbers) > 1 else None, doubt)


def _product_place(cells: Sequence[str]) -> int:
    filled = [place for place, cell in enumerate(cells) if cell]
    return next((place for place in filled if _number(cells[place]) is None), filled[0])


def _number_places(cells: Sequence[str]) -> list[int]:
    """Where the numbers after the product stand."""
    return [place for place in range(_product_place(cells) + 1, len(cells)) if _number(cells[place]) is not None]


def _cell(cells: Sequence[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""


def pasted_cells(text: str) -> list[list[str]]:
    return [[cell.strip() for cell in line.split("\t")] for line in text.replace("\r", "").split("\n") if line.strip()]


def _number(text: str) -> Decimal | None:
    try:
        return parse_decimal(text, 4)
    except ValueError:
        return None
