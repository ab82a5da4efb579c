"""The journal as it is read: the list and the history of one record, within the reader's scope."""

from psycopg import sql

from crm_contract.audit import AUDIT_LIST, AuditEntry, AuditRead
from crm_contract.permissions import Permission, Scope
from crm_server.audit.sealing import SOURCES
from crm_server.kit.actor import Actor
from crm_server.kit.context import Ctx
from crm_server.kit.listing import Expr, ListSource

HISTORY_LIMIT = 500
BESIDE = 6

_HISTORY = sql.SQL("""
SELECT a.id, a.at, a.person, a.action, a.entity, a.entity_id, a.title, a.before, a.after, a.reason, a.address,
       a.request_id, EXISTS (SELECT FROM audit_seal s WHERE s.source = 'audit_log' AND s.row_id = a.id) AS sealed
FROM audit_log a WHERE a.entity = %s AND a.entity_id = %s AND {}
ORDER BY a.id DESC LIMIT %s
""")


# The hash of a row is taken over the moments as UTC writes them.
_ENTRY = sql.SQL("""
WITH zone AS (SELECT set_config('TimeZone', 'UTC', true)),
t AS MATERIALIZED (SELECT a.* FROM zone, audit_log a WHERE a.id = %(id)s AND {scope})
SELECT t.*, s.id IS NOT NULL AS sealed, CASE WHEN s.id IS NOT NULL THEN jsonb_build_object('number', s.id,
           'chain', encode(s.chain, 'hex'), 'holds', s.row_hash = {hash},
           'previous', coalesce((SELECT encode(p.chain, 'hex') FROM audit_seal p WHERE p.id < s.id
                                 ORDER BY p.id DESC LIMIT 1), '')) END AS seal,
       coalesce((SELECT jsonb_agg(b) FROM (SELECT a.id, a.at, a.person, a.action, a.reason FROM audit_log a
                 WHERE a.entity = t.entity AND a.entity_id = t.entity_id AND a.id <> t.id AND {scope}
                 ORDER BY a.id DESC LIMIT {beside}) b), '[]') AS beside
FROM t LEFT JOIN audit_seal s ON s.source = 'audit_log' AND s.row_id = t.id
""")


def journal_scope(actor: Actor) -> sql.Composable:
    """Which rows of the journal `a` an actor reaches: by the branch of the row, or by who did it."""
    match actor.scope(Permission.AUDIT_VIEW):
        case Scope.ALL:
            return sql.SQL("true")
        case Scope.BRANCH:
            return sql.SQL("a.branch_id = {}").format(actor.branch_id)
        case Scope.DEPARTMENT:
            return sql.SQL("a.branch_id = {} AND a.user_id IN (SELECT u.id FROM app_user u JOIN employee e"
                           " ON e.id = u.employee_id WHERE e.department_id = {})").format(
                actor.branch_id, actor.department_id)
        case Scope.OWN:
            return sql.SQL("a.user_id = {}").format(actor.user_id)
        case _:
            return sql.SQL("false")


JOURNAL = ListSource(
    spec=AUDIT_LIST,
    permission=Permission.AUDIT_VIEW,
    table="audit_log a",
    key="a.id",
    scope=journal_scope,
    search=("search_key(a.title)", "search_key(a.person)"),
    always=("entity",),
    exprs={
        "at": Expr("a.at"),
        "person": Expr("a.person"),
        "action": Expr("a.action"),
        "entity": Expr("a.entity"),
        "title": Expr("a.title"),
        "reason": Expr("a.reason"),
        "address": Expr("a.address"),
        "entity_id": Expr("a.entity_id"),
        "request_id": Expr("a.request_id"),
    },
)


def list_history(ctx: Ctx, entity: str, entity_id: int) -> list[AuditRead]:
    """What happened to one record, newest first, at most `HISTORY_LIMIT` rows."""
    rows = ctx.sql.all(_HISTORY.format(journal_scope(ctx.actor)), (entity, entity_id, HISTORY_LIMIT))
    return [AuditRead.model_validate(row) for row in rows]


def get_entry(ctx: Ctx, row_id: int) -> AuditEntry:
    """One row with its seal checked and the newest others about the same object."""
    journal = next(source for source in SOURCES if source.table == "audit_log")
    query = _ENTRY.format(scope=journal_scope(ctx.actor), hash=journal.row_hash, beside=BESIDE)
    return AuditEntry.model_validate(ctx.sql.get(query, {"id": row_id}, what="Запись журнала"))
