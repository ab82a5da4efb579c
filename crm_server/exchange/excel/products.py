"""A row of a price list → a product with its prices."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import TypeVar

from crm_contract.catalog import ProductKind
from crm_contract.exchange import PRICE_FIELDS, Severity
from crm_contract.units import PIECE, unit
from crm_server.exchange.excel.book import Cell
from crm_server.exchange.excel.cells import Finding, Findings, as_text
from crm_server.exchange.excel.goods_cells import (
    barcode_values,
    guess_kind,
    kind_value,
    price_value,
    stock_value,
    unit_value,
    vat_value,
)
from crm_server.exchange.excel.values import Fields, ProductValues

_T = TypeVar("_T")
_MAX_NAME = 300
_MAX_FULL_NAME = 500
_MAX_SKU = 60
_MAX_GROUP = 120
_COUNTRIES = {
    "россия": "643", "рф": "643", "российская федерация": "643", "китай": "156", "кнр": "156", "германия": "276",
    "италия": "380", "беларусь": "112", "белоруссия": "112", "турция": "792", "япония": "392", "корея": "410",
    "южная корея": "410", "сша": "840", "польша": "616", "чехия": "203", "франция": "250", "великобритания": "826",
    "тайвань": "158", "финляндия": "246", "швеция": "752", "швейцария": "756", "австрия": "040", "дания": "208",
    "нидерланды": "528", "индия": "356", "казахстан": "398", "испания": "724", "вьетнам": "704", "малайзия": "458",
}


def parse_product(fields: Fields, group: str, on_date: date) -> ProductValues:
    """`group` is the heading above the row. Never fails: what is wrong is in `fields.found`."""
    values = ProductValues(group=fields.text("group", _MAX_GROUP) or group)
    if fields.has("group") and fields.cell("group") is None and group:
        fields.report("group", (Finding(Severity.NOTE, "group_above", f"Группа взята из строки выше: {group}"),))
    values.name = fields.text("name", _MAX_NAME)
    values.full_name = fields.text("full_name", _MAX_FULL_NAME)
    if not values.name and values.full_name:
        values.name = values.full_name[:_MAX_NAME]
    if not values.name:
        fields.report("name", (Finding(Severity.ERROR, "name_missing", "Нет наименования"),))
    _read_barcodes(fields, values)
    _read_sku(fields, values)
    _read_unit_and_kind(fields, values)
    _read_prices(fields, values)
    read_vat(fields, values, on_date)
    values.min_stock = fields.read("min_stock", stock_value, None)
    _read_origin(fields, values)
    return values


def read_vat(fields: Fields, values: ProductValues, on_date: date) -> None:
    values.vat_kind = _raw(fields, "vat", partial(vat_value, on_date=on_date))


def _raw(fields: Fields, name: str, reader: Callable[[Cell], tuple[_T | None, Findings]]) -> _T | None:
    """A field in which «нет» and «-» mean something: no VAT, nothing on hand."""
    value, findings = reader(fields.raw(name))
    if findings:
        fields.report(name, findings)
    return value


def _read_barcodes(fields: Fields, values: ProductValues) -> None:
    for column, cell in fields.cells("barcode"):
        codes, findings = barcode_values(cell)
        if findings:
            fields.report("barcode", findings, column)
        values.barcodes.extend(code for code in codes if code not in values.barcodes)


def _read_sku(fields: Fields, values: ProductValues) -> None:
    values.code = fields.text("code", _MAX_SKU)
    cell = fields.cell("sku")
    if isinstance(cell, date):
        fields.report("sku", (Finding(Severity.DOUBT, "sku_date", f"Excel превратил артикул в дату {cell:%d.%m.%Y}",
                                      "Загрузить без артикула", ""),))
        return
    values.sku = fields.text("sku", _MAX_SKU).removesuffix(".0")
    if not values.sku and values.code:
        values.sku, values.code = values.code, ""
    elif not values.sku and fields.has("sku") and not any(placed.field == "sku" for placed in fields.found):
        how = f"Найти или добавить по штрихкоду {values.barcodes[0]}" if values.barcodes else "Загрузить без артикула"
        fields.report("sku", (Finding(Severity.DOUBT, "sku_missing", "Нет артикула", how),))


def _read_unit_and_kind(fields: Fields, values: ProductValues) -> None:
    measure = fields.read("unit", unit_value, None)
    if fields.has("unit") and fields.cell("unit") is None:
        piece = unit(PIECE).short
        fields.report("unit", (Finding(Severity.DOUBT, "unit_missing", "Единица не указана", f"Записать «{piece}»",
                                       piece, True),))
    values.unit = measure.code if measure else ""
    known = fields.read("kind", kind_value, None)
    values.kind = known or guess_kind(values.group, values.name, measure)
    if known is ProductKind.GOODS and measure and measure.service:
        fields.report("kind", (Finding(Severity.NOTE, "kind_by_unit", f"Товар в единицах «{measure.short}»"),))


def _read_prices(fields: Fields, values: ProductValues) -> None:
    for name in PRICE_FIELDS:
        price = fields.read(name, price_value, None)
        if price is not None:
            values.prices[name] = price
    asked = any(placed.field in PRICE_FIELDS for placed in fields.found)
    if not values.prices and not asked and any(fields.has(name) for name in PRICE_FIELDS):
        name = next(name for name in PRICE_FIELDS if fields.has(name))
        fields.report(name, (Finding(Severity.NOTE, "price_empty", "Цена не указана"),))


def _read_origin(fields: Fields, values: ProductValues) -> None:
    country = fields.text("country", 100)
    code = country if country.isdigit() and len(country) == 3 else _COUNTRIES.get(country.lower().replace("ё", "е"), "")
    values.country = code
    if country and not code:
        values.notes.append(f"Страна: {country}")
    values.manufacturer = fields.text("manufacturer", 200)
    values.notes.extend(as_text(cell) for _, cell in fields.cells("note"))
