"""An incoming УПД of format 5.03 (приказ ФНС ЕД-7-26/970@): what it says, what we make of it, what a person decides."""

import datetime as dt
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from crm_contract.base import Answer, Ref, Request
from crm_contract.documents import MAX_LINES
from crm_contract.parties import PartyBody
from crm_contract.vat import VatMode

MAX_UPD_BYTES = 10 * 1024 * 1024


class Match(StrEnum):
    """How sure it is which product a line means."""

    SURE = "sure"
    DOUBT = "doubt"    # asked before anything is made
    NONE = "none"


class Severity(StrEnum):
    NOTE = "note"      # worth knowing, such as a kopeck of rounding
    ERROR = "error"    # the paper contradicts itself or the law: goes on only when a person says so


class UpdProblem(Answer):
    """What is wrong with the paper; `line` is its number there, None for the whole."""

    text: str
    severity: Severity = Severity.ERROR
    line: int | None = None


class UpdCandidate(Answer):
    """A product of ours that a line may mean, and why."""

    product: Ref
    sku: str
    unit: str
    reason: str


class UpdLine(Answer):
    """A line of the paper beside what we make of it.

    `price` is without VAT, `unit` an ОКЕИ code of our table (empty: unknown there). The first of `candidates` is
    proposed; `reason` says why it is, or what is doubtful.
    """

    number: int
    name: str
    code: str
    article: str
    barcode: str
    is_service: bool
    quantity: Decimal
    unit: str
    unit_title: str
    price: Decimal
    vat_rate: str
    net: Decimal
    vat: Decimal
    gross: Decimal
    match: Match = Match.NONE
    reason: str = ""
    candidates: list[UpdCandidate] = []


class UpdOrder(Answer):
    """An open order to this supplier; `covered` lines of the paper are among its own."""

    id: int
    number: str
    date: dt.date
    covered: int


class UpdRead(Answer):
    """The paper read, matched and checked; nothing is written yet.

    `seller` holds its requisites as a new party would have them, `supplier` is the party found by them. The draft will
    be in `vat_mode`, in which its sums differ least from those of the paper: `draft_gross` against `gross`. `duplicate`
    is the receipt that this very file was loaded into.
    """

    file_id: int
    file_name: str
    title: str
    function: str
    number: str
    date: dt.date
    organization: Ref
    seller: PartyBody
    supplier: Ref | None
    basis: str = ""
    orders: list[UpdOrder] = []
    lines: list[UpdLine]
    net: Decimal
    vat: Decimal
    gross: Decimal
    vat_mode: VatMode
    draft_gross: Decimal
    problems: list[UpdProblem] = []
    duplicate: Ref | None = None
    can_add_products: bool = False
    can_add_party: bool = False


class UpdChoice(Request):
    """What a person decided of a line: one of our products, or a new one made from the line."""

    number: int
    product_id: int | None = None
    create: bool = False


class UpdReceiptBody(Request):
    """Makes the draft. `accept_problems`: the person has seen what is wrong with the paper and goes on."""

    party_id: int
    place_id: int
    order_id: int | None = None
    lines: list[UpdChoice] = Field(max_length=MAX_LINES)
    accept_problems: bool = False
