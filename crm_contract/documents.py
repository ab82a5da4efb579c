"""Documents of every kind as the API carries them, and the registry of kinds."""

import datetime as dt
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from crm_contract import (
    acceptance,
    custody,
    landed_cost,
    payments,
    placement,
    purchases,
    returns,
    sales,
    stock,
    stocktaking,
)
from crm_contract.base import Answer, Ref, Request
from crm_contract.catalog import Tracking
from crm_contract.kinds import DocumentKind
from crm_contract.lists import Tone
from crm_contract.vat import VatMode

#: Every document kind by its code, in the order of menus.
KINDS: dict[str, DocumentKind] = {kind.code: kind for kind in (
    *sales.KINDS, *purchases.KINDS, *stock.KINDS, *acceptance.KINDS, *landed_cost.KINDS, *returns.KINDS, *custody.KINDS,
    *stocktaking.KINDS, *placement.KINDS, *payments.KINDS)}

MAX_LINES = 2000
MAX_MONEY = Decimal("999999999999.99")


def kind_of(code: str) -> DocumentKind:
    """Raises KeyError for an unknown code."""
    return KINDS[code]


def can_follow(source: str) -> list[DocumentKind]:
    """The kinds that can be made «на основании» of a source kind."""
    return [kind for kind in KINDS.values() if any(b.source == source for b in kind.based_on)]


def limiting_sources(kind: DocumentKind) -> list[str]:
    """The kinds of basis whose quantities limit this kind and those that share them with it."""
    return sorted({b.source for code in kind.takers for b in kind_of(code).based_on if b.remaining})


class LineLot(Request):
    """A serial number (of one piece) or a lot of a line, by the words on the goods; `expires` is its last day."""

    code: str = Field(min_length=1, max_length=80)
    quantity: Decimal = Field(default=Decimal(1), gt=0, max_digits=15, decimal_places=3)
    expires: dt.date | None = None


class LineBody(Request):
    """A line as typed. `id` keeps the identity of a saved line; sums are computed, never sent.

    `paper_quantity` is what the supplier's paper says; None: as much as has come. Only with it may nothing have come.
    """

    id: int | None = None
    product_id: int | None = None
    name: str = Field(default="", max_length=500)
    quantity: Decimal = Field(ge=0, max_digits=15, decimal_places=3)
    paper_quantity: Decimal | None = Field(default=None, ge=0, max_digits=15, decimal_places=3)
    unit: str = Field(default="796", max_length=4)
    price: Decimal = Field(default=Decimal(0), ge=0, max_digits=15, decimal_places=4)
    discount: Decimal = Field(default=Decimal(0), ge=0, le=100, max_digits=5, decimal_places=2)
    vat_rate: str = Field(default="", max_length=8)
    basis_line_id: int | None = None
    condition: str = Field(default="", max_length=20)
    note: str = Field(default="", max_length=500)
    lots: list[LineLot] = Field(default=[], max_length=MAX_LINES)
    bin_id: int | None = None
    bin_to_id: int | None = None


class DocumentBody(Request):
    """A document as typed. An empty `organization_id`, `responsible_id` or rate takes the default.

    `employee_id` holds goods by the document, `employee_to_id` takes them over.
    """

    date: dt.date
    party_id: int | None = None
    contact_id: int | None = None
    organization_id: int | None = None
    consignee_id: int | None = None
    site_id: int | None = None
    contract_id: int | None = None
    place_id: int | None = None
    place_to_id: int | None = None
    employee_id: int | None = None
    employee_to_id: int | None = None
    responsible_id: int | None = None
    price_kind_id: int | None = None
    vat_mode: VatMode = VatMode.INCLUDED
    due_date: dt.date | None = None
    valid_until: dt.date | None = None
    title: str = Field(default="", max_length=300)
    comment: str = Field(default="", max_length=4000)
    amount: Decimal | None = Field(default=None, gt=0, le=MAX_MONEY, decimal_places=2)
    extra: dict[str, str] = Field(default={}, max_length=40)
    lines: list[LineBody] = Field(default=[], max_length=MAX_LINES)
    basis_ids: list[int] = Field(default=[], max_length=50)


class DocumentCreate(DocumentBody):
    """A new document; `action` is run on it at once: together they are done, or nothing is saved."""

    action: str = Field(default="", max_length=40)


class DocumentUpdate(DocumentBody):
    version: int


class LateFieldsUpdate(Request):
    """New values of declared late fields (`Field.late`) by name."""

    version: int
    values: dict[str, str] = Field(max_length=40)


class ActionBody(Request):
    """Asks for a named action. `params` are the answers to the action's `asks`, `acknowledged` is `details.acknowledge`
    of a CONFIRM_FIRST refusal whose consequences were seen."""

    version: int
    reason: str = Field(default="", max_length=1000)
    params: dict[str, Any] = Field(default={}, max_length=20)
    acknowledged: str = Field(default="", max_length=64)


