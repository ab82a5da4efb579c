"""What sales tell about a party: the debt, the counters of its card, documents in its timeline."""

from functools import cache

from psycopg import sql

from crm_contract.documents import KINDS, kind_of
from crm_server.documents.scope import kind_condition, visible_condition
from crm_server.kit.actor import Actor
from crm_server.parties.card import COUNTERS
from crm_server.parties.debt import register_debt
from crm_server.parties.timeline import TIMELINE

# The index ix_document_open_invoice holds just these rows.
_OPEN = """
SELECT d.party_id, sum(d.gross - d.paid) AS total,
       sum(d.gross - d.paid) FILTER (WHERE d.due_date < current_date) AS overdue,
       max(current_date - d.due_date) FILTER (WHERE d.due_date < current_date) AS overdue_days
FROM document d WHERE d.kind = 'invoice' AND d.accounting = 'posted' AND d.paid < d.gross AND {}
"""


def _debts(actor: Actor) -> sql.Composable:
    scope = kind_condition(actor, kind_of("invoice"))
    return sql.SQL("LEFT JOIN ({} GROUP BY d.party_id) debt ON debt.party_id = p.id").format(
        sql.SQL(_OPEN).format(scope))


def _debt_of_one(actor: Actor) -> sql.Composable:
    scope = sql.SQL("d.party_id = p.id AND {}").format(kind_condition(actor, kind_of("invoice")))
    return sql.SQL("LEFT JOIN LATERAL ({} GROUP BY d.party_id) debt ON true").format(sql.SQL(_OPEN).format(scope))


_MONEY = "translate(to_char({}, 'FM999,999,999,999,990'), ',', U&'\\00A0') || U&'\\00A0₽'"
#: (kind, title, which of them the second line tells, its words, tone); the first that there is any of is told.
_NOTES = (
    ("offer", "КП", (("d.state = 'sent'", "без ответа", "info"), ("d.state = 'draft'", "не отправлено", "neutral"))),
    ("contract", "Договоры", (("d.state IN ('approval', 'signing')", "на подписи", "warn"),
                              ("d.state = 'active'", "в силе", "ok"))),
    ("invoice", "Счета", (("d.accounting = 'posted' AND d.paid < d.gross AND d.due_date < current_date", "просрочено",
                           "error"),
                          ("d.accounting = 'posted' AND d.paid < d.gross", "не оплачено", "warn"))),
    ("issue", "Отгрузки", (("d.accounting = 'draft'", "не отгружено", "warn"),)),
    ("upd", "УПД", (("d.state IN ('posted', 'sent')", "не подписано", "warn"),)),
    ("act", "Акты", (("d.state IN ('posted', 'sent')", "не подписано", "warn"),)),
    ("payment", "Платежи", (("d.accounting = 'posted' AND d.paid < d.gross", "не разнесено", "warn"),)),
)


def _counters(actor: Actor) -> sql.Composable | None:
    """One counter per kind that the actor may see, over one scan of the party's documents."""
    rows: list[sql.Composable] = []
    for kind, title, notes in _NOTES:
        if not actor.can(kind_of(kind).permission("view")):
            continue
        counted = [sql.SQL("count(*) FILTER (WHERE {})").format(sql.SQL(where)) for where, *_ in notes]  # type: ignore[arg-type]
        text = sql.SQL(" ").join(sql.SQL("WHEN {0} > 0 THEN {0} || {1}").format(count, f" {words}")
                                 for count, (_, words, _) in zip(counted, notes, strict=True))
        tone = sql.SQL(" ").join(sql.SQL("WHEN {} > 0 THEN {}").format(count, colour)
                                 for count, (_, _, colour) in zip(counted, notes, strict=True))
        rows.append(sql.SQL(
            "SELECT {kind}::text AS code, {title}::text AS title, count(*) AS count, CASE {text} WHEN count(*) > 0 THEN"
            " {total} ELSE 'пока нет' END AS text, CASE {tone} ELSE 'neutral' END AS tone FROM document d"
            " WHERE d.party_id = p.id AND d.kind = {kind} AND d.accounting <> 'annulled' AND {scope}").format(
                kind=kind, title=title, text=text, tone=tone, scope=kind_condition(actor, kind_of(kind)),
                total=sql.SQL(_MONEY.format("sum(d.gross)"))))  # type: ignore[arg-type]
    return sql.Composed(rows).join(" UNION ALL ") if rows else None


_TIMELINE = """
SELECT d.created_at, 'document',
       CASE WHEN starts_with(d.number, s.short) THEN '' WHEN d.number ~ '^[0-9]+$' THEN s.short || ' № '
            ELSE s.short || ' ' END || d.number || ' · ' || s.title,
       CASE WHEN d.gross > 0 THEN translate(to_char(d.gross, 'FM999,999,999,990.00'), ',.', U&'\\00A0,') || U&'\\00A0₽'
            ELSE '' END,
       coalesce(e.name, ''), d.id, d.kind
FROM document d JOIN {states} ON s.kind = d.kind AND s.state = d.state LEFT JOIN employee e ON e.id = d.author_id
WHERE d.party_id = %(party)s AND d.created_at < %(before)s AND {seen}
ORDER BY d.created_at DESC FETCH FIRST %(limit)s ROWS WITH TIES
"""


@cache
def _states() -> sql.Composable:
    """The words of the declarations; their `%` is doubled for psycopg."""
    rows = sql.SQL(", ").join(
        sql.SQL("({}, {}, {}, {})").format(*(text.replace("%", "%%") for text in (
            kind.code, state.code, kind.short, state.title.lower())))
        for kind in KINDS.values() for state in kind.workflow.states)
    return sql.SQL("(VALUES {}) s (kind, state, short, title)").format(rows)


def _documents(actor: Actor) -> sql.Composable:
    return sql.SQL(_TIMELINE).format(states=_states(), seen=visible_condition(actor))


def install() -> None:
    """Puts it all where cards and lists of parties look; called once by the composition root."""
    register_debt(_debts, _debt_of_one)
    COUNTERS.append(_counters)
    TIMELINE.append(_documents)
