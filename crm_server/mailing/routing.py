"""Who receives a document and why: the rule «document kind × event × contact role», and what stands in its way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crm_contract.kinds import DocumentKind
from crm_contract.mailing import LETTER_EVENT_TITLES, LetterEvent, Recipient
from crm_contract.requisites import check_email

NOT_CHOSEN = "правило не выбирает"
NO_ADDRESS = "нет адреса"
BY_HAND = "адрес введён вручную"
OF_DOCUMENT = "контактное лицо документа"
OTHER_ADDRESS = "другой адрес контакта"
OF_PARTY = "общая почта клиента"


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact of the document's party; `roles` are codes."""

    id: int
    name: str
    position: str
    roles: Sequence[str]
    emails: Sequence[str]


@dataclass(frozen=True, slots=True)
class Addressees:
    """Whom a document may be sent to. `contact_id` is the contact of the document itself."""

    party: str
    party_email: str
    contact_id: int | None
    contacts: Sequence[Contact]


@dataclass(frozen=True, slots=True)
class Routing:
    """`rule` says in words what was chosen or why nobody was."""

    rule: str
    recipients: list[Recipient]


def address_problem(email: str) -> str:
    """Why a letter cannot go to this address; "" when it can."""
    if not email.strip():
        return NO_ADDRESS
    if problem := check_email(email):
        return problem
    local, _, domain = email.strip().partition("@")
    if not local.isascii():
        return "Почта: русские буквы до знака @ почтовые серверы не принимают"
    try:
        domain.encode("idna")
    except UnicodeError:
        return "Почта: адрес записан с ошибкой"
    return ""


def route(kind: DocumentKind, rules: Mapping[str, str], to: Addressees,
          event: LetterEvent = LetterEvent.DOCUMENT) -> Routing:
    """Chooses recipients by `rules`: the active roles of the kind and event with their titles, in the company's order.

    When the rule finds nobody with an address, the contact of the document is chosen.
    """
    rows = [row for contact in to.contacts for row in _rows(contact, *_by_rule(kind, event, rules, contact))]
    by_rule = any(row.chosen for row in rows)
    if not by_rule:
        rows = [_as_document_contact(row) if row.contact_id == to.contact_id else row for row in rows]
    if to.party_email and to.party_email.lower() not in {row.email.lower() for row in rows}:
        rows.append(Recipient(contact_id=None, name=to.party, position="", roles=[], email=to.party_email,
                              chosen=False, why=OF_PARTY, blocked=address_problem(to.party_email)))
    rows.sort(key=lambda row: (not row.chosen, bool(row.blocked)))
    return Routing(_words(kind, event, rules, rows, by_rule=by_rule), rows)


def rule_title(kind: DocumentKind, event: LetterEvent, titles: Sequence[str]) -> str:
    """«Счёт → бухгалтер», «Счёт, напоминание о долге → руководитель»"""
    what = kind.short if event is LetterEvent.DOCUMENT else f"{kind.short}, {LETTER_EVENT_TITLES[event]}"
    return f"{what} → {', '.join(titles)}"


def _by_rule(kind: DocumentKind, event: LetterEvent, rules: Mapping[str, str], contact: Contact) -> tuple[bool, str]:
    titles = [title for role, title in rules.items() if role in contact.roles]
    return (True, f"правило: {rule_title(kind, event, titles)}") if titles else (False, NOT_CHOSEN)


def _rows(contact: Contact, chosen: bool, why: str) -> list[Recipient]:
    """A row for each address; a letter goes to the first one that works."""
    rows: list[Recipient] = []
    for email in contact.emails or ("",):
        blocked = address_problem(email)
        first = chosen and not blocked and not any(row.chosen for row in rows)
        rows.append(Recipient(
            contact_id=contact.id, name=contact.name, position=contact.position, roles=list(contact.roles), email=email,
            chosen=first, why=why if first or blocked or not chosen else OTHER_ADDRESS, blocked=blocked))
    return rows


def _as_document_contact(row: Recipient) -> Recipient:
    return row.model_copy(update={"chosen": not row.blocked, "why": OF_DOCUMENT})


def _words(kind: DocumentKind, event: LetterEvent, rules: Mapping[str, str], rows: Sequence[Recipient], *,
           by_rule: bool) -> str:
    rule = f"для вида «{kind.short}» правила нет"
    if rules:
        rule = f"правило: {rule_title(kind, event, list(rules.values()))}"
    if by_rule:
        return rule
    if any(row.chosen for row in rows):
        return f"{rule}; {'такого контакта с адресом нет, ' if rules else ''}выбрано контактное лицо документа"
    if any(not row.blocked for row in rows):
        return f"{rule}; {'такого контакта с адресом нет, ' if rules else ''}выберите получателя"
    return f"{rule}; отправить некому: ни у клиента, ни у его контактов нет почты"
