"""The list grammar compiled to SQL in one place.

A `ListSource` binds a `ListSpec` of the contract to SQL expressions. Only the joins that the filter, the sort or
the output need are made: ids of the page come from a lean inner query, words are joined to those few rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import sql

from crm_contract.lists import Column, ColumnType, Condition, ListQuery, ListSpec, Op, Page, Sort
from crm_server.kit.actor import Actor
from crm_server.kit.casting import cast
from crm_server.kit.errors import invalid
from crm_server.kit.search import search_condition
from crm_server.kit.sql import Sql

COUNT_LIMIT = 10_000
MAX_IN = 500


@dataclass(frozen=True, slots=True)
class Expr:
    """How a column is read: `value` is trusted SQL, `title` the words of a REF, `joins` what both need."""

    value: str
    title: str = ""
    joins: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ListSource:
    """`table` with its alias is the FROM; `key` its id. `scope` limits the rows to what the actor may see."""

    spec: ListSpec
    permission: str
    table: str
    key: str
    exprs: Mapping[str, Expr]
    scope: Callable[[Actor], sql.Composable]
    search: Sequence[str] = ()                 # columns that hold search keys
    joins: Mapping[str, str] = field(default_factory=dict)
    always: Sequence[str] = ()                 # columns that every row carries, asked or not

    def visible(self, actor: Actor) -> dict[str, Column]:
        """The columns this actor may show, sort and filter by."""
        return {c.name: c for c in self.spec.columns if not c.permission or actor.can(c.permission)}


class _Compiler:
    """Compiles one query of one actor."""

    def __init__(self, source: ListSource, actor: Actor, query: ListQuery) -> None:
        self.source = source
        self.query = query
        self.columns = source.visible(actor)
        self.params: list[Any] = []
        self.joins: list[str] = []
        self.where = self._where(actor)
        self.order = self._order()

    def column(self, name: str, what: str) -> tuple[Column, Expr]:
        column = self.columns.get(name)
        if column is None or name not in self.source.exprs:
            raise invalid({what: f"Нет такого столбца: {name[:60]}"}, "Список не умеет этого отбора")
        return column, self.source.exprs[name]

    def need(self, joins: Sequence[str]) -> None:
        self.joins.extend(j for j in joins if j not in self.joins)

    def _where(self, actor: Actor) -> sql.Composable:
        parts: list[sql.Composable] = [self.source.scope(actor)]
        for number, condition in enumerate(self.query.conditions):
            column, expr = self.column(condition.column, f"conditions.{number}.column")
            if not column.filterable:
                raise invalid({f"conditions.{number}.column": "По этому столбцу не отбирают"})
            self.need(expr.joins)
            parts.append(self._condition(column, expr, condition, number))
        if self.query.search.strip() and self.source.search:
            condition, params = search_condition(self.source.search, self.query.search)
            parts.append(condition)
            self.params.extend(params)
        return sql.SQL(" AND ").join(parts)

    def _condition(self, column: Column, expr: Expr, condition: Condition, number: int) -> sql.Composable:
        value = sql.SQL(expr.value)  # type: ignore[arg-type]
        match condition.op:
            case Op.EMPTY:
                return sql.SQL("({0} IS NULL OR {0}::text = '')").format(value)
            case Op.NOT_EMPTY:
                return sql.SQL("({0} IS NOT NULL AND {0}::text <> '')").format(value)
            case Op.CONTAINS:
                self.params.append(str(condition.value))
                title = sql.SQL(expr.title or expr.value)  # type: ignore[arg-type]
                return sql.SQL("strpos(search_key({}::text), search_key(%s)) > 0").format(title)
            case Op.IN | Op.NOT_IN:
                values = condition.value if isinstance(condition.value, list) else [condition.value]
                if len(values) > MAX_IN:
                    raise invalid({f"conditions.{number}.value": f"Не больше {MAX_IN} значений"})
                self.params.append([self._cast(column, v, number) for v in values])
                template = "{} = ANY(%s)" if condition.op is Op.IN else "({0} IS NULL OR NOT ({0} = ANY(%s)))"
                return sql.SQL(template).format(value)
            case Op.BETWEEN:
                bounds = condition.value if isinstance(condition.value, list) else []
                if len(bounds) != 2:
                    raise invalid({f"conditions.{number}.value": "Нужны две границы"})
                self.params.extend(self._cast(column, v, number) for v in bounds)
                return sql.SQL("{0} BETWEEN %s AND %s").format(value)
            case _:
                self.params.append(self._cast(column, condition.value, number))
                sign = {Op.EQ: "=", Op.NE: "IS DISTINCT FROM", Op.LT: "<", Op.LE: "<=", Op.GT: ">", Op.GE: ">="}
                return sql.SQL("{} " + sign[condition.op] + " %s").format(value)  # type: ignore[arg-type]

    def _cast(self, column: Column, value: Any, number: int) -> Any:
        """A value of the column's type; a wrong one is refused here, so that SQL never sees it."""
        try:
            return cast(column.type, value)
        except (ValueError, TypeError, ArithmeticError):
            raise invalid({f"conditions.{number}.value": f"Не подходит для «{column.title}»"}) from None

    def _order(self) -> sql.Composable:
        sorts = self.query.sort or default_sort(self.source.spec)
        parts: list[sql.Composable] = []
        for number, sort in enumerate(sorts):
            if sort.column == "id":
                expr_sql = self.source.key
            else:
                column, expr = self.column(sort.column, f"sort.{number}.column")
                if not column.sortable:
                    raise invalid({f"sort.{number}.column": "По этому столбцу не сортируют"})
                self.need(expr.joins)
                expr_sql = expr.title or expr.value
                if column.type in (ColumnType.TEXT, ColumnType.REF):
                    expr_sql = f"sort_key({expr_sql})"
            parts.append(sql.SQL(expr_sql + (" DESC NULLS LAST" if sort.descending else "")))  # type: ignore[arg-type]
        last_descending = bool(sorts and sorts[-1].descending)
        parts.append(sql.SQL(self.source.key + (" DESC" if last_descending else "")))  # type: ignore[arg-type]
        return sql.SQL(", ").join(parts)

    def from_where(self) -> sql.Composed:
        joins = "".join(" " + self.source.joins[j] for j in self.joins)
        return sql.SQL(" FROM {}{} WHERE {}").format(
            sql.SQL(self.source.table), sql.SQL(joins), self.where)  # type: ignore[arg-type]

    def page(self, names: Sequence[str]) -> sql.Composed:
        inner = sql.SQL(
            "SELECT q.id, row_number() OVER () AS n FROM (SELECT {} AS id{} ORDER BY {} OFFSET %s LIMIT %s) q").format(
            sql.SQL(self.source.key), self.from_where(), self.order)  # type: ignore[arg-type]
        outputs, joins = [sql.SQL(f"{self.source.key} AS id")], []  # type: ignore[arg-type]
        for name in names:
            column, expr = self.columns[name], self.source.exprs[name]
            joins.extend(j for j in expr.joins if j not in joins)
            text = f"jsonb_build_object('id', {expr.value}, 'title', {expr.title})" if (
                column.type is ColumnType.REF) else expr.value
            if column.type is ColumnType.REF:
                text = f"CASE WHEN {expr.value} IS NOT NULL THEN {text} END"
            outputs.append(sql.SQL("{} AS {}").format(sql.SQL(text), sql.Identifier(name)))  # type: ignore[arg-type]
        joined = "".join(" " + self.source.joins[j] for j in joins)
        template = "WITH ids AS MATERIALIZED ({}) SELECT {} FROM ids JOIN {} ON {} = ids.id{} ORDER BY ids.n"
        return sql.SQL(template).format(
            inner, sql.SQL(", ").join(outputs), sql.SQL(self.source.table),  # type: ignore[arg-type]
            sql.SQL(self.source.key), sql.SQL(joined))  # type: ignore[arg-type]

    def totals(self, sums: Sequence[str]) -> sql.Composed:
        for name in sums:
            self.need(self.source.exprs[name].joins)
        values = ", ".join(f"{self.source.exprs[n].value} AS {n}" for n in sums) or "1 AS one"
        outer = "".join(f", sum({n})::text AS {n}" for n in sums)
        return sql.SQL("SELECT count(*) AS total{} FROM (SELECT {}{} LIMIT {}) q").format(
            sql.SQL(outer), sql.SQL(values), self.from_where(), COUNT_LIMIT + 1)  # type: ignore[arg-type]


