"""The stock terminal: its operations, what they are made of, what a scanned code is."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from pydantic import Field

from crm_contract.base import Answer, Ref, Request
from crm_contract.catalog import ProductKind, Tracking
from crm_contract.codes import Command
from crm_contract.documents import MAX_LINES, LineLot
from crm_contract.printing import PrintBin


@dataclass(frozen=True, slots=True)
class Operation:
    """What a storekeeper does with a document of `kind`: in one of `states` it is planned work, `action` ends it.

    `tile`: under which operation of the home screen it is listed. `by_reserve`: planned by the reserves of a paper that
    the document is made from, `by_order`: by what an order to a supplier still lacks. `surplus`: more than planned, and
    goods that are not planned, are facts and are counted. `whole`: all that is planned or nothing. `counts`: each place
    is counted for itself. `gives`, `takes_back`: goods that an employee is to hold, or holds. `from_place`, `to_place`,
    `party`: what has to be known when there is no document.
    """

    code: str
    title: str
    kind: str
    tile: Command
    action: str = "post"
    states: tuple[str, ...] = ()
    by_reserve: bool = False
    by_order: bool = False
    surplus: bool = False
    whole: bool = False
    counts: bool = False
    gives: bool = False
    takes_back: bool = False
    from_place: bool = False
    to_place: bool = False
    party: bool = False
    alone: bool = False     # it may be done without a document that plans it

    @property
    def by_person(self) -> bool:
        return self.gives or self.takes_back


OPERATIONS: dict[str, Operation] = {operation.code: operation for operation in (
    Operation("RECEIPT", "Приём", "receipt", Command.RECEIPT, states=("draft", "expected"), surplus=True,
              to_place=True, party=True, alone=True),
    Operation("SUPPLY", "Приём по заказу", "receipt", Command.RECEIPT, by_order=True, surplus=True, to_place=True),
    Operation("ACCEPT", "Приём перемещения", "transfer", Command.RECEIPT, action="accept", states=("in_transit",),
              whole=True),
    Operation("ISSUE", "Выдача", "issue", Command.ISSUE, states=("draft", "picking"), from_place=True),
    Operation("PICKING", "Сборка резерва", "issue", Command.PICKING, by_reserve=True, from_place=True),
    Operation("TRANSFER", "Перемещение", "transfer", Command.TRANSFER, states=("draft",), from_place=True,
              to_place=True, alone=True),
    Operation("CUSTODYISSUE", "Выдача сотруднику", "custody_issue", Command.CUSTODY_ISSUE, gives=True, from_place=True,
              alone=True),
    Operation("CUSTODYRETURN", "Возврат", "custody_return", Command.CUSTODY_RETURN, takes_back=True, to_place=True,
              alone=True),
    Operation("COUNT", "Инвентаризация", "stocktaking", Command.STOCKTAKING, action="", surplus=True, counts=True,
              states=("counting", "checking")),
)}


#: Operations of the home screen that have planned work.
TILES = tuple(dict.fromkeys(operation.tile.value for operation in OPERATIONS.values()))

#: Why goods of a line were not taken, by the digit that tells it.
ABSENT = {"empty": "нет в ячейке", "damaged": "повреждён", "unseen": "не нашли"}


class ScannedLine(Request):
    """What was scanned: for a planned line by its `line_id`, or a product that nobody planned.

    `lots` are the serial numbers or lots of the codes; empty: those that the paper names.
    """

    line_id: int | None = None
    product_id: int
    quantity: Decimal = Field(gt=0, max_digits=15, decimal_places=3)
    lots: list[LineLot] = Field(default=[], max_length=MAX_LINES)
    condition: str = Field(default="", max_length=20)


class AbsentLine(Request):
    """A planned line that was looked for in vain; `reason` is a key of ABSENT."""

    line_id: int
    reason: Literal["empty", "damaged", "unseen"]


class PlaceCount(Request):
    """What was counted of a product on the place of the operation, or of one serial number or lot of it.

    `adds`: found beside what this pass has already; else it is all there is.
    """

    product_id: int
    lot: str = Field(default="", max_length=80)
    quantity: Decimal = Field(ge=0, max_digits=15, decimal_places=3)
    adds: bool = False


class OperationBody(Request):
    """A finished operation; `lines` or, when it counts a place, `counts`. It carries no date: the clock of a terminal
    may be wrong, so the server's day counts.

    `version` is that of the planned document as the terminal last saw it.
    """

    operation: str = Field(max_length=40)
    document_id: int | None = None
    version: int | None = None
    party_id: int | None = None
    employee_id: int | None = None
    place_id: int | None = None
    place_to_id: int | None = None
    lines: list[ScannedLine] = Field(default=[], max_length=MAX_LINES)
    counts: list[PlaceCount] = Field(default=[], max_length=MAX_LINES)
    absent: list[AbsentLine] = Field(default=[], max_length=MAX_LINES)


class OperationDone(Answer):
    """What became of it; the document is of `version` now. `rest` is the draft of what was planned and not scanned.
    Not `posted`: `words` tell why."""

    document: Ref
    version: int = 0
    posted: bool = True
    rest: Ref | None = None
    words: str = ""


class TaskLine(Answer):
    """A line to be scanned; `bins` are those to take it from in the order of the walk, `bin` the first of them.

    `whole`: its unit is not divided.
    """

    id: int
    product_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    bin: str = ""
    whole: bool = False
    tracking: Tracking = Tracking.NONE
    bins: list[PrintBin] = []


class Task(Answer):
    """Planned work: a document with its lines in the order of bins; of a count those to be counted once more."""

    operation: str
    id: int
    kind: str
    version: int
    number: str
    state: str
    party: str
    place: Ref | None
    place_to: Ref | None
    due: date | None
    lines: list[TaskLine]


class TerminalPlace(Answer):
    """A warehouse, zone or bin in the order of the walk; `warehouse_id` is what counts its goods, or itself."""

    id: int
    name: str
    code: str
    kind: str
    warehouse_id: int
    parent_id: int | None = None


class HeldGoods(Answer):
    """What an employee holds of a product."""

    product_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    whole: bool = False
    tracking: Tracking = Tracking.NONE


class TerminalPerson(Answer):
    """An employee who is given goods; `mark` is SHA-256 of the text on the badge: a badge cannot be made of it."""

    id: int
    name: str
    mark: str = ""
    held: list[HeldGoods] = []


class TerminalDay(Answer):
    """What a terminal keeps to work without the server: planned work, its places, who holds goods."""

    today: date
    tasks: list[Task]
    places: list[TerminalPlace]
    people: list[TerminalPerson] = []


class TerminalProduct(Answer):
    """A product as a code finds it; `free` and `lots` (serial numbers, lots) in the warehouses that the person sees."""

    id: int
    sku: str
    name: str
    unit: str
    whole: bool
    barcodes: list[str]
    free: Decimal
    tracking: Tracking = Tracking.NONE
    lots: list[str] = []


class CodeMeaning(StrEnum):
    PRODUCT = "product"
    PLACE = "place"
    DOCUMENT = "document"
    EMPLOYEE = "employee"
    UNKNOWN = "unknown"


class StockAt(Answer):
    """What lies of a product on a place."""

    product_id: int
    sku: str
    product: str
    place_id: int
    place: str
    on_hand: Decimal
    reserved: Decimal
    free: Decimal


class CodeAnswer(Answer):
    """What a code is: its title, the line below it, and goods (of the product by places, or on the place)."""

    meaning: CodeMeaning
    id: int = 0
    title: str = ""
    subtitle: str = ""
    kind: str = ""                         # of a document or place
    product_kind: ProductKind | None = None
    facts: list[tuple[str, str]] = []
    stock: list[StockAt] = []
