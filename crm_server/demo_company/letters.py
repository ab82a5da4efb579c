"""Letters that went out long ago: chosen and written by the product, already delivered when the queue looks."""

from crm_contract.mailing import LetterBody, LetterTo
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.office import Office, Paper
from crm_server.kit.actor import Actor
from crm_server.mailing import service
from crm_server.mailing.jobs import REFRESH

_ANSWERS = ("Сервер не принял адрес: 550 5.1.1 такого ящика нет", "Сервер не принял адрес: 552 5.2.2 ящик переполнен")
#: Letters in a hundred that were refused by the customer's mail server.
_REFUSED = 4

_DATED = "UPDATE letter SET queued_at = %s WHERE id = %s"
_DELIVERED = """
UPDATE letter_recipient SET state = %(state)s, error = %(error)s, attempts = 1,
    sent_at = CASE WHEN %(state)s = 'sent' THEN %(at)s::timestamptz END
WHERE letter_id = %(id)s
"""
#: Nothing of it may reach a real mail server: the queue has no work with these letters.
_DONE = "DELETE FROM procrastinate_jobs WHERE task_name = 'mailing.send_letter' AND (args ->> 'letter_id')::bigint = %s"


def send(office: Office, chance: Chance, actor: Actor, paper: Paper) -> bool:
    """Sends a document to whom the rules choose, which also takes its step «Отправлен»; False when there is nobody."""
    with office.desk(actor) as ctx:
        proposed = service.get_recipients(ctx, paper.id, "")
        to = [LetterTo(contact_id=r.contact_id, email=r.email) for r in proposed.recipients
              if r.chosen and not r.blocked]
        if not to:
            return False
        letter_id = service.queue_letter(ctx, LetterBody(
            document_id=paper.id, to=to, subject=proposed.subject, text=proposed.text)).id
        refused = chance.percent(_REFUSED)
        ctx.sql.run(_DELIVERED, {"id": letter_id, "state": "failed" if refused else "sent", "at": ctx.now,
                                 "error": chance.choice(_ANSWERS) if refused else ""})
        ctx.sql.run(REFRESH, {"letter_id": letter_id})
        ctx.sql.run(_DATED, (ctx.now, letter_id))
        ctx.sql.run(_DONE, (letter_id,))
        paper.version = ctx.sql.value("SELECT version FROM document WHERE id = %s", (paper.id,))
    return True
