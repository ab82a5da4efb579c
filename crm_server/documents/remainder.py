"""What a basis still has: quantities that later documents take are counted along the lines they were made from."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from crm_contract.documents import kind_of, limiting_sources
from crm_contract.errors import ErrorCode
from crm_contract.kinds import Accounting
from crm_contract.totals import plain
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal

# All that the document stands on, the nearest and those that limit it: documents made of them are posted one after
# another, each has to see what the others took. With them, in one order, what holds goods for their chain: a posting
# uses its reserves, and reserves are changed under the lock of their document.
_LOCK = """
WITH RECURSIVE above AS (
    SELECT basis_id AS id FROM document_link WHERE document_id = %(id)s
    UNION SELECT k.basis_id FROM above a JOIN document_link k ON k.document_id = a.id),
direct AS (SELECT basis_id AS id FROM document_link WHERE document_id = %(id)s),
bases AS (
    SELECT d.id FROM above JOIN document d USING (id)
    WHERE d.kind = ANY(%(sources)s::text[]) OR d.id IN (SELECT id FROM direct)),
holders AS (
    SELECT d.id FROM document d WHERE d.chain_id = %(chain)s AND EXISTS (SELECT FROM direct)
    AND EXISTS (SELECT FROM reservation r WHERE r.document_id = d.id AND r.state = 'active'))
SELECT d.id, d.kind, d.number, d.state, d.accounting, d.id IN (SELECT id FROM direct) AS direct,
       d.id IN (SELECT id FROM bases) AS basis,
       EXISTS (SELECT FROM document_line l WHERE l.document_id = %(id)s AND l.basis_line_id IS NULL) AS loose
FROM document d
WHERE d.id IN (SELECT id FROM bases UNION SELECT id FROM holders)
ORDER BY d.id FOR UPDATE OF d
"""

# A basis whose lines were deleted and typed anew still is what the lines of the same product come from.
_LINK = """
UPDATE document_line l SET basis_line_id = (
    SELECT min(b.id) FROM document_line b JOIN document_link k ON k.basis_id = b.document_id
    WHERE k.document_id = l.document_id AND b.product_id = l.product_id)
WHERE l.document_id = %s AND l.basis_line_id IS NULL AND l.product_id IS NOT NULL
"""

#: `below` are the lines `roots` (root: the document of the line; key: the caller's; id, quantity) and all that were
#: made of them, near or far, each with the document it stands in. They are looked up one by one: nobody can tell the
#: planner how few they are, and it would read whole tables.
BELOW = """
below AS (
    SELECT r.root, r.key, r.id, r.quantity, d.id AS document_id, d.kind, d.accounting
    FROM roots r JOIN document d ON d.id = r.root
    UNION ALL SELECT w.root, w.key, c.* FROM below w CROSS JOIN LATERAL (
        SELECT l.id, l.quantity, d.id AS document_id, d.kind, d.accounting
        FROM document_line l JOIN document d ON d.id = l.document_id WHERE l.basis_line_id = w.id OFFSET 0) c)
"""
#: `roots` are the lines that the document's lines come from in the documents chosen by {limit}, with all lines of the
#: same product there, which is their key. A line without a product stands for itself.
TREE = """
WITH RECURSIVE above AS (
    SELECT b.id, b.document_id, b.product_id, b.basis_line_id
    FROM document_line l JOIN document_line b ON b.id = l.basis_line_id WHERE l.document_id = %(id)s
    UNION SELECT b.id, b.document_id, b.product_id, b.basis_line_id
    FROM above a JOIN document_line b ON b.id = a.basis_line_id),
limits AS (
    SELECT DISTINCT a.document_id, coalesce(a.product_id, -a.id) AS key
    FROM above a CROSS JOIN LATERAL (SELECT kind FROM document d WHERE d.id = a.document_id OFFSET 0) d
    WHERE {limit}),
roots AS (
    SELECT m.document_id AS root, m.key, b.id, b.quantity FROM limits m
    JOIN document_line b ON b.document_id = m.document_id AND coalesce(b.product_id, -b.id) = m.key),
{below}
""".replace("{below}", BELOW)
_EXCESS = """
{tree}
SELECT DISTINCT ON (o.key) o.root AS document_id, o.key, o.quantity, t.here, t.taken
FROM (SELECT root, key, sum(quantity) AS quantity FROM roots GROUP BY root, key) o
JOIN (
    SELECT root, key, coalesce(sum(quantity) FILTER (WHERE document_id <> %(id)s), 0) AS taken,
           sum(quantity) FILTER (WHERE document_id = %(id)s) AS here
    FROM below WHERE kind = ANY(%(takers)s::text[]) AND (accounting = 'posted' OR document_id = %(id)s)
    GROUP BY root, key) t USING (root, key)
