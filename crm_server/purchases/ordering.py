"""Drafts of orders and transfers that fill warehouses up: one per supplier or giving warehouse, whatever the lines."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.documents import MAX_LINES, DocumentBody, LineBody, kind_of
from crm_contract.permissions import Scope
from crm_contract.settings import LEAD_DAYS
from crm_contract.stock_rules import DraftMade, Replenished, RuleIds
from crm_contract.vat import VatMode
from crm_server.documents.checking import resolve
from crm_server.documents.service import insert_document
from crm_server.kit.actor import forbidden
from crm_server.kit.context import Ctx
from crm_server.kit.failpoints import failpoint
from crm_server.purchases.replenishment import proposed

# All rules of the products, so that two people who fill up from one place at the same time see each other's drafts.
_LOCK = """
SELECT FROM stock_rule r WHERE r.product_id IN (
    SELECT product_id FROM stock_rule WHERE id = ANY(%s::int8[])) ORDER BY r.id FOR UPDATE
"""
_CHOSEN = """
SELECT t.id, t.step, t.product_id, t.place_id, t.quantity, t.price, t.arrives, p.unit,
       coalesce(t.giver_id, t.seller_id) AS other_id, coalesce(w.branch_id, %s::int8) AS branch_id, w.name AS place,
       coalesce(o.name, v.name, '') AS other
FROM ({proposed}) t JOIN product p ON p.id = t.product_id JOIN place w ON w.id = t.place_id
LEFT JOIN place o ON o.id = t.giver_id LEFT JOIN party v ON v.id = t.seller_id
WHERE t.id = ANY(%s::int8[]) AND t.quantity > 0 ORDER BY t.step, other, other_id, t.place_id, p.sort, t.id
"""
_COMMENT = "Пополнение запаса"
_KINDS = {"transfer": kind_of("transfer"), "purchase": kind_of("purchase_order"), "unknown": kind_of("purchase_order")}
Row = Mapping[str, Any]


def make_drafts(ctx: Ctx, body: RuleIds) -> Replenished:
    """Drafts for rows of the replenishment, as they are now: what was ordered meanwhile is left out.

    Raises FORBIDDEN without the right to edit what has to be made.
    """
    ctx.sql.run(_LOCK, ([row_id // 2 for row_id in body.ids],))
    query = sql.SQL(_CHOSEN).format(proposed=proposed(ctx.actor))
    rows = ctx.sql.all(query, (ctx.actor.branch_id, body.ids))
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["step"], row["other_id"], row["place_id"]), []).append(row)
    drafts = [_draft(ctx, group[at:at + MAX_LINES]) for group in groups.values()
              for at in range(0, len(group), MAX_LINES)]
    failpoint("rules.after_drafts")
    return Replenished(drafts=drafts, left=len(set(body.ids)) - len(rows))


def _draft(ctx: Ctx, rows: Sequence[Row]) -> DraftMade:
    first = rows[0]
    kind, branch_id = _KINDS[first["step"]], first["branch_id"]
    scope = ctx.actor.demand(kind.permission("edit"))
    if scope is not Scope.ALL and branch_id != ctx.actor.branch_id:
        raise forbidden(kind.permission("edit"))
    moves = first["step"] == "transfer"
    body = DocumentBody(
        date=ctx.today, vat_mode=VatMode.ON_TOP, comment=_COMMENT, due_date=_due(ctx, rows),
        party_id=None if moves else first["other_id"], place_id=first["other_id"] if moves else first["place_id"],
        place_to_id=first["place_id"] if moves else None, lines=[
            LineBody(product_id=row["product_id"], unit=row["unit"], quantity=row["quantity"],
                     price=row["price"] or Decimal(0)) for row in rows])
    made = insert_document(ctx, kind, body, branch_id, resolve(ctx, kind, body, branch_id))
    number = ctx.sql.value("SELECT number FROM document WHERE id = %s", (made.id,))
    return DraftMade(id=made.id, kind=kind.code, title=kind.named(number), other=first["other"],
                     place=first["place"], lines=len(rows))


def _due(ctx: Ctx, rows: Sequence[Row]) -> date:
    """When the last of the goods come; goods of our own may come today."""
    days = [row["arrives"] for row in rows if row["arrives"] is not None]
    return max(days, default=ctx.today + timedelta(days=LEAD_DAYS.default if rows[0]["step"] == "unknown" else 0))
