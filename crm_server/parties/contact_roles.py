"""The company's own list of contact roles (бухгалтер, руководитель, механик …)."""

from crm_contract.directories import CONTACT_ROLES
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_server.kit.context import Ctx
from crm_server.kit.directories import DirectoryTable, Values
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid
from crm_server.kit.listing import Expr
from crm_server.kit.sql import Sql

CONSTRAINTS["uq_contact_role_code"] = invalid({"code": "Роль с таким кодом уже есть"})

#: What a new company starts with.
FIRST_ROLES: tuple[tuple[str, str, Tone], ...] = (
    ("head", "руководитель", Tone.VIOLET),
    ("accountant", "бухгалтер", Tone.INFO),
    ("manager", "менеджер", Tone.NEUTRAL),
    ("buyer", "снабженец", Tone.OK),
    ("mechanic", "механик", Tone.WARN),
    ("storekeeper", "кладовщик", Tone.NEUTRAL),
)


def add_first_roles(cursor: Sql) -> None:
    """Fills an empty directory; does nothing when there is a role already."""
    cursor.run(
        "INSERT INTO contact_role (code, title, tone, position)"
        " SELECT code, title, tone, row_number() OVER () FROM unnest(%s::text[], %s::text[], %s::text[])"
        " AS r (code, title, tone) WHERE NOT EXISTS (SELECT FROM contact_role)",
        [list(column) for column in zip(*FIRST_ROLES, strict=True)])


def _settled(ctx: Ctx, row_id: int | None, values: Values) -> Values:
    """The code is what contacts and routing rules hold, so it stays; a new role without a place goes to the end."""
    if row_id is not None:
        code = ctx.sql.value("SELECT code FROM contact_role WHERE id = %s", (row_id,))
        if values["code"] != code:
            raise invalid({"code": "Код роли не меняют: на него ссылаются контакты и правила писем"})
    if not values["position"]:
        values["position"] = ctx.sql.value("SELECT coalesce(max(position), 0) + 1 FROM contact_role")
    return values


def _unused(ctx: Ctx, row: Values) -> None:
    used = ctx.sql.value("SELECT count(*) FROM contact WHERE roles @> ARRAY[%s]::text[] AND NOT archived",
                         (row["code"],))
    if used:
        raise Refusal(ErrorCode.CONFLICT, f"Роль «{row['title']}» есть у контактов: {used}",
                      "Сначала снимите её с этих контактов.")


CONTACT_ROLE_TABLE = DirectoryTable(
    CONTACT_ROLES, "contact_role", search=("search_key(d.title)", "search_key(d.code)"), order="d.position, d.id",
    prepare=_settled, may_delete=_unused,
    exprs={"title": Expr("d.title"), "code": Expr("d.code"), "tone": Expr("d.tone"), "position": Expr("d.position"),
           "contacts": Expr("(SELECT count(*) FROM contact c WHERE c.roles @> ARRAY[d.code] AND NOT c.archived)")},
)
TABLES = (CONTACT_ROLE_TABLE,)
