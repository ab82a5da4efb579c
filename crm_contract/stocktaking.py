"""Stocktaking: the document kind, its list of counted lines, and how counts travel.

A line's difference is what was counted less what the ledger had at the very moment the server took the count, so goods
may move before, between and after the counts. Rules of stocktaking: Минфин, приказ № 49 of 1995-06-13.
"""

from datetime import datetime
from decimal import Decimal

from pydantic import Field as ModelField

from crm_contract.base import Answer, Ref, Request
from crm_contract.kinds import Accounting, Action, DocumentKind, Field, FieldType, Numbering, State, Workflow
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.papers import INV_3
from crm_contract.sales import ANNULLED, COMMENT, RESPONSIBLE, annul

BLIND, OPEN = "blind", "open"
ZERO, STAY = "zero", "stay"
MAX_COUNTS = 500

STOCKTAKING = DocumentKind(
    code="stocktaking", title="Инвентаризация", title_plural="Инвентаризации", short="ИН", letter="И",
    icon="rows", domain="stock", numbering=Numbering("ИН-", "stocktaking", gapless=True),
    fields=(
        Field("place_id", "Склад, зона или ячейка", FieldType.REF, entity="place", span=3),
        Field("employee_id", "или подотчёт сотрудника", FieldType.REF, entity="employee", span=3),
        Field("blind", "Учётное количество", FieldType.CHOICE, default=BLIND, span=4, choices=(
            Choice(BLIND, "Скрыто от считающих"), Choice(OPEN, "Видно всем"))),
        Field("title", "Приказ, причина", span=4), RESPONSIBLE, COMMENT,
    ),
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("counting", "Идёт подсчёт", Tone.INFO, editable=False),
            State("checking", "Проверка расхождений", Tone.WARN, editable=False),
            State("approved", "Утверждена", Tone.VIOLET, editable=False),
            State("posted", "Проведена", Tone.OK, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("start", "Начать подсчёт", ("draft",), "counting", primary=True, stays=True, icon="arrow-right",
                   asks=(Field("group_id", "Только группа", FieldType.REF, entity="product_group", span=12),)),
            Action("check", "Закончить подсчёт", ("counting",), "checking", primary=True, stays=True,
                   icon="check-circle", asks=(
                Field("missing", "Что не посчитано", FieldType.CHOICE, required=True, default=STAY, span=12, choices=(
                    Choice(STAY, "Не трогать: остаток не изменится"),
                    Choice(ZERO, "Считать, что этого нет: будет недостача"))),)),
            Action("recount", "Пересчитать расхождения", ("checking", "approved"), "counting", stays=True,
                   icon="arrows-clockwise"),
            Action("approve", "Утвердить результат", ("checking",), "approved", primary=True, stays=True, icon="check"),
            Action("post", "Провести", ("approved",), "posted", primary=True, icon="check"),
            Action("unpost", "Отменить проведение", ("posted",), "approved", reason=True, icon="arrow-u-up-left"),
            annul("draft", "counting", "checking", "approved"),
        ),
    ),
    forms=(INV_3,),
    list_fields=("employee_id", "title"),
)
KINDS: tuple[DocumentKind, ...] = (STOCKTAKING,)

#: What a line is. Of a count that is blind for the reader only the first four are told.
LINE_STATES = (
    Choice("waiting", "Не посчитано"), Choice("counted", "Посчитано", Tone.INFO),
    Choice("again", "Пересчитать", Tone.WARN), Choice("moved", "Двигался", Tone.WARN),
    Choice("equal", "Сходится", Tone.OK), Choice("short", "Недостача", Tone.ERROR),
    Choice("surplus", "Излишек", Tone.VIOLET),
)

