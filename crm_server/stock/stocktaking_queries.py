"""What is read of a stocktaking: lines to be counted, how far it is, its list.

A count is blind for whoever counts, until it is approved: the booked quantity is told to those only who may see it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql

from crm_contract.documents import KINDS
from crm_contract.permissions import Permission
from crm_contract.printing import PrintCount
from crm_contract.stocktaking import LINE_LIST, OPEN, CountLine, CountSums
from crm_contract.units import unit_title
from crm_server.documents.scope import kind_condition, reaches
from crm_server.documents.service import read_header
from crm_server.kit.actor import Actor, scope_condition
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found
from crm_server.kit.listing import Expr, ListSource

KIND = KINDS["stocktaking"]
_TOLD = ("approved", "posted")

#: A place with the zones and bins that lie in it.
INSIDE = """inside AS (
    SELECT p.id FROM place p LEFT JOIN place z ON z.id = p.parent_id
    WHERE p.inner AND p.kind <> 'transit' AND %(place)s IN (p.id, z.id, z.parent_id))"""

#: Where a line is counted, in the order in which a clerk walks: «А / А-01-2».
_ROUTE = ("CASE WHEN w.kind = 'warehouse' THEN w.name ELSE concat_ws(' / ', CASE WHEN z.kind = 'zone' THEN"
          " coalesce(nullif(z.code, ''), z.name) END, coalesce(nullif(w.code, ''), w.name)) END")

#: What a unit of a surplus or shortage is worth now.
_COST = """LEFT JOIN LATERAL (
    SELECT coalesce(l.price, b.value / nullif(b.on_hand, 0), (
        SELECT sum(s.value) / nullif(sum(s.on_hand), 0) FROM stock_balance s
        WHERE s.product_id = l.product_id)) AS unit
    FROM place k LEFT JOIN stock_balance b ON (b.place_id, b.product_id) = (k.keeper_id, l.product_id)
    WHERE k.id = l.place_id) c
    ON true"""

_COUNT_LINES = """
SELECT l.id, jsonb_build_object('id', w.id, 'title', {route}) AS place,
       jsonb_build_object('id', p.id, 'title', concat(p.name, ' № ' || t.code)) AS product, l.lot_id, p.sku, p.unit,
       CASE WHEN t.id IS NULL THEN ARRAY(SELECT b.code FROM barcode b WHERE b.product_id = p.id ORDER BY b.code)
            ELSE ARRAY[t.code] END AS barcodes,
       CASE WHEN %(shown)s OR l.wanted <= l.pass THEN l.counted END AS counted,
       CASE WHEN %(shown)s THEN l.booked END AS booked, CASE WHEN %(shown)s THEN l.difference END AS difference,
       l.pass AS pass_no, l.pass > 0 AND l.wanted > l.pass AS again,
       l.another AND l.wanted = 2 AND l.pass = 1 AS another,
       l.disturbed, coalesce(e.name, '') AS person, l.counted_at
FROM stocktaking_line l JOIN place w ON w.id = l.place_id LEFT JOIN place z ON z.id = w.parent_id
JOIN product p ON p.id = l.product_id LEFT JOIN employee e ON e.id = l.employee_id LEFT JOIN lot t ON t.id = l.lot_id
WHERE l.document_id = %(id)s AND (%(lines)s::int8[] IS NULL OR l.id = ANY(%(lines)s::int8[]))
AND (%(place)s::int8 IS NULL OR l.place_id IN (
    SELECT p.id FROM place p LEFT JOIN place z ON z.id = p.parent_id WHERE %(place)s IN (p.id, z.id, z.parent_id)))
ORDER BY sort_key({route}), p.sort, l.id
""".replace("{route}", _ROUTE)

_SUMS = """
SELECT count(*) AS lines, count(l.counted) AS counted,
       count(*) FILTER (WHERE l.pass > 0 AND (l.wanted > l.pass OR l.disturbed)) AS again,
       count(*) FILTER (WHERE NOT l.listed) AS found,
       count(*) FILTER (WHERE l.difference < 0) AS short_lines,
       count(*) FILTER (WHERE l.difference > 0) AS surplus_lines,
       coalesce(sum(m.cost) FILTER (WHERE l.difference < 0), 0) AS short_cost,
       coalesce(sum(m.cost) FILTER (WHERE l.difference > 0), 0) AS surplus_cost,
       count(*) FILTER (WHERE l.difference > 0 AND m.cost IS NULL) AS unpriced
FROM stocktaking_line l {cost}
CROSS JOIN LATERAL (SELECT coalesce(l.cost, round(l.difference * c.unit, 2)) AS cost) m
WHERE l.document_id = %s
""".replace("{cost}", _COST)


# What was posted keeps the price at which it was; what is open is worth what it is worth now.
_PRINTED = """
SELECT {route} AS place, p.sku, coalesce(nullif(p.full_name, ''), p.name) AS name, p.unit AS unit_code,
       round(coalesce(abs(l.cost / nullif(l.difference, 0)), c.unit), 2) AS price, l.counted, l.booked,
       l.counted_at::date AS day
