"""Prices, VAT, stock, units and barcodes as price lists write them."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

from crm_contract.catalog import ProductKind
from crm_contract.exchange import Severity
from crm_contract.requisites import check_barcode, count_digits
from crm_contract.units import PIECE, Unit, find_unit, unit
from crm_contract.vat import VatKind, standard_rate
from crm_server.exchange.excel.book import Cell
from crm_server.exchange.excel.cells import (
    LOOK_ALIKES,
    NONE,
    Finding,
    Findings,
    as_digits,
    as_text,
    is_empty,
    parse_number,
)

_MAX_PRICE = Decimal("99999999999")
_MAX_QUANTITY = Decimal("999999999999")
_PRICE_STEP = Decimal("0.0001")
_QUANTITY_STEP = Decimal("0.001")
_CURRENCY = re.compile(r"(?:₽|руб(?:лей|ля|ль)?\b\.?|rub\b|р\.(?!\w)|\bр\b)", re.IGNORECASE)
_FOREIGN_CURRENCY = re.compile(r"\$|€|usd|eur|у\.?\s?е\.?|долл|евро|юан|cny|¥", re.IGNORECASE)
_KOPECKS = re.compile(r"(\d)\s*руб\.?\s*(\d{2})\s*коп\.?", re.IGNORECASE)
_PER_UNIT = re.compile(r"\s*(?:/|за)\s*(?:[а-яё]+\.?|1\s*[а-яё]+\.?)$", re.IGNORECASE)
_NO_PRICE = re.compile(r"догов|запрос|уточн|звон|согласов|по\s+телефон|call|индивид|расч[её]т", re.IGNORECASE)
_AMBIGUOUS = re.compile(r"\d{1,3},\d{3}")
_NO_VAT = re.compile(r"без\b|не\s*обл|нет|^-+$|–|—|освоб|усн|ndс|no\s*vat|0\s*\(без", re.IGNORECASE)
_PERCENT = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%?")
_RATIO = re.compile(r"(\d{1,2})\s*/\s*1\d\d")
_STANDARD_RATES = frozenset({"22", "20", "18"})
_COUNT = re.compile(r"(?P<more>[>≥~≈<]|>=|более|больше|свыше|от|около|примерно|до)?\s*"
                    r"(?P<number>-?[\d\s\xa0.,]*\d)(?P<plus>\s*\+)?(?![оoзlі]$)\s*(?P<unit>[а-яёa-z².³]*)",
                    re.IGNORECASE)
_IN_STOCK = re.compile(r"есть|в\s*налич|много|мало|достаточно|да\b|\+{1,3}|склад|ограничен", re.IGNORECASE)
_OUT_OF_STOCK = re.compile(r"нет|отсут|под\s*заказ|ожида|-+|–|—", re.IGNORECASE)
_BARCODE_SEPARATORS = re.compile(r"[;,/|\n]+|\s{1,}(?=\d{8,})")
_SCIENTIFIC = re.compile(r"\d+[.,]?\d*[EеЕe]\+?\d{1,2}")
_SERVICE = re.compile(r"услуг|выезд|обучен|консультац|аренд|доставк|сопровожден", re.IGNORECASE)
_WORK = re.compile(r"работ|монтаж\b|пуско-?налад|ремонт\b|обслуживан", re.IGNORECASE)
_KINDS = (
    (re.compile(r"услуг|service", re.IGNORECASE), ProductKind.SERVICE),
    (re.compile(r"работ", re.IGNORECASE), ProductKind.WORK),
    (re.compile(r"комплект|набор|kit", re.IGNORECASE), ProductKind.KIT),
    (re.compile(r"товар|материал|продукц|оборуд|запас|goods|тмц", re.IGNORECASE), ProductKind.GOODS),
)


def price_value(cell: Cell) -> tuple[Decimal | None, Findings]:
    """A price in roubles, at most four decimals; None when there is none."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _checked_price(Decimal(cell))
    text = as_text(cell)
    if not text or is_empty(cell):
        return None, NONE
    if _FOREIGN_CURRENCY.search(text):
        message = f"Цена не в рублях: «{text}»"
        return None, (Finding(Severity.DOUBT, "price_currency", message, "Загрузить без цены", ""),)
    plain = _KOPECKS.sub(r"\1,\2", text)
    plain = _PER_UNIT.sub("", _CURRENCY.sub("", plain)).lstrip(" =").rstrip(" .=-–")
    number = parse_number(plain)
    if number is not None:
        if _AMBIGUOUS.fullmatch(plain):
            whole = plain.replace(",", "")
            return _checked_price(number)[0], (Finding(
                Severity.DOUBT, "price_ambiguous", f"«{text}»: запятая отделяет копейки или тысячи?",
                f"Читать как {whole},00", whole),)
        return _checked_price(number)
    return None, (_unreadable_price(text, plain),)


