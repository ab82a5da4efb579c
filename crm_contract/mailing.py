"""Letters: who receives which document and why, the queue, templates."""

from datetime import datetime
from enum import StrEnum

from pydantic import Field

from crm_contract.base import Answer, Request
from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone


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


class LetterEvent(StrEnum):
    """On what occasion a document is sent; the server finds it from the document itself."""

    DOCUMENT = "document"
    OVERDUE = "overdue"   # it is not paid in time: the letter is a reminder


LETTER_EVENT_TITLES = {LetterEvent.DOCUMENT: "документ", LetterEvent.OVERDUE: "напоминание о долге"}


def events_of(kind: DocumentKind) -> tuple[LetterEvent, ...]:
    """A kind that is paid by a day can be reminded of."""
    reminds = "paid" in kind.facts and kind.header("due_date") is not None
    return (LetterEvent.DOCUMENT, LetterEvent.OVERDUE) if reminds else (LetterEvent.DOCUMENT,)


class RoutingRule(Answer):
    """«document kind × event × contact role → receives it»."""

    id: int
    kind: str
    event: LetterEvent
    role: str
    active: bool


class RoutingRuleBody(Request):
    kind: str = Field(max_length=40)
    event: LetterEvent = LetterEvent.DOCUMENT
    role: str = Field(max_length=40)
    active: bool = True


class RoutingRulesBody(Request):
    """The whole matrix: rules that are left out are deleted. `before` is the matrix that was shown: when it is given,
    and is not what the server has now, somebody else changed it and nothing is saved."""

    rules: list[RoutingRuleBody] = Field(max_length=1000)
    before: list[RoutingRuleBody] | None = Field(default=None, max_length=1000)


class RulesPreviewBody(Request):
    """«Кто это получит»: these rules (saved or not) for a customer."""

    party_id: int
    rules: list[RoutingRuleBody] = Field(max_length=1000)


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


class LetterRecipientRead(Answer):
    """One addressee with a message of their own; `why` is the rule that chose them."""

    name: str
    email: str
    why: str
    state: LetterState
    attempts: int
    error: str
    sent_at: datetime | None


class LetterRead(Answer):
    """`state` sums up the recipients: failed as soon as one of them is and none waits."""

    id: int
    document_id: int | None
    subject: str
    to: str
    state: LetterState
    attempts: int
    error: str
    queued_at: datetime
    sent_at: datetime | None
    text: str = ""
    author: str = ""
    recipients: list[LetterRecipientRead] = []
    files: list[str] = []


class RulePreview(Answer):
    """Who would get a kind on an event, and the rule in words; nobody chosen means that there is nobody to send to."""

    kind: str
    event: LetterEvent
    rule: str
    recipients: list[Recipient]


class MailServerRead(Answer):
    """The mail server as the operator set it (CRM_SMTP_*), never its password; letters that wait or failed."""

    configured: bool
    host: str
    port: int
    tls: str
    user: str
    has_password: bool
    sender: str
    waiting: int
    failed: int


class MailTestRead(Answer):
    """The mail server took a test letter to this address."""

    to: str


LETTER_LIST = ListSpec(
    code="letters",
    title="Письма",
    default_sort="-queued_at",
    search_hint="Тема, адрес или номер документа",
    empty_title="Писем пока нет",
    empty_hint="Письмо отправляется из документа",
    columns=(
        Column("queued_at", "Когда", ColumnType.DATETIME, 130),
        Column("subject", "Тема"),
        Column("to", "Кому", width=220, sortable=False, filterable=False),
        Column("party", "Клиент", ColumnType.REF, 200, entity="party"),
        Column("document", "Документ", ColumnType.REF, 130, entity="document"),
        Column("state", "Состояние", ColumnType.STATE, 140, choices=LETTER_STATES),
        Column("error", "Ошибка", width=220, sortable=False),
        Column("author", "Отправил", ColumnType.REF, 124, entity="employee"),
        Column("attempts", "Попыток", ColumnType.INTEGER, 80, shown=False),
        Column("sent_at", "Отправлено", ColumnType.DATETIME, 130, shown=False),
        Column("kind", "Вид документа", ColumnType.STATE, 180, shown=False,
               choices=tuple(Choice(k.code, k.title) for k in KINDS.values())),
    ),
    presets=(
        Preset("all", "Все письма", ()),
        Preset("failed", "Не доставлены", (("state", Op.EQ, LetterState.FAILED),)),
        Preset("waiting", "Ждут отправки", (("state", Op.IN, [LetterState.QUEUED, LetterState.SENDING]),)),
    ),
)
