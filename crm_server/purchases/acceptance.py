"""Acceptance of a transfer line by line: what came goes on to the warehouse, what did not stays on its way, an act of
discrepancy tells the sender."""

from collections.abc import Mapping
from typing import Any

from crm_contract.documents import DocumentBody
from crm_contract.errors import ErrorCode
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.remainder import lock_bases, take_from_bases
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.kit.failpoints import failpoint
from crm_server.purchases.discrepancy import annul_acts, make_act
from crm_server.stock import lots
from crm_server.stock.effects import demand_no_follower, require_lines
from crm_server.stock.reversal import reverse
from crm_server.stock.transit import REST, is_left, state_on_the_way, tell_both, way_of
from crm_server.stock.waiting import wake

# At the cost of what is on its way, which its pieces share to the kopeck: the last takes all that is left.
_ACCEPT = """
WITH {rest}, {goods},
worth AS (SELECT product_id, sum(quantity) AS quantity, sum(cost) AS cost, max(at) AS at FROM rest GROUP BY product_id),
lines AS (SELECT g.*, sum(g.quantity) OVER (PARTITION BY g.product_id ORDER BY g.id, g.turn) AS upto FROM goods g)
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, to_bin_id, quantity, cost, document_id,
    line_id, employee_id)
SELECT greatest(%(at)s, w.at), l.product_id, l.lot_id, %(way)s, %(place)s, l.bin_id, l.quantity,
       round(w.cost * l.upto / w.quantity, 2) - round(w.cost * (l.upto - l.quantity) / w.quantity, 2),
       %(id)s, l.id, %(employee)s
FROM lines l JOIN worth w USING (product_id) ORDER BY l.id, l.turn
""".replace("{rest}", REST).replace("{goods}", lots.LINES)
_TRANSFER = """
SELECT d.* FROM document_link k JOIN document d ON d.id = k.basis_id AND d.kind = 'transfer'
WHERE k.document_id = %s ORDER BY d.id
"""
_LOST = """
WITH {rest}
SELECT DISTINCT p.name FROM document_line l JOIN product p ON p.id = l.product_id
WHERE l.document_id = %(id)s AND p.tracking <> 'none' AND l.quantity > 0 AND EXISTS (
    SELECT FROM jsonb_to_recordset(l.lots) AS x(code text)
    LEFT JOIN lot t ON (t.product_id, t.code) = (l.product_id, x.code)
    WHERE t.id IS NULL OR NOT EXISTS (SELECT FROM rest r WHERE r.lot_id = t.id)) LIMIT 5
""".replace("{rest}", REST)


def fill_acceptance(ctx: Ctx, basis: Row, body: DocumentBody) -> DocumentBody:
    """All that is on its way, as if it had come; what did not is typed."""
    return body.model_copy(update={
        "place_id": basis["place_to_id"], "place_to_id": None, "responsible_id": ctx.actor.employee_id, "comment": "",
        "lines": [line.model_copy(update={"paper_quantity": line.quantity}) for line in body.lines]})


def post_acceptance(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    require_lines(row)
    take_from_bases(ctx, row, "принято", "Лишнее отправитель оформляет новым перемещением: его и примите.")
    transfer = _transfer(ctx, row)
    move = {**way_of(ctx, transfer), "id": row["id"], "place": row["place_id"], "at": row["date"],
            "employee": ctx.actor.employee_id or None}
    if row["has_lots"]:
        lots.demand_named(ctx, row)
        if lost := ctx.sql.all(_LOST, move):
            raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"По документу {transfer['number']} таких номеров не отправляли: "
                          + ", ".join(f"«{product['name']}»" for product in lost),
                          "Проверьте номера: принимается только то, что было отправлено.")
    ctx.sql.run(_ACCEPT, move)
    failpoint("posting.after_moves")
    wake(ctx, row["place_id"])
    make_act(ctx, row)
    _set_state(ctx, transfer, "part" if is_left(ctx, transfer) else "accepted", row)


def unpost_acceptance(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    annul_acts(ctx, row)
    demand_no_follower(ctx, row)
    lock_bases(ctx, row)
    transfer = _transfer(ctx, row)
    reverse(ctx, row)
    _set_state(ctx, transfer, state_on_the_way(ctx, transfer, row["id"]), row)


def _transfer(ctx: Ctx, row: Row) -> Row:
    """The one transfer that is accepted; it is locked by now."""
    found = ctx.sql.all(_TRANSFER, (row["id"],))
    if len(found) != 1 or found[0]["place_to_id"] != row["place_id"]:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW,
                      f"{row['number']}: не сказано, какое перемещение принимается на этот склад",
                      "Откройте перемещение и создайте приёмку на его основании (Alt+O, Г).")
    return found[0]


def _set_state(ctx: Ctx, transfer: Row, state: str, row: Row) -> None:
    ctx.sql.run("UPDATE document SET state = %s, version = version + 1, updated_at = %s WHERE id = %s",
                (state, ctx.now, transfer["id"]))
    if state != transfer["state"]:
        ctx.audit("action", "transfer", transfer["id"], f"{transfer['number']}: приёмка {row['number']}",
                  before={"state": transfer["state"]}, after={"state": state})
    tell_both(ctx, transfer)
    for branch_id in {transfer["branch_id"], transfer["branch_to_id"] or transfer["branch_id"]}:
        ctx.changed("transfer", [transfer["id"]], branch_id)


DOCUMENTS = DocumentParts(
    effects={("transfer_acceptance", "post"): post_acceptance, ("transfer_acceptance", "unpost"): unpost_acceptance},
    fillers={"transfer_acceptance": fill_acceptance},
)
