"""The heading is found and the columns are understood, whatever the list calls them."""

import pytest

from crm_contract.exchange import IMPORT_FIELDS, ImportTarget
from crm_server.exchange.excel.analysis import analyse
from crm_server.exchange.excel.headings import candidates, prices_include_vat, to_remember
from crm_server.exchange.excel.reader import open_book
from crm_server.exchange.excel.vocabulary import RULES
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, add_rows, to_bytes, workbook, xlsx

PARTY_HEADINGS = {
    "name": ["Контрагент", "Организация", "Покупатель", "Наименование", "Название", "Клиент",
             "Наименование контрагента", "Название организации", "Компания", "Заказчик", "Юр. лицо",
             "Краткое наименование", "Фирма", "Поставщик",
             "Наименование организации / ИП", "Наименование юр.лица", "Организация краткое",
             "Наименование в программе"],
    "full_name": ["Полное наименование", "Юридическое название", "Наименование полное", "Организация полное"],
    "legal_form": ["Орг.-правовая форма", "ОПФ", "Тип лица", "Форма собственности"],
    "inn_kpp": ["ИНН/КПП", "ИНН / КПП", "ИНН, КПП", "инн\\кпп"],
    "inn": ["ИНН", "ИНН контрагента", "инн"],
    "kpp": ["КПП"],
    "ogrn": ["ОГРН", "ОГРН/ОГРНИП", "ОГРНИП"],
    "legal_address": ["Юр. адрес", "Юридический адрес", "Адрес юридический", "Адрес", "Адрес регистрации",
                      "Местонахождение"],
    "actual_address": ["Факт. адрес", "Фактический адрес", "Адрес доставки", "Почтовый адрес"],
    "contact": ["Контактное лицо", "Контактное лицо (должность)", "Контакты", "ФИО", "ФИО контакта", "Ф.И.О."],
    "position": ["Должность", "Должность контактного лица"],
    "director": ["Директор", "Руководитель", "ФИО директора", "Ген. директор"],
    "accountant": ["Бухгалтер", "Гл. бухгалтер"],
    "phone": ["Телефон", "Тел.", "Телефоны", "Моб. тел.", "Контактный телефон", "Тел./факс", "Телефон 2",
              "Мобильный тел."],
    "email": ["E-mail", "e-mail", "Email", "Эл. почта", "Электронная почта", "Почта", "Адрес эл. почты",
              "Адрес электронной почты"],
    "website": ["Сайт", "www", "Веб-сайт (web)"],
    "bank_details": ["Банковские реквизиты"],
    "account": ["Расч. счет", "Р/с", "р/сч", "Расчётный счёт", "Номер счета", "Счёт"],
    "bic": ["БИК", "БИК банка"],
    "bank": ["Банк", "Наименование банка", "Банк получателя"],
    "corr_account": ["К/с", "Корр. счёт", "кор/счет", "Корреспондентский счет"],
    "relation": ["Тип контрагента", "Покупатель/поставщик"],
    "segment": ["Сегмент", "Категория", "Группа", "Отрасль"],
    "manager": ["Менеджер", "Ответственный менеджер", "Куратор", "Ответственный"],
    "payment_days": ["Отсрочка платежа", "Отсрочка, дн."],
    "started_on": ["Дата начала работы", "Дата регистрации", "Клиент с"],
    "code": ["Код", "Код контрагента", "Код 1С", "ID"],
    "note": ["Примечание", "Комментарий", "Прим.", "Заметки", "Доп. информация"],
    "": ["№ п/п", "№", "п/п", "N п/п"],
}
PRODUCT_HEADINGS = {
    "name": ["Наименование", "Номенклатура", "Наименование товара", "Товар", "Название", "Товары (работы, услуги)",
             "Наименование и характеристики", "Позиция", "Материал", "Наименование продукции"],
    "full_name": ["Полное наименование"],
    "sku": ["Артикул", "Арт.", "Код", "Код товара", "Артикул поставщика", "Кат. номер", "Номенклатурный номер", "SKU"],
    "group": ["Группа", "Категория", "Раздел", "Товарная группа"],
    "kind": ["Тип", "Вид номенклатуры"],
    "unit": ["Ед.", "Ед. изм.", "Единица", "Ед.изм", "Единица измерения", "Изм."],
    "price": ["Цена", "Цена с НДС, руб.", "Цена, руб", "Цена без НДС", "Базовая цена", "Прайс", "Стоимость",
              "Цена за ед."],
    "price_retail": ["Розница", "Цена розничная", "РРЦ", "Розничная цена, руб."],
    "price_wholesale": ["Опт", "Цена опт", "Оптовая цена", "Крупный опт"],
    "price_purchase": ["Закупка", "Закупочная цена", "Входная цена", "Себестоимость"],
    "vat": ["НДС", "Ставка НДС", "НДС, %", "% НДС"],
    "barcode": ["Штрихкод", "Штрих-код", "Штрихкод EAN", "EAN-13", "ШК", "Barcode"],
    "stock": ["Остаток", "Кол-во", "Количество", "Остаток на складе", "В наличии", "Свободный остаток"],
    "min_stock": ["Мин. остаток", "Неснижаемый остаток"],
    "country": ["Страна", "Страна происхождения"],
    "manufacturer": ["Производитель", "Бренд", "Торговая марка"],
    "note": ["Примечание", "Описание", "Вес, кг"],
    "": ["№ п/п", "Сумма", "Итого"],
}