WHERE t.here + t.taken > o.quantity ORDER BY o.key, o.root DESC LIMIT 5
""".replace("{tree}", TREE).replace("{limit}", "d.kind = ANY(%(sources)s::text[])")
_NAMES = """
SELECT coalesce(p.name, l.name) AS name FROM document_line l LEFT JOIN product p ON p.id = l.product_id
WHERE l.document_id = %(document_id)s AND coalesce(l.product_id, -l.id) = %(key)s LIMIT 1
"""
_TAKEN_BY = """
WITH RECURSIVE roots AS (
    SELECT document_id AS root, product_id AS key, id, quantity FROM document_line
    WHERE document_id = %(document_id)s AND coalesce(product_id, -id) = %(key)s),
{below}
SELECT x.kind, x.number, x.date, sum(w.quantity) AS quantity, coalesce(e.name, '') AS person
FROM below w JOIN document x ON x.id = w.document_id LEFT JOIN employee e ON e.id = x.author_id
WHERE w.kind = ANY(%(takers)s::text[]) AND w.accounting = 'posted' AND x.id <> %(id)s
GROUP BY x.id, e.name ORDER BY x.id LIMIT 5
""".replace("{below}", BELOW)


def take_from_bases(ctx: Ctx, row: Mapping[str, Any], done: str, instead: str) -> Sequence[int]:
    """Locks what the document was made from and refuses when a basis does not hold any more, or when the document and
    those posted before it take more than a basis has. Answers what is locked.

    `done` is the word for what they do with the lines («отгружено»), `instead` what to do with the rest.
    """
    kind = kind_of(row["kind"])
    params = {"id": row["id"], "sources": limiting_sources(kind), "takers": kind.takers}
    bases = lock_bases(ctx, row)
    over = ctx.sql.all(_EXCESS, params) if bases else ()
    if over:
        raise _too_much(ctx, over, params, done, instead)
    return bases


def lock_bases(ctx: Ctx, row: Mapping[str, Any]) -> Sequence[int]:
    """Locks the direct bases and those further up that limit the document; its lines come from theirs."""
    kind = kind_of(row["kind"])
    locked = ctx.sql.all(_LOCK, {"id": row["id"], "chain": row["chain_id"], "sources": limiting_sources(kind)})
    bases = [basis for basis in locked if basis["basis"]]
    for basis in bases:
        if basis["direct"] and basis["accounting"] != Accounting.POSTED:
            source = kind_of(basis["kind"])
            raise Refusal(
                ErrorCode.NOT_ALLOWED_NOW,
                f"{source.named(basis['number'])}: «{source.workflow.state(basis['state']).title}», по нему"
                f" {kind.named(row['number'])} не проводится",
                "Проведите основание снова или аннулируйте этот документ.")
    if any(basis["loose"] for basis in bases):
        ctx.sql.run(_LINK, (row["id"],))
    return [basis["id"] for basis in bases]


def _too_much(ctx: Ctx, over: Sequence[Mapping[str, Any]], params: Mapping[str, Any], done: str,
              instead: str) -> Refusal:
    said: list[str] = []
    takers: dict[str, str] = {}
    for o in over:
        basis = ctx.sql.get("SELECT kind, number FROM document WHERE id = %s", (o["document_id"],))
        name = ctx.sql.value(_NAMES, o)
        rest = max(o["quantity"] - o["taken"], Decimal(0))
        said.append(f"{kind_of(basis['kind']).named(basis['number'])}: «{name}» — {done} {plain(o['taken'])} из"
                    f" {plain(o['quantity'])}, осталось {plain(rest)}, а в этом документе {plain(o['here'])}")
        for t in ctx.sql.all(_TAKEN_BY, {**params, **o}):
            takers[f"{kind_of(t['kind']).named(t['number'])} от {t['date']:%d.%m.%Y}"] = (
                f" — {plain(t['quantity'])} ({t['person']})")
    who = f"{done.capitalize()}: {'; '.join(paper + took for paper, took in takers.items())}. " if takers else ""
    return Refusal(ErrorCode.NOT_ALLOWED_NOW, "; ".join(said), f"{who}Уменьшите количество до остатка. {instead}")
