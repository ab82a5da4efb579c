"""Files as offices send them, each made here: nothing goes in wrong and nothing is lost without a word."""

import pytest
from openpyxl import Workbook

from crm_contract.exchange import Bucket, ImportTarget
from crm_server.exchange.excel.analysis import analyse
from crm_server.exchange.excel.plan import ImportPlan, plan_import
from crm_server.exchange.excel.reader import open_book
from tests.server.exchange.workbooks import (
    PARTIES,
    PRODUCTS,
    options_for,
    party,
    plan_of,
    product,
    row_of,
    to_bytes,
    workbook,
    xlsx,
)


def asked(plan: ImportPlan, number: int) -> list[str]:
    return [problem.code for problem in row_of(plan, number).problems if problem.is_open]


def fields(data: bytes, target: ImportTarget) -> list[str]:
    mapping = options_for(data, target).mapping
    return [mapping.get(column, "") for column in range(max(mapping) + 1)]


def register() -> bytes:
    book = workbook([
        ["Реестр контрагентов на 01.11.2026", *[""] * 8], [],
        ["№ п/п", "Организация", "", "Реквизиты", "", "", "Связь", "", "Кто ведёт"],
        ["", "Краткое", "Полное", "ИНН", "КПП", "Банк, р/с", "тел.", "эл. адрес", ""],
        [1, "Тепломаш", 'Общество с ограниченной ответственностью "Тепломаш"', 7736050003.0, 773601001,
         "р/с 40702810938000000001 в ПАО Сбербанк БИК 044525225", "+7(495)111-22-33\n8-800-555-35-35 доб.12",
         "info@teplomash.ru\nbuh@teplomash.ru", "Орлова"],
        [2, "ИП Доронин В.П.", "", 504728038530, "", "", "89161234567", "-", "—"],
        [3, "Тепломаш", "ООО Тепломаш", 7736050003, 773601001, "", "+7 495 111-22-34", "", ""], ["", "ИТОГО: 3"]])
    for cells in ("A1:I1", "B3:C3", "D3:F3", "G3:H3", "A3:A4", "I3:I4"):
        book.worksheets[0].merge_cells(cells)
    return to_bytes(book)


def test_register_with_merged_titles_and_short_and_full_names() -> None:
    plan = plan_of(register(), PARTIES)
    first = party(plan, 5)
    assert (first.name, first.inn, first.kpp, first.manager) == ("ООО «Тепломаш»", "7736050003", "773601001", "Орлова")
    assert first.emails == ["info@teplomash.ru", "buh@teplomash.ru"]
    assert [phone.display for phone in first.phones] == [
        "+7 495 111-22-33", "+7 800 555-35-35 доб. 12", "+7 495 111-22-34"]
    assert (first.accounts[0].account, first.accounts[0].bic) == ("40702810938000000001", "044525225")
    assert party(plan, 6).name == "ИП Доронин В.П."
    assert row_of(plan, 7).merged_into == 5
    assert row_of(plan, 8).bucket is Bucket.TOTAL


def test_export_of_an_accounting_program_with_groups_and_empty_columns() -> None:
    data = xlsx([
        ["", "Контрагенты"], [], ["", "Наименование", "", "", "Дополнительные сведения"],
        ["", "Наименование в программе", "", "", "ИНН", "КПП", "", "Телефон контрагента", "Юридический адрес"],
        ["", "Поставщики"], ["", "Вектор ООО", "", "", "7736050003", "773601001", "", "Телефон: 7 (495) 123-45-67",
                             "125130, Москва г, Клары Цеткин ул, дом № 33"],
        ["", "Покупатели"], ["", "Прогресс АО", "", "", "7707083893", "770701001"]])
    plan = plan_of(data, PARTIES)
    assert [row.bucket for row in plan][4:] == [Bucket.GROUP, Bucket.READY, Bucket.GROUP, Bucket.READY]
    assert (party(plan, 6).name, party(plan, 6).phones[0].display) == ("ООО «Вектор»", "+7 495 123-45-67")


def test_list_without_a_heading_does_not_take_wrong_codes_for_phones() -> None:
    data = xlsx([
        ["ООО «Заря»", "5261059510", "526101001", "603000, г. Нижний Новгород, ул. Горького, 1", "+7 831 222-33-44"],
        ["ООО «Сокол»", "5262038746", "526201001", "г. Нижний Новгород, ул. Белинского, 15, 603022", "831 4112233"],
        ["ПАО «Луч»", "7707083893", "", "Нижний Новгород, пл. Минина 3", "—"]])
    assert fields(data, PARTIES) == ["name", "inn", "kpp", "legal_address", "phone"]
    assert asked(plan_of(data, PARTIES), 1) == ["inn"]


