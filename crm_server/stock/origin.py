"""«Откуда это число»: the moves that make a balance, and who holds the reserve."""

from typing import Any

from psycopg import sql

from crm_contract.permissions import Permission
from crm_contract.stock import BalanceOrigin, BinRead, ExpectedRead, Holder, MoveRead
from crm_server.documents.scope import visible_condition
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted
from crm_server.stock.expected import EXPECTED
from crm_server.stock.listing import named_place, places_seen

#: The newest moves that are shown one by one; older ones are the opening balance.
MOVES = 200

_HEAD = """
SELECT jsonb_build_object('id', p.id, 'title', p.name) AS product, jsonb_build_object('id', w.id, 'title', w.name)
       AS place, coalesce(sum(b.on_hand), 0) AS closing,
       CASE WHEN %(costs)s THEN coalesce(sum(b.value), 0) END AS value, coalesce(sum(b.reserved), 0) AS reserved,
       CASE WHEN w.kind = 'transit' THEN 0 ELSE coalesce(sum(b.on_hand - b.reserved), 0) END AS free
FROM product p CROSS JOIN place w LEFT JOIN stock_balance b ON b.product_id = p.id AND b.place_id = w.id
WHERE p.id = %(product)s AND w.id = %(place)s AND w."inner" AND {scope} GROUP BY p.id, w.id
"""
# Each half ends after a few rows of its index, however long the history is.
_MOVES = """
WITH m AS (
    (SELECT id, at, document_id, employee_id, to_place_id AS other, -quantity AS change,
            -cost AS value FROM stock_move
     WHERE from_place_id = %(place)s AND product_id = %(product)s AND to_place_id <> from_place_id
     ORDER BY id DESC LIMIT %(limit)s)
    UNION ALL
    (SELECT id, at, document_id, employee_id, from_place_id, quantity, cost FROM stock_move
     WHERE to_place_id = %(place)s AND product_id = %(product)s AND to_place_id <> from_place_id
     ORDER BY id DESC LIMIT %(limit)s)
    ORDER BY id DESC LIMIT %(limit)s)
SELECT m.id, m.at, d.id AS document_id,
       CASE WHEN d.id IS NULL AND m.document_id IS NOT NULL THEN 'документ вне ваших прав' ELSE coalesce(d.number, '')
       END AS document,
       coalesce(nullif(party.name, ''), CASE WHEN {named} THEN w.name ELSE 'подотчёт сотрудника' END) AS counterpart,
       m.change,
       %(closing)s - coalesce(sum(m.change) OVER (ORDER BY m.id DESC ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING),
                              0) AS balance_after, coalesce(e.name, '') AS person,
       CASE WHEN %(costs)s THEN m.value END AS value
FROM m JOIN place w ON w.id = m.other LEFT JOIN document d ON d.id = m.document_id AND {seen}
LEFT JOIN party ON party.id = d.party_id LEFT JOIN employee e ON e.id = m.employee_id ORDER BY m.id
"""
_HOLDERS = """
SELECT r.id AS reservation_id, r.version, d.id AS document_id,
       coalesce(d.number, nullif(r.note, ''), 'резерв') AS document,
       coalesce(e.name, '') AS person, r.quantity - r.used AS quantity, r.until
FROM reservation r LEFT JOIN document d ON d.id = r.document_id AND {seen}
LEFT JOIN employee e ON e.id = r.employee_id
WHERE r.state = 'active' AND r.place_id = %(place)s AND r.product_id = %(product)s
ORDER BY r.until NULLS LAST, r.id
"""
_COMING = """
SELECT d.id AS document_id, CASE WHEN d.id IS NULL THEN 'документ вне ваших прав' ELSE d.number END AS document,
       x.quantity, x.due_date AS due
FROM {expected} x LEFT JOIN document d ON d.id = x.document_id AND {seen}
WHERE x.place_id = %(place)s AND x.product_id = %(product)s ORDER BY x.due_date NULLS LAST, x.document_id LIMIT 50
"""
_BINS = """
SELECT coalesce(nullif(w.code, ''), w.name) AS code, sum(b.on_hand) AS on_hand FROM bin_balance b
JOIN place w ON w.id = b.place_id
WHERE b.keeper_id = %(place)s AND b.product_id = %(product)s AND b.on_hand > 0 GROUP BY w.id ORDER BY w.route, w.id
"""


def balance_origin(ctx: Ctx, product_id: int, place_id: int, scope: sql.Composable | None = None) -> BalanceOrigin:
    """Opening + moves = closing; NOT_FOUND for a place of another branch, or beyond a `scope` over the place `w`."""
    params: dict[str, Any] = {"product": product_id, "place": place_id, "limit": MOVES,
                              "costs": ctx.actor.can(Permission.PRODUCT_COST)}
    scope = scope or places_seen(ctx.actor)
    head = ctx.sql.get(sql.SQL(_HEAD).format(scope=scope), params, what="Остаток")
    seen = visible_condition(ctx.actor)
    moves = ctx.sql.all(sql.SQL(_MOVES).format(seen=seen, named=named_place(ctx.actor)),
                        params | {"closing": head["closing"]})
    holders = ctx.sql.all(sql.SQL(_HOLDERS).format(seen=seen), params)
    opening = moves[0]["balance_after"] - moves[0]["change"] if moves else head["closing"]
    return BalanceOrigin(
        **head, opening=opening, moves=[MoveRead.model_validate(row) for row in moves],
        holders=[Holder.model_validate(row) for row in holders],
        bins=[BinRead.model_validate(row) for row in ctx.sql.all(_BINS, params)],
        expected=[ExpectedRead.model_validate(row) for row in ctx.sql.all(sql.SQL(_COMING).format(
            expected=trusted(EXPECTED), seen=seen), params)])
