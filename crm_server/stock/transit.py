"""Transfers: goods on their way belong to the paper that sent them until they are accepted, returned or written off."""

from collections.abc import Mapping
from typing import Any

from crm_contract.errors import ErrorCode
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.service import add_comment
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.kit.failpoints import failpoint
from crm_server.stock import ledger
from crm_server.stock.effects import require_lines, unpost
from crm_server.stock.places import transit_to
from crm_server.stock.reversal import reverse
from crm_server.stock.waiting import wake

#: `rest`: what a transfer and the acceptances made of it have left on the way, with its cost and its line.
REST = """
papers AS (
    SELECT %(transfer)s::int8 AS id UNION ALL
    SELECT k.document_id FROM document_link k JOIN document x ON x.id = k.document_id AND x.kind = 'transfer_acceptance'
    WHERE k.basis_id = %(transfer)s),
rest AS MATERIALIZED (
    SELECT m.product_id, m.lot_id, min(m.line_id) FILTER (WHERE m.document_id = %(transfer)s) AS line_id,
           max(m.at) AS at,
           sum(CASE WHEN m.to_place_id = %(way)s THEN m.quantity ELSE -m.quantity END) AS quantity,
           sum(CASE WHEN m.to_place_id = %(way)s THEN stock_cost(m) ELSE -stock_cost(m) END) AS cost
    FROM papers p JOIN stock_move m ON m.document_id = p.id AND m.adjusts_id IS NULL
    AND %(way)s IN (m.from_place_id, m.to_place_id)
    GROUP BY m.product_id, m.lot_id
    HAVING sum(CASE WHEN m.to_place_id = %(way)s THEN m.quantity ELSE -m.quantity END) > 0)
"""
#: What each transfer has left on its way to a warehouse: `document_id, place_id, product_id, due_date, quantity`.
COMING = """(
    SELECT d.id AS document_id, d.place_to_id AS place_id, m.product_id, d.due_date,
           sum(CASE WHEN m.to_place_id = w.id THEN m.quantity ELSE -m.quantity END) AS quantity
    FROM document d JOIN place w ON w.parent_id = d.place_to_id AND w.kind = 'transit'
    CROSS JOIN LATERAL (
        SELECT d.id UNION ALL
        SELECT k.document_id FROM document_link k JOIN document x ON x.id = k.document_id
        AND x.kind = 'transfer_acceptance' WHERE k.basis_id = d.id) paper
    JOIN stock_move m ON m.document_id = paper.id AND w.id IN (m.from_place_id, m.to_place_id)
    WHERE d.kind = 'transfer' AND d.state IN ('in_transit', 'part') GROUP BY d.id, m.product_id
    HAVING sum(CASE WHEN m.to_place_id = w.id THEN m.quantity ELSE -m.quantity END) > 0)
"""
# Not before the goods were sent; to the bin that the line names there.
_MOVE_REST = """
WITH {rest}
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, to_bin_id, quantity, cost, document_id,
    line_id, employee_id)
SELECT greatest(%(at)s, r.at), r.product_id, r.lot_id, %(way)s,
       coalesce(%(to)s::int8, (SELECT id FROM place WHERE kind = 'loss')),
       CASE %(to)s::int8 WHEN %(there)s THEN l.bin_to_id WHEN %(here)s THEN l.bin_id END, r.quantity, r.cost,
       %(transfer)s, r.line_id, %(employee)s
FROM rest r LEFT JOIN document_line l ON l.id = r.line_id ORDER BY r.product_id, r.lot_id
""".replace("{rest}", REST)
_LEFT = """
WITH {rest} SELECT EXISTS (SELECT FROM rest)
""".replace("{rest}", REST)
_TOUCHED = """
SELECT EXISTS (SELECT FROM document_link k JOIN document x ON x.id = k.document_id AND x.kind = 'transfer_acceptance'
               AND x.accounting = 'posted' AND x.id <> %(besides)s WHERE k.basis_id = %(transfer)s)
    OR EXISTS (SELECT FROM stock_move m WHERE m.document_id = %(transfer)s AND m.from_place_id = %(way)s
               AND m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id))
"""


