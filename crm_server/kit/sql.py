"""A thin cursor: dict rows, counted statements, and the two writes every directory needs."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

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
        query = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING id").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(sql.Placeholder() * len(values)))
        return self.value(query, list(values.values()))

    def update(self, table: str, row_id: int, values: Mapping[str, Any], *, version: int | None = None) -> int:
        """Updates one row by id and answers its new version (0 for tables without one).

        With `version` the row must still have it, else the STALE_VERSION refusal is raised.
        """
        sets: list[sql.Composable] = [
            sql.SQL("{} = {}").format(sql.Identifier(name), sql.Placeholder()) for name in values]
        params: list[Any] = list(values.values())
        returning = sql.SQL("0")
        where: list[sql.Composable] = [sql.SQL("id = %s")]
        params.append(row_id)
        if version is not None:
            sets.append(sql.SQL("version = version + 1"))
            where.append(sql.SQL("version = %s"))
            params.append(version)
            returning = sql.SQL("version")
        query = sql.SQL("UPDATE {} SET {} WHERE {} RETURNING {} AS version").format(
            sql.Identifier(table), sql.SQL(", ").join(sets), sql.SQL(" AND ").join(where), returning)
        row = self.one(query, params)
        if row is None:
            raise stale() if version is not None else not_found()
        return row["version"]
