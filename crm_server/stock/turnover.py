"""Balances at any day, turnover of any period and the moves behind them.

The figures are those of the functions of migrations/sql/stock_marks.sql: the nearest marks and the moves between them
and the asked days. A right that reaches a branch adds up the places of that branch only.
"""

from collections.abc import Mapping

from psycopg import sql

from crm_contract.lists import ListSpec
from crm_contract.permissions import Permission
from crm_contract.stock_reports import (
    BALANCE_AT_LIST,
    MOVE_LIST,
    SLOW_LIST,
    TURNOVER_BY_GROUP,
    TURNOVER_BY_PLACE,
    TURNOVER_BY_PRODUCT,
    TURNOVER_LIST,
)
from crm_server.catalog.listing import unit_join
from crm_server.documents.scope import visible_condition
from crm_server.kit.actor import Actor
from crm_server.kit.listing import Expr, Join, ListSource, trusted
from crm_server.stock.listing import named_place, place_condition, places_seen

#: A row of a place and a product keeps its id.
_ID = "((t.place_id << 32) + t.product_id)"
_AT = """
SELECT {id} AS id, t.place_id, t.product_id, t.on_hand, t.value
FROM stock_at(%s::date) t JOIN place w ON w.id = t.place_id AND {scope}
"""
# `{by}` is what the rows are by, `{id}` the id of one of them.
_TURNOVER = """
SELECT {id} AS id, {by}, sum(t.opening) AS opening, sum(t.came) AS came, sum(t.went) AS went,
       sum(t.opening + t.came - t.went) AS closing, sum(t.opening_value) AS opening_value,
       sum(t.came_value) AS came_value, sum(t.went_value) AS went_value,
       sum(t.opening_value + t.came_value - t.went_value) AS closing_value
FROM stock_sheet(%s::date, %s::date) t JOIN place w ON w.id = t.place_id AND {scope} {joins} GROUP BY {by}
"""
# Both halves end after a few rows of the index on (at, id), or of the one that what is filtered by has.
_SIDES = """
(SELECT m.id * 2 AS id, m.id AS move_id, m.at, m.document_id, m.employee_id, m.product_id, m.to_place_id AS place_id,
        m.from_place_id AS other_id, nullif(m.quantity, 0) AS came, NULL::numeric AS went, m.cost AS value,
        m.reverses_id
 FROM stock_move m
 UNION ALL
 SELECT m.id * 2 + 1, m.id, m.at, m.document_id, m.employee_id, m.product_id, m.from_place_id, m.to_place_id, NULL,
        nullif(m.quantity, 0), -m.cost, m.reverses_id
 FROM stock_move m) m JOIN product p ON p.id = m.product_id
"""
# The places are asked for once: joined to the moves they would spoil the order of the index.
_SIDE_SEEN = """(m.place_id IN (SELECT w.id FROM place w WHERE w."inner" AND {})) IS TRUE"""

# Goods issued from a place are those that left our own places; what was taken back did not. `supply`: for how many days
# what is there suffices at the pace of the period.
_SLOW = """
SELECT s.id, s.place_id, s.product_id, s.on_hand, s.value, coalesce(i.issued, 0) AS issued, l.last_issue,
       current_date - coalesce(l.last_issue, l.first_in) AS idle,
       CASE WHEN i.issued > 0 THEN round(s.on_hand * i.days / i.issued)::int END AS supply
FROM stock_balance s JOIN place w ON w.id = s.place_id AND w.kind IN ('warehouse', 'zone', 'bin') AND {scope}
LEFT JOIN (
    SELECT t.place_id, t.product_id, t.issued, q.until - q.since + 1 AS days
    FROM (SELECT %s::date AS since, %s::date AS until) q CROSS JOIN LATERAL stock_sheet(q.since, q.until) t) i
    ON (i.place_id, i.product_id) = (s.place_id, s.product_id)
LEFT JOIN stock_idle() l ON (l.place_id, l.product_id) = (s.place_id, s.product_id)
WHERE s.on_hand > 0
"""

_PRODUCT = {
    "sku": Expr("p.sku"), "product": Expr("t.product_id", "p.name", sort="p.sort"),
    "group": Expr("p.group_id", "g.title", ("group",)), "unit": Expr("coalesce(unit.short, p.unit)", joins=("unit",)),
}
_PLACE = {"place": Expr("t.place_id", "w.name"), "kind": Expr("w.kind")}
_GROUP = {"group": Expr("t.group_id", "g.title", ("group",))}
_FIGURES = {name: Expr(f"t.{name}") for name in (
    "opening", "came", "went", "closing", "opening_value", "came_value", "went_value", "closing_value")} | {
    "moved": Expr("(t.came <> 0 OR t.went <> 0)")}
