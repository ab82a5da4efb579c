"""How much of a product a warehouse should have, what it lacks, and what its consumption says it should have."""

from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from crm_contract.base import Answer, Ref, Request
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Moment, Op, Preset, Tone
from crm_contract.permissions import Permission

MOST_ROWS = 2000
_SKU = Column("sku", "Артикул", ColumnType.NUMBER, 88)
_PRODUCT = Column("product", "Номенклатура", ColumnType.REF, entity="product")
_GROUP = Column("group", "Группа", ColumnType.REF, 150, shown=False, entity="product_group")
_UNIT = Column("unit", "Ед.", width=48, shown=False)
_PLACE = Column("place", "Склад", ColumnType.REF, 110, entity="warehouse")
_SEARCH = "Артикул или название"


def _quantity(name: str, title: str, width: int = 84, *, shown: bool = True) -> Column:
    return Column(name, title, ColumnType.QUANTITY, width, shown=shown)


RULE_LIST = ListSpec(
    code="stock_rules", title="Нормы запаса", default_sort="product", search_hint=_SEARCH,
    empty_title="Норм запаса пока нет",
    empty_hint="Задайте их в карточке товара, для выбранных в номенклатуре или по расходу",
    columns=(
        _SKU, _PRODUCT, _GROUP, _UNIT, _PLACE,
        _quantity("minimum", "Минимум"), _quantity("target", "Пополнять до", 104), _quantity("maximum", "Максимум"),
        _quantity("pack", "Кратно", 72), Column("lead_days", "Срок, дней", ColumnType.INTEGER, 88),
        Column("supplier", "Поставщик", ColumnType.REF, 140, entity="party"),
        Column("donor", "Со склада", ColumnType.REF, 110, entity="warehouse"),
        Column("version", "Версия", ColumnType.INTEGER, 70, shown=False, sortable=False, filterable=False),
    ),
    presets=(Preset("all", "Все нормы"),),
)

#: What is to be done about a row of the replenishment.
STEPS = (
    Choice("transfer", "Переместить", Tone.VIOLET), Choice("purchase", "Заказать", Tone.WARN),
    Choice("unknown", "Нет поставщика", Tone.ERROR), Choice("coming", "Уже заказано", Tone.INFO),
    Choice("over", "Выше максимума", Tone.NEUTRAL), Choice("enough", "Хватает", Tone.OK),
)
#: Steps that make a document.
OPEN_STEPS = ("transfer", "purchase", "unknown")

REPLENISHMENT_LIST = ListSpec(
    code="replenishment", title="Пополнение", default_sort="product", search_hint=_SEARCH,
    empty_title="Всего хватает", empty_hint="Ниже минимума ничего нет, с учётом того, что уже заказано",
    columns=(
        _SKU, _PRODUCT, _GROUP, _UNIT, _PLACE,
        _quantity("position", "Запас", 112),
        Column("step", "Что сделать", ColumnType.STATE, 124, choices=STEPS),
        _quantity("quantity", "Сколько", 78),
        Column("source", "Откуда", width=150),
        Column("supplier", "Поставщик", ColumnType.REF, 150, shown=False, entity="party"),
        Column("donor", "Склад-донор", ColumnType.REF, 110, shown=False, entity="warehouse"),
        Column("arrives", "Ждём к", ColumnType.DATE, 96, shown=False),
        _quantity("free", "Свободно", 80, shown=False), _quantity("coming", "Едет", 66, shown=False),
        _quantity("waiting", "Ждут клиенты", 100, shown=False),
        Column("document", "Документ", ColumnType.REF, 104, entity="document"),
        _quantity("minimum", "Минимум", shown=False), _quantity("target", "Пополнять до", 104, shown=False),
        _quantity("maximum", "Максимум", shown=False), _quantity("pack", "Кратно", 72, shown=False),
        Column("price", "Цена без НДС, ₽", ColumnType.MONEY, 124, shown=False, permission=Permission.PRODUCT_COST),
        Column("amount", "Сумма без НДС, ₽", ColumnType.MONEY, 132, shown=False, sums=True,
               permission=Permission.PRODUCT_COST),
        Column("rule", "Норма", ColumnType.INTEGER, 70, shown=False, sortable=False, filterable=False),
    ),
    presets=(
        Preset("open", "Нужно пополнить", (("step", Op.IN, list(OPEN_STEPS)),)),
        Preset("coming", "Уже заказано", (("step", Op.EQ, "coming"),)),
        Preset("over", "Выше максимума", (("step", Op.EQ, "over"),)),
        Preset("all", "Все нормы"),
    ),
)

#: How a proposed norm stands to the one there is.
PROPOSED = (
    Choice("new", "Нормы нет", Tone.INFO), Choice("raise", "Мала", Tone.WARN), Choice("lower", "Велика", Tone.NEUTRAL),
    Choice("same", "Совпадает", Tone.OK),
)

