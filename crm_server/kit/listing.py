"""The list grammar compiled to SQL in one place.

A `ListSource` binds a `ListSpec` of the contract to SQL expressions. Only the joins that the filter, the sort or
the output need are made: ids of the page come from a lean inner query, words are joined to those few rows.

The text of a statement depends on who asks and on the shape of the query (which columns, which conditions), and is
composed once for all such queries: composing costs more than running it. What is looked for are its parameters.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, LiteralString
from typing import cast as typed

from psycopg import sql
from pydantic_core import to_json

from crm_contract.errors import ErrorCode
from crm_contract.lists import Column, ColumnType, ListQuery, ListSpec, Op, Page, Sort
from crm_server.kit.actor import Actor
from crm_server.kit.errors import Refusal, invalid
from crm_server.kit.list_params import list_params
from crm_server.kit.search import search_condition, search_shape
from crm_server.kit.sql import Sql

COUNT_LIMIT = 10_000
#: Rows that are counted for the question are there anyway.
COUNTED_LIMIT = 10_000_000
#: Shapes of queries of one list whose statements are kept; beyond it all are composed anew.
MOST_SHAPES = 500
#: Statements with more conditions are long, rare, and not kept: kept ones would fill the memory.
MOST_KEPT_CONDITIONS = 8
#: Rows of an export that are objects at a time.
BATCH = 1000

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
#: The rows of a window in the order of the list.
_WINDOW = "WITH {counted}ids AS MATERIALIZED ({ids}) {rows} ORDER BY ids.n"
#: For few rows among many: what is found, its total with the sums in the first row, and the rows of the window.
_FOUND = """
WITH {counted}found AS MATERIALIZED ({found}), ids AS MATERIALIZED ({ids}), rows AS ({rows})
SELECT CASE WHEN rows.n IS NULL OR rows.n = 1 THEN to_jsonb(totals) END AS "#", rows.*
FROM (SELECT count(*) AS "#"{summed} FROM found) totals LEFT JOIN rows ON true ORDER BY rows.n
"""
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
    `counted` makes the rows for the question: a SELECT for this actor that `table` knows by the name `counted`. Its
    parameters are those of the list's moment: the day, or the two of the period. It is run once a statement.
    `looked_up` is a condition on an indexed column that the id of a row, `ids.id`, tells; for a key that has no index.
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
    counted: Callable[[Actor], sql.Composable] | None = None
    looked_up: str = "true"
    made: "dict[Hashable, _Statements]" = field(default_factory=dict, init=False, compare=False, repr=False)

    def visible(self, actor: Actor) -> dict[str, Column]:
        """The columns this actor may show, sort and filter by."""
        return {c.name: c for c in self.spec.columns if not c.permission or actor.can(c.permission)}

    @property
    def count_limit(self) -> int:
        """How many rows are counted and added up; of more, the number is the planner's guess."""
        return COUNT_LIMIT if self.counted is None else COUNTED_LIMIT


@dataclass(frozen=True, slots=True)
class _Statements:
    """What queries of one shape run. Parameters: the moment, those of the conditions, of a window offset and limit."""

    names: Sequence[str]        # of the columns of a row
    window: LiteralString
    whole: LiteralString        # every row up to a limit
    totals: LiteralString
    found: LiteralString        # both at once
    guess: LiteralString        # of the planner, how many rows there are


