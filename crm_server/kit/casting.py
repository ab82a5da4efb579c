"""Values of list conditions, turned into the column's type before SQL sees them."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from crm_contract.lists import ColumnType

MAX_ID = 2**63 - 1
MAX_DIGITS = 60
MAX_TEXT = 1000


def cast(kind: ColumnType, value: Any) -> Any:
    """Raises ValueError, TypeError or ArithmeticError for a value that does not fit."""
    match kind:
        case ColumnType.FLAG:
            if not isinstance(value, bool):
                raise ValueError(value)
            return value
        case _ if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise ValueError(value)
        case ColumnType.INTEGER | ColumnType.REF:
            number = int(value)
            if (number != value and not isinstance(value, str)) or abs(number) > MAX_ID:
                raise ValueError(number)
            return number
        case ColumnType.MONEY | ColumnType.QUANTITY | ColumnType.PERCENT:
            number = Decimal(str(value)[:MAX_DIGITS])
            if not number.is_finite() or not -MAX_DIGITS < number.adjusted() < 18:
                raise ValueError(number)
            return number
        case ColumnType.DATE if isinstance(value, str):
            return date.fromisoformat(value)
        case ColumnType.DATETIME if isinstance(value, str):
            moment = datetime.fromisoformat(value)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        case ColumnType.DATE | ColumnType.DATETIME:
            raise ValueError(value)
        case _:
            text = str(value)
            if len(text) > MAX_TEXT or "\x00" in text:
                raise ValueError(text)
            text.encode()  # a lone surrogate is no text: UnicodeEncodeError is a ValueError
            return text
