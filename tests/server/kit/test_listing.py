"""The list compiler over one table with every type of column."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg import sql

from crm_contract.errors import ErrorCode
from crm_contract.lists import Column, ColumnType, Condition, ListQuery, ListSpec, Op, Page, Sort
from crm_contract.permissions import Scope
from crm_server.db.pool import Pool
from crm_server.kit import listing
from crm_server.kit.actor import Actor
from crm_server.kit.errors import Refusal
from crm_server.kit.listing import Expr, ListSource, read_page, read_whole
from crm_server.kit.sql import Sql

TYPES = {
    "name": ColumnType.TEXT, "number": ColumnType.NUMBER, "count": ColumnType.INTEGER, "sum": ColumnType.MONEY,
    "quantity": ColumnType.QUANTITY, "percent": ColumnType.PERCENT, "date": ColumnType.DATE,
    "at": ColumnType.DATETIME, "flag": ColumnType.FLAG, "state": ColumnType.STATE, "group": ColumnType.REF,
}
SPEC = ListSpec(
    code="things", title="Вещи", default_sort="name",
    columns=(
        *(Column(name, name.title(), kind, sums=name == "sum") for name, kind in TYPES.items()),
        Column("cost", "Себестоимость", ColumnType.MONEY, permission="product.cost"),
        Column("fixed", "Без отбора", sortable=False, filterable=False),
    ),
)
SOURCE = ListSource(
    spec=SPEC, permission="product.view", table="thing t", key="t.id", scope=lambda actor: sql.SQL("t.branch_id = 1"),
    search=("t.search",), joins={"g": "LEFT JOIN thing_group g ON g.id = t.group_id"},
    exprs={
        **{name: Expr(f't."{name}"', nullable=True) for name in TYPES if name != "group"},
        "group": Expr("t.group_id", "g.title", ("g",)), "cost": Expr("t.cost"), "fixed": Expr("t.name"),
    },
)
CLERK = Actor(1, 1, "", 1, None, {"product.view": Scope.ALL})
BOSS = Actor(1, 1, "", 1, None, {"product.view": Scope.ALL, "product.cost": Scope.ALL})

ROWS = [
    (1, "Насос", "10", 1, "10.50", "1.5", "10", "2026-01-01", "2026-01-01T10:00Z", True, "new", 1, "7", 1),
    (2, "ёлка", "9", 2, "20.00", "2", "20", "2026-01-02", "2026-01-02T10:00Z", False, "done", 2, "8", 1),
    (3, "Ель", "8", 3, "30.00", "3", "30", "2026-01-03", "2026-01-03T10:00Z", True, "done", None, "9", 1),
    (4, "", "", None, None, None, None, None, None, None, "", 1, "1", 1),
    (5, "Чужой", "7", 7, "7", "7", "7", "2026-01-07", "2026-01-07T10:00Z", True, "new", 1, "7", 2),
]
GOOD: dict[str, Any] = {
    "name": "ёлка", "number": "9", "count": 2, "sum": "20.00", "quantity": "2", "percent": "20", "date": "2026-01-02",
    "at": "2026-01-02T10:00:00+00:00", "flag": False, "state": "done", "group": 2,
}


@pytest.fixture
def cursor(pool: Pool) -> Iterator[Sql]:
    with pool.connection() as connection:
        connection.execute("CREATE TEMP TABLE thing_group (id bigint PRIMARY KEY, title text)")
        connection.execute("INSERT INTO thing_group VALUES (1, 'Насосы'), (2, 'Деревья')")
        connection.execute(
            'CREATE TEMP TABLE thing (id bigint PRIMARY KEY, name text, number text, count int, sum numeric, quantity'
            ' numeric, percent numeric, "date" date, "at" timestamptz, flag bool, state text, group_id bigint, cost'
            ' numeric, branch_id int, search text GENERATED ALWAYS AS (search_key(name)) STORED)')
        with connection.cursor() as writer:
            writer.executemany("INSERT INTO thing VALUES (%s" + ", %s" * (len(ROWS[0]) - 1) + ")", ROWS)
        yield Sql(connection)
        connection.rollback()


def ids(cursor: Sql, *conditions: tuple[str, Op, Any], actor: Actor = CLERK, **query: Any) -> list[int]:
    page = read_page(cursor, SOURCE, actor, ListQuery(
        conditions=[Condition(column=c, op=op, value=v) for c, op, v in conditions],
        **{"sort": [Sort(column="id")], **query}))
    return [row["id"] for row in page.rows]


def refusal(cursor: Sql, **query: Any) -> Refusal:
    with pytest.raises(Refusal) as caught:
        read_page(cursor, SOURCE, CLERK, ListQuery.model_validate(query))
    assert caught.value.code is ErrorCode.INVALID
    return caught.value


# The rows that each operator finds with the value of row 2; row 4 has no values, row 5 is out of scope.
ANY_TYPE = {Op.EQ: [2], Op.IN: [2], Op.NE: [1, 3, 4], Op.NOT_IN: [1, 3, 4], Op.NOT_EMPTY: [1, 2, 3], Op.EMPTY: [4]}
ORDERED = {Op.LT: [1], Op.LE: [1, 2], Op.GT: [3], Op.GE: [2, 3], Op.BETWEEN: [2]}
OWN = {
    ("state", Op.EQ): [2, 3], ("state", Op.IN): [2, 3], ("state", Op.NE): [1, 4], ("state", Op.NOT_IN): [1, 4],
    ("group", Op.EMPTY): [3], ("group", Op.NOT_EMPTY): [1, 2, 4],
    # «ёлка» stands before «Ель» and «Насос», the empty text before all of them
    ("name", Op.LT): [4], ("name", Op.LE): [2, 4], ("name", Op.GT): [1, 3], ("name", Op.GE): [1, 2, 3],
    # numbers are texts: '10' < '8' < '9'
    ("number", Op.LT): [1, 3, 4], ("number", Op.LE): [1, 2, 3, 4], ("number", Op.GT): [], ("number", Op.GE): [2],
}


@pytest.mark.parametrize("op", [*ANY_TYPE, *ORDERED])
def test_operator_on_every_type(cursor: Sql, op: Op) -> None:
    for name in TYPES:
        value = [GOOD[name]] * 2 if op is Op.BETWEEN else GOOD[name]
        if op in ORDERED and name in ("flag", "state", "group"):
            error = refusal(cursor, conditions=[{"column": name, "op": op, "value": value}])
            assert list(error.field_errors) == ["conditions.0.op"]
        else:
            assert ids(cursor, (name, op, value)) == OWN.get((name, op), {**ANY_TYPE, **ORDERED}[op]), name


def test_contains(cursor: Sql) -> None:
    for name, value, found in (("name", "ЛКА", [2]), ("name", "елк", [2]), ("name", "yfcjc", [1]), ("name", "%", []),
                               ("number", "1", [1]), ("group", "дерев", [2])):
        assert ids(cursor, (name, Op.CONTAINS, value)) == found
    for name in TYPES.keys() - {"name", "number", "group"}:
        error = refusal(cursor, conditions=[{"column": name, "op": "contains", "value": "1"}])
        assert list(error.field_errors) == ["conditions.0.op"]


WRONG = [
    ("count", "x"), ("count", 1.5), ("count", True), ("count", 2**63), ("count", float("inf")), ("count", "9" * 5000),
    ("sum", "NaN"), ("sum", "Infinity"), ("sum", "1e999999"), ("sum", "1e-999999"), ("sum", "0e-999999"),
    ("sum", "9" * 20), ("sum", "1" * 20000), ("sum", "1,5"), ("sum", [1]), ("sum", {}), ("date", "01.02.2026"),
    ("date", 20260101.5), ("date", "99999-01-01"), ("at", "вчера"), ("flag", 1), ("flag", "true"), ("state", None),
    ("group", "Насосы"), ("name", "a\x00b"), ("name", "\ud800"), ("name", ["a"]), ("name", "x" * 2000),
]


def test_wrong_value_is_refused_before_sql_sees_it(cursor: Sql) -> None:
    before = cursor.count
    for name, value in WRONG:
        for op, given in (("eq", value), ("in", [value]), ("between", [GOOD[name], value])):
            if op == "between" and name in ("flag", "state", "group"):
                continue
            error = refusal(cursor, conditions=[{"column": name, "op": op, "value": given}])
            assert list(error.field_errors) == ["conditions.0.value"], (name, value)
    assert cursor.count == before


def test_moments_at_the_edges_of_the_calendar_are_compared(cursor: Sql) -> None:
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-01-02", "2026-01-02T10:00:00"):
        later, earlier = ids(cursor, ("at", Op.GE, moment)), ids(cursor, ("at", Op.LT, moment))
        assert not set(later) & set(earlier), moment
    assert ids(cursor, ("at", Op.LT, "0001-01-01T00:00:00+14:00")) == []
    assert ids(cursor, ("at", Op.GT, "9999-12-31T23:59:59-12:00")) == []


def test_limits_of_lists_of_values(cursor: Sql) -> None:
    assert ids(cursor, ("count", Op.IN, [])) == []
    assert ids(cursor, ("count", Op.NOT_IN, [])) == [1, 2, 3, 4]
    assert "conditions.0.value" in refusal(
        cursor, conditions=[{"column": "count", "op": "in", "value": list(range(501))}]).field_errors
    for bounds in (1, [1], [1, 2, 3], "12", {"a": 1, "b": 2}):
        assert "conditions.0.value" in refusal(
            cursor, conditions=[{"column": "count", "op": "between", "value": bounds}]).field_errors


def test_conditions_are_joined_by_and(cursor: Sql) -> None:
    assert ids(cursor, ("state", Op.EQ, "done"), ("flag", Op.EQ, True)) == [3]


def test_hidden_column_is_as_unknown_as_a_missing_one(cursor: Sql) -> None:
    for name in ("cost", "nothing"):
        assert refusal(cursor, columns=[name]).field_errors == {"columns.0": f"Нет такого столбца: {name}"}
        assert refusal(cursor, sort=[{"column": name}]).field_errors == {
            "sort.0.column": f"Нет такого столбца: {name}"}
        error = refusal(cursor, conditions=[{"column": name, "op": "gt", "value": "8"}])
        assert error.field_errors == {"conditions.0.column": f"Нет такого столбца: {name}"}
    rows = read_page(cursor, SOURCE, CLERK, ListQuery()).rows
    assert all("cost" not in row for row in rows)
    assert ids(cursor, ("cost", Op.GT, "8"), actor=BOSS) == [3]


def test_hidden_column_stays_hidden_when_every_row_carries_it(cursor: Sql) -> None:
    source = replace(SOURCE, always=("cost", "state"))
    row = read_page(cursor, source, CLERK, ListQuery(columns=["name"])).rows[0]
    assert row.keys() == {"id", "name", "state"}
    row = read_page(cursor, source, BOSS, ListQuery(columns=["name"])).rows[0]
    assert row.keys() == {"id", "name", "cost", "state"}


def test_columns_that_are_neither_sorted_nor_filtered(cursor: Sql) -> None:
    assert "sort.0.column" in refusal(cursor, sort=[{"column": "fixed"}]).field_errors
    assert "conditions.0.column" in refusal(
        cursor, conditions=[{"column": "fixed", "op": "eq", "value": "x"}]).field_errors


PAYLOADS = ["'; DROP TABLE thing; --", "1 OR 1=1", "x') OR ('a'='a", "%s", "%(a)s", "{}", "{0}", '"; --', "\\", "_",
            "$1", "t.cost", "(SELECT 1)"]


def test_sql_in_any_string_finds_nothing_and_breaks_nothing(cursor: Sql) -> None:
    for payload in PAYLOADS:
        for name in ("name", "number", "state"):
            for op in (Op.EQ, Op.IN):
                assert ids(cursor, (name, op, payload)) == []
            assert ids(cursor, (name, Op.NE, payload)) == [1, 2, 3, 4]
        for name in ("name", "number", "group"):
            assert ids(cursor, (name, Op.CONTAINS, payload)) == []
        ids(cursor, ("name", Op.BETWEEN, [payload, payload]))
        ids(cursor, search=payload)
        for query in ({"columns": [payload]}, {"sort": [{"column": payload}]},
                      {"conditions": [{"column": payload, "op": "eq", "value": 1}]},
                      {"conditions": [{"column": "count", "op": "eq", "value": payload}]}):
            refusal(cursor, **query)
        assert len(ids(cursor)) == 4


def test_search_ignores_case_layout_and_yo(cursor: Sql) -> None:
    for text in ("ЕЛК", "tkrf", "ёлка"):
        assert ids(cursor, search=text) == [2]
    assert ids(cursor, search="насос ёлка") == []
    assert ids(cursor, search=" \x00 ") == [1, 2, 3, 4]


def test_texts_sort_by_russian_rules(cursor: Sql) -> None:
    assert ids(cursor, sort=[{"column": "name"}]) == [4, 2, 3, 1]
    assert ids(cursor, sort=[{"column": "name", "descending": True}]) == [1, 3, 2, 4]
    assert ids(cursor, sort=[]) == [4, 2, 3, 1]


def test_rows_without_a_value_come_last_both_ways(cursor: Sql) -> None:
    assert ids(cursor, sort=[{"column": "sum"}]) == [1, 2, 3, 4]
    assert ids(cursor, sort=[{"column": "sum", "descending": True}]) == [3, 2, 1, 4]
    assert ids(cursor, sort=[{"column": "group"}]) == [2, 1, 4, 3]
    assert ids(cursor, sort=[{"column": "group", "descending": True}]) == [4, 1, 2, 3]


def test_sort_by_several_columns(cursor: Sql) -> None:
    sort = [{"column": "state", "descending": True}, {"column": "count", "descending": True}]
    assert ids(cursor, sort=sort) == [1, 3, 2, 4]


def test_pages_of_equal_rows_neither_repeat_nor_lose_any(cursor: Sql) -> None:
    cursor.run("INSERT INTO thing (id, name, branch_id) SELECT g, 'Один', 1 FROM generate_series(100, 399) g")
    for descending in (False, True):
        seen = [i for offset in range(0, 350, 50) for i in ids(
            cursor, sort=[{"column": "name", "descending": descending}], offset=offset, limit=50)]
        assert len(seen) == len(set(seen)) == 304


def test_values_come_in_the_types_of_the_contract(cursor: Sql) -> None:
    page = read_page(cursor, SOURCE, CLERK, ListQuery(conditions=[Condition(column="count", op=Op.EQ, value=2)]))
    assert page.rows == [{
        "id": 2, "name": "ёлка", "number": "9", "count": 2, "sum": Decimal("20.00"), "quantity": Decimal(2),
        "percent": Decimal(20), "date": date(2026, 1, 2), "at": datetime(2026, 1, 2, 10, tzinfo=UTC), "flag": False,
        "state": "done", "group": {"id": 2, "title": "Деревья"}, "fixed": "ёлка"}]
    assert '"sum":"20.00"' in page.model_dump_json()


def test_total_and_sums_of_the_whole_list_not_of_the_window(cursor: Sql) -> None:
    before = cursor.count
    page = read_page(cursor, SOURCE, CLERK, ListQuery(limit=1))
    assert (page.total, page.total_exact, page.sums) == (4, True, {"sum": "60.50"})
    assert cursor.count - before == 2
    page = read_page(cursor, SOURCE, CLERK, ListQuery(limit=1, columns=["name"], with_total=False))
    assert (page.total, page.total_exact, page.sums) == (None, False, {})
    none = ListQuery(conditions=[Condition(column="name", op=Op.EQ, value="нет")])
    assert read_page(cursor, SOURCE, CLERK, none) == Page(rows=[], total=0, total_exact=True, sums={"sum": "0"})


def test_long_list_is_estimated(cursor: Sql, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNT_LIMIT", 100)
    cursor.run("INSERT INTO thing (id, name, branch_id) SELECT g, 'Один', 1 FROM generate_series(100, 1099) g")
    cursor.run("ANALYZE thing")
    query = ListQuery(limit=1, search="один", conditions=[Condition(column="name", op=Op.EQ, value="Один")])
    page = read_page(cursor, SOURCE, CLERK, query)
    assert not page.total_exact
    assert page.sums == {}
    assert 101 <= (page.total or 0) <= 2000


def test_export_reads_all_or_refuses(cursor: Sql) -> None:
    query = ListQuery(limit=1, offset=3, columns=["name"])
    count, page = read_whole(cursor, SOURCE, CLERK, query, 4)
    read = Page.model_validate_json(page)
    assert [row["id"] for row in read.rows] == [4, 2, 3, 1]
    assert (count, read.total, read.total_exact) == (4, 4, True)
    with pytest.raises(Refusal) as caught:
        read_whole(cursor, SOURCE, CLERK, query, 3)
    assert caught.value.code is ErrorCode.TOO_LARGE


def test_only_the_joins_in_need_are_made(cursor: Sql) -> None:
    source = replace(SOURCE, joins={"g": "JOIN no_such_table g ON true"})
    query = ListQuery(columns=["name"], with_total=True)
    assert read_page(cursor, source, CLERK, query).total == 4
    with pytest.raises(psycopg.errors.UndefinedTable):
        read_page(cursor, source, CLERK, ListQuery(columns=["group"]))


def test_statements_are_kept_by_reach_and_shape_but_long_ones_are_not(cursor: Sql) -> None:
    source = replace(SOURCE, scope=lambda actor: sql.SQL("t.id = {}").format(actor.user_id))
    for actor in (CLERK, replace(CLERK, user_id=2)):
        for search in ("", "1", "ёлка"):
            for value in ("7", "8"):
                query = ListQuery(search=search, conditions=[Condition(column="name", op=Op.NE, value=value)])
                assert {row["id"] for row in read_page(cursor, source, actor, query).rows} <= {actor.user_id}
    assert len(source.made) == 2 * 3
    read_page(cursor, source, CLERK, ListQuery(conditions=[Condition(column="name", op=Op.NE, value="7")] * 50))
    assert len(source.made) == 2 * 3
