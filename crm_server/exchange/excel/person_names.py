"""People as lists mix them: «Кулагина Алла – бухгалтер; Марков Георгий Тихонович механик», «Иванов И.И. (директор)»."""

import re
from dataclasses import dataclass, field
from functools import lru_cache

from crm_contract.requisites import Phone
from crm_server.exchange.excel.company_names import capitalize_name

#: Stems of words that name a post or a department, never a person.
_POSITION_STEMS = frozenset({
    "директор", "бухгалтер", "бухг", "бух", "главбух", "механик", "инженер", "менеджер", "руководител", "рук",
    "начальник", "нач", "заместител", "зам", "глав", "главн", "гл", "генеральн", "ген", "коммерческ", "комм",
    "техническ", "тех", "исполнительн", "финансов", "старш", "ст", "ведущ", "специалист", "снабжен", "снаб",
    "закуп", "логист", "кладовщик", "завсклад", "завхоз", "зав", "склад", "секретар", "офис", "администратор",
    "юрист", "юрисконсульт", "экономист", "кассир", "оператор", "диспетчер", "прораб", "мастер", "электрик",
    "энергетик", "технолог", "монтажник", "сервис", "слесар", "водител", "агроном", "председател", "президент",
    "учредител", "владелец", "собственник", "управляющ", "врио", "вр", "и.о", "ио", "исп", "обязанност", "отдел",
    "отделом", "цех", "цеха", "участк", "служб", "производств", "продаж", "сбыт", "маркетинг", "кадр", "персонал",
    "it", "ит", "ахо", "то", "хозяйств", "помощник", "ассистент", "консультант", "представител", "доверен",
    "ответствен", "контактн", "приемн", "ресепшн", "товаровед", "метролог", "конструктор", "проектировщик",
    "сметчик", "гип", "дир", "по", "и", "на", "гендиректор", "замдиректор", "техдиректор", "замначальник",
    "безопасност", "качеств", "развити", "строительств", "эксплуатац", "ремонт", "оборудовани", "вопрос", "общ",
    "работ",
})
_SURNAME = re.compile(r"[А-ЯЁ][а-яё-]*(?:[оеё]ва?|ина?|(?<!че)(?:ск|цк)(?:ий|ая|ой)|енко|[ую]к|их|ых)")
#: A stem this short must be the whole word («по», «зам.»), a longer one may go on («директора»).
_WHOLE_WORD = 3
_ROLES = (
    ("accountant", ("бухгалт", "бухг", "бух.", "гл. бух", "гл.бух", "главбух")),
    ("buyer", ("снабж", "закуп", "логист")),
    ("storekeeper", ("кладовщик", "завсклад", "складом", "начальник склада")),
    ("mechanic", ("механик", "слесар", "сервис")),
    ("head", ("директор", "руководител", "председател", "президент", "учредител", "владелец", "собственник",
              "управляющ", "дир.")),
    ("manager", ("менеджер",)),
)
_EXPANDED = (
    (re.compile(r"^гл(?:\.\s*|\s+)(?=\w)", re.IGNORECASE), "главный "),
    (re.compile(r"\bглавный\s*бух(?:г)?\b\.?(?!\w)", re.IGNORECASE), "главный бухгалтер"),
    (re.compile(r"^глав(?:ный)?\.?\s*бух(?:г)?\b\.?", re.IGNORECASE), "главный бухгалтер"),
    (re.compile(r"^главбух$", re.IGNORECASE), "главный бухгалтер"),
    (re.compile(r"^ген(?:\.\s*|\s+)дир(?:ектор)?\b\.?", re.IGNORECASE), "генеральный директор"),
    (re.compile(r"^гендиректор\b", re.IGNORECASE), "генеральный директор"),
    (re.compile(r"^зам(?:\.\s*|\s+)(?=\w)", re.IGNORECASE), "заместитель "),
    (re.compile(r"^нач(?:\.\s*|\s+)(?=\w)", re.IGNORECASE), "начальник "),
    (re.compile(r"^рук(?:\.\s*|\s+)(?=\w)", re.IGNORECASE), "руководитель "),
    (re.compile(r"^ст\.\s*(?=\w)", re.IGNORECASE), "старший "),
)
_PIECES = re.compile(r"[;\n\r|]+|(?<=[а-яё.)])\s*/\s*(?=[А-ЯЁ])")
_SEPARATORS = re.compile(r"\s+[–—-]+\s+|\s*[–—]\s*|\s*[,:()\[\]]+\s*|\s+-(?=\w)")
_INITIAL = re.compile(r"(?:[А-ЯЁA-Z]\.){1,2}[А-ЯЁA-Z]?\.?|[А-ЯЁA-Z]")
_INITIALS_GLUED = re.compile(r"(?<=[а-яё])\s*([А-ЯЁ])\.\s*([А-ЯЁ])\.?(?![а-яё])")
_LAST_INITIAL = re.compile(r"(?<=[ .])([А-ЯЁ])$")
_NAME_AND_INITIALS = re.compile(r"[А-ЯЁ][а-яё-]+(?:[А-ЯЁ]\.){1,2}")
_NAME_WORD = re.compile(r"[А-ЯЁA-Z][а-яёa-z]+(?:-[А-ЯЁA-Z][а-яёa-z]+)?|[А-ЯЁ]{2,}(?:-[А-ЯЁ]+)?")


