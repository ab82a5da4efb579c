"""Log-in and out, the own password."""

from crm_contract.access import LoginAnswer, LoginBody, PasswordBody
from crm_contract.errors import ErrorCode
from crm_server.access import passwords, sessions
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid


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
