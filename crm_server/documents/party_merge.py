"""What a merge of parties means to their documents: who has them open hears of it, and search finds the new name."""

from collections import Counter

from crm_contract.documents import KINDS
from crm_server.kit.context import Ctx
from crm_server.parties.merge import BEFORE_MERGE, MOVED_ROWS

_MOVED = """
SELECT d.kind, d.branch_id, array_agg(d.id) AS ids FROM document d
WHERE d.party_id = %(id)s OR d.consignee_id = %(id)s OR d.organization_id = %(id)s GROUP BY d.kind, d.branch_id
"""
# The old name stays in the key too: it stands on the printed paper.
_SEARCH = """
UPDATE document d SET search = d.search || search_key(' ' || p.name || ' ' || p.inn)
FROM party p WHERE p.id = %(into)s AND d.party_id = %(id)s
"""


def _counts(ctx: Ctx, party_id: int) -> list[tuple[str, int]]:
    found: Counter[str] = Counter()
    for row in ctx.sql.all(_MOVED, {"id": party_id}):
        found[row["kind"]] += len(row["ids"])
    return [(kind.title_plural, found[kind.code]) for kind in KINDS.values() if kind.code in found]


def _announce(ctx: Ctx, from_id: int, into_id: int) -> None:
    for row in ctx.sql.all(_MOVED, {"id": from_id}):
        ctx.changed(row["kind"], row["ids"], row["branch_id"])
    ctx.sql.run(_SEARCH, {"id": from_id, "into": into_id})


def install() -> None:
    """Once, by the composition root."""
    MOVED_ROWS.append(_counts)
    BEFORE_MERGE.append(_announce)