_OF_PRODUCT: Mapping[str, Join] = {"group": "LEFT JOIN product_group g ON g.id = p.group_id", "unit": unit_join}
_WITH_PRODUCT, _WITH_PLACE = " JOIN product p ON p.id = t.product_id", " JOIN place w ON w.id = t.place_id"


def _everything(actor: Actor) -> sql.Composable:
    """What is counted is what the actor sees."""
    return sql.SQL("true")


def _turnover(spec: ListSpec, by: str, exprs: Mapping[str, Expr], table: str = "", *, id: str = "", joins: str = "",
              joined: Mapping[str, Join] = _OF_PRODUCT) -> ListSource:
    """A turnover with a row for each `by`, whose `id` it is unless told otherwise."""
    def counted(actor: Actor) -> sql.Composable:
        return sql.SQL(_TURNOVER).format(
            id=trusted(id or by), by=trusted(by), joins=trusted(joins), scope=places_seen(actor))

    search = ("p.search",) if _WITH_PRODUCT in table else ()
    return ListSource(spec, Permission.STOCK_VIEW, f"counted t{table}", "t.id", {**exprs, **_FIGURES}, _everything,
                      search, joined, counted=counted)


BALANCES_AT = ListSource(
    BALANCE_AT_LIST, Permission.STOCK_VIEW, f"counted t{_WITH_PRODUCT}{_WITH_PLACE}", "t.id",
    {**_PRODUCT, **_PLACE, "on_hand": Expr("t.on_hand"), "value": Expr("t.value"),
     "cost": Expr("round(t.value / nullif(t.on_hand, 0), 2)", nullable=True)},
    _everything, ("p.search",), _OF_PRODUCT,
    counted=lambda actor: sql.SQL(_AT).format(id=trusted(_ID), scope=places_seen(actor)))

MOVES = ListSource(
    MOVE_LIST, Permission.STOCK_VIEW, _SIDES, "m.id",
    {
        "at": Expr("m.at"), "document": Expr("d.id", "d.number", ("document",)), "sku": Expr("p.sku"),
        "product": Expr("m.product_id", "p.name", sort="p.sort"), "group": Expr("p.group_id", "g.title", ("group",)),
        "unit": Expr("coalesce(unit.short, p.unit)", joins=("unit",)),
        "place": Expr("m.place_id", "w.name", ("place",)),
        "other": Expr("m.other_id", "coalesce(o.name, 'подотчёт сотрудника')", ("other",)),
        "came": Expr("m.came", nullable=True), "went": Expr("m.went", nullable=True), "value": Expr("m.value"),
        "person": Expr("m.employee_id", "e.name", ("person",)), "reversal": Expr("(m.reverses_id IS NOT NULL)"),
    },
    lambda actor: sql.SQL(_SIDE_SEEN).format(places_seen(actor)), ("p.search",),
    {**_OF_PRODUCT, "place": "JOIN place w ON w.id = m.place_id",
     "other": lambda actor: sql.SQL("LEFT JOIN place o ON o.id = m.other_id AND {}").format(named_place(actor, "o")),
     "person": "LEFT JOIN employee e ON e.id = m.employee_id",
     "document": lambda actor: sql.SQL("LEFT JOIN document d ON d.id = m.document_id AND {}").format(
         visible_condition(actor))},
    looked_up="m.move_id = ids.id / 2")

SLOW = ListSource(
    SLOW_LIST, Permission.STOCK_VIEW, f"counted t{_WITH_PRODUCT}{_WITH_PLACE}", "t.id",
    {**_PRODUCT, "place": _PLACE["place"],
     **{name: Expr(f"t.{name}") for name in ("on_hand", "value", "issued")},
     **{name: Expr(f"t.{name}", nullable=True) for name in ("last_issue", "idle", "supply")}},
    _everything, ("p.search",), _OF_PRODUCT,
    counted=lambda actor: sql.SQL(_SLOW).format(scope=place_condition(actor, "w.branch_id")))

SOURCES = (
    BALANCES_AT,
    _turnover(TURNOVER_LIST, "t.place_id, t.product_id", {**_PRODUCT, **_PLACE}, _WITH_PRODUCT + _WITH_PLACE,
              id=_ID),
    _turnover(TURNOVER_BY_PRODUCT, "t.product_id", _PRODUCT, _WITH_PRODUCT),
    _turnover(TURNOVER_BY_GROUP, "p.group_id", _GROUP, id="coalesce(p.group_id, 0)",
              joins="JOIN product p ON p.id = t.product_id",
              joined={"group": "LEFT JOIN product_group g ON g.id = t.group_id"}),
    _turnover(TURNOVER_BY_PLACE, "t.place_id", _PLACE, _WITH_PLACE),
    MOVES,
    SLOW,
)
