"""Commands of mailing: propose recipients, queue a letter, send again, try the mail server."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_contract.base import Created
from crm_contract.documents import ActionBody, kind_of
from crm_contract.errors import ErrorCode
from crm_contract.files import MAX_FILE_BYTES
from crm_contract.kinds import Accounting, DocumentKind
from crm_contract.mailing import (
    LetterBody,
    LetterEvent,
    LetterState,
    MailTestRead,
    Recipient,
    RecipientsAnswer,
    events_of,
)
from crm_contract.permissions import Permission
from crm_contract.settings import MAIL_ENDING, MAIL_GREETING
from crm_server.config import get_settings
from crm_server.documents.files import ENTITY
from crm_server.documents.scope import lacking, reaches
from crm_server.documents.service import lock_document, read_header
from crm_server.documents.workflow import run_action
from crm_server.kit.actor import forbidden
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid
from crm_server.kit.jobs import defer, hasten
from crm_server.kit.search import fold
from crm_server.mailing.jobs import REFRESH
from crm_server.mailing.message import breaks_a_line, build_test_message, has_control_characters, new_message_id
from crm_server.mailing.proposal import propose_subject, propose_text
from crm_server.mailing.queries import read_addressees, read_letter, read_rules, read_sender
from crm_server.mailing.routing import BY_HAND, Routing, address_problem, route
from crm_server.mailing.smtp import MailServer
from crm_server.settings.queries import values_of

TEST_TIMEOUT_S = 5

_INSERT = """
WITH made AS (
    INSERT INTO letter (document_id, subject, text, author_id, search)
    VALUES (%(document_id)s, %(subject)s, %(text)s, %(author_id)s, %(search)s) RETURNING id),
recipients AS (
    INSERT INTO letter_recipient (letter_id, contact_id, name, email, why, message_id)
    SELECT made.id, t.* FROM made, unnest(%(contact_ids)s::int8[], %(names)s::text[], %(emails)s::text[],
        %(whys)s::text[], %(message_ids)s::text[]) AS t),
files AS (
    INSERT INTO letter_file (letter_id, position, file_id)
    SELECT made.id, t.n, t.id FROM made, unnest(%(file_ids)s::int8[]) WITH ORDINALITY AS t (id, n))
SELECT id FROM made
"""


def get_recipients(ctx: Ctx, document_id: int, form: str) -> RecipientsAnswer:
    """Who gets a document and by which rule, with a proposed letter."""
    row = read_header(ctx, document_id)
    kind = kind_of(row["kind"])
    routing = _route(ctx, kind, row)
    subject = propose_subject(kind, form, row)
    greeting, ending = values_of(ctx, MAIL_GREETING, MAIL_ENDING)
    text = propose_text(kind, subject, row, read_sender(ctx, row["organization_id"]), greeting, ending)
    return RecipientsAnswer(rule=routing.rule, recipients=routing.recipients, subject=subject, text=text)


def queue_letter(ctx: Ctx, body: LetterBody) -> Created:
    """Queues a letter about a document; where the document waits for being sent, that step is taken too."""
    row = lock_document(ctx, body.document_id, "view")
    kind = kind_of(row["kind"])
    if not reaches(ctx.actor, Permission.MAIL_SEND, row):
        raise forbidden(Permission.MAIL_SEND)
    if row["accounting"] == Accounting.ANNULLED:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, f"{kind.title} {row['number']}: документ аннулирован",
                      "Отправьте действующий документ.")
    _check_texts(body)
    recipients = _check_recipients(body, _route(ctx, kind, row))
    files = _check_files(ctx, body)
    letter_id = _insert(ctx, body, row, recipients)
    defer(ctx.sql, "mailing.send_letter", lock=_lock(letter_id), letter_id=letter_id)
    ctx.audit("send", kind.code, body.document_id, f"{row['number']}: письмо «{body.subject}»",
              after={"letter": letter_id, "files": files,
                     "to": [{"email": r.email, "name": r.name, "rule": r.why} for r in recipients]},
              branch_id=row["branch_id"])
    ctx.changed("letter", [letter_id], row["branch_id"])
    ctx.changed(kind.code, [body.document_id], row["branch_id"])
    _take_send_step(ctx, kind, row)
    return Created(id=letter_id)


def retry_letter(ctx: Ctx, letter_id: int) -> Created:
    """Sends again to those who have not got the letter, at once instead of after the queue's pause."""
    row = read_letter(ctx, letter_id)
    if not reaches(ctx.actor, Permission.MAIL_SEND, row):
        raise forbidden(Permission.MAIL_SEND)
    if row["state"] == LetterState.SENT:
        raise Refusal(ErrorCode.NOT_ALLOWED_NOW, "Письмо уже отправлено всем получателям",
                      "Чтобы отправить документ ещё раз, создайте новое письмо.")
    ctx.sql.run("UPDATE letter_recipient SET state = 'queued' WHERE letter_id = %s AND state = 'failed'", (letter_id,))
    ctx.sql.run(REFRESH, {"letter_id": letter_id})
    if not hasten(ctx.sql, _lock(letter_id)):
        # Also behind a run that is at work now: it may have passed these recipients already.
        defer(ctx.sql, "mailing.send_letter", lock=_lock(letter_id), letter_id=letter_id)
    ctx.audit("send", row["kind"], row["document_id"], f"{row['number']}: повтор письма «{row['subject']}»",
              after={"letter": letter_id}, branch_id=row["branch_id"])
    ctx.changed("letter", [letter_id], row["branch_id"])
    return Created(id=letter_id)


