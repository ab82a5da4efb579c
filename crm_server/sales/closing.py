"""What УПД close must have been shipped."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_server.documents.remainder import TREE
from crm_server.kit.context import Ctx

# Counted from where the lines begin: a УПД may be made from an invoice and the goods be shipped by the order above it.
_UNSHIPPED = """
{tree}
SELECT p.name, t.closed, t.shipped FROM (
    SELECT root, key, coalesce(sum(quantity) FILTER (WHERE kind = 'upd'), 0) AS closed,
           coalesce(sum(quantity) FILTER (WHERE kind = 'issue' AND document_id <> %(id)s), 0) AS shipped
    FROM below WHERE accounting = 'posted' OR document_id = %(id)s AND kind = 'upd'
    GROUP BY root, key) t
JOIN product p ON p.id = t.key AND p.kind IN ('goods', 'kit')
WHERE t.closed > t.shipped ORDER BY p.name LIMIT 5
""".replace("{tree}", TREE).replace("{limit}", "a.basis_line_id IS NULL")


def find_unshipped(ctx: Ctx, row: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The goods of which posted УПД close more than is shipped; `row` is a УПД about to be posted or an issue about to
    be taken back."""
    return ctx.sql.all(_UNSHIPPED, {"id": row["id"]})