def _checked_price(number: Decimal) -> tuple[Decimal | None, Findings]:
    if number < 0:
        return None, (Finding(Severity.ERROR, "price_negative", "Цена меньше нуля", "Загрузить без цены", ""),)
    if not number:
        return number, (Finding(Severity.DOUBT, "price_zero", "Цена 0", "Загрузить без цены", "", True),)
    if number > _MAX_PRICE:
        return None, (Finding(Severity.ERROR, "price_huge", "Цена слишком велика", "Загрузить без цены", ""),)
    return (number.quantize(_PRICE_STEP) if number % _PRICE_STEP else number), NONE


def _unreadable_price(text: str, plain: str) -> Finding:
    if _NO_PRICE.search(text):
        return Finding(Severity.DOUBT, "price_absent", f"Вместо цены «{text}»", "Загрузить без цены", "")
    repaired = parse_number(plain.translate(LOOK_ALIKES))
    if repaired is not None:
        letters = sorted({char for char in plain if char.translate(LOOK_ALIKES) != char}, key=plain.index)
        pairs = ", ".join(f"буква «{char}» вместо «{char.translate(LOOK_ALIKES)}»" for char in letters)
        shown = f"{repaired:,.2f}".replace(",", " ").replace(".", ",")
        return Finding(Severity.ERROR, "price_letters", f"Не число: {pairs}", f"Исправить на {shown}", str(repaired))
    if found := re.fullmatch(r"от\s+([\d\s.,]+)", plain, re.IGNORECASE):
        lowest = parse_number(found[1])
        if lowest is not None:
            return Finding(Severity.DOUBT, "price_from", f"Цена не точная: «{text}»", f"Взять {lowest}", str(lowest))
    return Finding(Severity.ERROR, "price", f"Не число: «{text}»", "Загрузить без цены", "")


