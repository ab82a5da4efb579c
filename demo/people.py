"""Employees of the demo company at their own programs, and what they say of each step."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crm_contract.access import LoginAnswer, LoginBody
from crm_contract.documents import ActionBody, DocumentBody, DocumentRead, kind_of
from crm_contract.lists import ListQuery, Page
from crm_contract.mailing import LetterBody, LetterTo
from crm_contract.printing import PrintDocument
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.exchange.api import ImportApi
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.session import Session
from crm_desktop.rendering import file_name, render

_MARKS = {"done": "●", "current": "●", "partial": "◐", "warn": "◐", "todo": "○"}


class Story:
    """Numbered lines on standard output."""

    def __init__(self) -> None:
        self._step = 0

    def say(self, text: str, *more: str) -> None:
        self._step += 1
        sys.stdout.write(f"{self._step:3}. {text}\n" + "".join(f"       {line}\n" for line in more))
        sys.stdout.flush()


class Employee:
    """One person logged in, working over the client's own API."""

    def __init__(self, url: str, login: str, password: str, story: Story) -> None:
        session = Session()
        self.http = ApiClient(url, session)
        answer = self.http.post("/api/login", LoginAnswer, LoginBody(login=login, password=password, client="demo"))
        session.open(answer.token, answer.me)
        self.token = answer.token
        self.name = answer.me.employee.title
        self.position = answer.me.position
        self.documents = DocumentsApi(self.http)
        self.imports = ImportApi(self.http)
        self._story = story

    def find(self, listing: str, text: str) -> int:
        """The id of the first row of a list that a search answers; raises LookupError when nothing is found."""
        page = self.http.query(f"/api/lists/{listing}", Page, ListQuery(search=text, limit=1))
        if not page.rows:
            raise LookupError(f"{listing}: {text}")
        return int(page.rows[0]["id"])

    def create(self, kind: str, body: DocumentBody) -> DocumentRead:
        return self._told(self.documents.create(kind, body).id, "создан")

    def follow(self, basis: DocumentRead, kind: str) -> DocumentRead:
        return self._told(self.documents.based_on(basis.id, kind).id, f"создан на основании {basis.number}")

    def act(self, document: DocumentRead, action: str) -> DocumentRead:
        version = self.documents.read(document.id).version
        self.documents.act(document.id, action, ActionBody(version=version))
        return self._told(document.id, kind_of(document.kind).workflow.action(action).title.lower())

    def _told(self, document_id: int, what: str) -> DocumentRead:
        document = self.documents.read(document_id)
        self._story.say(f"{self.name}: {kind_of(document.kind).title} {document.number} — {what}, {document.gross} ₽",
                        *([stages_line(document)] if document.stages else []))
        return document

    def send(self, document: DocumentRead, deliver: Callable[[], None]) -> DocumentRead:
        """Sends the PDF to whom the rules choose; `deliver` runs the queue."""
        form = kind_of(document.kind).forms[0]
        data = self.http.get(f"/api/documents/{document.id}/print", PrintDocument)
        proposed = self.documents.recipients(document.id, form.code)
        chosen = [r for r in proposed.recipients if r.chosen and not r.blocked]
        kept = self.documents.upload(
            document.id, file_name(data, form.layout, "pdf"), render(data, form.layout, "pdf"), "send")
        if not chosen:
            raise LookupError(f"{document.number}: {proposed.rule}")
        self.documents.send(LetterBody(
            document_id=document.id, subject=proposed.subject, text=proposed.text, file_ids=[kept.id],
            to=[LetterTo(contact_id=r.contact_id, email=r.email) for r in chosen]))
        self._story.say(f"{self.name} отправляет {document.number} ({proposed.rule})",
                        *(f"кому: {r.name}, {r.email} ({r.why})" for r in chosen))
        deliver()
        return self.documents.read(document.id)


def stages_line(document: DocumentRead) -> str:
    """«● КП: КП-000012 · принято  ○ Счёт: ещё нет …»"""
    return "  ".join(f"{_MARKS[stage.status]} {stage.title}: {stage.text}" for stage in document.stages)


@contextmanager
def at_work(url: str, password: str, story: Story, *logins: str) -> Iterator[list[Employee]]:
    """Logged-in employees, in the order of their log-ins."""
    employees = [Employee(url, login, password, story) for login in logins]
    try:
        yield employees
    finally:
        for employee in employees:
            employee.http.close()
