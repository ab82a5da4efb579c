"""The card of a party in one statement, with counters and debt of the domains above."""

from collections.abc import Callable
from typing import Any

from psycopg import sql
from psycopg.rows import DictRow

from crm_contract.parties import Debt, PartyCard
from crm_contract.permissions import Permission
from crm_server.kit.actor import Actor, per_actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found
from crm_server.kit.listing import trusted
from crm_server.parties import debt
from crm_server.parties.scope import party_scope

#: A SELECT of rows `(code text, title text, count bigint, text text, tone text)` about the party `p`, limited to what
#: the actor may see; None for an actor who may see none of them.
CounterSource = Callable[[Actor], sql.Composable | None]
#: Domains above parties append theirs; the order is the order on the card.
COUNTERS: list[CounterSource] = []

_CARD = """
SELECT p.id, p.version, p.kind, p.name, p.full_name, p.inn, p.kpp, p.ogrn, p.legal_address, p.actual_address, p.phone,
       p.email, p.is_customer, p.is_supplier, p.is_own, p.tax_mode, p.director_title, p.director_name,
       p.director_basis, p.accountant_name, p.segment, p.payment_days, p.debt_limit, p.note, p.archived, p.created_at,
       p.updated_at, p.name_key,
       CASE WHEN manager.id IS NOT NULL THEN jsonb_build_object('id', manager.id, 'title', manager.name) END AS manager,
       CASE WHEN branch.id IS NOT NULL THEN jsonb_build_object('id', branch.id, 'title', branch.title) END AS branch,
       CASE WHEN price.id IS NOT NULL THEN jsonb_build_object('id', price.id, 'title', price.title) END AS price_kind,
       (SELECT jsonb_build_object('id', o.id, 'title', o.name) FROM party o WHERE o.id = p.merged_into_id)
           AS merged_into,
       coalesce(editor.name, '') AS updated_by,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'position', c.position,
           'roles', c.roles, 'phones', c.phones, 'emails', c.emails, 'mail_consent', c.mail_consent, 'note', c.note)
           ORDER BY c.sequence, c.id) FROM contact c WHERE c.party_id = p.id AND NOT c.archived), '[]') AS contacts,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', s.id, 'name', s.name, 'address', s.address, 'note', s.note)
           ORDER BY s.sequence, s.id) FROM site s WHERE s.party_id = p.id AND NOT s.archived), '[]') AS sites,
       coalesce((SELECT jsonb_agg(jsonb_build_object('id', a.id, 'bic', a.bic, 'account', a.account, 'bank', a.bank,
           'corr_account', a.corr_account, 'main', a.main) ORDER BY a.sequence, a.id)
           FROM bank_account a WHERE a.party_id = p.id AND NOT a.archived), '[]') AS accounts,
       {counters} AS counters, {total} AS total, {overdue} AS overdue, {overdue_days} AS overdue_days
FROM party p LEFT JOIN employee manager ON manager.id = p.manager_id LEFT JOIN branch ON branch.id = p.branch_id
LEFT JOIN price_kind price ON price.id = p.price_kind_id LEFT JOIN employee editor ON editor.id = p.updated_by_id
{debt} WHERE p.id = %s AND {scope}
"""

_COUNTERS = """
coalesce((SELECT jsonb_agg(jsonb_build_object('code', c.code, 'title', c.title, 'count', c.count, 'text', c.text,
    'tone', c.tone) ORDER BY c.source, c.place) FROM ({}) c), '[]')
"""


def get_party(ctx: Ctx, party_id: int, code: str = Permission.PARTY_VIEW, *, lock: bool = False) -> PartyCard:
    """The card; NOT_FOUND when `code` does not reach the party. `lock` keeps it from others until the commit."""
    if lock:
        query = _compose(ctx.actor, code) + sql.SQL(" FOR NO KEY UPDATE OF p")
    else:
        query = _viewed(ctx.actor) if code == Permission.PARTY_VIEW else _compose(ctx.actor, code)
    row = ctx.sql.one(query, (party_id,))
    if row is None:
        raise not_found("Контрагент")
    return _card(row)


def _compose(actor: Actor, code: str) -> sql.Composed:
    return sql.SQL(_CARD).format(
        counters=_counters(actor), total=trusted(debt.TOTAL), overdue=trusted(debt.OVERDUE),
        overdue_days=trusted(debt.OVERDUE_DAYS), debt=debt.row_join(actor), scope=party_scope(actor, code))


#: The card as it is opened all day.
_viewed = per_actor(lambda actor: _compose(actor, Permission.PARTY_VIEW))


def _card(row: DictRow) -> PartyCard:
    values: dict[str, Any] = dict(row)
    values["debt"] = Debt(total=row["total"], overdue=row["overdue"], overdue_days=row["overdue_days"])
    return PartyCard.model_validate(values)


def _counters(actor: Actor) -> sql.Composable:
    selects = [select for source in COUNTERS if (select := source(actor)) is not None]
    if not selects:
        return sql.SQL("'[]'::jsonb")
    numbered = [sql.SQL("(SELECT {} AS source, row_number() OVER () AS place, s.* FROM ({}) s)").format(number, select)
                for number, select in enumerate(selects)]
    return sql.SQL(_COUNTERS).format(sql.SQL(" UNION ALL ").join(numbered))
