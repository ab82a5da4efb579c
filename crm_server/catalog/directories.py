"""Product groups, price kinds and units."""

from crm_contract.catalog import UnitRead
from crm_contract.directories import PRICE_KINDS, PRODUCT_GROUPS, UNIT_LIST
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission
from crm_contract.units import UNITS
from crm_server.kit.context import Ctx
from crm_server.kit.directories import DirectoryTable, Values, whole_company
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid
from crm_server.kit.listing import Expr, ListSource
from crm_server.kit.sql import Sql

CONSTRAINTS["uq_product_group_parent_id_title"] = invalid({"title": "Такая группа здесь уже есть"})
CONSTRAINTS["fk_product_group_parent_id"] = invalid({"parent_id": "Такой группы нет"})
CONSTRAINTS["uq_price_kind_main"] = invalid({"main": "Основной вид цен только что сменил другой сотрудник"})
CONSTRAINTS["uq_price_kind_title"] = invalid({"title": "Вид цен с таким названием уже есть"})

FIRST_PRICE_KIND = "Розничная"

_ABOVE = """
WITH RECURSIVE up AS (SELECT id, parent_id FROM product_group WHERE id = %s
    UNION SELECT g.id, g.parent_id FROM product_group g JOIN up ON g.id = up.parent_id)
SELECT 1 FROM up WHERE id = %s
"""


def list_units() -> list[UnitRead]:
    return [UnitRead.model_validate(unit) for unit in UNITS]


def _outside_itself(ctx: Ctx, row_id: int | None, values: Values) -> Values:
    """A group cannot be moved into itself. All moves wait for each other: two at once could close a circle."""
    ctx.sql.run("LOCK TABLE product_group IN SHARE ROW EXCLUSIVE MODE")
    if row_id is not None and ctx.sql.value(_ABOVE, (values["parent_id"], row_id)):
        raise invalid({"parent_id": "Группу нельзя вложить в неё саму"})
    return values


def _one_main(ctx: Ctx, row_id: int | None, values: Values) -> Values:
    """The first price kind is the main one; a new main one takes the place of the old."""
    main = ctx.sql.value("SELECT id FROM price_kind WHERE main")
    if row_id is not None and main == row_id and not values["main"]:
        raise invalid({"main": "Один вид цен должен быть основным: отметьте другой"})
    if values["main"] and main is not None and main != row_id:
        ctx.sql.run("UPDATE price_kind SET main = false, version = version + 1 WHERE id = %s", (main,))
    return values | {"main": values["main"] or main is None}


def _not_main(ctx: Ctx, row: Values) -> None:
    if row["main"]:
        raise Refusal(ErrorCode.CONFLICT, f"«{row['title']}» — основной вид цен",
                      "Сначала сделайте основным другой.")


def add_first_price_kind(cursor: Sql) -> None:
    """A new company starts with one price kind; does nothing when there is one already."""
    cursor.run("INSERT INTO price_kind (title, main) SELECT %s, true WHERE NOT EXISTS (SELECT FROM price_kind)",
               (FIRST_PRICE_KIND,))


def _units_table() -> str:
    """The built-in units as rows; their texts are ours."""
    rows = ", ".join(f"({int(unit.code)}, '{unit.code}', '{unit.short}', '{unit.name}', {unit.whole}, {unit.service})"
                     for unit in UNITS)
    return f"(VALUES {rows.replace('%', '%%')}) AS u (id, code, short, name, whole, service)"


GROUP_TABLE = DirectoryTable(
    PRODUCT_GROUPS, "product_group", search=("search_key(d.title)",), order="sort_key(d.title), d.id",
    joins={"parent": "LEFT JOIN product_group parent ON parent.id = d.parent_id"}, prepare=_outside_itself,
    exprs={"title": Expr("d.title"), "parent": Expr("d.parent_id", "parent.title", ("parent",)),
           "products": Expr("(SELECT count(*) FROM product p WHERE p.group_id = d.id AND NOT p.archived)")},
)
PRICE_KIND_TABLE = DirectoryTable(
    PRICE_KINDS, "price_kind", search=("search_key(d.title)",), order="d.main DESC, d.id", prepare=_one_main,
    may_delete=_not_main,
    exprs={"title": Expr("d.title"), "vat_included": Expr("d.vat_included"), "main": Expr("d.main")},
)
TABLES = (GROUP_TABLE, PRICE_KIND_TABLE)
UNIT_SOURCE = ListSource(
    spec=UNIT_LIST, permission=Permission.SETTINGS_VIEW, table=_units_table(), key="u.id",
    scope=lambda actor: whole_company(actor, Permission.SETTINGS_VIEW),
    search=("search_key(u.name)", "search_key(u.short)", "search_key(u.code)"),
    exprs={name: Expr(f"u.{name}") for name in ("name", "short", "code", "whole", "service")},
)
