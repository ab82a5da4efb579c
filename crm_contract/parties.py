"""Parties: customers, suppliers and own organisations, with contacts, sites and bank accounts."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from pydantic import Field

from crm_contract.base import Answer, Ref, Request, VersionBody
from crm_contract.lists import Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.vat import TaxMode


class PartyKind(StrEnum):
    LEGAL = "legal"
    SOLE = "sole"
    PERSON = "person"


PARTY_KIND_TITLES = {
    PartyKind.LEGAL: "Юридическое лицо",
    PartyKind.SOLE: "Индивидуальный предприниматель",
    PartyKind.PERSON: "Физическое лицо",
}


class ContactBody(Request):
    """A person of the party. `roles` are codes of the company's contact roles (accountant, head, mechanic …)."""

    id: int | None = None
    name: str = Field(min_length=1, max_length=200)
    position: str = Field(default="", max_length=200)
    roles: list[str] = Field(default=[], max_length=20)
    phones: list[str] = Field(default=[], max_length=10)
    emails: list[str] = Field(default=[], max_length=10)
    mail_consent: bool = False
    note: str = Field(default="", max_length=1000)


class SiteBody(Request):
    """A site (объект): where equipment stands and goods are delivered."""

    id: int | None = None
    name: str = Field(min_length=1, max_length=200)
    address: str = Field(default="", max_length=500)
    note: str = Field(default="", max_length=500)


class AccountBody(Request):
    id: int | None = None
    bic: str = Field(max_length=9)
    account: str = Field(max_length=20)
    bank: str = Field(default="", max_length=200)
    corr_account: str = Field(default="", max_length=20)
    main: bool = False


class PartyBody(Request):
    """A party as typed. Lists hold the whole set: a row that is left out is archived."""

    kind: PartyKind = PartyKind.LEGAL
    name: str = Field(min_length=1, max_length=300)
    full_name: str = Field(default="", max_length=500)
    inn: str = Field(default="", max_length=12)
    kpp: str = Field(default="", max_length=9)
    ogrn: str = Field(default="", max_length=15)
    legal_address: str = Field(default="", max_length=500)
    actual_address: str = Field(default="", max_length=500)
    phone: str = Field(default="", max_length=100)
    email: str = Field(default="", max_length=200)
    is_customer: bool = True
    is_supplier: bool = False
    is_own: bool = False
    tax_mode: TaxMode | None = None
    director_title: str = Field(default="", max_length=200)
    director_name: str = Field(default="", max_length=200)
    director_basis: str = Field(default="", max_length=200)
    accountant_name: str = Field(default="", max_length=200)
    manager_id: int | None = None
    branch_id: int | None = None
    price_kind_id: int | None = None
    segment: str = Field(default="", max_length=100)
    payment_days: int = Field(default=0, ge=0, le=365)
    debt_limit: Decimal | None = Field(default=None, ge=0, max_digits=15, decimal_places=2)
    note: str = Field(default="", max_length=4000)
    contacts: list[ContactBody] = Field(default=[], max_length=200)
    sites: list[SiteBody] = Field(default=[], max_length=200)
    accounts: list[AccountBody] = Field(default=[], max_length=50)
    ignore_duplicates: bool = False


class PartyUpdate(PartyBody):
    version: int


class ContactRead(Answer):
    id: int
    name: str
    position: str
    roles: list[str]
    phones: list[str]
    emails: list[str]
    mail_consent: bool
    note: str


class SiteRead(Answer):
    id: int
    name: str
    address: str
    note: str


class AccountRead(Answer):
    id: int
    bic: str
    account: str
    bank: str
    corr_account: str
    main: bool


class Counter(Answer):
    """A number on the card that opens the filtered list: `text` is its second line."""

    code: str
    title: str
    count: int
    text: str = ""
    tone: Tone = Tone.NEUTRAL


class Debt(Answer):
    """What the customer owes by issued invoices, and how much of it is overdue for how long (days)."""

    total: Decimal
    overdue: Decimal
    overdue_days: int


class PartyCard(Answer):
    id: int
    version: int
    kind: PartyKind
    name: str
    full_name: str
    inn: str
    kpp: str
    ogrn: str
    legal_address: str
    actual_address: str
    phone: str
    email: str
    is_customer: bool
    is_supplier: bool
    is_own: bool
    tax_mode: TaxMode | None
    director_title: str
    director_name: str
    director_basis: str
    accountant_name: str
    manager: Ref | None
    branch: Ref | None
    price_kind: Ref | None
    segment: str
    payment_days: int
    debt_limit: Decimal | None
    note: str
    archived: bool
    merged_into: Ref | None = None
    contacts: list[ContactRead]
    sites: list[SiteRead]
    accounts: list[AccountRead]
    counters: list[Counter]
    debt: Debt
    created_at: datetime
    updated_at: datetime
    updated_by: str


