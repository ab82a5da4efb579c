"""Pick lists of parties, contacts, sites, employees and branches, and their share in the search over everything."""

from typing import Literal

from psycopg import sql

from crm_contract.lists import Hit
from crm_contract.parties import RefHit
from crm_contract.permissions import Permission
from crm_server.kit.context import Ctx
from crm_server.kit.listing import trusted
from crm_server.kit.search import fold, like_pattern, search_condition, words
from crm_server.kit.search_routes import SearchProvider
from crm_server.parties.keys import name_key
from crm_server.parties.scope import party_scope

LIMIT = 20
#: Shorter queries have no trigram to look up: they find by the beginning of the name.
TRIGRAM = 3

PartyRole = Literal["", "customer", "supplier", "own"]
_ROLES = {"": "true", "customer": "p.is_customer", "supplier": "p.is_supplier", "own": "p.is_own"}

# Names that begin with the query come before the others. Both halves end after a few rows of an index, while a sort by
# «begins with» would read every match of a common word.
_FOUND = """
found AS MATERIALIZED (
    SELECT id, min(rank) AS rank FROM (
        (SELECT p.id, 0 AS rank FROM party p WHERE p.name_key LIKE %s AND {where} ORDER BY p.sort, p.id LIMIT %s)
        UNION ALL
        (SELECT p.id, 1 AS rank FROM party p WHERE {search} AND {where} ORDER BY p.sort, p.id LIMIT %s)
    ) f GROUP BY id
)
"""
_PARTIES = """
WITH {found}
SELECT p.id, p.name AS title, concat_ws(' · ', 'ИНН ' || nullif(p.inn, ''), nullif(p.phone, '')) AS subtitle,
       jsonb_build_object('price_kind_id', coalesce(p.price_kind_id::text, ''), 'payment_days', p.payment_days::text,
           'manager_id', coalesce(p.manager_id::text, ''), 'tax_mode', coalesce(p.tax_mode, ''), 'inn', p.inn) AS fill
FROM found JOIN party p ON p.id = found.id ORDER BY found.rank, p.sort, p.id LIMIT %s
"""
_CONTACTS = """
SELECT c.id, c.name AS title, concat_ws(' · ', nullif(c.position, ''), c.phones[1], c.emails[1]) AS subtitle,
       jsonb_build_object('phone', coalesce(c.phones[1], ''), 'email', coalesce(c.emails[1], '')) AS fill
FROM contact c JOIN party p ON p.id = c.party_id
WHERE c.party_id = %s AND NOT c.archived AND {scope} AND {search} ORDER BY c.sequence, c.id LIMIT %s
"""
_SITES = """
SELECT s.id, s.name AS title, s.address AS subtitle, jsonb_build_object('address', s.address) AS fill
FROM site s JOIN party p ON p.id = s.party_id
WHERE s.party_id = %s AND NOT s.archived AND {scope} AND {search} ORDER BY s.sequence, s.id LIMIT %s
"""
_EMPLOYEES = """
SELECT e.id, e.name AS title, concat_ws(' · ', nullif(e.position, ''), b.title) AS subtitle
FROM employee e JOIN branch b ON b.id = e.branch_id WHERE e.active AND {search}
ORDER BY search_key(e.name) LIKE %s DESC, sort_key(e.name), e.id LIMIT %s
"""
_BRANCHES = """
SELECT b.id, b.title, b.code AS subtitle FROM branch b WHERE {search} ORDER BY sort_key(b.title), b.id LIMIT %s
"""

_FOUND_PARTIES = """
WITH {found}
SELECT p.id, p.name AS title, concat_ws(' · ', 'ИНН ' || nullif(p.inn, ''), manager.name, nullif(p.phone, ''))
    AS subtitle
FROM found JOIN party p ON p.id = found.id LEFT JOIN employee manager ON manager.id = p.manager_id
ORDER BY found.rank, p.sort, p.id LIMIT %s
"""
_FOUND_CONTACTS = """
SELECT p.id, c.name || ' · ' || p.name AS title, concat_ws(' · ', nullif(c.position, ''), c.phones[1], c.emails[1])
    AS subtitle
FROM contact c JOIN party p ON p.id = c.party_id WHERE NOT c.archived AND NOT p.archived AND {search} AND {scope}
ORDER BY c.search LIKE %s DESC, sort_key(c.name), c.id LIMIT %s
"""


