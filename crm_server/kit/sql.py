"""A thin cursor: dict rows, counted statements, and the two writes every directory needs."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, LiteralString, cast

from psycopg import Connection, sql
from psycopg.rows import DictRow, dict_row

from crm_server.kit.errors import not_found, stale

Params = Mapping[str, Any] | Sequence[Any]
Query = LiteralString | sql.SQL | sql.Composed


class Sql:
    """Statements on the request's transaction. `count` is asserted by tests of the hot paths."""

    def __init__(self, connection: Connection[Any]) -> None:
        self.connection = connection
        self._cursor = connection.cursor(row_factory=dict_row)
        self.count = 0

    def run(self, query: Query, params: Params | None = None) -> int:
        """Executes and answers the number of rows touched."""
        self.count += 1
        self._cursor.execute(query, params)
        return self._cursor.rowcount

    def all(self, query: Query, params: Params | None = None) -> list[DictRow]:
        self.count += 1
        return self._cursor.execute(query, params).fetchall()

    def batches(self, query: Query, params: Params, size: int) -> Iterator[list[DictRow]]:
        """The rows, `size` at a time: none of them stays in memory as objects longer than it is looked at."""
        self.count += 1
        cursor = self._cursor.execute(query, params)
        while rows := cursor.fetchmany(size):
            yield rows

    def one(self, query: Query, params: Params | None = None) -> DictRow | None:
        self.count += 1
        return self._cursor.execute(query, params).fetchone()

    def get(self, query: Query, params: Params | None = None, *, what: str = "Запись") -> DictRow:
        """The one row; raises the NOT_FOUND refusal when there is none."""
        row = self.one(query, params)
        if row is None:
            raise not_found(what)
        return row

    def value(self, query: Query, params: Params | None = None) -> Any:
        row = self.one(query, params)
        return None if row is None else next(iter(row.values()))

    def insert(self, table: str, values: Mapping[str, Any]) -> int:
        """Inserts one row and answers its id."""
        query = _insert(table, tuple(values))
        return self.value(query, list(values.values()))

    def update(self, table: str, row_id: int, values: Mapping[str, Any], *, version: int | None = None) -> int:
        """Updates one row by id and answers its new version (0 for tables without one).

        With `version` the row must still have it, else the STALE_VERSION refusal is raised.
        """
        query = _update(table, tuple(values), checked=version is not None)
        params = [*values.values(), row_id, *([] if version is None else [version])]
        row = self.one(query, params)
        if row is None:
            raise stale() if version is not None else not_found()
        return row["version"]


@cache
def _insert(table: str, names: tuple[str, ...]) -> LiteralString:
    query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, names)),
        sql.SQL(", ").join(sql.Placeholder() * len(names)))
    return cast("LiteralString", query.as_string())


@cache
def _update(table: str, names: tuple[str, ...], *, checked: bool) -> LiteralString:
    sets: list[sql.Composable] = [sql.SQL("{} = %s").format(sql.Identifier(name)) for name in names]
    if checked:
        sets.append(sql.SQL("version = version + 1"))
    query = sql.SQL("UPDATE {} SET {} WHERE id = %s{} RETURNING {} AS version").format(
        sql.Identifier(table), sql.SQL(", ").join(sets), sql.SQL(" AND version = %s" if checked else ""),
        sql.SQL("version" if checked else "0"))
    return cast("LiteralString", query.as_string())
