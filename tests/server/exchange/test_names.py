"""Companies and people as lists spell them."""

import pytest

from crm_contract.parties import PartyKind
from crm_server.exchange.excel.company_names import company_name
from crm_server.exchange.excel.person_names import parse_people

VETER = "Общество с ограниченной ответственностью «Ветер»"


@pytest.mark.parametrize("text", [
    "ООО «Ветер»", 'ООО "Ветер"', "ВЕТЕР ООО", "Ветер, ООО", "ветер (ООО)", 'О.О.О. "Ветер"', '"Ветер" ООО',
    "ООО Ветер",
    'ООО"Ветер"', "«Ветер»ООО", 'Общество с ограниченной ответственностью "Ветер"', "ООО  ″Ветер″", "ООО\xa0«ВЕТЕР»",
    "Общество с Ограниченной Ответственностью Ветер",
])
def test_one_company_in_any_spelling(text):
    name = company_name(text)
    assert (name.kind, name.form, name.display, name.full, name.key) == (
        PartyKind.LEGAL, "ООО", "ООО «Ветер»", VETER, "ооо ветер")


@pytest.mark.parametrize(("text", "kind", "display"), [
    ("ИП Доронин Всеслав Феликсович", PartyKind.SOLE, "ИП Доронин Всеслав Феликсович"),
    ("ИП ДОРОНИН ВСЕСЛАВ ФЕЛИКСОВИЧ", PartyKind.SOLE, "ИП Доронин Всеслав Феликсович"),
    ("Доронин В.Ф., ИП", PartyKind.SOLE, "ИП Доронин В.Ф."),
    ("Индивидуальный предприниматель Ким Анна", PartyKind.SOLE, "ИП Ким Анна"),
    ("Иванов Иван Иванович", PartyKind.PERSON, "Иванов Иван Иванович"),
    ("Петров И. И.", PartyKind.PERSON, "Петров И. И."),
    ("Кузнецова Мария", PartyKind.PERSON, "Кузнецова Мария"),
    ("Мария Сервис", PartyKind.LEGAL, "Мария Сервис"),
    ('ООО "ТД "Ветер"', PartyKind.LEGAL, "ООО «ТД „Ветер“»"),
    ('АО "НПК "Техмаш" им. В.В. Бахирева"', PartyKind.LEGAL, "АО «НПК „Техмаш“ им. В.В. Бахирева»"),
    ('ООО "Ветер" г. Москва', PartyKind.LEGAL, "ООО «Ветер» г. Москва"),
    ("АО РЖД", PartyKind.LEGAL, "АО «РЖД»"),
    ("ЗАО ТОРГОВЫЙ ДОМ ЮЖНЫЙ", PartyKind.LEGAL, "ЗАО «Торговый Дом Южный»"),
    ("ООО «СМУ-5»", PartyKind.LEGAL, "ООО «СМУ-5»"),
    ("ООО «Рога и копыта»", PartyKind.LEGAL, "ООО «Рога и копыта»"),
    ("Аорта", PartyKind.LEGAL, "Аорта"),
    ("Siemens GmbH", PartyKind.LEGAL, "Siemens GmbH"),
    ("МУП Водоканал", PartyKind.LEGAL, "МУП «Водоканал»"),
])
def test_display(text, kind, display):
    name = company_name(text)
    assert (name.kind, name.display) == (kind, display)


def test_display_is_stable():
    for text in ("ООО «Ветер»", "ООО «ТД „Ветер“»", "ИП Доронин В.Ф.", "ООО «Ветер» г. Москва"):
        assert company_name(text).display == text


def test_form_from_a_column_of_its_own():
    assert company_name("Ветер", "ООО").display == "ООО «Ветер»"
    assert company_name("Иванов Иван Иванович", "Индивидуальный предприниматель").kind is PartyKind.SOLE


def test_capitals_are_told():
    assert company_name("ООО АВТОПРОЕКТ").shouted
    assert company_name("ООО АВТОПРОЕКТ").as_written == "ООО «АВТОПРОЕКТ»"
    assert not company_name("ООО «СМУ»").shouted


@pytest.mark.parametrize(("text", "expected"), [
    ("Кулагина Алла – бухгалтер; Марков Георгий Тихонович механик",
     [("Кулагина Алла", "Бухгалтер", "accountant"), ("Марков Георгий Тихонович", "Механик", "mechanic")]),
    ("Иванов И.И. (директор)", [("Иванов И. И.", "Директор", "head")]),
    ("Петров, гл. бухгалтер", [("Петров", "Главный бухгалтер", "accountant")]),
    ("директор Иванов Иван Иванович", [("Иванов Иван Иванович", "Директор", "head")]),
    ("Генеральный директор Сидоров П.П., главный бухгалтер Сидорова А.А.",
     [("Сидоров П. П.", "Генеральный директор", "head"), ("Сидорова А. А.", "Главный бухгалтер", "accountant")]),
    ("Иванов И.И., Петров П.П.", [("Иванов И. И.", "", ""), ("Петров П. П.", "", "")]),
    ("Иванов-Петров Олег - нач. отдела снабжения", [("Иванов-Петров Олег", "Начальник отдела снабжения", "buyer")]),
    ("Гл.инженер Смирнов А.В./Механик Козлов", [("Смирнов А. В.", "Главный инженер", ""),
    ("Козлов", "Механик", "mechanic")]),
    ("ИВАНОВ ИВАН", [("Иванов Иван", "", "")]),
    ("приёмная", [("Приёмная", "", "")]),
    ("Техническов Иван", [("Техническов Иван", "", "")]),
    ("и.о. директора Ким А.Б.", [("Ким А. Б.", "И.о. директора", "head")]),
    ("Кабанов Евгений Марсович\nкладовщик Ли Иван", [("Кабанов Евгений Марсович", "", ""),
    ("Ли Иван", "Кладовщик", "storekeeper")]),
])
def test_people_with_positions(text, expected):
    people, unknown = parse_people(text)
    assert [(person.name, person.position, person.role) for person in people] == expected
    assert not unknown


def test_words_about_nobody_are_handed_back():
    assert parse_people("звонить утром") == ([], ["звонить утром"])
