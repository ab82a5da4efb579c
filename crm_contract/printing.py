"""What a printed form is made from: one self-contained object, so that rendering needs no network."""

import datetime as dt
from decimal import Decimal

from crm_contract.base import Answer


class PrintBank(Answer):
    name: str
    bic: str
    account: str
    corr_account: str = ""
    city: str = ""


class PrintParty(Answer):
    """A seller, buyer, consignor or consignee as the papers name it."""

    kind: str  # "legal" | "sole" | "person"
    name: str
    full_name: str
    inn: str = ""
    kpp: str = ""
    ogrn: str = ""
    address: str = ""
    phone: str = ""
    email: str = ""
    bank: PrintBank | None = None
    director_title: str = ""
    director_name: str = ""       # «Фамилия Имя Отчество»
    director_basis: str = ""      # genitive: «Устава», «доверенности № 5 от 01.02.2026»
    accountant_name: str = ""


class PrintLot(Answer):
    """A serial number, or a lot with its quantity and its last day."""

    code: str
    quantity: Decimal = Decimal(1)
    expires: dt.date | None = None


class PrintBin(Answer):
    """How much is taken from a zone or bin; `route` sorts it into the walk through the warehouse."""

    code: str
    route: str = ""
    quantity: Decimal


class PrintLine(Answer):
    """Prices and sums in roubles; `price` as the document shows it (see `vat_mode`), `net_price` without VAT.

    `cost` is what the ledger moved the goods at, None before posting and for those who may not see it. `bins` are those
    that the goods were taken from, or are to be, in the order of the walk; the rest is in none. `lots` are serial
    numbers when `serials`.
    """

    position: int
    sku: str
    name: str
    is_service: bool
    unit: str
    unit_code: str                # ОКЕИ
    quantity: Decimal
    price: Decimal
    net_price: Decimal
    discount: Decimal
    net: Decimal
    vat_rate: str                 # a code of `crm_contract.vat.RATES`
    vat: Decimal
    gross: Decimal
    country_code: str = ""
    country: str = ""
    declaration: str = ""
    note: str = ""
    cost: Decimal | None = None
    bins: list[PrintBin] = []
    lots: list[PrintLot] = []
    serials: bool = False
    basis_price: Decimal | None = None      # of one, without VAT, in the paper an act is about; None as `cost`
    paper_quantity: Decimal | None = None   # what the supplier's paper says; None: as much as has come


class PrintCount(Answer):
    """A line of a stocktaking. None is what is not counted yet (`counted`), what the reader may not see while the count
    is blind (`booked`), and a cost that is not known or not for these eyes (`price`)."""

    place: str
    sku: str
    name: str
    unit: str
    unit_code: str
    price: Decimal | None
    counted: Decimal | None
    booked: Decimal | None
    day: dt.date | None = None    # of the count


class PrintPaper(Answer):
    """Another paper the form mentions: a contract, a payment order, a shipment."""

    title: str
    number: str
    date: dt.date


class PrintDocument(Answer):
    """Everything one form needs, whatever its kind.

    `seller` is our organization and `buyer` the other side, whoever of them hands the goods over; goods that stay with
    us have no other side, and our organization is both. `code` is the own barcode of the document.
    """

    kind: str
    number: str
    date: dt.date
    title: str = ""
    revision: int = 1
    is_draft: bool = False
    currency: str = "RUB"
    vat_mode: str = "included"
    seller: PrintParty
    buyer: PrintParty
    consignor: PrintParty | None = None   # None: «он же»
    consignee: PrintParty | None = None   # None: the buyer
    seller_pays_vat: bool = True
    contract: PrintPaper | None = None
    basis: list[PrintPaper] = []
    payments: list[PrintPaper] = []       # line 5 of УПД
    shipments: list[PrintPaper] = []      # line 5а
    advances: list[PrintPaper] = []       # line 5б, forms dated from 2026-04-01
    lines: list[PrintLine] = []
    counts: list[PrintCount] = []
    net: Decimal = Decimal("0.00")
    vat: Decimal = Decimal("0.00")
    gross: Decimal = Decimal("0.00")
    due_date: dt.date | None = None
    valid_until: dt.date | None = None
    delivery: str = ""
    place: str = ""
    place_from: str = ""                  # the warehouse the document stands on
    place_to: str = ""
    keeper_from: str = ""                 # who answers for the goods there: «Фамилия Имя Отчество»
    keeper_to: str = ""
    keeper_from_title: str = ""           # their positions
    keeper_to_title: str = ""
    reason: str = ""
    code: str = ""
    comment: str = ""
    author_name: str = ""
    author_title: str = ""
    author_phone: str = ""
    author_email: str = ""
    extra: dict[str, str] = {}