def test_people_with_positions_in_brackets() -> None:
    data = xlsx([["Телефон раб.", "Заказчик", "Контактное лицо (ФИО, должность)", "Мейл", "ИНН"],
                 ["(8442) 33-44-55", 'ООО "Аква"', "Петров Пётр Петрович (главный механик), Сидорова Анна (бухгалтер)",
                  "p@aqua.ru, b@aqua.ru", "7736050003"],
                 ["нет", "ЗАО Маяк", "Иванов И.И. (ген. директор) +7 902 111-22-33", "mayak@mail,ru", "77 07 083 893"]])
    plan = plan_of(data, PARTIES)
    assert [(person.name, person.role) for person in party(plan, 2).contacts] == [
        ("Петров Пётр Петрович", "mechanic"), ("Сидорова Анна", "accountant")]
    assert (party(plan, 3).name, party(plan, 3).inn, party(plan, 3).emails) == (
        "ЗАО «Маяк»", "7707083893", ["mayak@mail.ru"])


def price_list() -> bytes:
    return xlsx([
        ["ООО «Поставщик» Прайс-лист от 20.11.2026"], ["Цены указаны с НДС. Тел. (495) 000-00-00"], [],
        ["Номенклатура", "Кол-во в уп.", "Цена за ед., с НДС", "Ставка НДС", "ШК", "Ед", "Код товара", "Made in"],
        ["Насосы"], ["Насос циркуляционный", 1, "1 234,50 руб.", "в т.ч. 22%", "4,60033E+12", "шт.", "НЦ-25",
                       "Дания"],
        ["Насос дренажный", 1, "договорная", "20%", "", "штука", "НД-1"],
        ["Насос", 1, "от 45 000", "22%", "", "шт", "Н-2"],
        ["Трубы"], ["Труба 32", 100, "85,20 руб/м", 22, "", "м/п", "ТР-32"],
        ["Труба 40", 9, "1.120-00", "", "", "п.м.", "Т"],
        ["Услуги"], ["Монтаж насоса", "", "5 000 р.", "без НДС", "", "усл.", "У-1"],
        ["Ведро", "", 0, "", "", "шт", "В-1"]])


def test_price_list_with_words_for_numbers() -> None:
    plan = plan_of(price_list(), PRODUCTS)
    prices = {number: str(product(plan, number).prices.get("price", "")) for number in (6, 7, 8, 10, 11, 13, 14)}
    assert prices == {6: "1234.50", 7: "", 8: "", 10: "85.20", 11: "1120.00", 13: "5000", 14: ""}
    assert {number: asked(plan, number) for number in (6, 7, 8, 10, 11, 13, 14)} == {
        6: ["lost_digits"], 7: ["price_absent"], 8: ["price_from"], 10: [], 11: [], 13: [], 14: []}
    assert "price_zero" in [problem.code for problem in row_of(plan, 14).problems]
    assert [product(plan, number).unit for number in (6, 7, 10, 11)] == ["796", "796", "018", "018"]
    assert (product(plan, 6).country, product(plan, 6).group) == ("208", "Насосы")


@pytest.mark.parametrize("encoding", ["cp1251", "utf-8-sig", "utf-16"])
def test_csv_in_any_encoding(encoding: str) -> None:
    text = ('Код;Товар;Розн. цена;Опт. цена;НДС;Ед.изм;Штрих-код;Остаток на складе\r\n'
            'A-1;"Кран шаровый 1/2""";450,00;390,00;20;шт;4600104225008;12\r\n'
            'A-2;"Кран; латунь";520,5;;22;шт;;>10\r\n')
    data = text.encode(encoding)
    plan = plan_of(data, PRODUCTS)
    assert (product(plan, 2).name, product(plan, 3).name) == ('Кран шаровый 1/2"', "Кран; латунь")
    assert {name: str(price) for name, price in product(plan, 2).prices.items()} == {
        "price_retail": "450.00", "price_wholesale": "390.00"}


def test_lists_on_several_sheets_are_all_told_of() -> None:
    heading = ["Item", "Part number", "Unit", "Price RUB", "VAT", "Brand", "Made in"]
    book: Workbook = workbook([heading, ["Pump 1", "P-1", "pcs", 1000.5, 0.22, "Grundfos", "Дания"],
                               ["Pump 2", "P-2", "pcs", 1100.5, 0.22, "Grundfos", "Дания"]], "Pumps")
    valves = book.create_sheet("Valves")
    for row in (heading, ["Valve", "V-1", "pcs", 100, "22 %", "Bugatti", "Италия"]):
        valves.append(row)
    data = to_bytes(book)
    analysis = analyse(open_book(data), PRODUCTS)
    assert analysis.best_sheet == "Pumps"
    assert any("«Valves»" in note for note in analysis.notes)
    plan = plan_import(open_book(data), options_for(data, PRODUCTS))
    pump = product(plan, 2)
    assert (pump.manufacturer, pump.country, pump.unit) == ("Grundfos", "208", "796")