class _Compiler:
    """Compiles the statements of one shape of query for actors of one reach."""

    def __init__(self, source: ListSource, actor: Actor, query: ListQuery) -> None:
        self.source = source
        self.actor = actor
        self.query = query
        self.columns = source.visible(actor)
        self._key = trusted(source.key)
        self.joins: list[str] = []
        self.where = self._where()
        self.order = self._order()     # (value, direction)

    def statements(self) -> _Statements:
        names = self.output_names()
        outputs, joins = self._outputs(names)
        rows = self._rows(outputs, joins)
        sums = [n for n in names if n in self.columns and self.columns[n].sums]
        values = sql.SQL("").join(
            sql.SQL(", {} AS {}").format(trusted(self.source.exprs[n].value), sql.Identifier(n)) for n in sums)
        summed = sql.SQL("").join(sql.SQL(", sum({0})::text AS {0}").format(sql.Identifier(n)) for n in sums)
        sum_joins = [join for name in sums for join in self.source.exprs[name].joins]
        order = trusted(", ".join(value + direction for value, direction in self.order))
        counted = self._counted()
        begin = sql.SQL("WITH {} ").format(counted) if self.source.counted else counted
        comma = counted + sql.SQL(", ") if self.source.counted else counted
        return _Statements(names, *map(_text, (
            sql.SQL(_WINDOW).format(
                counted=comma, ids=sql.SQL(_IDS).format(self._key, self._from_where(), order), rows=rows),
            begin + sql.SQL("SELECT {}{} ORDER BY {} LIMIT %s").format(outputs, self._from_where(joins), order),
            begin + sql.SQL('SELECT count(*) AS "#"{} FROM (SELECT 1{}{} LIMIT {}) q').format(
                summed, values, self._from_where(sum_joins), self.source.count_limit + 1),
            self._found(comma, rows, values, summed, sum_joins),
            sql.SQL("EXPLAIN (FORMAT JSON) {}SELECT 1{}").format(begin, self._from_where()))))

    def _counted(self) -> sql.Composable:
        if self.source.counted is None:
            return sql.SQL("")
        return sql.SQL("counted AS MATERIALIZED ({})").format(self.source.counted(self.actor))

    def _found(self, counted: sql.Composable, rows: sql.Composable, values: sql.Composable, summed: sql.Composable,
               joins: Sequence[str]) -> sql.Composed:
        """What is sorted by is found with the keys: the rows are looked up for the window alone."""
        sorted_by = trusted("".join(f', {value} AS "#{n}"' for n, (value, _) in enumerate(self.order)))
        order = trusted(", ".join(f'"#{n}"{direction}' for n, (_, direction) in enumerate(self.order)))
        found = sql.SQL("SELECT {} AS id{}{}{} LIMIT {}").format(
            self._key, sorted_by, values, self._from_where(joins, few=True), self.source.count_limit + 1)
        ids = sql.SQL(_IDS).format(sql.SQL("id"), sql.SQL(" FROM found"), order)
        return sql.SQL(_FOUND).format(counted=counted, found=found, ids=ids, rows=rows, summed=summed)

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
            parts.append(self._condition(column, expr, condition.op))
        if self.source.search:
            parts.append(search_condition(self.source.search, self.query.search)[0])
        return sql.SQL(" AND ").join(parts)

    def _condition(self, column: Column, expr: Expr, op: Op) -> sql.Composable:
        value = trusted(f"({expr.value})")
        sql_type = trusted(_SQL_TYPES.get(column.type, "text"))
        match op:
            case Op.EMPTY:
                return sql.SQL("({0} IS NULL OR {0}::text = '')").format(value)
            case Op.NOT_EMPTY:
                return sql.SQL("({0} IS NOT NULL AND {0}::text <> '')").format(value)
            case Op.CONTAINS:
                return sql.SQL("strpos(search_key(({})::text), search_key(%s::text)) > 0").format(
                    trusted(expr.title or expr.value))
            case Op.IN:
                return sql.SQL("{} = ANY(%s::{}[])").format(value, sql_type)
            case Op.NOT_IN:
                return sql.SQL("({0} IS NULL OR {0} <> ALL(%s::{1}[]))").format(value, sql_type)
            case Op.BETWEEN:
                template = "{0} BETWEEN {2}(%s::{1}) AND {2}(%s::{1})"
            case _:
                template = "{0} " + _SIGNS[op] + " {2}(%s::{1})"
        if column.type is ColumnType.TEXT and op in _ORDER_OPS:  # texts stand as the list is sorted
            return trusted(template).format(trusted(_sort_key(expr)), sql_type, sql.SQL("sort_key"))
        return trusted(template).format(value, sql_type, sql.SQL(""))

    def _order(self) -> list[tuple[str, str]]:
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
        return [*parts, (self.source.key, _direction(sorts[-1], nulls_last=False))]

    def _from_where(self, also: Sequence[str] = (), *, few: bool = False) -> sql.Composed:
        """With the joins of conditions and order, and `also` others. `few`: they look up what belongs to each row."""
        names = dict.fromkeys((*self.joins, *also))
        joins = [(few and self.source.row_joins.get(name)) or self.source.joins[name] for name in names]
        return sql.SQL(" FROM {}{} WHERE {}").format(trusted(self.source.table), self._joined(joins), self.where)

    def _joined(self, joins: Iterable[Join]) -> sql.Composed:
        return sql.SQL("").join(
            sql.SQL(" {}").format(trusted(join) if isinstance(join, str) else join(self.actor)) for join in joins)

    def _rows(self, outputs: sql.Composable, joins: Sequence[str]) -> sql.Composed:
        """The columns of the rows `ids`; `n` is their order."""
        joined = self._joined(self.source.row_joins.get(name) or self.source.joins[name] for name in joins)
        return sql.SQL("SELECT ids.n, {} FROM ids JOIN {} ON {} = ids.id AND {}{}").format(
            outputs, trusted(self.source.table), self._key, trusted(self.source.looked_up), joined)

    def _outputs(self, names: Sequence[str]) -> tuple[sql.Composable, list[str]]:
        """The columns of a row, and the joins that they need."""
        outputs: list[sql.Composable] = [sql.SQL("{} AS id").format(self._key)]
        joins: list[str] = []
        for name in names:
            expr = self.source.exprs[name]
            joins.extend(j for j in expr.joins if j not in joins)
            value = trusted(expr.value)
            if expr.title:
                value = sql.SQL(_REF).format(value, trusted(expr.title))
            outputs.append(sql.SQL("{} AS {}").format(value, sql.Identifier(name)))
        return sql.SQL(", ").join(outputs), joins


