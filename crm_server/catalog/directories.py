"""Product groups, price kinds and units."""

from crm_contract.base import Created
from crm_contract.catalog import GroupBody, GroupRead, PriceKindBody, PriceKindRead, UnitRead
from crm_contract.errors import ErrorCode
from crm_contract.units import UNITS
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid
from crm_server.kit.sql import Sql

CONSTRAINTS["uq_product_group_parent_id_title"] = invalid({"title": "Такая группа здесь уже есть"})
CONSTRAINTS["fk_product_group_parent_id"] = invalid({"parent_id": "Такой группы нет"})
CONSTRAINTS["uq_price_kind_main"] = invalid({"main": "Основной вид цен только что сменил другой сотрудник"})
CONSTRAINTS["uq_price_kind_title"] = invalid({"title": "Вид цен с таким названием уже есть"})

FIRST_PRICE_KIND = "Розничная"


def list_units() -> list[UnitRead]:
    return [UnitRead.model_validate(unit) for unit in UNITS]


def list_groups(ctx: Ctx) -> list[GroupRead]:
    rows = ctx.sql.all("SELECT id, title, parent_id FROM product_group ORDER BY sort_key(title), id")
    return [GroupRead.model_validate(row) for row in rows]


def create_group(ctx: Ctx, body: GroupBody) -> Created:
    group_id = ctx.sql.insert("product_group", body.model_dump())
    ctx.audit("create", "product_group", group_id, body.title, after=body.model_dump())
    ctx.changed("product_group", [group_id])
    return Created(id=group_id)


def update_group(ctx: Ctx, group_id: int, body: GroupBody) -> Created:
    """Renames or moves a group; a group cannot be moved into itself."""
    # All moves wait for each other: two of them at once could close a circle that neither sees.
    ctx.sql.run("LOCK TABLE product_group IN SHARE ROW EXCLUSIVE MODE")
    before = ctx.sql.get("SELECT title, parent_id FROM product_group WHERE id = %s", (group_id,), what="Группа")
    inside = ctx.sql.value(
        "WITH RECURSIVE up AS (SELECT id, parent_id FROM product_group WHERE id = %s UNION"
        " SELECT g.id, g.parent_id FROM product_group g JOIN up ON g.id = up.parent_id)"
        " SELECT 1 FROM up WHERE id = %s", (body.parent_id, group_id))
    if inside:
        raise invalid({"parent_id": "Группу нельзя вложить в неё саму"})
    ctx.sql.update("product_group", group_id, body.model_dump())
    ctx.audit("update", "product_group", group_id, body.title, before=before, after=body.model_dump())
    ctx.changed("product_group", [group_id])
    return Created(id=group_id)


def delete_group(ctx: Ctx, group_id: int) -> None:
    """Deletes an empty group."""
    row = ctx.sql.get(
        "SELECT g.title, (SELECT count(*) FROM product WHERE group_id = g.id)"
        " + (SELECT count(*) FROM product_group WHERE parent_id = g.id) AS used"
        " FROM product_group g WHERE g.id = %s FOR UPDATE OF g", (group_id,), what="Группа")
    if row["used"]:
        raise Refusal(ErrorCode.CONFLICT, f"В группе «{row['title']}» есть позиции или группы: {row['used']}",
                      "Сначала перенесите их в другую группу.")
    ctx.sql.run("DELETE FROM product_group WHERE id = %s", (group_id,))
    ctx.audit("archive", "product_group", group_id, row["title"])
    ctx.changed("product_group", [group_id])


def list_price_kinds(ctx: Ctx) -> list[PriceKindRead]:
    rows = ctx.sql.all("SELECT id, title, vat_included, main FROM price_kind ORDER BY main DESC, id")
    return [PriceKindRead.model_validate(row) for row in rows]


def create_price_kind(ctx: Ctx, body: PriceKindBody) -> Created:
    """The first price kind is the main one; a new main one takes the place of the old."""
    if body.main:
        _unset_main(ctx.sql)
    row = ctx.sql.get(
        "INSERT INTO price_kind (title, vat_included, main)"
        " SELECT %s, %s, %s OR NOT EXISTS (SELECT FROM price_kind) RETURNING id",
        (body.title, body.vat_included, body.main))
    ctx.audit("create", "price_kind", row["id"], body.title, after=body.model_dump())
    ctx.changed("price_kind", [row["id"]])
    return Created(id=row["id"])


def update_price_kind(ctx: Ctx, kind_id: int, body: PriceKindBody) -> Created:
    before = ctx.sql.get("SELECT title, vat_included, main FROM price_kind WHERE id = %s FOR UPDATE", (kind_id,),
                         what="Вид цен")
    if before["main"] and not body.main:
        raise invalid({"main": "Один вид цен должен быть основным: отметьте другой"})
    if body.main and not before["main"]:
        _unset_main(ctx.sql)
    ctx.sql.update("price_kind", kind_id, body.model_dump())
    ctx.audit("update", "price_kind", kind_id, body.title, before=before, after=body.model_dump())
    ctx.changed("price_kind", [kind_id])
    return Created(id=kind_id)


def add_first_price_kind(cursor: Sql) -> None:
    """A new company starts with one price kind; does nothing when there is one already."""
    cursor.run("INSERT INTO price_kind (title, main) SELECT %s, true WHERE NOT EXISTS (SELECT FROM price_kind)",
               (FIRST_PRICE_KIND,))


def _unset_main(cursor: Sql) -> None:
    cursor.run("UPDATE price_kind SET main = false WHERE main")