def send_test_mail(ctx: Ctx) -> MailTestRead:
    """Sends a letter to the actor's own address now; refuses with the words of the mail server."""
    settings = get_settings()
    person = read_sender(ctx, None)
    if problem := address_problem(person["email"]):
        raise invalid({"email": problem}, "В вашей карточке сотрудника нет рабочего адреса почты")
    with MailServer(settings, timeout_s=min(settings.smtp_timeout_s, TEST_TIMEOUT_S)) as server:
        failure = server.send(build_test_message(settings, person["name"], person["email"], ctx.now))
    if failure is not None:
        raise Refusal(ErrorCode.CONFLICT, failure.words, "Проверьте настройки почты сервера (CRM_SMTP_*).")
    ctx.audit("send", "mail", None, "Проверочное письмо", after={"to": person["email"]})
    return MailTestRead(to=person["email"])


def _route(ctx: Ctx, kind: DocumentKind, row: Mapping[str, Any]) -> Routing:
    event = _event(ctx, kind, row)
    rules = read_rules(ctx.sql, kind.code, event)
    if not rules and event is not LetterEvent.DOCUMENT:  # no rule of its own: as the document itself
        event = LetterEvent.DOCUMENT
        rules = read_rules(ctx.sql, kind.code, event)
    return route(kind, rules, read_addressees(ctx.sql, row), event)


def _event(ctx: Ctx, kind: DocumentKind, row: Mapping[str, Any]) -> LetterEvent:
    """A posted document that was not paid in time is sent as a reminder."""
    overdue = (LetterEvent.OVERDUE in events_of(kind) and row["accounting"] == Accounting.POSTED
               and row["due_date"] is not None and row["due_date"] < ctx.today and row["paid"] < row["gross"])
    return LetterEvent.OVERDUE if overdue else LetterEvent.DOCUMENT


def _lock(letter_id: int) -> str:
    """One letter is sent by one job at a time."""
    return f"letter-{letter_id}"


def _check_texts(body: LetterBody) -> None:
    errors: dict[str, str] = {}
    if breaks_a_line(body.subject):
        errors["subject"] = "Тема должна быть одной строкой без управляющих знаков"
    if has_control_characters(body.text):
        errors["text"] = "В тексте есть недопустимые знаки"
    if errors:
        raise invalid(errors)


def _check_recipients(body: LetterBody, routing: Routing) -> list[Recipient]:
    """The chosen recipients with the rule the server finds for them, whatever the client says; each address once."""
    known = {(r.contact_id, r.email.lower()): r for r in routing.recipients}
    by_email = {r.email.lower(): r for r in reversed(routing.recipients)}
    chosen: dict[str, Recipient] = {}
    errors: dict[str, str] = {}
    for number, to in enumerate(body.to):
        email = to.email.lower()
        if problem := "Почта: недопустимые знаки" if breaks_a_line(to.email) else address_problem(email):
            errors[f"to.{number}.email"] = problem
            continue
        found = known.get((to.contact_id, email)) if to.contact_id is not None else by_email.get(email)
        if found is None and to.contact_id is not None:
            errors[f"to.{number}.email"] = "У этого контакта нет такого адреса"
            continue
        chosen.setdefault(email, found or Recipient(
            contact_id=None, name="", position="", roles=[], email=to.email, chosen=True, why=BY_HAND))
    if errors:
        raise invalid(errors)
    return list(chosen.values())


def _check_files(ctx: Ctx, body: LetterBody) -> list[str]:
    """Names of the attachments; they must be files of the very document."""
    rows = ctx.sql.all("SELECT id, name, size FROM stored_file WHERE id = ANY(%s::int8[]) AND entity = %s"
                       " AND entity_id = %s", (body.file_ids, ENTITY, body.document_id))
    if len(rows) != len(set(body.file_ids)):
        raise invalid({"file_ids": "Вложение не из этого документа"})
    if sum(row["size"] for row in rows) > MAX_FILE_BYTES:
        raise Refusal(ErrorCode.TOO_LARGE, f"Вложения больше {MAX_FILE_BYTES // 1024 // 1024} МБ",
                      "Отправьте их несколькими письмами.")
    return [row["name"] for row in rows]


def _insert(ctx: Ctx, body: LetterBody, row: Mapping[str, Any], recipients: Sequence[Recipient]) -> int:
    settings = get_settings()
    emails = [r.email for r in recipients]
    return ctx.sql.value(_INSERT, {
        "document_id": body.document_id, "subject": body.subject, "text": body.text,
        "author_id": ctx.actor.employee_id, "search": fold(" ".join([body.subject, row["number"], *emails])),
        "contact_ids": [r.contact_id for r in recipients], "names": [r.name for r in recipients], "emails": emails,
        "whys": [r.why for r in recipients], "message_ids": [new_message_id(settings) for _ in recipients],
        "file_ids": list(dict.fromkeys(body.file_ids)),
    })


def _take_send_step(ctx: Ctx, kind: DocumentKind, row: Mapping[str, Any]) -> None:
    """«Отметить отправленным», when the document waits for it and the actor may take the step."""
    action = next((a for a in kind.workflow.actions if a.code == "send" and row["state"] in a.sources), None)
    if action is not None and not lacking(ctx.actor, kind, action, row):
        run_action(ctx, row["id"], action.code, ActionBody(version=row["version"]))
