"""Sessions: opaque tokens, who a token stands for, the throttle of log-ins."""

import hashlib
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

from psycopg.rows import DictRow

from crm_contract.access import Me
from crm_contract.base import Ref
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Scope
from crm_server.access import passwords
from crm_server.access.acting import ACTOR_COLUMNS
from crm_server.kit.actor import Actor
from crm_server.kit.errors import Refusal
from crm_server.kit.sql import Sql

SESSION_HOURS = 12
FREE_TRIES = 5
MAX_DELAY_S = 15 * 60
#: A removed role or disabled user is refused after at most this long.
ACTOR_CACHE_S = 0.5

_ACTOR = "SELECT s.id AS session_id, u.must_change_password," + ACTOR_COLUMNS + """
FROM user_session s JOIN app_user u ON u.id = s.user_id JOIN employee e ON e.id = u.employee_id
WHERE s.token_hash = %s AND s.ended_at IS NULL AND s.expires_at > now() AND u.active
"""

_USER = """
SELECT u.id, u.login, u.password_hash, u.active, u.failures, u.blocked_until, u.must_change_password,
       u.pin_hash, e.id AS employee_id, e.name, e.position, e.email, e.branch_id, b.title AS branch, e.department_id,
       d.title AS department
FROM app_user u JOIN employee e ON e.id = u.employee_id JOIN branch b ON b.id = e.branch_id
LEFT JOIN department d ON d.id = e.department_id
"""

_cache: dict[bytes, tuple[float, Actor]] = {}
_cache_lock = threading.Lock()


def token_hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def authenticate(sql: Sql, token: str, address: str) -> Actor:
    """The actor of a token; raises NOT_AUTHENTICATED for one that is unknown, ended or expired."""
    digest = token_hash(token)
    now = time.monotonic()
    with _cache_lock:
        hit = _cache.get(digest)
        if hit and hit[0] > now:
            return hit[1]
    row = sql.one(_ACTOR, (digest,))
    if row is None:
        raise Refusal(ErrorCode.NOT_AUTHENTICATED, "Сеанс закончился", "Войдите ещё раз: введённое не потеряется.")
    actor = Actor(
        user_id=row["user_id"], employee_id=row["employee_id"], name=row["name"], branch_id=row["branch_id"],
        department_id=row["department_id"], permissions={k: Scope(v) for k, v in row["grants"].items()},
        session_id=row["session_id"], address=address, must_change_password=row["must_change_password"])
    with _cache_lock:
        if len(_cache) > 2000:
            _cache.clear()
        _cache[digest] = (now + ACTOR_CACHE_S, actor)
    return actor


def check_throttle(sql: Sql, login: str, address: str) -> None:
    """Raises THROTTLED while the account or the address has to wait."""
    until = sql.value(
        "SELECT max(t) FROM (SELECT blocked_until AS t FROM app_user WHERE login_key = %s"
        " UNION ALL SELECT blocked_until FROM login_failure WHERE address = %s) q", (login.lower(), address))
    if until and until > datetime.now(UTC):
        seconds = int((until - datetime.now(UTC)).total_seconds()) + 1
        raise Refusal(ErrorCode.THROTTLED, f"Слишком много неудачных попыток, вход закрыт на {seconds} с",
                      "Подождите и попробуйте ещё раз, или попросите администратора сменить пароль.",
                      details={"retry_after_s": seconds})


def find_user(sql: Sql, login: str) -> DictRow | None:
    return sql.one(_USER + " WHERE u.login_key = %s", (login.lower(),))


def find_user_by_badge(sql: Sql, code: str) -> DictRow | None:
    """Whose badge it is; None for one that nobody has, or whose owner has no PIN."""
    return sql.one(_USER + " WHERE e.badge = %s AND u.pin_hash <> ''", (code,))


