"""Commands on users: who may log in, with which roles, and their open sessions."""

from typing import Any

from psycopg import sql

from crm_contract.access import PasswordReset, UserBody, UserFields, UserUpdate
from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission
from crm_server.access import passwords, sessions
from crm_server.access.administrators import demand_administrator, demand_no_more_than_own, lock_administrators
from crm_server.access.directories import check_department, employee_scope
from crm_server.access.followers import employee_changed
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid, not_found, stale

CONSTRAINTS["uq_app_user_login_key"] = invalid({"login": "Такой логин уже занят"})
CONSTRAINTS["uq_app_user_employee_id"] = invalid({"employee_id": "У этого сотрудника уже есть логин"})

_LOCK = """
SELECT u.id, u.login, u.active, u.version, u.employee_id, d.name,
       ARRAY(SELECT role_id FROM user_role WHERE user_id = u.id) AS roles
FROM app_user u JOIN employee d ON d.id = u.employee_id WHERE u.id = {} AND {} FOR UPDATE OF u, d
"""


def create_user(ctx: Ctx, body: UserBody, *, own_password: bool = False) -> Created:
    """Makes a log-in with the employee's card. Unless it is their `own_password`, the person changes it at once."""
    passwords.check_new_password(body.password, body.login, field="password")
    demand_no_more_than_own(ctx, body.roles)
    employee_id = _save_employee(ctx, body.employee_id, body)
    user_id = ctx.sql.insert("app_user", _login_values(body) | {
        "employee_id": employee_id, "password_hash": passwords.hash_password(body.password),
        "must_change_password": not own_password})
    _set_roles(ctx, user_id, body.roles)
    ctx.audit("create", "user", user_id, body.login, after={"roles": body.roles, "active": body.active})
    ctx.changed("user", [user_id])
    return Created(id=user_id)


def update_user(ctx: Ctx, user_id: int, body: UserUpdate) -> Created:
    """Saves a user; the sessions of a disabled one end at once."""
    before = lock_user(ctx, user_id, body.version)
    demand_no_more_than_own(ctx, [*before["roles"], *body.roles])
    version = ctx.sql.update("app_user", user_id, _login_values(body), version=body.version)
    _save_employee(ctx, before["employee_id"], body)
    _set_roles(ctx, user_id, body.roles)
    if not body.active:
        sessions.end_sessions(ctx.sql, user_id)
    demand_administrator(ctx)
    ctx.audit("update", "user", user_id, body.login,
              before={"login": before["login"], "active": before["active"], "roles": sorted(before["roles"])},
              after={"login": body.login, "active": body.active, "roles": sorted(set(body.roles))})
    ctx.changed("user", [user_id])
    return Created(id=user_id, version=version)


def reset_password(ctx: Ctx, user_id: int, body: PasswordReset) -> Created:
    """A new password for somebody who forgot theirs; it opens the account and ends every session."""
    before = lock_user(ctx, user_id, body.version)
    demand_no_more_than_own(ctx, before["roles"])
    passwords.check_new_password(body.password, before["login"], field="password")
    version = ctx.sql.update("app_user", user_id, {
        "password_hash": passwords.hash_password(body.password), "must_change_password": True, "failures": 0,
        "blocked_until": None}, version=body.version)
    sessions.end_sessions(ctx.sql, user_id)
    ctx.audit("update", "user", user_id, before["login"], reason="Пароль сменил администратор")
    ctx.changed("user", [user_id])
    return Created(id=user_id, version=version)


def end_user_sessions(ctx: Ctx, user_id: int, session_id: int | None = None) -> None:
    """Ends one session of a user, or all of them."""
    user = lock_user(ctx, user_id, None)
    demand_no_more_than_own(ctx, user["roles"])
    if session_id is None:
        sessions.end_sessions(ctx.sql, user_id)
    elif not sessions.end_session(ctx.sql, user_id, session_id):
        raise not_found("Сеанс")
    ctx.audit("logout", "user", user_id, user["name"], reason="Сеанс завершил администратор")
    ctx.changed("user", [user_id])


def _login_values(body: UserFields) -> dict[str, Any]:
    return {"login": body.login, "login_key": body.login.lower(), "active": body.active}


def lock_user(ctx: Ctx, user_id: int, version: int | None) -> dict[str, Any]:
    """The user within the actor's reach; raises STALE_VERSION for another version than `version`."""
    lock_administrators(ctx)
    row = ctx.sql.one(sql.SQL(_LOCK).format(user_id, employee_scope(ctx.actor, Permission.USERS_EDIT)))
    if row is None:
        raise not_found("Пользователь")
    if version is not None and row["version"] != version:
        raise stale()
    return row


def _save_employee(ctx: Ctx, employee_id: int | None, body: UserFields) -> int:
    """Writes the card behind the log-in; it must stay within the actor's reach."""
    values = body.employee.model_dump()
    check_department(ctx, values)
    if employee_id is None:
        employee_id = ctx.sql.insert("employee", values)
        ctx.audit("create", "employee", employee_id, body.employee.name, after=values)
    else:
        before = ctx.sql.get("SELECT * FROM employee WHERE id = %s FOR UPDATE", (employee_id,), what="Сотрудник")
        if body.active and not before["active"]:
            raise Refusal(ErrorCode.CONFLICT, f"{before['name']}: сотрудник уволен, вход ему не открывают",
                          "Сначала отметьте «Работает» в карточке сотрудника.")
        ctx.sql.update("employee", employee_id, values, version=before["version"])
        employee_changed(ctx, employee_id, before, values)
        ctx.audit("update", "employee", employee_id, body.employee.name,
                  before={name: before[name] for name in values}, after=values)
    reached = ctx.sql.value(sql.SQL("SELECT 1 FROM employee d WHERE d.id = {} AND {}").format(
        employee_id, employee_scope(ctx.actor, Permission.USERS_EDIT)))
    if reached is None:
        raise invalid({"employee.branch_id": "Ваши права не распространяются на этот филиал"})
    ctx.changed("employee", [employee_id])
    return employee_id


def _set_roles(ctx: Ctx, user_id: int, roles: list[int]) -> None:
    ctx.sql.run("DELETE FROM user_role WHERE user_id = %s", (user_id,))
    known = ctx.sql.run("INSERT INTO user_role (user_id, role_id) SELECT %s, id FROM role WHERE id = ANY(%s::int8[])",
                        (user_id, roles))
    if known != len(set(roles)):
        raise invalid({"roles": "Одной из ролей больше нет"})