@pytest.mark.parametrize(("target", "expected"), [(PARTIES, PARTY_HEADINGS), (PRODUCTS, PRODUCT_HEADINGS)])
def test_vocabulary(target, expected):
    wrong = [(heading, field, candidates(heading, target)[:2]) for field, headings in expected.items()
             for heading in headings if next((found.field for found in candidates(heading, target)), None) != field]
    assert not wrong


@pytest.mark.parametrize("target", list(ImportTarget))
def test_rules_name_known_fields(target):
    known = {"", *(field.name for field in IMPORT_FIELDS[target])}
    assert {name for name, _, _ in RULES[target]} <= known


def analysed(data: bytes, target: ImportTarget, **more):
    result = analyse(open_book(data), target, **more)
    sheet = next(sheet for sheet in result.sheets if sheet.name == result.best_sheet)
    return sheet, {column.column: column.field for column in sheet.columns if column.field}, result


def test_heading_below_titles_and_numbers():
    sheet, mapping, _ = analysed(xlsx([
        ["ООО «Рога и копыта»"], ["Список покупателей на 01.11.2026"], [], ["Ответственный:", "Иванова"], [],
        ["№", "Покупатель", "ИНН", "Тел.", "Эл. почта"],
        [1, "ООО «Ветер»", "7707083893", "8 495 123-45-67", "a@example.org"],
        [2, "ООО «Буран»", "7736050003", "8 495 123-45-68", "b@example.org"],
    ]), PARTIES)
    assert (sheet.header_row, sheet.header_height, sheet.rows, sheet.missing) == (6, 1, 2, [])
    assert mapping == {1: "name", 2: "inn", 3: "phone", 4: "email"}


def test_two_row_heading_with_merged_cells():
    book = workbook([
        ["Контрагент", "Реквизиты", "", "", "Контакты", ""], ["как зовём", "ИНН", "КПП", "БИК", "Телефон", "E-mail"],
        ["ООО «Ветер»", "7707083893", "770701001", "044525225", "8 495 123-45-67", "a@example.org"],
        ["ООО «Буран»", "7736050003", "770701001", "044525225", "8 495 123-45-68", "b@example.org"],
    ])
    for cells in ("B1:D1", "E1:F1"):
        book.worksheets[0].merge_cells(cells)
    sheet, mapping, _ = analysed(to_bytes(book), PARTIES)
    assert (sheet.header_row, sheet.header_height) == (1, 2)
    assert mapping == {0: "name", 1: "inn", 2: "kpp", 3: "bic", 4: "phone", 5: "email"}


def test_two_row_heading_of_prices():
    sheet, mapping, _ = analysed(xlsx([
        ["Прайс-лист"], ["Код", "Наименование товара", "Ед.", "Цена, руб. с НДС", "", "Остаток"],
        ["", "", "", "Розница", "Опт", ""], ["104-220", "Датчик ДД-40", "шт", 4100, 3900.5, 20],
        ["104-221", "Датчик ДД-41", "шт", 4480, 4000, 8],
    ]), PRODUCTS)
    assert (sheet.header_row, sheet.header_height, sheet.prices_include_vat) == (2, 2, True)
    assert mapping == {0: "sku", 1: "name", 2: "unit", 3: "price_retail", 4: "price_wholesale", 5: "stock"}


