"""Routes of access. Log-in is the only command without a token."""


from starlette.requests import Request

from crm_contract.access import (
    BadgeLoginBody,
    LoginAnswer,
    LoginBody,
    Me,
    PasswordBody,
    PasswordReset,
    PinBody,
    RoleBody,
    RoleRead,
    RoleUpdate,
    SessionRead,
    UserBody,
    UserRead,
    UserUpdate,
)
from crm_contract.base import Created, VersionBody
from crm_contract.permissions import Permission
from crm_server.access import badges, queries, roles, service, sessions, users
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard, Router, client_address

router = Router("/api", "access")


@router.post("/login", permission=Guard.PUBLIC, keyless=True, hashes=True)
def log_in(ctx: Ctx, body: LoginBody, request: Request) -> LoginAnswer:
    """Log in with a password and get an opaque token."""
    with service.counted(ctx, request):
        return service.log_in(ctx, body, client_address(request))


@router.post("/login/badge", permission=Guard.PUBLIC, keyless=True, hashes=True)
def log_in_by_badge(ctx: Ctx, body: BadgeLoginBody, request: Request) -> LoginAnswer:
    """Log in at a stock terminal with a badge and a PIN."""
    with service.counted(ctx, request):
        return service.log_in_by_badge(ctx, body, client_address(request))


@router.post("/logout", permission=Guard.LOGGED_IN, keyless=True)
def log_out(ctx: Ctx) -> None:
    """End the current session."""
    service.log_out(ctx)


@router.get("/me", permission=Guard.LOGGED_IN)
def get_me(ctx: Ctx) -> Me:
    """Who is logged in, with permissions."""
    return sessions.me(ctx.sql, ctx.actor.user_id)


@router.post("/me/password", permission=Guard.LOGGED_IN, hashes=True)
def change_password(ctx: Ctx, body: PasswordBody) -> None:
    """Change the own password; other sessions end."""
    service.change_password(ctx, body)


@router.get("/me/sessions", permission=Guard.LOGGED_IN)
def list_sessions(ctx: Ctx) -> list[SessionRead]:
    """The own open sessions."""
    return queries.list_sessions(ctx)


@router.post("/me/sessions/end", permission=Guard.LOGGED_IN)
def end_sessions(ctx: Ctx) -> None:
    """End all own sessions but this one."""
    sessions.end_sessions(ctx.sql, ctx.actor.user_id, except_id=ctx.actor.session_id)
    ctx.audit("logout", "user", ctx.actor.user_id, ctx.actor.name, reason="Завершены другие сеансы")


@router.get("/users", permission=Permission.USERS_VIEW)
def list_users(ctx: Ctx) -> list[UserRead]:
    """All users with their roles."""
    return queries.list_users(ctx)


@router.get("/users/{user_id}", permission=Permission.USERS_VIEW)
def get_user(ctx: Ctx, user_id: int) -> UserRead:
    """A user with employee card and roles."""
    return queries.get_user(ctx, user_id)


@router.post("/users", permission=Permission.USERS_EDIT, hashes=True)
def create_user(ctx: Ctx, body: UserBody) -> Created:
    """Create a user with an employee card."""
    return users.create_user(ctx, body)


@router.put("/users/{user_id}", permission=Permission.USERS_EDIT)
def update_user(ctx: Ctx, user_id: int, body: UserUpdate) -> Created:
    """Change a user; disabling ends the sessions at once."""
    return users.update_user(ctx, user_id, body)


@router.post("/users/{user_id}/password", permission=Permission.USERS_EDIT, hashes=True)
def reset_password(ctx: Ctx, user_id: int, body: PasswordReset) -> Created:
    """Set a new password; the person has to change it at the next log-in."""
    return users.reset_password(ctx, user_id, body)


@router.post("/users/{user_id}/badge", permission=Permission.USERS_EDIT)
def make_badge(ctx: Ctx, user_id: int, body: VersionBody) -> Created:
    """Give a new badge; the old one does not open the terminal any more."""
    return badges.make_badge(ctx, user_id, body.version)


@router.post("/users/{user_id}/pin", permission=Permission.USERS_EDIT, hashes=True)
def set_pin(ctx: Ctx, user_id: int, body: PinBody) -> Created:
    """Set the PIN of the log-in by badge, or close that log-in."""
    return badges.set_pin(ctx, user_id, body)


@router.get("/users/{user_id}/sessions", permission=Permission.USERS_VIEW)
def list_user_sessions(ctx: Ctx, user_id: int) -> list[SessionRead]:
    """The open sessions of a user."""
    return queries.list_user_sessions(ctx, user_id)


@router.post("/users/{user_id}/sessions/end", permission=Permission.USERS_EDIT)
def end_user_sessions(ctx: Ctx, user_id: int) -> None:
    """End all sessions of a user."""
    users.end_user_sessions(ctx, user_id)


@router.post("/users/{user_id}/sessions/{session_id}/end", permission=Permission.USERS_EDIT)
def end_user_session(ctx: Ctx, user_id: int, session_id: int) -> None:
    """End one session of a user."""
    users.end_user_sessions(ctx, user_id, session_id)


@router.get("/roles", permission=Permission.USERS_VIEW)
def list_roles(ctx: Ctx) -> list[RoleRead]:
    """All roles with their grants."""
    return queries.list_roles(ctx)


@router.get("/roles/{role_id}", permission=Permission.USERS_VIEW)
def get_role(ctx: Ctx, role_id: int) -> RoleRead:
    """A role with its grants."""
    return queries.get_role(ctx, role_id)


@router.post("/roles", permission=Permission.USERS_EDIT)
def create_role(ctx: Ctx, body: RoleBody) -> Created:
    """Create a role."""
    return roles.create_role(ctx, body)


@router.put("/roles/{role_id}", permission=Permission.USERS_EDIT)
def update_role(ctx: Ctx, role_id: int, body: RoleUpdate) -> Created:
    """Change what a role grants."""
    return roles.update_role(ctx, role_id, body)


@router.delete("/roles/{role_id}", permission=Permission.USERS_EDIT)
def delete_role(ctx: Ctx, role_id: int) -> None:
    """Delete a role that nobody has."""
    roles.delete_role(ctx, role_id)
