"""A row of a customer list → a party with its contacts and accounts."""

import re
from collections.abc import Sequence
from functools import partial
from typing import TypeVar

from crm_contract.exchange import Severity
from crm_contract.parties import PartyKind
from crm_contract.requisites import check_inn
from crm_server.exchange.excel.cells import Finding, as_text, date_value, text_value, whole_number
from crm_server.exchange.excel.company_names import CompanyName, company_name, find_form, looks_like_person
from crm_server.exchange.excel.contact_cells import Contacts, address_value, contacts_value
from crm_server.exchange.excel.person_names import Person, normalize_position, parse_people, role_of
from crm_server.exchange.excel.requisite_cells import (
    BankAccount,
    Codes,
    account_values,
    bic_value,
    codes_value,
    has_account,
    key_findings,
)
from crm_server.exchange.excel.values import Fields, PartyValues

_T = TypeVar("_T")
_MAX_NAME = 300
_MAX_ADDRESS = 500
_MAX_DAYS = 365
_CONTACT_FIELDS = ("contact", "phone", "email", "website")
_CODE_READERS = {name: partial(codes_value, expects=name) for name in ("inn_kpp", "inn", "kpp", "ogrn")}
_DAYS_READER = partial(whole_number, title="Отсрочка", top=_MAX_DAYS)
_PHYSICAL = re.compile(r"физ|частн\w* лиц", re.IGNORECASE)


def parse_party(fields: Fields) -> PartyValues:
    """Never fails: what is wrong is in `fields.found`."""
    codes = _codes(fields)
    values = PartyValues(inn=codes.inn, kpp=codes.kpp, ogrn=codes.ogrn, notes=[codes.rest] if codes.rest else [])
    _read_name(fields, values)
    _check_kind(fields, values)
    _read_addresses(fields, values)
    _read_contacts(fields, values)
    _read_officers(fields, values)
    _read_accounts(fields, values)
    _read_terms(fields, values)
    _read_notes(fields, values)
    return values


def _codes(fields: Fields) -> Codes:
    """Codes from the columns that hold them, together or apart; the first that says something wins."""
    codes = Codes()
    for name, reader in _CODE_READERS.items():
        if found := fields.read(name, reader, None):
            codes = Codes(codes.inn or found.inn, codes.kpp or found.kpp, codes.ogrn or found.ogrn,
                          codes.rest or found.rest)
    return codes


def _inn_field(fields: Fields) -> str:
    return "inn_kpp" if fields.has("inn_kpp") else "inn"


def _read_name(fields: Fields, values: PartyValues) -> None:
    source = "name" if fields.cell("name") is not None else "full_name"
    text = fields.text(source, _MAX_NAME)
    if not text or find_form(text):
        message = f"Только правовая форма: «{text}»" if text else "Нет названия"
        fields.report("name", (Finding(Severity.ERROR, "name_missing", message),))
        return
    full_text = as_text(fields.cell("full_name")) if source == "name" else ""
    form = as_text(fields.cell("legal_form")) or (company_name(full_text).form if full_text else "")
    name = company_name(text, form)
    values.kind, values.name, values.key = name.kind, name.display, name.key
    values.full_name = name.full if name.full != name.display else ""
    if full_text:
        full = company_name(full_text, name.form)
        values.full_name = full.as_written if full.form else full.full
    if name.shouted:
        values.name = name.as_written
        fields.report(source, (Finding(Severity.DOUBT, "name_shouted", "Название прописными буквами",
                                       f"Записать {name.display}", name.display, True),))
    _check_person(fields, values, name, source)


def _check_person(fields: Fields, values: PartyValues, name: CompanyName, source: str) -> None:
    """A bare name of a person with a 12-digit ИНН is a person or a sole proprietor: only people know."""
    form = as_text(fields.cell("legal_form"))
    if _PHYSICAL.search(form) and name.kind is not PartyKind.LEGAL:
        values.kind = PartyKind.PERSON
    elif name.form or len(values.inn) != 12 or form:
        return
    elif name.kind is PartyKind.PERSON:
        fields.report(source, (Finding(Severity.DOUBT, "sole_or_person", "Физическое лицо или предприниматель?",
                                       f"Записать ИП {name.core}", f"ИП {name.core}"),))
    elif not looks_like_person(name.core):
        values.kind = PartyKind.SOLE
        fields.report(source, (Finding(Severity.NOTE, "kind_by_inn", "По ИНН это предприниматель"),))


def _check_kind(fields: Fields, values: PartyValues) -> None:
    """The length of an ИНН against the legal form, a missing ИНН, and the ИНН of a namesake row."""
    name = _inn_field(fields)
    if fields.twin and values.inn and check_inn(values.inn):
        number, inn = fields.twin
        value = f"ИНН {inn}" + (f" КПП {values.kpp}" if values.kpp else "")
        fields.found = [placed for placed in fields.found if placed.finding.code != "inn"]
        fields.report(name, (Finding(Severity.DOUBT, "inn_twin", f"{check_inn(values.inn)}. В строке {number} "
                                     f"та же организация с ИНН {inn}", f"Исправить на {inn}", value),))
    if not values.inn:
        if fields.has(name) and values.name and values.kind is not PartyKind.PERSON and not _reported(fields, name):
            fields.report(name, (Finding(Severity.DOUBT, "inn_missing", "Нет ИНН", "Загрузить без ИНН"),))
        return
    wrong_person = values.kind is not PartyKind.LEGAL and len(values.inn) == 10
    wrong_company = values.kind is PartyKind.LEGAL and len(values.inn) == 12
    if (wrong_person or wrong_company) and not check_inn(values.inn):
        owner = "организации" if wrong_person else "предпринимателя или человека"
        fields.report(name, (Finding(Severity.DOUBT, "kind_mismatch", f"ИНН из {len(values.inn)} цифр бывает только у "
                                     f"{owner}", "Загрузить без ИНН", f"КПП {values.kpp}" if values.kpp else ""),))


