"""Amounts and counts in words. `num2words` gives the numerals; the rest of the phrase is ours.

Its own currency phrase is not used: an int would mean kopecks, kopecks come in words and the first letter is small.
"""

from decimal import Decimal
from typing import Literal

from crm_contract.totals import money
from crm_desktop.rendering.formats import money as money_text

Forms = tuple[str, str, str]  # after 1, after 2-4, after 5-20
Gender = Literal["m", "f", "n"]

_UNITS: dict[str, tuple[Forms, Gender, Forms]] = {
    "RUB": (("рубль", "рубля", "рублей"), "m", ("копейка", "копейки", "копеек")),
    "USD": (("доллар США", "доллара США", "долларов США"), "m", ("цент", "цента", "центов")),
    "EUR": (("евро", "евро", "евро"), "m", ("цент", "цента", "центов")),
    "CNY": (("китайский юань", "китайских юаня", "китайских юаней"), "m", ("фынь", "фыня", "фыней")),
    "BYN": (("белорусский рубль", "белорусских рубля", "белорусских рублей"), "m", ("копейка", "копейки", "копеек")),
    "KZT": (("тенге", "тенге", "тенге"), "m", ("тиын", "тиына", "тиынов")),
}


def plural(count: int, forms: Forms) -> str:
    """The form of a noun after a number: 1 рубль, 2 рубля, 5 рублей, 11 рублей, 21 рубль."""
    tail = abs(count) % 100
    if 11 <= tail <= 14:
        return forms[2]
    return forms[{1: 0, 2: 1, 3: 1, 4: 1}.get(tail % 10, 2)]


def count_in_words(count: int, gender: Gender = "m") -> str:
    """«двадцать одна» (f), «двадцать одно» (n)."""
    from num2words import num2words

    return num2words(count, lang="ru", gender=gender)


def amount_in_words(amount: Decimal, currency: str = "RUB") -> str:
    """«Двадцать две тысячи рублей 22 копейки». An unknown currency is written in digits with its code."""
    rounded = money(amount)
    if currency not in _UNITS:
        return f"{money_text(rounded)} {currency}"
    forms, gender, small_forms = _UNITS[currency]
    whole, small = divmod(int(abs(rounded) * 100), 100)
    words = f"{count_in_words(whole, gender)} {plural(whole, forms)} {small:02} {plural(small, small_forms)}"
    if rounded < 0:
        words = f"минус {words}"
    return words[0].upper() + words[1:]


def sheets(count: int) -> str:
    """«1 листе», «3 листах»: what follows «Документ составлен на»."""
    return f"{count} {'листе' if count % 10 == 1 and count % 100 != 11 else 'листах'}"
