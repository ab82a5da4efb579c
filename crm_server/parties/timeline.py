"""What happened with a party, newest first: own notes, changes of the card, and entries of the domains above."""

from collections.abc import Callable
from datetime import datetime

from psycopg import sql

from crm_contract.base import Created
from crm_contract.parties import TimelineEntry
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found
from crm_server.parties.scope import party_scope

PAGE = 50

#: A SELECT of rows `(at timestamptz, kind text, title text, text text, person text, document_id bigint, document_kind
#: text)` with the parameters %(party)s, %(before)s and %(limit)s: at most `limit` of the newest with `at < before`
#: (`ORDER BY at DESC FETCH FIRST %(limit)s ROWS WITH TIES`), limited to what the actor may see, or None.
TimelineSource = Callable[[Actor], sql.Composable | None]
#: Domains above parties append theirs.
TIMELINE: list[TimelineSource] = []

_NOTES = sql.SQL("""
SELECT n.at, 'note' AS kind, 'Комментарий' AS title, n.text, coalesce(e.name, '') AS person,
       NULL::bigint AS document_id, '' AS document_kind
FROM party_note n LEFT JOIN employee e ON e.id = n.author_id WHERE n.party_id = %(party)s AND n.at < %(before)s
ORDER BY n.at DESC FETCH FIRST %(limit)s ROWS WITH TIES
""")
_CHANGES = sql.SQL("""
SELECT a.at, 'change', CASE a.action WHEN 'create' THEN 'Карточка создана' WHEN 'archive' THEN 'Карточка в архиве'
       WHEN 'import' THEN 'Загружено из файла' ELSE 'Карточка изменена' END, a.reason, a.person, NULL::bigint, ''
FROM audit_log a WHERE a.entity = 'party' AND a.entity_id = %(party)s AND a.at < %(before)s
AND a.action IN ('create', 'update', 'archive', 'action', 'import')
ORDER BY a.at DESC FETCH FIRST %(limit)s ROWS WITH TIES
""")
_TIMELINE = """
SELECT t.at, t.kind, t.title, t.text, t.person, t.document_id, t.document_kind FROM ({}) t
ORDER BY t.at DESC FETCH FIRST %(limit)s ROWS WITH TIES
"""


def list_timeline(ctx: Ctx, party_id: int, before: datetime | None) -> list[TimelineEntry]:
    """About `PAGE` entries older than `before`; those of one moment stay on one page."""
    _check_reach(ctx, party_id)
    sources = (source(ctx.actor) for source in TIMELINE)
    selects = [_NOTES, _CHANGES, *(select for select in sources if select is not None)]
    union = sql.SQL(" UNION ALL ").join(sql.SQL("({})").format(select) for select in selects)
    rows = ctx.sql.all(sql.SQL(_TIMELINE).format(union),
                       {"party": party_id, "before": before or datetime.max, "limit": PAGE})
    return [TimelineEntry.model_validate(row) for row in rows]


def add_note(ctx: Ctx, party_id: int, text: str) -> Created:
    name = _check_reach(ctx, party_id)
    note_id = ctx.sql.insert("party_note", {"party_id": party_id, "text": text, "author_id": ctx.actor.employee_id})
    ctx.audit("create", "party_note", note_id, name, after={"text": text})
    ctx.changed("party", [party_id])
    return Created(id=note_id)


def _check_reach(ctx: Ctx, party_id: int) -> str:
    query = sql.SQL("SELECT p.name FROM party p WHERE p.id = %s AND {}").format(party_scope(ctx.actor))
    name = ctx.sql.value(query, (party_id,))
    if name is None:
        raise not_found("Контрагент")
    return name