def find_user_of(sql: Sql, employee_id: int) -> DictRow | None:
    """The log-in of an employee that a PIN opens."""
    return sql.one(_USER + " WHERE e.id = %s AND u.pin_hash <> '' AND u.active ORDER BY u.id LIMIT 1", (employee_id,))


def count_failure(sql: Sql, login: str, address: str) -> None:
    """A growing delay per account and per address, never a permanent block; unknown log-ins add no account rows."""
    sql.run(
        "UPDATE app_user SET failures = failures + 1, blocked_until = CASE WHEN failures + 1 >= %(free)s THEN now() +"
        " least(%(most)s, power(2, failures + 1 - %(free)s)) * interval '1 second' END WHERE login_key = %(login)s",
        {"free": FREE_TRIES, "most": MAX_DELAY_S, "login": login.lower()})
    sql.run(
        "INSERT INTO login_failure AS f (address, failures, last_at) VALUES (%(address)s, 1, now())"
        " ON CONFLICT (address) DO UPDATE SET last_at = now(), failures = f.failures + 1, blocked_until ="
        " CASE WHEN f.failures + 1 >= %(free)s THEN now() + least(%(most)s, power(2, f.failures + 1 - %(free)s))"
        " * interval '1 second' END",
        {"free": FREE_TRIES * 4, "most": MAX_DELAY_S, "address": address})


def open_session(sql: Sql, user: DictRow, client: str, address: str) -> tuple[str, datetime, int]:
    """A new token (256 random bits, kept as a hash), its end and the session's id; clears the failures."""
    token = secrets.token_urlsafe(32)
    expires = datetime.now(UTC) + timedelta(hours=SESSION_HOURS)
    session_id = sql.insert("user_session", {
        "user_id": user["id"], "token_hash": token_hash(token), "client": client, "address": address,
        "expires_at": expires})
    sql.run("WITH a AS (DELETE FROM login_failure WHERE address = %s OR last_at < now() - interval '1 day')"
            " UPDATE app_user SET failures = 0, blocked_until = NULL, last_login_at = now() WHERE id = %s",
            (address, user["id"]))
    return token, expires, session_id


def rehash_if_weak(sql: Sql, user: DictRow, password: str) -> None:
    if passwords.needs_rehash(user["password_hash"]):
        sql.run("UPDATE app_user SET password_hash = %s WHERE id = %s",
                (passwords.hash_password(password), user["id"]))


def me(sql: Sql, user_id: int) -> Me:
    """The current user with permissions."""
    user = sql.get(_USER + " WHERE u.id = %s", (user_id,))
    grants = sql.all(
        "SELECT rg.permission, max(rg.scope) AS scope FROM user_role ur JOIN role_grant rg USING (role_id)"
        " WHERE ur.user_id = %s GROUP BY rg.permission", (user_id,))
    return Me(
        user_id=user["id"], login=user["login"], employee=Ref(id=user["employee_id"], title=user["name"]),
        position=user["position"], email=user["email"], branch=Ref(id=user["branch_id"], title=user["branch"]),
        department=Ref(id=user["department_id"], title=user["department"]) if user["department_id"] else None,
        permissions={g["permission"]: g["scope"] for g in grants}, must_change_password=user["must_change_password"])


def end_sessions(sql: Sql, user_id: int, *, except_id: int = 0) -> None:
    """Ends the sessions of a user at once on every server (the actor cache lives half a second)."""
    sql.run("UPDATE user_session SET ended_at = now() WHERE user_id = %s AND id <> %s AND ended_at IS NULL",
            (user_id, except_id))
    with _cache_lock:
        _cache.clear()


def end_session(sql: Sql, user_id: int, session_id: int) -> bool:
    """Ends one open session of a user; False when there is no such."""
    ended = sql.run("UPDATE user_session SET ended_at = now() WHERE user_id = %s AND id = %s AND ended_at IS NULL",
                    (user_id, session_id))
    with _cache_lock:
        _cache.clear()
    return ended > 0
