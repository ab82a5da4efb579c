"""A letter as a message: whatever old records hold, it has one recipient and no header of somebody else's."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast

from hypothesis import given
from hypothesis import strategies as st

from crm_server.config import Settings
from crm_server.mailing.message import breaks_a_line, build_message, has_control_characters, one_line
from crm_server.mailing.queries import Addressee, Attachment, Parcel

SETTINGS = Settings(smtp_host="mail.example", smtp_from="ООО «Окно» <info@okno.example>")
NASTY = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\r\n\0\u2028\u2029\x85,;:<>\"@")),
                max_size=120)
HEADERS = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "MIME-Version", "Content-Type"]


def sent(parcel: Parcel, name: str) -> EmailMessage:
    to = Addressee(1, name, "belova@veter.example", "<1@okno.example>")
    raw = build_message(SETTINGS, parcel, to).as_bytes()
    return cast(EmailMessage, message_from_bytes(raw, policy=policy.default))


@given(subject=NASTY, name=NASTY, author=NASTY, file_name=NASTY, text=NASTY)
def test_no_text_forges_a_header(subject: str, name: str, author: str, file_name: str, text: str) -> None:
    attachment = Attachment(file_name or "файл", "application/pdf", b"%PDF")
    parcel = Parcel(subject, text, datetime(2026, 11, 2, tzinfo=UTC), 1, author, "boss@okno.example", [attachment], [])
    message = sent(parcel, name)
    assert message.keys() == HEADERS
    assert [a.addr_spec for a in message["To"].addresses] == ["belova@veter.example"]
    assert [a.addr_spec for a in message["Reply-To"].addresses] == ["boss@okno.example"]
    assert len(list(message.iter_attachments())) == 1


def test_reply_goes_nowhere_wrong() -> None:
    parcel = Parcel("Счёт", "", datetime(2026, 11, 2, tzinfo=UTC), 1, "Б. Б.", "нет почты", [], [])
    assert "Reply-To" not in sent(parcel, "Белова Б. Б.")


def test_login_that_is_no_address_is_not_the_sender() -> None:
    parcel = Parcel("Счёт", "", datetime(2026, 11, 2, tzinfo=UTC), 1, "", "", [], [])
    settings = Settings(smtp_user="apikey", smtp_from="")
    assert str(build_message(settings, parcel, Addressee(1, "", "a@b.example", "<1@x>"))["From"]) == "<>"


@given(st.text())
def test_what_breaks_a_line_is_seen(text: str) -> None:
    if len(text.splitlines()) > 1 or "\0" in text:
        assert breaks_a_line(text)
    assert not breaks_a_line(one_line(text))
    assert not has_control_characters("Здравствуйте!\r\n\tВо вложении — счёт.\n")
