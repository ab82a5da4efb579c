"""Additional costs of receipts: spread over the goods, to the kopeck, wherever these are by now."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from psycopg import sql

from crm_contract.documents import DocumentBody
from crm_contract.errors import ErrorCode
from crm_contract.landed_cost import CostLine, FullCost, SpreadBy, spread
from crm_contract.units import unit_title
from crm_server.documents.registry import DocumentParts, Row
from crm_server.documents.remainder import lock_bases
from crm_server.documents.scope import visible_condition
from crm_server.documents.service import read_header
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid
from crm_server.stock.effects import demand_no_follower, require_lines
from crm_server.stock.revaluation import revalue, write

_GOODS_AMONG = """
SELECT l.position, p.name FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
WHERE l.document_id = %s ORDER BY l.position LIMIT 5
"""
# Other receipts that are named by their numbers; of two years the later one is meant.
_NAMED = """
SELECT DISTINCT ON (u.number) u.number, d.id FROM unnest(%(numbers)s::text[]) AS u(number)
LEFT JOIN document d ON d.kind = 'receipt' AND d.branch_id = %(branch)s AND d.accounting = 'posted'
    AND upper(d.number) = upper(u.number) ORDER BY u.number, d.year DESC
"""
_LINK = """
INSERT INTO document_link (basis_id, document_id) SELECT b, %s FROM unnest(%s::int8[]) AS b ON CONFLICT DO NOTHING
"""
# What the receipts brought: it bears the costs. Who is on the usual mode gets the VAT back (НК РФ ст. 170 п. 2).
_BROUGHT = """
SELECT m.id, m.at, m.product_id, m.quantity, m.cost, p.name, p.weight FROM stock_move m
JOIN place f ON f.id = m.from_place_id AND f.kind = 'supplier' JOIN product p ON p.id = m.product_id
WHERE m.document_id = ANY(%s::int8[]) AND m.reverses_id IS NULL AND m.adjusts_id IS NULL
AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id) ORDER BY m.id
"""
_AMOUNT = """
SELECT CASE WHEN coalesce(p.tax_mode, '') = 'general' THEN d.net ELSE d.gross END FROM document d
LEFT JOIN party p ON p.id = d.organization_id WHERE d.id = %s
"""
# What a document has found out and has not been taken back; `given` to the goods of its receipts themselves.
_TOLD = """
SELECT o.id, o.product_id, o.at, sum(CASE WHEN m.from_place_id = o.from_place_id THEN m.cost ELSE -m.cost END) AS cost,
       o.document_id IN (SELECT basis_id FROM document_link WHERE document_id = %(id)s) AS given
FROM stock_move m JOIN stock_move o ON o.id = m.adjusts_id
WHERE m.document_id = %(id)s AND m.reverses_id IS NULL
AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id) GROUP BY o.id
"""


def fill(ctx: Ctx, basis: Row, body: DocumentBody) -> DocumentBody:
    """Services are typed: the goods of the receipt only bear them."""
    return body.model_copy(update={"lines": [], "place_id": None})


def post(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Spreads the services over the goods of the receipts; what has left meanwhile takes its part along."""
    require_lines(row)
    if goods := ctx.sql.all(_GOODS_AMONG, (row["id"],)):
        raise Refusal(ErrorCode.INVALID, "Это товар, а не услуга: " + "; ".join(f"«{g['name']}»" for g in goods),
                      "Товар принимает приходный ордер. Здесь оставьте услуги: доставку, таможню, погрузку.",
                      field_errors={f"lines.{g['position'] - 1}.product_id": "Нужна услуга" for g in goods})
    _link_named(ctx, row)
    moves = ctx.sql.all(_BROUGHT, (lock_bases(ctx, row),))
    if not moves:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{row['number']}: не сказано, на какой товар распределять",
                      "Создайте документ на основании приходного ордера (Alt+O, Ф) или впишите номера ордеров.")
    if (first := max(m["at"] for m in moves)) > row["date"]:
        raise invalid({"date": f"Товар принят {first:%d.%m.%Y}: расходы не могут быть раньше"})
    shares = spread(_amount(ctx, row), _weights(SpreadBy(row["extra"]["spread"]), moves))
    given = {m["id"]: share for m, share in zip(moves, shares, strict=True) if share}
    products = sorted({m["product_id"] for m in moves})
    found = revalue(ctx, products, min(m["at"] for m in moves), given=given)
    write(ctx, row, found.differences, row["date"])


def unpost(ctx: Ctx, row: Row, params: Mapping[str, Any]) -> None:
    """Takes the costs back; what was issued meanwhile becomes as cheap as it would have been."""
    demand_no_follower(ctx, row)
    told = {t["id"]: t for t in ctx.sql.all(_TOLD, {"id": row["id"]})}
    if not told:
        return
    found = revalue(ctx, sorted({t["product_id"] for t in told.values()}), min(t["at"] for t in told.values()),
                    given={id: -t["cost"] for id, t in told.items() if t["given"]})
    beyond = dict(found.differences)
    for id, t in told.items():
        beyond[id] = beyond.get(id, Decimal(0)) + t["cost"]
    write(ctx, row, beyond, row["date"], undo=True)


