"""What a payment pays."""

from psycopg import sql

from crm_contract.documents import AllocationRead, kind_of
from crm_server.documents.scope import kind_condition
from crm_server.documents.service import read_header
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found

_ALLOCATIONS = """
SELECT d.id AS invoice_id, d.number, d.date, d.gross, d.gross - d.paid AS open, coalesce(a.amount, 0) AS amount
FROM document d LEFT JOIN payment_allocation a ON a.invoice_id = d.id AND a.payment_id = %(payment)s
WHERE d.kind = 'invoice' AND d.accounting = 'posted' AND d.party_id = %(party)s AND d.branch_id = %(branch)s
AND (d.paid < d.gross OR a.amount > 0) AND {scope} ORDER BY d.due_date NULLS LAST, d.id
"""


def list_allocations(ctx: Ctx, payment_id: int) -> list[AllocationRead]:
    """The invoices that a payment pays or could pay and the actor sees, the oldest debt first."""
    row = read_header(ctx, payment_id)
    if row["kind"] != "payment":
        raise not_found("Платёж")
    query = sql.SQL(_ALLOCATIONS).format(scope=kind_condition(ctx.actor, kind_of("invoice")))
    rows = ctx.sql.all(query, {"payment": payment_id, "party": row["party_id"], "branch": row["branch_id"]})
    return [AllocationRead.model_validate(one) for one in rows]
