"""Suppliers' last prices follow the posted receipts; rows are written in the order of products, after the balances."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from crm_contract.documents import kind_of
from crm_contract.purchases import SupplierItem
from crm_server.documents.scope import kind_condition
from crm_server.kit.context import Ctx
from crm_server.parties.scope import party_scope

# The last line of a product tells its price. An older receipt that is posted late changes nothing, and what is the same
# is not written again.
_NOTE = """
INSERT INTO supplier_item AS s (party_id, product_id, price, date, document_id, lead_days)
SELECT %(party)s, product_id, price, %(date)s, %(id)s, (
    SELECT greatest(0, %(date)s - max(o.date)) FROM document_link k JOIN document o ON o.id = k.basis_id
    WHERE k.document_id = %(id)s AND o.kind = 'purchase_order' HAVING count(*) > 0) FROM (
    SELECT DISTINCT ON (l.product_id) l.product_id, round(l.net / l.quantity, 4) AS price FROM document_line l
    WHERE l.document_id = %(id)s AND l.product_id IS NOT NULL AND l.quantity > 0 AND l.net > 0
    ORDER BY l.product_id, l.position DESC) t
ORDER BY product_id
ON CONFLICT (party_id, product_id) DO UPDATE SET price = excluded.price, date = excluded.date,
    document_id = excluded.document_id, lead_days = coalesce(excluded.lead_days, s.lead_days)
WHERE s.date IS NULL OR s.date <= excluded.date AND (s.price, s.date, s.lead_days)
    IS DISTINCT FROM (excluded.price, excluded.date, coalesce(excluded.lead_days, s.lead_days))
"""
# Before a receipt is taken back: the prices it gave are those of the receipts before it again.
_FORGET = """
UPDATE supplier_item s SET price = o.price, date = o.date, document_id = o.document_id
FROM (SELECT id, product_id FROM supplier_item WHERE document_id = %(id)s ORDER BY product_id FOR UPDATE) g
LEFT JOIN LATERAL (
    SELECT round(l.net / l.quantity, 4) AS price, d.date, d.id AS document_id
    FROM document d JOIN document_line l ON l.document_id = d.id
    WHERE d.party_id = %(party)s AND d.kind = 'receipt' AND d.accounting = 'posted' AND d.id <> %(id)s
    AND l.product_id = g.product_id AND l.quantity > 0 AND l.net > 0
    ORDER BY d.date DESC, d.id DESC, l.position DESC LIMIT 1) o ON true
WHERE s.id = g.id
"""
_OF_PRODUCT = """
SELECT jsonb_build_object('id', p.id, 'title', p.name) AS party, s.code, s.name, s.price, s.date,
       CASE WHEN d.id IS NOT NULL THEN jsonb_build_object('id', d.id, 'title', d.number) END AS document
FROM supplier_item s JOIN party p ON p.id = s.party_id
LEFT JOIN document d ON d.id = s.document_id AND {seen}
WHERE s.product_id = %s AND {scope} ORDER BY s.date DESC NULLS LAST, p.name LIMIT 50
"""


def note_prices(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Keeps what the supplier of a receipt asked, when it is posted."""
    ctx.sql.run(_NOTE, {"id": row["id"], "party": row["party_id"], "date": row["date"]})


def forget_prices(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Goes back to the prices before a receipt, when it is taken back."""
    ctx.sql.run(_FORGET, {"id": row["id"], "party": row["party_id"]})


def list_of_product(ctx: Ctx, product_id: int) -> list[SupplierItem]:
    """Suppliers of a product that the actor sees, the newest price first."""
    query = sql.SQL(_OF_PRODUCT).format(
        scope=party_scope(ctx.actor), seen=kind_condition(ctx.actor, kind_of("receipt")))
    return [SupplierItem.model_validate(row) for row in ctx.sql.all(query, (product_id,))]