CONSUMPTION_LIST = ListSpec(
    code="consumption", title="Нормы по расходу", default_sort="-issued", search_hint=_SEARCH, moment=Moment.PERIOD,
    empty_title="За период ничего не отгружали", empty_hint="Выберите другой период",
    columns=(
        _SKU, _PRODUCT, _GROUP, _UNIT, _PLACE,
        _quantity("issued", "Отгружено", 90), _quantity("daily", "В день", 64),
        Column("lead_days", "Срок, дн.", ColumnType.INTEGER, 80),
        Column("verdict", "Норма", ColumnType.STATE, 108, choices=PROPOSED),
        _quantity("old_minimum", "Минимум", 76), _quantity("old_target", "До", 56),
        _quantity("minimum", "Новый мин.", 92), _quantity("target", "Новое «до»", 92),
    ),
    presets=(
        Preset("differ", "Не совпадают", (("verdict", Op.NE, "same"),)),
        Preset("new", "Нормы нет", (("verdict", Op.EQ, "new"),)),
        Preset("all", "Весь расход"),
    ),
)

_Quantity = Field(ge=0, max_digits=15, decimal_places=3)


class RuleBody(Request):
    """A rule of a product on a warehouse: below `minimum` it is filled up to `target`, in whole packs of `pack`.

    `maximum` warns. Goods come from `donor_id` as far as it has more than it needs itself, then from `supplier_id`;
    with neither named, from any warehouse with a surplus, then from the last supplier. `lead_days` None: as the
    supplier delivers.
    """

    product_id: int
    place_id: int
    minimum: Decimal = _Quantity
    target: Decimal = Field(gt=0, max_digits=15, decimal_places=3)
    maximum: Decimal | None = Field(default=None, gt=0, max_digits=15, decimal_places=3)
    pack: Decimal = Field(default=Decimal(1), gt=0, max_digits=15, decimal_places=3)
    lead_days: int | None = Field(default=None, ge=0, le=365)
    supplier_id: int | None = None
    donor_id: int | None = None


class RuleChange(Request):
    """What is set of the rule of a product on a warehouse; what is not sent stays, a rule that is not there is made.

    `version` is that of the rule as it was shown; None overwrites whatever there is.
    """

    product_id: int
    place_id: int
    version: int | None = None
    minimum: Decimal | None = Field(default=None, ge=0, max_digits=15, decimal_places=3)
    target: Decimal | None = Field(default=None, gt=0, max_digits=15, decimal_places=3)
    maximum: Decimal | None = Field(default=None, gt=0, max_digits=15, decimal_places=3)
    pack: Decimal | None = Field(default=None, gt=0, max_digits=15, decimal_places=3)
    lead_days: int | None = Field(default=None, ge=0, le=365)
    supplier_id: int | None = None
    donor_id: int | None = None

    @model_serializer(mode="wrap")
    def _as_sent(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """What was not set is not sent: it stays as it is."""
        return {name: value for name, value in handler(self).items() if name in self.model_fields_set}

    def sent(self) -> dict[str, object]:
        """The values that were sent, None among them where it is to be cleared."""
        return {name: getattr(self, name) for name in self.model_fields_set - {"product_id", "place_id", "version"}}


class RulesBody(Request):
    rules: list[RuleChange] = Field(min_length=1, max_length=MOST_ROWS)

    @model_validator(mode="after")
    def _once(self) -> "RulesBody":
        if len({(rule.product_id, rule.place_id) for rule in self.rules}) < len(self.rules):
            raise ValueError("товар на складе назван дважды")
        return self


class RulesSaved(Answer):
    created: int
    changed: int


class RuleIds(Request):
    ids: list[int] = Field(min_length=1, max_length=MOST_ROWS)


class RuleRead(Answer):
    id: int
    version: int
    product: Ref
    place: Ref
    minimum: Decimal
    target: Decimal
    maximum: Decimal | None
    pack: Decimal
    lead_days: int | None
    supplier: Ref | None
    donor: Ref | None


class AdoptBody(Request):
    """Rows of the list of consumption whose proposed norms are to be set, with the period that they were shown for."""

    ids: list[int] = Field(min_length=1, max_length=MOST_ROWS)
    since: date
    until: date


class DraftMade(Answer):
    """A draft order or transfer: `other` is the supplier or the warehouse that gives."""

    id: int
    kind: str
    title: str
    other: str
    place: str
    lines: int


class Replenished(Answer):
    """`left` are chosen rows that need nothing any more: somebody has ordered them meanwhile."""

    drafts: list[DraftMade]
    left: int


class ComingRead(Answer):
    """A document that brings or is to bring goods: `draft` while nobody has confirmed it. None: beyond one's rights."""

    document_id: int | None
    document: str
    quantity: Decimal
    due: date | None
    draft: bool


class StockNow(Answer):
    """What the position of a rule is made of: free + way + ordered + drafted - leaving - waiting = position."""

    rule: RuleRead
    unit: str
    free: Decimal
    way: Decimal
    ordered: Decimal
    drafted: Decimal
    leaving: Decimal
    waiting: Decimal
    position: Decimal
    coming: list[ComingRead]
