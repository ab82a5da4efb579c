"""Checks of Russian requisites, the same on both sides: a form warns while typing, the server refuses.

Every `check_…` returns "" for a right value and for an empty one (whether a field may be empty is the form's rule),
else a Russian message that says which digit count or control digit is wrong.

Sources: ИНН and КПП: приказ ФНС ЕД-7-14/559@ of 2020-06-26; the key of an account: ЦБ 515-У of 1997-09-08;
СНИЛС: постановление ПФР 192п of 2006-07-31; barcodes: GS1 General Specifications 7.9.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

from stdnum import ean
from stdnum.ru import inn, ogrn

_KPP = re.compile(r"(?:0[1-9]|[1-9]\d)\d{2}[0-9A-Z]{2}\d{3}")
_ACCOUNT = re.compile(r"\d{5}[0-9ABCEHKMPTX]\d{14}")
#: A letter at position 6 marks a clearing currency and counts as its place in this row.
_ACCOUNT_LETTERS = "ABCEHKMPTX"
_UNKEYED_ACCOUNTS = ("40102", "03")  # treasury accounts have no key
_EMAIL = re.compile(r"(?!\.)[a-z0-9а-яё._%+\-']+(?<!\.)@(?:[a-z0-9а-яё](?:[a-z0-9а-яё-]*[a-z0-9а-яё])?\.)+"
                    r"(?:[a-zа-яё]{2,24}|xn--[a-z0-9-]+)")
_LATIN = re.compile(r"[a-z]")
_CYRILLIC = re.compile(r"[а-яё]")
_EXTENSION = re.compile(r"[\s,;(]*(?:доб(?:ав(?:очный)?)?|вн(?:утр(?:енний)?)?|ext|#)[\s.:№]*(\d{1,6})\W*$",
                        re.IGNORECASE)
_NO_SUCH_CODES = ("0", "1", "2", "88", "89")  # numbering plan of +7: none of these opens an area or operator code
_WORD_OR_HASH = re.compile(r"[^\W\d_]|#")
_NOT_DIGITS = re.compile(r"\D")
_PHONE_CHARS = re.compile(r"[\d\s+()\-–—.‑/]+")
_USUAL_PHONE = re.compile(r"(?:\+7|8) ?\(?(\d{3})\)? ?(\d{3})-(\d{2})-(\d{2})", re.ASCII)
#: A value is looked at several times on its way: read, asked about, saved.
_remembered = lru_cache(maxsize=2048)


def count_digits(count: int) -> str:
    """«1 цифра», «3 цифры», «11 цифр»."""
    if count % 10 == 1 and count % 100 != 11:
        return f"{count} цифра"
    if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14):
        return f"{count} цифры"
    return f"{count} цифр"


def _digits_only(title: str, text: str, lengths: Collection[int], wanted: str) -> str:
    if not (text.isascii() and text.isdigit()):
        odd = "".join(dict.fromkeys(c for c in text if not (c.isascii() and c.isdigit())))
        return f"{title}: посторонние знаки «{odd}», нужны только цифры"
    if len(text) not in lengths:
        return f"{title}: {count_digits(len(text))} вместо {wanted}"
    return ""


@_remembered
def check_inn(text: str) -> str:
    """10 digits of a legal entity or 12 of a person; one that starts with 00 has no tax office."""
    text = text.strip()
    if not text:
        return ""
    if message := _digits_only("ИНН", text, (10, 12), "10 или 12"):
        return message
    if text.startswith("00"):
        return "ИНН: не бывает кода региона 00"
    if len(text) == 10:
        good = inn.calc_company_check_digit(text) == text[-1]
        return "" if good else "ИНН: контрольная цифра не сходится, проверьте все цифры"
    good = inn.calc_personal_check_digits(text) == text[-2:]
    return "" if good else "ИНН: контрольные цифры не сходятся, проверьте все цифры"


@_remembered
def check_kpp(text: str) -> str:
    """9 characters: tax office (4 digits), reason (2 digits or Latin capitals), number (3 digits)."""
    text = text.strip()
    if not text or _KPP.fullmatch(text):
        return ""
    if not text.isalnum() or not text.isascii():
        return "КПП: допустимы только цифры и латинские прописные буквы"
    if len(text) != 9:
        return f"КПП: знаков {len(text)} вместо 9"
    if text.startswith("00"):
        return "КПП: не бывает кода региона 00"
    return "КПП: буквы допустимы только в 5-м и 6-м знаке"


@_remembered
def check_ogrn(text: str) -> str:
    """ОГРН (13 digits) or ОГРНИП (15 digits)."""
    text = text.strip()
    if not text:
        return ""
    if message := _digits_only("ОГРН", text, (13, 15), "13 (ОГРНИП: 15)"):
        return message
    title = "ОГРН" if len(text) == 13 else "ОГРНИП"
    if text[0] == "0" or (len(text) == 15 and text[0] not in "34"):
        return f"{title}: не может начинаться с {text[0]}"
    # The last digit of the remainder by 13, which has two digits now and then: stdnum answers both.
    good = ogrn.calc_check_digit(text)[-1] == text[-1]
    return "" if good else f"{title}: контрольная цифра не сходится, проверьте все цифры"


@_remembered
def check_bic(text: str) -> str:
    """9 digits; banks have 04 in front, the treasury 01 or 02."""
    text = text.strip()
    if not text:
        return ""
    if message := _digits_only("БИК", text, (9,), "9"):
        return message
    return "" if text.startswith("0") and int(text) else "БИК: должен начинаться с 0 (у банков с 04)"


@_remembered
def check_account(account: str, bic: str = "") -> str:
    """A settlement or correspondent account; with a right БИК also its key."""
    account = account.strip().upper()
    if not account:
        return ""
    if (len(account) == 20 and not _ACCOUNT.fullmatch(account)) or not account.isalnum():
        return "Счёт: нужны только цифры (в 6-м знаке бывает латинская буква)"
    if len(account) != 20:
        return f"Счёт: {count_digits(len(account))} вместо 20"
    if not bic.strip() or check_bic(bic) or account.startswith(_UNKEYED_ACCOUNTS):
        return ""
    return "" if _account_key_holds(account, bic.strip()) else "Счёт: контрольный ключ не сходится с БИК"


def _account_key_holds(account: str, bic: str) -> bool:
    at_central_bank = account.startswith("301") or bic.endswith(("000", "001", "002"))
    head = "0" + bic[4:6] if at_central_bank else bic[6:]
    if account[5].isalpha():
        account = account[:5] + str(_ACCOUNT_LETTERS.index(account[5])) + account[6:]
    digits = head + account
    sums = [sum(map(int, digits[place::3])) for place in range(3)]
    return (7 * sums[0] + sums[1] + 3 * sums[2]) % 10 == 0


@_remembered
def check_email(text: str) -> str:
    """One address. Cyrillic domains are allowed, a mixture of alphabets inside one word is a slip of the keyboard."""
    text = text.strip().lower()
    if not text:
        return ""
    if " " in text:
        return "Почта: пробел внутри адреса"
    if text.count("@") != 1:
        return "Почта: нужен один знак @"
    if not _EMAIL.fullmatch(text) or ".." in text:
        return "Почта: адрес записан с ошибкой"
    if text.isascii():
        return ""
    if any(_LATIN.search(word) and _CYRILLIC.search(word) for word in re.split(r"[@.]", text)):
        return "Почта: русские буквы среди латинских"
    return ""


@dataclass(frozen=True, slots=True)
class Phone:
    """`display` is «+7 916 885-39-33 доб. 12», `digits` «79168853933» (for search and dialling)."""

    display: str
    digits: str
    extension: str = ""


@_remembered
def normalize_phone(text: str) -> Phone | None:
    """One phone in any spelling, or None when it is none. A Russian number gets +7, a foreign one keeps its code."""
    if (usual := _USUAL_PHONE.fullmatch(text)) and not usual[1].startswith(_NO_SUCH_CODES):
        return Phone(f"+7 {usual[1]} {usual[2]}-{usual[3]}-{usual[4]}", "7" + "".join(usual.groups()))
    text = text.strip()
    extension = ""
    if _WORD_OR_HASH.search(text) and (found := _EXTENSION.search(text)):
        extension, text = found[1], text[: found.start()]
    if not _PHONE_CHARS.fullmatch(text):
        return None
    digits = _NOT_DIGITS.sub("", text)
    tail = f" доб. {extension}" if extension else ""
    foreign = text.startswith("+") and not (len(digits) == 11 and digits.startswith(("7", "89")))
    if len(digits) == 11 and digits[0] in "78" and not foreign:
        digits = "7" + digits[1:]
    elif len(digits) == 10 and not foreign:
        digits = "7" + digits
    elif not (foreign and 10 <= len(digits) <= 15):
        return None
    if digits[0] == "7":
        if len(digits) != 11 or digits[1:].startswith(_NO_SUCH_CODES):
            return None
        return Phone(f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}{tail}", digits, extension)
    return Phone(f"+{digits}{tail}", digits, extension)


def check_phone(text: str) -> str:
    """One phone with an optional extension."""
    if not text.strip() or normalize_phone(text):
        return ""
    bare = _EXTENSION.sub("", text.strip())
    if not _PHONE_CHARS.fullmatch(bare):
        return "Телефон: посторонние знаки, нужны цифры (добавочный: «доб. 12»)"
    digits = re.sub(r"\D", "", bare)
    if len(digits) in (5, 6, 7):
        return f"Телефон: {count_digits(len(digits))}, нет кода города"
    if len(digits) in (10, 11):
        return "Телефон: такого кода города или оператора не бывает"
    return f"Телефон: {count_digits(len(digits))} вместо 11"


@_remembered
def check_barcode(text: str) -> str:
    """EAN-8, UPC-A (12), EAN-13 or GTIN-14."""
    text = text.strip()
    if not text:
        return ""
    if message := _digits_only("Штрихкод", text, (8, 12, 13, 14), "13"):
        return message
    if ean.calc_check_digit(text[:-1]) == text[-1]:
        return ""
    return "Штрихкод: 12 цифр вместо 13" if len(text) == 12 else "Штрихкод: контрольная цифра не сходится"
