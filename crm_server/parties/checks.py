"""What a party must satisfy before it is saved: requisites by kind, phones, mails, accounts."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import TypeVar

from crm_contract.parties import AccountBody, AccountRead, ContactBody, PartyBody, PartyKind
from crm_contract.requisites import (
    check_account,
    check_bic,
    check_email,
    check_inn,
    check_kpp,
    check_ogrn,
    check_phone,
    normalize_phone,
)
from crm_server.kit.errors import invalid

_INN_DIGITS = {PartyKind.LEGAL: 10, PartyKind.SOLE: 12, PartyKind.PERSON: 12}
_OGRN_DIGITS = {PartyKind.LEGAL: 13, PartyKind.SOLE: 15, PartyKind.PERSON: 0}

Body = TypeVar("Body", bound=PartyBody)


def normalized(body: Body) -> Body:
    """The body as it is stored: phones in one spelling, mails in lower case, no empty lines, one main account."""
    contacts = [_normal_contact(contact) for contact in body.contacts]
    has_main = any(account.main for account in body.accounts)
    accounts = [account.model_copy(update={"main": account.main or (not has_main and number == 0)})
                for number, account in enumerate(body.accounts)]
    return body.model_copy(update={
        "phone": _normal_phone(body.phone), "email": body.email.lower(), "contacts": contacts, "accounts": accounts,
        "tax_mode": body.tax_mode if body.is_own else None})


def _normal_contact(contact: ContactBody) -> ContactBody:
    return contact.model_copy(update={
        "phones": list(dict.fromkeys(_normal_phone(p) for p in contact.phones if p.strip())),
        "emails": list(dict.fromkeys(e.strip().lower() for e in contact.emails if e.strip())),
        "roles": list(dict.fromkeys(contact.roles))})


def _normal_phone(text: str) -> str:
    phone = normalize_phone(text)
    return phone.display if phone else text.strip()


def account_numbers(accounts: Iterable[AccountBody | AccountRead]) -> set[tuple[str, str]]:
    """БИК and account of each: what tells one account from another."""
    return {(account.bic, account.account) for account in accounts}


def check_party(body: PartyBody, known_roles: Collection[str], kept: Collection[tuple[str, str]] = frozenset()) -> None:
    """Raises INVALID with a message for each wrong field (`inn`, `accounts.0.account`, `contacts.1.emails.0`).

    The control key of an account in `kept` is not looked at: an imported list has wrong ones, and a card that holds
    one must stay editable. The card still shows that the key is wrong.
    """
    errors = {field: message for field, message in _messages(body, known_roles, kept) if message}
    if errors:
        raise invalid(errors)


def _messages(
    body: PartyBody, known_roles: Collection[str], kept: Collection[tuple[str, str]],
) -> Iterator[tuple[str, str]]:
    yield "inn", check_inn(body.inn) or _length("ИНН", body.inn, _INN_DIGITS[body.kind])
    yield "kpp", check_kpp(body.kpp) or ("КПП бывает только у юридических лиц"
                                         if body.kpp and body.kind is not PartyKind.LEGAL else "")
    yield "ogrn", check_ogrn(body.ogrn) or _length("ОГРН", body.ogrn, _OGRN_DIGITS[body.kind])
    yield "phone", check_phone(body.phone)
    yield "email", check_email(body.email)
    yield "tax_mode", "Укажите налоговый режим своей организации" if body.is_own and not body.tax_mode else ""
    for number, contact in enumerate(body.contacts):
        path = f"contacts.{number}"
        yield from _each(f"{path}.phones", [check_phone(phone) for phone in contact.phones])
        yield from _each(f"{path}.emails", [check_email(email) for email in contact.emails])
        yield from _each(f"{path}.roles", ["" if role in known_roles else "Такой роли контакта нет"
                                           for role in contact.roles])
    seen: set[tuple[str, str]] = set()
    for number, account in enumerate(body.accounts):
        path = f"accounts.{number}"
        yield f"{path}.bic", check_bic(account.bic) or ("" if account.bic else "Укажите БИК")
        bic = "" if (account.bic, account.account) in kept else account.bic  # without a БИК there is no key to check
        yield f"{path}.account", check_account(account.account, bic) or ("" if account.account else "Укажите счёт")
        yield f"{path}.corr_account", check_account(account.corr_account)
        if (account.bic, account.account) in seen:
            yield f"{path}.account", "Этот счёт уже есть в списке"
        seen.add((account.bic, account.account))
    if sum(account.main for account in body.accounts) > 1:
        yield "accounts", "Основной счёт может быть только один"


def _each(path: str, messages: Sequence[str]) -> Iterator[tuple[str, str]]:
    return ((f"{path}.{number}", message) for number, message in enumerate(messages))


def _length(title: str, value: str, wanted: int) -> str:
    if not value or len(value) == wanted:
        return ""
    if not wanted:
        return f"{title} у физического лица не бывает"
    return f"{title}: для этого вида контрагента нужно {wanted} цифр"
