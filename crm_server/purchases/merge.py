"""Merging of suppliers: of two rows of one product the newer price and the known article stay."""

from collections.abc import Sequence

from crm_server.kit.context import Ctx
from crm_server.parties.merge import BEFORE_MERGE, MOVED_ROWS

_FOLD = """
WITH gone AS (
    DELETE FROM supplier_item g USING supplier_item k
    WHERE g.party_id = %(gone)s AND k.party_id = %(kept)s AND k.product_id = g.product_id RETURNING g.*)
UPDATE supplier_item k SET
    code = coalesce(nullif(k.code, ''), g.code), name = coalesce(nullif(k.name, ''), g.name),
    price = CASE WHEN k.date IS NULL OR g.date > k.date THEN g.price ELSE k.price END,
    document_id = CASE WHEN k.date IS NULL OR g.date > k.date THEN g.document_id ELSE k.document_id END,
    date = CASE WHEN k.date IS NULL OR g.date > k.date THEN g.date ELSE k.date END,
    lead_days = coalesce(k.lead_days, g.lead_days)
FROM gone g WHERE k.party_id = %(kept)s AND k.product_id = g.product_id
"""
_COUNT = "SELECT count(*) FROM supplier_item WHERE party_id = %s"


def _fold(ctx: Ctx, from_id: int, into_id: int) -> None:
    ctx.sql.run(_FOLD, {"gone": from_id, "kept": into_id})


def _counts(ctx: Ctx, party_id: int) -> Sequence[tuple[str, int]]:
    count = ctx.sql.value(_COUNT, (party_id,))
    return [("Цены поставщика", count)] if count else []


def install() -> None:
    """Once, by the composition root."""
    BEFORE_MERGE.append(_fold)
    MOVED_ROWS.append(_counts)
