"""What customers bring back: at the cost it left with, and only what an issue of theirs has taken."""

from collections.abc import Mapping
from typing import Any

from crm_contract.errors import ErrorCode
from crm_contract.totals import plain
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.remainder import take_from_bases
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.kit.failpoints import failpoint
from crm_server.stock import lots
from crm_server.stock.backdate import WATCHED, write_moves
from crm_server.stock.effects import require_lines, unpost
from crm_server.stock.waiting import wake

_UNFOUNDED = """
SELECT l.position, coalesce(p.name, l.name) AS name FROM document_line l LEFT JOIN product p ON p.id = l.product_id
LEFT JOIN document_line b ON b.id = l.basis_line_id
WHERE l.document_id = %s AND (b.id IS NULL OR b.product_id IS DISTINCT FROM l.product_id) ORDER BY l.position LIMIT 5
"""
# Lots that the line's issue has not taken, or that have come back from it already.
_FOREIGN = """
WITH asked AS (
    SELECT l.basis_line_id AS basis, p.id AS product_id, p.name, x.code, min(l.position) AS position,
           sum(x.quantity) AS quantity
    FROM document_line l JOIN product p ON p.id = l.product_id AND p.tracking <> 'none'
    CROSS JOIN LATERAL jsonb_to_recordset(l.lots) AS x(code text, quantity numeric)
    WHERE l.document_id = %s GROUP BY l.basis_line_id, p.id, x.code)
SELECT a.position, a.name, a.code, a.quantity, g.gone
FROM asked a LEFT JOIN lot t ON (t.product_id, t.code) = (a.product_id, a.code)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE WHEN m.line_id = a.basis THEN m.quantity ELSE -m.quantity END), 0) AS gone
    FROM stock_move m
    WHERE m.lot_id = t.id AND m.reverses_id IS NULL
    AND (m.line_id = a.basis OR m.line_id IN (SELECT r.id FROM document_line r WHERE r.basis_line_id = a.basis))
    AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id)) g
WHERE g.gone < a.quantity ORDER BY a.position LIMIT 5
"""
# At the cost of the line that it left by. All that has come back of that line is worth its share of it to the kopeck,
# whichever returns were taken back meanwhile.
_MOVE_BACK = """
WITH {goods},
lines AS (
    SELECT g.*, d.basis_line_id AS basis, sum(g.quantity) OVER (PARTITION BY d.basis_line_id ORDER BY g.id, g.turn)
        AS upto FROM goods g JOIN document_line d ON d.id = g.id),
basis AS (
    SELECT b.id, sum(m.quantity) FILTER (WHERE m.line_id = b.id) AS quantity,
           sum(stock_cost(m)) FILTER (WHERE m.line_id = b.id) AS cost,
           coalesce(sum(m.quantity) FILTER (WHERE m.line_id <> b.id AND f.kind = 'customer'), 0) AS back,
           coalesce(sum(stock_cost(m)) FILTER (WHERE m.line_id <> b.id AND f.kind = 'customer'), 0) AS cost_back
    FROM (SELECT DISTINCT basis AS id FROM lines) b CROSS JOIN LATERAL (
        SELECT b.id AS line_id UNION ALL SELECT r.id FROM document_line r WHERE r.basis_line_id = b.id) l
    JOIN stock_move m ON m.line_id = l.line_id AND m.document_id = (
        SELECT document_id FROM document_line x WHERE x.id = l.line_id) AND m.reverses_id IS NULL
        AND m.adjusts_id IS NULL
        AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id)
    JOIN place f ON f.id = m.from_place_id GROUP BY b.id),
moved AS (
INSERT INTO stock_move (at, product_id, lot_id, from_place_id, to_place_id, to_bin_id, quantity, cost, document_id,
    line_id, employee_id)
SELECT %(at)s, l.product_id, l.lot_id, (SELECT id FROM place WHERE kind = 'customer'), %(place)s, l.bin_id, l.quantity,
       greatest(0, round(b.cost * (b.back + l.upto) / b.quantity, 2) - CASE WHEN l.upto = l.quantity THEN b.cost_back
           ELSE round(b.cost * (b.back + l.upto - l.quantity) / b.quantity, 2) END),
       %(id)s, l.id, %(employee)s
FROM lines l JOIN basis b ON b.id = l.basis ORDER BY l.id, l.turn
""".replace("{goods}", lots.LINES) + WATCHED


def post_sales_return(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Raises NOT_ALLOWED_NOW for what no issue of the bases has taken, INVALID for lots that are not named."""
    require_lines(row)
    take_from_bases(ctx, row, "возвращено", "Вернуть больше отгруженного нельзя.")
    if unfounded := ctx.sql.all(_UNFOUNDED, (row["id"],)):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "Не сказано, по какой накладной отгружено: " + "; ".join(
            f"строка {u['position']}, «{u['name']}»" for u in unfounded),
            "Создайте возврат на основании расходной накладной (Alt+O, Н) и удалите лишние строки.")
    if row["has_lots"]:
        lots.demand_named(ctx, row)
        _demand_gone(ctx, row)
    write_moves(ctx, row, _MOVE_BACK, {"id": row["id"], "at": row["date"], "place": row["place_id"],
                                       "employee": ctx.actor.employee_id or None})
    failpoint("posting.after_moves")
    wake(ctx, row["place_id"])
    ctx.changed("stock", [], row["branch_id"])


def _demand_gone(ctx: Ctx, row: Row) -> None:
    if foreign := ctx.sql.all(_FOREIGN, (row["id"],)):
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "По этой накладной не отгружали: " + "; ".join(
            f"«{f['name']}» № {f['code']}" + (f" — отгружено {plain(f['gone'])} из {plain(f['quantity'])}"
                                               if f["gone"] else "") for f in foreign),
            "Проверьте номер: «Склад → Номера и партии» покажет, по какой накладной он ушёл.",
            field_errors={f"lines.{f['position'] - 1}.lots": "Этого номера в накладной нет" for f in foreign})


DOCUMENTS = DocumentParts(effects={
    ("sales_return", "post"): post_sales_return, ("sales_return", "unpost"): unpost})
