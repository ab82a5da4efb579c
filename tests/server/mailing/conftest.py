"""A real mail server on the loopback, whose faults a test can choose, and a company that writes letters."""

import contextlib
import socket
from asyncio import Transport
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from crm_server.config import get_settings
from crm_server.kit.job_runner import run_worker
from crm_server.kit.sql import Sql
from crm_server.mailing.defaults import ensure_defaults
from tests.server.conftest import Person, World

PDF = b"%PDF-1.7 \xd1\x81\xd1\x87\xd1\x91\xd1\x82"


@dataclass
class Delivery:
    """What reached the mail server: the envelope's recipient and the message."""

    to: str
    message: EmailMessage

    @property
    def id(self) -> str:
        return str(self.message["Message-ID"])


@dataclass
class Postman:
    """The mail server's handler. `refuse` answers RCPT, `answer` DATA; `before_reply` runs when a message is in."""

    deliveries: list[Delivery] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = "250 taken"
    lose_replies_to: set[str] = field(default_factory=set)
    before_reply: Callable[[Delivery], None] = lambda delivery: None

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str,
                          options: list[str]) -> str:
        if answer := self.refuse.get(address):
            return answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        message = message_from_bytes(cast(bytes, envelope.original_content), policy=policy.default)
        for address in envelope.rcpt_tos:
            delivery = Delivery(address, cast(EmailMessage, message))
            self.deliveries.append(delivery)
            self.before_reply(delivery)
            if address in self.lose_replies_to:
                self.lose_replies_to.discard(address)
                cast(Transport, server.transport).abort()
        return self.answer

    def per_message(self) -> Counter[str]:
        return Counter(delivery.id for delivery in self.deliveries)


class MailServer:
    """A mail server that can be stopped and started again on its port."""

    def __init__(self) -> None:
        self.postman = Postman()
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as probe:
            self.port: int = probe.getsockname()[1]
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self.postman, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
        self._controller = None


@pytest.fixture
def mail_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    server = MailServer()
    for name, value in (("HOST", "127.0.0.1"), ("PORT", str(server.port)), ("TLS", "none"), ("TIMEOUT_S", "5"),
                        ("FROM", "Окно <info@okno.example>")):
        monkeypatch.setenv(f"CRM_SMTP_{name}", value)
    get_settings.cache_clear()
    server.start()
    yield server
    server.stop()
    get_settings.cache_clear()


@dataclass
class Office:
    """An invoice, issued and not yet sent, of a customer with an accountant, a head and a mechanic."""

    world: World
    url: str
    party_id: int
    invoice_id: int
    contacts: dict[str, int]

    def document(self, kind: str = "invoice", number: str = "СЧ-000418", **values: Any) -> int:
        row = {"kind": kind, "number": number, "year": 2026, "date": "2026-11-02", "state": "issued",
               "accounting": "posted", "branch_id": self.world.branch_id, "party_id": self.party_id, "chain_id": 0}
        return self.world.insert("document", **row | values)

    def file(self, person: Person, document_id: int, name: str = "Счёт № 418.pdf", content: bytes = PDF) -> int:
        return person.call("POST", f"/api/documents/{document_id}/files", params={"source": "send"},
                           files={"file": (name, content, "application/pdf")})["id"]

    def letter(self, person: Person, *emails: str, document_id: int = 0, status: int = 200, **more: Any) -> Any:
        body = {"document_id": document_id or self.invoice_id, "to": [{"email": email} for email in emails],
                "subject": "Счёт на оплату", "text": "Здравствуйте!"}
        return person.post("/api/letters", body | more, status=status)

    def work(self) -> None:
        """Runs what is due in the queue, waiting repeats included."""
        self.world.sql("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'")
        run_worker(self.url, until_empty=True)

    def jobs(self) -> int:
        return self.world.sql("SELECT count(*) AS n FROM procrastinate_jobs WHERE status = 'todo'")[0]["n"]


@pytest.fixture
def office(world: World, database_url: str) -> Office:
    with world.pool.connection() as connection:
        ensure_defaults(Sql(connection))
    own = world.insert("party", kind="legal", name="ООО «Окно»", is_own=True, tax_mode="general")
    party_id = world.insert("party", kind="legal", name="ООО «Ветер»", email="office@veter.example")
    contacts = {
        role: world.insert("contact", party_id=party_id, name=name, roles=[role], emails=emails, sequence=number)
        for number, (role, name, emails) in enumerate((
            ("head", "Седов С. С.", ["sedov@veter.example"]),
            ("accountant", "Белова Б. Б.", ["belova@veter.example", "buh@veter.example"]),
            ("mechanic", "Нилов М. Н.", [])))
    }
    office = Office(world, database_url, party_id, 0, contacts)
    office.invoice_id = office.document(organization_id=own, gross="12345.60", net="10119.34", vat="2226.26",
                                        due_date="2076-11-10")
    return office
