"""Orders that wait for goods are served: by priority, then by age, in one statement for a warehouse.

A job: it locks the orders first, then the balances, as everybody does. A posting that holds balances could not.
"""

from typing import Any

from crm_contract.documents import kind_of
from crm_contract.totals import plain
from crm_server.kit.context import Ctx
from crm_server.kit.failpoints import failpoint
from crm_server.stock.reservations import default_term, refresh_reserved
from crm_server.stock.waiting import LACKING

_LOCK = """
SELECT FROM document d WHERE d.place_id = %s AND {lacking} ORDER BY d.id FOR UPDATE
""".replace("{lacking}", LACKING)

# A line waits for what was never reserved for it: what a person has released, or what nobody came for in its term, is
# not taken again behind their back; what was given to another order is.
_SERVE = """
WITH lacking AS (
    SELECT d.id AS document_id, d.kind, d.number, d.branch_id, d.responsible_id, d.date, l.id, l.product_id,
           greatest(coalesce(d.due_date, %(term)s::date), %(term)s::date) AS until,
           coalesce(d.extra ->> 'priority' = 'high', false) AS high,
           l.quantity - greatest(coalesce(h.ever, 0), coalesce(h.held, 0) + coalesce((
               SELECT sum(c.quantity) FROM document_line c JOIN document x ON x.id = c.document_id
               WHERE c.basis_line_id = l.id AND x.kind = 'issue' AND x.accounting = 'posted'), 0)) AS wanted
    FROM document d JOIN document_line l ON l.document_id = d.id
    JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
    LEFT JOIN LATERAL (
        SELECT sum(r.quantity) FILTER (WHERE r.state <> 'moved') AS ever,
               sum(r.quantity - r.used) FILTER (WHERE r.state = 'active') AS held
        FROM reservation r WHERE r.line_id = l.id) h ON true
    WHERE d.place_id = %(place)s AND {lacking}),
locked AS MATERIALIZED (
    SELECT product_id, on_hand - reserved AS free
    FROM stock_lock(%(place)s, ARRAY(SELECT DISTINCT product_id FROM lacking WHERE wanted > 0))),
given AS (
    SELECT n.*, greatest(0, least(n.wanted, k.free - coalesce(sum(n.wanted) OVER (
               PARTITION BY n.product_id ORDER BY n.high DESC, n.date, n.document_id, n.id
               ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0))) AS quantity
    FROM lacking n JOIN locked k USING (product_id) WHERE n.wanted > 0),
made AS (
    INSERT INTO reservation (document_id, line_id, product_id, place_id, quantity, until, note, branch_id, employee_id)
    SELECT document_id, id, product_id, %(place)s, quantity, until, '', branch_id, responsible_id
    FROM given WHERE quantity > 0 ORDER BY product_id, document_id, id)
SELECT g.document_id, g.kind, g.number, g.branch_id, p.name, g.product_id, g.quantity
FROM given g JOIN product p ON p.id = g.product_id WHERE g.quantity > 0 ORDER BY g.document_id, g.id
""".replace("{lacking}", LACKING)


def serve(ctx: Ctx, place_id: int) -> int:
    """Reserves what is free in a warehouse for the orders that wait for it; answers for how many lines."""
    ctx.sql.run(_LOCK, (place_id,))
    rows = ctx.sql.all(_SERVE, {"place": place_id, "term": default_term(ctx)})
    failpoint("reserving.after_rows")
    if not rows:
        return 0
    papers: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        papers.setdefault(row["document_id"], []).append(row)
    refresh_reserved(ctx, sorted(papers))
    for document_id, lines in papers.items():
        first = lines[0]
        ctx.audit("action", first["kind"], document_id,
                  f"{kind_of(first['kind']).named(first['number'])}: зарезервировано из поступившего",
                  after={row["name"]: plain(row["quantity"]) for row in lines}, branch_id=first["branch_id"])
        ctx.changed(first["kind"], [document_id], first["branch_id"])
    ctx.changed("stock", [row["product_id"] for row in rows], rows[0]["branch_id"])
    return len(rows)
