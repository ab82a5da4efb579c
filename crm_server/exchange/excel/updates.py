"""A row of the file against the card it was matched with: what changes. The file adds and corrects, it never erases.

None means that the card already says all that the row says.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from crm_contract.catalog import ProductUpdate
from crm_contract.parties import ContactBody, PartyUpdate
from crm_server.exchange.excel.bodies import GENERAL_CONTACT, party_body, product_body
from crm_server.exchange.excel.values import PartyValues, ProductValues

_Body = TypeVar("_Body", PartyUpdate, ProductUpdate, ContactBody)
_PARTY_TEXTS = ("full_name", "kpp", "ogrn", "legal_address", "actual_address", "director_title", "director_name",
                "accountant_name", "segment")
_PRODUCT_TEXTS = ("sku", "name", "full_name", "country")


def party_change(
    before: PartyUpdate, values: PartyValues, known_roles: Collection[str], manager_id: int | None = None, *,
    keyed_accounts_only: bool = False,
) -> PartyUpdate | None:
    """The whole card as it is to be saved. Its name stays; lists of the card and the file are united."""
    new = party_body(values, known_roles, manager_id, keyed_accounts_only=keyed_accounts_only)
    values_of = {name: getattr(new, name) or getattr(before, name) for name in _PARTY_TEXTS}
    values_of |= {name: getattr(before, name) or getattr(new, name) for name in ("inn", "phone", "email")}
    numbers = {account.account for account in before.accounts}
    addresses = {values_of["legal_address"], values_of["actual_address"], *(site.address for site in before.sites)}
    general = ContactBody(name=GENERAL_CONTACT, phones=_one(new.phone), emails=_one(new.email))
    return _changed(before, values_of | {
        "manager_id": before.manager_id or manager_id,
        "payment_days": before.payment_days if values.payment_days is None else values.payment_days,
        "is_customer": before.is_customer or bool(values.is_customer),
        "is_supplier": before.is_supplier or bool(values.is_supplier),
        "note": _with_lines(before.note, new.note, 4000),
        "contacts": _united(before.contacts, [*new.contacts, general], {values_of["phone"], values_of["email"]}),
        "accounts": [*before.accounts, *(account.model_copy(update={"main": account.main and not numbers})
                                         for account in new.accounts if account.account not in numbers)],
        "sites": [*before.sites, *(site for site in new.sites if site.address not in addresses)],
    })


def _changed(before: _Body, values: Mapping[str, Any]) -> _Body | None:
    """The body with those of the values that differ; None when none does."""
    different = {name: value for name, value in values.items() if getattr(before, name) != value}
    return before.model_copy(update=different) if different else None


def _one(text: str) -> list[str]:
    return [text] if text else []


def _united(cards: Sequence[ContactBody], people: Sequence[ContactBody], known: set[str]) -> list[ContactBody]:
    """A known phone or mail stays where it is; an unknown one comes with its person."""
    for contact in cards:
        known.update(contact.phones, contact.emails)
    united = list(cards)
    place = {contact.name.casefold(): index for index, contact in enumerate(united)}
    for person in people:
        phones = [phone for phone in person.phones if phone not in known]
        emails = [email for email in person.emails if email not in known]
        known.update(phones, emails)
        index = place.get(person.name.casefold())
        if index is not None:
            contact = united[index]
            more = {"position": contact.position or person.position, "roles": contact.roles or person.roles,
                    "phones": [*contact.phones, *phones], "emails": [*contact.emails, *emails]}
            united[index] = _changed(contact, more) or contact
        elif person.name != GENERAL_CONTACT or phones or emails:
            place[person.name.casefold()] = len(united)
            united.append(person.model_copy(update={"phones": phones, "emails": emails}))
    return united


def _with_lines(text: str, more: str, limit: int) -> str:
    """The text with the lines of the other one that it lacks."""
    lines = text.splitlines()
    return "\n".join([*lines, *(line for line in more.splitlines() if line not in lines)])[:limit]


def product_change(
    before: ProductUpdate, values: ProductValues, price_kinds: Mapping[str, int], valid_from: date,
    group_id: int | None = None,
) -> ProductUpdate | None:
    """The whole card as it is to be saved, with a new price from `valid_from` where the price differs.

    A price without a kind is not noted again: the note would grow with every price list.
    """
    new = product_body(values, price_kinds, valid_from, group_id, notes_prices=False)
    prices = list(before.prices)
    for price in new.prices:
        known = next((old for old in prices if old.price_kind_id == price.price_kind_id), None)
        if known is None or known.price != price.price:
            prices = [*(old for old in prices if old is not known), price]
    return _changed(before, {name: getattr(new, name) or getattr(before, name) for name in _PRODUCT_TEXTS} | {
        "group_id": group_id or before.group_id, "unit": values.unit or before.unit,
        "vat_kind": values.vat_kind or before.vat_kind, "prices": prices,
        "min_stock": before.min_stock if values.min_stock is None else values.min_stock,
        "barcodes": list(dict.fromkeys([*before.barcodes, *new.barcodes])),
        "note": _with_lines(before.note, new.note, 2000),
    })
