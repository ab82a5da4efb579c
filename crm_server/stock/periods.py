"""Closing of a warehouse up to a day, and opening of the last closed period again.

What closes is in the database (migrations/sql/stock_periods.sql): no move is written into a closed period, not even by
raw SQL of the server's role. Who may, why, and whether anything was forgotten in draft is asked here.
"""

from datetime import date
from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission
from crm_contract.stock_periods import CloseBody, DraftInside, ReopenBody, WarehousePeriods
from crm_server.documents.scope import visible_condition
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid, stale
from crm_server.stock.places import place_scope

CONSTRAINTS["ck_stock_period_order"] = Refusal(
    ErrorCode.NOT_ALLOWED_NOW, "Закрыть можно склад, и только день, который уже прошёл и ещё не закрыт",
    "Обновите страницу и выберите другой день.")

#: Drafts that a refusal names.
NAMED = 5
DRAFTS = 200

_WAREHOUSES = """
SELECT jsonb_build_object('id', d.id, 'title', d.name) AS place, l.closed_until,
       CASE WHEN b.id IS NOT NULL THEN jsonb_build_object('id', b.id, 'title', b.title) END AS branch,
       {close} AS may_close, {reopen} AS may_reopen,
       coalesce((SELECT jsonb_agg(to_jsonb(q) ORDER BY q.until DESC) FROM (
           SELECT p.until, p.closed_at, coalesce(e.name, '') AS closed_by FROM stock_period p
           LEFT JOIN employee e ON e.id = p.closed_by_id WHERE p.place_id = d.id ORDER BY p.until DESC LIMIT 12) q),
           '[]') AS periods
FROM place d LEFT JOIN stock_period_lock l ON l.place_id = d.id LEFT JOIN branch b ON b.id = d.branch_id
WHERE d.kind = 'warehouse' AND (NOT d.archived OR l.place_id IS NOT NULL) AND {seen}
ORDER BY sort_key(b.title) NULLS FIRST, sort_key(d.name), d.id
"""
_DRAFTS = """
SELECT CASE WHEN {seen} THEN d.id END AS id, d.kind, d.number, d.date, coalesce(e.name, '') AS author
FROM document d LEFT JOIN employee e ON e.id = d.author_id
WHERE d.accounting = 'draft' AND d.kind = ANY(%(kinds)s::text[]) AND d.date <= %(until)s
AND (d.place_id IN (SELECT stock_inside(%(place)s)) OR d.place_to_id IN (SELECT stock_inside(%(place)s)))
ORDER BY d.date, d.id LIMIT %(limit)s
"""


def warehouses(ctx: Ctx) -> list[WarehousePeriods]:
    """The warehouses that one sees, with their closed periods."""
    statement = sql.SQL(_WAREHOUSES).format(
        seen=place_scope(ctx.actor, Permission.STOCK_VIEW), close=place_scope(ctx.actor, Permission.STOCK_CLOSE),
        reopen=place_scope(ctx.actor, Permission.STOCK_REOPEN))
    return [WarehousePeriods.model_validate(row) for row in ctx.sql.all(statement)]


def drafts_inside(ctx: Ctx, place_id: int, until: date) -> list[DraftInside]:
    """What would move goods of the warehouse in the period and is left in draft, from the oldest."""
    _warehouse(ctx, place_id, Permission.STOCK_VIEW)
    return _drafts(ctx, place_id, until)


def close(ctx: Ctx, place_id: int, body: CloseBody) -> WarehousePeriods:
    """Closes a warehouse with all that lies in it; refuses when something inside is left in draft."""
    place = _warehouse(ctx, place_id, Permission.STOCK_CLOSE)
    if place["closed_until"] != body.closed_until:
        raise stale()
    if body.until >= ctx.today:
        raise invalid({"until": "Закрыть можно день, который уже прошёл"})
    if body.closed_until is not None and body.until <= body.closed_until:
        raise invalid({"until": f"Уже закрыто по {body.closed_until:%d.%m.%Y}"})
    if drafts := _drafts(ctx, place_id, body.until):
        raise _left_in_draft(place["name"], body.until, drafts)
    ctx.sql.run("SELECT stock_close_period(%s, %s, %s)", (place_id, body.until, ctx.actor.employee_id or None))
    return _done(ctx, place, "Период закрыт", body.until)


def reopen(ctx: Ctx, place_id: int, body: ReopenBody) -> WarehousePeriods:
    """Opens the last closed period of a warehouse again; it stays closed up to the one before, if any."""
    place = _warehouse(ctx, place_id, Permission.STOCK_REOPEN)
    if place["closed_until"] != body.closed_until:
        raise stale()
    before = ctx.sql.value("SELECT stock_reopen_period(%s)", (place_id,))
    return _done(ctx, place, "Период открыт", before, body.reason)


def _warehouse(ctx: Ctx, place_id: int, permission: Permission) -> dict[str, Any]:
    """The warehouse if the right reaches it, locked for a change: two people do not close it at once."""
    lock = sql.SQL("") if permission is Permission.STOCK_VIEW else sql.SQL("FOR NO KEY UPDATE OF d")
    place = ctx.sql.get(sql.SQL("SELECT d.id, d.name, d.branch_id FROM place d WHERE d.id = %s AND"
                                " d.kind = 'warehouse' AND {} {}").format(place_scope(ctx.actor, permission), lock),
                        (place_id,), what="Склад")
    return place | {"closed_until": ctx.sql.value(
        "SELECT closed_until FROM stock_period_lock WHERE place_id = %s", (place_id,))}


def _drafts(ctx: Ctx, place_id: int, until: date) -> list[DraftInside]:
    rows = ctx.sql.all(sql.SQL(_DRAFTS).format(seen=visible_condition(ctx.actor)), {
        "kinds": [kind.code for kind in KINDS.values() if kind.moves_goods], "until": until, "place": place_id,
        "limit": DRAFTS})
    return [DraftInside(id=row["id"], title=kind_of(row["kind"]).named(row["number"]), date=row["date"],
                        author=row["author"]) for row in rows]


def _left_in_draft(name: str, until: date, drafts: list[DraftInside]) -> Refusal:
    named = ", ".join(f"{draft.title} от {draft.date:%d.%m.%Y}" for draft in drafts[:NAMED])
    more = f" и ещё {len(drafts) - NAMED}" if len(drafts) > NAMED else ""
    return Refusal(
        ErrorCode.NOT_ALLOWED_NOW, f"«{name}» не закрыть по {until:%d.%m.%Y}: не проведены {named}{more}",
        "Проведите их, аннулируйте или перенесите на открытый день.",
        details={"drafts": [draft.model_dump(mode="json") for draft in drafts]})


def _done(ctx: Ctx, place: dict[str, Any], what: str, until: date | None, reason: str = "") -> WarehousePeriods:
    ctx.audit("action", "stock_period", place["id"], f"{what}: {place['name']}", reason=reason,
              before={"closed_until": _iso(place["closed_until"])}, after={"closed_until": _iso(until)},
              branch_id=place["branch_id"])
    ctx.changed("stock_period", [place["id"]], place["branch_id"])
    return next(w for w in warehouses(ctx) if w.place.id == place["id"])


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
