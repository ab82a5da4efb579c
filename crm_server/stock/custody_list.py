"""What employees hold: the list, the papers behind each number, and the lines to take it off them."""

from psycopg import sql

from crm_contract.base import Ref
from crm_contract.custody import CUSTODY_LIST, CustodyOrigin, CustodyPaper, HeldLine
from crm_contract.permissions import Permission
from crm_contract.units import unit_title
from crm_server.documents.scope import visible_condition
from crm_server.kit.context import Ctx
from crm_server.kit.listing import Expr, ListSource
from crm_server.stock.listing import holder_condition
from crm_server.stock.origin import balance_origin

_HELD = ("JOIN LATERAL (SELECT min(i.at) AS since, min(d.due_date) AS due, bool_or(d.state = 'issued') AS unaccepted"
         " FROM custody_item i LEFT JOIN document d ON d.id = i.document_id WHERE i.rest > 0"
         " AND (i.place_id, i.product_id) = (s.place_id, s.product_id)) h ON true")
_STATE = ("(CASE WHEN h.due < current_date THEN 'overdue' WHEN h.unaccepted THEN 'unaccepted' ELSE 'held' END)")

CUSTODY = ListSource(
    CUSTODY_LIST, Permission.CUSTODY_VIEW,
    "stock_balance s JOIN place w ON w.id = s.place_id AND w.kind = 'employee' JOIN employee e ON e.id = w.employee_id"
    " JOIN product p ON p.id = s.product_id", "s.id",
    {
        "person": Expr("e.id", "e.name"), "sku": Expr("p.sku"),
        "product": Expr("s.product_id", "p.name", sort="p.sort"),
        "quantity": Expr("s.on_hand"), "value": Expr("s.value"), "since": Expr("h.since", joins=("held",)),
        "due": Expr("h.due", joins=("held",), nullable=True),
        "late": Expr("greatest(current_date - h.due, 0)", joins=("held",)), "state": Expr(_STATE, joins=("held",)),
        "branch": Expr("e.branch_id", "b.title", ("branch",)),
        "department": Expr("e.department_id", "dep.title", ("department",)),
    },
    lambda actor: sql.SQL("s.on_hand > 0 AND {}").format(holder_condition(actor)), ("p.search", "search_key(e.name)"),
    {"held": _HELD, "branch": "JOIN branch b ON b.id = e.branch_id",
     "department": "LEFT JOIN department dep ON dep.id = e.department_id"})

_PLACE = """
SELECT w.id AS place_id, e.name FROM place w JOIN employee e ON e.id = w.employee_id
WHERE w.kind = 'employee' AND e.id = %s AND {scope}
"""
_PAPERS = """
SELECT d.id AS document_id, coalesce(d.number, 'документ вне ваших прав') AS document, coalesce(d.state, '') AS state,
       i.at AS since, x.due_date AS due, sum(i.quantity) AS quantity, sum(i.rest) AS rest
FROM custody_item i LEFT JOIN document x ON x.id = i.document_id LEFT JOIN document d ON d.id = x.id AND {seen}
WHERE i.place_id = %s AND i.product_id = %s AND i.rest > 0
GROUP BY i.document_id, d.id, x.id, i.at ORDER BY i.at, i.document_id
"""
_LINES = """
SELECT p.id AS product_id, p.sku, p.name, p.unit, b.on_hand AS quantity, p.tracking, coalesce((
    SELECT jsonb_agg(jsonb_build_object('code', t.code, 'quantity', x.on_hand::text, 'expires', t.expires)
                     ORDER BY t.code)
    FROM lot_balance x JOIN lot t ON t.id = x.lot_id
    WHERE x.place_id = w.id AND x.product_id = p.id AND x.on_hand > 0), '[]') AS lots
FROM stock_balance b JOIN place w ON w.id = b.place_id AND w.kind = 'employee' JOIN employee e ON e.id = w.employee_id
JOIN product p ON p.id = b.product_id
WHERE w.employee_id = %s AND b.on_hand > 0 AND {scope} ORDER BY p.sort, p.id
"""


def custody_origin(ctx: Ctx, employee_id: int, product_id: int) -> CustodyOrigin:
    """The papers by which an employee holds a product, and its moves; NOT_FOUND beyond the reader's right."""
    scope = holder_condition(ctx.actor)
    place = ctx.sql.get(sql.SQL(_PLACE).format(scope=scope), (employee_id,), what="Подотчёт")
    origin = balance_origin(ctx, product_id, place["place_id"], sql.SQL("true"))
    papers = ctx.sql.all(sql.SQL(_PAPERS).format(seen=visible_condition(ctx.actor)), (place["place_id"], product_id))
    return CustodyOrigin(
        person=Ref(id=employee_id, title=place["name"]), product=origin.product, place_id=place["place_id"],
        quantity=origin.closing, papers=[CustodyPaper.model_validate(paper) for paper in papers], moves=origin.moves)


def held_lines(ctx: Ctx, employee_id: int) -> list[HeldLine]:
    """All that an employee holds, by product: what a return or a hand-over begins with."""
    rows = ctx.sql.all(sql.SQL(_LINES).format(scope=holder_condition(ctx.actor)), (employee_id,))
    return [HeldLine(**row, unit_title=unit_title(row["unit"])) for row in rows]
