"""Routes and commands of every declared directory, in one place: read, create, change, delete, journal.

A domain binds a `Directory` of the contract to its table; what is particular to one table is a function of its own.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import psycopg
from psycopg import sql

from crm_contract.base import Answer, Created, Request
from crm_contract.directories import Directory
from crm_contract.errors import ErrorCode
from crm_contract.kinds import FieldType
from crm_contract.parties import RefHit
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Handler, Router
from crm_server.kit.errors import Refusal, from_database, invalid, not_found, stale
from crm_server.kit.listing import Expr, Join, ListSource, trusted
from crm_server.kit.search import SearchText, search_condition

Values = dict[str, Any]
PICKED = 20
ScopeOf = Callable[[Actor, str], sql.Composable]

#: Words for the tables that may hold a row back from being deleted.
_HOLDERS: Mapping[str, str] = {
    "app_user": "пользователи", "contact": "контакты", "department": "отделы", "document": "документы",
    "employee": "сотрудники", "party": "контрагенты", "place": "склады и места", "price": "цены",
    "product": "номенклатура", "product_group": "группы", "reservation": "резервы", "routing_rule": "правила писем",
    "stock_balance": "остатки", "stock_move": "движения товара",
}


def whole_company(actor: Actor, code: str) -> sql.Composable:
    """The scope of a table that belongs to no branch: the permission alone decides."""
    return sql.SQL("true") if actor.can(code) else sql.SQL("false")


def as_typed(ctx: Ctx, row_id: int | None, values: Values) -> Values:
    """A row without rules of its own."""
    return values


@dataclass(frozen=True, slots=True)
class DirectoryTable:
    """`table` is read as `d`; `exprs` and `joins` are those of the list, with a REF for each REF field.

    `prepare(ctx, id or None, values)` checks what was typed (the row is locked) and answers what is written;
    `saved(ctx, id, before, after)` runs after a change; `may_delete(ctx, row)` refuses with better words than the
    foreign keys would. `scope` is a condition over `d`. With `pick_note` the rows can be chosen at
    `/api/pick/<code>`: those of `pick_where`.
    """

    directory: Directory
    table: str
    exprs: Mapping[str, Expr]
    search: Sequence[str]
    order: str
    joins: Mapping[str, Join] = field(default_factory=dict)
    scope: ScopeOf = whole_company
    prepare: Callable[[Ctx, int | None, Values], Values] = as_typed
    saved: Callable[[Ctx, int, Values, Values], None] = lambda ctx, row_id, before, after: None
    may_delete: Callable[[Ctx, Values], None] = lambda ctx, row: None
    pick_note: str = ""        # the second line of a choice; "" where the choices have a route of their own
    pick_where: str = "true"

    def source(self) -> ListSource:
        spec, view = self.directory.list, self.directory.view
        return ListSource(
            spec, view, f"{self.table} d", "d.id", self.exprs, lambda actor: self.scope(actor, view),
            search=self.search, joins=self.joins)

    def select(self, where: sql.Composable) -> sql.Composed:
        """The rows as `directory.read` wants them."""
        columns = [trusted("d.*")]
        for declared in self.directory.fields:
            if declared.type is FieldType.REF:
                name = declared.name.removesuffix("_id")
                expr = self.exprs[name]
                columns.append(trusted(
                    f"CASE WHEN {expr.value} IS NOT NULL THEN"
                    f" jsonb_build_object('id', {expr.value}, 'title', {expr.title}) END AS {name}"))
        joins = [trusted(join) for join in self.joins.values() if isinstance(join, str)]
        return sql.SQL("SELECT {} FROM {} d {} WHERE {} ORDER BY {}").format(
            sql.SQL(", ").join(columns), sql.Identifier(self.table), sql.SQL(" ").join(joins), where,
            trusted(self.order))


def list_rows(ctx: Ctx, table: DirectoryTable) -> list[Any]:
    """All rows, for choices; directories are short. Of a table that belongs to branches, those that the actor sees."""
    seen = sql.SQL("true") if table.scope is whole_company else table.scope(ctx.actor, table.directory.view)
    return [table.directory.read.model_validate(row) for row in ctx.sql.all(table.select(seen))]


def get_row(ctx: Ctx, table: DirectoryTable, row_id: int) -> Any:
    where = sql.SQL("d.id = {} AND {}").format(row_id, table.scope(ctx.actor, table.directory.view))
    return table.directory.read.model_validate(ctx.sql.get(table.select(where), what=table.directory.title))


def pick_rows(ctx: Ctx, table: DirectoryTable, query: str) -> list[RefHit]:
    """Rows to choose from by a part of their words."""
    search, params = search_condition(table.search, query)
    joins = [trusted(join) for join in table.joins.values() if isinstance(join, str)]
    statement = sql.SQL("SELECT d.id, d.{} AS title, coalesce({}, '') AS subtitle FROM {} d {} WHERE {} AND {}"
                        " ORDER BY {} LIMIT {}").format(
        sql.Identifier(table.directory.name), trusted(table.pick_note), sql.Identifier(table.table),
        sql.SQL(" ").join(joins), trusted(table.pick_where), search, trusted(table.order), PICKED)
    return [RefHit.model_validate(row) for row in ctx.sql.all(statement, params)]


def create_row(ctx: Ctx, table: DirectoryTable, body: Request) -> Created:
    values = table.prepare(ctx, None, body.model_dump(mode="json"))
    row_id = ctx.sql.insert(table.table, values)
    _demand_reach(ctx, table, row_id)
    table.saved(ctx, row_id, {}, values)
    ctx.audit("create", table.directory.code, row_id, values[table.directory.name], after=values)
    ctx.changed(table.directory.code, [row_id])
    return Created(id=row_id)


def update_row(ctx: Ctx, table: DirectoryTable, row_id: int, body: Request) -> Created:
    """Raises STALE_VERSION with the present row when somebody saved it meanwhile."""
    typed = body.model_dump(mode="json")
    version = typed.pop("version")
    before = _lock(ctx, table, row_id)
    if before["version"] != version:
        raise stale(get_row(ctx, table, row_id).model_dump(mode="json"))
    values = table.prepare(ctx, row_id, typed)
    version = ctx.sql.update(table.table, row_id, values, version=version)
    _demand_reach(ctx, table, row_id)
    table.saved(ctx, row_id, before, values)
    ctx.audit("update", table.directory.code, row_id, values[table.directory.name],
              before={name: before[name] for name in values}, after=values)
    ctx.changed(table.directory.code, [row_id])
    return Created(id=row_id, version=version)


def delete_row(ctx: Ctx, table: DirectoryTable, row_id: int) -> None:
    """Deletes a row that nothing refers to; refuses by naming what does."""
    row = _lock(ctx, table, row_id)
    name = row[table.directory.name]
    table.may_delete(ctx, row)
    try:
        ctx.sql.run(sql.SQL("DELETE FROM {} WHERE id = {}").format(sql.Identifier(table.table), row_id))
    except psycopg.errors.ForeignKeyViolation as error:
        declared = from_database(error)
        if declared is not None and declared.code is ErrorCode.CONFLICT:  # others speak of what was typed
            raise declared from error
        holder = _HOLDERS.get(error.diag.table_name or "", "другие записи")
        raise Refusal(ErrorCode.CONFLICT, f"{table.directory.title} «{name}»: на запись ссылаются {holder}",
                      "Сначала перенесите их, либо оставьте запись как есть.") from error
    ctx.audit("delete", table.directory.code, row_id, name,
              before={typed.name: row[typed.name] for typed in table.directory.fields})
    ctx.changed(table.directory.code, [row_id])


def _lock(ctx: Ctx, table: DirectoryTable, row_id: int) -> Values:
    query = sql.SQL("SELECT d.* FROM {} d WHERE d.id = {} AND {} FOR UPDATE").format(
        sql.Identifier(table.table), row_id, table.scope(ctx.actor, table.directory.edit))
    row = ctx.sql.one(query)
    if row is None:
        raise not_found(table.directory.title)
    return row


def _demand_reach(ctx: Ctx, table: DirectoryTable, row_id: int) -> None:
    """Nobody may make a row, or give one away, where they could not edit it."""
    query = sql.SQL("SELECT 1 FROM {} d WHERE d.id = {} AND {}").format(
        sql.Identifier(table.table), row_id, table.scope(ctx.actor, table.directory.edit))
    if ctx.sql.value(query) is None:
        raise invalid({"branch_id": "Ваши права не распространяются на этот филиал"})


def directory_router(tables: Sequence[DirectoryTable]) -> Router:
    """`/api/<code of the list>` of every table: GET all and one, POST, PUT, DELETE."""
    router = Router("/api", "directories")
    for table in tables:
        directory = table.directory
        path = f"/{directory.list.code}"
        router.get(path, permission=Guard.LOGGED_IN)(_all(table))
        router.get(path + "/{row_id}", permission=directory.view)(_one(table))
        router.post(path, permission=directory.edit)(_create(table))
        router.put(path + "/{row_id}", permission=directory.edit)(_update(table))
        router.delete(path + "/{row_id}", permission=directory.edit)(_delete(table))
        if table.pick_note:
            router.get(f"/pick/{directory.code}", permission=Guard.LOGGED_IN)(_pick(table))
    return router


def _all(table: DirectoryTable) -> Handler:
    def handler(ctx: Ctx) -> list[Answer]:
        return list_rows(ctx, table)

    return _named(handler, f"list_{table.table}", f"All rows of «{table.directory.list.title}».",
                  returns=list[table.directory.read])  # type: ignore[name-defined]  # the model is data here


def _one(table: DirectoryTable) -> Handler:
    def handler(ctx: Ctx, row_id: int) -> Answer:
        return get_row(ctx, table, row_id)

    return _named(handler, f"get_{table.table}", f"One row of «{table.directory.list.title}».",
                  returns=table.directory.read)


def _create(table: DirectoryTable) -> Handler:
    def handler(ctx: Ctx, body: Request) -> Created:
        return create_row(ctx, table, body)

    return _named(handler, f"create_{table.table}", f"Add a row to «{table.directory.list.title}».",
                  body=table.directory.body)


def _update(table: DirectoryTable) -> Handler:
    def handler(ctx: Ctx, row_id: int, body: Request) -> Created:
        return update_row(ctx, table, row_id, body)

    return _named(handler, f"update_{table.table}", f"Change a row of «{table.directory.list.title}».",
                  body=table.directory.update)


def _delete(table: DirectoryTable) -> Handler:
    def handler(ctx: Ctx, row_id: int) -> None:
        delete_row(ctx, table, row_id)

    return _named(handler, f"delete_{table.table}", f"Delete a row of «{table.directory.list.title}» not in use.")


def _pick(table: DirectoryTable) -> Handler:
    def handler(ctx: Ctx, q: SearchText = "") -> list[RefHit]:
        return pick_rows(ctx, table, q)

    return _named(handler, f"pick_{table.table}", f"Rows of «{table.directory.list.title}» to choose from.")


def _named(handler: Handler, name: str, summary: str, *, body: type[Request] | None = None,
           returns: Any = None) -> Handler:
    """The edge reads names and types of a handler: these are the declared ones."""
    handler.__name__, handler.__doc__ = name, summary
    if body is not None:
        handler.__annotations__["body"] = body
    if returns is not None:
        handler.__annotations__["return"] = returns
    return handler
