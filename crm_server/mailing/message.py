"""A letter as a MIME message, and texts that could forge one."""

import unicodedata
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from uuid import uuid4

from crm_server.config import Settings
from crm_server.documents.files import UNKNOWN_TYPE
from crm_server.mailing.queries import Addressee, Attachment, Parcel
from crm_server.mailing.routing import address_problem

_BREAKS = frozenset({"Cc", "Cs", "Zl", "Zp"})
#: Such an attachment would be read as a part of the letter itself.
_COMPOSITE = ("message/", "multipart/")


def breaks_a_line(text: str) -> bool:
    """CR, LF, NUL, U+2028 and the like: with them a header or a log line can be forged."""
    return any(unicodedata.category(c) in _BREAKS for c in text)


def one_line(text: str) -> str:
    """The text for a header, whatever an old record holds."""
    return " ".join("".join(" " if unicodedata.category(c) in _BREAKS else c for c in text).split())


def has_control_characters(text: str) -> bool:
    """Of a text of many lines: line ends and tabs are allowed."""
    return breaks_a_line(text.translate({ord(c): None for c in "\r\n\t\u2028\u2029"}))


def sender_address(settings: Settings) -> Address:
    """Whom letters come from: CRM_SMTP_FROM («ООО «Окно» <info@okno.example>» or a bare address), else the login."""
    name, email = parseaddr(settings.smtp_from or settings.smtp_user)
    return _address(name, email) if "@" in email else Address()


def new_message_id(settings: Settings) -> str:
    return f"<{uuid4().hex}@{sender_address(settings).domain or 'okno-crm.invalid'}>"


def build_message(settings: Settings, parcel: Parcel, to: Addressee) -> EmailMessage:
    """The message of one recipient: nobody sees the others."""
    message = _envelope(settings, to.name, to.email, parcel.subject, to.message_id, parcel.queued_at)
    if not address_problem(parcel.reply_to):
        message["Reply-To"] = _address(parcel.author, parcel.reply_to)
    message.set_content(parcel.text, cte="base64")
    for attachment in parcel.attachments:
        _attach(message, attachment)
    return message


def build_test_message(settings: Settings, name: str, email: str, now: datetime) -> EmailMessage:
    message = _envelope(settings, name, email, "Проверка почты Окно CRM", new_message_id(settings), now)
    message.set_content("Это проверочное письмо: почтовый сервер настроен верно, письма уходят.", cte="base64")
    return message


def _envelope(settings: Settings, name: str, email: str, subject: str, message_id: str, at: datetime) -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["From"] = sender_address(settings)
    message["To"] = _address(name, email)
    message["Subject"] = one_line(subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    return message


def _attach(message: EmailMessage, attachment: Attachment) -> None:
    media_type = UNKNOWN_TYPE if attachment.media_type.startswith(_COMPOSITE) else attachment.media_type
    main, _, sub = media_type.partition("/")
    message.add_attachment(attachment.content, maintype=main, subtype=sub, filename=one_line(attachment.name))


def _address(name: str, email: str) -> Address:
    """Cyrillic domains go in their Latin form, which every mail server knows."""
    local, _, domain = email.strip().rpartition("@")
    if not domain.isascii():
        domain = domain.encode("idna").decode("ascii")
    return Address(one_line(name), local, domain)
