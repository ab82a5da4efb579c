"""What a document kind is made of. A kind is declared once as plain data; both programs read it.

The server refuses by it, the client draws list, editor, buttons and menus from it. Guards and effects are
functions on the server (`crm_server/<domain>/effects.py`) registered under the kind's and the action's code.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from crm_contract.lists import Choice, Tone


class Accounting(StrEnum):
    """The accounting state of a document, apart from its stage."""

    DRAFT = "draft"
    POSTED = "posted"
    ANNULLED = "annulled"


class FieldType(StrEnum):
    REF = "ref"
    TEXT = "text"
    MULTILINE = "multiline"
    DATE = "date"
    MONEY = "money"
    INTEGER = "integer"
    CHOICE = "choice"
    FLAG = "flag"


#: Header fields that are columns of the `document` table. A declared field with another name lives in `extra`.
HEADER_FIELDS = frozenset({
    "party_id", "contact_id", "organization_id", "consignee_id", "site_id", "contract_id", "place_id", "place_to_id",
    "employee_id", "employee_to_id", "responsible_id", "price_kind_id", "vat_mode", "due_date", "valid_until", "title",
    "comment", "amount",
})


@dataclass(frozen=True, slots=True)
class Field:
    """One header field of a kind.

    `name` is a name of `HEADER_FIELDS` or, for a field of this kind only, any other identifier (kept in `extra`).
    `entity` names the directory of a REF. `span` is the share of the editor's 12-column row. `goods_need_it`: required
    in a document with a line of goods, while services do without it. `late`: learnt after posting, so it stays editable
    then (for a field kept in `extra`).
    """

    name: str
    title: str
    type: FieldType = FieldType.TEXT
    required: bool = False
    entity: str = ""
    choices: Sequence[Choice] = ()
    default: str = ""
    span: int = 3
    goods_need_it: bool = False
    late: bool = False

    @property
    def is_header(self) -> bool:
        return self.name in HEADER_FIELDS


class LineColumn(StrEnum):
    """Columns a line table may show, in the order the kind lists them."""

    SKU = "sku"
    NAME = "name"
    PAPER = "paper_quantity"    # what the supplier's paper says, where it is not what has come
    QUANTITY = "quantity"
    DIFFERENCE = "difference"   # what has come less what the paper says
    UNIT = "unit"
    LOTS = "lots"          # serial numbers or lots, of products that are counted by them
    BIN = "bin_id"         # the zone or bin in the document's place: where goods are taken from, or put to
    BIN_TO = "bin_to_id"   # the zone or bin that goods go to, in the other place or in the same
    FREE = "free"          # free on the document's place, a hint from the server
    PRICE = "price"
    DISCOUNT = "discount"
    VAT_RATE = "vat_rate"
    VAT = "vat"
    TOTAL = "total"
    CONDITION = "condition"  # one of the kind's `conditions`
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class State:
    """One state of the workflow. Only a DRAFT document may be edited, unless `editable` says otherwise."""

    code: str
    title: str
    tone: Tone = Tone.NEUTRAL
    accounting: Accounting = Accounting.DRAFT
    editable: bool | None = None

    @property
    def is_editable(self) -> bool:
        return self.accounting is Accounting.DRAFT if self.editable is None else self.editable


@dataclass(frozen=True, slots=True)
class Action:
    """A named step of the workflow: the only thing that changes a state.

    `target` empty leaves the state as it is (the action has an effect only). `primary` is offered as the main
    button. `asks` are parameters the person is asked for. `confirm` is a question for an act that cannot be undone.
    `at_once` is offered together with the making of the document on a basis. After one that `stays` work goes on on the
    document, so its page is not closed. `by` is the header field of the employee whose step it is: anybody else takes
    it with the right `<code>_others` only, or, where `pin`, with the PIN of that employee, who stands beside.
    `of_receiver`: of goods that go to another branch it is the step of that branch, and of nobody else.
    """

    code: str
    title: str
    sources: Sequence[str]
    target: str = ""
    primary: bool = False
    at_once: bool = False
    stays: bool = False
    reason: bool = False
    confirm: str = ""
    icon: str = ""
    tone: Tone = Tone.NEUTRAL
    asks: Sequence[Field] = ()
    permission: str = ""  # verb of the permission; the action's code when empty
    by: str = ""
    pin: bool = False
    of_receiver: bool = False

    @property
    def others(self) -> str:
        """The verb of the right to take somebody else's step."""
        return f"{self.code}_others"


