"""When goods that a line wants are to come: the document, the day and how many."""

from collections.abc import Mapping, Sequence

from psycopg import sql

from crm_contract.stock import ExpectedRead
from crm_server.documents.scope import visible_condition
from crm_server.kit.actor import Actor, per_actor
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted
from crm_server.stock.expected import EXPECTED
from crm_server.stock.listing import place_condition

MOST = 3
_COMING = """
SELECT x.product_id, d.id AS document_id, CASE WHEN d.id IS NULL THEN 'документ вне ваших прав' ELSE d.number END
       AS document, x.quantity, x.due_date AS due
FROM {expected} x JOIN place w ON w.id = x.place_id AND {place}
LEFT JOIN document d ON d.id = x.document_id AND {seen}
WHERE x.place_id = %s AND x.product_id = ANY(%s::int8[]) ORDER BY x.product_id, x.due_date NULLS LAST, x.document_id
"""


def _compose(actor: Actor) -> sql.Composed:
    return sql.SQL(_COMING).format(expected=trusted(EXPECTED), place=place_condition(actor, "w.branch_id"),
                                   seen=visible_condition(actor))


_statement = per_actor(_compose)


def coming_to(ctx: Ctx, place_id: int, products: Sequence[int]) -> Mapping[int, list[ExpectedRead]]:
    """The next documents by product, the soonest first."""
    found: dict[int, list[ExpectedRead]] = {}
    for row in ctx.sql.all(_statement(ctx.actor), (place_id, list(products))):
        rows = found.setdefault(row["product_id"], [])
        if len(rows) < MOST:
            rows.append(ExpectedRead.model_validate(row))
    return found
