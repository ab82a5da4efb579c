"""Letters: who receives which document and why, the queue, templates."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from crm_contract.base import Answer, Request
from crm_contract.lists import Choice, Tone


class LetterState(StrEnum):
    QUEUED = "queued"
    SENDING = "sending"
    SENT = "sent"
    FAILED = "failed"


LETTER_STATES = (
    Choice(LetterState.QUEUED, "В очереди", Tone.INFO),
    Choice(LetterState.SENDING, "Отправляется", Tone.INFO),
    Choice(LetterState.SENT, "Отправлено", Tone.OK),
    Choice(LetterState.FAILED, "Не доставлено", Tone.ERROR),
)


class RoutingRule(Answer):
    """«document kind × contact role → receives it»."""

    id: int
    kind: str
    role: str
    active: bool


class RoutingRuleBody(Request):
    kind: str = Field(max_length=40)
    role: str = Field(max_length=40)
    active: bool = True


class Recipient(Answer):
    """A possible recipient of a document. `chosen` by a rule, `why` names it; `blocked` tells why not sendable."""

    contact_id: int | None
    name: str
    position: str
    roles: list[str]
    email: str
    chosen: bool
    why: str
    blocked: str = ""


class RecipientsAnswer(Answer):
    """Who gets a document: `rule` in words; `subject` and `text` proposed for the letter."""

    rule: str
    recipients: list[Recipient]
    subject: str
    text: str


class LetterTo(Request):
    contact_id: int | None = None
    email: str = Field(min_length=3, max_length=254)
    why: str = Field(default="", max_length=200)


class LetterBody(Request):
    """A letter about a document. `file_ids` are files already kept on the server."""

    document_id: int
    to: list[LetterTo] = Field(min_length=1, max_length=50)
    subject: str = Field(min_length=1, max_length=300)
    text: str = Field(default="", max_length=20000)
    file_ids: list[int] = Field(default=[], max_length=20)


class LetterRead(Answer):
    id: int
    document_id: int | None
    subject: str
    to: str
    state: LetterState
    attempts: int
    error: str
    queued_at: datetime
    sent_at: datetime | None
