"""Spreadsheets for the tests, and the whole path from bytes to a plan."""

import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from crm_contract.exchange import ImportOptions, ImportTarget, Resolution
from crm_server.exchange.excel.analysis import analyse
from crm_server.exchange.excel.plan import ImportPlan, plan_import
from crm_server.exchange.excel.reader import open_book
from crm_server.exchange.excel.values import ParsedRow, PartyValues, ProductValues

SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "data" / "excel"
DAY = date(2026, 11, 24)
#: `change(name, content) -> content` of a part of the package.
Change = Callable[[str, bytes], bytes]
PARTIES, PRODUCTS = ImportTarget.PARTIES, ImportTarget.PRODUCTS


def workbook(rows: Sequence[Sequence[Any]], title: str = "Лист1") -> Workbook:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    add_rows(book, title, rows)
    return book


def add_rows(book: Workbook, title: str, rows: Sequence[Sequence[Any]]) -> None:
    sheet = book[title]
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])


def to_bytes(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def xlsx(rows: Sequence[Sequence[Any]]) -> bytes:
    return to_bytes(workbook(rows))


def options_for(data: bytes, target: ImportTarget, **changes: Any) -> ImportOptions:
    """What the program proposes for a file, taken as it is."""
    analysis = analyse(open_book(data), target)
    sheet = next(sheet for sheet in analysis.sheets if sheet.name == analysis.best_sheet)
    given = {
        "target": target, "sheet": sheet.name, "header_row": sheet.header_row, "header_height": sheet.header_height,
        "mapping": {column.column: column.field for column in sheet.columns if column.field}, "on_date": DAY,
    }
    return ImportOptions.model_validate(given | changes)


def plan_of(data: bytes, target: ImportTarget, *resolutions: Resolution, **changes: Any) -> ImportPlan:
    return plan_import(open_book(data), options_for(data, target, resolutions=list(resolutions), **changes))


def row_of(plan: ImportPlan, number: int) -> ParsedRow:
    return next(parsed for parsed in plan if parsed.number == number)


def party(plan: ImportPlan, number: int) -> PartyValues:
    values = row_of(plan, number).values
    assert isinstance(values, PartyValues)
    return values


def product(plan: ImportPlan, number: int) -> ProductValues:
    values = row_of(plan, number).values
    assert isinstance(values, ProductValues)
    return values


def codes(parsed: ParsedRow) -> list[str]:
    return [problem.code for problem in parsed.problems]


def repack(data: bytes, change: Change) -> bytes:
    """The package with its parts passed through the change."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return out.getvalue()


def on_sheet(replace: Callable[[bytes], bytes]) -> Change:
    """A change of the first sheet's XML."""
    return lambda name, content: replace(content) if name == "xl/worksheets/sheet1.xml" else content
