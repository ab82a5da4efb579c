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


@dataclass(frozen=True, slots=True)
class Operation:
    """What a storekeeper does with a document of `kind`: in one of `states` it is planned work, `action` ends it.

    `by_reserve`: planned by the reserves of a paper that the document is made from. `surplus`: more than planned, and
    goods that are not planned, are facts and are counted. `from_place`, `to_place`, `party`: what has to be known when
    there is no document.
    """

    command: Command
    title: str
    kind: str
    action: str = "post"
    states: tuple[str, ...] = ()
    by_reserve: bool = False
    surplus: bool = False
    from_place: bool = False
    to_place: bool = False
    party: bool = False
    alone: bool = False     # it may be done without a document that plans it

    @property
    def code(self) -> str:
        return self.command.value


OPERATIONS: dict[str, Operation] = {operation.code: operation for operation in (
    Operation(Command.RECEIPT, "Приём", "receipt", states=("draft", "expected"), surplus=True, to_place=True,
              party=True, alone=True),
    Operation(Command.ISSUE, "Выдача", "issue", states=("draft", "picking"), from_place=True),
    Operation(Command.PICKING, "Сборка резерва", "issue", by_reserve=True, from_place=True),
    Operation(Command.TRANSFER, "Перемещение", "transfer", states=("draft",), from_place=True, to_place=True,
              alone=True),
)}


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


class AbsentLine(Request):
    """A planned line that was looked for in vain; `reason` is a key of ABSENT."""

    line_id: int
    reason: Literal["empty", "damaged", "unseen"]


class OperationBody(Request):
    """A finished operation. It carries no date: the clock of a terminal may be wrong, so the server's day counts.

    `version` is that of the planned document as the terminal last saw it.
    """

    operation: str = Field(max_length=40)
    document_id: int | None = None
    version: int | None = None
    party_id: int | None = None
    place_id: int | None = None
    place_to_id: int | None = None
    lines: list[ScannedLine] = Field(min_length=1, max_length=MAX_LINES)
    absent: list[AbsentLine] = Field(default=[], max_length=MAX_LINES)


class OperationDone(Answer):
    """What became of it. `rest` is the draft of what was planned and not scanned. Not `posted`: `words` tell why."""

    document: Ref
    posted: bool = True
    rest: Ref | None = None
    words: str = ""


class TaskLine(Answer):
    """A line to be scanned; `bin` is where the product lies, `whole`: its unit is not divided."""

    id: int
    product_id: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    bin: str = ""
    whole: bool = False
    tracking: Tracking = Tracking.NONE


class Task(Answer):
    """Planned work: a document with its lines in the order of bins."""

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
    """A warehouse, zone or bin; `warehouse_id` is the warehouse that it lies in, or itself."""

    id: int
    name: str
    code: str
    kind: str
    warehouse_id: int


class TerminalDay(Answer):
    """What a terminal keeps to work without the server: planned work, its places, who it may receive from."""

    today: date
    tasks: list[Task]
    places: list[TerminalPlace]


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
