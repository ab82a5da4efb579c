"""Warehouses, zones and bins as a directory. Custody and transit places are made by documents and only shown."""

from psycopg import sql

from crm_contract.directories import PLACES
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission, Scope
from crm_contract.stock import PlaceKind
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.directories import DirectoryTable, Values
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid
from crm_server.kit.listing import Expr

CONSTRAINTS["fk_place_parent_id"] = invalid({"parent_id": "Такого места нет"})
CONSTRAINTS["fk_place_branch_id"] = invalid({"branch_id": "Такого филиала нет"})

#: What a place may lie in; a warehouse lies in nothing.
_INSIDE: dict[PlaceKind, tuple[PlaceKind, ...]] = {
    PlaceKind.WAREHOUSE: (), PlaceKind.ZONE: (PlaceKind.WAREHOUSE,),
    PlaceKind.BIN: (PlaceKind.WAREHOUSE, PlaceKind.ZONE),
}
_WORDS = {PlaceKind.ZONE: "Зона лежит в складе: выберите его",
          PlaceKind.BIN: "Ячейка лежит в складе или зоне: выберите, в чём"}


def place_scope(actor: Actor, code: str) -> sql.Composable:
    """Inner places that a right reaches: goods belong to places, so a right narrower than all reaches the branch.

    A place of no branch is common: everybody sees it, only a right over all changes it.
    """
    match actor.scope(code):
        case None:
            return sql.SQL("false")
        case Scope.ALL:
            return sql.SQL("d.inner")
        case _ if code == Permission.STOCK_VIEW:
            return sql.SQL("d.inner AND (d.branch_id = {0} OR d.branch_id IS NULL)").format(actor.branch_id)
        case _:
            return sql.SQL("d.inner AND d.branch_id = {}").format(actor.branch_id)


def _fitting(ctx: Ctx, row_id: int | None, values: Values) -> Values:
    """Bins lie in zones and warehouses, zones in warehouses; an inner place takes the branch of what it lies in."""
    kind = PlaceKind(values["kind"])
    if kind not in _INSIDE:
        raise invalid({"kind": "Такие места создают документы, а не справочник"})
    parent = None
    if values["parent_id"]:
        parent = ctx.sql.one("SELECT kind, branch_id FROM place WHERE id = %s FOR SHARE", (values["parent_id"],))
    if _INSIDE[kind] and (parent is None or parent["kind"] not in _INSIDE[kind]):
        raise invalid({"parent_id": _WORDS[kind]})
    if not _INSIDE[kind] and values["parent_id"]:
        raise invalid({"parent_id": "Склад ни во что не входит"})
    if parent is not None:
        values["branch_id"] = parent["branch_id"]
    if row_id is not None:
        _check_change(ctx, row_id, values)
    return values | {"inner": True}


def _check_change(ctx: Ctx, row_id: int, values: Values) -> None:
    before = ctx.sql.get("SELECT kind, branch_id, archived FROM place WHERE id = %s", (row_id,))
    inside = ctx.sql.value("SELECT count(*) FROM place WHERE parent_id = %s AND NOT archived", (row_id,))
    if inside and (values["archived"] or values["kind"] != before["kind"]):
        raise invalid({"archived" if values["archived"] else "kind": f"Внутри есть действующие места: {inside}"})
    if inside and values["branch_id"] != before["branch_id"]:
        ctx.sql.run("UPDATE place SET branch_id = %s, version = version + 1 WHERE parent_id = %s",
                    (values["branch_id"], row_id))
    if values["archived"] and not before["archived"] and ctx.sql.value(
            "SELECT 1 FROM stock_balance WHERE place_id = %s AND on_hand > 0 LIMIT 1", (row_id,)):
        raise Refusal(ErrorCode.CONFLICT, "На этом месте есть остаток, закрыть его нельзя",
                      "Переместите или спишите товар, затем закройте место.",
                      field_errors={"archived": "Есть остаток"})


PLACE_TABLE = DirectoryTable(
    PLACES, "place", search=("search_key(d.name)", "search_key(d.code)"), order="sort_key(d.name), d.id",
    joins={"parent": "LEFT JOIN place parent ON parent.id = d.parent_id",
           "branch": "LEFT JOIN branch b ON b.id = d.branch_id"},
    scope=place_scope, prepare=_fitting, pick_note="parent.name",
    pick_where="d.kind IN ('warehouse', 'zone', 'bin') AND NOT d.archived",
    exprs={"name": Expr("d.name"), "code": Expr("d.code"), "kind": Expr("d.kind"), "archived": Expr("d.archived"),
           "parent": Expr("d.parent_id", "parent.name", ("parent",)),
           "branch": Expr("d.branch_id", "b.title", ("branch",))},
)
TABLES = (PLACE_TABLE,)
