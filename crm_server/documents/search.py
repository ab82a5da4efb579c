"""Documents in the search over everything."""

from collections.abc import Mapping
from typing import Any

from psycopg import sql

from crm_contract.documents import kind_of
from crm_contract.lists import Hit
from crm_server.documents.scope import visible_condition
from crm_server.kit.context import Ctx
from crm_server.kit.edge import Guard
from crm_server.kit.search import search_condition
from crm_server.kit.search_routes import SearchProvider

_FOUND = """
SELECT d.id, d.kind, d.number, d.date, d.state, coalesce(p.name, '') AS party
FROM document d LEFT JOIN party p ON p.id = d.party_id WHERE {search} AND {seen} ORDER BY d.id DESC LIMIT %s
"""


def find_documents(ctx: Ctx, query: str, limit: int) -> list[Hit]:
    """The newest documents that every word of the query occurs in: number, customer, ИНН or title."""
    search, params = search_condition(["d.search"], query)
    rows = ctx.sql.all(sql.SQL(_FOUND).format(search=search, seen=visible_condition(ctx.actor)), [*params, limit])
    return [_hit(row) for row in rows]


def _hit(row: Mapping[str, Any]) -> Hit:
    kind = kind_of(row["kind"])
    state = kind.workflow.state(row["state"])
    return Hit(entity=kind.code, id=row["id"], title=f"{kind.named(row['number'])} от {row['date']:%d.%m.%Y}",
               subtitle=" · ".join(filter(None, (row["party"], state.title.lower()))), tone=state.tone, kind="document")


DOCUMENT_SEARCH = SearchProvider(Guard.BY_KIND, find_documents)
