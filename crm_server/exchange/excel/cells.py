"""Plain cells: text, dates, numbers. Every reader returns (value, findings) and never raises on what people type.

A finding is a problem without its place in the file; `rows` adds the row and the column. The value is what the cell
says as it stands, as far as it can be said; a finding's `value` is the text that would replace the cell.
"""

import re
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation

from crm_contract.exchange import Severity
from crm_server.exchange.excel.book import Cell


@dataclass(frozen=True, slots=True)
class Finding:
    """See `crm_contract.exchange.RowProblem` for what the parts mean."""

    severity: Severity
    code: str
    message: str
    proposal: str = ""
    value: str | None = None
    by_default: bool = False


Findings = tuple[Finding, ...]
NONE: Findings = ()

_EMPTY = frozenset({
    "", "нет", "н/д", "н\\д", "нд", "н.д.", "н.д", "-", "–", "—", "--", "---", "_", ".", "?", "*", "n/a", "na", "none",
    "null", "nil", "nan", "б/н", "отсутствует", "отсутствуют", "не указан", "не указана", "не указано", "не указаны",
    "нет данных", "неизвестно", "неизвестен", "пусто", "x", "х", "нету", "не имеет", "не имеется", "прочерк",
})
#: What a word for nothing may begin with, spaces around it included; most cells begin with something else.
_EMPTY_STARTS = frozenset(start for word in _EMPTY for start in (word[:1], word[:1].upper()))
_EXCEL_ERRORS = frozenset({
    "#н/д", "#n/a", "#ссылка!", "#ref!", "#дел/0!", "#div/0!", "#знач!", "#value!", "#имя?", "#name?", "#число!",
    "#num!", "#пусто!", "#null!", "#calc!", "#spill!",
})
_SPACES = re.compile(r"[\s\xa0\u2000-\u200b\u202f\u2060\ufeff]+")
#: Characters without a width that `str.split` does not take for spaces.
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\xad"), " ")
_LONGEST_EMPTY = 20     # characters, spaces around included
_MONTHS = {
    "янв": 1, "фев": 2, "мар": 3, "апр": 4, "май": 5, "мая": 5, "июн": 6, "июл": 7, "авг": 8, "сен": 9, "окт": 10,
    "ноя": 11, "дек": 12,
}
_DAY_FIRST = re.compile(r"(\d{1,2})[./\-\s](\d{1,2})[./\-\s](\d{4}|\d{2})(?:\s*г\.?(?:ода?)?)?(?:[ T]\d{1,2}:\d{2}.*)?")
_YEAR_FIRST = re.compile(r"(\d{4})[./\-](\d{1,2})[./\-](\d{1,2})(?:[ T]\d{1,2}:\d{2}.*)?")
_WORDED = re.compile(r"(?:(\d{1,2})\s+)?([а-яё]{3,8})\.?\s+(\d{4})(?:\s*г\.?(?:ода?)?)?", re.IGNORECASE)
_MONTH_YEAR = re.compile(r"(\d{1,2})[./\-](\d{4})(?:\s*г\.?)?")
_YEAR = re.compile(r"(19|20)\d{2}(?:\s*г\.?(?:од)?а?)?")
_FLOAT_TAIL = re.compile(r"(?<=\d{5})[.,]0+(?!\d)")
_FIRST_DAY, _LAST_DAY = 20_000, 60_000   # serial numbers of Excel: 1954 to 2064
#: Letters that pass for digits, by look.
LOOK_ALIKES = str.maketrans({"О": "0", "о": "0", "O": "0", "o": "0", "З": "3", "з": "3", "l": "1", "I": "1", "|": "1",
                             "І": "1", "і": "1", "б": "6", "В": "8", "S": "5", "s": "5", "Ч": "4"})


def as_text(cell: Cell) -> str:
    """What Excel would show in a plain cell; spaces of all kinds become one."""
    if not isinstance(cell, str):
        return raw_text(cell)
    if not cell.isprintable():
        cell = cell.translate(_INVISIBLE)
    elif "  " not in cell and cell[:1] != " " and cell[-1:] != " ":
        return cell
    return " ".join(cell.split())


def as_lines(cell: Cell) -> str:
    """Like `as_text`, but line breaks inside the cell stay."""
    if not isinstance(cell, str):
        return raw_text(cell)
    if "\n" not in cell and "\r" not in cell:
        return as_text(cell)
    return "\n".join(line for line in map(as_text, cell.splitlines()) if line)


def raw_text(cell: Cell) -> str:
    """The cell unchanged, as a text."""
    match cell:
        case None:
            return ""
        case bool():
            return "да" if cell else "нет"
        case Decimal():
            return format(cell, "f")
        case datetime():
            return cell.strftime("%d.%m.%Y %H:%M")
        case date():
            return cell.strftime("%d.%m.%Y")
        case time():
            return cell.strftime("%H:%M")
    return str(cell)


