"""Orders that wait for goods are told when some come or become free.

Whoever brings or frees goods wakes the queue in the same transaction; `serving.py` reserves in a job of its own.
"""

from crm_server.kit.context import Ctx
from crm_server.kit.jobs import defer

SERVE = "stock.serve_waiting"

#: Confirmed orders `d` that lack goods.
LACKING = "d.kind = 'sales_order' AND d.state = 'confirmed' AND d.reserved < 1 AND d.shipped < 1"
# The warehouses of orders that wait there, or in the warehouse that a place lies in.
_ANYBODY = """
SELECT DISTINCT d.place_id FROM place p LEFT JOIN place z ON z.id = p.parent_id
JOIN document d ON d.place_id IN (p.id, p.parent_id, z.parent_id) AND {lacking}
WHERE p.id = ANY(%s::int8[]) AND p.kind IN ('warehouse', 'zone', 'bin')
""".replace("{lacking}", LACKING)
_WAREHOUSES = "SELECT DISTINCT d.place_id FROM document d WHERE {lacking}".replace("{lacking}", LACKING)


def wake(ctx: Ctx, *place_ids: int | None) -> None:
    """Goods have come to these places or are free there again: who waits for some is served after the commit."""
    for row in ctx.sql.all(_ANYBODY, ([place for place in place_ids if place],)):
        code = f"{SERVE}:{row['place_id']}"
        defer(ctx.sql, SERVE, lock=code, unique=code, place_id=row["place_id"])


def wake_all(ctx: Ctx) -> None:
    """Whoever waits anywhere: for goods that came in a way that wakes nobody."""
    wake(ctx, *(row["place_id"] for row in ctx.sql.all(_WAREHOUSES)))
