"""Reservations: who holds goods and until when."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.permissions import Permission, Scope
from crm_contract.settings import RESERVE_DAYS
from crm_contract.stock import ReleaseBody, ReservationBody
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, not_found, stale
from crm_server.kit.failpoints import failpoint
from crm_server.settings.queries import value_of
from crm_server.stock.ledger import out_of_stock
from crm_server.stock.waiting import wake

_RESERVE_DOCUMENT = """
WITH need AS (
    SELECT l.id, l.product_id, l.quantity
        - coalesce((SELECT sum(r.quantity - r.used) FROM reservation r
            WHERE r.line_id = l.id AND r.state = 'active'), 0)
        - coalesce((SELECT sum(c.quantity) FROM document_line c JOIN document x ON x.id = c.document_id
            WHERE c.basis_line_id = l.id AND x.kind = 'issue' AND x.accounting = 'posted'), 0) AS wanted
    FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
    WHERE l.document_id = %(id)s),
locked AS MATERIALIZED (
    SELECT product_id, on_hand - reserved AS free
    FROM stock_lock(%(place)s, ARRAY(SELECT product_id FROM need WHERE wanted > 0))),
given AS (
    SELECT n.id, n.product_id, n.wanted, greatest(0, least(n.wanted, coalesce(k.free, 0)
        - coalesce(sum(n.wanted) OVER (PARTITION BY n.product_id ORDER BY n.id
            ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS quantity
    FROM need n LEFT JOIN locked k USING (product_id) WHERE n.wanted > 0),
made AS (
    INSERT INTO reservation (document_id, line_id, product_id, place_id, quantity, until, branch_id, employee_id)
    SELECT %(id)s, id, product_id, %(place)s, quantity, %(until)s, %(branch)s, %(employee)s
    FROM given WHERE quantity > 0
    RETURNING product_id)
SELECT product_id, sum(wanted) AS wanted, sum(quantity) AS given, (
    SELECT least(1, (coalesce(sum(r.quantity), 0) + (SELECT sum(quantity) FROM given)) / (
        SELECT sum(l.quantity) FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
        WHERE l.document_id = %(id)s))
    FROM reservation r WHERE r.document_id = %(id)s AND r.state IN ('active', 'used')) AS share
FROM given GROUP BY product_id
"""

#: Keeps `document.reserved`, the share of the goods that is reserved or already shipped from the reserve.
_REFRESH = """
UPDATE document d SET reserved = coalesce((
    SELECT least(1, coalesce(sum(r.quantity) FILTER (WHERE r.state IN ('active', 'used')) / nullif((
        SELECT sum(l.quantity) FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
        WHERE l.document_id = d.id), 0), 0))
    FROM reservation r WHERE r.document_id = d.id), 0)
WHERE d.id = ANY(%s::int8[])
"""


def default_term(ctx: Ctx) -> date:
    return ctx.today + timedelta(days=value_of(ctx, RESERVE_DAYS))


def reserve_document(ctx: Ctx, row: Mapping[str, Any], until: date | None, *, partly: bool,
                     waits: bool = False) -> Mapping[str, Any]:
    """Reserves what the goods lines of a document still need; with `partly` as much as there is.

    Refuses when there is nothing at all, unless it `waits`.

    Answers the new `reserved` of its header, if there was anything to reserve.
    """
    until = until or default_term(ctx)
    rows = ctx.sql.all(_RESERVE_DOCUMENT, {
        "id": row["id"], "place": row["place_id"], "until": until, "branch": row["branch_id"],
        "employee": ctx.actor.employee_id})
    failpoint("reserving.after_rows")
    short = {r["product_id"]: r["wanted"] - r["given"] for r in rows if r["given"] < r["wanted"]}
    nothing = bool(rows) and all(r["given"] == 0 for r in rows)
    if short and not waits and (nothing or not partly):
        raise out_of_stock(ctx, row["place_id"], short)
    ctx.changed("stock", [r["product_id"] for r in rows], row["branch_id"])
    return {"reserved": rows[0]["share"]} if rows else {}


def release_document(ctx: Ctx, row: Mapping[str, Any], state: str = "released") -> None:
    """Ends the active reservations of a document."""
    ctx.sql.run("UPDATE reservation SET state = %s, version = version + 1, closed_at = now()"
                " WHERE document_id = %s AND state = 'active'", (state, row["id"]))
    failpoint("releasing.after_rows")
    refresh_reserved(ctx, [row["id"]])
    wake(ctx, row["place_id"])
    ctx.changed("stock", [], row["branch_id"])


def refresh_reserved(ctx: Ctx, document_ids: list[int]) -> None:
    """The documents must be locked before their reservations change: two sums taken at once would miss each other."""
    ctx.sql.run(_REFRESH, (document_ids,))


def reserve(ctx: Ctx, body: ReservationBody) -> Created:
    """Reserves a product by hand; raises OUT_OF_STOCK with the holders."""
    place = ctx.sql.get("SELECT branch_id FROM place WHERE id = %s AND kind = 'warehouse'", (body.place_id,),
                        what="Склад")
    if place["branch_id"] != ctx.actor.branch_id and ctx.actor.scope(Permission.STOCK_RESERVE) != Scope.ALL:
        raise not_found("Склад")
    if body.document_id is not None or body.line_id is not None:
        raise invalid({"document_id": "Резерв по документу ставится действием документа"})
    free = ctx.sql.value("SELECT on_hand - reserved FROM stock_lock(%s, ARRAY[%s::int8])",
                         (body.place_id, body.product_id)) or Decimal(0)
    if free < body.quantity:
        raise out_of_stock(ctx, body.place_id, {body.product_id: body.quantity - free})
    row_id = ctx.sql.insert("reservation", {
        "product_id": body.product_id, "place_id": body.place_id, "quantity": body.quantity,
        "until": body.until or default_term(ctx), "note": body.note,
        "branch_id": place["branch_id"] or ctx.actor.branch_id, "employee_id": ctx.actor.employee_id})
    failpoint("reserving.after_rows")
    ctx.audit("create", "reservation", row_id, body.note, after=body.model_dump(mode="json"))
    ctx.changed("stock", [body.product_id], place["branch_id"])
    return Created(id=row_id)


def release(ctx: Ctx, reservation_id: int, body: ReleaseBody) -> Created:
    """Ends a reservation; another person's needs its own right."""
    ctx.sql.run("SELECT 1 FROM document WHERE id = (SELECT document_id FROM reservation WHERE id = %s) FOR UPDATE",
                (reservation_id,))
    row = ctx.sql.get("SELECT * FROM reservation WHERE id = %s FOR UPDATE", (reservation_id,), what="Резерв")
    if row["branch_id"] != ctx.actor.branch_id and ctx.actor.scope(Permission.STOCK_RESERVE) != Scope.ALL:
        raise not_found("Резерв")
    if row["employee_id"] != ctx.actor.employee_id:
        ctx.actor.demand(Permission.STOCK_RELEASE_OTHERS)
    if row["version"] != body.version:
        raise stale()
    if row["state"] != "active":
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "Резерв уже закрыт", "Обновите список резервов.")
    version = ctx.sql.update("reservation", reservation_id, {"state": "released", "closed_at": ctx.now},
                             version=body.version)
    failpoint("releasing.after_rows")
    if row["document_id"]:
        refresh_reserved(ctx, [row["document_id"]])
    wake(ctx, row["place_id"])
    ctx.audit("action", "reservation", reservation_id, "Снят резерв", reason=body.reason,
              before={"state": "active"}, after={"state": "released"})
    ctx.changed("stock", [row["product_id"]], row["branch_id"])
    return Created(id=reservation_id, version=version)


def expire(ctx: Ctx) -> int:
    """Ends the reservations whose last day is over; answers how many."""
    today = ctx.today
    ctx.sql.run("SELECT 1 FROM document WHERE id IN (SELECT document_id FROM reservation WHERE state = 'active'"
                " AND until < %s) ORDER BY id FOR UPDATE", (today,))
    ended = ctx.sql.all(
        "UPDATE reservation SET state = 'expired', version = version + 1, closed_at = now() WHERE id IN ("
        " SELECT id FROM reservation WHERE state = 'active' AND until < %s"
        " ORDER BY place_id, product_id, id FOR UPDATE SKIP LOCKED)"
        " RETURNING id, document_id, product_id, branch_id, note", (today,))
    refresh_reserved(ctx, sorted({row["document_id"] for row in ended if row["document_id"]}))
    for row in ended:
        ctx.audit("action", "reservation", row["id"], "Резерв истёк", branch_id=row["branch_id"],
                  before={"state": "active"}, after={"state": "expired"})
        ctx.changed("stock", [row["product_id"]], row["branch_id"])
    return len(ended)
