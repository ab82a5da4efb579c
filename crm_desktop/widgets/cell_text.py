"""How a value of a list column becomes text, and where it stands in the cell."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from PySide6.QtCore import Qt

from crm_contract.lists import Choice, Column, ColumnType
from crm_contract.persons import short_name
from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr

NUMERIC = frozenset({ColumnType.INTEGER, ColumnType.MONEY, ColumnType.QUANTITY, ColumnType.PERCENT})
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_CENTER = Qt.AlignmentFlag.AlignCenter
#: Logical pixels at 100 % that always hold a whole value of the type.
WIDTHS = {
    ColumnType.NUMBER: 104, ColumnType.INTEGER: 84, ColumnType.MONEY: 124, ColumnType.QUANTITY: 100,
    ColumnType.PERCENT: 84, ColumnType.DATE: 100, ColumnType.DATETIME: 140, ColumnType.FLAG: 72, ColumnType.STATE: 140,
}


def cell_text(column: Column, value: Any) -> str:
    """The text of a value as JSON carries it; "" for none, a dash for zero."""
    if value is None or value == "":
        return ""
    kind = column.type
    if kind in NUMERIC:
        return _number(kind, value)
    if kind is ColumnType.DATE:
        return formatting.day(_date(value))
    if kind is ColumnType.DATETIME:
        return formatting.day_time(value if isinstance(value, datetime) else datetime.fromisoformat(value))
    if kind is ColumnType.FLAG:
        return tr("да") if value else ""
    if kind is ColumnType.STATE:
        choice = choice_of(column, value)
        return choice.title if choice else str(value)
    if kind is ColumnType.REF:
        title = str(value.get("title", "")) if isinstance(value, dict) else str(value)
        return short_name(title, initials=1) if column.entity == "employee" else title
    return str(value)


def choice_of(column: Column, value: Any) -> Choice | None:
    return next((choice for choice in column.choices if choice.code == value), None)


def alignment(column: Column) -> Qt.AlignmentFlag:
    if column.type in NUMERIC:
        return _RIGHT
    return _CENTER if column.type is ColumnType.FLAG else _LEFT


def default_width(column: Column) -> int:
    """The declared width, or that of the type; 0 stretches."""
    return column.width or WIDTHS.get(column.type, 0)


def _number(kind: ColumnType, value: Any) -> str:
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    if not number:
        return formatting.DASH
    if kind is ColumnType.MONEY:
        return formatting.money(number)
    if kind is ColumnType.PERCENT:
        return formatting.percent(number)
    return formatting.quantity(number) if kind is ColumnType.QUANTITY else formatting.integer(int(number))


def _date(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(str(value)[:10])
