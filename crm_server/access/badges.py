"""Badges of people and the PINs that go with them: the log-in of the stock terminal."""

import secrets

from crm_contract.access import PinBody
from crm_contract.base import Created
from crm_server.access import passwords, sessions
from crm_server.access.administrators import demand_no_more_than_own
from crm_server.access.users import lock_user
from crm_server.kit.context import Ctx

#: Letters and digits that cannot be taken for one another when a badge has to be typed by hand.
ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
#: 32^12 codes: one cannot be guessed, and Code 128 prints them on a card.
LENGTH = 12


def new_badge() -> str:
    """The payload of a badge that nobody has."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def make_badge(ctx: Ctx, user_id: int, version: int) -> Created:
    """A new badge for the employee behind a log-in; a lost one is of no use from now on."""
    user = lock_user(ctx, user_id, version)
    demand_no_more_than_own(ctx, user["roles"])
    made = ctx.sql.update("app_user", user_id, {"login": user["login"]}, version=version)
    ctx.sql.update("employee", user["employee_id"], {"badge": new_badge()})
    sessions.end_sessions(ctx.sql, user_id)
    ctx.audit("update", "user", user_id, user["name"], reason="Выдан новый бейдж")
    ctx.changed("user", [user_id])
    return Created(id=user_id, version=made)


def set_pin(ctx: Ctx, user_id: int, body: PinBody) -> Created:
    """The PIN of the log-in by badge, kept like a password; it opens the account after too many failures."""
    user = lock_user(ctx, user_id, body.version)
    demand_no_more_than_own(ctx, user["roles"])
    if body.pin:
        passwords.check_new_pin(body.pin)
    made = ctx.sql.update("app_user", user_id, {
        "pin_hash": passwords.hash_password(body.pin) if body.pin else "", "failures": 0, "blocked_until": None},
        version=body.version)
    sessions.end_sessions(ctx.sql, user_id)
    ctx.audit("update", "user", user_id, user["name"],
              reason="ПИН-код сменил администратор" if body.pin else "Вход по бейджу закрыт")
    ctx.changed("user", [user_id])
    return Created(id=user_id, version=made)
