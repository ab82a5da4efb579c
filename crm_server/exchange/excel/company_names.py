"""Company names: the legal form, a name to show, a full name and a key to compare by.

«ООО "Ветер"», «ВЕТЕР, ООО» and «Общество с ограниченной ответственностью «Ветер»» are one company: shown as
«ООО «Ветер»», compared as «ооо ветер». Source of the forms: ОКОПФ (ОК 028-2012).
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from crm_contract.parties import PartyKind

_LEGAL_FORMS = {
    "ООО": "Общество с ограниченной ответственностью",
    "ОДО": "Общество с дополнительной ответственностью",
    "ПАО": "Публичное акционерное общество",
    "НПАО": "Непубличное акционерное общество",
    "НАО": "Непубличное акционерное общество",
    "ЗАО": "Закрытое акционерное общество",
    "ОАО": "Открытое акционерное общество",
    "АО": "Акционерное общество",
    "АНО": "Автономная некоммерческая организация",
    "АНО ДПО": "Автономная некоммерческая организация дополнительного профессионального образования",
    "НКО": "Некоммерческая организация",
    "НКО АО": "Небанковская кредитная организация акционерное общество",
    "ФГУП": "Федеральное государственное унитарное предприятие",
    "ГУП": "Государственное унитарное предприятие",
    "МУП": "Муниципальное унитарное предприятие",
    "ФКП": "Федеральное казённое предприятие",
    "ФГБУ": "Федеральное государственное бюджетное учреждение",
    "ФГАУ": "Федеральное государственное автономное учреждение",
    "ФГКУ": "Федеральное государственное казённое учреждение",
    "ФКУ": "Федеральное казённое учреждение",
    "ФБУ": "Федеральное бюджетное учреждение",
    "ФГБОУ ВО": "Федеральное государственное бюджетное образовательное учреждение высшего образования",
    "ФГАОУ ВО": "Федеральное государственное автономное образовательное учреждение высшего образования",
    "ГБУ": "Государственное бюджетное учреждение",
    "ГАУ": "Государственное автономное учреждение",
    "ГКУ": "Государственное казённое учреждение",
    "ГБУЗ": "Государственное бюджетное учреждение здравоохранения",
    "ГБОУ": "Государственное бюджетное общеобразовательное учреждение",
    "МБУ": "Муниципальное бюджетное учреждение",
    "МАУ": "Муниципальное автономное учреждение",
    "МКУ": "Муниципальное казённое учреждение",
    "МБОУ": "Муниципальное бюджетное общеобразовательное учреждение",
    "МАОУ": "Муниципальное автономное общеобразовательное учреждение",
    "МБДОУ": "Муниципальное бюджетное дошкольное образовательное учреждение",
    "МАДОУ": "Муниципальное автономное дошкольное образовательное учреждение",
    "ТСЖ": "Товарищество собственников жилья",
    "ТСН": "Товарищество собственников недвижимости",
    "СНТ": "Садоводческое некоммерческое товарищество",
    "ГСК": "Гаражно-строительный кооператив",
    "ЖСК": "Жилищно-строительный кооператив",
    "СПК": "Сельскохозяйственный производственный кооператив",
    "ПК": "Производственный кооператив",
    "ТОО": "Товарищество с ограниченной ответственностью",
    "ОсОО": "Общество с ограниченной ответственностью",
    "ЧУП": "Частное унитарное предприятие",
    "КФХ": "Крестьянское (фермерское) хозяйство",
}
_SOLE_FORMS = {
    "ИП": "Индивидуальный предприниматель",
    "ИП глава КФХ": "Индивидуальный предприниматель глава крестьянского (фермерского) хозяйства",
    "ПБОЮЛ": "Предприниматель без образования юридического лица",
    "ЧП": "Частный предприниматель",
}
_ORGANIZATION_WORDS = re.compile(
    r"\b(?:филиал|завод|фабрика|компания|фирма|банк|школа|больница|поликлиника|университет|институт|администрация|"
    r"управление|фонд|союз|ассоциация|холдинг|концерн|трест|комбинат|центр|магазин|салон|служба|отдел|учреждение|"
    r"предприятие|общество|совхоз|колхоз|кооператив|министерство|департамент|детский сад|гимназия|лицей|колледж)\b",
    re.IGNORECASE)
_QUOTES = "\"'«»„“”‟‹›‘’`″"
_ALL_QUOTES = re.compile(f"[{_QUOTES}]")
_NAME_PART = re.compile(r"[А-ЯЁа-яёA-Za-z]{2,}")
_SPACES_AND_DOTS = re.compile(r"[\s.]")
_PUNCTUATION = re.compile(r"[^0-9a-zа-я]+")
_PATRONYMIC = re.compile(r"(?:ович|евич|ич|овна|евна|ична|инична|оглы|оглу|кызы)$", re.IGNORECASE)
_SURNAME = re.compile(r"(?:[оеё]ва?|ина?|(?:ск|цк)(?:ий|ая|ой)|енко|[ую]к|[иы]х|ян|дзе|швили)$", re.IGNORECASE)
_GIVEN_NAMES = frozenset({
    "александр", "алексей", "анатолий", "андрей", "антон", "артем", "борис", "вадим", "валентин", "валерий", "василий",
    "виктор", "виталий", "владимир", "вячеслав", "геннадий", "георгий", "григорий", "денис", "дмитрий", "евгений",
    "егор", "иван", "игорь", "илья", "кирилл", "константин", "леонид", "максим", "михаил", "никита", "николай", "олег",
    "павел", "петр", "роман", "руслан", "семен", "сергей", "станислав", "степан", "тимур", "федор", "юрий", "яков",
    "ярослав", "александра", "алла", "анастасия", "анна", "валентина", "валерия", "вера", "виктория", "галина", "дарья",
    "евгения", "екатерина", "елена", "жанна", "зинаида", "ирина", "кристина", "ксения", "лариса", "лидия", "любовь",
    "людмила", "марина", "мария", "надежда", "наталья", "нина", "оксана", "ольга", "полина", "раиса", "светлана",
    "софья", "тамара", "татьяна", "юлия",
})
_INITIALS = re.compile(r"[А-ЯЁ]\.\s?(?:[А-ЯЁ]\.?)?$")
_VOWELS = frozenset("АЕЁИОУЫЭЮЯAEIOUY")
_SHORT_WORDS = frozenset({"ДОМ", "МИР", "ВЕК", "ЛЕС", "СВЕТ", "ГРАД", "МОСТ", "САД", "ПАРК", "ДВОР", "ЮГ", "ЛИГА",
                          "КЛУБ", "БАНК"})
_PREPOSITIONS = frozenset({"и", "в", "на", "по", "для", "с", "из", "к", "от", "при", "у", "о"})


@dataclass(frozen=True, slots=True)
class CompanyName:
    """`form` is the short legal form («ООО») or ""; `core` the name without it and without quotes.

    `shouted` tells that the name was written in capitals and `display` is our guess of the right letters;
    `as_written` is the display that keeps them.
    """

    kind: PartyKind
    form: str
    core: str
    display: str
    full: str
    key: str
    shouted: bool = False
    as_written: str = ""


def _pattern(forms: dict[str, str]) -> str:
    """Matches a form by its letters («О О О», «О.О.О.» too) or by its full words."""
    spellings = [r"[\s.]*".join(re.escape(letter) for letter in form if letter != " ") for form in forms]
    spellings += [r"\s+".join(re.escape(word) for word in full.replace("ё", "е").split()) for full in forms.values()]
    return "|".join(sorted(spellings, key=len, reverse=True))


_FORMS = _LEGAL_FORMS | _SOLE_FORMS
_AT_START = re.compile(rf"\W*({_pattern(_FORMS)})(?![а-яёa-z0-9-])\.?[\s,:–—-]*", re.IGNORECASE)
_AT_END = re.compile(rf"[\s,(–—-]+({_pattern(_FORMS)})\.?\)?\W*$", re.IGNORECASE)
_QUOTED_BEFORE_FORM = re.compile(rf"[»\"”]({_pattern(_FORMS)})\W*$", re.IGNORECASE)

#: The usual spelling, and a fast one to take apart.
_USUAL = re.compile(r"(ООО|АО|ПАО|ЗАО|ОАО|ИП) («[^«»\"'„“”‟‹›‘’`″]+»|[А-ЯЁ][а-яё]+ [А-ЯЁ][а-яё]+(?: [А-ЯЁ][а-яё]+)?)")


def _letters(text: str) -> str:
    return _SPACES_AND_DOTS.sub("", text.lower().replace("ё", "е"))


_BY_SPELLING = {_letters(spelling): form for form, full in reversed(_FORMS.items()) for spelling in (form, full)}
_BY_SPELLING[_letters("Общество с ограниченной ответственностью")] = "ООО"
_BY_SPELLING[_letters("Непубличное акционерное общество")] = "НАО"


#: Characters. Far beyond what a card takes, so that a longer text is told of all the same; it is not worth searching.
_LONGEST_NAME = 1_000


def find_form(text: str) -> str:
    """The short form a text stands for: «Общество с ограниченной ответственностью» → «ООО»; "" for none."""
    return _BY_SPELLING.get(_letters(_ALL_QUOTES.sub("", text)), "")


@lru_cache(maxsize=4096)
def company_name(text: str, form_hint: str = "") -> CompanyName:
    """Takes a name apart. `form_hint` is the form from a column of its own or from the ИНН's length."""
    text = " ".join(text.split()).strip(" ,;")[:_LONGEST_NAME]
    form, rest = _split_form(text)
    form = form or find_form(form_hint)
    core = _core(rest)
    if form in _SOLE_FORMS or (not form and looks_like_person(core)):
        return _personal(form, core)
    shouted = _is_shouted(core)
    shown = _lower_shouted(core) if shouted else core
    if shown.islower():
        shown = shown[:1].upper() + shown[1:]
    return CompanyName(
        kind=PartyKind.LEGAL, form=form, core=shown, display=_with_form(form, shown),
        full=_with_form(_FORMS.get(form, ""), shown), key=f"{form} {comparable(core)}".strip().lower(),
        shouted=shouted, as_written=_with_form(form, core),
    )


