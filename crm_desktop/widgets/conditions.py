"""List conditions in words: which operators a column has, ready periods of dates, the text of a chip."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from crm_contract.lists import Choice, Column, ColumnType, Condition, Op
from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.cell_text import cell_text

DATES = frozenset({ColumnType.DATE, ColumnType.DATETIME})
_TEXT_OPS = (Op.CONTAINS, Op.EQ, Op.NE, Op.EMPTY, Op.NOT_EMPTY)
_NUMBER_OPS = (Op.EQ, Op.GE, Op.LE, Op.BETWEEN, Op.NE, Op.EMPTY, Op.NOT_EMPTY)
_DATE_OPS = (Op.BETWEEN, Op.EQ, Op.GE, Op.LE, Op.EMPTY, Op.NOT_EMPTY)
_CHOICE_OPS = (Op.IN, Op.NOT_IN)
_REF_OPS = (Op.EQ, Op.NE, Op.EMPTY, Op.NOT_EMPTY)
NO_VALUE = frozenset({Op.EMPTY, Op.NOT_EMPTY})
Period = tuple[date, date]


def operators(column: Column) -> tuple[Op, ...]:
    """What can be asked of a column, the usual first."""
    match column.type:
        case ColumnType.TEXT | ColumnType.NUMBER:
            return _TEXT_OPS
        case ColumnType.DATE | ColumnType.DATETIME:
            return _DATE_OPS
        case ColumnType.STATE:
            return _CHOICE_OPS
        case ColumnType.REF:
            return _REF_OPS
        case ColumnType.FLAG:
            return (Op.EQ,)
        case _:
            return _NUMBER_OPS


def operator_title(column: Column, op: Op) -> str:
    if column.type in DATES:
        dated = {Op.BETWEEN: tr("за период"), Op.EQ: tr("в день"), Op.GE: tr("не раньше"), Op.LE: tr("не позже")}
        if op in dated:
            return dated[op]
    return {
        Op.EQ: tr("равно"), Op.NE: tr("не равно"), Op.IN: tr("одно из"), Op.NOT_IN: tr("кроме"),
        Op.LT: tr("меньше"), Op.LE: tr("не больше"), Op.GT: tr("больше"), Op.GE: tr("не меньше"),
        Op.BETWEEN: tr("от и до"), Op.CONTAINS: tr("содержит"), Op.EMPTY: tr("пусто"), Op.NOT_EMPTY: tr("заполнено"),
    }[op]


def periods() -> list[Choice]:
    """Ready periods for dates, in the order people ask for them."""
    return [
        Choice("today", tr("сегодня")), Choice("yesterday", tr("вчера")), Choice("week", tr("эта неделя")),
        Choice("last_week", tr("прошлая неделя")), Choice("month", tr("этот месяц")),
        Choice("last_month", tr("прошлый месяц")), Choice("quarter", tr("этот квартал")),
        Choice("year", tr("этот год")),
    ]


def period(code: str, today: date) -> Period:
    """First and last day. Raises KeyError for an unknown code."""
    monday = today - timedelta(days=today.weekday())
    first = today.replace(day=1)
    quarter = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
    return {
        "today": (today, today),
        "yesterday": (today - timedelta(days=1), today - timedelta(days=1)),
        "week": (monday, monday + timedelta(days=6)),
        "last_week": (monday - timedelta(days=7), monday - timedelta(days=1)),
        "month": (first, _month_end(first)),
        "last_month": ((first - timedelta(days=1)).replace(day=1), first - timedelta(days=1)),
        "quarter": (quarter, _month_end(quarter.replace(month=quarter.month + 2))),
        "year": (date(today.year, 1, 1), date(today.year, 12, 31)),
    }[code]


def days_condition(column: Column, op: Op, first: date, last: date) -> Condition:
    """A condition over whole local days; times are asked for by their UTC bounds."""
    if column.type is ColumnType.DATE:
        if op is Op.BETWEEN:
            return Condition(column=column.name, op=op, value=[first.isoformat(), last.isoformat()])
        return Condition(column=column.name, op=op, value=first.isoformat())
    start, end = _utc(first, time.min), _utc(last, time.max)
    if op is Op.GE:
        return Condition(column=column.name, op=op, value=start)
    if op is Op.LE:
        return Condition(column=column.name, op=op, value=_utc(first, time.max))
    return Condition(column=column.name, op=Op.BETWEEN, value=[start, end])


def cell_condition(column: Column, value: Any) -> tuple[Condition, str]:
    """«Отбор по значению ячейки»: the condition and the words for its chip."""
    if value is None or value == "":
        return Condition(column=column.name, op=Op.EMPTY), tr("пусто")
    text = cell_text(column, value)
    if column.type is ColumnType.REF and isinstance(value, dict):
        return Condition(column=column.name, op=Op.EQ, value=value["id"]), text
    if column.type is ColumnType.DATETIME:
        day = formatting.local(value if isinstance(value, datetime) else datetime.fromisoformat(value)).date()
        return days_condition(column, Op.BETWEEN, day, day), formatting.day(day)
    if column.type is ColumnType.STATE:
        return Condition(column=column.name, op=Op.IN, value=[value]), text
    return Condition(column=column.name, op=Op.EQ, value=value), text


def value_text(column: Column, condition: Condition, title_of: Callable[[Any], str], today: date) -> str:
    """The value part of a chip: «не отменена», «эта неделя», «больше 1 000». `title_of` names a reference by id."""
    op, value = condition.op, condition.value
    if op in NO_VALUE:
        return operator_title(column, op)
    if column.type in DATES:
        return _days_text(column, op, value, today)
    if column.type is ColumnType.FLAG:
        return tr("да") if value else tr("нет")
    if column.type is ColumnType.REF:
        text = ", ".join(title_of(item) for item in (value if isinstance(value, list) else [value]))
        return tr("не {text}").format(text=text) if op in (Op.NE, Op.NOT_IN) else text
    if op in (Op.IN, Op.NOT_IN) or column.type is ColumnType.STATE:
        words = [_small(cell_text(column, item)) for item in (value if isinstance(value, list) else [value])]
        text = ", ".join(words[:2]) + (tr(" и ещё {count}").format(count=len(words) - 2) if len(words) > 2 else "")
        return tr("не {text}").format(text=text) if op in (Op.NE, Op.NOT_IN) else text
    if op is Op.BETWEEN:
        first, last = (_plain(column, item) for item in value)
        return f"{first} – {last}"
    sign = {Op.NE: "≠ ", Op.GE: "≥ ", Op.LE: "≤ ", Op.GT: "> ", Op.LT: "< "}.get(op, "")
    return sign + _plain(column, value)


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]


def _plain(column: Column, value: Any) -> str:
    if column.type in (ColumnType.TEXT, ColumnType.NUMBER):
        return f"«{value}»"
    return "0" if Decimal(str(value)) == 0 else cell_text(column, value)


def _days_text(column: Column, op: Op, value: Any, today: date) -> str:
    if op is not Op.BETWEEN:
        words = {Op.GE: tr("с {day}"), Op.LE: tr("по {day}"), Op.GT: tr("после {day}"), Op.LT: tr("до {day}")}
        return words.get(op, "{day}").format(day=formatting.day(_local_day(column, value)))
    first, last = (_local_day(column, item) for item in value)
    for choice in periods():
        if period(choice.code, today) == (first, last):
            return choice.title
    return formatting.day(first) if first == last else f"{formatting.day(first)} – {formatting.day(last)}"


def _local_day(column: Column, value: Any) -> date:
    if column.type is ColumnType.DATETIME:
        return formatting.local(datetime.fromisoformat(str(value))).date()
    return date.fromisoformat(str(value))


def _utc(day: date, at: time) -> str:
    return datetime.combine(day, at).astimezone().astimezone(UTC).isoformat()


def _month_end(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
