"""Values of list conditions, turned into the column's type before SQL sees them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from crm_contract.lists import ColumnType

MAX_ID = 2**63 - 1


def cast(kind: ColumnType, value: Any) -> Any:
    """Raises ValueError, TypeError or ArithmeticError for a value that does not fit."""
    match kind:
        case ColumnType.INTEGER | ColumnType.REF:
            number = int(value)
            if not -MAX_ID <= number <= MAX_ID:
                raise ValueError(number)
            return number
        case ColumnType.MONEY | ColumnType.QUANTITY | ColumnType.PERCENT:
            number = Decimal(str(value))
            if not number.is_finite() or abs(number) >= Decimal(10) ** 18:
                raise ValueError(number)
            return number
        case ColumnType.DATE:
            return date.fromisoformat(value)
        case ColumnType.DATETIME:
            return datetime.fromisoformat(value)
        case ColumnType.FLAG:
            if not isinstance(value, bool):
                raise ValueError(value)
            return value
        case _:
            if not isinstance(value, str | int) or "\x00" in str(value):
                raise ValueError(value)
            return str(value)
