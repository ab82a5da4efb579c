"""SELECTs of access: users, roles, branches, departments, own sessions."""

from crm_contract.access import BranchRead, DepartmentRead, RoleRead, SessionRead, UserRead
from crm_contract.base import Ref
from crm_server.kit.context import Ctx

_USERS = """
SELECT u.id, u.version, u.login, u.active, u.last_login_at, e.name, e.position, e.phone, e.email,
       jsonb_build_object('id', b.id, 'title', b.title) AS branch,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('id', d.id, 'title', d.title) END AS department,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'title', r.title) ORDER BY r.title)
                 FROM user_role ur JOIN role r ON r.id = ur.role_id WHERE ur.user_id = u.id), '[]') AS roles
FROM app_user u JOIN employee e ON e.id = u.employee_id JOIN branch b ON b.id = e.branch_id
LEFT JOIN department d ON d.id = e.department_id ORDER BY e.name
"""


def list_users(ctx: Ctx) -> list[UserRead]:
    return [UserRead.model_validate(row) for row in ctx.sql.all(_USERS)]


def list_roles(ctx: Ctx) -> list[RoleRead]:
    rows = ctx.sql.all(
        "SELECT r.id, r.version, r.title, coalesce((SELECT jsonb_object_agg(permission, scope) FROM role_grant"
        " WHERE role_id = r.id), '{}') AS grants, (SELECT count(*) FROM user_role WHERE role_id = r.id) AS users"
        " FROM role r ORDER BY r.title")
    return [RoleRead.model_validate(row) for row in rows]


def list_branches(ctx: Ctx) -> list[BranchRead]:
    rows = ctx.sql.all("SELECT id, title, code, organization_id FROM branch ORDER BY id")
    return [BranchRead(id=r["id"], title=r["title"], code=r["code"],
                       organization=Ref(id=r["organization_id"], title="") if r["organization_id"] else None)
            for r in rows]


def list_departments(ctx: Ctx) -> list[DepartmentRead]:
    rows = ctx.sql.all("SELECT d.id, d.title, b.id AS branch_id, b.title AS branch FROM department d"
                       " JOIN branch b ON b.id = d.branch_id ORDER BY b.id, d.title")
    return [DepartmentRead(id=r["id"], title=r["title"], branch=Ref(id=r["branch_id"], title=r["branch"]))
            for r in rows]


def list_sessions(ctx: Ctx) -> list[SessionRead]:
    rows = ctx.sql.all(
        "SELECT id, client, address, started_at, seen_at, id = %s AS current FROM user_session"
        " WHERE user_id = %s AND ended_at IS NULL AND expires_at > now() ORDER BY started_at DESC",
        (ctx.actor.session_id, ctx.actor.user_id))
    return [SessionRead.model_validate(row) for row in rows]
