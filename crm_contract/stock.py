"""The document kinds of the warehouse, places, balances and reservations."""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from pydantic import Field as ModelField

from crm_contract.base import Answer, Ref, Request
from crm_contract.kinds import (
    Accounting,
    Action,
    BasedOn,
    DocumentKind,
    Field,
    FieldType,
    LineColumn,
    Numbering,
    State,
    Workflow,
)
from crm_contract.lists import Choice, Tone
from crm_contract.papers import M4, M11, M15, PICKING, SUPPLIER_RETURN_FORM, TORG_13, TORG_16
from crm_contract.sales import ANNULLED, COMMENT, RESPONSIBLE, VAT, annul, unpost


class PlaceKind(StrEnum):
    """Inner places keep balances; the outer ones (customer, supplier, loss) are where goods come from and go to."""

    WAREHOUSE = "warehouse"
    ZONE = "zone"
    BIN = "bin"
    EMPLOYEE = "employee"
    TRANSIT = "transit"
    CUSTOMER = "customer"
    SUPPLIER = "supplier"
    LOSS = "loss"          # scrap, surplus and shortage of stocktaking


#: What moves between our own places has no price: it keeps its cost.
MOVED_LINES = (
    LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.LOTS, LineColumn.BIN,
    LineColumn.FREE, LineColumn.NOTE)
FROM_WAREHOUSE = Field("place_id", "Склад", FieldType.REF, required=True, entity="warehouse", span=3)

RECEIPT = DocumentKind(
    code="receipt", title="Приходный ордер", title_plural="Приходные ордера", short="ПО", letter="П",
    icon="download-simple", domain="stock", numbering=Numbering("ПО-", "receipt", gapless=True), buys=True,
    fields=(
        Field("party_id", "Поставщик", FieldType.REF, required=True, entity="party", span=4),
        Field("place_id", "Склад", FieldType.REF, required=True, entity="warehouse", span=3),
        Field("due_date", "Ожидается", FieldType.DATE, span=2),
        VAT,
        Field("supplier_number", "Номер поставщика", span=3),
        Field("supplier_date", "Дата поставщика", FieldType.DATE, span=2),
        RESPONSIBLE,
        COMMENT,
    ),
    lines=(
        LineColumn.SKU, LineColumn.NAME, LineColumn.PAPER, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.LOTS,
        LineColumn.BIN, LineColumn.PRICE, LineColumn.VAT_RATE, LineColumn.VAT, LineColumn.TOTAL, LineColumn.NOTE,
    ),
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("expected", "Ожидается", Tone.INFO),
            State("received", "Принят", Tone.OK, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("expect", "Ожидается", ("draft",), "expected", icon="hourglass"),
            Action("post", "Провести", ("draft", "expected"), "received", primary=True, icon="check"),
            unpost("received"),
            annul("draft", "expected"),
        ),
    ),
    based_on=(BasedOn("purchase_order", ("confirmed",), remaining=True),),
    forms=(M4,),
    list_fields=("due_date",),
)

TRANSFER = DocumentKind(
    code="transfer", title="Перемещение", title_plural="Перемещения", short="ПМ", letter="М", icon="arrows-left-right",
    domain="stock", numbering=Numbering("ПМ-", "transfer", gapless=True), crosses=True,
    fields=(
        Field("place_id", "Откуда", FieldType.REF, required=True, entity="warehouse", span=3),
        Field("place_to_id", "Куда", FieldType.REF, required=True, entity="receiving_warehouse", span=3),
        Field("due_date", "Доставить до", FieldType.DATE, span=2), RESPONSIBLE, COMMENT,
    ),
    lines=(*MOVED_LINES[:-1], LineColumn.BIN_TO, MOVED_LINES[-1]),
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("in_transit", "В пути", Tone.WARN, Accounting.POSTED),
            State("part", "Принято не всё", Tone.WARN, Accounting.POSTED),
            State("accepted", "Принято", Tone.OK, Accounting.POSTED),
            State("settled", "Недостача закрыта", Tone.OK, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("send", "Отправить", ("draft",), "in_transit", primary=True, icon="truck"),
            Action("accept", "Принять", ("in_transit", "part"), "accepted", primary=True, icon="check",
                   of_receiver=True),
            Action("post", "Переместить сразу", ("draft",), "accepted", icon="arrows-left-right"),
            Action("unaccept", "Отменить приёмку", ("accepted",), "in_transit", reason=True,
                   icon="arrow-counter-clockwise", of_receiver=True),
            Action("return_rest", "Вернуть недостающее на склад", ("part",), "settled", reason=True,
                   icon="arrow-u-up-left"),
            Action("write_off_rest", "Списать недостачу", ("part",), "settled", reason=True, icon="trash",
                   tone=Tone.ERROR, asks=(Field("guilty", "Кто отвечает", required=True, span=12),)),
            Action("reopen_rest", "Вернуть недостающее в путь", ("settled",), "part", reason=True,
                   icon="arrow-counter-clockwise"),
            unpost("in_transit", "accepted"),
            annul("draft"),
        ),
    ),
    forms=(TORG_13, M11, M15, PICKING),
    list_fields=("due_date",),
)

#: Goods come back the way they went: from a customer, to a supplier.
RETURNED = Workflow(
    states=(State("draft", "Черновик"), State("returned", "Возвращён", Tone.OK, Accounting.POSTED), ANNULLED),
    actions=(
        Action("post", "Провести", ("draft",), "returned", primary=True, at_once=True, icon="check"),
        unpost("returned"), annul("draft"),
    ),
)