LINE_LIST = ListSpec(
    code="stocktaking_lines", title="Ведомость пересчёта", default_sort="route",
    search_hint="Артикул, штрихкод, название", empty_title="Строк нет",
    empty_hint="Строки появятся, когда начнётся подсчёт",
    columns=(
        Column("route", "Место", width=110),
        Column("sku", "Артикул", ColumnType.NUMBER, 96),
        Column("product", "Номенклатура", ColumnType.REF, entity="product"),
        Column("counted", "Посчитано", ColumnType.QUANTITY, 92),
        Column("booked", "По учёту", ColumnType.QUANTITY, 92),
        Column("difference", "Расхождение", ColumnType.QUANTITY, 108),
        Column("cost", "Расхождение, ₽", ColumnType.MONEY, 124, sums=True, permission="product.cost"),
        Column("state", "Итог", ColumnType.STATE, 124, choices=LINE_STATES),
        Column("person", "Кто считал", ColumnType.REF, 110, entity="employee"),
        Column("counted_at", "Когда", ColumnType.DATETIME, 130),
        Column("first_counted", "Первый подсчёт", ColumnType.QUANTITY, 120, shown=False),
        Column("pass", "Подсчёт №", ColumnType.INTEGER, 90, shown=False),
        Column("later", "Движения после", ColumnType.FLAG, 120, shown=False),
        Column("listed", "Был в списке", ColumnType.FLAG, 110, shown=False),
        Column("price", "Цена излишка, ₽", ColumnType.MONEY, 120, shown=False, permission="product.cost"),
        Column("document", "Инвентаризация", ColumnType.REF, 130, shown=False, entity="document"),
        Column("place", "Место хранения", ColumnType.REF, 150, shown=False, entity="place"),
        Column("lot_id", "Партия", ColumnType.INTEGER, 80, shown=False),
    ),
    presets=(
        Preset("waiting", "Не посчитано", (("state", Op.EQ, "waiting"),)),
        Preset("different", "Расхождения", (("difference", Op.NE, "0"), ("difference", Op.NOT_EMPTY, None))),
        Preset("again", "Пересчитать", (("state", Op.IN, ["again", "moved"]),)),
    ),
)


class CountBody(Request):
    """What was counted of one product on one place.

    `adds`: found beside what this pass has already (a scan adds 1; a scan taken back adds −1). Else `quantity` is all
    there is and replaces. `lot_id` 0: without a lot.
    """

    place_id: int
    product_id: int
    lot_id: int = 0
    quantity: Decimal = ModelField(max_digits=15, decimal_places=3)
    adds: bool = False


class CountsBody(Request):
    """Counts of one stocktaking, in the order they were made. The server's time of taking them counts."""

    document_id: int
    counts: list[CountBody] = ModelField(min_length=1, max_length=MAX_COUNTS)


class CountLine(Answer):
    """A line as a counter may see it; `barcodes` are what is scanned for it.

    `again`: it is to be counted once more, `another`: by somebody else.

    `booked` and `difference` are None while the count is blind for the reader. `pass_no`: 0 not counted yet.
    """

    id: int
    place: Ref
    product: Ref
    lot_id: int
    sku: str
    unit: str
    barcodes: list[str]
    counted: Decimal | None
    booked: Decimal | None
    difference: Decimal | None
    pass_no: int
    again: bool
    another: bool
    disturbed: bool
    person: str
    counted_at: datetime | None


class CountSums(Answer):
    """How far a count is. Differences and sums are None while blind, sums also without the right to see cost."""

    lines: int
    counted: int
    again: int
    found: int
    shows_booked: bool
    short_lines: int | None
    surplus_lines: int | None
    short_cost: Decimal | None
    surplus_cost: Decimal | None
    unpriced: int | None


class LinePrice(Request):
    """The price of a surplus, roubles for a unit; None takes the average cost again."""

    line_id: int
    price: Decimal | None = ModelField(default=None, ge=0, max_digits=15, decimal_places=4)


class PricesBody(Request):
    """Prices of surpluses of one stocktaking; `version` is the document's."""

    version: int
    prices: list[LinePrice] = ModelField(min_length=1, max_length=MAX_COUNTS)
