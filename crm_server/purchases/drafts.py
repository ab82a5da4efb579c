"""What orders and receipts take of the document they are made from."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.documents import DocumentBody, LineBody
from crm_contract.errors import ErrorCode
from crm_contract.vat import VatMode
from crm_server.documents.registry import Row
from crm_server.documents.remainder import BELOW
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.parties.scope import party_scope

# What a customer's order lacks: neither shipped, nor reserved, nor ordered already and still to come.
_SHORT = """
WITH RECURSIVE roots AS (
    SELECT l.document_id AS root, l.id AS key, l.id, l.quantity FROM document_line l
    JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit') WHERE l.document_id = %(id)s),
{below}
SELECT o.key AS id,
       o.quantity - coalesce(t.issued, 0) - coalesce(t.held, 0) - greatest(coalesce(t.coming, 0), 0) AS short
FROM roots o JOIN (
    SELECT w.key, sum(w.quantity) FILTER (WHERE w.kind = 'issue' AND w.accounting = 'posted') AS issued,
           sum((SELECT sum(r.quantity - r.used) FROM reservation r
                WHERE r.line_id = w.id AND r.state = 'active')) AS held,
           sum(CASE WHEN w.kind = 'purchase_order' AND d.state IN ('draft', 'confirmed') THEN w.quantity - coalesce((
               SELECT sum(c.quantity) FROM document_line c JOIN document x ON x.id = c.document_id
               WHERE c.basis_line_id = w.id AND x.kind = 'receipt' AND x.accounting = 'posted'), 0) END) AS coming
    FROM below w JOIN document d ON d.id = w.document_id GROUP BY w.key) t ON t.key = o.key
""".replace("{below}", BELOW)
# Who brought most of these products.
_SUPPLIER = """
SELECT s.party_id, jsonb_object_agg(s.product_id, s.price::text) AS prices
FROM supplier_item s JOIN party p ON p.id = s.party_id AND NOT p.archived AND NOT p.is_own AND {scope}
WHERE s.product_id = ANY(%s::int8[])
GROUP BY s.party_id ORDER BY count(*) DESC, max(s.date) DESC NULLS LAST, s.party_id LIMIT 1
"""


def fill_order(ctx: Ctx, basis: Row, body: DocumentBody) -> DocumentBody:
    """What a customer's order lacks, from the supplier who brought most of it and at its last prices.

    Raises NOT_ALLOWED_NOW when nothing lacks.
    """
    short = {row["id"]: row["short"] for row in ctx.sql.all(_SHORT, {"id": basis["id"]})}
    lines = [line for line in body.lines if short.get(line.basis_line_id or 0, Decimal(0)) > 0]
    if not lines:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"По документу {basis['number']} заказывать нечего: всё отгружено, в"
                      " резерве или уже заказано", "Откройте связанные документы: там видно, что заказано.")
    supplier, prices = _supplier_of(ctx, [line.product_id for line in lines if line.product_id])
    return body.model_copy(update={
        "party_id": supplier, "contact_id": None, "consignee_id": None, "site_id": None, "contract_id": None,
        "price_kind_id": None, "responsible_id": ctx.actor.employee_id, "vat_mode": VatMode.ON_TOP, "comment": "",
        "due_date": basis["due_date"], "lines": [_ordered(line, short, prices) for line in lines]})


def _ordered(line: LineBody, short: Mapping[int, Decimal], prices: Mapping[str, str | None]) -> LineBody:
    return line.model_copy(update={
        "quantity": short[line.basis_line_id or 0], "discount": Decimal(0), "note": "",
        "price": Decimal(prices.get(str(line.product_id)) or 0)})


def _supplier_of(ctx: Ctx, products: Sequence[int]) -> tuple[int | None, Mapping[str, Any]]:
    row = ctx.sql.one(sql.SQL(_SUPPLIER).format(scope=party_scope(ctx.actor)), (products,))
    return (row["party_id"], row["prices"]) if row else (None, {})


def fill_receipt(ctx: Ctx, basis: Row, body: DocumentBody) -> DocumentBody:
    """A receipt is expected when its order is."""
    return body.model_copy(update={"due_date": basis["due_date"], "responsible_id": ctx.actor.employee_id,
                                   "comment": ""})


def fill_act(ctx: Ctx, basis: Row, body: DocumentBody) -> DocumentBody:
    """An act drawn up by hand begins with what the receipt has; what differs is typed."""
    return body.model_copy(update={
        "comment": "", "lines": [line.model_copy(update={"paper_quantity": line.quantity, "price": Decimal(0)})
                                 for line in body.lines]})