def as_digits(cell: Cell) -> str:
    """The text of a number-like cell without the tail of a float: «7707083893.0» → «7707083893»."""
    text = as_text(cell)
    return _FLOAT_TAIL.sub("", text) if "." in text or "," in text else text


def is_empty(cell: Cell) -> bool:
    """Nothing, or a word that stands for nothing («нет», «н/д», «-»)."""
    if not isinstance(cell, str):
        return cell is None
    if len(cell) > _LONGEST_EMPTY or (cell[:1] not in _EMPTY_STARTS and cell[:1].isprintable() and cell[:1] != " "):
        return False
    return as_text(cell).lower() in _EMPTY


def excel_error(cell: str, by_default: bool) -> Findings:
    """`#Н/Д`, `#REF!` and the like, or a formula that nobody calculated. `by_default`: the value is no great loss."""
    if cell.startswith("=") and len(cell) > 1:
        return (Finding(Severity.DOUBT, "formula_empty", "Формула без значения: пересчитайте файл в Excel и сохраните",
                        "Загрузить без этого значения", "", by_default),)
    if cell.startswith("#") and cell.strip().lower() in _EXCEL_ERRORS:
        return (Finding(Severity.DOUBT, "excel_error", f"В ячейке ошибка Excel {cell.strip()}",
                        "Загрузить без этого значения", "", by_default),)
    return NONE


def text_value(cell: Cell, limit: int) -> tuple[str, Findings]:
    """A text of at most `limit` characters."""
    text = as_text(cell)
    if len(text) <= limit:
        return text, NONE
    cut = text[: limit - 1].rstrip() + "…"
    return cut, (Finding(Severity.DOUBT, "too_long", f"Длиннее {limit} знаков", f"Сократить до {limit} знаков", cut),)


def date_value(cell: Cell) -> tuple[date | None, Findings]:
    """«12.03.2019», «2021-05-04», «5 мая 2021 г.», «март 2020» (its first day), a date cell, an Excel serial number."""
    if isinstance(cell, datetime):
        return cell.date(), NONE
    if isinstance(cell, date):
        return cell, NONE
    if isinstance(cell, int | Decimal) and _FIRST_DAY <= cell <= _LAST_DAY:
        return date.fromordinal(date(1899, 12, 30).toordinal() + int(cell)), NONE
    text = as_text(cell)
    if not text:
        return None, NONE
    day, exact = _date_of(text)
    if day is None:
        return None, (Finding(Severity.DOUBT, "date", f"Не дата: «{text}»", "Загрузить без даты", ""),)
    if exact:
        return day, NONE
    return day, (Finding(Severity.NOTE, "date_without_day", f"День не указан, записано {day:%d.%m.%Y}"),)


def _date_of(text: str) -> tuple[date | None, bool]:
    """The day, and whether it was given exactly."""
    if found := _YEAR_FIRST.fullmatch(text):
        return _make_date(int(found[1]), int(found[2]), int(found[3])), True
    if found := _DAY_FIRST.fullmatch(text):
        year = int(found[3])
        if year < 100:
            year += 2000 if year < 70 else 1900
        return _make_date(year, int(found[2]), int(found[1])), True
    if found := _WORDED.fullmatch(text):
        month = _MONTHS.get(found[2][:3].lower(), 0)
        return _make_date(int(found[3]), month, int(found[1] or 1)), found[1] is not None
    if found := _MONTH_YEAR.fullmatch(text):
        return _make_date(int(found[2]), int(found[1]), 1), False
    if _YEAR.fullmatch(text):
        return date(int(text[:4]), 1, 1), False
    return None, False


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        made = date(year, month, day)
    except ValueError:
        return None
    return made if 1900 <= year <= 2100 else None


def parse_number(text: str) -> Decimal | None:
    """«13 202,17», «2901.75», «1,234.56», «1.234,56», «1.500-00»; None when it is not exactly one number."""
    text = _SPACES.sub("", text).replace("'", "").replace("’", "").replace("−", "-").replace("–", "-")
    if found := re.fullmatch(r"(-?\d+(?:[.,]\d{3})*)-(\d{2})", text):
        text = f"{found[1].replace('.', '').replace(',', '')}.{found[2]}"
    if not re.fullmatch(r"[+-]?[\d.,]*\d[.,]?", text):
        return None
    comma, point = text.rfind(","), text.rfind(".")
    if comma >= 0 and point >= 0:
        thousands = "," if point > comma else "."
        text = text.replace(thousands, "")
    elif text.count(",") > 1 or text.count(".") > 1:
        parts = re.split(r"[.,]", text)
        if not all(len(part) == 3 for part in parts[1:]):
            return None
        text = "".join(parts)
    try:
        return Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None


def whole_number(cell: Cell, title: str, top: int) -> tuple[int | None, Findings]:
    """A number such as the days of a payment term; None when unreadable."""
    found = re.search(r"\d+", as_text(cell))
    if found and int(found[0]) <= top:
        return int(found[0]), NONE
    message = f"{title}: не число от 0 до {top}"
    return None, (Finding(Severity.DOUBT, "whole_number", message, "Загрузить без этого", ""),)
