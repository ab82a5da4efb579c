"""What a query of a list looks for, as parameters of its statements: each value of its column's type."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from crm_contract.lists import Column, ColumnType, ListQuery, ListSpec, Moment, Op
from crm_server.kit.casting import cast
from crm_server.kit.days import today
from crm_server.kit.errors import invalid
from crm_server.kit.search import search_params

MAX_IN = 500


def list_params(spec: ListSpec, search: Sequence[str], query: ListQuery) -> list[Any]:
    """The values of the moment, the conditions and the search, in the order of the statements."""
    params: list[Any] = [*_moment(spec, query)]
    for number, condition in enumerate(query.conditions):
        column, value = spec.column(condition.column), condition.value
        what = f"conditions.{number}.value"
        match condition.op:
            case Op.EMPTY | Op.NOT_EMPTY:
                pass
            case Op.CONTAINS:
                params.append(_value(ColumnType.TEXT, value, column, what))
            case Op.IN | Op.NOT_IN:
                values = value if isinstance(value, list) else [value]
                if len(values) > MAX_IN:
                    raise invalid({what: f"Не больше {MAX_IN} значений"})
                params.append([_value(column.type, each, column, what) for each in values])
            case Op.BETWEEN:
                if not isinstance(value, list) or len(value) != 2:
                    raise invalid({what: "Нужны две границы"})
                params.extend(_value(column.type, bound, column, what) for bound in value)
            case _:
                params.append(_value(column.type, value, column, what))
    return params + (search_params(search, query.search) if search else [])


def _moment(spec: ListSpec, query: ListQuery) -> Sequence[date]:
    until = query.until or today()
    since = query.since or until.replace(day=1)
    match spec.moment:
        case Moment.NOW:
            if query.since or query.until:
                raise invalid({"until": "Этот список показывает то, что есть сейчас"})
            return ()
        case Moment.DAY:
            if query.since:
                raise invalid({"since": "Этот список показывает один день"})
            return (until,)
        case Moment.PERIOD:
            if since > until:
                raise invalid({"since": "Начало периода позже его конца"})
            return (since, until)


def _value(kind: ColumnType, value: Any, column: Column, what: str) -> Any:
    """A value of the column's type; a wrong one is refused here, so that SQL never sees it."""
    try:
        return cast(kind, value)
    except (ValueError, TypeError, ArithmeticError):
        raise invalid({what: f"Не подходит для «{column.title}»"}) from None
