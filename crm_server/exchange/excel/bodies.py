"""Typed values of a row → the bodies that the commands of parties and catalogue take.

What the strict rules of a card do not admit (a wrong ИНН that was kept, a bank without its БИК, a second phone) is not
dropped: it goes to a general contact, to a site or to the note.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import date

from crm_contract.catalog import PriceBody, ProductBody
from crm_contract.exchange import ImportTarget, import_field
from crm_contract.parties import AccountBody, ContactBody, PartyBody, PartyKind, SiteBody
from crm_contract.requisites import check_account, check_inn, check_kpp, check_ogrn
from crm_contract.units import PIECE
from crm_contract.vat import VatKind
from crm_server.exchange.excel.person_names import Person
from crm_server.exchange.excel.requisite_cells import Codes
from crm_server.exchange.excel.values import PartyValues, ProductValues

GENERAL_CONTACT = "Общие контакты"
_MAX_NOTE = 4000
_MAX_PRODUCT_NOTE = 2000
_MAX_NAME = 300
_MAX_CONTACTS = 200
_MAX_LINES = 10         # phones and mails of one contact
_INN_DIGITS = {PartyKind.LEGAL: 10, PartyKind.SOLE: 12, PartyKind.PERSON: 12}
_OGRN_DIGITS = {PartyKind.LEGAL: 13, PartyKind.SOLE: 15}


def party_body(
    values: PartyValues, known_roles: Collection[str], manager_id: int | None = None, *,
    keyed_accounts_only: bool = False,
) -> PartyBody:
    """A body for a new party. With `keyed_accounts_only` an account whose key fails goes to the note instead."""
    notes = list(values.notes)
    accounts = _accounts(values, notes, keyed_accounts_only)
    codes = _codes(values, notes)
    if values.manager and manager_id is None:
        notes.append(f"Менеджер: {values.manager}")
    notes += [f"Сайт: {site}" for site in values.websites]
    if values.started_on:
        notes.append(f"Работаем с {values.started_on:%d.%m.%Y}")
    if values.code:
        notes.append(f"Код в старой программе: {values.code}")
    return PartyBody(
        kind=values.kind, name=values.name[:_MAX_NAME], full_name=values.full_name[:500], inn=codes.inn,
        kpp=codes.kpp, ogrn=codes.ogrn, legal_address=values.legal_address,
        actual_address=next(iter(values.actual_addresses), ""),
        phone=values.phones[0].display if values.phones else "", email=values.emails[0] if values.emails else "",
        is_customer=values.is_customer is not False, is_supplier=bool(values.is_supplier),
        director_title=values.director_title[:200], director_name=values.director_name[:200],
        accountant_name=values.accountant_name[:200], manager_id=manager_id, segment=values.segment,
        payment_days=values.payment_days or 0, contacts=_contacts(values, known_roles), accounts=accounts,
        sites=[SiteBody(name=f"Адрес {number}", address=address)
               for number, address in enumerate(values.actual_addresses[1:], 2)],
        note=_joined(notes, _MAX_NOTE), ignore_duplicates=True,
    )


def product_body(
    values: ProductValues, price_kinds: Mapping[str, int], valid_from: date, group_id: int | None = None, *,
    notes_prices: bool = True,
) -> ProductBody:
    """A body for a new product. `price_kinds` goes from a field of `PRICE_FIELDS` to a price kind; a price whose kind
    is not in it goes to the note, with `notes_prices`."""
    notes = list(values.notes)
    notes += [f"{title}: {text}" for title, text in
              (("Производитель", values.manufacturer), ("Код в старой программе", values.code)) if text]
    if notes_prices:
        notes += [f"{import_field(ImportTarget.PRODUCTS, name).title}: {price}"
                  for name, price in values.prices.items() if name not in price_kinds]
    prices = {price_kinds[name]: price for name, price in values.prices.items() if name in price_kinds}
    return ProductBody(
        kind=values.kind, sku=values.sku, name=values.name[:_MAX_NAME], full_name=values.full_name, group_id=group_id,
        unit=values.unit or PIECE, vat_kind=values.vat_kind or VatKind.STANDARD, barcodes=values.barcodes[:20],
        prices=[PriceBody(price_kind_id=kind, price=price, valid_from=valid_from) for kind, price in prices.items()],
        min_stock=values.min_stock, country=values.country, note=_joined(notes, _MAX_PRODUCT_NOTE),
    )


def _codes(values: PartyValues, notes: list[str]) -> Codes:
    """ИНН, КПП and ОГРН that a card admits; the others are noted."""
    admitted = {
        "inn": not check_inn(values.inn) and len(values.inn) in (0, _INN_DIGITS[values.kind]),
        "kpp": not check_kpp(values.kpp) and (values.kind is PartyKind.LEGAL or not values.kpp),
        "ogrn": not check_ogrn(values.ogrn) and len(values.ogrn) in (0, _OGRN_DIGITS.get(values.kind, 0)),
    }
    codes = Codes()
    for (name, good), title in zip(admitted.items(), ("ИНН", "КПП", "ОГРН"), strict=True):
        text = getattr(values, name)
        if good:
            setattr(codes, name, text)
        else:
            notes.append(f"{title} в файле: {text}")
    return codes


def _accounts(values: PartyValues, notes: list[str], keyed_only: bool) -> list[AccountBody]:
    accounts: list[AccountBody] = []
    seen: set[tuple[str, str]] = set()
    for item in values.accounts:
        key = (item.bic, item.account)
        if key in seen:
            continue
        seen.add(key)
        wrong_key = keyed_only and check_account(item.account, item.bic)
        if not item.bic or not item.account or wrong_key:
            parts = (item.account and f"Счёт {item.account}", item.bic and f"БИК {item.bic}", item.bank,
                     item.corr_account and f"к/с {item.corr_account}")
            notes.append(", ".join(part for part in parts if part))
            continue
        accounts.append(AccountBody(bic=item.bic, account=item.account, bank=item.bank[:200],
                                    corr_account=item.corr_account, main=not accounts))
    return accounts


def _contacts(values: PartyValues, known_roles: Collection[str]) -> list[ContactBody]:
    contacts = [_contact(person, known_roles) for person in values.contacts[:_MAX_CONTACTS - 1]]
    general = Person(GENERAL_CONTACT, phones=values.phones[1:], emails=values.emails[1:])
    if general.phones or general.emails:
        contacts.append(_contact(general, known_roles))
    return contacts


def _contact(person: Person, known_roles: Collection[str]) -> ContactBody:
    roles = [person.role] if person.role in known_roles else []
    return ContactBody(
        name=person.name[:200], position=person.position[:200], roles=roles,
        phones=[phone.display for phone in person.phones[:_MAX_LINES]], emails=person.emails[:_MAX_LINES],
        note=", ".join([*(phone.display for phone in person.phones[_MAX_LINES:]), *person.emails[_MAX_LINES:]])[:1000],
    )


def _joined(notes: Iterable[str], limit: int) -> str:
    text = "\n".join(dict.fromkeys(note for note in notes if note))
    return text if len(text) <= limit else text[: limit - 1] + "…"
