"""The queue's part of mailing: a letter goes out recipient by recipient, each step committed on its own."""

from crm_server.config import get_settings
from crm_server.kit.jobs import Job, Retry, staged_task
from crm_server.mailing.message import build_message
from crm_server.mailing.queries import Addressee, Parcel, read_parcel
from crm_server.mailing.smtp import Failure, MailServer

#: A dead mail server is tried again after 20 s, 40 s … at most half an hour, for about twelve hours.
RETRY = Retry(attempts=30, first_wait_s=20, max_wait_s=1800)

_CLAIM = """
UPDATE letter_recipient SET state = 'sending', attempts = attempts + 1
WHERE id = %s AND state IN ('queued', 'sending')
"""
_RECORD = """
UPDATE letter_recipient SET state = %(state)s, error = %(error)s,
       sent_at = CASE WHEN %(state)s = 'sent' THEN now() END
WHERE id = %(id)s
"""
#: A letter is what its recipients add up to.
REFRESH = """
UPDATE letter l SET state = s.state, attempts = s.attempts, error = s.error, sent_at = s.sent_at
FROM (SELECT CASE WHEN bool_or(state = 'sending') THEN 'sending' WHEN bool_or(state = 'queued') THEN 'queued'
                  WHEN bool_or(state = 'failed') THEN 'failed' ELSE 'sent' END AS state,
             max(attempts) AS attempts, coalesce(max(error) FILTER (WHERE state <> 'sent'), '') AS error,
             CASE WHEN bool_and(state = 'sent') THEN max(sent_at) END AS sent_at
      FROM letter_recipient WHERE letter_id = %(letter_id)s) s
WHERE l.id = %(letter_id)s
"""


class LetterDelayed(Exception):
    """Some recipients are left for the next run of the job."""


@staged_task("mailing.send_letter", retry=RETRY)
def send_letter(job: Job, letter_id: int) -> None:
    """Sends to whoever has not got the letter.

    SMTP cannot promise one delivery: a worker killed between the server's "taken" and our commit sends to that one
    recipient again, under the same Message-ID.
    """
    with job.transaction() as ctx:
        parcel = read_parcel(ctx.sql, letter_id)
    settings = get_settings()
    delayed: list[Failure] = []
    with MailServer(settings) as server:
        for addressee in parcel.unsent:
            with job.transaction() as ctx:
                if not ctx.sql.run(_CLAIM, (addressee.id,)):
                    continue
                ctx.sql.run(REFRESH, {"letter_id": letter_id})
            failure = server.send(build_message(settings, parcel, addressee))
            _record(job, letter_id, parcel, addressee, failure)
            if failure is not None and not failure.permanent:
                delayed.append(failure)
    if delayed:
        raise LetterDelayed(f"letter {letter_id}: {len(delayed)} recipients wait, {delayed[-1].words}")


def _record(job: Job, letter_id: int, parcel: Parcel, addressee: Addressee, failure: Failure | None) -> None:
    state = "sent"
    if failure is not None:
        state = "failed" if failure.permanent or job.last_attempt else "queued"
    with job.transaction() as ctx:
        ctx.sql.run(_RECORD, {"id": addressee.id, "state": state, "error": failure.words if failure else ""})
        ctx.sql.run(REFRESH, {"letter_id": letter_id})
        ctx.changed("letter", [letter_id], parcel.branch_id)
