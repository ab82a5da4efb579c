"""The list grammar compiled to SQL in one place.

A `ListSource` binds a `ListSpec` of the contract to SQL expressions. Only the joins that the filter, the sort or
the output need are made: ids of the page come from a lean inner query, words are joined to those few rows.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from crm_contract.errors import ErrorCode
from crm_contract.lists import Column, ColumnType, Condition, ListQuery, ListSpec, Op, Page, Sort
from crm_server.kit.actor import Actor
from crm_server.kit.casting import cast
from crm_server.kit.errors import Refusal, invalid
from crm_server.kit.search import search_condition
from crm_server.kit.sql import Sql

COUNT_LIMIT = 10_000
MAX_IN = 500

_ALWAYS_OPS = frozenset({Op.EQ, Op.NE, Op.IN, Op.NOT_IN, Op.EMPTY, Op.NOT_EMPTY})
_ORDER_OPS = frozenset({Op.LT, Op.LE, Op.GT, Op.GE, Op.BETWEEN})
_UNORDERED = frozenset({ColumnType.FLAG, ColumnType.STATE, ColumnType.REF})
_WORDS = frozenset({ColumnType.TEXT, ColumnType.NUMBER, ColumnType.REF})
_SIGNS = {Op.EQ: "=", Op.NE: "IS DISTINCT FROM", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}

#: The SQL type of a parameter by the column's type. Without it psycopg sends small integers as `int2[]`, and
#: PostgreSQL then neither hashes `= ANY` nor uses every index.
_SQL_TYPES = {
    ColumnType.INTEGER: "int8", ColumnType.REF: "int8", ColumnType.MONEY: "numeric", ColumnType.QUANTITY: "numeric",
    ColumnType.PERCENT: "numeric", ColumnType.DATE: "date", ColumnType.DATETIME: "timestamptz",
    ColumnType.FLAG: "bool",
}

_IDS = "SELECT q.id, row_number() OVER () AS n FROM (SELECT {} AS id{} ORDER BY {} OFFSET %s LIMIT %s) q"
# When few rows match a search they are all found first: with the LIMIT in sight the planner would walk the index of the
# order and look at every row on its way for the words.
_FOUND_IDS = ("SELECT q.id, row_number() OVER () AS n FROM (SELECT f.id FROM (SELECT {} AS id, {}{} OFFSET 0) f"
              " ORDER BY {} OFFSET %s LIMIT %s) q")
_PAGE = "WITH ids AS MATERIALIZED ({}) SELECT {} FROM ids JOIN {} ON {} = ids.id{} ORDER BY ids.n"
_REF = "CASE WHEN {0} IS NOT NULL THEN jsonb_build_object('id', {0}, 'title', {1}) END"


def trusted(text: str) -> sql.SQL:
    """SQL that a domain declared in code; never anything that came with a request."""
    return sql.SQL(text)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Expr:
    """How a column is read: `value` is trusted SQL, `title` the words of a REF, `joins` what both need.

    `nullable` puts the rows without a value last in both directions; an index then serves one direction only.
    `sort` is a stored `sort_key` of the value: in an index with what is filtered by, it serves any place of the list.
    """

    value: str
    title: str = ""
    joins: Sequence[str] = ()
    nullable: bool = False
    sort: str = ""


Join = str | Callable[[Actor], sql.Composable]


@dataclass(frozen=True, slots=True)
class ListSource:
    """`table` with its alias is the FROM; `key` its id. `scope` limits the rows to what the actor may see.

    A join is trusted SQL, or makes it for the actor where it joins what not everybody sees alike. `row_joins` hold the
    same joins written for the few rows of a page (a lookup per row), where `joins` are written for the whole table.
    """

    spec: ListSpec
    permission: str
    table: str
    key: str
    exprs: Mapping[str, Expr]
    scope: Callable[[Actor], sql.Composable]
    search: Sequence[str] = ()                 # columns that hold search keys
    joins: Mapping[str, Join] = field(default_factory=dict)
    always: Sequence[str] = ()                 # columns that every row carries, asked or not
    row_joins: Mapping[str, Join] = field(default_factory=dict)

    def visible(self, actor: Actor) -> dict[str, Column]:
        """The columns this actor may show, sort and filter by."""
        return {c.name: c for c in self.spec.columns if not c.permission or actor.can(c.permission)}


class _Compiler:
    """Compiles one query of one actor."""

    def __init__(self, source: ListSource, actor: Actor, query: ListQuery) -> None:
        self.source = source
        self.actor = actor
        self.query = query
        self.columns = source.visible(actor)
        self.params: list[Any] = []
        self.joins: list[str] = []
        self.searches = bool(query.search.strip() and source.search)
        self.where = self._where()
        self.order = self._order()

    def column(self, name: str, what: str) -> tuple[Column, Expr]:
        """A column the actor may see; a hidden one is refused in the same words as one that does not exist."""
        column = self.columns.get(name)
        if column is None or name not in self.source.exprs:
            raise invalid({what: f"Нет такого столбца: {name[:60]}"}, "Список не умеет этого отбора")
        return column, self.source.exprs[name]

    def output_names(self) -> list[str]:
        """The asked columns (the shown ones by default) and those that every row carries."""
        asked = self.query.columns
        if asked is None:
            asked = [c.name for c in self.columns.values() if c.shown]
        asked = [name for name in asked if name != "id"]
        for number, name in enumerate(asked):
            self.column(name, f"columns.{number}")
        hidden = {c.name for c in self.source.spec.columns} - self.columns.keys()
        return list(dict.fromkeys([*asked, *(name for name in self.source.always if name not in hidden)]))

    def need(self, joins: Sequence[str]) -> None:
        self.joins.extend(j for j in joins if j not in self.joins)

    def _where(self) -> sql.Composable:
        parts: list[sql.Composable] = [self.source.scope(self.actor)]
        for number, condition in enumerate(self.query.conditions):
            column, expr = self.column(condition.column, f"conditions.{number}.column")
            if not column.filterable:
                raise invalid({f"conditions.{number}.column": "По этому столбцу не отбирают"})
            if not _allows(column.type, condition.op):
                raise invalid({f"conditions.{number}.op": f"Так нельзя отбирать по столбцу «{column.title}»"})
            self.need(expr.joins)
            parts.append(self._condition(column, expr, condition, number))
        if self.searches:
            search, params = search_condition(self.source.search, self.query.search)
            parts.append(search)
            self.params.extend(params)
        return sql.SQL(" AND ").join(parts)

    def _condition(self, column: Column, expr: Expr, condition: Condition, number: int) -> sql.Composable:
        value = trusted(f"({expr.value})")
        sql_type = trusted(_SQL_TYPES.get(column.type, "text"))
        match condition.op:
            case Op.EMPTY:
                return sql.SQL("({0} IS NULL OR {0}::text = '')").format(value)
            case Op.NOT_EMPTY:
                return sql.SQL("({0} IS NOT NULL AND {0}::text <> '')").format(value)
            case Op.CONTAINS:
                self.params.append(self._cast(ColumnType.TEXT, condition.value, column, number))
                return sql.SQL("strpos(search_key(({})::text), search_key(%s::text)) > 0").format(
                    trusted(expr.title or expr.value))
            case Op.IN | Op.NOT_IN:
                values = condition.value if isinstance(condition.value, list) else [condition.value]
                if len(values) > MAX_IN:
                    raise invalid({f"conditions.{number}.value": f"Не больше {MAX_IN} значений"})
                self.params.append([self._cast(column.type, v, column, number) for v in values])
                if condition.op is Op.IN:
                    return sql.SQL("{} = ANY(%s::{}[])").format(value, sql_type)
                return sql.SQL("({0} IS NULL OR {0} <> ALL(%s::{1}[]))").format(value, sql_type)
            case Op.BETWEEN:
                bounds = condition.value
                if not isinstance(bounds, list) or len(bounds) != 2:
                    raise invalid({f"conditions.{number}.value": "Нужны две границы"})
                self.params.extend(self._cast(column.type, v, column, number) for v in bounds)
                template = "{0} BETWEEN {2}(%s::{1}) AND {2}(%s::{1})"
            case _:
                self.params.append(self._cast(column.type, condition.value, column, number))
                template = "{0} " + _SIGNS[condition.op] + " {2}(%s::{1})"
        if column.type is ColumnType.TEXT and condition.op in _ORDER_OPS:  # texts stand as the list is sorted
            return trusted(template).format(trusted(_sort_key(expr)), sql_type, sql.SQL("sort_key"))
        return trusted(template).format(value, sql_type, sql.SQL(""))

    def _cast(self, kind: ColumnType, value: Any, column: Column, number: int) -> Any:
        """A value of the column's type; a wrong one is refused here, so that SQL never sees it."""
        try:
            return cast(kind, value)
        except (ValueError, TypeError, ArithmeticError):
            raise invalid({f"conditions.{number}.value": f"Не подходит для «{column.title}»"}) from None

    def _order(self) -> list[tuple[str, str]]:
        """What is sorted by: the SQL of a value and its direction."""
        sorts = self.query.sort or default_sort(self.source.spec)
        parts: list[tuple[str, str]] = []
        for number, sort in enumerate(sorts):
            nulls_last = False
            if sort.column == "id":
                value = self.source.key
            else:
                column, expr = self.column(sort.column, f"sort.{number}.column")
                if not column.sortable:
                    raise invalid({f"sort.{number}.column": "По этому столбцу не сортируют"})
                self.need(expr.joins)
                nulls_last = expr.nullable or column.type is ColumnType.REF
                is_text = column.type in (ColumnType.TEXT, ColumnType.REF)
                value = _sort_key(expr) if is_text else expr.value
            parts.append((value, _direction(sort, nulls_last)))
        # The key makes the order total, in the direction of the last column: an index on (column, key) serves both.
        parts.append((self.source.key, _direction(sorts[-1], nulls_last=False)))
        return parts

    def from_where(self) -> sql.Composed:
        return sql.SQL(" FROM {}{} WHERE {}").format(
            trusted(self.source.table), self._joined(self.source.joins[name] for name in self.joins), self.where)

    def _joined(self, joins: Iterable[Join]) -> sql.Composed:
        return sql.SQL("").join(
            sql.SQL(" {}").format(trusted(join) if isinstance(join, str) else join(self.actor)) for join in joins)

    def _ids(self, *, few: bool) -> sql.Composed:
        key = trusted(self.source.key)
        if few:
            values = ", ".join(f"{value} AS s{number}" for number, (value, _) in enumerate(self.order))
            order = ", ".join(f"f.s{number}{direction}" for number, (_, direction) in enumerate(self.order))
            return sql.SQL(_FOUND_IDS).format(key, trusted(values), self.from_where(), trusted(order))
        return sql.SQL(_IDS).format(key, self.from_where(), trusted(", ".join(map("".join, self.order))))

    def page(self, names: Sequence[str], *, few: bool = False) -> sql.Composed:
        """The window; `few`: a search that is known to match no more than `COUNT_LIMIT` rows."""
        key, table = trusted(self.source.key), trusted(self.source.table)
        inner = self._ids(few=few)
        outputs: list[sql.Composable] = [sql.SQL("{} AS id").format(key)]
        joins: list[str] = []
        for name in names:
            expr = self.source.exprs[name]
            joins.extend(j for j in expr.joins if j not in joins)
            value = trusted(expr.value)
            if expr.title:
                value = sql.SQL(_REF).format(value, trusted(expr.title))
            outputs.append(sql.SQL("{} AS {}").format(value, sql.Identifier(name)))
        joined = self._joined(self.source.row_joins.get(name) or self.source.joins[name] for name in joins)
        return sql.SQL(_PAGE).format(inner, sql.SQL(", ").join(outputs), table, key, joined)

    def totals(self, sums: Sequence[str]) -> sql.Composed:
        """The number of rows up to the limit, and the sums, which mean something only below it."""
        for name in sums:
            self.need(self.source.exprs[name].joins)
        values = [sql.SQL("{} AS {}").format(trusted(self.source.exprs[n].value), sql.Identifier(n)) for n in sums]
        outer = [sql.SQL(", sum(q.{0})::text AS {0}").format(sql.Identifier(n)) for n in sums]
        return sql.SQL("SELECT count(*) AS \"#\"{} FROM (SELECT {}{} LIMIT {}) q").format(
            sql.SQL("").join(outer), sql.SQL(", ").join(values), self.from_where(), COUNT_LIMIT + 1)


