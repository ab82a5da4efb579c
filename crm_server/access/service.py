"""Log-in and out, users, roles, branches, departments: the commands."""

from crm_contract.access import (
    BranchBody,
    DepartmentBody,
    EmployeeBody,
    LoginAnswer,
    LoginBody,
    PasswordBody,
    RoleBody,
    RoleUpdate,
    UserBody,
    UserUpdate,
)
from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_server.access import passwords, sessions
from crm_server.kit.actor import ANY_PERMISSION, Actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid

CONSTRAINTS["uq_app_user_login_key"] = invalid({"login": "Такой логин уже занят"})
CONSTRAINTS["uq_role_title"] = invalid({"title": "Роль с таким названием уже есть"})
CONSTRAINTS["uq_branch_title"] = invalid({"title": "Филиал с таким названием уже есть"})
CONSTRAINTS["uq_department_branch_id_title"] = invalid({"title": "Такой отдел в филиале уже есть"})


class LoginRefused(Refusal):
    """A failed log-in: the edge's caller still has to count it and write it to the journal."""

    def __init__(self) -> None:
        super().__init__(ErrorCode.BAD_CREDENTIALS, "Логин или пароль не подошли",
                         "Проверьте раскладку и Caps Lock. После пяти неудач вход ненадолго закроется.")


def log_in(ctx: Ctx, body: LoginBody, address: str) -> LoginAnswer:
    """Raises THROTTLED, or LoginRefused with the same words and time for unknown users and wrong passwords."""
    sessions.check_throttle(ctx.sql, body.login, address)
    user = sessions.find_user(ctx.sql, body.login)
    fits = passwords.verify_password(user["password_hash"] if user else passwords.NOBODY, body.password)
    if user is None or not fits or not user["active"]:
        raise LoginRefused
    sessions.rehash_if_weak(ctx.sql, user, body.password)
    token, expires, session_id = sessions.open_session(ctx.sql, user, body, address)
    ctx.actor = Actor(user["id"], user["employee_id"], user["name"], user["branch_id"], user["department_id"], {},
                      session_id, address)
    ctx.audit("login", "user", user["id"], user["name"])
    return LoginAnswer(token=token, expires_at=expires, me=sessions.me(ctx.sql, user["id"]))


def record_failed_login(ctx: Ctx, login: str, address: str) -> None:
    sessions.count_failure(ctx.sql, login, address)
    ctx.audit("login_failed", "user", None, login[:100], reason=address)


def log_out(ctx: Ctx) -> None:
    ctx.sql.run("UPDATE user_session SET ended_at = now() WHERE id = %s", (ctx.actor.session_id,))
    ctx.audit("logout", "user", ctx.actor.user_id, ctx.actor.name)


def change_password(ctx: Ctx, body: PasswordBody) -> None:
    """Changes the own password and ends the other sessions."""
    user = ctx.sql.get("SELECT login, password_hash FROM app_user WHERE id = %s FOR UPDATE", (ctx.actor.user_id,))
    if not passwords.verify_password(user["password_hash"], body.old):
        raise invalid({"old": "Старый пароль не подошёл"})
    passwords.check_new_password(body.new, user["login"])
    ctx.sql.run("UPDATE app_user SET password_hash = %s, must_change_password = false WHERE id = %s",
                (passwords.hash_password(body.new), ctx.actor.user_id))
    sessions.end_sessions(ctx.sql, ctx.actor.user_id, except_id=ctx.actor.session_id)
    ctx.audit("update", "user", ctx.actor.user_id, ctx.actor.name, reason="Смена пароля")


def create_branch(ctx: Ctx, body: BranchBody) -> Created:
    row_id = ctx.sql.insert("branch", body.model_dump())
    ctx.audit("create", "branch", row_id, body.title, after=body.model_dump())
    ctx.changed("branch", [row_id])
    return Created(id=row_id)


def create_department(ctx: Ctx, body: DepartmentBody) -> Created:
    row_id = ctx.sql.insert("department", body.model_dump())
    ctx.audit("create", "department", row_id, body.title, after=body.model_dump())
    ctx.changed("department", [row_id])
    return Created(id=row_id)