def pick_parties(ctx: Ctx, query: str, role: PartyRole) -> list[RefHit]:
    """Live parties of a role; those whose name begins with the query come first."""
    where = sql.SQL("NOT p.archived AND {} AND {}").format(trusted(_ROLES[role]), party_scope(ctx.actor))
    found, params = _found(query, where, LIMIT)
    return _hits(ctx, sql.SQL(_PARTIES).format(found=found), [*params, LIMIT])


def pick_contacts(ctx: Ctx, party_id: int, query: str) -> list[RefHit]:
    search, params = search_condition(["c.search"], query)
    return _hits(ctx, sql.SQL(_CONTACTS).format(scope=party_scope(ctx.actor), search=search),
                 [party_id, *params, LIMIT])


def pick_sites(ctx: Ctx, party_id: int, query: str) -> list[RefHit]:
    search, params = search_condition(["search_key(s.name)", "search_key(s.address)"], query)
    return _hits(ctx, sql.SQL(_SITES).format(scope=party_scope(ctx.actor), search=search), [party_id, *params, LIMIT])


def pick_employees(ctx: Ctx, query: str) -> list[RefHit]:
    search, params = search_condition(["search_key(e.name)", "search_key(e.position)"], query)
    return _hits(ctx, sql.SQL(_EMPLOYEES).format(search=search), [*params, _prefix(fold(_plain(query))), LIMIT])


def pick_branches(ctx: Ctx, query: str) -> list[RefHit]:
    search, params = search_condition(["search_key(b.title)", "search_key(b.code)"], query)
    return _hits(ctx, sql.SQL(_BRANCHES).format(search=search), [*params, LIMIT])


def find_parties(ctx: Ctx, query: str, limit: int) -> list[Hit]:
    where = sql.SQL("NOT p.archived AND {}").format(party_scope(ctx.actor))
    found, params = _found(query, where, limit)
    rows = ctx.sql.all(sql.SQL(_FOUND_PARTIES).format(found=found), [*params, limit])
    return [Hit(entity="party", id=row["id"], title=row["title"], subtitle=row["subtitle"], kind="party")
            for row in rows]


def find_contacts(ctx: Ctx, query: str, limit: int) -> list[Hit]:
    """Contacts; a hit opens the party."""
    search, params = search_condition(["c.search"], query)
    rows = ctx.sql.all(sql.SQL(_FOUND_CONTACTS).format(search=search, scope=party_scope(ctx.actor)),
                       [*params, _prefix(" " + fold(_plain(query))), limit])
    return [Hit(entity="party", id=row["id"], title=row["title"], subtitle=row["subtitle"], kind="contact")
            for row in rows]


PARTY_SEARCH = SearchProvider(Permission.PARTY_VIEW, find_parties)
CONTACT_SEARCH = SearchProvider(Permission.PARTY_VIEW, find_contacts)


def _found(query: str, where: sql.Composable, limit: int) -> tuple[sql.Composable, list[str | int]]:
    """The first `limit` parties by beginning and then by any part; without a query simply the first ones."""
    key = name_key(query)
    search, params = search_condition(["p.search"], query)
    if 0 < len(key) < TRIGRAM:
        search, params = sql.SQL("false"), []
    # An empty key would be the beginning of every name.
    return (sql.SQL(_FOUND).format(search=search, where=where),
            [_prefix(key) if key else "", limit, *params, limit])


def _hits(ctx: Ctx, query: sql.Composed, params: list[str | int]) -> list[RefHit]:
    return [RefHit.model_validate(row) for row in ctx.sql.all(query, params)]


def _plain(query: str) -> str:
    return " ".join(words(query))


def _prefix(key: str) -> str:
    return like_pattern(key)[1:]
