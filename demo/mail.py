"""A mail server on the loopback that keeps what it is given, so that letters of the demonstration really go out."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from socket import create_server
from typing import cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from crm_server.config import get_settings


class Mailbox:
    """Every message with the address it came to."""

    def __init__(self) -> None:
        self._received: list[tuple[str, EmailMessage]] = []

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = cast(EmailMessage, message_from_bytes(cast(bytes, envelope.original_content), policy=policy.default))
        self._received += [(address, message) for address in envelope.rcpt_tos]
        return "250 OK"

    def take(self) -> list[tuple[str, EmailMessage]]:
        """What has come since the last look."""
        received, self._received = self._received, []
        return received


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    """The settings of this process send through it."""
    mailbox = Mailbox()
    with create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    controller = Controller(mailbox, hostname="127.0.0.1", port=port)
    controller.start()
    os.environ |= {"CRM_SMTP_HOST": "127.0.0.1", "CRM_SMTP_PORT": str(port), "CRM_SMTP_TLS": "none",
                   "CRM_SMTP_FROM": "Климат-Окно <info@klimat-okno.example>"}
    get_settings.cache_clear()
    try:
        yield mailbox
    finally:
        controller.stop()


def attachments(message: EmailMessage) -> list[str]:
    """Names with sizes: «Счёт СЧ-000418.pdf, 41 КБ»."""
    found = []
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        size = len(content) // 1024 if isinstance(content, bytes) else 0
        found.append(f"{part.get_filename()}, {size} КБ")
    return found
