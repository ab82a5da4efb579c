"""Names that sound right: people, companies, streets, and their Latin spelling for mail addresses."""

from dataclasses import dataclass

from crm_server.demo_company.chance import Chance

_SURNAMES = (
    "Абросимов", "Бахметьев", "Ведерников", "Голубцов", "Дорофеев", "Ермолаев", "Жилин", "Завьялов", "Игнатов",
    "Кадочников", "Лапшин", "Мещеряков", "Назаров", "Овчинников", "Панкратов", "Рогожин", "Самойлов", "Терентьев",
    "Устинов", "Фадеев", "Хлебников", "Цветков", "Черкасов", "Шубин", "Щукин", "Юдин", "Яковлев", "Бурцев", "Ганин",
    "Давыдов", "Еремин", "Зубарев", "Калашников", "Ларионов", "Мельников", "Носов", "Осипов", "Прохоров", "Рябинин",
    "Селезнев", "Тимофеев", "Уваров", "Филатов", "Харитонов", "Чижов", "Шаповалов", "Акимов", "Воронин", "Горшков",
    "Гаврилин",
)
_MEN = ("Андрей", "Борис", "Виктор", "Григорий", "Дмитрий", "Евгений", "Игорь", "Кирилл", "Леонид", "Максим", "Николай",
        "Олег", "Павел", "Роман", "Сергей", "Тимур", "Юрий", "Артём", "Денис", "Михаил")
_WOMEN = ("Анна", "Валентина", "Галина", "Дарья", "Екатерина", "Жанна", "Ирина", "Ксения", "Лариса", "Марина",
          "Наталья", "Ольга", "Полина", "Светлана", "Татьяна", "Юлия", "Вера", "Елена", "Алина", "Людмила")
_FATHERS = ("Алексеев", "Борисов", "Викторов", "Дмитриев", "Егоров", "Иванов", "Константинов", "Леонидов", "Михайлов",
            "Николаев", "Олегов", "Петров", "Романов", "Сергеев", "Юрьев", "Андреев", "Павлов", "Владимиров")

_ADJECTIVES = ("Медный", "Тихий", "Ясный", "Северный", "Каменный", "Янтарный", "Светлый", "Зелёный", "Старый", "Белый",
               "Озёрный", "Степной", "Лесной", "Снежный", "Речной", "Кленовый", "Хрустальный", "Звонкий", "Быстрый",
               "Тёплый", "Солнечный", "Синий", "Дальний", "Новый")
_MASCULINE = ("ковш", "рубеж", "причал", "маяк", "перевал", "родник", "утёс", "каравай", "карниз", "глобус", "фонарь",
              "якорь", "парус", "колокол", "амбар", "кедр", "ясень", "гранит", "затон", "холм", "ручей", "ветряк")
_FEMININE = ("верста", "заводь", "поляна", "мельница", "пристань", "роща", "застава", "слобода", "искра", "долина",
             "подкова", "кузница", "радуга", "гавань", "ступень", "опора", "нить", "волна", "башня", "черта")
_STREETS = ("Лесная", "Заводская", "Садовая", "Полевая", "Речная", "Кирпичная", "Складская", "Мирная", "Берёзовая",
            "Индустриальная", "Вокзальная", "Школьная", "Цветочная", "Парковая", "Ветровая", "Озёрная")

_LATIN = dict(zip("абвгдеёжзийклмнопрстуфхцчшщъыьэюя", (
    "a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p", "r", "s", "t", "u", "f", "h",
    "ts", "ch", "sh", "sch", "", "y", "", "e", "yu", "ya"), strict=True))


@dataclass(frozen=True, slots=True)
class PersonName:
    surname: str
    first: str
    patronymic: str

    @property
    def full(self) -> str:
        return f"{self.surname} {self.first} {self.patronymic}"

    @property
    def short(self) -> str:
        return f"{self.surname} {self.first[0]}. {self.patronymic[0]}."


def person(chance: Chance, *, women: int = 50) -> PersonName:
    """A full name; a woman's in `women` of a hundred cases."""
    surname, father = chance.choice(_SURNAMES), chance.choice(_FATHERS)
    if chance.percent(women):
        return PersonName(f"{surname}а", chance.choice(_WOMEN), f"{father}на")
    return PersonName(surname, chance.choice(_MEN), f"{father}ич")


def company_names(chance: Chance) -> list[str]:
    """«Медный ковш», «Тихая верста» …: all of them, shuffled."""
    names = [f"{adjective} {noun}" for adjective in _ADJECTIVES for noun in _MASCULINE]
    names += [f"{_feminine(adjective)} {noun}" for adjective in _ADJECTIVES for noun in _FEMININE]
    chance.shuffle(names)
    return names


def _feminine(adjective: str) -> str:
    if adjective in ("Синий", "Дальний"):
        return f"{adjective[:-2]}яя"
    return f"{adjective[:-2]}ая"


def address(chance: Chance, city: str) -> str:
    """A house in a city given with its index («142100, Подольск»)."""
    tail = chance.choice(("", f", стр. {chance.randint(1, 4)}", f", оф. {chance.randint(2, 412)}",
                          f", корп. {chance.randint(1, 3)}"))
    return f"{city}, ул. {chance.choice(_STREETS)}, д. {chance.randint(1, 96)}{tail}"


def latin(text: str) -> str:
    """«Медный ковш» → «mednyy-kovsh»"""
    words = "".join(_LATIN.get(c, c if c.isascii() and c.isalnum() else " ") for c in text.lower()).split()
    return "-".join(words)
