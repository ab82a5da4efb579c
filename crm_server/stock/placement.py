"""Put-away and moving between bins: no balance changes, so no reserve and no cost does."""

from collections.abc import Mapping
from typing import Any

from crm_contract.base import Created
from crm_contract.documents import DocumentBody, LineBody
from crm_contract.errors import ErrorCode
from crm_contract.placement import PutAwayBody
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.service import create_document
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.kit.failpoints import failpoint
from crm_server.stock import bins, lots
from crm_server.stock.effects import require_lines, unpost

_LOCK = """
SELECT product_id FROM stock_lock(%(place)s, ARRAY(
    SELECT product_id FROM document_line WHERE document_id = %(id)s AND product_id IS NOT NULL))
"""
_NOWHERE = """
SELECT position, name FROM document_line l WHERE l.document_id = %s AND l.bin_id IS NOT DISTINCT FROM l.bin_to_id
ORDER BY position LIMIT 5
"""
_MOVE = """
WITH {goods}
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, from_bin_id, to_bin_id, quantity,
    document_id, line_id, employee_id)
SELECT %(at)s, product_id, lot_id, %(place)s, %(place)s, bin_id, bin_to_id, quantity, %(id)s, id, %(employee)s
FROM goods ORDER BY id, turn
""".replace("{goods}", lots.LINES)

# What lies in no bin of a warehouse; of a document only what it brought. It goes to the home bin of the product, else
# beside what lies there already.
_UNPLACED = """
WITH {goods},
brought AS (SELECT product_id, lot_id, sum(quantity) AS quantity FROM goods GROUP BY product_id, lot_id),
lying AS (
    SELECT s.product_id, t.code, CASE WHEN %(id)s::int8 IS NULL THEN s.on_hand ELSE least(s.on_hand, b.quantity) END
        AS quantity
    FROM stock_piece s LEFT JOIN brought b USING (product_id, lot_id) LEFT JOIN lot t ON t.id = s.lot_id
    WHERE s.place_id = %(place)s AND s.on_hand > 0 AND (%(id)s::int8 IS NULL OR b.product_id IS NOT NULL))
SELECT p.id AS product_id, p.name, p.unit, n.quantity, n.lots, coalesce(h.place_id, x.place_id) AS bin_to_id
FROM (SELECT product_id, sum(quantity) AS quantity, coalesce(jsonb_agg(jsonb_build_object(
          'code', code, 'quantity', quantity::text) ORDER BY code) FILTER (WHERE code IS NOT NULL), '[]') AS lots
      FROM lying GROUP BY product_id) n
JOIN product p ON p.id = n.product_id
LEFT JOIN LATERAL (SELECT h.place_id FROM home_bin h JOIN place b ON b.id = h.place_id AND NOT b.archived
    AND b.keeper_id = h.keeper_id WHERE (h.product_id, h.keeper_id) = (p.id, %(place)s)) h ON true
LEFT JOIN LATERAL (SELECT b.place_id FROM bin_balance b JOIN place w ON w.id = b.place_id AND NOT w.archived
    WHERE b.keeper_id = %(place)s AND b.product_id = p.id AND b.on_hand > 0
    ORDER BY b.on_hand DESC, w.route LIMIT 1) x ON true
ORDER BY (SELECT route FROM place WHERE id = coalesce(h.place_id, x.place_id)) NULLS LAST, p.sort, p.id LIMIT 1000
""".replace("{goods}", lots.LINES)


def post(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Raises INVALID for lines that go nowhere, OUT_OF_STOCK when less lies there."""
    require_lines(row)
    if nowhere := ctx.sql.all(_NOWHERE, (row["id"],)):
        raise Refusal(
            ErrorCode.INVALID, "Не указано, куда положить: " + "; ".join(
                f"строка {n['position']}, «{n['name']}»" for n in nowhere),
            "Выберите в строке ячейку: код можно набрать или сканировать.",
            field_errors={f"lines.{n['position'] - 1}.bin_to_id": "Выберите ячейку" for n in nowhere})
    place = {"id": row["id"], "place": row["place_id"]}
    ctx.sql.run(_LOCK, place)
    failpoint("posting.after_lock")
    if row["has_lots"]:
        lots.demand_named(ctx, row)
    bins.demand_there(ctx, row, unplaced=row["place_id"])
    ctx.sql.run(_MOVE, place | {"at": row["date"], "employee": ctx.actor.employee_id or None})
    failpoint("posting.after_moves")
    ctx.changed("stock", [], row["branch_id"])


def take_back(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    ctx.sql.run(_LOCK, {"id": row["id"], "place": row["place_id"]})
    bins.demand_back(ctx, row)
    unpost(ctx, row, params)


def fill(ctx: Ctx, basis: Row, body: DocumentBody) -> DocumentBody:
    """What the basis brought to its warehouse and still lies in no bin; NOT_ALLOWED_NOW when nothing does."""
    place_id = basis["place_to_id"] or basis["place_id"]
    lines = _unplaced(ctx, place_id, basis["id"])
    if not lines:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"По документу {basis['number']} размещать нечего",
                      "Всё уже лежит в ячейках или ушло со склада.")
    return body.model_copy(update={"place_id": place_id, "place_to_id": None, "party_id": None, "contact_id": None,
                                   "employee_id": None, "comment": "", "lines": lines})


def put_away(ctx: Ctx, body: PutAwayBody) -> Created:
    """A draft of all that lies in no bin of a warehouse; NOT_ALLOWED_NOW when nothing does."""
    ctx.sql.get("SELECT id FROM place WHERE id = %s AND (branch_id = %s OR branch_id IS NULL)",
                (body.place_id, ctx.actor.branch_id), what="Склад")
    lines = _unplaced(ctx, body.place_id, None)
    if not lines:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "На этом складе всё лежит в ячейках", "Размещать нечего.")
    return create_document(ctx, "placement", DocumentBody(date=ctx.today, place_id=body.place_id, lines=lines))


def _unplaced(ctx: Ctx, place_id: int, basis_id: int | None) -> list[LineBody]:
    return [LineBody.model_validate(row) for row in ctx.sql.all(_UNPLACED, {"place": place_id, "id": basis_id})]


DOCUMENTS = DocumentParts(
    effects={("placement", "post"): post, ("placement", "unpost"): take_back}, fillers={"placement": fill})