SUPPLIER_RETURN = DocumentKind(
    code="supplier_return", title="Возврат поставщику", title_plural="Возвраты поставщику",
    section="Возврат поставщику", short="ВП", letter="В", icon="arrow-u-up-left", domain="stock",
    numbering=Numbering("ВП-", "supplier_return", gapless=True), buys=True,
    fields=(
        Field("party_id", "Поставщик", FieldType.REF, required=True, entity="party", span=4), FROM_WAREHOUSE, VAT,
        Field("reason", "Причина", FieldType.CHOICE, required=True, default="defect", span=3, choices=(
            Choice("defect", "Брак", Tone.ERROR), Choice("mistake", "Не тот товар", Tone.WARN),
            Choice("surplus", "Лишний товар"), Choice("agreed", "По договорённости"))),
        RESPONSIBLE, COMMENT,
    ),
    lines=(
        LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.LOTS, LineColumn.BIN,
        LineColumn.FREE, LineColumn.PRICE, LineColumn.VAT_RATE, LineColumn.VAT, LineColumn.TOTAL,
    ),
    workflow=RETURNED,
    based_on=(BasedOn("receipt", ("received",), remaining=True),),
    forms=(SUPPLIER_RETURN_FORM, M15, PICKING),
)

SCRAP = DocumentKind(
    code="scrap", title="Списание", title_plural="Списания", short="СП", letter="Т", icon="trash", domain="stock",
    numbering=Numbering("СП-", "scrap", gapless=True),
    fields=(
        FROM_WAREHOUSE,
        Field("reason", "Причина", FieldType.CHOICE, required=True, span=3, choices=(
            Choice("broken", "Бой, порча", Tone.ERROR), Choice("defect", "Брак", Tone.ERROR),
            Choice("expired", "Истёк срок", Tone.WARN), Choice("own_use", "На свои нужды"))),
        RESPONSIBLE, COMMENT,
    ),
    lines=MOVED_LINES,
    workflow=Workflow(
        states=(State("draft", "Черновик"), State("scrapped", "Списано", Tone.OK, Accounting.POSTED), ANNULLED),
        actions=(
            Action("post", "Списать", ("draft",), "scrapped", primary=True, icon="check"),
            unpost("scrapped"), annul("draft"),
        ),
    ),
    forms=(TORG_16, M11),
)

KINDS: tuple[DocumentKind, ...] = (RECEIPT, TRANSFER, SUPPLIER_RETURN, SCRAP)


class ReservationBody(Request):
    """Reserves a product on a warehouse until a day (inclusive); for a document line when `line_id` is given."""

    product_id: int
    place_id: int
    quantity: Decimal = ModelField(gt=0, max_digits=15, decimal_places=3)
    until: date | None = None
    document_id: int | None = None
    line_id: int | None = None
    note: str = ModelField(default="", max_length=300)


class ReleaseBody(Request):
    version: int
    reason: str = ModelField(default="", max_length=300)


class Holder(Answer):
    """Who holds goods: the document (or note) and the person, with the quantity still held."""

    reservation_id: int
    version: int = 0
    document_id: int | None
    document: str
    person: str
    quantity: Decimal
    until: date | None


class ExpectedRead(Answer):
    """A document that is to bring goods; `document_id` None: beyond one's rights."""

    document_id: int | None
    document: str
    quantity: Decimal
    due: date | None


class MoveRead(Answer):
    """One row of the ledger as the answer to «откуда это число»; `change` and `value` (roubles, None for those who may
    not see cost) are signed for the asked place. Costs found out later change the value alone."""

    id: int
    at: date
    document_id: int | None
    document: str
    counterpart: str
    change: Decimal
    balance_after: Decimal
    person: str
    value: Decimal | None = None


class Affected(Answer):
    """A document whose goods change their cost when another is dated back: sums before and after in roubles, None for
    those who may not see cost; `document_id` None: beyond one's rights."""

    document_id: int | None
    document: str
    date: date
    before: Decimal | None
    after: Decimal | None


class BinRead(Answer):
    """How much lies in a zone or bin."""

    code: str
    on_hand: Decimal


class BalanceOrigin(Answer):
    """Where a balance comes from: opening + moves = closing, who holds the reserve, and in which bins it lies."""

    product: Ref
    place: Ref
    opening: Decimal
    moves: list[MoveRead]
    closing: Decimal
    value: Decimal | None = None
    reserved: Decimal
    free: Decimal
    holders: list[Holder]
    expected: list[ExpectedRead] = []
    bins: list[BinRead] = []


class PlaceBody(Request):
    """`apart`: a zone whose goods are not free. `pick_order`: the turn in the walk, before the code."""

    kind: PlaceKind
    name: str = ModelField(min_length=1, max_length=120)
    code: str = ModelField(default="", max_length=40)
    parent_id: int | None = None
    branch_id: int | None = None
    archived: bool = False
    apart: bool = False
    pick_order: int = ModelField(default=0, ge=0, le=999999)


class PlaceUpdate(PlaceBody):
    version: int


class PlaceRead(Answer):
    id: int
    version: int
    kind: PlaceKind
    name: str
    code: str
    parent: Ref | None
    branch: Ref | None
    archived: bool
    apart: bool
    pick_order: int
