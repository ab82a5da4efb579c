"""Serial numbers and lots: what the lines of a document name is what moves.

A line carries them as typed (`document_line.lots`); a posting turns them into rows of `lot` and moves that name them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_contract.documents import kind_of
from crm_contract.errors import ErrorCode
from crm_contract.stock import PlaceKind
from crm_contract.totals import plain
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal

CONSTRAINTS["ck_stock_move_lot"] = Refusal(
    ErrorCode.CONFLICT, "Учёт номеров у товара изменился, пока документ проводили",
    "Обновите документ и укажите серийные номера или партии.")
CONSTRAINTS["ck_product_tracking_kept"] = Refusal(
    ErrorCode.CONFLICT, "Товар лежит на складе, учёт номеров сейчас не изменить",
    "Спишите остаток, измените учёт и примите товар снова, уже с номерами.", field_errors={"tracking": "Есть остаток"})
CONSTRAINTS["ck_lot_balance_on_hand"] = Refusal(
    ErrorCode.OUT_OF_STOCK, "Этого серийного номера или партии на месте уже нет",
    "Откройте номер: там видно, куда он ушёл.")
CONSTRAINTS["uq_lot_balance_serial"] = Refusal(
    ErrorCode.CONFLICT, "Один из серийных номеров уже лежит на другом складе",
    "Откройте номер: там видно, где он.")

#: Goods of a document, one row for each lot that its lines name and one for a line that names none. `whole` is the
#: quantity of the line, `turn` the place of the row in it.
LINES = """
goods AS MATERIALIZED (
    SELECT l.id, l.product_id, l.condition, l.net, l.gross, l.quantity AS whole, l.bin_id, l.bin_to_id,
           coalesce(x.quantity, l.quantity) AS quantity, coalesce(x.id, 0) AS lot_id, coalesce(x.turn, 1) AS turn
    FROM document_line l JOIN product p ON p.id = l.product_id AND p.kind IN ('goods', 'kit')
    LEFT JOIN LATERAL (
        SELECT x.quantity, x.turn, t.id FROM ROWS FROM (jsonb_to_recordset(l.lots) AS (code text, quantity numeric))
            WITH ORDINALITY AS x(code, quantity, turn)
        LEFT JOIN lot t ON (t.product_id, t.code) = (l.product_id, x.code) WHERE p.tracking <> 'none') x ON true
    WHERE l.document_id = %(id)s AND l.quantity > 0)
"""

_NAMED = """
named AS (
    SELECT l.position, l.product_id, p.name, p.tracking, l.quantity AS whole, x.*
    FROM document_line l JOIN product p ON p.id = l.product_id AND p.tracking <> 'none'
    LEFT JOIN LATERAL jsonb_to_recordset(l.lots) AS x(code text, quantity numeric, expires date) ON true
    WHERE l.document_id = %(id)s)
"""
_UNNAMED = """
WITH {named}
SELECT position, name, tracking, whole, coalesce(sum(quantity), 0) AS told FROM named
GROUP BY position, name, tracking, whole HAVING coalesce(sum(quantity), 0) <> whole ORDER BY position LIMIT 5
""".replace("{named}", _NAMED)
_WRONG = """
WITH {named}
SELECT min(position) AS position, name, code, count(*) AS times FROM named WHERE tracking = 'serial'
GROUP BY product_id, name, code HAVING count(*) > 1 OR max(quantity) <> 1 ORDER BY 1 LIMIT 5
""".replace("{named}", _NAMED)
_REGISTER = """
WITH {named}
INSERT INTO lot (product_id, code, serial, expires)
SELECT DISTINCT ON (product_id, code) product_id, code, tracking = 'serial', expires FROM named
ORDER BY product_id, code, expires
ON CONFLICT (product_id, code) DO UPDATE SET expires = coalesce(excluded.expires, lot.expires)
WHERE excluded.expires IS DISTINCT FROM lot.expires
""".replace("{named}", _NAMED)
_LYING = """
WITH {named}
SELECT n.position, n.name, n.code, w.name AS place FROM named n
JOIN lot t ON (t.product_id, t.code) = (n.product_id, n.code)
JOIN lot_balance b ON b.lot_id = t.id AND b.on_hand > 0 JOIN place w ON w.id = b.place_id
WHERE n.tracking = 'serial' ORDER BY n.position LIMIT 5
""".replace("{named}", _NAMED)
_ABSENT = """
WITH {named}
SELECT n.name, n.code, n.quantity, coalesce(b.on_hand, 0) AS on_hand, t.id AS lot_id, n.tracking
FROM (SELECT product_id, name, tracking, code, sum(quantity) AS quantity, min(position) AS position FROM named
      GROUP BY product_id, name, tracking, code) n
LEFT JOIN lot t ON (t.product_id, t.code) = (n.product_id, n.code)
LEFT JOIN lot_balance b ON b.lot_id = t.id AND b.place_id = %(place)s
WHERE coalesce(b.on_hand, 0) < n.quantity ORDER BY n.position LIMIT 5
""".replace("{named}", _NAMED)
# Where a lot is, and by which document it went there.
_WHEREABOUTS = """
SELECT DISTINCT ON (m.lot_id) m.lot_id, w.name AS place, w.kind, d.kind AS document_kind, d.number, d.date
FROM stock_move m JOIN place w ON w.id = m.to_place_id LEFT JOIN document d ON d.id = m.document_id
WHERE m.lot_id = ANY(%s::int8[]) AND m.adjusts_id IS NULL ORDER BY m.lot_id, m.id DESC
"""
_GONE = """
WITH moves AS (
    SELECT m.* FROM stock_move m WHERE m.document_id = %(id)s AND m.reverses_id IS NULL AND m.lot_id <> 0
    AND NOT EXISTS (SELECT 1 FROM stock_move r WHERE r.reverses_id = m.id)),