@lru_cache(maxsize=1024, typed=True)
def vat_value(cell: Cell, on_date: date) -> tuple[VatKind | None, Findings]:
    """The kind of VAT: «20%», 0.22, 22, «Без НДС», «НДС 10 %». A standard rate of another time becomes today's."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        percent = Decimal(cell) * 100 if 0 < cell < 1 else Decimal(cell)
    else:
        text = as_text(cell)
        if not text:
            return None, NONE
        bare = re.sub(r"(?:ставка\s*)?ндс|в\s*т\.?\s*ч\.?", "", text, flags=re.IGNORECASE).strip(" .,:()")
        found = _RATIO.fullmatch(bare) or _PERCENT.fullmatch(bare)
        if not found:
            if _NO_VAT.search(bare) or "ндс не" in text.lower():
                return VatKind.EXEMPT, NONE
            return None, (_doubtful_rate(f"Не ставка НДС: «{text}»", on_date),)
        percent = Decimal(found[1].replace(",", "."))
        percent = percent * 100 if 0 < percent < 1 else percent
    return _kind_of_rate(f"{percent.normalize():f}", on_date)


def _kind_of_rate(rate: str, on_date: date) -> tuple[VatKind | None, Findings]:
    lawful = standard_rate(on_date)
    if rate == lawful:
        return VatKind.STANDARD, NONE
    if rate in _STANDARD_RATES:
        return VatKind.STANDARD, (Finding(
            Severity.DOUBT, "vat_outdated", f"Ставка {rate} %, а по закону на {on_date:%d.%m.%Y} – {lawful} %",
            f"Записать основную ставку ({lawful} %)", f"{lawful}%", True),)
    if rate == "10":
        return VatKind.REDUCED, NONE
    if rate == "0":
        return VatKind.ZERO, (Finding(Severity.NOTE, "vat_zero", "0 % – это нулевая ставка, а не «без НДС»"),)
    if rate in ("5", "7"):
        return VatKind.STANDARD, (Finding(
            Severity.DOUBT, "vat_of_seller", f"{rate} % – ставка продавца на УСН, а не товара",
            f"Записать основную ставку ({lawful} %)", f"{lawful}%", True),)
    return None, (_doubtful_rate(f"Ставки НДС {rate} % не бывает", on_date),)


def _doubtful_rate(message: str, on_date: date) -> Finding:
    lawful = standard_rate(on_date)
    return Finding(Severity.DOUBT, "vat", message, f"Записать основную ставку ({lawful} %)", f"{lawful}%")


def stock_value(cell: Cell) -> tuple[Decimal | None, Findings]:
    """A quantity on hand: 37.5, «12 шт»; «>100» is no count and is left out."""
    if isinstance(cell, int | Decimal) and not isinstance(cell, bool):
        return _checked_stock(Decimal(cell))
    text = as_text(cell)
    if not text:
        return None, NONE
    found = _COUNT.fullmatch(text)
    number = parse_number(found["number"]) if found else None
    if found and number is not None:
        if found["more"] or found["plus"]:
            return None, (Finding(Severity.DOUBT, "stock_inexact", f"Остаток не точный: «{text}»",
                                  "Загрузить без остатка", "", True),)
        return _checked_stock(number)
    if _OUT_OF_STOCK.match(text):
        return Decimal(0), NONE
    if _IN_STOCK.match(text):
        return None, (Finding(Severity.DOUBT, "stock_inexact", f"Остаток не точный: «{text}»", "Загрузить без остатка",
                              "", True),)
    repaired = parse_number(text.translate(LOOK_ALIKES))
    if repaired is not None and any(char.isdigit() for char in text):
        return None, (Finding(Severity.ERROR, "stock_letters", f"Не число: «{text}»", f"Исправить на {repaired}",
                              str(repaired)),)
    return None, (Finding(Severity.ERROR, "stock", f"Не количество: «{text}»", "Загрузить без остатка", ""),)


def _checked_stock(number: Decimal) -> tuple[Decimal | None, Findings]:
    if number < 0:
        return None, (Finding(Severity.ERROR, "stock_negative", "Количество меньше нуля", "Загрузить без остатка", ""),)
    if number > _MAX_QUANTITY:
        return None, (Finding(Severity.ERROR, "stock_huge", "Количество слишком велико", "Загрузить без остатка", ""),)
    return (number.quantize(_QUANTITY_STEP).normalize() + 0 if number % _QUANTITY_STEP else number), NONE


@lru_cache(maxsize=1024, typed=True)
def unit_value(cell: Cell) -> tuple[Unit | None, Findings]:
    text = as_text(cell)
    if not text or is_empty(cell):
        return None, NONE
    if found := find_unit(text.rjust(3, "0") if isinstance(cell, int) else text):
        return found, NONE
    piece = unit(PIECE).short
    return None, (Finding(Severity.DOUBT, "unit", f"Неизвестная единица «{text}»", f"Записать «{piece}»", piece),)


def barcode_values(cell: Cell) -> tuple[list[str], Findings]:
    """Barcodes of one cell; 4600332245382.0 and texts with spaces are read as digits."""
    if is_empty(cell):
        return [], NONE
    text = as_digits(cell)
    if _SCIENTIFIC.fullmatch(text):
        return [], (Finding(Severity.DOUBT, "lost_digits", "Штрихкод: Excel округлил число, последние цифры потеряны",
                            "Загрузить без штрихкода", ""),)
    codes = [part.strip() for part in _BARCODE_SEPARATORS.split(text) if part.strip()]
    if len(codes) > 1 and any(len(code) < 8 for code in codes):
        codes = [text]
    good: list[str] = []
    findings: list[Finding] = []
    for code in (re.sub(r"[\s-]", "", code) for code in codes):
        message = check_barcode(code)
        if message:
            findings.append(_bad_barcode(code, message, codes, isinstance(cell, int | Decimal)))
        if code not in good:
            good.append(code)
    return good, tuple(findings)


def _bad_barcode(code: str, message: str, codes: list[str], numeric: bool) -> Finding:
    others = [other for other in codes if re.sub(r"[\s-]", "", other) != code]
    padded = code.zfill(8 if len(code) < 8 else 13)
    if numeric and len(code) in (7, 11, 12) and not check_barcode(padded):
        return Finding(Severity.DOUBT, "barcode_zero", f"Штрихкод: {count_digits(len(code))}, потерян ноль впереди",
                       f"Исправить на {padded}", "; ".join([*others, padded]), True)
    return Finding(Severity.DOUBT, "barcode", message, "Загрузить без штрихкода", "; ".join(others))


@lru_cache(maxsize=1024, typed=True)
def kind_value(cell: Cell) -> tuple[ProductKind | None, Findings]:
    text = as_text(cell)
    if not text or is_empty(cell):
        return None, NONE
    for pattern, kind in _KINDS:
        if pattern.search(text):
            return kind, NONE
    return None, (Finding(Severity.DOUBT, "kind", f"Неизвестный вид «{text}»", "Записать «Товар»", "Товар", True),)


def guess_kind(group: str, name: str, measure: Unit | None) -> ProductKind:
    """The kind by the unit (an hour, a conditional unit) and by the words of the group."""
    if (measure and measure.service) or _SERVICE.search(group):
        return ProductKind.SERVICE
    if _WORK.search(group) or (measure is None and _WORK.match(name)):
        return ProductKind.WORK
    return ProductKind.GOODS
