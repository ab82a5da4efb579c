"""The company's own list of contact roles (бухгалтер, руководитель, механик …)."""

from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_contract.parties import ContactRole, ContactRoleBody
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid
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


def list_roles(ctx: Ctx) -> list[ContactRole]:
    rows = ctx.sql.all("SELECT code, title, tone FROM contact_role ORDER BY position, id")
    return [ContactRole.model_validate(row) for row in rows]


def create_role(ctx: Ctx, body: ContactRoleBody) -> Created:
    role_id = ctx.sql.value(
        "INSERT INTO contact_role (code, title, tone, position)"
        " SELECT %s, %s, %s, coalesce(max(position), 0) + 1 FROM contact_role RETURNING id",
        (body.code, body.title, body.tone))
    ctx.audit("create", "contact_role", role_id, body.title, after=body.model_dump(mode="json"))
    ctx.changed("contact_role", [role_id])
    return Created(id=role_id)


def update_role(ctx: Ctx, code: str, body: ContactRoleBody) -> Created:
    """Renames a role; the code is what contacts and routing rules hold, so it stays."""
    if body.code != code:
        raise invalid({"code": "Код роли не меняют: на него ссылаются контакты и правила писем"})
    before = ctx.sql.get("SELECT id, title, tone FROM contact_role WHERE code = %s FOR UPDATE", (code,),
                         what="Роль контакта")
    ctx.sql.update("contact_role", before["id"], {"title": body.title, "tone": body.tone})
    ctx.audit("update", "contact_role", before["id"], body.title,
              before={"title": before["title"], "tone": before["tone"]}, after={"title": body.title, "tone": body.tone})
    ctx.changed("contact_role", [before["id"]])
    return Created(id=before["id"])


def delete_role(ctx: Ctx, code: str) -> None:
    """Deletes a role that no contact has; refuses with the number of those who do."""
    row = ctx.sql.get("SELECT id, title FROM contact_role WHERE code = %s FOR UPDATE", (code,), what="Роль контакта")
    used = ctx.sql.value("SELECT count(*) FROM contact WHERE roles @> ARRAY[%s]::text[] AND NOT archived", (code,))
    if used:
        raise Refusal(ErrorCode.CONFLICT, f"Роль «{row['title']}» есть у контактов: {used}",
                      "Сначала снимите её с этих контактов.")
    ctx.sql.run("DELETE FROM contact_role WHERE id = %s", (row["id"],))
    ctx.audit("archive", "contact_role", row["id"], row["title"])
    ctx.changed("contact_role", [row["id"]])
