"""One grammar for every list, export, report and saved view.

A list is declared as columns. The client sends a `ListQuery` over their names, the server compiles it to SQL
in one place (`crm_server/kit/listing.py`) and answers a `Page`. A column that the actor may not see can be
neither shown, sorted nor filtered.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal

from pydantic import Field

from crm_contract.base import Answer, Request

MAX_PAGE = 1000


class ColumnType(StrEnum):
    """How a value is compared on the server and drawn on the client."""

    TEXT = "text"
    NUMBER = "number"      # an identifier such as a document number: text, monospaced digits
    INTEGER = "integer"
    MONEY = "money"        # Decimal string, two digits
    QUANTITY = "quantity"  # Decimal string, up to three digits
    PERCENT = "percent"    # Decimal string, 0..100
    DATE = "date"          # ISO date
    DATETIME = "datetime"  # ISO UTC
    FLAG = "flag"
    STATE = "state"        # a code; `choices` gives its words and tone
    REF = "ref"            # {"id", "title"}; filtered by id, sorted by title


class Tone(StrEnum):
    """The meaning of a pill, a row mark or a bar; the theme turns it into colours."""

    NEUTRAL = "neutral"
    OK = "ok"
    WARN = "warn"
    ERROR = "error"
    INFO = "info"
    VIOLET = "violet"


@dataclass(frozen=True, slots=True)
class Choice:
    code: str
    title: str
    tone: Tone = Tone.NEUTRAL


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a list.

    `width` is in logical pixels at 100 %; 0 stretches. `entity` names what a REF opens.
    `shown` is the default; `sums` adds it to the totals of the page.
    """

    name: str
    title: str
    type: ColumnType = ColumnType.TEXT
    width: int = 0
    shown: bool = True
    sortable: bool = True
    filterable: bool = True
    sums: bool = False
    choices: Sequence[Choice] = ()
    entity: str = ""
    permission: str = ""


class Moment(StrEnum):
    """What time the rows of a list are about."""

    NOW = "now"
    DAY = "day"        # the end of `ListQuery.until`
    PERIOD = "period"  # from `ListQuery.since` to `until`, both inclusive


@dataclass(frozen=True, slots=True)
class ListSpec:
    """A list both programs know: its route is `/api/lists/<code>`."""

    code: str
    title: str
    columns: Sequence[Column]
    default_sort: str = "-id"
    search_hint: str = "Поиск в списке"
    empty_title: str = "Здесь пока пусто"
    empty_hint: str = ""
    presets: Sequence["Preset"] = field(default_factory=tuple)
    moment: Moment = Moment.NOW

    def column(self, name: str) -> Column:
        """Raises KeyError for a name that is not declared."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)


class Op(StrEnum):
    EQ = "eq"
    NE = "ne"
    IN = "in"
    NOT_IN = "not_in"
    LT = "lt"
    LE = "le"
    GT = "gt"
    GE = "ge"
    BETWEEN = "between"
    CONTAINS = "contains"
    EMPTY = "empty"
    NOT_EMPTY = "not_empty"


class Condition(Request):
    """`{"column": "state", "op": "in", "value": ["draft", "sent"]}`. Conditions of a query are joined by AND."""

    column: str
    op: Op
    value: Any = None


class Sort(Request):
    column: str
    descending: bool = False


class ListQuery(Request):
    """A window `[offset, offset + limit)` of the filtered and sorted list.

    `since` and `until` are for lists of another moment than now; not given, they are the first of the month and today.
    """

    conditions: list[Condition] = Field(default=[], max_length=50)
    search: str = Field(default="", max_length=200)
    sort: list[Sort] = Field(default=[], max_length=5)
    offset: int = Field(default=0, ge=0, le=100_000_000)
    limit: int = Field(default=200, ge=1, le=MAX_PAGE)
    columns: list[str] | None = Field(default=None, max_length=100)
    with_total: bool = True
    since: date | None = None
    until: date | None = None


class Page(Answer):
    """`rows` hold the asked columns and always `id`; `total` is exact up to a bound, else an estimate."""

    rows: list[dict[str, Any]]
    total: int | None
    total_exact: bool
    sums: dict[str, str] = {}


@dataclass(frozen=True, slots=True)
class Preset:
    """A view that ships with the program, e.g. «Просроченные»."""

    code: str
    title: str
    conditions: Sequence[tuple[str, Op, Any]] = ()
    sort: str = ""


class SavedViewBody(Request):
    list_code: str = Field(max_length=60)
    title: str = Field(min_length=1, max_length=80)
    shared: bool = False
    query: ListQuery
    columns: list[str] = []


class SavedView(Answer):
    id: int
    list_code: str
    title: str
    shared: bool
    own: bool
    query: ListQuery
    columns: list[str]


class Hit(Answer):
    """One result of the search over everything (Ctrl+K)."""

    entity: str
    id: int
    title: str
    subtitle: str
    tone: Tone = Tone.NEUTRAL
    kind: Literal["party", "product", "document", "contact", "employee"] | str = ""
