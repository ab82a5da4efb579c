"""Products (goods, services, work, kits), units, barcodes, price kinds and prices."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from crm_contract.base import Answer, Ref, Request
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.permissions import Permission
from crm_contract.vat import VAT_KIND_TITLES, VatKind


class ProductKind(StrEnum):
    GOODS = "goods"
    SERVICE = "service"
    WORK = "work"
    KIT = "kit"


#: Kinds that lie on a warehouse.
STORED = frozenset({ProductKind.GOODS, ProductKind.KIT})


class Tracking(StrEnum):
    """How pieces of a product are told apart: not at all, by the maker's lot, each by its serial number."""

    NONE = "none"
    LOT = "lot"
    SERIAL = "serial"


TRACKINGS = (
    Choice(Tracking.NONE, "Не ведётся"), Choice(Tracking.LOT, "По партиям", Tone.INFO),
    Choice(Tracking.SERIAL, "По серийным номерам", Tone.VIOLET),
)
PRODUCT_KINDS = (
    Choice(ProductKind.GOODS, "Товар"),
    Choice(ProductKind.SERVICE, "Услуга", Tone.INFO),
    Choice(ProductKind.WORK, "Работа", Tone.VIOLET),
    Choice(ProductKind.KIT, "Комплект", Tone.WARN),
)
VAT_KINDS = tuple(Choice(code, title) for code, title in VAT_KIND_TITLES.items())


class PriceBody(Request):
    """A price from a day on; roubles, by the VAT rule of its price kind.

    A product's list holds the prices of today and of the days to come. What is left out of it is deleted when it has
    not begun before today; older prices stay as history.
    """

    price_kind_id: int
    price: Decimal = Field(ge=0, max_digits=15, decimal_places=4)
    valid_from: date


class ProductBody(Request):
    """A product as typed; `weight` of one unit in kilograms."""

    kind: ProductKind = ProductKind.GOODS
    sku: str = Field(default="", max_length=60)
    name: str = Field(min_length=1, max_length=300)
    full_name: str = Field(default="", max_length=500)
    group_id: int | None = None
    unit: str = Field(default="796", max_length=4)
    vat_kind: VatKind = VatKind.STANDARD
    barcodes: list[str] = Field(default=[], max_length=20)
    prices: list[PriceBody] = Field(default=[], max_length=50)
    min_stock: Decimal | None = Field(default=None, ge=0, max_digits=15, decimal_places=3)
    weight: Decimal | None = Field(default=None, gt=0, max_digits=15, decimal_places=3)
    tracking: Tracking = Tracking.NONE
    country: str = Field(default="", max_length=3)
    note: str = Field(default="", max_length=2000)


class ProductUpdate(ProductBody):
    version: int


class PriceRead(Answer):
    price_kind: Ref
    price: Decimal
    valid_from: date


class ProductCard(Answer):
    """`cost` is None for those who may not see it."""

    id: int
    version: int
    kind: ProductKind
    sku: str
    name: str
    full_name: str
    group: Ref | None
    unit: str
    unit_title: str
    vat_kind: VatKind
    barcodes: list[str]
    prices: list[PriceRead]
    min_stock: Decimal | None
    weight: Decimal | None = None
    tracking: Tracking
    country: str
    note: str
    archived: bool
    cost: Decimal | None
    created_at: datetime
    updated_at: datetime


class UnitRead(Answer):
    """A unit of measure by its ОКЕИ code; `whole` ones are counted in whole numbers."""

    code: str
    short: str
    name: str
    whole: bool
    service: bool


class PriceKindRead(Answer):
    id: int
    version: int = 1
    title: str
    vat_included: bool
    main: bool


class PriceKindBody(Request):
    title: str = Field(min_length=1, max_length=60)
    vat_included: bool = True
    main: bool = False


class PriceKindUpdate(PriceKindBody):
    version: int


class GroupRead(Answer):
    id: int
    version: int = 1
    title: str
    parent: Ref | None


class GroupBody(Request):
    title: str = Field(min_length=1, max_length=120)
    parent_id: int | None = None


class GroupUpdate(GroupBody):
    version: int


PRODUCT_LIST = ListSpec(
    code="products",
    title="Номенклатура",
    search_hint="Артикул, название или штрихкод",
    default_sort="name",
    empty_title="Номенклатуры пока нет",
    empty_hint="Создайте позицию (Ins) или загрузите прайс из Excel",
    columns=(
        Column("sku", "Артикул", ColumnType.NUMBER, 110),
        Column("name", "Наименование"),
        Column("group", "Группа", ColumnType.REF, 160, entity="product_group"),
        Column("kind", "Вид", ColumnType.STATE, 100, choices=PRODUCT_KINDS),
        Column("unit", "Ед.", width=56),
        Column("free", "Свободно", ColumnType.QUANTITY, 96),
        Column("reserved", "Резерв", ColumnType.QUANTITY, 84, shown=False),
        Column("on_hand", "На складе", ColumnType.QUANTITY, 96, shown=False),
        Column("min_stock", "Минимум", ColumnType.QUANTITY, 84, shown=False),
        Column("weight", "Вес, кг", ColumnType.QUANTITY, 84, shown=False),
        Column("price", "Цена, ₽", ColumnType.MONEY, 110),
        Column("tracking", "Учёт номеров", ColumnType.STATE, 150, shown=False, choices=TRACKINGS),
        Column("vat_kind", "НДС", ColumnType.STATE, 120, shown=False, choices=VAT_KINDS),
        Column("barcode", "Штрихкод", ColumnType.NUMBER, 130, shown=False),
        Column("cost", "Себестоимость, ₽", ColumnType.MONEY, 120, shown=False, permission=Permission.PRODUCT_COST),
        Column("archived", "В архиве", ColumnType.FLAG, 90, shown=False),
    ),
    presets=(
        Preset("active", "Вся номенклатура", (("archived", Op.EQ, False),)),
        Preset("goods", "Товары", (("kind", Op.EQ, "goods"),)),
        Preset("services", "Услуги и работы", (("kind", Op.IN, ["service", "work"]),)),
    ),
)