def _allows(kind: ColumnType, op: Op) -> bool:
    if op is Op.CONTAINS:
        return kind in _WORDS
    return op in _ALWAYS_OPS or kind not in _UNORDERED


def _sort_key(expr: Expr) -> str:
    return expr.sort or f"sort_key({expr.title or expr.value})"


def _direction(sort: Sort, nulls_last: bool) -> str:
    if not sort.descending:
        return ""
    return " DESC NULLS LAST" if nulls_last else " DESC"


def default_sort(spec: ListSpec) -> list[Sort]:
    name = spec.default_sort
    return [Sort(column=name.lstrip("-"), descending=name.startswith("-"))]


def read_page(cursor: Sql, source: ListSource, actor: Actor, query: ListQuery) -> Page:
    """One window of a list. Two statements: the total with sums when asked or searched for, and the rows.

    A third one asks the planner for the number of rows when there are more than `COUNT_LIMIT`.
    """
    compiler = _Compiler(source, actor, query)
    names = compiler.output_names()
    total: dict[str, Any] = {}
    if query.with_total or compiler.searches:
        sums = [n for n in names if n in compiler.columns and compiler.columns[n].sums] if query.with_total else []
        total = cursor.get(compiler.totals(sums), compiler.params)
    count = total.pop("#", 0)
    few = compiler.searches and count <= COUNT_LIMIT
    rows = cursor.all(compiler.page(names, few=few), [*compiler.params, query.offset, query.limit])
    if not query.with_total:
        return Page(rows=rows, total=None, total_exact=False)
    if count <= COUNT_LIMIT:
        return Page(rows=rows, total=count, total_exact=True, sums={k: v or "0" for k, v in total.items()})
    return Page(rows=rows, total=max(_estimate(cursor, compiler), count), total_exact=False)


def read_rows(cursor: Sql, source: ListSource, actor: Actor, query: ListQuery, limit: int) -> list[dict[str, Any]]:
    """The whole filtered list for an export; the window of the query is not looked at. Refuses more than `limit`."""
    compiler = _Compiler(source, actor, query)
    rows = cursor.all(compiler.page(compiler.output_names()), [*compiler.params, 0, limit + 1])
    if len(rows) > limit:
        raise Refusal(ErrorCode.TOO_LARGE, f"В выгрузке больше {limit:,} строк".replace(",", "\u202f"),
                      "Сузьте отбор, например по датам, и выгрузите частями.")
    return rows


def _estimate(cursor: Sql, compiler: _Compiler) -> int:
    """The planner's guess of the number of rows, for lists too long to count."""
    plan = cursor.value(sql.SQL("EXPLAIN (FORMAT JSON) SELECT 1") + compiler.from_where(), compiler.params)
    return int(plan[0]["Plan"]["Plan Rows"])
