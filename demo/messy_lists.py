"""Lists as they come: titles above, two things in a cell, prices as text, one company under three spellings."""

from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from crm_server.demo_company import requisites

#: Whom the main job sells to, and what.
CUSTOMER_INN = requisites.company_inn("77", 9001)
SENSOR, VALVE, WORK = "ДД-40-016", "КЭ-015-Л", "РАБ-ПНР"

_KPP = requisites.kpp("77")
_OTHER = [requisites.company_inn("77", number) for number in (9002, 9003)]
_WRONG = CUSTOMER_INN[:-1] + str((int(CUSTOMER_INN[-1]) + 1) % 10)

_CUSTOMERS: Sequence[Sequence[object]] = (
    ("Список контрагентов отдела продаж",),
    ("выгружено из старой программы, проверить!",),
    (),
    ("Контрагент", "ИНН / КПП", "Юр. адрес", "Контактное лицо (должность, тел., почта)", "Тел.", "Примечание"),
    ("Москва и область",),
    ('ООО "Северный ветер"', f"{CUSTOMER_INN}/{_KPP}", "127000, Москва, ул. Ветровая, 7, стр. 2",
     "Иванова Ольга Петровна (гл. бухгалтер) 8 (495) 000-12-10 доб. 2, IVANOVA@veter.example",
     "8(495)000-12-10", "оригиналы курьером"),
    ("Северный Ветер, ООО", f"ИНН {CUSTOMER_INN}", "",
     "Петров Дмитрий Сергеевич, ген. директор, 8 900 000 12 11, petrov@veter.example", "", ""),
    ("ООО «СЕВЕРНЫЙ ВЕТЕР»", CUSTOMER_INN, "", "Сидоров Михаил Ильич (снабженец) sidorov@veter.example", "", ""),
    ("Тёплый бор ООО", int(_OTHER[0]), "140000, Люберцы, ул. Лесная, 3",
     "Белов Пётр Ильич, директор, belov@bor.example", "9000001450", "скидка 5%"),
    ("ИП Чижова Анна Сергеевна", requisites.personal_inn("77", 9004), "", "", "9000001515", ""),
    ("ООО Дальний причал", _WRONG, "", "Комаров И. П. komarov@prichal.example", "8-900-000-16-16", "ИНН со слов"),
    ("АО «Каменный мост»", f"{_OTHER[1]} {_KPP}", "115000, Москва, ул. Речная, 18",
     "Лапина Вера Павловна (бухгалтер) lapina(at)most.example", "", ""),
    ("Итого: 7",),
)
_PRICES: Sequence[Sequence[object]] = (
    ("ПРАЙС-ЛИСТ «Завод датчиков»",),
    ("цены с НДС, действуют с начала месяца",),
    (),
    ("Артикул", "Наименование товара", "Ед.изм.", "Цена, руб.", "НДС", "Штрих-код", "Ост."),
    ("Датчики и клапаны",),
    (SENSOR, "Датчик давления ДД-40 0–16 бар, выход 4–20 мА", "шт.", "4 100,00", "22%",
     float(requisites.barcode(9001)), "10"),
    (VALVE, "Клапан КЭ-15 электромагнитный, латунь", "ШТ", "2350 руб.", "20 %", float(requisites.barcode(9002)), 6),
    (VALVE, "Клапан КЭ-15 электромагнитный (латунь)", "шт", 2350, "22%", "", ""),
    ("Работы",),
    (WORK, "Монтаж и пусконаладка датчиков", "час", "1 500-00", "22%", "", "—"),
    ("БЕЗ-ЦЕНЫ", "Кабель соединительный 5 м", "шт", "договорная", "", "", ""),
)


def write(folder: Path) -> tuple[Path, Path]:
    """Customers and prices as two workbooks."""
    customers, prices = folder / "Клиенты (старая база).xlsx", folder / "Прайс завода.xlsx"
    _save(customers, "Лист1", _CUSTOMERS)
    _save(prices, "Прайс", _PRICES)
    return customers, prices


def _save(path: Path, title: str, rows: Sequence[Sequence[object]]) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    sheet["A1"].font = Font(bold=True, size=14)
    book.save(path)