def _reported(fields: Fields, name: str) -> bool:
    return any(placed.field == name and placed.finding.severity is not Severity.NOTE for placed in fields.found)


def _read_addresses(fields: Fields, values: PartyValues) -> None:
    for name in ("legal_address", "actual_address"):
        for column, cell in fields.cells(name):
            text, findings = text_value(address_value(cell), _MAX_ADDRESS)
            fields.report(name, findings, column)
            if name == "legal_address":
                values.legal_address = text
            elif text and text not in values.actual_addresses:
                values.actual_addresses.append(text)


def _read_contacts(fields: Fields, values: PartyValues) -> None:
    for name in _CONTACT_FIELDS:
        for column, cell in fields.cells(name):
            contacts, findings = contacts_value(cell)
            if findings:
                fields.report(name, findings, column)
            _add_contacts(values, contacts)
    position = as_text(fields.cell("position"))
    if position and values.contacts:
        first = values.contacts[0]
        first.position = first.position or normalize_position(position)
        first.role = first.role or role_of(first.position)
    elif position:
        values.notes.append(f"Должность контакта: {position}")


def _add_new(known: list[_T], more: Sequence[_T]) -> None:
    for item in more:
        if item not in known:
            known.append(item)


def _add_contacts(values: PartyValues, contacts: Contacts) -> None:
    _add_new(values.phones, contacts.phones)
    _add_new(values.emails, contacts.emails)
    _add_new(values.websites, contacts.websites)
    if contacts.rest:
        values.notes.extend(contacts.rest)
    for person in contacts.people:
        add_person(values, person)


def add_person(values: PartyValues, person: Person) -> None:
    """Adds a contact, or completes the one of the same name."""
    for known in values.contacts:
        if known.name.lower() == person.name.lower():
            known.position = known.position or person.position
            known.role = known.role or person.role
            known.phones.extend(phone for phone in person.phones if phone not in known.phones)
            known.emails.extend(email for email in person.emails if email not in known.emails)
            return
    values.contacts.append(person)


def _read_officers(fields: Fields, values: PartyValues) -> None:
    for name, title, role in (("director", "Директор", "head"), ("accountant", "Главный бухгалтер", "accountant")):
        cell = fields.cell(name)
        if cell is None:
            continue
        people, unknown = parse_people(as_text(cell))
        values.notes.extend(unknown)
        for person in people[:1]:
            person.position, person.role = person.position or title, role
            if name == "director":
                values.director_name, values.director_title = person.name, person.position
            else:
                values.accountant_name = person.name
        for person in people:
            add_person(values, person)


def _read_accounts(fields: Fields, values: PartyValues) -> None:
    source = "account" if fields.has("account") else "bank_details"
    accounts = [*fields.read("account", account_values, []), *fields.read("bank_details", account_values, [])]
    if not accounts and has_account(fields.cell("inn_kpp")):
        source, accounts = "inn_kpp", fields.read("inn_kpp", account_values, [])
    bic = fields.read("bic", bic_value, "")
    bank = as_text(fields.cell("bank"))
    corr = next(iter(fields.read("corr_account", account_values, [])), BankAccount())
    corr_account = corr.corr_account or corr.account
    if not accounts and (bic or bank or corr_account):
        parts = (bank, bic and f"БИК {bic}", corr_account and f"к/с {corr_account}")
        values.notes.append(", ".join(part for part in parts if part))
        if fields.has("account") and not _reported(fields, "account"):
            message = "Банк без счёта: записан в примечание"
            fields.report("account", (Finding(Severity.NOTE, "account_missing", message),))
    if accounts:
        first = accounts[0]
        first.bic, first.bank = first.bic or bic, first.bank or bank
        first.corr_account = first.corr_account or corr_account
    for account in accounts:
        account.bic = account.bic or bic
        fields.report(source, key_findings(account))
    values.accounts = accounts


def _read_terms(fields: Fields, values: PartyValues) -> None:
    relation = as_text(fields.cell("relation")).lower()
    if relation:
        values.is_supplier = "постав" in relation or "подряд" in relation
        values.is_customer = any(word in relation for word in ("покуп", "клиент", "заказ")) or not values.is_supplier
    values.segment = fields.text("segment", 100)
    values.manager = fields.text("manager", 200)
    values.code = fields.text("code", 100)
    values.payment_days = fields.read("payment_days", _DAYS_READER, None)
    values.started_on = fields.read("started_on", date_value, None)


def _read_notes(fields: Fields, values: PartyValues) -> None:
    for column, cell in fields.cells("note"):
        text = as_text(cell)
        if text.startswith("="):
            finding = Finding(Severity.NOTE, "formula_text", "Формула без значения: записана текстом")
            fields.report("note", (finding,), column)
        values.notes.append(text)
