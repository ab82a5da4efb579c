"""A parsed row as the person sees it before the load."""

from decimal import Decimal

from crm_contract.exchange import ImportTarget as Target
from crm_contract.exchange import PreviewRow, import_field
from crm_contract.parties import PARTY_KIND_TITLES
from crm_contract.units import unit
from crm_contract.vat import VAT_KIND_TITLES
from crm_server.exchange.excel.cells import as_text
from crm_server.exchange.excel.person_names import Person
from crm_server.exchange.excel.values import ParsedRow, PartyValues, ProductValues


def preview_row(parsed: ParsedRow) -> PreviewRow:
    """The cells of the file, what will be written and the problems; the match is for whoever knows the database."""
    values: dict[str, str] = {}
    if isinstance(parsed.values, PartyValues):
        values = _party(parsed.values)
    elif isinstance(parsed.values, ProductValues):
        values = _product(parsed.values)
    return PreviewRow(
        number=parsed.number, bucket=parsed.bucket, cells=[as_text(cell) for cell in parsed.row.cells],
        values={title: text for title, text in values.items() if text}, problems=parsed.row_problems(),
    )


def _party(values: PartyValues) -> dict[str, str]:
    return {
        "Вид": PARTY_KIND_TITLES[values.kind], "Название": values.name, "ИНН": values.inn, "КПП": values.kpp,
        "ОГРН": values.ogrn, "Юридический адрес": values.legal_address,
        "Фактический адрес": "; ".join(values.actual_addresses),
        "Контакты": "; ".join(_person(person) for person in values.contacts),
        "Телефон": ", ".join(phone.display for phone in values.phones), "Почта": ", ".join(values.emails),
        "Сайт": ", ".join(values.websites),
        "Счета": "; ".join(f"{account.account} БИК {account.bic}" for account in values.accounts),
        "Сегмент": values.segment, "Менеджер": values.manager,
        "Дата начала работы": f"{values.started_on:%d.%m.%Y}" if values.started_on else "",
        "Примечание": "; ".join(values.notes),
    }


def _person(person: Person) -> str:
    reach = [phone.display for phone in person.phones] + person.emails
    return ", ".join(part for part in (person.name, person.position, *reach) if part)


def _product(values: ProductValues) -> dict[str, str]:
    prices = {import_field(Target.PRODUCTS, name).title: _money(price) for name, price in values.prices.items()}
    return {
        "Артикул": values.sku, "Наименование": values.name, "Группа": values.group,
        "Единица": unit(values.unit).short if values.unit else "", **prices,
        "НДС": VAT_KIND_TITLES[values.vat_kind] if values.vat_kind else "", "Штрихкод": ", ".join(values.barcodes),
        "Минимальный остаток": "" if values.min_stock is None else format(values.min_stock, "f"),
        "Страна": values.country, "Производитель": values.manufacturer, "Примечание": "; ".join(values.notes),
    }


def _money(price: Decimal) -> str:
    return f"{price:,.2f}".replace(",", "\xa0").replace(".", ",")
