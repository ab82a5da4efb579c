"""XLSX and CSV become rows of exact cells; what is no table is refused with advice."""

import io
import re
import zipfile
from datetime import date, datetime
from decimal import Decimal

import pytest

from crm_contract.exchange import MAX_FILE_BYTES
from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.excel.reader import open_book
from tests.server.exchange.workbooks import on_sheet, repack, to_bytes, workbook, xlsx


def read(data: bytes, name: str = "list.csv") -> list:
    book = open_book(data, name)
    return [(row.number, row.cells) for row in book.rows(book.sheets[0].name)]


def test_values_are_exact():
    data = xlsx([["a", 7701234567, 53287.86, 0.22, 4600332245382, date(2026, 3, 1), datetime(2026, 3, 1, 9, 30), True]])
    assert read(data) == [(1, ("a", 7701234567, Decimal("53287.86"), Decimal("0.22"), 4600332245382, date(2026, 3, 1),
                               datetime(2026, 3, 1, 9, 30), True))]


@pytest.mark.parametrize(("written", "value"), [
    ("2901.7500000000001", Decimal("2901.75")), ("7.70123456E+9", 7701234560), ("4600332245382.0", 4600332245382),
    ("1.1E-2", Decimal("0.011")), ("NaN", "NaN"),
])
def test_numbers_as_other_programs_write_them(written, value):
    data = repack(xlsx([[12345]]), on_sheet(lambda xml: xml.replace(b"12345", written.encode())))
    assert read(data) == [(1, (value,))]


def test_formula_without_value_is_its_text_and_with_value_its_value():
    book = workbook([["=СУММ(1;2)", "=A1*2"]])
    value = on_sheet(lambda xml: re.sub(rb"(<f>A1\*2</f>)<v\s*/?>(?:</v>)?", rb"\1<v>8</v>", xml))
    data = repack(to_bytes(book), value)
    assert read(data) == [(1, ("=СУММ(1;2)", 8))]


def test_number_format_of_zeros_shows_leading_zeros():
    book = workbook([[541234567]])
    book.worksheets[0]["A1"].number_format = "0000000000"
    assert read(to_bytes(book)) == [(1, ("0541234567",))]


def test_blank_rows_keep_their_numbers_and_the_tail_is_cut():
    book = workbook([["a"], [], [], ["b"]])
    book.worksheets[0].cell(900, 1).number_format = "0.00"
    assert [number for number, _ in read(to_bytes(book))] == [1, 2, 3, 4]


def test_cells_merged_downwards_repeat_and_sideways_do_not():
    book = workbook([["ООО «Ветер»", "Иванов"], ["", "Петров"], ["Прайс", "", ""], ["x", "y"]])
    book.worksheets[0].merge_cells("A1:A2")
    book.worksheets[0].merge_cells("A3:C3")
    assert read(to_bytes(book)) == [
        (1, ("ООО «Ветер»", "Иванов")), (2, ("ООО «Ветер»", "Петров")), (3, ("Прайс",)), (4, ("x", "y"))]


def test_hidden_rows_and_sheets_are_marked():
    book = workbook([["a"], ["b"]])
    book.worksheets[0].row_dimensions[2].hidden = True
    book.create_sheet("Списки").sheet_state = "hidden"
    opened = open_book(to_bytes(book))
    assert [(sheet.name, sheet.hidden) for sheet in opened.sheets] == [("Лист1", False), ("Списки", True)]
    assert [row.hidden for row in opened.rows("Лист1")] == [False, True]


def test_prefixed_elements_shared_strings_and_old_epoch():
    book = workbook([["один", date(2026, 3, 1)]])
    book.epoch = datetime(1904, 1, 1)
    data = repack(to_bytes(book), on_sheet(
        lambda xml: re.sub(rb"<(/?)([a-zA-Z])", rb"<\1x:\2", xml).replace(b"xmlns=", b"xmlns:x=")))
    assert read(data) == [(1, ("один", date(2026, 3, 1)))]