class DuplicateQuery(Request):
    """Asked while typing: who already has this ИНН, phone, mail or name?"""

    id: int | None = None
    inn: str = Field(default="", max_length=12)
    kpp: str = Field(default="", max_length=9)
    name: str = Field(default="", max_length=300)
    phone: str = Field(default="", max_length=100)
    email: str = Field(default="", max_length=200)


class MergeDouble(VersionBody):
    """A double in the version that was compared. `take` names the fields whose value of this double wins."""

    id: int
    take: list[str] = Field(default=[], max_length=40)


class MergeBody(VersionBody):
    """Everything of the doubles goes to the addressed party (in this `version`); the doubles are archived."""

    doubles: list[MergeDouble] = Field(min_length=1, max_length=20)


class MergePreviewBody(Request):
    ids: list[int] = Field(min_length=1, max_length=21)


class MovedRows(Answer):
    """What a merge takes from one double to the survivor: «Счета на оплату: 3»."""

    title: str
    count: int


class MergeCandidate(Answer):
    """A party as the screen of a merge compares it, with what would move from it."""

    card: "PartyCard"
    moves: list[MovedRows]


class Duplicate(Answer):
    """`certain`: the same ИНН and КПП (or one КПП is empty). A party out of reach is told of without its name."""

    id: int
    name: str
    inn: str
    reason: str
    certain: bool


class TimelineEntry(Answer):
    """One thing that happened with a party, newest first."""

    at: datetime
    kind: str
    title: str
    text: str
    person: str
    document_id: int | None = None
    document_kind: str = ""


class TimelineBody(Request):
    text: str = Field(min_length=1, max_length=4000)


class ContactRole(Answer):
    code: str
    title: str
    tone: Tone


class ContactRoleRead(ContactRole):
    id: int
    version: int
    position: int


class ContactRoleBody(Request):
    """`position` orders the roles wherever they are offered; 0 puts a new one at the end."""

    code: str = Field(pattern=r"^[a-z_]{2,30}$")
    title: str = Field(min_length=1, max_length=60)
    tone: Tone = Tone.NEUTRAL
    position: int = Field(default=0, ge=0, le=1000)


class ContactRoleUpdate(ContactRoleBody):
    version: int


class RefHit(Answer):
    """A row of a pick list: what to show on two lines, and fields that the form fills from it."""

    id: int
    title: str
    subtitle: str = ""
    fill: dict[str, str] = {}
    on: date | None = None


PARTY_LIST = ListSpec(
    code="parties",
    title="Клиенты",
    search_hint="Название, ИНН или телефон",
    default_sort="name",
    empty_title="Клиентов пока нет",
    empty_hint="Создайте первого (Ins) или загрузите список из Excel",
    columns=(
        Column("name", "Название", width=0),
        Column("inn", "ИНН", ColumnType.NUMBER, 116),
        Column("phone", "Телефон", ColumnType.NUMBER, 140),
        Column("manager", "Менеджер", ColumnType.REF, 124, entity="employee"),
        Column("segment", "Сегмент", width=130),
        Column("debt", "Долг, ₽", ColumnType.MONEY, 108, sums=True),
        Column("overdue", "Просрочено, ₽", ColumnType.MONEY, 120, sums=True),
        Column("kpp", "КПП", ColumnType.NUMBER, 100, shown=False),
        Column("email", "Почта", width=180, shown=False),
        Column("branch", "Филиал", ColumnType.REF, 120, shown=False, entity="branch"),
        Column("is_customer", "Клиент", ColumnType.FLAG, 80, shown=False),
        Column("is_supplier", "Поставщик", ColumnType.FLAG, 90, shown=False),
        Column("is_own", "Своя организация", ColumnType.FLAG, 90, shown=False),
        Column("archived", "В архиве", ColumnType.FLAG, 90, shown=False),
        Column("created_at", "Создан", ColumnType.DATETIME, 130, shown=False),
    ),
    presets=(
        Preset("active", "Все клиенты", (("archived", Op.EQ, False), ("is_customer", Op.EQ, True))),
        Preset("debtors", "Должники", (("debt", Op.GT, "0"),), "-debt"),
        Preset("overdue", "Просрочка", (("overdue", Op.GT, "0"),), "-overdue"),
        Preset("suppliers", "Поставщики", (("is_supplier", Op.EQ, True),)),
        Preset("own", "Свои организации", (("is_own", Op.EQ, True),)),
    ),
)
