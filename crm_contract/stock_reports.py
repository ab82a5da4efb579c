"""What the warehouse knows about its numbers: balances at a day, turnover of a period, what lies without moving."""

from dataclasses import replace

from crm_contract.lists import Column, ColumnType, ListSpec, Moment, Op, Preset
from crm_contract.stock_lists import STORED_PLACES

_SKU = Column("sku", "Артикул", ColumnType.NUMBER, 100)
_PRODUCT = Column("product", "Номенклатура", ColumnType.REF, entity="product")
_GROUP = Column("group", "Группа", ColumnType.REF, 150, shown=False, entity="product_group")
_UNIT = Column("unit", "Ед.", width=52)
_PLACE = Column("place", "Место", ColumnType.REF, 150, entity="place")
_KIND = Column("kind", "Вид места", ColumnType.STATE, 110, shown=False, choices=STORED_PLACES)
_SEARCH = "Артикул или название"


def _quantity(name: str, title: str) -> Column:
    return Column(name, title, ColumnType.QUANTITY, 80, sums=True)


def _value(name: str, title: str) -> Column:
    return Column(name, title, ColumnType.MONEY, 106, sums=True, permission="product.cost")


BALANCE_AT_LIST = ListSpec(
    code="balances-at", title="Остатки на дату", default_sort="product", search_hint=_SEARCH, moment=Moment.DAY,
    empty_title="В этот день на складах ничего не было", empty_hint="Выберите другой день",
    columns=(
        _SKU, _PRODUCT, _GROUP, _UNIT, _PLACE, _KIND, _quantity("on_hand", "Остаток"),
        Column("cost", "Цена, ₽", ColumnType.MONEY, 110, permission="product.cost"), _value("value", "Стоимость, ₽"),
    ),
)

_FIGURES = (
    _quantity("opening", "Начало"), _quantity("came", "Приход"), _quantity("went", "Расход"),
    _quantity("closing", "Конец"),
    _value("opening_value", "Начало, ₽"), _value("came_value", "Приход, ₽"), _value("went_value", "Расход, ₽"),
    _value("closing_value", "Конец, ₽"),
)


def _turnover(code: str, title: str, sort: str, *columns: Column) -> ListSpec:
    return ListSpec(
        code=code, title=title, default_sort=sort, search_hint=_SEARCH, moment=Moment.PERIOD,
        empty_title="За период ничего не было", empty_hint="Выберите другой период", columns=(*columns, *_FIGURES),
        presets=(Preset("moved", "С движением", (("moved", Op.EQ, True),)),))


_MOVED = Column("moved", "Двигался", ColumnType.FLAG, 90, shown=False)
TURNOVER_LIST = _turnover("turnover", "Оборотная ведомость", "product", replace(_SKU, width=80), _PRODUCT, _GROUP,
                          replace(_UNIT, shown=False), replace(_PLACE, width=110), _KIND, _MOVED)
TURNOVER_BY_PRODUCT = _turnover("turnover-products", "Обороты по товарам", "product", _SKU, _PRODUCT, _GROUP, _UNIT,
                                _MOVED)
TURNOVER_BY_GROUP = _turnover("turnover-groups", "Обороты по группам", "group",
                              Column("group", "Группа", ColumnType.REF, entity="product_group"), _MOVED)
TURNOVER_BY_PLACE = _turnover("turnover-places", "Обороты по местам", "place",
                              Column("place", "Место", ColumnType.REF, entity="place"),
                              Column("kind", "Вид места", ColumnType.STATE, 110, choices=STORED_PLACES), _MOVED)
TURNOVERS = (TURNOVER_LIST, TURNOVER_BY_PRODUCT, TURNOVER_BY_GROUP, TURNOVER_BY_PLACE)

#: A move is two rows here: of the place that it left and of the place that it came to.
MOVE_LIST = ListSpec(
    code="moves", title="Движения товара", default_sort="-at", search_hint=_SEARCH,
    empty_title="Движений нет", empty_hint="Они появятся с первым проведённым документом",
    columns=(
        Column("at", "Дата", ColumnType.DATE, 96),
        Column("document", "Документ", ColumnType.REF, 130, entity="document"),
        _SKU, _PRODUCT, _GROUP, _UNIT, _PLACE,
        Column("other", "Откуда или куда", ColumnType.REF, 150, entity="place"),
        _quantity("came", "Приход"), _quantity("went", "Расход"), _value("value", "Сумма, ₽"),
        Column("person", "Кто", ColumnType.REF, 124, shown=False, entity="employee"),
        Column("reversal", "Сторно", ColumnType.FLAG, 80, shown=False),
    ),
)

#: Idle: days since the last issue, or since the goods came where none was issued.
SLOW_LIST = ListSpec(
    code="slow-goods", title="Неликвиды", default_sort="-idle", search_hint=_SEARCH, moment=Moment.PERIOD,
    empty_title="Залежавшегося товара нет", empty_hint="Выберите другой период",
    columns=(
        _SKU, _PRODUCT, _GROUP, _UNIT, replace(_PLACE, title="Склад"), _quantity("on_hand", "На складе"),
        _quantity("issued", "Отгружено"), Column("last_issue", "Отгружали", ColumnType.DATE, 96),
        Column("idle", "Лежит, дней", ColumnType.INTEGER, 96),
        Column("supply", "Хватит, дней", ColumnType.INTEGER, 104), _value("value", "Стоимость, ₽"),
    ),
    presets=(
        Preset("idle", "Не отгружали за период", (("issued", Op.EQ, "0"),)),
        Preset("half", "Лежит больше полугода", (("idle", Op.GT, 182),)),
        Preset("supply", "Запас больше чем на год", (("supply", Op.GT, 365),)),
        Preset("everything", "Весь товар"),
    ),
)
