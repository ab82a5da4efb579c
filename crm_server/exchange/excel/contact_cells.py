"""Phones, mails, people and addresses out of cells where they stand in any number and any order."""

import re
from dataclasses import dataclass, field
from typing import TypeVar

from crm_contract.exchange import Severity
from crm_contract.requisites import Phone, check_email, check_phone, normalize_phone
from crm_server.exchange.excel.book import Cell
from crm_server.exchange.excel.cells import NONE, Finding, Findings, as_lines, as_text, is_empty
from crm_server.exchange.excel.person_names import Person, parse_people

_T = TypeVar("_T")
_ZONES = "ru|рф|com|net|org|su|pro|biz|info|by|kz"
_EMAIL = re.compile(r"[^\s,;<>()\[\]|/:\"«»]+@[^\s,;<>()\[\]|/:\"«»]+")
_SPACED_AT = re.compile(r"\s*@\s*")
_COMMA_IN_DOMAIN = re.compile(rf"(@[\w-]+),\s?({_ZONES})\b", re.IGNORECASE)
_WEBSITE = re.compile(rf"(?:https?://|www\.)[^\s,;]+|(?<![@\w.-])[\w-]+(?:\.[\w-]+)*\.(?:{_ZONES})(?![\w@])(?:/[^\s,;]*)?",
                      re.IGNORECASE)
_PHONE = re.compile(r"(?:\+\s?)?(?<!\d)[\d(][\d()\s\-–—.‑]{4,}\d(?:[\s,(]*(?:доб|вн|ext)[а-яa-z]*[\s.:№]*\d{1,6}\)?)?",
                    re.IGNORECASE)
_SEPARATE_PHONES = re.compile(r"(?<=\d)\s+(?=(?:\+7|8|7)[\s(-]?\(?\d{3})")
_LABELS = re.compile(
    r"(?<![а-яёa-z])(?=[а-яёa-z])(?:тел(?:ефоны?)?|моб(?:ильный)?|сот(?:овый)?|раб(?:очий)?|факс|т|м|ф|ф\.т|phone|mob|fax|tel|whats\s?app|"
    r"вотсап|viber|вайбер|telegram|телеграм|почта|эл\.?\s?почта|e-?mail|мейл|сайт|контакт(?:ы|ное лицо)?)"
    r"(?:\s*/\s*факс)?(?:[.:]+|(?=[\s+(\d])|$)", re.IGNORECASE)
_PIECES = re.compile(r"[;\n|]+")
_BETWEEN_MAILS = re.compile(r"[;,\s]+")
_BETWEEN_PHONES = re.compile(r"[;,\n]+")
_GAPS = re.compile(r"\s{2,}")  # where a mail or a phone was cut out
_FLOAT = re.compile(r"\d{10,11}\.0+")
_DIGIT = re.compile(r"\d")
_ONLY_PUNCTUATION = re.compile(r"[\W_]*")
_TO_LATIN = str.maketrans("авсенкмортхуАВСЕНКМОРТХУ", "abcehkmoptxyABCEHKMOPTXY")
_BRACKET = re.compile(r"[<>\[\]]")
_BRACKETS = str.maketrans("<>[]", "    ")
_POSTCODE_LAST = re.compile(r"^(?P<text>.*?)[\s,.(]+(?:индекс\s*:?\s*)?(?P<code>\d{6})\W*$", re.DOTALL)
_POSTCODE_FIRST = re.compile(r"^\s*(?:индекс\s*:?\s*)?\d{6}(?!\d)")


@dataclass(slots=True)
class Contacts:
    """What a cell says about reaching somebody. `rest` is what nobody understood: it goes to the note, never away."""

    people: list[Person] = field(default_factory=list)
    phones: list[Phone] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)
    websites: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)


def contacts_value(cell: Cell) -> tuple[Contacts, Findings]:
    """Phones, mails and people; a phone or mail beside a name belongs to that person."""
    contacts = Contacts()
    if is_empty(cell):
        return contacts, NONE
    text = as_lines(cell)
    if "@" in text:
        text = _SPACED_AT.sub("@", text)
    if _FLOAT.fullmatch(text):
        text = text.partition(".")[0]
    if _read_uniform(text, contacts):
        return contacts, NONE
    findings: list[Finding] = []
    if "@" in text and _COMMA_IN_DOMAIN.search(text):
        fixed = _COMMA_IN_DOMAIN.sub(r"\1.\2", text)
        findings.append(Finding(Severity.DOUBT, "email_comma", "Почта: запятая вместо точки", f"Исправить: {fixed}",
                                fixed, True))
        text = fixed
    for piece in _PIECES.split(text):
        _read_piece(piece, text, contacts, findings)
    if not contacts.rest:
        return contacts, tuple(findings)
    understood = {finding.message.rpartition("«")[2].rstrip("»") for finding in findings}
    if rest := [words for words in contacts.rest if words not in understood]:
        findings.append(Finding(Severity.NOTE, "contact_rest", f"Записано в примечание: «{', '.join(rest)}»"))
    return contacts, tuple(findings)