back AS (
    SELECT place_id, lot_id, sum(quantity) AS quantity FROM (
        SELECT to_place_id AS place_id, lot_id, quantity FROM moves
        UNION ALL SELECT from_place_id, lot_id, -quantity FROM moves) u
    JOIN place p ON p.id = u.place_id AND p.inner GROUP BY 1, 2 HAVING sum(quantity) > 0)
SELECT p.name, t.code, k.quantity, coalesce(b.on_hand, 0) AS on_hand, t.id AS lot_id, p.tracking
FROM back k JOIN lot t ON t.id = k.lot_id JOIN product p ON p.id = t.product_id
LEFT JOIN lot_balance b USING (place_id, lot_id)
WHERE coalesce(b.on_hand, 0) < k.quantity ORDER BY t.id LIMIT 5
"""


def register(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Makes the lots that a document brings in; raises INVALID for lines that do not name theirs, CONFLICT for a serial
    number that lies somewhere already."""
    demand_named(ctx, row)
    lying = ctx.sql.all(_LYING, {"id": row["id"]})
    if lying:
        raise Refusal(
            ErrorCode.CONFLICT,
            "; ".join(f"«{n['name']}», серийный номер {n['code']} уже лежит на «{n['place']}»" for n in lying),
            "Проверьте номера: один номер — одна вещь.", field_errors=_at(lying, "Номер уже на складе"))
    ctx.sql.run(_REGISTER, {"id": row["id"]})


def demand_here(ctx: Ctx, row: Mapping[str, Any], place_id: int) -> None:
    """Raises INVALID for lines that do not name their lots, OUT_OF_STOCK for lots that are not on the place.

    The balances of the products are locked before, so what is found stays.
    """
    demand_named(ctx, row)
    _demand(ctx, ctx.sql.all(_ABSENT, {"id": row["id"], "place": place_id}), "На месте нет")


def demand_back(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Raises OUT_OF_STOCK when what a document brought has left its place under the same number."""
    _demand(ctx, ctx.sql.all(_GONE, {"id": row["id"]}),
            f"{kind_of(row['kind']).named(row['number'])} не отменить, номера уже ушли")


def demand_named(ctx: Ctx, row: Mapping[str, Any]) -> None:
    """Raises INVALID for lines that do not name all of their lots, or a serial number twice."""
    params = {"id": row["id"]}
    if lines := ctx.sql.all(_UNNAMED, params):
        told = "; ".join(
            f"строка {n['position']}, «{n['name']}»: {'номеров' if n['tracking'] == 'serial' else 'по партиям'}"
            f" {plain(n['told'])} из {plain(n['whole'])}" for n in lines)
        raise Refusal(ErrorCode.INVALID, f"Не указаны серийные номера или партии: {told}",
                      "Откройте номера строки и укажите недостающие: их можно сканировать или вставить столбцом.",
                      field_errors=_at(lines, "Укажите номера на всё количество"))
    if wrong := ctx.sql.all(_WRONG, params):
        raise Refusal(ErrorCode.INVALID, "; ".join(
            f"«{n['name']}», серийный номер {n['code']} указан {n['times']} раза" if n["times"] > 1 else
            f"«{n['name']}», серийный номер {n['code']} — не одна штука" for n in wrong),
            "Серийный номер называет одну вещь: исправьте номера строки.",
            field_errors=_at(wrong, "Проверьте номера"))


def _demand(ctx: Ctx, absent: Sequence[Mapping[str, Any]], what: str) -> None:
    if not absent:
        return
    places = {w["lot_id"]: w for w in ctx.sql.all(_WHEREABOUTS, ([n["lot_id"] for n in absent if n["lot_id"]],))}
    raise Refusal(ErrorCode.OUT_OF_STOCK, f"{what}: " + "; ".join(
        f"«{n['name']}» № {n['code']}{_short(n)} — {_whereabouts(places.get(n['lot_id']))}" for n in absent),
        "Проверьте номер или выберите другой из тех, что лежат здесь.")


def _short(lot: Mapping[str, Any]) -> str:
    return "" if lot["tracking"] == "serial" else f", есть {plain(lot['on_hand'])} из {plain(lot['quantity'])}"


def _whereabouts(last: Mapping[str, Any] | None) -> str:
    if last is None:
        return "такого номера не было"
    where = {PlaceKind.CUSTOMER: "у клиента", PlaceKind.SUPPLIER: "у поставщика", PlaceKind.LOSS: "списан"}
    paper = f" ({kind_of(last['document_kind']).named(last['number'])} от {last['date']:%d.%m.%Y})" \
        if last["document_kind"] else ""
    return f"{where.get(last['kind'], 'на «' + last['place'] + '»')}{paper}"


def _at(lines: Sequence[Mapping[str, Any]], words: str) -> dict[str, str]:
    return {f"lines.{line['position'] - 1}.lots": words for line in lines}
