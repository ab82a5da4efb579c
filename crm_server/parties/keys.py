"""Search and comparison keys of parties and contacts: what is stored beside them and what a query is turned into.

A search key is folded text (crm_server/kit/search.py) with a space before and after every word, so that a whole word
such as a phone or a mail address can be looked up exactly.
"""

import re
from collections.abc import Iterable

from crm_contract.parties import ContactBody, ContactRead, PartyBody, PartyCard
from crm_contract.requisites import normalize_phone
from crm_server.kit.search import digits, fold

_FORMS = re.compile(
    r"общество с (?:ограниченной|дополнительной) ответственностью|(?:непубличное |публичное |закрытое |открытое )?"
    r"акционерное общество|индивидуальный предприниматель|крестьянское \(?фермерское\)? хозяйство"
    r"|(?:федеральное )?(?:государственное|муниципальное) (?:казенное |унитарное |бюджетное |автономное )?"
    r"(?:предприятие|учреждение)|\b(?:ооо|одо|ао|пао|зао|оао|нао|ано|нко|ип|чп|пбоюл|тоо|гуп|муп|фгуп|фгбу|гбу|мбу"
    r"|кфх|тсж|тсн|снт|llc|ltd|gmbh|inc)\b")
_QUOTES = re.compile("[«»„“”\"]")
_PUNCTUATION = re.compile(r"[\W_]+")


def name_key(name: str) -> str:
    """What two spellings of one name share: «ООО "Ветер"», «Ветер, ООО» → one folded key without form and quotes.

    A name that is nothing but a form keeps it.
    """
    plain = _PUNCTUATION.sub(" ", name.lower().replace("ё", "е")).strip()
    bare = " ".join(_FORMS.sub(" ", plain).split())
    return fold(bare or plain)


def phone_keys(text: str) -> list[str]:
    """The digits to find a phone by; a Russian number is found with 7 and with 8 in front."""
    phone = normalize_phone(text)
    if phone is None:
        return [digits(text)] if digits(text) else []
    return [phone.digits, "8" + phone.digits[1:]] if phone.digits.startswith("7") else [phone.digits]


def contact_search(contact: ContactBody | ContactRead) -> str:
    return _join([contact.name, *(k for phone in contact.phones for k in phone_keys(phone)), *contact.emails])


def party_search(party: PartyBody | PartyCard) -> str:
    """The search key of a party: its names, ИНН, phone and mail, and all that its contacts are found by."""
    full_name = party.full_name if party.full_name != party.name else ""
    return _join([party.name, full_name, party.inn, *phone_keys(party.phone), party.email,
                  *(contact_search(contact) for contact in party.contacts)])


def _join(parts: Iterable[str]) -> str:
    return f" {' '.join(fold(_QUOTES.sub('', ' '.join(parts))).split())} "
