"""The usual units of measure with their ОКЕИ codes, and how people write them.

`short` is what forms print; ОКЕИ itself holds variants there («дм³; л»). Source: ОК 015-94 (МК 002-97).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unit:
    """`synonyms` are other spellings, lower case. `whole` units are counted in whole numbers."""

    code: str
    short: str
    name: str
    synonyms: Sequence[str] = ()
    whole: bool = False
    service: bool = False  # sold as a service or a work, never kept in stock


PIECE = "796"
CONDITIONAL = "876"

UNITS: tuple[Unit, ...] = (
    Unit("796", "шт", "Штука", ("штук", "штуки", "шту", "pcs", "pc", "pce", "ea", "piece"), whole=True),
    Unit("839", "компл", "Комплект", ("к-т", "кт", "комп", "комплекта", "комплектов", "kit"), whole=True),
    Unit("778", "упак", "Упаковка", ("уп", "упаковок", "упаковки", "упк", "pack"), whole=True),
    Unit("704", "набор", "Набор", ("наб", "наборов", "set"), whole=True),
    Unit("715", "пар", "Пара", ("пары", "pair"), whole=True),
    Unit("006", "м", "Метр", ("метров", "метра", "m")),
    Unit("018", "пог. м", "Погонный метр", ("погм", "пм", "мп", "мпог", "погонныхметров", "погметр")),
    Unit("003", "мм", "Миллиметр", ("mm",)),
    Unit("004", "см", "Сантиметр", ("cm",)),
    Unit("008", "км", "Километр", ("km",)),
    Unit("055", "м²", "Квадратный метр", ("м2", "квм", "мкв", "квметр", "m2")),
    Unit("051", "см²", "Квадратный сантиметр", ("см2", "квсм")),
    Unit("059", "га", "Гектар"),
    Unit("113", "м³", "Кубический метр", ("м3", "кубм", "мкуб", "куб", "кубометр", "m3")),
    Unit("112", "л", "Литр", ("литров", "литра", "дм3", "дм³", "l", "ltr")),
    Unit("111", "мл", "Миллилитр", ("см3", "см³", "ml")),
    Unit("166", "кг", "Килограмм", ("kg", "кило")),
    Unit("163", "г", "Грамм", ("гр", "граммов", "g")),
    Unit("168", "т", "Тонна", ("тн", "тонн", "тонны", "t")),
    Unit("206", "ц", "Центнер"),
    Unit("736", "рул", "Рулон", ("рулонов", "рулона", "roll"), whole=True),
    Unit("616", "боб", "Бобина", ("бобин", "кат", "катушка"), whole=True),
    Unit("625", "лист", "Лист", ("л-т", "лст", "листов"), whole=True),
    Unit("728", "пач", "Пачка", ("пачек",), whole=True),
    Unit("812", "ящ", "Ящик", ("ящиков",), whole=True),
    Unit("8751", "кор", "Коробка", ("коробок", "короб", "box"), whole=True),
    Unit("868", "бут", "Бутылка", ("бутылок",), whole=True),
    Unit("872", "флак", "Флакон", ("фл", "флаконов"), whole=True),
    Unit("698", "место", "Место", ("мест",), whole=True),
    Unit("735", "часть", "Часть", ("частей",), whole=True),
    Unit("840", "секц", "Секция", ("секций", "сек-я"), whole=True),
    Unit("657", "изд", "Изделие", ("изделий",), whole=True),
    Unit("642", "ед", "Единица", ("единиц", "единицы", "unit"), whole=True),
    Unit("797", "100 шт", "Сто штук", ("стошт", "сотня")),
    Unit("798", "тыс. шт", "Тысяча штук", ("тысшт", "1000шт", "тшт")),
    Unit("740", "дюж", "Дюжина штук", ("дюжина", "дюжинашт"), whole=True),
    Unit("876", "усл. ед", "Условная единица", ("усл", "услед", "услуга", "услуг", "услуги"), service=True),
    Unit("879", "усл. шт", "Условная штука", ("услшт",)),
    Unit("356", "ч", "Час", ("час", "часов", "часа", "h", "hour"), service=True),
    Unit("539", "чел·ч", "Человеко-час", ("челч", "чел-ч", "чел-час", "челчас", "нормочас", "нч", "н/ч", "норма-час",
                                          "нормо-час"), service=True),
    Unit("540", "чел·дн", "Человеко-день", ("челдн", "чел-дн", "человекодень", "чел-день"), service=True),
    Unit("355", "мин", "Минута", ("минут", "минуты")),
    Unit("354", "с", "Секунда", ("сек", "секунд")),
    Unit("359", "сут", "Сутки", ("дн", "день", "дней", "дня", "суток"), service=True),
    Unit("360", "нед", "Неделя", ("недель",), service=True),
    Unit("362", "мес", "Месяц", ("месяцев", "месяца"), service=True),
    Unit("364", "кварт", "Квартал", ("кв-л",), service=True),
    Unit("366", "год", "Год", ("лет", "года", "годовых"), service=True),
    Unit("917", "смен", "Смена", ("смена", "смены", "машсмена", "маш-см"), service=True),
    Unit("792", "чел", "Человек", ("человека",), service=True),
    Unit("383", "руб", "Рубль", ("рублей", "₽")),
    Unit("744", "%", "Процент", ("проц", "процентов")),
    Unit("245", "кВт·ч", "Киловатт-час", ("квтч", "квт-ч", "квт/ч")),
    Unit("214", "кВт", "Киловатт", ("квт",)),
    Unit("212", "Вт", "Ватт", ("вт",)),
    Unit("222", "В", "Вольт", ("вольт",)),
    Unit("260", "А", "Ампер", ("ампер",)),
    Unit("233", "Гкал", "Гигакалория", ("гкал",)),
    Unit("039", "дюйм", "Дюйм", ("\"", "inch", "in")),
    Unit("904", "раб. место", "Рабочее место", ("рабмест", "рабместо", "рм"), whole=True),
)

_BY_CODE = {unit.code: unit for unit in UNITS}
_NOISE = re.compile(r"[\s.,·/\\-]+")


def _key(text: str) -> str:
    return _NOISE.sub("", text.lower().replace("ё", "е"))


def _by_spelling() -> dict[str, Unit]:
    spellings: dict[str, Unit] = {}
    for unit in UNITS:
        for text in (unit.code, unit.short, unit.name, *unit.synonyms):
            spellings.setdefault(_key(text), unit)
    return spellings


_BY_SPELLING = _by_spelling()


def unit(code: str) -> Unit:
    """Raises KeyError for a code that is not in the table."""
    return _BY_CODE[code]


def is_unit(code: str) -> bool:
    return code in _BY_CODE


def unit_title(code: str) -> str:
    """How the unit is printed; an unknown code is shown as it is."""
    return _BY_CODE[code].short if code in _BY_CODE else code


def find_unit(text: str) -> Unit | None:
    """«шт.», «ШТ», «Штука», «796» and the like; None when nobody knows the word."""
    return _BY_SPELLING.get(_key(text))