def create_employee(ctx: Ctx, body: EmployeeBody) -> int:
    row_id = ctx.sql.insert("employee", body.model_dump())
    ctx.audit("create", "employee", row_id, body.name, after=body.model_dump())
    ctx.changed("employee", [row_id])
    return row_id


def create_user(ctx: Ctx, body: UserBody) -> Created:
    passwords.check_new_password(body.password, body.login, field="password")
    employee_id = create_employee(ctx, body.employee)
    user_id = ctx.sql.insert("app_user", {
        "login": body.login, "login_key": body.login.lower(), "active": body.active, "employee_id": employee_id,
        "password_hash": passwords.hash_password(body.password)})
    _set_roles(ctx, user_id, body.roles)
    ctx.audit("create", "user", user_id, body.login, after={"roles": body.roles, "active": body.active})
    ctx.changed("user", [user_id])
    return Created(id=user_id)


def update_user(ctx: Ctx, user_id: int, body: UserUpdate) -> Created:
    """Saves a user; a new password or a disabled user ends the sessions at once."""
    before = ctx.sql.get("SELECT login, active, employee_id FROM app_user WHERE id = %s FOR UPDATE", (user_id,))
    values = {"login": body.login, "login_key": body.login.lower(), "active": body.active}
    if body.password:
        passwords.check_new_password(body.password, body.login, field="password")
        values |= {"password_hash": passwords.hash_password(body.password), "must_change_password": True}
    version = ctx.sql.update("app_user", user_id, values, version=body.version)
    ctx.sql.update("employee", before["employee_id"], body.employee.model_dump())
    _set_roles(ctx, user_id, body.roles)
    if body.password or not body.active:
        sessions.end_sessions(ctx.sql, user_id)
    ctx.audit("update", "user", user_id, body.login,
              before={"login": before["login"], "active": before["active"]},
              after={"login": body.login, "active": body.active, "roles": body.roles,
                     "password": "сменён" if body.password else None})
    ctx.changed("user", [user_id])
    return Created(id=user_id, version=version)


def _set_roles(ctx: Ctx, user_id: int, roles: list[int]) -> None:
    ctx.sql.run("DELETE FROM user_role WHERE user_id = %s", (user_id,))
    known = ctx.sql.run("INSERT INTO user_role (user_id, role_id) SELECT %s, id FROM role WHERE id = ANY(%s::int8[])",
                        (user_id, roles))
    if known != len(set(roles)):
        raise invalid({"roles": "Одной из ролей больше нет"})


def create_role(ctx: Ctx, body: RoleBody) -> Created:
    role_id = ctx.sql.insert("role", {"title": body.title})
    _set_grants(ctx, role_id, body.grants)
    ctx.audit("create", "role", role_id, body.title, after=dict(body.grants))
    ctx.changed("role", [role_id])
    return Created(id=role_id)


def update_role(ctx: Ctx, role_id: int, body: RoleUpdate) -> Created:
    version = ctx.sql.update("role", role_id, {"title": body.title}, version=body.version)
    rows = ctx.sql.all("SELECT permission, scope FROM role_grant WHERE role_id = %s", (role_id,))
    _set_grants(ctx, role_id, body.grants)
    ctx.audit("update", "role", role_id, body.title, before={r["permission"]: r["scope"] for r in rows},
              after=dict(body.grants))
    ctx.changed("role", [role_id])
    return Created(id=role_id, version=version)


def _set_grants(ctx: Ctx, role_id: int, grants: dict[str, int]) -> None:
    unknown = [code for code in grants if code not in ANY_PERMISSION]
    if unknown or any(not 1 <= scope <= 4 for scope in grants.values()):
        raise invalid({"grants": f"Неизвестное право или область: {', '.join(unknown)[:200]}"})
    ctx.sql.run("DELETE FROM role_grant WHERE role_id = %s", (role_id,))
    ctx.sql.run("INSERT INTO role_grant (role_id, permission, scope) SELECT %s, p, s"
                " FROM unnest(%s::text[], %s::int2[]) AS t(p, s)", (role_id, list(grants), list(grants.values())))
