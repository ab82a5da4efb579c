"""A sheet that is looked at takes little memory, however long it is."""

import gc
import tracemalloc
from datetime import date

from crm_contract.exchange import ImportOptions
from crm_server.exchange.excel.packed import Packed
from crm_server.exchange.excel.plan import SheetReading
from crm_server.exchange.excel.reader import open_book
from tests.server.exchange.workbooks import PARTIES

ROWS = 4000
BYTES_PER_ROW = 1000    # parsed rows took 4,400, packed ones take some 90


def test_packed_items_come_back_in_order() -> None:
    packed = Packed(range(1000))
    assert (len(packed), list(packed)) == (1000, list(range(1000)))
    assert [packed[index] for index in (0, 255, 256, 999, 511)] == [0, 255, 256, 999, 511]


def test_a_long_sheet_is_kept_small() -> None:
    heading = "Название;ИНН/КПП;Юридический адрес;Контакт;Телефон;Почта"
    lines = [f"ООО «Фирма {number}»;{7700000000 + number}/770001001;{100000 + number}, г. Москва, ул. Лесная, {number};"
             f"Иванов Пётр, директор;+7 495 {number % 900 + 100}-00-01;info{number}@example.com"
             for number in range(ROWS)]
    data = "\r\n".join([heading, *lines]).encode()
    options = ImportOptions(
        target=PARTIES, sheet="список", header_row=1, on_date=date(2026, 11, 24),
        mapping=dict(enumerate(("name", "inn_kpp", "legal_address", "contact", "phone", "email"))))
    book = open_book(data, "список.csv")
    tracemalloc.start()
    try:
        reading = SheetReading(book, options)
        plan = reading.plan(options)
        assert len(plan) == ROWS + 1
        with_them = _traced()
        del reading, plan
        kept = with_them - _traced()
    finally:
        tracemalloc.stop()
    assert kept < ROWS * BYTES_PER_ROW


def _traced() -> int:
    gc.collect()
    return tracemalloc.get_traced_memory()[0]
