"""Shares kept in the header of a basis for its list: how much of its goods posted followers have taken."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS
from crm_server.documents.remainder import BELOW
from crm_server.kit.context import Ctx

# Counted along the lines they were made from. The document that is just being posted counts by what it becomes.
_REFRESH = """
WITH RECURSIVE roots AS (
    SELECT d.id AS root, l.product_id AS key, l.id, l.quantity
    FROM document d JOIN document_line l ON l.document_id = d.id
    JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
    WHERE d.id = ANY(%(bases)s::int8[]) AND d.kind = ANY(%(kinds)s::text[])),
{below},
taken AS (
    SELECT root, sum(quantity) AS quantity FROM below
    WHERE kind = %(taker)s AND CASE WHEN document_id = %(id)s THEN %(posted)s ELSE accounting = 'posted' END
    GROUP BY root)
UPDATE document d SET {column} = least(1, coalesce(t.quantity, 0) / o.quantity)
FROM (SELECT root, sum(quantity) AS quantity FROM roots GROUP BY root) o LEFT JOIN taken t USING (root)
WHERE d.id = o.root AND d.id = ANY(%(bases)s::int8[])
""".replace("{below}", BELOW)


def refresh_share(ctx: Ctx, row: Mapping[str, Any], bases: Sequence[int], fact: str, *, posted: bool) -> None:
    """Keeps the column `fact` of the locked `bases` when `row` is posted or taken back.

    The kinds that declare the fact show it; `row` is of the kind that takes.
    """
    if bases:
        ctx.sql.run(sql.SQL(_REFRESH).format(column=sql.Identifier(fact)), {  # type: ignore[arg-type]
            "id": row["id"], "bases": bases, "posted": posted, "taker": row["kind"],
            "kinds": [kind.code for kind in KINDS.values() if fact in kind.facts]})
