"""Lists of documents, made from the declarations of their kinds."""

from functools import cache

from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind, Field, FieldType, Totals
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.purchases import RECEIVING_STATES

CUSTODY_SHARES = (
    Choice("none", "Не выдано"), Choice("held", "На руках", Tone.INFO), Choice("part", "Вернул часть", Tone.WARN),
    Choice("overdue", "Просрочено", Tone.ERROR), Choice("closed", "Закрыто", Tone.OK),
)
PAYMENT_STATES = (
    Choice("none", "Не оплачен"),
    Choice("part", "Частично", Tone.WARN),
    Choice("overdue", "Просрочен", Tone.ERROR),
    Choice("paid", "Оплачен", Tone.OK),
)
_TYPES = {
    FieldType.DATE: ColumnType.DATE, FieldType.MONEY: ColumnType.MONEY, FieldType.INTEGER: ColumnType.INTEGER,
    FieldType.REF: ColumnType.REF, FieldType.CHOICE: ColumnType.STATE,
}
_FACTS = {
    "paid": (Column("payment", "Оплата", ColumnType.STATE, 140, choices=PAYMENT_STATES),
             Column("paid", "Оплачено, ₽", ColumnType.MONEY, 120, shown=False, sums=True)),
    "shipped": (Column("shipped", "Отгружено", ColumnType.PERCENT, 96, shown=False),),
    "reserved": (Column("reserved", "В резерве", ColumnType.PERCENT, 96, shown=False),),
    "received": (Column("receiving", "Приёмка", ColumnType.STATE, 120, choices=RECEIVING_STATES),
                 Column("received", "Принято", ColumnType.PERCENT, 96, shown=False)),
    "custody": (Column("custody", "Возврат", ColumnType.STATE, 120, choices=CUSTODY_SHARES),),
    "allocated": (Column("paid", "Разнесено, ₽", ColumnType.MONEY, 120, sums=True),),
}


_OWN_SIDES = (("employee_id", "employee_to_id"), ("place_id", "place_to_id"))


def _field_column(field: Field) -> Column:
    kind = _TYPES.get(field.type, ColumnType.TEXT)
    width = {ColumnType.DATE: 104, ColumnType.MONEY: 120}.get(kind, 160)
    return Column(field.name.removesuffix("_id"), field.title, kind, width, entity=field.entity, choices=field.choices)


def _between(kind: DocumentKind) -> list[Column]:
    """Whom a document is with; one without a party is between our own employees or places."""
    if party := kind.header("party_id"):
        return [Column("party", party.title, ColumnType.REF, 0, entity="party")]
    people, places = ([field for name in names if (field := kind.header(name))] for names in _OWN_SIDES)
    *first, last = people or places
    return [*(Column(f.name.removesuffix("_id"), f.title, ColumnType.REF, 124 if people else 0, entity=f.entity)
              for f in first), Column(last.name.removesuffix("_id"), last.title, ColumnType.REF, entity=last.entity)]


def _sums(kind: DocumentKind) -> list[Column]:
    if not kind.has_sum:
        return []
    gross = Column("gross", "Сумма, ₽", ColumnType.MONEY, 130, sums=True)
    if kind.totals is Totals.AMOUNT:
        return [gross]
    return [gross, Column("net", "Без НДС, ₽", ColumnType.MONEY, 120, shown=False, sums=True),
            Column("vat", "НДС, ₽", ColumnType.MONEY, 110, shown=False, sums=True)]


