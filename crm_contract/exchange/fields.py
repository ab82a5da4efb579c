"""What a spreadsheet is loaded into: the targets, the fields a column can go to, the keys that find a record."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from crm_contract.lists import Choice
from crm_contract.permissions import Permission

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 256


class ImportTarget(StrEnum):
    PARTIES = "parties"
    PRODUCTS = "products"

    @property
    def permission(self) -> Permission:
        """What an import of this target needs besides `Permission.IMPORT_RUN`."""
        return Permission.PARTY_EDIT if self is ImportTarget.PARTIES else Permission.PRODUCT_EDIT


IMPORT_TARGETS = (
    Choice(ImportTarget.PARTIES, "Контрагенты"),
    Choice(ImportTarget.PRODUCTS, "Номенклатура и цены"),
)


@dataclass(frozen=True, slots=True)
class ImportField:
    """Where a column can go. Several columns may go to a field with `many` («Телефон 1», «Телефон 2»).

    A field that is not `loaded` is known only so that its column is not taken for another one.
    """

    name: str
    title: str
    required: bool = False
    many: bool = False
    hint: str = ""
    loaded: bool = True


PARTY_FIELDS: tuple[ImportField, ...] = (
    ImportField("name", "Название", required=True, hint="ООО «Ветер», ИП Иванов И. И."),
    ImportField("full_name", "Полное название"),
    ImportField("legal_form", "Правовая форма", hint="ООО, ИП … в отдельном столбце"),
    ImportField("inn_kpp", "ИНН и КПП вместе", hint="7701…/7701…"),
    ImportField("inn", "ИНН"),
    ImportField("kpp", "КПП"),
    ImportField("ogrn", "ОГРН"),
    ImportField("legal_address", "Юридический адрес"),
    ImportField("actual_address", "Фактический адрес", many=True),
    ImportField("contact", "Контактные лица", many=True, hint="Имя, должность, телефон и почта вперемешку"),
    ImportField("position", "Должность контакта"),
    ImportField("director", "Руководитель"),
    ImportField("accountant", "Главный бухгалтер"),
    ImportField("phone", "Телефон", many=True),
    ImportField("email", "Почта", many=True),
    ImportField("website", "Сайт"),
    ImportField("bank_details", "Банковские реквизиты вместе"),
    ImportField("account", "Расчётный счёт"),
    ImportField("bic", "БИК"),
    ImportField("bank", "Банк"),
    ImportField("corr_account", "Корр. счёт"),
    ImportField("relation", "Покупатель или поставщик"),
    ImportField("segment", "Сегмент"),
    ImportField("manager", "Менеджер"),
    ImportField("payment_days", "Отсрочка, дней"),
    ImportField("started_on", "Дата начала работы"),
    ImportField("code", "Код в старой программе"),
    ImportField("note", "Примечание", many=True),
)

PRODUCT_FIELDS: tuple[ImportField, ...] = (
    ImportField("name", "Наименование", required=True),
    ImportField("full_name", "Полное наименование"),
    ImportField("sku", "Артикул"),
    ImportField("code", "Код в старой программе"),
    ImportField("group", "Группа"),
    ImportField("kind", "Вид", hint="Товар, услуга, работа, комплект"),
    ImportField("unit", "Единица"),
    ImportField("price", "Цена"),
    ImportField("price_retail", "Цена розничная"),
    ImportField("price_wholesale", "Цена оптовая"),
    ImportField("price_purchase", "Цена закупочная"),
    ImportField("vat", "Ставка НДС"),
    ImportField("barcode", "Штрихкод", many=True),
    ImportField("stock", "Остаток", loaded=False,
                hint="Не загружается: остатки вводят приходным ордером или инвентаризацией"),
    ImportField("min_stock", "Минимальный остаток"),
    ImportField("country", "Страна"),
    ImportField("manufacturer", "Производитель"),
    ImportField("note", "Примечание", many=True),
)
#: The fields that hold a price, in the order in which they are offered.
PRICE_FIELDS = ("price", "price_retail", "price_wholesale", "price_purchase")

IMPORT_FIELDS: dict[ImportTarget, tuple[ImportField, ...]] = {
    ImportTarget.PARTIES: PARTY_FIELDS,
    ImportTarget.PRODUCTS: PRODUCT_FIELDS,
}


def import_field(target: ImportTarget, name: str) -> ImportField:
    """Raises KeyError for a field the target does not have."""
    for item in IMPORT_FIELDS[target]:
        if item.name == name:
            return item
    raise KeyError(name)


class ImportMode(StrEnum):
    UPSERT = "upsert"
    ADD = "add"
    UPDATE = "update"


IMPORT_MODES = (
    Choice(ImportMode.UPSERT, "Обновить и добавить"),
    Choice(ImportMode.ADD, "Только добавить новые"),
    Choice(ImportMode.UPDATE, "Только обновить найденные"),
)


class MatchBy(StrEnum):
    """How a row finds its record; when the first key is empty the next one is tried."""

    INN_THEN_NAME = "inn_then_name"
    INN = "inn"
    NAME = "name"
    SKU_THEN_BARCODE = "sku_then_barcode"
    SKU = "sku"
    BARCODE = "barcode"


MATCH_CHOICES: dict[ImportTarget, Sequence[Choice]] = {
    ImportTarget.PARTIES: (
        Choice(MatchBy.INN_THEN_NAME, "ИНН, затем название"),
        Choice(MatchBy.INN, "ИНН"),
        Choice(MatchBy.NAME, "Название"),
    ),
    ImportTarget.PRODUCTS: (
        Choice(MatchBy.SKU_THEN_BARCODE, "Артикул, затем штрихкод"),
        Choice(MatchBy.SKU, "Артикул"),
        Choice(MatchBy.BARCODE, "Штрихкод"),
        Choice(MatchBy.NAME, "Наименование"),
    ),
}