@dataclass(frozen=True, slots=True)
class Workflow:
    states: Sequence[State]
    actions: Sequence[Action] = ()

    @property
    def initial(self) -> State:
        return self.states[0]

    @property
    def at_once(self) -> Action | None:
        """The action that may be run with the making of the document."""
        return next((action for action in self.actions if action.at_once), None)

    def state(self, code: str) -> State:
        """Raises KeyError for an unknown code."""
        for state in self.states:
            if state.code == code:
                return state
        raise KeyError(code)

    def action(self, code: str) -> Action:
        """Raises KeyError for an unknown code."""
        for action in self.actions:
            if action.code == code:
                return action
        raise KeyError(code)

    def choices(self) -> list[Choice]:
        return [Choice(s.code, s.title, s.tone) for s in self.states]


@dataclass(frozen=True, slots=True)
class Numbering:
    """How numbers are made: `<prefix><six digits>` per branch, kind and year.

    Documents sharing a `series` share one counter. `gapless` series are drawn under a row lock held to commit,
    so that a refused or killed posting leaves no hole (счёт-фактура and УПД: Постановление 1137).
    """

    prefix: str
    series: str
    gapless: bool = False
    width: int = 6


@dataclass(frozen=True, slots=True)
class BasedOn:
    """This kind can be made from `source` while that is in one of `states` (any not annulled when empty).

    `remaining`: the quantities of the source limit this kind. Only what is not covered yet is copied, and no more than
    that is posted. `there`: it is a paper of the branch that the source goes to.
    """

    source: str
    states: Sequence[str] = ()
    remaining: bool = False
    there: bool = False


class Totals(StrEnum):
    """Where the sum of the document comes from: its lines, or a typed amount."""

    LINES = "lines"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class PrintForm:
    """A printed form of the kind; `layout` names the module of `crm_desktop/rendering/layouts`."""

    code: str
    title: str
    layout: str
    formats: Sequence[str] = ("pdf", "docx")


@dataclass(frozen=True, slots=True)
class DocumentKind:
    """The whole declaration. See `docs/add-a-feature.md` for how to write one."""

    code: str
    title: str            # «Счёт на оплату»
    title_plural: str     # «Счета на оплату»
    short: str            # «Счёт»
    letter: str           # key in the menu «На основании»
    icon: str
    domain: str
    numbering: Numbering
    fields: Sequence[Field]
    workflow: Workflow
    lines: Sequence[LineColumn] = ()
    totals: Totals = Totals.LINES
    based_on: Sequence[BasedOn] = ()
    shares_with: Sequence[str] = ()     # kinds that take from the same quantities of a basis, beside this one
    forms: Sequence[PrintForm] = ()
    conditions: Sequence[Choice] = ()   # what a line's CONDITION is chosen from, the usual one first
    takes_held: bool = False            # its lines begin with what the chosen `employee_id` holds
    facts: Sequence[str] = ()           # codes of facts shown as columns and in the header, e.g. "paid"
    stage: str = ""                     # its cell in the stage meter
    section: str = ""                   # its name in the rail, where the plural title is too long for it
    list_fields: Sequence[str] = field(default_factory=tuple)  # extra header fields shown in the list
    buys: bool = False                  # the other side sells to us: prices and VAT rates are its own
    crosses: bool = False               # it may tell another branch (`branch_to_id` of its row), from its posting on

    def permission(self, verb: str) -> str:
        """`invoice.permission("edit") == "invoice.edit"`; verbs are view, edit and the codes of actions."""
        return f"{self.code}.{verb}"

    @property
    def verbs(self) -> list[tuple[str, str]]:
        """All permission verbs of the kind with their Russian titles."""
        own = {a.permission or a.code: a.title for a in self.workflow.actions}
        others = {a.others: f"{a.title} за другого" for a in self.workflow.actions if a.by}
        return [("view", "Смотреть"), ("edit", "Создавать и изменять"), *own.items(), *others.items()]

    def header(self, name: str) -> Field | None:
        return next((f for f in self.fields if f.name == name), None)

    def named(self, number: str) -> str:
        """«Счёт СЧ-000418»; «РН-004512», which begins with the short title; «УПД № 1207» for a bare number."""
        if number.startswith(self.short):
            return number
        return f"{self.short} № {number}" if number.isdigit() else f"{self.short} {number}"

    @property
    def late_fields(self) -> list[Field]:
        return [f for f in self.fields if f.late]

    @property
    def takers(self) -> list[str]:
        """The kinds that together take what a basis has."""
        return [self.code, *self.shares_with]

    @property
    def moves_goods(self) -> bool:
        """Posting it moves goods of a place: it is cancelled by moves back."""
        return self.header("place_id") is not None and any(a.code == "unpost" for a in self.workflow.actions)

    @property
    def priced(self) -> bool:
        return LineColumn.PRICE in self.lines

    @property
    def has_sum(self) -> bool:
        """Goods that only move have a cost, which the ledger knows, and no sum."""
        return self.priced or self.totals is Totals.AMOUNT