def _read_uniform(text: str, contacts: Contacts) -> bool:
    """The usual cell, and a fast one: nothing but mails, or nothing but phones. False when it is neither."""
    if "@" in text:
        emails = _BETWEEN_MAILS.split(text.strip(" ;,").lower())
        if any(check_email(email) for email in emails):
            return False
        contacts.emails.extend(dict.fromkeys(emails))
        return True
    if text[0].isalpha() or not _DIGIT.search(text):
        return False
    phones: list[Phone] = []
    for part in _BETWEEN_PHONES.split(text.strip(" ;,")):
        phone = normalize_phone(part)
        if phone is None:
            return False
        _append(phones, phone)
    contacts.phones = phones
    return True


def _read_piece(piece: str, cell: str, contacts: Contacts, findings: list[Finding]) -> None:
    """Cuts mails, sites and phones out of the piece; what remains are names."""
    if is_empty(piece):
        return
    mails: list[tuple[int, str]] = []
    numbers: list[tuple[int, str]] = []
    if "@" in piece:
        piece, mails = _cut(piece, _EMAIL)
    if "." in piece:
        piece, sites = _cut(piece, _WEBSITE)
        contacts.websites.extend(site.rstrip("/.").lower() for _, site in sites)
    if _DIGIT.search(piece):
        piece, numbers = _cut(_SEPARATE_PHONES.sub(", ", piece), _PHONE)
    words = piece.translate(_BRACKETS) if _BRACKET.search(piece) else piece
    if mails or numbers or ":" in words:
        words = _LABELS.sub(lambda found: " " * len(found[0]), words)
    people: list[Person] = []
    if not _ONLY_PUNCTUATION.fullmatch(words) and not is_empty(words.strip(" ,.")):
        people = _read_words(words, contacts)
    for at, text in mails:
        if email := _read_email(text, cell, contacts, findings):
            _append(_owner(at, words, people, contacts).emails, email)
    for at, text in numbers:
        if phone := _read_phone(text, contacts, findings):
            _append(_owner(at, words, people, contacts).phones, phone)


def _cut(text: str, pattern: re.Pattern[str]) -> tuple[str, list[tuple[int, str]]]:
    """The text with the matches blanked out, and the matches with their places."""
    found = [(match.start(), match[0]) for match in pattern.finditer(text)]
    for at, match in found:
        text = f"{text[:at]}{' ' * len(match)}{text[at + len(match):]}"
    return text, found


def _append(items: list[_T], item: _T) -> None:
    if item not in items:
        items.append(item)


def _read_words(words: str, contacts: Contacts) -> list[Person]:
    if _DIGIT.search(words):
        contacts.rest.append(" ".join(words.split()).strip(" ,."))
        return []
    people, unknown = parse_people(_GAPS.sub(", ", words.strip()))
    contacts.people.extend(people)
    contacts.rest.extend(unknown)
    return people


def _owner(at: int, words: str, people: list[Person], contacts: Contacts) -> Person | Contacts:
    """Whose a phone or mail at this place is: of the name between the same commas, else of the name before it, else
    of the first one after it, else nobody's."""
    if not people:
        return contacts
    lower = words.lower()
    places = {lower.find(who.name.split(maxsplit=1)[0].lower()): who for who in people}
    between_commas = lower.count(",", 0, at)
    for place, who in places.items():
        if place >= 0 and lower.count(",", 0, place) == between_commas:
            return who
    before = [place for place in places if 0 <= place < at]
    return places[max(before)] if before else people[0]


def _read_email(text: str, cell: str, contacts: Contacts, findings: list[Finding]) -> str:
    email = text.strip(".,'`").lower()
    message = check_email(email)
    if not message:
        return email
    latin = text.translate(_TO_LATIN).strip(".,'`").lower()
    if latin != email and not check_email(latin):
        findings.append(Finding(Severity.DOUBT, "email_letters", message, f"Заменить на {latin}",
                                cell.replace(text, latin), True))
        return email
    contacts.rest.append(text)
    findings.append(Finding(Severity.DOUBT, "email", f"{message}: «{text}»", "Записать в примечание", None, True))
    return ""


def _read_phone(text: str, contacts: Contacts, findings: list[Finding]) -> Phone | None:
    text = text.strip(" ,.–—-")
    phone = normalize_phone(text)
    if phone is None:
        contacts.rest.append(text)
        findings.append(Finding(Severity.DOUBT, "phone", f"{check_phone(text)}: «{text}»", "Записать в примечание",
                                None, True))
    return phone


def address_value(cell: Cell) -> str:
    """An address in one line, its postcode in front as on envelopes."""
    text = as_text(cell).strip(" ,;")
    if _POSTCODE_FIRST.match(text):
        return text
    if found := _POSTCODE_LAST.match(text):
        return f"{found['code']}, {found['text']}"
    return text
