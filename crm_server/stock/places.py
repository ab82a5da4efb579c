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

#: The way to a warehouse is named by it, and has its branch.
_WAY = "В пути: "
_TRANSIT = """
INSERT INTO place (kind, name, "inner", branch_id, parent_id)
SELECT 'transit', %s || w.name, true, w.branch_id, w.id FROM place w WHERE w.id = %s
ON CONFLICT (parent_id) WHERE kind = 'transit' DO UPDATE SET name = excluded.name RETURNING id
"""
_FOLLOW = """
UPDATE place p SET branch_id = t.branch_id, name = t.name, version = version + 1
FROM (SELECT id, %(branch)s::int8 AS branch_id, CASE WHEN kind = 'transit' THEN %(way)s ELSE name END AS name
      FROM place WHERE parent_id = %(id)s) t
WHERE p.id = t.id AND (p.branch_id, p.name) IS DISTINCT FROM (t.branch_id, t.name)
"""
_HAS_GOODS = """
SELECT EXISTS (SELECT FROM stock_balance b JOIN place p ON p.id = b.place_id
               WHERE b.on_hand > 0 AND %(id)s IN (p.id, p.parent_id))
    OR EXISTS (SELECT FROM bin_balance WHERE place_id = %(id)s AND on_hand > 0)
"""


# What is on its way to a warehouse goes to the branch that the warehouse is given to.
_FOLLOW_GOODS = """
UPDATE document SET branch_to_id = nullif(%(branch)s::int8, branch_id) WHERE kind = 'transfer' AND place_to_id = %(id)s
AND state IN ('draft', 'in_transit') AND branch_to_id IS DISTINCT FROM nullif(%(branch)s::int8, branch_id)
"""


def transit_to(ctx: Ctx, warehouse_id: int) -> int:
    """The place of goods on the way to a warehouse; made when the first go there."""
    found = ctx.sql.value("SELECT id FROM place WHERE kind = 'transit' AND parent_id = %s", (warehouse_id,))
    return found or ctx.sql.value(_TRANSIT, (_WAY, warehouse_id))


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
    if values["apart"] and kind != PlaceKind.ZONE:
        raise invalid({"apart": "Обособленной бывает только зона"})
    return values | {"inner": True}


def _check_change(ctx: Ctx, row_id: int, values: Values) -> None:
    before = ctx.sql.get("SELECT kind, archived, branch_id FROM place WHERE id = %s", (row_id,))
    inside = ctx.sql.value("SELECT count(*) FROM place WHERE parent_id = %s AND kind <> 'transit' AND NOT archived",
                           (row_id,))
    if inside and (values["archived"] or values["kind"] != before["kind"]):
        raise invalid({"archived" if values["archived"] else "kind": f"Внутри есть действующие места: {inside}"})
    ctx.sql.run(_FOLLOW, {"id": row_id, "branch": values["branch_id"], "way": _WAY + values["name"]})
    if values["branch_id"] != before["branch_id"]:
        ctx.sql.run(_FOLLOW_GOODS, {"id": row_id, "branch": values["branch_id"]})
    if values["archived"] and not before["archived"] and ctx.sql.value(_HAS_GOODS, {"id": row_id}):
        raise Refusal(ErrorCode.CONFLICT, "На этом месте или в пути к нему есть остаток, закрыть его нельзя",
                      "Переместите или спишите товар, затем закройте место.",
                      field_errors={"archived": "Есть остаток"})


PLACE_TABLE = DirectoryTable(
    PLACES, "place", search=("search_key(d.name)", "search_key(d.code)"), order="sort_key(d.name), d.id",
    joins={"parent": "LEFT JOIN place parent ON parent.id = d.parent_id",
           "branch": "LEFT JOIN branch b ON b.id = d.branch_id"},
    scope=place_scope, prepare=_fitting, pick_note="parent.name",
    pick_where="d.kind IN ('warehouse', 'zone', 'bin') AND NOT d.archived",
    exprs={"name": Expr("d.name"), "code": Expr("d.code"), "kind": Expr("d.kind"), "archived": Expr("d.archived"),
           "pick_order": Expr("d.pick_order"), "apart": Expr("d.apart"),
           "parent": Expr("d.parent_id", "parent.name", ("parent",)),
           "branch": Expr("d.branch_id", "b.title", ("branch",))},
)
TABLES = (PLACE_TABLE,)
