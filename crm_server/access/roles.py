"""Commands on roles: what each of them grants."""

from crm_contract.access import RoleBody, RoleUpdate
from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.permissions import COMPANY_WIDE, Scope
from crm_server.access.administrators import demand_administrator, demand_whole_company, lock_administrators
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid, stale

CONSTRAINTS["uq_role_title"] = invalid({"title": "Роль с таким названием уже есть"})


def create_role(ctx: Ctx, body: RoleBody) -> Created:
    demand_whole_company(ctx)
    role_id = ctx.sql.insert("role", {"title": body.title})
    grants = _set_grants(ctx, role_id, body.grants)
    ctx.audit("create", "role", role_id, body.title, after=grants)
    ctx.changed("role", [role_id])
    return Created(id=role_id)


def update_role(ctx: Ctx, role_id: int, body: RoleUpdate) -> Created:
    """Saves what a role grants; those who have it work by the new rights at once."""
    demand_whole_company(ctx)
    lock_administrators(ctx)
    before = ctx.sql.get("SELECT title, version FROM role WHERE id = %s FOR UPDATE", (role_id,), what="Роль")
    if before["version"] != body.version:
        raise stale()
    version = ctx.sql.update("role", role_id, {"title": body.title}, version=body.version)
    rows = ctx.sql.all("SELECT permission, scope FROM role_grant WHERE role_id = %s", (role_id,))
    grants = _set_grants(ctx, role_id, body.grants)
    demand_administrator(ctx)
    ctx.audit("update", "role", role_id, body.title,
              before={row["permission"]: row["scope"] for row in rows} | {"title": before["title"]},
              after=grants | {"title": body.title})
    ctx.changed("role", [role_id])
    return Created(id=role_id, version=version)


def delete_role(ctx: Ctx, role_id: int) -> None:
    """Deletes a role that nobody has."""
    demand_whole_company(ctx)
    row = ctx.sql.get("SELECT title, (SELECT count(*) FROM user_role WHERE role_id = r.id) AS users FROM role r"
                      " WHERE id = %s FOR UPDATE", (role_id,), what="Роль")
    if row["users"]:
        raise Refusal(ErrorCode.CONFLICT, f"Роль «{row['title']}» есть у пользователей: {row['users']}",
                      "Сначала дайте им другую роль.")
    ctx.sql.run("DELETE FROM role WHERE id = %s", (role_id,))
    ctx.audit("delete", "role", role_id, row["title"])
    ctx.changed("role", [role_id])


def _set_grants(ctx: Ctx, role_id: int, grants: dict[str, int]) -> dict[str, int]:
    """Replaces the grants; a right over what belongs to the whole company has no narrower scope."""
    unknown = [code for code in grants if code not in ANY_PERMISSION]
    if unknown or any(not Scope.OWN <= scope <= Scope.ALL for scope in grants.values()):
        raise invalid({"grants": f"Неизвестное право или область: {', '.join(unknown)[:200]}"})
    saved = {code: int(Scope.ALL) if code in COMPANY_WIDE else scope for code, scope in grants.items()}
    ctx.sql.run("DELETE FROM role_grant WHERE role_id = %s", (role_id,))
    ctx.sql.run("INSERT INTO role_grant (role_id, permission, scope) SELECT %s, p, s"
                " FROM unnest(%s::text[], %s::int2[]) AS t(p, s)", (role_id, list(saved), list(saved.values())))
    return saved
