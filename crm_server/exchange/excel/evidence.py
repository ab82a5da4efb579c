"""What the values of a column look like, whatever its heading says: ИНН, phones, prices, barcodes …"""

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from crm_contract.exchange import ImportTarget
from crm_contract.requisites import check_barcode, check_email, check_inn, check_kpp, check_ogrn, normalize_phone
from crm_contract.units import find_unit
from crm_server.exchange.excel.book import Cell
from crm_server.exchange.excel.cells import as_text, is_empty
from crm_server.exchange.excel.company_names import company_name
from crm_server.exchange.excel.person_names import role_of

_LEAST_SHARE = 60        # percent of the filled cells that must look the same
_LOOKED_AT = 500         # characters of a cell: enough to tell what it holds
_LEAST_CELLS = 2
_VAT = re.compile(r"(?:ндс\s*)?(?:0|5|7|10|18|20|22)\s*%|без\s*ндс|не\s*облагается", re.IGNORECASE)
_PAIR = re.compile(r"(?:\d{10}|\d{12}|н/д)\s*[/\\]\s*\d{9}|инн\s*\d{10}.*кпп", re.IGNORECASE)
_ADDRESS = re.compile(r"\b(?:ул|пр|просп|пер|наб|ш|д|г|обл|край|бул|алл|пл)\.?\s*[«\d]?[А-Яа-я\d]|\b\d{6}\b")
_SKU = re.compile(r"(?=.*\d)[0-9A-Za-zА-Яа-я][0-9A-Za-zА-Яа-я./_-]{2,24}")
#: Ten bare digits are a phone when they begin like one of a mobile operator, else more likely an ИНН.
_MOBILE = "9"
_VAT_NUMBERS = frozenset(map(Decimal, ("0.05", "0.07", "0.1", "0.18", "0.2", "0.22")))
_FIRST = re.compile(r"[;,\n]")
_PRICE = re.compile(r"[\d\s]+[.,]\d{2}(?:\s*руб\.?)?")

Look = Callable[[Cell, str], bool]


def _digits(text: str, *lengths: int) -> bool:
    return text.isdigit() and len(text) in lengths


_PARTY_LOOKS: dict[str, tuple[int, Look]] = {
    "inn_kpp": (100, lambda cell, text: bool(_PAIR.match(text))),
    "inn": (95, lambda cell, text: _digits(text, 10, 12) and (not check_inn(text) or not text.startswith(_MOBILE))),
    "kpp": (90, lambda cell, text: len(text) == 9 and text.endswith("001") and not check_kpp(text)),
    "ogrn": (95, lambda cell, text: _digits(text, 13, 15) and not check_ogrn(text)),
    "bic": (95, lambda cell, text: _digits(text, 8, 9) and text.lstrip("0").startswith("4")
            and not text.endswith("01001")),
    "account": (95, lambda cell, text: _digits(text.replace(" ", ""), 20) and text.startswith("40")),
    "corr_account": (95, lambda cell, text: _digits(text.replace(" ", ""), 20) and text.startswith("301")),
    "email": (95, lambda cell, text: "@" in text and not check_email(_FIRST.split(text.replace(" ", ""))[0])),
    "phone": (85, lambda cell, text: normalize_phone(_FIRST.split(text)[0]) is not None
              and (not _digits(text, 10, 12) or text.startswith(_MOBILE))),
    "name": (80, lambda cell, text: isinstance(cell, str) and company_name(text).form != ""),
    "legal_address": (90, lambda cell, text: len(text) > 15 and len(_ADDRESS.findall(text)) >= 2),
    "contact": (60, lambda cell, text: isinstance(cell, str) and role_of(text) != ""),
}
_PRODUCT_LOOKS: dict[str, tuple[int, Look]] = {
    "barcode": (95, lambda cell, text: _digits(text, 8, 12, 13) and not check_barcode(text)),
    "unit": (85, lambda cell, text: isinstance(cell, str) and find_unit(text) is not None),
    "vat": (90, lambda cell, text: bool(_VAT.fullmatch(text)) or cell in _VAT_NUMBERS),
    "price": (55, lambda cell, text: isinstance(cell, Decimal) or bool(_PRICE.fullmatch(text))),
    "sku": (55, lambda cell, text: bool(_SKU.fullmatch(text)) and not text.isalpha()),
    "name": (60, lambda cell, text: isinstance(cell, str) and len(text) > 12 and " " in text and text[0].isalpha()),
}
_LOOKS = {ImportTarget.PARTIES: _PARTY_LOOKS, ImportTarget.PRODUCTS: _PRODUCT_LOOKS}


def evidence(values: Sequence[Cell], target: ImportTarget) -> dict[str, int]:
    """Field → confidence for a sample of one column."""
    filled = [(cell, as_text(cell)[:_LOOKED_AT]) for cell in values
              if not is_empty(cell) and not isinstance(cell, date)]
    if len(filled) < _LEAST_CELLS:
        return {}
    found: dict[str, int] = {}
    for name, (confidence, look) in _LOOKS[target].items():
        share = 100 * sum(1 for cell, text in filled if look(cell, text)) // len(filled)
        if share >= _LEAST_SHARE:
            found[name] = confidence * share // 100
    return found
