"""Goods that employees hold (подотчёт): the papers over them, what they come to, and the list."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from crm_contract.base import Answer, Ref
from crm_contract.catalog import Tracking
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
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.papers import CUSTODY_ACT, M11
from crm_contract.sales import ANNULLED, COMMENT, RESPONSIBLE, annul, unpost
from crm_contract.stock import FROM_WAREHOUSE, MOVED_LINES, MoveRead

#: In which condition a line comes back, and with that where it goes: to the warehouse, to its repair zone, to loss.
GOOD, REPAIR, SCRAP = "good", "repair", "scrap"
CONDITIONS = (
    Choice(GOOD, "Исправен", Tone.OK), Choice(REPAIR, "В ремонт", Tone.WARN), Choice(SCRAP, "Списать", Tone.ERROR),
)
_UNTIL = Field("due_date", "Вернуть до", FieldType.DATE, span=2)
_EXTEND = Action("extend", "Продлить срок", (), reason=True, icon="clock", asks=(
    replace(_UNTIL, required=True, span=6),))
_HELD_LINES = tuple(column for column in MOVED_LINES if column is not LineColumn.FREE)
_CONDITION_LINES = (*_HELD_LINES[:-1], LineColumn.CONDITION, LineColumn.NOTE)

CUSTODY_ISSUE = DocumentKind(
    code="custody_issue", title="Выдача сотруднику", title_plural="Выдачи сотрудникам", short="ВС", letter="Ы",
    icon="user-plus", domain="stock", numbering=Numbering("ВС-", "custody_issue", gapless=True),
    fields=(
        Field("employee_id", "Кому", FieldType.REF, required=True, entity="employee", span=3),
        replace(FROM_WAREHOUSE, span=2), _UNTIL, RESPONSIBLE, COMMENT,
    ),
    lines=MOVED_LINES,
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("issued", "Выдано, не принято", Tone.WARN, Accounting.POSTED),
            State("accepted", "Принято сотрудником", Tone.OK, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("post", "Выдать", ("draft",), "issued", primary=True, icon="user-plus"),
            Action("accept", "Принять", ("issued",), "accepted", primary=True, icon="signature", by="employee_id",
                   pin=True),
            replace(_EXTEND, sources=("issued", "accepted")),
            unpost("issued", "accepted"),
            annul("draft"),
        ),
    ),
    facts=("custody",),
    forms=(CUSTODY_ACT, M11),
    list_fields=("due_date",),
)

CUSTODY_RETURN = DocumentKind(
    code="custody_return", title="Возврат от сотрудника", title_plural="Возвраты от сотрудников",
    section="Возвраты подотчёта", short="ВО", letter="О", icon="user-minus", domain="stock",
    numbering=Numbering("ВО-", "custody_return", gapless=True),
    fields=(
        Field("employee_id", "От кого", FieldType.REF, required=True, entity="employee", span=4),
        Field("place_id", "На склад", FieldType.REF, required=True, entity="warehouse", span=3), RESPONSIBLE, COMMENT,
    ),
    lines=(*_CONDITION_LINES, LineColumn.BIN),
    conditions=CONDITIONS,
    takes_held=True,
    workflow=Workflow(
        states=(State("draft", "Черновик"), State("returned", "Возвращено", Tone.OK, Accounting.POSTED), ANNULLED),
        actions=(
            Action("post", "Принять на склад", ("draft",), "returned", primary=True, at_once=True, icon="check"),
            unpost("returned"), annul("draft"),
        ),
    ),
    based_on=(
        BasedOn("custody_issue", ("issued", "accepted"), remaining=True),
        BasedOn("custody_handover", ("accepted",), remaining=True),
    ),
    forms=(CUSTODY_ACT, M11),
)

CUSTODY_HANDOVER = DocumentKind(
    code="custody_handover", title="Передача между сотрудниками", title_plural="Передачи между сотрудниками",
    section="Передачи подотчёта", short="ПС", letter="Ж", icon="handshake", domain="stock",
    numbering=Numbering("ПС-", "custody_handover", gapless=True),
    fields=(
        Field("employee_id", "От кого", FieldType.REF, required=True, entity="employee", span=3),
        Field("employee_to_id", "Кому", FieldType.REF, required=True, entity="employee", span=3), _UNTIL,
        replace(RESPONSIBLE, span=2), COMMENT,
    ),
    lines=_CONDITION_LINES,
    conditions=CONDITIONS[:2],
    takes_held=True,
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("offered", "Ждёт приёма", Tone.WARN, editable=False),
            State("accepted", "Передано", Tone.OK, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("offer", "Передать", ("draft",), "offered", primary=True, icon="handshake"),
            Action("accept", "Принять", ("offered",), "accepted", primary=True, icon="signature",
                   by="employee_to_id", pin=True),
            Action("decline", "Отказаться", ("offered",), "draft", reason=True, icon="x", by="employee_to_id",
                   permission="accept"),
            replace(_EXTEND, sources=("accepted",)),
            unpost("accepted"),
            annul("draft", "offered"),
        ),
    ),
    facts=("custody",),
    forms=(CUSTODY_ACT, M11),
    list_fields=("due_date",),
)

KINDS: tuple[DocumentKind, ...] = (CUSTODY_ISSUE, CUSTODY_RETURN, CUSTODY_HANDOVER)

CUSTODY_STATES = (
    Choice("overdue", "Просрочено", Tone.ERROR), Choice("unaccepted", "Не принято", Tone.WARN),
    Choice("held", "В срок", Tone.OK),
)

CUSTODY_LIST = ListSpec(
    code="custody", title="Подотчёт", default_sort="person", search_hint="Сотрудник, артикул или название",
    empty_title="За сотрудниками ничего не числится", empty_hint="Выдайте товар документом «Выдача сотруднику»",
    columns=(
        Column("person", "Сотрудник", ColumnType.REF, 124, entity="employee"),
        Column("sku", "Артикул", ColumnType.NUMBER, 104, shown=False),
        Column("product", "Номенклатура", ColumnType.REF, entity="product"),
        Column("quantity", "Числится", ColumnType.QUANTITY, 84, sums=True),
        Column("value", "Стоимость, ₽", ColumnType.MONEY, 108, sums=True, permission="product.cost"),
        Column("since", "С какого дня", ColumnType.DATE, 106),
        Column("due", "Вернуть до", ColumnType.DATE, 100),
        Column("late", "Просрочено, дней", ColumnType.INTEGER, 132, shown=False),
        Column("state", "Состояние", ColumnType.STATE, 116, choices=CUSTODY_STATES),
        Column("branch", "Филиал", ColumnType.REF, 120, shown=False, entity="branch"),
        Column("department", "Отдел", ColumnType.REF, 130, shown=False, entity="department"),
    ),
    presets=(
        Preset("all", "Всё, что числится"),
        Preset("overdue", "Просрочено", (("state", Op.EQ, "overdue"),), sort="-late"),
        Preset("unaccepted", "Не принято", (("state", Op.EQ, "unaccepted"),)),
    ),
)


class CustodyPaper(Answer):
    """A paper by which an employee holds goods: `rest` of `quantity` is still held. `document` is empty beyond the
    reader's rights."""

    document_id: int | None
    document: str
    state: str
    since: date
    due: date | None
    quantity: Decimal
    rest: Decimal


class CustodyOrigin(Answer):
    """Where the number of one product held by an employee comes from; `quantity` is the sum of the papers' `rest`."""

    person: Ref
    product: Ref
    place_id: int
    quantity: Decimal
    papers: list[CustodyPaper]
    moves: list[MoveRead]


class HeldLot(Answer):
    """A serial number or a lot that an employee holds, as a line names it."""

    code: str
    quantity: Decimal
    expires: date | None


class HeldLine(Answer):
    """What an employee holds of one product: a line to offer for return or hand-over."""

    product_id: int
    sku: str
    name: str
    unit: str
    unit_title: str
    quantity: Decimal
    tracking: Tracking
    lots: list[HeldLot]
