"""Lists of the warehouse: balances and reservations."""

from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.reserves import PRIORITIES

RESERVATION_STATES = (
    Choice("active", "Действует", Tone.INFO), Choice("used", "Отгружен", Tone.OK), Choice("released", "Снят"),
    Choice("expired", "Истёк", Tone.WARN), Choice("moved", "Передан", Tone.VIOLET),
)

#: What kinds of places hold goods, for a column; the words are those of the directory of places.
STORED_PLACES = (
    Choice("warehouse", "Склад", Tone.INFO), Choice("zone", "Зона"), Choice("bin", "Ячейка"),
    Choice("employee", "Подотчёт", Tone.VIOLET), Choice("transit", "В пути", Tone.WARN),
)

BALANCE_LIST = ListSpec(
    code="balances", title="Остатки", default_sort="product", search_hint="Артикул или название",
    empty_title="Остатков пока нет", empty_hint="Проведите приходный ордер",
    columns=(
        Column("sku", "Артикул", ColumnType.NUMBER, 88),
        Column("product", "Номенклатура", ColumnType.REF, entity="product"),
        Column("unit", "Ед.", width=48, shown=False),
        Column("place", "Склад", ColumnType.REF, 100, entity="warehouse"),
        Column("kind", "Вид места", ColumnType.STATE, 110, shown=False, choices=STORED_PLACES),
        Column("on_hand", "На складе", ColumnType.QUANTITY, 80, sums=True),
        Column("reserved", "Резерв", ColumnType.QUANTITY, 64, sums=True),
        Column("free", "Свободно", ColumnType.QUANTITY, 78, sums=True),
        Column("on_way", "В пути", ColumnType.QUANTITY, 60, sums=True),
        Column("expected", "Ожидается", ColumnType.QUANTITY, 86, sums=True),
        Column("bins", "Ячейки", width=140, shown=False),
        Column("unplaced", "Не размещено", ColumnType.QUANTITY, 104, shown=False, sums=True),
        Column("expected_on", "Ждём к", ColumnType.DATE, 96, shown=False),
        Column("min_stock", "Мин.", ColumnType.QUANTITY, 64, shown=False),
        Column("low", "Ниже минимума", ColumnType.FLAG, 110, shown=False),
        Column("value", "Себестоимость, ₽", ColumnType.MONEY, 140, shown=False, sums=True, permission="product.cost"),
    ),
    presets=(
        Preset("all", "Есть на складе", (("on_hand", Op.GT, "0"),)),
        Preset("reserved", "В резерве", (("reserved", Op.GT, "0"),)),
        Preset("low", "Ниже минимума", (("low", Op.EQ, True),)),
        Preset("on_way", "В пути", (("on_way", Op.GT, "0"),)),
        Preset("expected", "Ожидается", (("expected", Op.GT, "0"),)),
        Preset("unplaced", "Не размещено", (("unplaced", Op.GT, "0"),)),
    ),
)

RESERVATION_LIST = ListSpec(
    code="reservations", title="Резервы", default_sort="-id", search_hint="Товар или документ",
    empty_title="Резервов нет", empty_hint="Резерв ставится из счёта или заказа",
    columns=(
        Column("product", "Номенклатура", ColumnType.REF, entity="product"),
        Column("place", "Склад", ColumnType.REF, 140, entity="warehouse"),
        Column("quantity", "Резерв", ColumnType.QUANTITY, 100, sums=True),
        Column("rest", "Осталось", ColumnType.QUANTITY, 100, sums=True),
        Column("state", "Состояние", ColumnType.STATE, 120, choices=RESERVATION_STATES),
        Column("until", "Держать до", ColumnType.DATE, 104),
        Column("document", "Документ", ColumnType.REF, 130, entity="document"),
        Column("person", "Кто", ColumnType.REF, 124, entity="employee"),
        Column("priority", "Приоритет", ColumnType.STATE, 110, shown=False, choices=PRIORITIES),
        Column("note", "Примечание", width=160, shown=False),
        Column("version", "Версия", ColumnType.INTEGER, 70, shown=False, sortable=False, filterable=False),
    ),
    presets=(Preset("active", "Действующие", (("state", Op.EQ, "active"),)),),
)
