"""The matrix «document kind × event × contact role»: saving it, and who would get what by it."""

from collections.abc import Mapping, Sequence

from psycopg import sql

from crm_contract.documents import KINDS
from crm_contract.errors import ErrorCode
from crm_contract.mailing import (
    LetterEvent,
    RoutingRule,
    RoutingRuleBody,
    RoutingRulesBody,
    RulePreview,
    RulesPreviewBody,
    events_of,
)
from crm_server.kit.context import Ctx
from crm_server.kit.errors import CONSTRAINTS, Refusal, invalid, not_found, stale
from crm_server.mailing.queries import list_rules, read_addressees
from crm_server.mailing.routing import route
from crm_server.parties.scope import party_scope

CONSTRAINTS["fk_routing_rule_role"] = Refusal(
    ErrorCode.CONFLICT, "Роль контакта участвует в правилах писем", "Сначала уберите её из правил получателей.")

Key = tuple[str, LetterEvent, str]

_DELETE = """
DELETE FROM routing_rule WHERE kind = ANY(%s::text[])
AND (kind, event, role) NOT IN (SELECT * FROM unnest(%s::text[], %s::text[], %s::text[]))
"""
_INSERT = """
INSERT INTO routing_rule (kind, event, role, active)
SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bool[])
ON CONFLICT (kind, event, role) DO UPDATE SET active = excluded.active
"""
_VISIBLE = "SELECT 1 FROM party p WHERE p.id = {} AND {}"


def save_rules(ctx: Ctx, body: RoutingRulesBody) -> list[RoutingRule]:
    """Replaces the whole matrix of the known kinds; raises STALE_VERSION when it is not the one that was shown."""
    rules = _checked(body.rules, _roles(ctx))
    ctx.sql.run("LOCK TABLE routing_rule IN SHARE ROW EXCLUSIVE MODE")
    present = {(rule.kind, rule.event, rule.role): rule.active for rule in list_rules(ctx)}
    if body.before is not None and {(r.kind, r.event, r.role): r.active for r in body.before} != present:
        raise stale()
    kinds, events, roles = ([key[part] for key in rules] for part in range(3))
    ctx.sql.run(_DELETE, (list(KINDS), kinds, events, roles))
    ctx.sql.run(_INSERT, (kinds, events, roles, list(rules.values())))
    ctx.audit("update", "routing_rule", None, "Правила получателей", before=_in_words(present), after=_in_words(rules))
    saved = list_rules(ctx)
    ctx.changed("routing_rule", [rule.id for rule in saved])
    return saved


def preview_rules(ctx: Ctx, body: RulesPreviewBody) -> list[RulePreview]:
    """Who gets what of a customer that the actor sees, for every kind and event."""
    titles = _roles(ctx)
    rules = _checked(body.rules, titles)
    if ctx.sql.value(sql.SQL(_VISIBLE).format(body.party_id, party_scope(ctx.actor))) is None:
        raise not_found("Контрагент")
    to = read_addressees(ctx.sql, {"party_id": body.party_id, "contact_id": None})
    found: list[RulePreview] = []
    for kind in KINDS.values():
        if kind.header("party_id") is None:
            continue
        for event in events_of(kind):
            chosen = {role: title for role, title in titles.items() if rules.get((kind.code, event, role))}
            routing = route(kind, chosen, to, event)
            found.append(RulePreview(kind=kind.code, event=event, rule=routing.rule, recipients=routing.recipients))
    return found


def _roles(ctx: Ctx) -> dict[str, str]:
    """Titles of the contact roles by code, in the company's order."""
    return {row["code"]: row["title"] for row in ctx.sql.all(
        "SELECT code, title FROM contact_role ORDER BY position, id")}


def _checked(rules: Sequence[RoutingRuleBody], roles: Mapping[str, str]) -> dict[Key, bool]:
    errors: dict[str, str] = {}
    found: dict[Key, bool] = {}
    for number, rule in enumerate(rules):
        kind = KINDS.get(rule.kind)
        if kind is None:
            errors[f"rules.{number}.kind"] = "Такого вида документа нет"
        elif rule.event not in events_of(kind):
            errors[f"rules.{number}.event"] = f"«{kind.title}» по такому случаю не отправляют"
        if rule.role not in roles:
            errors[f"rules.{number}.role"] = "Такой роли контакта нет"
        if (rule.kind, rule.event, rule.role) in found:
            errors[f"rules.{number}.role"] = "Правило повторяется"
        found[rule.kind, rule.event, rule.role] = rule.active
    if errors:
        raise invalid(errors)
    return found


def _in_words(rules: Mapping[Key, bool]) -> dict[str, bool]:
    """For the journal; the usual event is not named."""
    return {f"{kind} → {role}" if event == LetterEvent.DOCUMENT else f"{kind}, {event} → {role}": active
            for (kind, event, role), active in rules.items()}