@cache
def list_spec(code: str) -> ListSpec:
    """The list of one kind, `/api/lists/<kind>`."""
    kind = KINDS[code]
    head = [
        Column("number", "Номер", ColumnType.NUMBER, 106),
        Column("date", "Дата", ColumnType.DATE, 100),
        *_between(kind),
        Column("state", "Состояние", ColumnType.STATE, 150, choices=tuple(kind.workflow.choices())),
    ]
    has_party = kind.header("party_id") is not None
    hides_place = kind.header("place_id") is not None and (has_party or kind.header("employee_id") is not None)
    own = [_field_column(f) for name in kind.list_fields if (f := kind.header(name)) and f.is_header]
    facts = [column for fact in kind.facts for column in _FACTS[fact]]
    tail = [
        Column("responsible", "Ответственный", ColumnType.REF, 124, entity="employee"),
        *_sums(kind),
        Column("branch", "Филиал", ColumnType.REF, 120, shown=False, entity="branch"),
        *([Column("place", "Склад", ColumnType.REF, 130, shown=False, entity="warehouse")] if hides_place else []),
        Column("contract", "Договор", ColumnType.REF, 120, shown=False, entity="contract"),
        Column("comment", "Комментарий", width=180, shown=False, sortable=False),
        Column("accounting", "Проведён", ColumnType.STATE, 110, shown=False, choices=ACCOUNTING),
        Column("marked", "На удаление", ColumnType.FLAG, 90, shown=False),
        Column("created_at", "Создан", ColumnType.DATETIME, 130, shown=False),
    ]
    return ListSpec(
        code=code, title=kind.title_plural, columns=(*head, *own, *facts, *tail), default_sort="-id",
        search_hint="Номер, клиент или ИНН" if has_party else "Номер",
        empty_title=f"{kind.title_plural}: пока ничего нет", empty_hint="Создайте первый документ (Ins)",
        presets=_presets(kind))


ACCOUNTING = (
    Choice("draft", "Не проведён"), Choice("posted", "Проведён", Tone.OK), Choice("annulled", "Аннулирован"),
)


def _presets(kind: DocumentKind) -> tuple[Preset, ...]:
    presets = [
        Preset("all", "Все, кроме аннулированных", (("accounting", Op.NE, "annulled"),)),
        Preset("drafts", "Черновики", (("accounting", Op.EQ, "draft"),)),
    ]
    if "paid" in kind.facts:
        presets += [
            Preset("unpaid", "Не оплачены", (("payment", Op.IN, ["none", "part", "overdue"]),
                                             ("accounting", Op.EQ, "posted"))),
            Preset("overdue", "Просрочены", (("payment", Op.EQ, "overdue"),)),
        ]
    if "received" in kind.facts:
        presets += [
            Preset("awaited", "Ждём товар", (("receiving", Op.IN, ["none", "part", "overdue"]),)),
            Preset("late", "Опаздывают", (("receiving", Op.EQ, "overdue"),)),
        ]
    if "custody" in kind.facts:
        presets += [
            Preset("held", "Не вернули", (("custody", Op.IN, ["held", "part", "overdue"]),)),
            Preset("overdue", "Просрочены", (("custody", Op.EQ, "overdue"),)),
        ]
    return tuple(presets)


JOURNAL = ListSpec(
    code="documents",
    title="Документы",
    default_sort="-id",
    search_hint="Номер, клиент или ИНН",
    empty_title="Документов пока нет",
    empty_hint="Создайте первый (Ins)",
    columns=(
        Column("number", "Номер", ColumnType.NUMBER, 106),
        Column("date", "Дата", ColumnType.DATE, 100),
        Column("kind", "Вид", ColumnType.STATE, 104, choices=tuple(Choice(k.code, k.short) for k in KINDS.values())),
        Column("party", "Контрагент", ColumnType.REF, 0, entity="party"),
        # Codes of states repeat between kinds with other words («issued»: выставлен, отгружена), hence `kind.state`.
        Column("state", "Состояние", ColumnType.STATE, 150, filterable=False, choices=tuple(
            Choice(f"{k.code}.{s.code}", s.title, s.tone) for k in KINDS.values() for s in k.workflow.states)),
        Column("responsible", "Ответственный", ColumnType.REF, 124, entity="employee"),
        Column("gross", "Сумма, ₽", ColumnType.MONEY, 130),  # offers and payments do not add up
        Column("accounting", "Проведён", ColumnType.STATE, 110, shown=False, choices=ACCOUNTING),
        Column("branch", "Филиал", ColumnType.REF, 120, shown=False, entity="branch"),
        Column("created_at", "Создан", ColumnType.DATETIME, 130, shown=False),
    ),
    presets=(
        Preset("all", "Все, кроме аннулированных", (("accounting", Op.NE, "annulled"),)),
        Preset("drafts", "Черновики", (("accounting", Op.EQ, "draft"),)),
    ),
)