def comparable(text: str) -> str:
    """Letters and digits only, lower case, ё as е."""
    return _PUNCTUATION.sub(" ", text.lower().replace("ё", "е")).strip()


def looks_like_person(text: str) -> bool:
    """«Иванов Иван Иванович», «Петров И. И.», «Сидорова Анна»: two or three words of a name and nothing else."""
    words = text.replace(".", ". ").split()
    if not 2 <= len(words) <= 4 or _ALL_QUOTES.search(text) or not all(re.match(r"[А-ЯЁ]", word) for word in words):
        return False
    if _ORGANIZATION_WORDS.search(text) or any(char.isdigit() for char in text):
        return False
    if _INITIALS.search(text) or _PATRONYMIC.search(words[-1]):
        return True
    given = [word.lower().replace("ё", "е") in _GIVEN_NAMES for word in words]
    return len(words) == 2 and any(given) and any(
        _SURNAME.search(word) for word, is_given in zip(words, given, strict=True) if not is_given)


def _split_form(text: str) -> tuple[str, str]:
    if usual := _USUAL.fullmatch(text):
        return usual[1], usual[2]
    plain = text.replace("ё", "е").replace("Ё", "Е")  # the same length: positions fit the original
    if found := _AT_START.match(plain):
        rest = text[found.end():]
        if rest.strip():
            inner, deeper = _split_form(rest) if _BY_SPELLING.get(_letters(found[1])) == "НКО" else ("", rest)
            return (f"НКО {inner}" if inner == "АО" else _BY_SPELLING[_letters(found[1])]), deeper
    if found := _AT_END.search(plain) or _QUOTED_BEFORE_FORM.search(plain):
        return _BY_SPELLING[_letters(found[1])], text[: found.start() + (1 if plain[found.start()] in _QUOTES else 0)]
    return "", text


