"""Who may give which rights, and that somebody always may (docs/decisions/0009-who-grants-what.md).

An administrator holds `users.edit` for the whole company: such a person may grant anything, since they could make a
role of everything for themselves. Anybody else who edits users reaches those of the own branch or department, and
gives only roles that hold no more than their own.
"""

from collections.abc import Mapping, Sequence

from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission, Scope
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal

_EXISTS = """
SELECT 1 FROM app_user u JOIN employee e ON e.id = u.employee_id JOIN user_role ur ON ur.user_id = u.id
JOIN role_grant g ON g.role_id = ur.role_id
WHERE u.active AND e.active AND g.permission = %s AND g.scope = %s LIMIT 1
"""
_GRANTS = "SELECT permission, max(scope) AS scope FROM role_grant WHERE role_id = ANY(%s::int8[]) GROUP BY permission"


def lock_administrators(ctx: Ctx) -> None:
    """Commands that could take the last administrator away wait for each other until the commit."""
    ctx.sql.run("SELECT pg_advisory_xact_lock(hashtext('administrators'))")


def demand_administrator(ctx: Ctx) -> None:
    """Raises CONFLICT when nobody active may edit users any more; called after the change."""
    if ctx.sql.value(_EXISTS, (Permission.USERS_EDIT, int(Scope.ALL))) is None:
        raise Refusal(ErrorCode.CONFLICT, "Так в программе не останется ни одного администратора",
                      "Сначала дайте другому сотруднику роль с правом «Пользователи и роли: изменять» для всех.")


def is_administrator(ctx: Ctx) -> bool:
    return ctx.actor.scope(Permission.USERS_EDIT) is Scope.ALL


def demand_whole_company(ctx: Ctx) -> None:
    """Roles are common to all branches: only an administrator changes them."""
    if not is_administrator(ctx):
        raise Refusal(ErrorCode.FORBIDDEN, "Роли общие для всей компании, изменить их может только администратор",
                      "Попросите администратора.", details={"permission": Permission.USERS_EDIT})


def demand_no_more_than_own(ctx: Ctx, roles: Sequence[int]) -> None:
    """Raises FORBIDDEN when one of these roles holds a right that the actor lacks, or holds narrower."""
    if is_administrator(ctx):
        return
    rows = ctx.sql.all(_GRANTS, (list(roles),))
    if beyond(ctx.actor.permissions, {row["permission"]: row["scope"] for row in rows}):
        raise Refusal(ErrorCode.FORBIDDEN, "Эта роль даёт больше прав, чем есть у вас",
                      "Выберите другую роль или попросите администратора.",
                      details={"permission": Permission.USERS_EDIT})


def beyond(own: Mapping[str, int], granted: Mapping[str, int]) -> list[str]:
    """The permissions that `granted` holds wider than `own`."""
    return sorted(code for code, scope in granted.items() if scope > own.get(code, 0))
