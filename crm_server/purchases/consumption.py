"""Norms that follow from what was shipped: the average of a day, for the days of delivery and of safety."""

from psycopg import sql

from crm_contract.permissions import Permission
from crm_contract.settings import ORDER_DAYS, SAFETY_DAYS
from crm_contract.stock_rules import CONSUMPTION_LIST, AdoptBody, RuleChange, RulesBody, RulesSaved
from crm_server.catalog.listing import unit_join
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid
from crm_server.kit.listing import Expr, ListSource, trusted
from crm_server.parties.scope import party_scope
from crm_server.purchases.rules import save_rules
from crm_server.purchases.supply import LEAD, ROOTED, setting_sql
from crm_server.stock.listing import place_condition

# Shipped to customers from a warehouse or from what lies in it; what was taken back was not shipped.
_CONSUMED = """
WITH asked AS (SELECT %s::date AS since, %s::date AS until),
{rooted},
issued AS (
    SELECT o.root AS place_id, m.product_id, sum(m.quantity) AS issued
    FROM asked q CROSS JOIN rooted o
    JOIN stock_move m ON m.from_place_id = o.place_id AND m.at BETWEEN q.since AND q.until
    JOIN place c ON c.id = m.to_place_id AND c.kind = 'customer'
    WHERE m.reverses_id IS NULL AND NOT EXISTS (SELECT FROM stock_move b WHERE b.reverses_id = m.id)
    GROUP BY o.root, m.product_id),
known AS (
    SELECT s.place_id, s.product_id, s.issued, s.issued / (q.until - q.since + 1) AS daily, r.id AS rule_id,
           r.minimum AS old_minimum, r.target AS old_target, coalesce(r.pack, 1) AS pack, {lead} AS lead
    FROM asked q CROSS JOIN issued s
    JOIN place w ON w.id = s.place_id AND NOT w.archived AND {seen}
    JOIN product g ON g.id = s.product_id AND NOT g.archived
    LEFT JOIN stock_rule r ON (r.place_id, r.product_id) = (s.place_id, s.product_id)
    LEFT JOIN LATERAL (
        SELECT i.lead_days FROM supplier_item i JOIN party p ON p.id = i.party_id AND {party}
        WHERE i.product_id = s.product_id AND (r.supplier_id IS NULL OR i.party_id = r.supplier_id)
        ORDER BY i.date DESC NULLS LAST, i.id DESC LIMIT 1) i ON true),
least_stock AS (SELECT k.*, ceil(k.daily * (k.lead + {safety})) AS minimum FROM known k)
SELECT (l.place_id << 32) + l.product_id AS id, l.*,
       ceil((l.minimum + greatest(1, ceil(l.daily * {days}))) / l.pack) * l.pack AS target FROM least_stock l
"""
_VERDICT = ("(CASE WHEN t.rule_id IS NULL THEN 'new' WHEN t.old_minimum < t.minimum THEN 'raise'"
            " WHEN t.old_minimum > t.minimum THEN 'lower' WHEN t.old_target < t.target THEN 'raise'"
            " WHEN t.old_target > t.target THEN 'lower' ELSE 'same' END)")
_ADOPTED = """
SELECT t.product_id, t.place_id, t.minimum, t.target, r.maximum FROM ({consumed}) t
LEFT JOIN stock_rule r ON r.id = t.rule_id WHERE t.id = ANY(%s::int8[]) ORDER BY t.id
"""


def consumed(actor: Actor) -> sql.Composed:
    """A SELECT of what was shipped in a period; its parameters are the two days."""
    return sql.SQL(_CONSUMED).format(
        rooted=trusted(ROOTED), lead=trusted(LEAD), safety=trusted(setting_sql(SAFETY_DAYS)),
        days=trusted(setting_sql(ORDER_DAYS)), seen=place_condition(actor, "w.branch_id"), party=party_scope(actor))


def adopt(ctx: Ctx, body: AdoptBody) -> RulesSaved:
    """Sets the proposed minimum and target of chosen rows, counted anew; a maximum that is too low rises with them."""
    if body.since > body.until:
        raise invalid({"since": "Начало периода позже его конца"})
    rows = ctx.sql.all(sql.SQL(_ADOPTED).format(consumed=consumed(ctx.actor)), (
        body.since, body.until, body.ids))
    if len(rows) < len(set(body.ids)):
        raise invalid({"ids": "За этот период часть строк уже не отгружалась: обновите список"})
    changes = [RuleChange.model_validate(
        {name: row[name] for name in ("product_id", "place_id", "minimum", "target")}
        | ({"maximum": row["target"]} if row["maximum"] is not None and row["maximum"] < row["target"] else {}))
        for row in rows]
    return save_rules(ctx, RulesBody(rules=changes),
                      f"По расходу с {body.since:%d.%m.%Y} по {body.until:%d.%m.%Y}")


CONSUMPTION = ListSource(
    CONSUMPTION_LIST, Permission.STOCK_VIEW,
    "counted t JOIN product p ON p.id = t.product_id JOIN place w ON w.id = t.place_id", "t.id",
    {
        "sku": Expr("p.sku"), "product": Expr("t.product_id", "p.name", sort="p.sort"),
        "group": Expr("p.group_id", "g.title", ("group",)),
        "unit": Expr("coalesce(unit.short, p.unit)", joins=("unit",)), "place": Expr("t.place_id", "w.name"),
        "issued": Expr("t.issued"), "daily": Expr("round(t.daily, 3)"), "lead_days": Expr("t.lead"),
        "verdict": Expr(_VERDICT), "old_minimum": Expr("t.old_minimum", nullable=True),
        "old_target": Expr("t.old_target", nullable=True), "minimum": Expr("t.minimum"), "target": Expr("t.target"),
    },
    lambda actor: sql.SQL("true"), ("p.search",),
    {"group": "LEFT JOIN product_group g ON g.id = p.group_id", "unit": unit_join},
    counted=consumed)
