"""Norms of stock: read, set one or many at once, taken away."""

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import sql
from psycopg.types.json import Jsonb
from pydantic import ValidationError
from pydantic_core import to_json

from crm_contract.permissions import Permission
from crm_contract.stock_rules import RULE_LIST, RuleBody, RuleChange, RuleIds, RuleRead, RulesBody, RulesSaved
from crm_server.catalog.listing import unit_join
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import invalid, not_found, stale
from crm_server.kit.failpoints import failpoint
from crm_server.kit.listing import Expr, ListSource
from crm_server.parties.scope import party_scope
from crm_server.stock.listing import place_condition
from crm_server.stock.places import place_scope

ENTITY = "stock_rule"
_FIELDS = tuple(name for name in RuleBody.model_fields if name not in ("product_id", "place_id"))

# The rules there are, locked in the order of their ids, and what the changes name: `{edit}` over the warehouse `d`,
# `{party}` over the supplier `p`.
_LOCK = """
SELECT r.* FROM stock_rule r JOIN unnest(%(products)s::int8[], %(places)s::int8[]) AS k (product_id, place_id)
    USING (product_id, place_id) ORDER BY r.id FOR UPDATE OF r
"""
_NAMED = """
SELECT (SELECT jsonb_object_agg(d.id, d.branch_id) FROM place d
        WHERE d.id = ANY(%(places)s::int8[]) AND d.kind = 'warehouse' AND NOT d.archived AND {edit}) AS places,
       (SELECT jsonb_object_agg(w.id, w.branch_id) FROM place w
        WHERE w.id = ANY(%(donors)s::int8[]) AND w.kind = 'warehouse') AS donors,
       (SELECT jsonb_object_agg(g.id, g.name) FROM product g
        WHERE g.id = ANY(%(products)s::int8[]) AND g.kind IN ('goods', 'kit')) AS products,
       ARRAY(SELECT p.id FROM party p WHERE p.id = ANY(%(suppliers)s::int8[]) AND NOT p.is_own AND {party}) AS suppliers
"""
_SAVE = """
INSERT INTO stock_rule AS r (product_id, place_id, {fields})
SELECT product_id, place_id, {fields} FROM jsonb_populate_recordset(NULL::stock_rule, %s) ORDER BY product_id, place_id
ON CONFLICT (product_id, place_id) DO UPDATE SET ({fields}, version) = ROW({values}, r.version + 1)
RETURNING id, product_id, place_id, version
"""
_REMOVE = """
WITH gone AS (
    DELETE FROM stock_rule r USING place d WHERE r.id = ANY(%s::int8[]) AND d.id = r.place_id AND {edit} RETURNING r.*)
SELECT r.*, g.name, d.branch_id FROM gone r JOIN product g ON g.id = r.product_id JOIN place d ON d.id = r.place_id
ORDER BY r.id
"""
_READ = """
SELECT r.id, r.version, jsonb_build_object('id', g.id, 'title', g.name) AS product,
       jsonb_build_object('id', w.id, 'title', w.name) AS place, r.minimum, r.target, r.maximum, r.pack, r.lead_days,
       CASE WHEN p.id IS NOT NULL THEN jsonb_build_object('id', p.id, 'title', p.name) END AS supplier,
       CASE WHEN o.id IS NOT NULL THEN jsonb_build_object('id', o.id, 'title', o.name) END AS donor
FROM stock_rule r JOIN product g ON g.id = r.product_id JOIN place w ON w.id = r.place_id AND {seen}
LEFT JOIN party p ON p.id = r.supplier_id AND {party} LEFT JOIN place o ON o.id = r.donor_id
WHERE {which} ORDER BY sort_key(w.name), w.id
"""


def read_rules(ctx: Ctx, which: sql.Composable) -> list[RuleRead]:
    """Rules that the actor sees, of a condition over the rule `r`."""
    query = sql.SQL(_READ).format(seen=place_condition(ctx.actor, "w.branch_id"), party=party_scope(ctx.actor),
                                  which=which)
    return [RuleRead.model_validate(row) for row in ctx.sql.all(query)]


def save_rules(ctx: Ctx, body: RulesBody, reason: str = "") -> RulesSaved:
    """Makes the rules that are not there and changes the others, all or none.

    Raises STALE_VERSION when one was changed meanwhile, INVALID when one contradicts itself or names what is not there.
    """
    keys = {"products": [rule.product_id for rule in body.rules], "places": [rule.place_id for rule in body.rules]}
    before = {(row["product_id"], row["place_id"]): row for row in ctx.sql.all(_LOCK, keys)}
    merged = [_merged(change, before.get((change.product_id, change.place_id))) for change in body.rules]
    named = _check_named(ctx, merged)
    rows = [rule.model_dump(mode="json") for rule in merged]
    names = sql.SQL(", ").join(map(sql.Identifier, _FIELDS))
    values = sql.SQL(", ").join(sql.Identifier("excluded", name) for name in _FIELDS)
    saved = ctx.sql.all(sql.SQL(_SAVE).format(fields=names, values=values), (Jsonb(rows, dumps=to_json),))
    failpoint("rules.after_rows")
    bodies = {(rule.product_id, rule.place_id): rule for rule in merged}
    for row in saved:
        key = (row["product_id"], row["place_id"])
        old = before.get(key)
        after = bodies[key].model_dump(mode="json", include=set(_FIELDS))
        ctx.audit("update" if old else "create", ENTITY, row["id"], named["products"][str(row["product_id"])],
                  before=_words(old) if old else None, after=after, reason=reason,
                  branch_id=named["places"][str(row["place_id"])])
    ctx.changed(ENTITY, [row["id"] for row in saved])
    return RulesSaved(created=len(saved) - len(before), changed=len(before))