def _amount(ctx: Ctx, row: Row) -> Decimal:
    amount = ctx.sql.value(_AMOUNT, (row["id"],))
    if amount <= 0:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{row['number']}: сумма услуг нулевая, распределять нечего",
                      "Укажите цены услуг.")
    return amount


def _weights(by: SpreadBy, moves: Sequence[Mapping[str, Any]]) -> list[Decimal]:
    if by is SpreadBy.WEIGHT:
        light = list(dict.fromkeys(m["name"] for m in moves if m["weight"] is None))
        if light:
            more = f" и ещё {len(light) - 5}" if len(light) > 5 else ""
            raise Refusal(ErrorCode.NOT_ALLOWED_NOW,
                          "Вес не указан: " + ", ".join(f"«{name}»" for name in light[:5]) + more,
                          "Впишите вес в карточки товаров или распределите по сумме либо по количеству.",
                          field_errors={"spread": "Не у всех товаров указан вес"})
        return [m["weight"] * m["quantity"] for m in moves]
    weights = [m["cost"] if by is SpreadBy.SUM else m["quantity"] for m in moves]
    if sum(weights) <= 0:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "Товар принят по нулевой цене: по сумме расходы не распределить",
                      "Распределите по количеству или по весу.", field_errors={"spread": "Суммы нулевые"})
    return weights


def _link_named(ctx: Ctx, row: Row) -> None:
    """Receipts that are named by number become bases like the one that the document was made from."""
    numbers = [word for word in (row["extra"].get("more_receipts") or "").replace(";", ",").split(",") if word.strip()]
    if not numbers:
        return
    found = ctx.sql.all(_NAMED, {"numbers": [n.strip() for n in numbers], "branch": row["branch_id"]})
    if unknown := [f["number"] for f in found if f["id"] is None]:
        raise invalid({"more_receipts": f"Нет принятого ордера {', '.join(unknown)}"})
    ctx.sql.run(_LINK, (row["id"], [f["id"] for f in found]))


# --- the full cost of a receipt ------------------------------------------------------------------------------------

_LINES = """
SELECT l.id AS line_id, jsonb_build_object('id', p.id, 'title', p.name) AS product,
       p.unit,
       sum(m.quantity) AS quantity, sum(m.cost) AS paid, sum(stock_cost(m)) AS "full", array_agg(m.id) AS moves
FROM stock_move m JOIN place f ON f.id = m.from_place_id AND f.kind = 'supplier'
JOIN document_line l ON l.id = m.line_id JOIN product p ON p.id = m.product_id
WHERE m.document_id = %s AND m.reverses_id IS NULL AND m.adjusts_id IS NULL
AND NOT EXISTS (SELECT FROM stock_move r WHERE r.reverses_id = m.id)
GROUP BY l.id, p.id ORDER BY l.position
"""
_ADDED = """
SELECT o.line_id, d.id AS document_id, m.document_id AS cause,
       coalesce(d.number, 'документ вне ваших прав') AS document,
       sum(CASE WHEN m.from_place_id = o.from_place_id THEN m.cost ELSE -m.cost END) AS amount
FROM stock_move m JOIN stock_move o ON o.id = m.adjusts_id LEFT JOIN document d ON d.id = m.document_id AND {seen}
WHERE m.adjusts_id = ANY(%s::int8[]) GROUP BY 1, 2, 3, 4 HAVING sum(
    CASE WHEN m.from_place_id = o.from_place_id THEN m.cost ELSE -m.cost END) <> 0 ORDER BY m.document_id
"""
def full_cost(ctx: Ctx, document_id: int) -> FullCost:
    """What the goods of a receipt cost, line by line, and which documents have added to it."""
    header = read_header(ctx, document_id)
    rows = ctx.sql.all(_LINES, (document_id,)) if header["kind"] == "receipt" else []
    added = ctx.sql.all(sql.SQL(_ADDED).format(seen=visible_condition(ctx.actor)),
                        ([id for row in rows for id in row["moves"]],))
    lines = [CostLine.model_validate(row | {
        "unit": unit_title(row["unit"]),
        "added": [a for a in added if a["line_id"] == row["line_id"]]}) for row in rows]
    paid, whole = sum((c.paid for c in lines), Decimal(0)), sum((c.full for c in lines), Decimal(0))
    return FullCost(lines=lines, paid=paid, added=whole - paid, full=whole)


DOCUMENTS = DocumentParts(
    effects={("landed_cost", "post"): post, ("landed_cost", "unpost"): unpost},
    fillers={"landed_cost": fill},
)