def _statements(source: ListSource, actor: Actor, query: ListQuery) -> _Statements:
    shape = (
        actor.reach, None if query.columns is None else tuple(query.columns),
        tuple((c.column, c.op) for c in query.conditions), tuple((s.column, s.descending) for s in query.sort),
        search_shape(query.search) if source.search else ())
    statements = source.made.get(shape)
    if statements is None:
        statements = _Compiler(source, actor, query).statements()
        if len(query.conditions) <= MOST_KEPT_CONDITIONS:
            if len(source.made) >= MOST_SHAPES:
                source.made.clear()
            source.made[shape] = statements
    return statements


def _text(statement: sql.Composable) -> LiteralString:
    return typed("LiteralString", statement.as_string())


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
    """One window of a list: one statement for the rows and one for the total with sums when asked.

    Both are one statement when something is searched for, or the rows are counted for the question: it is done once.
    Where more than `count_limit` rows are found, the planner is asked for their number.
    """
    statements = _statements(source, actor, query)
    params, window = list_params(source.spec, source.search, query), [query.offset, query.limit]
    if query.with_total and (source.counted or (search_shape(query.search) and source.search)):
        rows = cursor.all(statements.found, [*params, *window])
        total: dict[str, Any] = [row.pop("#") for row in rows][0]  # noqa: RUF015  # taken out of every row
        if total["#"] > source.count_limit:
            rows = cursor.all(statements.window, [*params, *window])
        elif rows[0]["id"] is None:
            rows = []
    else:
        rows = cursor.all(statements.window, [*params, *window])
        total = cursor.get(statements.totals, params) if query.with_total else {}
    for row in rows:
        del row["n"]
    if not query.with_total:
        return Page(rows=rows, total=None, total_exact=False)
    count = total.pop("#")
    if count <= source.count_limit:
        return Page(rows=rows, total=count, total_exact=True, sums={k: v or "0" for k, v in total.items()})
    return Page(rows=rows, total=max(_guess(cursor, statements, params), count), total_exact=False)


def read_whole(cursor: Sql, source: ListSource, actor: Actor, query: ListQuery, limit: int) -> tuple[int, bytes]:
    """The whole filtered list for an export: the number of its rows, and the JSON of a `Page` with all of them.

    The window of the query is not looked at. Refuses more than `limit`.
    """
    statement = _statements(source, actor, query).whole
    params = [*list_params(source.spec, source.search, query), limit + 1]
    count, parts = 0, []
    for rows in cursor.batches(statement, params, BATCH):
        count += len(rows)
        if count > limit:
            raise Refusal(ErrorCode.TOO_LARGE, f"В выгрузке больше {limit:,} строк".replace(",", "\u202f"),
                          "Сузьте отбор, например по датам, и выгрузите частями.")
        parts.append(to_json(rows)[1:-1])
    page = to_json(Page(rows=[], total=count, total_exact=True))
    return count, page.replace(b'"rows":[]', b'"rows":[' + b",".join(parts) + b"]", 1)


def _guess(cursor: Sql, statements: _Statements, params: Sequence[Any]) -> int:
    """The planner's guess of the number of rows, for lists too long to count."""
    return int(cursor.value(statements.guess, params)[0]["Plan"]["Plan Rows"])