@pytest.mark.parametrize(("encoding", "delimiter"), [
    ("cp1251", ";"), ("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"), ("cp866", ";"),
])
def test_csv_encodings_and_delimiters(encoding, delimiter):
    lines = ["Список клиентов", delimiter.join(("Название", "ИНН", "Примечание")),
             delimiter.join(('"ООО ""Ветер"""', "7707083893", '"строка, с; разделителями"')), "", "конец"]
    assert read("\r\n".join(lines).encode(encoding)) == [
        (1, ("Список клиентов",)), (2, ("Название", "ИНН", "Примечание")),
        (3, ('ООО "Ветер"', "7707083893", "строка, с; разделителями")), (4, ()), (5, ("конец",))]


def test_csv_with_the_separator_line_of_excel():
    assert read(b"sep=;\na;b\n1,5;2\n") == [(1, ()), (2, ("a", "b")), (3, ("1,5", "2"))]


def _ole(text: str = "") -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + text.encode("utf-16-le") + b"\x00" * 600


def _zip(**parts: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize(("data", "message", "action"), [
    (b"", "пуст", "другой"),
    (b"x" * (MAX_FILE_BYTES + 1), "20 МБ", "разделите"),
    (_ole(), "старый формат Excel (.xls)", "сохраните как"),
    (_ole("EncryptedPackage"), "паролем", "снимите"),
    (b"MOXCEL\x00\x08\x00", "1С", ".xlsx"),
    (b"<html><table><tr><td>1</td></tr></table></html>", "веб-страница", "сохраните как"),
    (b"\xef\xbb\xbf<?xml version='1.0'?><Workbook/>", "XML", "сохраните как"),
    (b"%PDF-1.7 ...", "документ", "CSV"),
    (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "не распознан", "Excel"),
    (_zip(**{"content.xml": "<x/>", "mimetype": "application/vnd.oasis"}), ".ods", "сохраните"),
    (_zip(**{"xl/workbook.bin": "x"}), ".xlsb", "сохраните"),
    (_zip(**{"word/document.xml": "<x/>"}), "Word", "Скопируйте"),
    (_zip(**{"a.txt": "x"}), "архив", "Распакуйте"),
    (b"PK\x03\x04 broken", "повреждён", "сохраните"),
])
def test_what_is_no_table_is_refused_with_advice(data, message, action):
    with pytest.raises(UnreadableFile) as refusal:
        open_book(data)
    assert message in refusal.value.message
    assert action in refusal.value.action


def test_doctype_is_refused():
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]>'
    data = repack(xlsx([["a"]]), on_sheet(lambda xml: bomb + xml[xml.index(b"<worksheet"):]))
    with pytest.raises(UnreadableFile, match="DOCTYPE"):
        read(data)


def test_a_bomb_is_stopped_while_it_unpacks():
    data = repack(xlsx([["a"]]), on_sheet(lambda xml: xml.replace(b"<sheetData>", b"<sheetData>" + b" " * 50_000_000)))
    assert len(data) < 100_000
    with pytest.raises(UnreadableFile, match="слишком большой"):
        read(data)


def test_too_many_parts_are_refused():
    with pytest.raises(UnreadableFile, match="слишком много частей"):
        open_book(_zip(**{f"xl/{number}.xml": "" for number in range(2_500)}))


@pytest.mark.parametrize("cut", [200, 2_000])
def test_a_cut_file_is_damaged(cut):
    with pytest.raises(UnreadableFile, match="повреждён"):
        read(xlsx([[str(number)] for number in range(500)])[:-cut])


def test_rows_out_of_order_are_damaged():
    data = repack(xlsx([["a"], ["b"]]), on_sheet(lambda xml: xml.replace(b'<row r="2"', b'<row r="1"')))
    with pytest.raises(UnreadableFile, match="перепутаны"):
        read(data)