def way_of(ctx: Ctx, transfer: Row) -> dict[str, Any]:
    """The parameters of `REST`."""
    return {"transfer": transfer["id"], "way": transit_to(ctx, transfer["place_to_id"])}


def is_left(ctx: Ctx, transfer: Row) -> bool:
    """Whether something of a transfer is on its way yet."""
    return ctx.sql.value(_LEFT, way_of(ctx, transfer))


def state_on_the_way(ctx: Ctx, transfer: Row, besides: int = 0) -> str:
    """The state of a transfer with goods on their way: some may have got there by another paper than `besides`."""
    touched = ctx.sql.value(_TOUCHED, {**way_of(ctx, transfer), "besides": besides})
    return "part" if touched else "in_transit"


def tell_both(ctx: Ctx, row: Row) -> None:
    """Goods have moved on the places of the sender, and of the receiver's branch where that is another one."""
    for branch_id in {row["branch_id"], row["branch_to_id"] or row["branch_id"]}:
        ctx.changed("stock", [], branch_id)


def send_transfer(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    ledger.post_out(ctx, row, transit_to(ctx, row["place_to_id"]))
    tell_both(ctx, row)


def post_transfer(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    ledger.post_out(ctx, row, row["place_to_id"])


def accept_transfer(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """All that is on its way yet."""
    _move_rest(ctx, row, row["place_to_id"])


def return_rest(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """What did not get there is back with the sender."""
    _move_rest(ctx, row, row["place_id"])


def write_off_rest(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """What did not get there is lost; who answers for it is told in the conversation of the paper."""
    _move_rest(ctx, row, None)
    guilty = str(params.get("guilty") or "").strip()[:300]
    add_comment(ctx, row["id"], f"Недостача списана. Отвечает: {guilty}" if guilty else "Недостача списана")


def _move_rest(ctx: Ctx, row: Row, to: int | None) -> None:
    ctx.sql.run(_MOVE_REST, {**way_of(ctx, row), "to": to, "at": ctx.today, "here": row["place_id"],
                             "there": row["place_to_id"], "employee": ctx.actor.employee_id or None})
    failpoint("posting.after_moves")
    wake(ctx, to)
    tell_both(ctx, row)


def put_back_on_the_way(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> Mapping[str, Any]:
    """Takes back what the transfer itself did with goods on their way; those that were moved at once never were."""
    if not reverse(ctx, row, left=transit_to(ctx, row["place_to_id"])):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW,
                      f"{row['number']}: товар перемещён сразу или принят документом приёмки",
                      "Отмените проведение приёмки, а без неё — самого перемещения.")
    tell_both(ctx, row)
    return {"state": state_on_the_way(ctx, row)}


def unpost_transfer(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    unpost(ctx, row, params)
    tell_both(ctx, row)


def blocks_moving_at_once(row: Row) -> str:
    return "" if row["branch_to_id"] is None else "товар идёт в другой филиал: отправьте его, там его примут"


def blocks_unposting(row: Row) -> str:
    """What another branch has taken over is not taken from it."""
    taken = row["branch_to_id"] is not None and row["state"] == "accepted"
    return "товар принят другим филиалом: сначала он должен отменить приёмку" if taken else ""


DOCUMENTS = DocumentParts(
    effects={
        ("transfer", "send"): send_transfer, ("transfer", "post"): post_transfer,
        ("transfer", "accept"): accept_transfer, ("transfer", "unaccept"): put_back_on_the_way,
        ("transfer", "return_rest"): return_rest, ("transfer", "write_off_rest"): write_off_rest,
        ("transfer", "reopen_rest"): put_back_on_the_way, ("transfer", "unpost"): unpost_transfer,
    },
    guards={("transfer", "post"): blocks_moving_at_once, ("transfer", "unpost"): blocks_unposting},
)
