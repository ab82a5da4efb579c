"""Workbooks: the export of lists and the printed forms."""

from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from crm_contract.lists import Choice, Column, ColumnType
from crm_desktop.rendering import render
from crm_desktop.rendering.xlsx import write_list

from .reading import letters
from .samples import TRADE_FORMS, Item, document

COLUMNS = (
    Column("number", "Номер", ColumnType.NUMBER),
    Column("date", "Дата", ColumnType.DATE),
    Column("party", "Контрагент", ColumnType.REF, entity="party"),
    Column("total", "Сумма", ColumnType.MONEY),
    Column("quantity", "Количество", ColumnType.QUANTITY),
    Column("paid", "Оплачено", ColumnType.PERCENT),
    Column("state", "Состояние", ColumnType.STATE, choices=(Choice("sent", "Отправлен"),)),
    Column("urgent", "Срочно", ColumnType.FLAG),
    Column("changed", "Изменён", ColumnType.DATETIME),
    Column("lines", "Строк", ColumnType.INTEGER),
    Column("comment", "Комментарий"),
)
ROW = {
    "id": 7, "number": "000418", "date": "2026-11-02", "party": {"id": 3, "title": "ООО «Ветер»"}, "total": "1234.50",
    "quantity": "2.500", "paid": "30", "state": "sent", "urgent": True, "changed": "2026-11-02T10:15:00Z",
    "lines": 12, "comment": "строка",
}


def opened(data: bytes) -> Worksheet:
    sheet = load_workbook(BytesIO(data), rich_text=True).active
    assert isinstance(sheet, Worksheet)
    return sheet


def test_cells_have_types() -> None:
    sheet = opened(write_list("Счета на оплату", COLUMNS, [ROW]))
    local = datetime(2026, 11, 2, 10, 15, tzinfo=UTC).astimezone().replace(tzinfo=None)
    assert [cell.value for cell in sheet[2]] == [
        "000418", datetime(2026, 11, 2), "ООО «Ветер»", 1234.5, 2.5, 0.3, "Отправлен", "Да", local, 12, "строка"]
    formats = {column.name: cell.number_format for column, cell in zip(COLUMNS, sheet[2], strict=True)}
    assert formats["total"] == "#,##0.00"
    assert formats["quantity"] == "#,##0.0"
    assert formats["paid"] == "0%"
    assert formats["date"] == "dd.mm.yyyy"


def test_head_is_frozen_and_filtered() -> None:
    sheet = opened(write_list("Счета: [март]?", COLUMNS, [ROW] * 3))
    assert [cell.value for cell in sheet[1]] == [column.title for column in COLUMNS]
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:K4"
    assert sheet.title == "Счета   март"
    assert sheet.column_dimensions["C"].width > sheet.column_dimensions["D"].width


@pytest.mark.parametrize("text", ["=SUM(A1:A9)", "+7 495", "-1+1", "@cmd", "\t=1", "\r=1", '=HYPERLINK("http://x")'])
def test_user_text_never_becomes_a_formula(text: str) -> None:
    sheet = opened(write_list("Список", (Column("comment", text),), [{"comment": text}]))
    for cell in (sheet["A1"], sheet["A2"]):
        assert cell.data_type == "s"
        assert cell.quotePrefix
        assert str(cell.value).strip() == text.strip()


def test_objects_are_taken_as_well_as_texts() -> None:
    row = {"date": date(2026, 11, 2), "total": Decimal("0.10"), "changed": datetime(2026, 11, 2, tzinfo=UTC)}
    sheet = opened(write_list("Список", COLUMNS, [row, {"total": None, "comment": "\x00a\ud800"}]))
    assert sheet["D2"].value == pytest.approx(0.1)
    assert sheet["D3"].value is None
    assert sheet["K3"].value == "a"


def test_an_empty_list_is_a_head() -> None:
    assert opened(write_list("", COLUMNS, [])).max_row == 1


@pytest.mark.parametrize("form", TRADE_FORMS)
def test_forms_are_sheets_of_texts_and_numbers(form: str) -> None:
    printed = document(form)
    sheet = opened(render(printed, form, "xlsx"))
    cells = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
    text = letters("".join(str(cell.value) for cell in cells))
    for line in printed.lines:
        assert letters(line.name) in text
    numbers = {Decimal(str(cell.value)) for cell in cells if cell.data_type == "n"}
    assert {printed.gross, *(line.gross for line in printed.lines)} <= numbers
    assert sheet.page_setup.orientation == ("landscape" if form == "upd" else "portrait")
    assert sheet.page_setup.fitToWidth == 1


def test_a_form_escapes_formulas_too() -> None:
    sheet = opened(render(document(items=(Item("=1+1", "=cmd|' /C calc'!A0", "1", "10"),)), "invoice", "xlsx"))
    cells = [cell for row in sheet.iter_rows() for cell in row if str(cell.value or "").startswith("=")]
    assert len(cells) == 2
    assert {cell.data_type for cell in cells} == {"s"}