@dataclass(slots=True)
class Person:
    """`role` is a guess of the contact role by the position (accountant, buyer, mechanic, head …), or ""."""

    name: str
    position: str = ""
    role: str = ""
    phones: list[Phone] = field(default_factory=list)
    emails: list[str] = field(default_factory=list)


def parse_people(text: str) -> tuple[list[Person], list[str]]:
    """People of one cell, in order, and the words that are neither a name nor a position.

    A position without a name («приёмная») is a contact under that name.
    """
    people: list[Person] = []
    unknown: list[str] = []
    for piece in _PIECES.split(text):
        _piece(piece.strip(" ,.–—-"), people, unknown)
    return people, unknown


def person(name: str, position: str = "") -> Person:
    position = normalize_position(position)
    return Person(normalize_name(name), position, role_of(position))


def normalize_name(text: str) -> str:
    """«ИВАНОВ И.И.» → «Иванов И. И.»."""
    if text.istitle() and all(map(str.isalpha, text.split(" "))) and text[-2:-1] != " ":
        return text  # the usual name: whole words with capital letters, one space between them
    text = _INITIALS_GLUED.sub(r" \1. \2.", text).strip(" ,;–—-")
    return capitalize_name(_LAST_INITIAL.sub(r"\1.", text))


@lru_cache(maxsize=4096)
def normalize_position(text: str) -> str:
    """«гл. бухгалтер» → «Главный бухгалтер»."""
    text = re.sub(r"\s+", " ", text).strip(" ,;:–—-")
    for pattern, full in _EXPANDED:
        text = pattern.sub(full, text)
    if text.isupper() and len(text) > 4:
        text = text.lower()
    return text[:1].upper() + text[1:]


@lru_cache(maxsize=4096)
def role_of(position: str) -> str:
    """A code of a contact role, or "" when the position says nothing we know."""
    lower = position.lower()
    for role, stems in _ROLES:
        if role == "head" and lower.startswith("зам"):
            continue
        if any(stem in lower for stem in stems):
            return role
    return ""


def _piece(text: str, people: list[Person], unknown: list[str]) -> None:
    """One piece between semicolons: usually one person, several when commas separate names."""
    last: Person | None = None
    ahead = ""  # a position that waits for its name
    for segment in _SEPARATORS.split(text):
        name, position = _name_and_position(segment.strip())
        if name:
            last = person(name, position or ahead)
            people.append(last)
            ahead = ""
        elif position and last and not last.position:
            last.position = normalize_position(position)
            last.role = role_of(last.position)
        elif position and last and not _starts_position(position):
            last.position += f", {position}"
        elif position:
            ahead = f"{ahead}, {position}".strip(", ")
    if ahead and _starts_position(ahead):
        position = normalize_position(ahead)
        people.append(Person(position, "", role_of(position)))
    elif ahead:
        unknown.append(ahead)


def _name_and_position(segment: str) -> tuple[str, str]:
    """Splits «Марков Георгий Тихонович механик» and «директор Иванов И.И.» where the words change their nature."""
    words = segment.split()
    kinds = [_is_name_word(word) for word in words]
    if not any(kinds):
        return "", segment
    first = kinds.index(True)
    last = first
    while last + 1 < len(words) and kinds[last + 1]:
        last += 1
    name = " ".join(words[first: last + 1])
    position = " ".join(words[:first] + words[last + 1:])
    return name, position


@lru_cache(maxsize=8192)
def _is_name_word(word: str) -> bool:
    bare = word.strip(".,")
    if _INITIAL.fullmatch(word) or _NAME_AND_INITIALS.fullmatch(word):
        return True
    return bool(_NAME_WORD.fullmatch(bare)) and (bool(_SURNAME.fullmatch(bare)) or not _is_position_word(bare))


def _is_position_word(word: str) -> bool:
    lower = word.lower().replace("ё", "е")
    stems = (lower[:size] for size in range(_WHOLE_WORD + 1, len(lower)))
    return lower in _POSITION_STEMS or any(stem in _POSITION_STEMS for stem in stems)


def _starts_position(text: str) -> bool:
    return _is_position_word(text.split(maxsplit=1)[0].strip(".,"))
