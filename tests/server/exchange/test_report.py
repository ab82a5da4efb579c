"""Rows that did not go in come back with their reasons, and the file can be loaded again."""

import io
from datetime import date, datetime

from openpyxl import load_workbook

from crm_contract.exchange import Bucket, Resolution, ResolutionAction
from crm_server.exchange.excel.reader import open_book
from crm_server.exchange.excel.report import ADDED_HEADINGS, failed_rows
from tests.server.exchange.workbooks import PARTIES, PRODUCTS, options_for, plan_of, xlsx

FIRM = ["Контрагент", "ИНН", "Дата начала работы", "Примечание"]
ROWS = [
    ["Список"], FIRM, ["ООО «Ветер»", "7707083893", date(2026, 3, 1), ""],
    ["ООО «Буран»", "7707083894", date(2026, 3, 2), "=1+1"], ["", 7736050003, "", "+7 95 \x0bзвонить"],
    ["АО «Север»", "7736050003", "", "@x"],
]


def sheet_of(data: bytes):
    return load_workbook(io.BytesIO(data))["Не загружено"]


def test_original_cells_reasons_and_proposals():
    data = xlsx([[str(cell).replace("\x0b", "") if isinstance(cell, str) else cell for cell in row] for row in ROWS])
    plan = plan_of(data, PARTIES, Resolution(row=6, action=ResolutionAction.SKIP))
    sheet = sheet_of(failed_rows(plan, options_for(data, PARTIES)))
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (*FIRM, *ADDED_HEADINGS)
    assert [row[4] for row in rows[1:]] == [4, 5, 6]
    assert rows[1][0] == "ООО «Буран»"
    assert rows[1][2] == datetime(2026, 3, 2)
    assert rows[1][5:] == ("ИНН: контрольная цифра не сходится, проверьте все цифры", "Загрузить без ИНН")
    assert rows[2][5] == "Нет названия"
    assert rows[3][5] == "Пропущена"
    assert sheet["B2"].fill.fgColor.rgb == "00FFF0CF"
    assert sheet["A3"].fill.fgColor.rgb == "00FCE6E4"


def test_texts_are_never_formulas():
    data = xlsx([row for row in ROWS if row != ROWS[4]])
    sheet = sheet_of(failed_rows(plan_of(data, PARTIES), options_for(data, PARTIES)))
    assert (sheet["D2"].value, sheet["D2"].data_type) == ("=1+1", "s")


def test_the_report_can_be_corrected_and_loaded_again():
    data = xlsx([["Артикул", "Товар", "Цена"], ["A-1", "Датчик", "договорная"], ["A-2", "Клапан", 10]])
    report = failed_rows(plan_of(data, PRODUCTS), options_for(data, PRODUCTS))
    options = options_for(report, PRODUCTS)
    assert options.mapping == {0: "sku", 1: "name", 2: "price"}
    plan = plan_of(report, PRODUCTS, Resolution(code="price_absent", action=ResolutionAction.ACCEPT))
    assert [row.bucket for row in plan] == [Bucket.HEADING, Bucket.READY]


def test_long_numbers_keep_all_their_digits():
    data = xlsx([["Контрагент", "Примечание"], ["ООО", "40702810138250123017"]])
    sheet = sheet_of(failed_rows(plan_of(data, PARTIES), options_for(data, PARTIES)))
    assert sheet["B2"].value == "40702810138250123017"


def test_nothing_left_out_gives_an_empty_list():
    data = xlsx([["Контрагент", "ИНН"], ["ООО «Ветер»", "7707083893"]])
    report = failed_rows(plan_of(data, PARTIES), options_for(data, PARTIES))
    assert sum(1 for _ in open_book(report).rows("Не загружено")) == 1
