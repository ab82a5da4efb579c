"""Lists of balances and reservations, within the branch that the right reaches."""

from psycopg import sql

from crm_contract.permissions import Permission, Scope
from crm_contract.stock_lists import BALANCE_LIST, RESERVATION_LIST
from crm_server.catalog.listing import unit_join
from crm_server.kit.actor import Actor, scope_condition
from crm_server.kit.listing import Expr, ListSource
from crm_server.stock.expected import EXPECTED


def place_condition(actor: Actor, branch: str) -> sql.Composable:
    """Stock is seen by branch; a narrower right sees its branch too, for goods belong to places, not to people."""
    if actor.scope(Permission.STOCK_VIEW) is Scope.ALL:
        return sql.SQL("true")
    return sql.SQL("({0} = {1} OR {0} IS NULL)").format(sql.Identifier(*branch.split(".")), actor.branch_id)


def holder_condition(actor: Actor) -> sql.Composable:
    """Whose goods are seen: over the employee `e`. One's own are seen with the narrowest right."""
    return scope_condition(actor, Permission.CUSTODY_VIEW, branch="e.branch_id", department="e.department_id",
                           owner="e.id")


def places_seen(actor: Actor, place: str = "w") -> sql.Composable:
    """The places that an actor sees goods on: those of the branch, and employees by the right over custody."""
    return sql.SQL("{} AND {}").format(place_condition(actor, f"{place}.branch_id"), named_place(actor, place))


def named_place(actor: Actor, place: str = "w") -> sql.Composable:
    """Whether the name of a place may be told: who holds goods is for those with the right over custody."""
    return sql.SQL("({place}.kind <> 'employee' OR {place}.employee_id IN (SELECT e.id FROM employee e WHERE {}))"
                   ).format(holder_condition(actor), place=sql.Identifier(place))


#: What comes to a place, of all its rows or looked up for one.
_EXPECTED = ("LEFT JOIN{lateral} (SELECT x.place_id, x.product_id, sum(x.quantity) AS quantity,"
             " min(x.due_date) AS due FROM {expected} x{where} GROUP BY x.place_id, x.product_id) x"
             " ON (x.place_id, x.product_id) = (s.place_id, s.product_id)")
#: Where a product lies inside of its warehouse, and what lies in no bin of one that has some.
_BINS = ("coalesce((SELECT string_agg(q.code, ', ' ORDER BY q.route) FROM (SELECT DISTINCT"
         " coalesce(nullif(i.code, ''), i.name) AS code, i.route FROM bin_balance b JOIN place i ON i.id = b.place_id"
         " WHERE b.keeper_id = s.place_id AND b.product_id = s.product_id AND b.on_hand > 0) q), '')")
_UNPLACED = ("(CASE WHEN EXISTS (SELECT FROM place i WHERE i.keeper_id = s.place_id AND i.id <> s.place_id"
             " AND NOT i.archived) THEN s.on_hand - s.placed ELSE 0 END)")
#: Goods on their way are in no warehouse: nobody may sell them.
_IS_WAY = "w.kind = 'transit'"

BALANCES = ListSource(
    BALANCE_LIST, Permission.STOCK_VIEW,
    # What employees hold is not free: it has a list of its own (`custody_list.py`).
    "stock_balance s JOIN place w ON w.id = s.place_id AND w.kind <> 'employee' JOIN product p"
    " ON p.id = s.product_id", "s.id",
    {
        "sku": Expr("p.sku"), "product": Expr("s.product_id", "p.name", sort="p.sort"),
        "unit": Expr("coalesce(unit.short, p.unit)", joins=("unit",)),
        "place": Expr("s.place_id", "w.name"), "kind": Expr("w.kind"),
        "on_hand": Expr(f"(CASE WHEN {_IS_WAY} THEN 0 ELSE s.on_hand END)"), "reserved": Expr("s.reserved"),
        "free": Expr(f"(CASE WHEN {_IS_WAY} THEN 0 ELSE s.on_hand - s.reserved END)"),
        "on_way": Expr(f"(CASE WHEN {_IS_WAY} THEN s.on_hand ELSE 0 END)"),
        "expected": Expr("coalesce(x.quantity, 0)", joins=("expected",)),
        "expected_on": Expr("x.due", joins=("expected",), nullable=True),
        "min_stock": Expr("coalesce(u.minimum, p.min_stock)", joins=("rule",)), "value": Expr("s.value"),
        "bins": Expr(_BINS), "unplaced": Expr(_UNPLACED),
        "low": Expr("(w.kind = 'warehouse' AND coalesce(s.on_hand - s.reserved < coalesce(u.minimum, p.min_stock),"
                    " false))", joins=("rule",)),
    },
    lambda actor: place_condition(actor, "w.branch_id"), ("p.search",),
    {"unit": unit_join, "rule": "LEFT JOIN stock_rule u ON (u.place_id, u.product_id) = (s.place_id, s.product_id)",
     "expected": _EXPECTED.format(expected=EXPECTED, lateral="", where="")},
    row_joins={"expected": _EXPECTED.format(
        expected=EXPECTED, lateral=" LATERAL",
        where=" WHERE (x.place_id, x.product_id) = (s.place_id, s.product_id)")})

RESERVATIONS = ListSource(
    RESERVATION_LIST, Permission.STOCK_VIEW, "reservation r JOIN product p ON p.id = r.product_id", "r.id",
    {
        "product": Expr("r.product_id", "p.name", sort="p.sort"), "place": Expr("r.place_id", "w.name", ("place",)),
        "quantity": Expr("r.quantity"),
        "rest": Expr("(CASE WHEN r.state = 'active' THEN r.quantity - r.used ELSE 0 END)"),
        "state": Expr("r.state"), "until": Expr("r.until"),
        "document": Expr("r.document_id", "d.number", ("document",)),
        "person": Expr("r.employee_id", "e.name", ("person",)), "note": Expr("r.note"),
        "priority": Expr("coalesce(d.extra ->> 'priority', 'normal')", joins=("document",)),
        "version": Expr("r.version"),
    },
    lambda actor: place_condition(actor, "r.branch_id"), ("p.search",),
    {"place": "LEFT JOIN place w ON w.id = r.place_id", "document": "LEFT JOIN document d ON d.id = r.document_id",
     "person": "LEFT JOIN employee e ON e.id = r.employee_id"})

SOURCES = (BALANCES, RESERVATIONS)


def product_stock(actor: Actor, place_id: int | None) -> sql.Composable:
    """The `stock` of a product `p` for the catalogue: in the warehouses the actor sees, or in one of them."""
    where = place_condition(actor, "w.branch_id") if actor.can(Permission.STOCK_VIEW) else sql.SQL("false")
    if place_id is not None:
        where += sql.SQL(" AND b.place_id = {}").format(place_id)
    return sql.SQL(
        "LEFT JOIN LATERAL (SELECT sum(b.on_hand) AS on_hand, sum(b.reserved) AS reserved,"
        " round(sum(b.value) / nullif(sum(b.on_hand), 0), 2) AS cost FROM stock_balance b"
        " JOIN place w ON w.id = b.place_id AND w.kind = 'warehouse' WHERE b.product_id = p.id AND {}) stock ON true"
    ).format(where)