def test_list_without_heading_is_understood_by_its_values():
    sheet, mapping, _ = analysed(xlsx([
        ["ООО «Ветер»", "7707083893", "+7 495 123-45-67", "a@example.org", "40702810138250123017", "044525225"],
        ["АО «Буран»", "7736050003", "+7 495 123-45-68", "b@example.org", "40702810200000000001", "044525225"],
    ]), PARTIES)
    assert sheet.header_row == 0
    assert mapping == {0: "name", 1: "inn", 2: "phone", 3: "email", 4: "account", 5: "bic"}


def test_values_help_where_headings_say_nothing():
    _, mapping, _ = analysed(xlsx([
        ["Покупатель", "Номер", "Данные", "Столбец1"],
        ["ООО «Ветер»", "7707083893/770701001", "+7 495 123-45-67", "a@example.org"],
        ["АО «Буран»", "7736050003/770501001", "+7 495 123-45-68", "b@example.org"],
    ]), PARTIES)
    assert mapping == {0: "name", 1: "inn_kpp", 2: "phone", 3: "email"}


def test_code_goes_to_the_article_only_when_there_is_no_article():
    rows = [["104", "Датчик давления ДД-40", "ДД-40-А", 10], ["105", "Датчик давления ДД-41", "ДД-41-А", 20]]
    _, mapping, _ = analysed(xlsx([["Код", "Товар", "Артикул", "Цена"], *rows]), PRODUCTS)
    assert mapping == {0: "code", 1: "name", 2: "sku", 3: "price"}
    _, mapping, _ = analysed(xlsx([["Код", "Товар", "Цена опт"], ["104", "Датчик давления ДД-40", 10]]), PRODUCTS)
    assert mapping == {0: "sku", 1: "name", 2: "price_wholesale"}


def test_several_columns_of_one_field():
    _, mapping, _ = analysed(xlsx([
        ["Клиент", "Телефон 1", "Телефон 2", "Моб. тел.", "E-mail"],
        ["ООО «Ветер»", "8 495 123-45-67", "", "89161234567", "a@example.org"]]), PARTIES)
    assert mapping == {0: "name", 1: "phone", 2: "phone", 3: "phone", 4: "email"}


def test_best_of_several_sheets():
    book = workbook([["Настройки"], ["Версия", "1.2"]], "Титул")
    book.create_sheet("Прайс")
    add_rows(book, "Прайс", [["Артикул", "Товар", "Цена"], *[[f"1-{n}", f"Датчик {n}", n] for n in range(1, 30)]])
    book.create_sheet("Старый прайс").sheet_state = "hidden"
    add_rows(book, "Старый прайс", [["Артикул", "Товар", "Цена"], *[[f"1-{n}", "Датчик", n] for n in range(1, 90)]])
    sheet, _, result = analysed(to_bytes(book), PRODUCTS)
    assert sheet.name == "Прайс"
    assert any("Скрытые листы: «Старый прайс»" in note for note in result.notes)


def test_a_price_list_is_told_from_a_customer_list():
    data = xlsx([["Артикул", "Наименование", "Цена", "Остаток", "Ед."], ["1-1", "Датчик ДД-40", 100, 5, "шт"],
                 ["1-2", "Датчик ДД-41", 100, 5, "шт"]])
    assert analyse(open_book(data), PARTIES).other_target_fits
    assert not analyse(open_book(data), PRODUCTS).other_target_fits


def test_remembered_mapping_beats_guesses():
    data = xlsx([["Что", "Почём", "Артикул"], ["Датчик", 10, "A-1"]])
    remembered = to_remember(["Что", "Почём", "Артикул", ""], {0: "name", 1: "price_purchase"})
    assert remembered == {"что": "name", "почем": "price_purchase", "артикул": ""}
    _, mapping, _ = analysed(data, PRODUCTS, remembered=remembered)
    assert mapping == {0: "name", 1: "price_purchase"}


def test_empty_and_strange_sheets_give_no_table():
    result = analyse(open_book(to_bytes(workbook([[]]))), PARTIES)
    assert result.best_sheet == ""
    sheet = analyse(open_book(xlsx([["Привет"], ["как дела"]])), PARTIES).sheets[0]
    assert sheet.missing == ["name"]


@pytest.mark.parametrize(("heading", "expected"), [
    ("Цена с НДС, руб.", True), ("Цена без НДС", False), ("Цена, в т.ч. НДС", True), ("Цена", None),
    ("Ставка НДС", None),
])
def test_prices_include_vat(heading, expected):
    assert prices_include_vat(["Товар", heading]) is expected
