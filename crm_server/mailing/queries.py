"""SELECTs of mailing: letters, recipients of a document, rules, and what a letter is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm_contract.documents import KINDS
from crm_contract.mailing import LetterEvent, LetterRead, MailServerRead, RoutingRule
from crm_server.config import get_settings
from crm_server.documents.scope import reaches
from crm_server.kit.context import Ctx
from crm_server.kit.errors import not_found
from crm_server.kit.sql import Sql
from crm_server.mailing.routing import Addressees, Contact

_ADDRESSEES = """
SELECT p.name AS party, p.email AS party_email, coalesce((
    SELECT jsonb_agg(jsonb_build_object('id', c.id, 'name', c.name, 'position', c.position, 'roles', c.roles,
        'emails', c.emails) ORDER BY c.sequence, c.id)
    FROM contact c WHERE c.party_id = p.id AND NOT c.archived), '[]') AS contacts
FROM party p WHERE p.id = %s
"""
_RULES_OF_KIND = """
SELECT r.role, c.title FROM routing_rule r JOIN contact_role c ON c.code = r.role
WHERE r.kind = %s AND r.event = %s AND r.active ORDER BY c.position, c.id
"""
_QUEUE = """
SELECT count(*) FILTER (WHERE state IN ('queued', 'sending')) AS waiting, count(*) FILTER (WHERE state = 'failed')
    AS failed
FROM letter WHERE state <> 'sent'
"""
_SENDER = """
SELECT e.name, e.position, e.phone, e.email,
       coalesce((SELECT p.name FROM party p WHERE p.id = %(organization_id)s), '') AS organization
FROM employee e WHERE e.id = %(employee_id)s
"""
_LETTER = """
SELECT l.id, l.document_id, l.subject, l.text, l.state, l.attempts, l.error, l.queued_at, l.sent_at,
       d.kind, d.number, d.branch_id, d.department_id, d.responsible_id, d.author_id,
       d.employee_id, d.employee_to_id,
       coalesce((SELECT e.name FROM employee e WHERE e.id = l.author_id), '') AS author,
       (SELECT string_agg(r.email, ', ' ORDER BY r.id) FROM letter_recipient r WHERE r.letter_id = l.id) AS "to",
       (SELECT jsonb_agg(jsonb_build_object('name', r.name, 'email', r.email, 'why', r.why, 'state', r.state,
           'attempts', r.attempts, 'error', r.error, 'sent_at', r.sent_at) ORDER BY r.id)
        FROM letter_recipient r WHERE r.letter_id = l.id) AS recipients,
       coalesce((SELECT jsonb_agg(f.name ORDER BY a.position) FROM letter_file a JOIN stored_file f ON f.id = a.file_id
        WHERE a.letter_id = l.id), '[]') AS files
FROM letter l JOIN document d ON d.id = l.document_id WHERE l.id = %s
"""
_CONTENT = """
SELECT l.subject, l.text, l.queued_at, d.branch_id, coalesce(e.name, '') AS author, coalesce(e.email, '') AS reply_to
FROM letter l JOIN document d ON d.id = l.document_id LEFT JOIN employee e ON e.id = l.author_id WHERE l.id = %s
"""
_ATTACHMENTS = """
SELECT f.name, f.media_type, c.content FROM letter_file a JOIN stored_file f ON f.id = a.file_id
JOIN file_content c ON c.sha256 = f.sha256 WHERE a.letter_id = %s ORDER BY a.position
"""
_UNSENT = """
SELECT id, name, email, message_id FROM letter_recipient
WHERE letter_id = %s AND state IN ('queued', 'sending') ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Addressee:
    """A recipient who has not got the letter yet. `id` is of `letter_recipient`."""

    id: int
    name: str
    email: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter whole, ready to be sent."""

    subject: str
    text: str
    queued_at: datetime
    branch_id: int
    author: str
    reply_to: str
    attachments: list[Attachment]
    unsent: list[Addressee]


def read_addressees(sql: Sql, document: Mapping[str, Any]) -> Addressees:
    """The contacts of the document's party; nobody when it has no party yet."""
    row = sql.one(_ADDRESSEES, (document["party_id"],))
    if row is None:
        return Addressees("", "", None, [])
    return Addressees(row["party"], row["party_email"], document["contact_id"], [Contact(**c) for c in row["contacts"]])


def read_rules(sql: Sql, kind: str, event: LetterEvent) -> dict[str, str]:
    """Active roles of a kind and event with their titles."""
    return {row["role"]: row["title"] for row in sql.all(_RULES_OF_KIND, (kind, event))}


def get_mail_server(ctx: Ctx) -> MailServerRead:
    """What the operator set; the password stays on the server."""
    settings = get_settings()
    queue = ctx.sql.get(_QUEUE)
    return MailServerRead(
        configured=bool(settings.smtp_host), host=settings.smtp_host, port=settings.smtp_port, tls=settings.smtp_tls,
        user=settings.smtp_user, has_password=bool(settings.smtp_password.get_secret_value()),
        sender=settings.smtp_from or settings.smtp_user, waiting=queue["waiting"], failed=queue["failed"])


def read_sender(ctx: Ctx, organization_id: int | None) -> Mapping[str, Any]:
    """The actor as the signature of a letter names them."""
    return ctx.sql.get(_SENDER, {"organization_id": organization_id, "employee_id": ctx.actor.employee_id},
                       what="Сотрудник")


def list_rules(ctx: Ctx) -> list[RoutingRule]:
    rows = ctx.sql.all(
        "SELECT r.id, r.kind, r.event, r.role, r.active FROM routing_rule r JOIN contact_role c ON c.code = r.role"
        " WHERE r.kind = ANY(%s::text[]) ORDER BY r.kind, r.event, c.position, c.id", (list(KINDS),))
    return [RoutingRule.model_validate(row) for row in rows]


def read_letter(ctx: Ctx, letter_id: int) -> Mapping[str, Any]:
    """A letter with recipients and its document's header; NOT_FOUND when the document is not seen."""
    row = ctx.sql.get(_LETTER, (letter_id,), what="Письмо")
    if not reaches(ctx.actor, f"{row['kind']}.view", row):
        raise not_found("Письмо")
    return row


def get_letter(ctx: Ctx, letter_id: int) -> LetterRead:
    return LetterRead.model_validate(read_letter(ctx, letter_id))


def read_parcel(sql: Sql, letter_id: int) -> Parcel:
    """What is still to be sent of a letter; attachments are not read when nothing is."""
    unsent = [Addressee(**row) for row in sql.all(_UNSENT, (letter_id,))]
    content = sql.get(_CONTENT, (letter_id,), what="Письмо")
    files = sql.all(_ATTACHMENTS, (letter_id,)) if unsent else []
    attachments = [Attachment(f["name"], f["media_type"], bytes(f["content"])) for f in files]
    return Parcel(**content, attachments=attachments, unsent=unsent)
