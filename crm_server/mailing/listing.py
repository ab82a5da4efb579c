"""The list of letters, and letters in the timeline of a party."""

from psycopg import sql

from crm_contract.mailing import LETTER_LIST
from crm_contract.permissions import Permission
from crm_server.documents.scope import visible_condition
from crm_server.kit.actor import Actor
from crm_server.kit.listing import Expr, ListSource
from crm_server.parties.timeline import TIMELINE

_TO = "(SELECT string_agg(r.email, ', ' ORDER BY r.id) FROM letter_recipient r WHERE r.letter_id = l.id)"

LETTERS = ListSource(
    spec=LETTER_LIST,
    permission=Permission.MAIL_SEND,
    table="letter l JOIN document d ON d.id = l.document_id",
    key="l.id",
    scope=visible_condition,
    search=("l.search",),
    joins={"party": "LEFT JOIN party p ON p.id = d.party_id", "author": "LEFT JOIN employee e ON e.id = l.author_id"},
    always=("kind",),
    exprs={
        "queued_at": Expr("l.queued_at"), "subject": Expr("l.subject"), "to": Expr(_TO),
        "party": Expr("d.party_id", "p.name", ("party",)), "document": Expr("l.document_id", "d.number"),
        "state": Expr("l.state"), "error": Expr("l.error"), "author": Expr("l.author_id", "e.name", ("author",)),
        "attempts": Expr("l.attempts"), "sent_at": Expr("l.sent_at", nullable=True), "kind": Expr("d.kind"),
    },
)

_TIMELINE = sql.SQL("""
SELECT l.queued_at, 'letter', 'Письмо: ' || l.subject, (SELECT string_agg(r.email, ', ' ORDER BY r.id)
       FROM letter_recipient r WHERE r.letter_id = l.id), coalesce(e.name, ''), l.document_id, d.kind
FROM letter l JOIN document d ON d.id = l.document_id LEFT JOIN employee e ON e.id = l.author_id
WHERE d.party_id = %(party)s AND l.queued_at < %(before)s AND {}
ORDER BY l.queued_at DESC FETCH FIRST %(limit)s ROWS WITH TIES
""")


def letters_in_timeline(actor: Actor) -> sql.Composable:
    return _TIMELINE.format(visible_condition(actor))


TIMELINE.append(letters_in_timeline)