def _words(row: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row as the journal compares them with a new body."""
    return RuleBody.model_validate({name: row[name] for name in RuleBody.model_fields}).model_dump(
        mode="json", include=set(_FIELDS))


def _merged(change: RuleChange, row: Mapping[str, Any] | None) -> RuleBody:
    if row is not None and change.version is not None and change.version != row["version"]:
        raise stale()
    sent = change.sent()
    known = {name: row[name] for name in _FIELDS} if row is not None else {}
    if row is None and "target" not in sent:
        sent["target"] = sent.get("minimum")
    values = {name: value for name, value in (known | sent).items()
              if value is not None or name not in ("minimum", "target", "pack")}
    if "minimum" not in values:
        values["minimum"] = 0
    try:
        rule = RuleBody.model_validate({"product_id": change.product_id, "place_id": change.place_id} | values)
    except ValidationError as error:
        raise invalid({"target": "Укажите, до скольких пополнять"}) from error
    return _consistent(rule)


def _consistent(rule: RuleBody) -> RuleBody:
    if rule.target < rule.minimum:
        raise invalid({"target": "«Пополнять до» меньше минимума: увеличьте его или уменьшите минимум"})
    if rule.maximum is not None and rule.maximum < rule.target:
        raise invalid({"maximum": "Максимум меньше того, до чего пополнять"})
    if rule.donor_id == rule.place_id:
        raise invalid({"donor_id": "Склад не пополняет сам себя: выберите другой"})
    return rule


def _check_named(ctx: Ctx, rules: Sequence[RuleBody]) -> Mapping[str, Any]:
    """What the rules refer to; raises NOT_FOUND for a warehouse beyond one's right."""
    query = sql.SQL(_NAMED).format(edit=place_scope(ctx.actor, Permission.STOCK_RULES), party=party_scope(ctx.actor))
    found = ctx.sql.get(query, {
        "places": [rule.place_id for rule in rules], "products": [rule.product_id for rule in rules],
        "donors": [rule.donor_id for rule in rules], "suppliers": [rule.supplier_id for rule in rules]})
    places, donors = found["places"] or {}, found["donors"] or {}
    for rule in rules:
        if str(rule.place_id) not in places:
            raise not_found("Склад")
        if str(rule.product_id) not in (found["products"] or {}):
            raise invalid({"product_id": "Такого товара нет: нормы бывают у товаров и комплектов"})
        if rule.supplier_id is not None and rule.supplier_id not in found["suppliers"]:
            raise invalid({"supplier_id": "Такого поставщика нет"})
        branch = places[str(rule.place_id)]
        if rule.donor_id is not None and (
                str(rule.donor_id) not in donors or donors[str(rule.donor_id)] not in (None, branch)):
            raise invalid({"donor_id": "Такого склада в филиале нет"})
    return found


def remove_rules(ctx: Ctx, body: RuleIds) -> None:
    """Takes rules away; raises NOT_FOUND when one of them is not there or beyond one's right."""
    gone = ctx.sql.all(sql.SQL(_REMOVE).format(edit=place_scope(ctx.actor, Permission.STOCK_RULES)), (body.ids,))
    if len(gone) < len(set(body.ids)):
        raise not_found("Норма запаса")
    failpoint("rules.after_rows")
    for row in gone:
        ctx.audit("delete", ENTITY, row["id"], row["name"], before=_words(row), branch_id=row["branch_id"])
    ctx.changed(ENTITY, body.ids)


def _scope(actor: Actor) -> sql.Composable:
    return place_condition(actor, "w.branch_id")


def _supplier_join(actor: Actor) -> sql.Composable:
    return sql.SQL("LEFT JOIN party v ON v.id = r.supplier_id AND EXISTS (SELECT FROM party p WHERE p.id = v.id AND {})"
                   ).format(party_scope(actor))


RULES = ListSource(
    RULE_LIST, Permission.STOCK_VIEW,
    "stock_rule r JOIN product p ON p.id = r.product_id JOIN place w ON w.id = r.place_id", "r.id",
    {
        "sku": Expr("p.sku"), "product": Expr("r.product_id", "p.name", sort="p.sort"),
        "group": Expr("p.group_id", "g.title", ("group",)),
        "unit": Expr("coalesce(unit.short, p.unit)", joins=("unit",)), "place": Expr("r.place_id", "w.name"),
        "minimum": Expr("r.minimum"), "target": Expr("r.target"), "maximum": Expr("r.maximum", nullable=True),
        "pack": Expr("r.pack"), "lead_days": Expr("r.lead_days", nullable=True),
        "supplier": Expr("v.id", "v.name", ("supplier",)), "donor": Expr("r.donor_id", "o.name", ("donor",)),
        "version": Expr("r.version"),
    },
    _scope, ("p.search",),
    {"group": "LEFT JOIN product_group g ON g.id = p.group_id", "unit": unit_join, "supplier": _supplier_join,
     "donor": "LEFT JOIN place o ON o.id = r.donor_id"})