FROM stocktaking_line l JOIN place w ON w.id = l.place_id LEFT JOIN place z ON z.id = w.parent_id
JOIN product p ON p.id = l.product_id {cost}
WHERE l.document_id = %s ORDER BY sort_key({route}), p.sort, l.id
""".replace("{route}", _ROUTE).replace("{cost}", _COST)


def printed_counts(ctx: Ctx, document: Mapping[str, Any]) -> list[PrintCount]:
    """The lines of ИНВ-3 in the order of the walk: without the booked quantity while it is blind for the reader."""
    blind = not shows_booked(ctx.actor, document)
    hidden: dict[str, None] = {"booked": None} if blind else {}
    if not ctx.actor.can(Permission.PRODUCT_COST):
        hidden["price"] = None
    return [PrintCount.model_validate(row | hidden | {"unit": unit_title(row["unit_code"])})
            for row in ctx.sql.all(_PRINTED, (document["id"],))]


def counted_place(ctx: Ctx, document: Mapping[str, Any]) -> int | None:
    """What is counted: the place of the header, or what an employee holds; None where nothing was ever given out."""
    holder = document["employee_id"]
    if holder is None:
        return document["place_id"]
    return ctx.sql.value("SELECT id FROM place WHERE kind = 'employee' AND employee_id = %s", (holder,))


def shows_booked(actor: Actor, document: Mapping[str, Any]) -> bool:
    """Whether the actor may see what the books say of this stocktaking: who approves it may, others once it is."""
    return (document["state"] in _TOLD or document["extra"].get("blind") == OPEN
            or reaches(actor, "stocktaking.approve", document))


def count_lines(ctx: Ctx, document: Mapping[str, Any], *, place_id: int | None = None,
                line_ids: Sequence[int] | None = None) -> list[CountLine]:
    """Lines in the order of the walk; of one place with what lies in it, or of given ids."""
    rows = ctx.sql.all(_COUNT_LINES, {
        "id": document["id"], "shown": shows_booked(ctx.actor, document), "place": place_id,
        "lines": None if line_ids is None else list(line_ids)})
    return [CountLine.model_validate({**row, "unit": unit_title(row["unit"])}) for row in rows]


def read_counts(ctx: Ctx, document_id: int, place_id: int | None) -> list[CountLine]:
    """What is to be counted, and what has been; NOT_FOUND outside of the scope."""
    return count_lines(ctx, _document(ctx, document_id), place_id=place_id)


def read_sums(ctx: Ctx, document_id: int) -> CountSums:
    document = _document(ctx, document_id)
    shown = shows_booked(ctx.actor, document)
    row = ctx.sql.get(_SUMS, (document_id,))
    if not shown:
        row |= {"short_lines": None, "surplus_lines": None, "unpriced": None}
    if not shown or not ctx.actor.can(Permission.PRODUCT_COST):
        row |= {"short_cost": None, "surplus_cost": None}
    return CountSums(**row, shows_booked=shown)


def _document(ctx: Ctx, document_id: int) -> Mapping[str, Any]:
    document = read_header(ctx, document_id)
    if document["kind"] != KIND.code:
        raise not_found("Инвентаризация")
    return document


def _shown(actor: Actor) -> sql.Composable:
    """As `shows_booked`, over the document `d` of a line."""
    approves = scope_condition(actor, "stocktaking.approve", branch="d.branch_id", department="d.department_id",
                               owner="d.responsible_id")
    return sql.SQL("CROSS JOIN LATERAL (SELECT d.state = ANY({}::text[]) OR coalesce(d.extra ->> 'blind' = {}, false)"
                   " OR {} AS shown) v").format(list(_TOLD), OPEN, approves)


def _seen(actor: Actor) -> sql.Composable:
    return kind_condition(actor, KIND)


LINES = ListSource(
    LINE_LIST, "stocktaking.view",
    "stocktaking_line l JOIN document d ON d.id = l.document_id JOIN product p ON p.id = l.product_id", "l.id",
    {
        "route": Expr(_ROUTE, joins=("w", "z")), "sku": Expr("p.sku"),
        "product": Expr("l.product_id", "concat(p.name, ' № ' || t.code)", ("t",), sort="p.sort"),
        "counted": Expr("(CASE WHEN v.shown OR l.wanted <= l.pass THEN l.counted END)", joins=("v",), nullable=True),
        "booked": Expr("(CASE WHEN v.shown THEN l.booked END)", joins=("v",), nullable=True),
        "difference": Expr("(CASE WHEN v.shown THEN l.difference END)", joins=("v",), nullable=True),
        "cost": Expr("(CASE WHEN v.shown THEN coalesce(l.cost, round(l.difference * c.unit, 2)) END)",
                     joins=("v", "c"), nullable=True),
        "state": Expr(
            "(CASE WHEN l.pass = 0 THEN 'waiting' WHEN l.wanted > l.pass THEN 'again' WHEN l.disturbed THEN 'moved'"
            " WHEN NOT v.shown THEN 'counted' WHEN l.difference = 0 THEN 'equal' WHEN l.difference < 0 THEN 'short'"
            " ELSE 'surplus' END)", joins=("v",)),
        "person": Expr("l.employee_id", "e.name", ("e",)),
        "counted_at": Expr("l.counted_at", nullable=True),
        "first_counted": Expr("(CASE WHEN v.shown THEN l.first_counted END)", joins=("v",), nullable=True),
        "pass": Expr("l.pass"),
        "later": Expr("(v.shown AND l.open AND l.booked <> coalesce((SELECT s.on_hand FROM stock_piece s WHERE"
                      " (s.place_id, s.product_id, s.lot_id) = (l.place_id, l.product_id, l.lot_id)), 0))",
                      joins=("v",)),
        "listed": Expr("l.listed"), "price": Expr("l.price", nullable=True),
        "document": Expr("l.document_id", "d.number"), "place": Expr("l.place_id", "w.name", ("w",)),
        "lot_id": Expr("l.lot_id"),
    },
    _seen, ("p.search",),
    {"w": "JOIN place w ON w.id = l.place_id", "z": "LEFT JOIN place z ON z.id = (SELECT parent_id FROM place"
     " WHERE id = l.place_id)", "e": "LEFT JOIN employee e ON e.id = l.employee_id", "c": _COST, "v": _shown,
     "t": "LEFT JOIN lot t ON t.id = l.lot_id"})
SOURCES = (LINES,)
