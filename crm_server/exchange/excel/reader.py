"""Opens a spreadsheet: the format is recognised by content, not by name."""

from crm_contract.exchange import MAX_FILE_BYTES
from crm_server.exchange.excel.book import Book, UnreadableFile
from crm_server.exchange.excel.csv_file import CsvBook
from crm_server.exchange.excel.xlsx_file import XlsxBook

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SAVE_AS = "Откройте его в Excel или LibreOffice и сохраните как «Книга Excel (.xlsx)»"


def open_book(data: bytes, file_name: str = "") -> Book:
    """Raises UnreadableFile with advice for anything that is neither XLSX nor CSV."""
    if not data.strip():
        raise UnreadableFile("Файл пуст", "Выберите другой файл")
    if len(data) > MAX_FILE_BYTES:
        raise UnreadableFile(f"Файл больше {MAX_FILE_BYTES // 1024 // 1024} МБ",
                             "Удалите из него картинки и лишние листы или разделите на части")
    if data.startswith(b"PK\x03\x04"):
        return XlsxBook(data)
    _refuse_other_formats(data)
    return CsvBook(data, file_name)


def _refuse_other_formats(data: bytes) -> None:
    start = data[:2048].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise UnreadableFile("Файл защищён паролем", "Откройте его в Excel, снимите пароль и сохраните заново")
        raise UnreadableFile("Это старый формат Excel (.xls)", _SAVE_AS)
    if start.startswith(b"moxcel"):
        raise UnreadableFile("Это табличный документ 1С (.mxl)", "Сохраните его из 1С как «Лист Excel 2007 (.xlsx)»")
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        raise UnreadableFile("Это веб-страница с расширением таблицы", _SAVE_AS)
    if start.startswith(b"<?xml"):
        raise UnreadableFile("Это XML, а не таблица", _SAVE_AS)
    if start.startswith((b"%pdf", b"{\\rtf")):
        raise UnreadableFile("Это документ, а не таблица", "Попросите список в Excel (.xlsx) или CSV")
    if b"\x00" in data[:4096] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("Формат файла не распознан", "Нужна книга Excel (.xlsx) или текст CSV")