class BasedOnBody(Request):
    """Makes a draft of another kind from a document; `action` as in `DocumentCreate`."""

    kind: str = Field(max_length=40)
    action: str = Field(default="", max_length=40)


class CommentBody(Request):
    text: str = Field(min_length=1, max_length=4000)


class LineRead(Answer):
    """`free` is what is free on the document's place now, None for services. `covered` is the quantity of this
    line that later documents already took (shipped or reserved, by the kind)."""

    id: int
    position: int
    product: Ref | None
    sku: str
    name: str
    is_service: bool
    quantity: Decimal
    paper_quantity: Decimal | None = None
    unit: str
    unit_title: str
    price: Decimal
    discount: Decimal
    vat_rate: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    free: Decimal | None
    reserved: Decimal
    covered: Decimal
    basis_line_id: int | None
    condition: str = ""
    note: str
    tracking: Tracking
    lots: list[LineLot]
    bin: Ref | None = None
    bin_to: Ref | None = None


class FactRead(Answer):
    """A fact computed from other rows: `share` 0..1 of the document's sum or quantity, and its words."""

    code: str
    title: str
    share: Decimal
    text: str
    tone: Tone


class StageRead(Answer):
    """One cell of the stage meter. `status`: done, current, partial, warn, todo, hidden (there is something beyond the
    reader's rights), skipped (the sale did without)."""

    code: str
    title: str
    status: str
    text: str
    document_id: int | None = None
    kind: str = ""


class ChainNode(Answer):
    """A document of the chain. Of one beyond the reader's rights (not `visible`) only kind and place are told."""

    id: int
    kind: str
    number: str
    date: dt.date | None
    state: str
    state_title: str
    tone: Tone
    gross: Decimal
    basis_ids: list[int]
    visible: bool = True


class AvailableAction(Answer):
    """An action offered now. `why_not` tells what blocks it (empty: allowed). `by_pin`: it is the step of another
    employee, who confirms it with his PIN (the parameter `pin`)."""

    code: str
    why_not: str = ""
    by_pin: bool = False


class CommentRead(Answer):
    id: int
    text: str
    author: str
    at: datetime


class DocumentRead(Answer):
    """A document whole: header with words, lines, facts, stages, chain and what can be done now.

    `late_fields` may be changed now although the document is not editable.
    """

    id: int
    kind: str
    version: int
    revision: int
    number: str
    date: dt.date
    state: str
    accounting: str
    editable: bool
    late_fields: list[str] = []
    marked: bool
    branch: Ref
    organization: Ref | None
    party: Ref | None
    contact: Ref | None
    consignee: Ref | None
    site: Ref | None
    contract: Ref | None
    place: Ref | None
    place_to: Ref | None
    employee: Ref | None
    employee_to: Ref | None
    responsible: Ref | None
    price_kind: Ref | None
    author: str
    vat_mode: VatMode
    due_date: dt.date | None
    valid_until: dt.date | None
    title: str
    comment: str
    amount: Decimal | None
    extra: dict[str, str]
    net: Decimal
    vat: Decimal
    gross: Decimal
    lines: list[LineRead]
    facts: list[FactRead]
    stages: list[StageRead]
    chain: list[ChainNode]
    actions: list[AvailableAction]
    based_on: list[str]
    comments: list[CommentRead]
    file_count: int
    created_at: datetime
    updated_at: datetime


class LineHintQuery(Request):
    """Asks, for the products of an unsaved document of a kind, what a line needs to know."""

    product_ids: list[int] = Field(max_length=MAX_LINES)
    place_id: int | None = None
    price_kind_id: int | None = None
    organization_id: int | None = None
    party_id: int | None = None
    kind: str = Field(default="", max_length=40)
    vat_mode: VatMode = VatMode.INCLUDED
    date: dt.date


class LineHint(Answer):
    """`price` by the price kind on the date, of a kind that buys by the supplier (None: no price); `free` on the place
    and elsewhere; `expected` there, the soonest first, for what leaves it."""

    product_id: int
    sku: str
    name: str
    unit: str
    unit_title: str
    is_service: bool
    tracking: Tracking
    price: Decimal | None
    vat_rate: str
    free: Decimal | None
    elsewhere: list["FreeElsewhere"] = []
    expected: list[stock.ExpectedRead] = []
    supplier: purchases.SupplierPrice | None = None


class FreeElsewhere(Answer):
    place_id: int
    place: str
    free: Decimal


class PaymentShare(Request):
    """`amount` of a payment given to one invoice, in roubles."""

    invoice_id: int
    amount: Decimal = Field(gt=0, le=MAX_MONEY, decimal_places=2)


class AllocationRead(Answer):
    invoice_id: int
    number: str
    date: dt.date
    gross: Decimal
    open: Decimal
    amount: Decimal


LineHint.model_rebuild()