def default_sort(spec: ListSpec) -> list[Sort]:
    name = spec.default_sort
    return [Sort(column=name.lstrip("-"), descending=name.startswith("-"))]


def read_page(cursor: Sql, source: ListSource, actor: Actor, query: ListQuery) -> Page:
    """One window of a list. Two statements: the rows, and the total with sums when asked."""
    compiler = _Compiler(source, actor, query)
    asked = query.columns if query.columns is not None else [c.name for c in compiler.columns.values() if c.shown]
    for number, name in enumerate(asked):
        compiler.column(name, f"columns.{number}")
    names = list(dict.fromkeys([*asked, *source.always]))
    rows = cursor.all(compiler.page(names), [*compiler.params, query.offset, query.limit])
    if not query.with_total:
        return Page(rows=rows, total=None, total_exact=False)
    sums = [n for n in names if n in compiler.columns and compiler.columns[n].sums]
    total = cursor.get(compiler.totals(sums), compiler.params)
    count = total.pop("total")
    if count <= COUNT_LIMIT:
        return Page(rows=rows, total=count, total_exact=True, sums={k: v or "0" for k, v in total.items()})
    return Page(rows=rows, total=max(_estimate(cursor, compiler), count), total_exact=False)


def _estimate(cursor: Sql, compiler: _Compiler) -> int:
    """The planner's guess of the number of rows, for lists too long to count."""
    plan = cursor.value(sql.SQL("EXPLAIN (FORMAT JSON) SELECT 1") + compiler.from_where(), compiler.params)
    return int(plan[0]["Plan"]["Plan Rows"])