def _core(text: str) -> str:
    """Without outer quotes; inner ones become „…“, so that «ООО «ТД „Ветер“»» can be printed."""
    text = text.strip(" ,;–—-")
    if not _ALL_QUOTES.search(text):
        return text
    bare = text.strip(_QUOTES + " ")
    whole = text[0] in _QUOTES and text[-1] in _QUOTES
    if whole and len(_ALL_QUOTES.findall(bare)) % 2 == 1:
        bare += "“"  # «ТД "Ветер»: one closing quote served both
    pieces = _ALL_QUOTES.split(bare if whole else text)
    if len(pieces) == 1:
        return pieces[0].strip()
    opened, closed = ("„", "“") if whole else ("«", "»")
    result = pieces[0].rstrip()
    for index, piece in enumerate(pieces[1:]):
        piece = piece.strip()
        if index % 2 == 0:
            result = f"{result} {opened}{piece}{closed}" if result else f"{opened}{piece}{closed}"
        elif piece:
            result += piece if piece[0] in ",.)" else f" {piece}"
    return result


def _with_form(form: str, core: str) -> str:
    if not form:
        return core
    return f"{form} {core}" if "«" in core else f"{form} «{core}»"


def _personal(form: str, core: str) -> CompanyName:
    name = capitalize_name(_ALL_QUOTES.sub("", core))
    short = "ИП глава КФХ" if "КФХ" in form else ("ИП" if form else "")
    full = f"{_FORMS[short]} {name}" if short else name
    display = f"{short} {name}".strip()
    return CompanyName(
        kind=PartyKind.SOLE if short else PartyKind.PERSON, form=short, core=name, display=display, full=full,
        key=f"{short} {comparable(name)}".strip().lower(), as_written=display,
    )


def capitalize_name(text: str) -> str:
    """«ДОРОНИН всеслав» → «Доронин Всеслав», «петров-водкин» → «Петров-Водкин»; mixed letters stay."""
    def word(found: re.Match[str]) -> str:
        part = found[0]
        return part.capitalize() if part.isupper() or part.islower() else part

    return _NAME_PART.sub(word, " ".join(text.split()))


def _is_shouted(core: str) -> bool:
    if core.upper() != core:
        return False
    long_words = [word for word in re.findall(r"[^\W\d_]+", core) if len(word) >= 5]
    return any(_VOWELS & set(word) for word in long_words)


def _lower_shouted(core: str) -> str:
    """Short words stay: they are abbreviations more often than not («СМУ», «ТД»)."""
    def word(found: re.Match[str]) -> str:
        part = found[0]
        if part.lower() in _PREPOSITIONS:
            return part.lower()
        known = part in _SHORT_WORDS or (len(part) >= 5 and _VOWELS & set(part))
        return part.capitalize() if known else part

    return re.sub(r"[^\W\d_]+", word, core)
