"""SELECTs of access: users, roles, sessions, and the lists of the first two."""

from psycopg import sql

from crm_contract.access import ROLE_LIST, USER_LIST, RoleRead, SessionRead, UserRead
from crm_contract.permissions import Permission
from crm_server.access.directories import employee_scope
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.directories import whole_company
from crm_server.kit.listing import Expr, ListSource

_USERS = """
SELECT u.id, u.version, u.login, u.active, u.must_change_password, u.last_login_at, u.employee_id,
       coalesce('OKE' || d.badge, '') AS badge, u.pin_hash <> '' AS has_pin,
       d.name, d.position, d.phone, d.email, jsonb_build_object('id', b.id, 'title', b.title) AS branch,
       CASE WHEN dep.id IS NOT NULL THEN jsonb_build_object('id', dep.id, 'title', dep.title) END AS department,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', r.id, 'title', r.title) ORDER BY r.title)
                 FROM user_role ur JOIN role r ON r.id = ur.role_id WHERE ur.user_id = u.id), '[]') AS roles
FROM app_user u JOIN employee d ON d.id = u.employee_id JOIN branch b ON b.id = d.branch_id
LEFT JOIN department dep ON dep.id = d.department_id WHERE {} ORDER BY sort_key(d.name), u.id
"""
_ROLES = """
SELECT r.id, r.version, r.title, coalesce((SELECT jsonb_object_agg(permission, scope) FROM role_grant
       WHERE role_id = r.id), '{{}}') AS grants, (SELECT count(*) FROM user_role WHERE role_id = r.id) AS users
FROM role r WHERE {} ORDER BY sort_key(r.title), r.id
"""
_SESSIONS = """
SELECT id, client, address, started_at, seen_at, id = %s AS current FROM user_session
WHERE user_id = %s AND ended_at IS NULL AND expires_at > now() ORDER BY started_at DESC
"""


def user_scope(actor: Actor) -> sql.Composable:
    return employee_scope(actor, Permission.USERS_VIEW)


USERS = ListSource(
    spec=USER_LIST, permission=Permission.USERS_VIEW, table="app_user u JOIN employee d ON d.id = u.employee_id",
    key="u.id", scope=user_scope, search=("search_key(d.name)", "search_key(u.login)", "search_key(d.position)"),
    joins={"branch": "JOIN branch b ON b.id = d.branch_id",
           "department": "LEFT JOIN department dep ON dep.id = d.department_id"},
    exprs={
        "name": Expr("d.name"), "login": Expr("u.login"), "position": Expr("d.position"), "active": Expr("u.active"),
        "email": Expr("d.email"), "phone": Expr("d.phone"), "last_login_at": Expr("u.last_login_at", nullable=True),
        "roles": Expr("(SELECT string_agg(r.title, ', ' ORDER BY r.title) FROM user_role ur JOIN role r"
                      " ON r.id = ur.role_id WHERE ur.user_id = u.id)"),
        "branch": Expr("d.branch_id", "b.title", ("branch",)),
        "department": Expr("d.department_id", "dep.title", ("department",)),
    },
)
ROLES = ListSource(
    spec=ROLE_LIST, permission=Permission.USERS_VIEW, table="role r", key="r.id",
    scope=lambda actor: whole_company(actor, Permission.USERS_VIEW), search=("search_key(r.title)",),
    exprs={
        "title": Expr("r.title"), "users": Expr("(SELECT count(*) FROM user_role WHERE role_id = r.id)"),
        "grants": Expr("(SELECT count(*) FROM role_grant WHERE role_id = r.id)"),
    },
)


def list_users(ctx: Ctx) -> list[UserRead]:
    return [UserRead.model_validate(row) for row in ctx.sql.all(sql.SQL(_USERS).format(user_scope(ctx.actor)))]


def get_user(ctx: Ctx, user_id: int) -> UserRead:
    where = sql.SQL("u.id = {} AND {}").format(user_id, user_scope(ctx.actor))
    return UserRead.model_validate(ctx.sql.get(sql.SQL(_USERS).format(where), what="Пользователь"))


def list_roles(ctx: Ctx) -> list[RoleRead]:
    return [RoleRead.model_validate(row) for row in ctx.sql.all(sql.SQL(_ROLES).format(sql.SQL("true")))]


def get_role(ctx: Ctx, role_id: int) -> RoleRead:
    query = sql.SQL(_ROLES).format(sql.SQL("r.id = {}").format(role_id))
    return RoleRead.model_validate(ctx.sql.get(query, what="Роль"))


def list_sessions(ctx: Ctx) -> list[SessionRead]:
    """The own open sessions."""
    return _sessions(ctx, ctx.actor.user_id)


def list_user_sessions(ctx: Ctx, user_id: int) -> list[SessionRead]:
    """The open sessions of a user within the actor's reach."""
    get_user(ctx, user_id)
    return _sessions(ctx, user_id)


def _sessions(ctx: Ctx, user_id: int) -> list[SessionRead]:
    rows = ctx.sql.all(_SESSIONS, (ctx.actor.session_id, user_id))
    return [SessionRead.model_validate(row) for row in rows]
