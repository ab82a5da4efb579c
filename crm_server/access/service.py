"""Log-in and out, the own password, a PIN that confirms."""

from collections.abc import Iterator
from contextlib import contextmanager

from psycopg.rows import DictRow
from starlette.requests import Request

from crm_contract.access import BadgeLoginBody, LoginAnswer, LoginBody, PasswordBody
from crm_contract.codes import CodeKind, own_code
from crm_contract.errors import ErrorCode
from crm_server.access import passwords, sessions
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.edge import client_address
from crm_server.kit.errors import Refusal, invalid


class LoginRefused(Refusal):
    """A failed log-in: the edge's caller still has to count it, for this login, and write it to the journal."""

    def __init__(self, login: str, words: str = "Логин или пароль не подошли",
                 action: str = "Проверьте раскладку и Caps Lock. После пяти неудач вход ненадолго закроется.") -> None:
        super().__init__(ErrorCode.BAD_CREDENTIALS, words, action)
        self.login = login


class PinRefused(LoginRefused):
    """The same for a PIN that confirms something inside of a session, which goes on."""

    def __init__(self, login: str, words: str) -> None:
        super().__init__(login, words, "Наберите его ещё раз. Новый выдаёт администратор: «Настройки → Пользователи».")
        self.code = ErrorCode.INVALID


def log_in(ctx: Ctx, body: LoginBody, address: str) -> LoginAnswer:
    """Raises THROTTLED, or LoginRefused with the same words and time for unknown users and wrong passwords."""
    sessions.check_throttle(ctx.sql, body.login, address)
    user = sessions.find_user(ctx.sql, body.login)
    fits = passwords.verify_password(user["password_hash"] if user else passwords.NOBODY, body.password)
    if user is None or not fits or not user["active"]:
        raise LoginRefused(body.login)
    sessions.rehash_if_weak(ctx.sql, user, body.password)
    return _let_in(ctx, user, body.client, address, "")


def log_in_by_badge(ctx: Ctx, body: BadgeLoginBody, address: str) -> LoginAnswer:
    """The log-in of the stock terminal: what one has and what one knows. Refuses like `log_in`, whatever is wrong."""
    badge = own_code(body.badge)
    code = badge.payload if badge and badge.kind is CodeKind.BADGE else ""
    user = sessions.find_user_by_badge(ctx.sql, code)
    login = user["login"] if user else ""
    sessions.check_throttle(ctx.sql, login, address)
    fits = passwords.verify_password(user["pin_hash"] if user else passwords.NOBODY, body.pin)
    if user is None or not fits or not user["active"]:
        raise LoginRefused(login, "Бейдж или ПИН-код не подошли",
                           "Отсканируйте свой бейдж и наберите ПИН-код ещё раз. Новые выдаёт администратор.")
    return _let_in(ctx, user, body.client, address, "По бейджу")


def demand_pin(ctx: Ctx, employee_id: int, pin: str) -> str:
    """An employee confirms something in the session of another with his PIN; answers his name.

    Throttled and counted as a log-in: raises THROTTLED, or PinRefused (see `counted`).
    """
    user = sessions.find_user_of(ctx.sql, employee_id)
    login = user["login"] if user else ""
    sessions.check_throttle(ctx.sql, login, ctx.actor.address)
    fits = passwords.verify_password(user["pin_hash"] if user else passwords.NOBODY, pin)
    if user is None or not fits:
        raise PinRefused(login, "ПИН-код сотрудника не подошёл" if user else "У сотрудника нет ПИН-кода")
    ctx.sql.run("UPDATE app_user SET failures = 0, blocked_until = NULL WHERE id = %s AND failures > 0", (user["id"],))
    return user["name"]


@contextmanager
def counted(ctx: Ctx, request: Request) -> Iterator[None]:
    """A refused log-in or PIN is counted and written to the journal in a transaction of its own."""
    try:
        yield
    except LoginRefused as refused:
        with request.app.edge.committed() as own:
            own.request_id = ctx.request_id
            record_failed_login(own, refused.login, client_address(request))
        raise


def _let_in(ctx: Ctx, user: DictRow, client: str, address: str, how: str) -> LoginAnswer:
    token, expires, session_id = sessions.open_session(ctx.sql, user, client, address)
    ctx.actor = Actor(user["id"], user["employee_id"], user["name"], user["branch_id"], user["department_id"], {},
                      session_id, address)
    ctx.audit("login", "user", user["id"], user["name"], reason=how)
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
