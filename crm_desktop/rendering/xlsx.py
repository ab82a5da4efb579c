"""Workbooks: the export of a list, and what the printed forms share with it."""

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from crm_contract.lists import Column, ColumnType
from crm_desktop.rendering.tree import HAIRLINE, SHADE, printable

# Codes are the file format's own, the same in every language: a Russian Excel shows `# ##0,00` for the first.
MONEY_FORMAT = "#,##0.00"
DATE_FORMAT = "dd.mm.yyyy"
DATETIME_FORMAT = "dd.mm.yyyy hh:mm"
_LONGEST_TEXT = 32_767
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_WIDTHS = {
    ColumnType.NUMBER: 16, ColumnType.INTEGER: 11, ColumnType.MONEY: 16, ColumnType.QUANTITY: 13,
    ColumnType.PERCENT: 10, ColumnType.DATE: 12, ColumnType.DATETIME: 17, ColumnType.FLAG: 8, ColumnType.STATE: 20,
}
_PIXELS_PER_CHARACTER = 7


def decimals_format(value: Decimal) -> str:
    """As many digits as the number has: `#,##0.###` would leave a bare comma behind a whole number."""
    exponent = value.normalize().as_tuple().exponent
    digits = max(0, -exponent) if isinstance(exponent, int) else 0
    return "#,##0" if not digits else f"#,##0.{'0' * min(digits, 6)}"


def set_text(cell: Cell, text: str) -> None:
    """Text that stays text: `=SUM(A1)` from a user is never a formula, not even after an edit of the cell."""
    cell.value = printable(text)[:_LONGEST_TEXT]
    cell.data_type = "s"
    if text.startswith(_FORMULA_STARTS):
        cell.quotePrefix = True


def use_arial(book: Workbook) -> None:
    """Arial 10 as the workbook's own font: the width of its digits is the unit of column widths, and Linux has no
    Calibri. openpyxl has no public call for it."""
    normal = book._named_styles["Normal"]  # type: ignore[attr-defined]
    normal.font = Font(name="Arial", size=10)
    normal.bind(book)


def sheet_title(title: str) -> str:
    """A name of a worksheet: at most 31 characters without `[]:*?/\\`."""
    return re.sub(r"[\[\]:*?/\\]", " ", printable(title)).strip(" '")[:31] or "Список"


def write_list(title: str, columns: Sequence[Column], rows: Iterable[dict[str, Any]]) -> bytes:
    """A list as a workbook: typed cells, frozen head with filters. Rows are as the server's page gives them."""
    book = Workbook(write_only=True)
    use_arial(book)
    book.properties.title = printable(title)
    sheet: Any = book.create_sheet(sheet_title(title))  # the stubs know no write-only worksheet
    sheet.freeze_panes = "A2"
    for index, column in enumerate(columns, 1):
        sheet.column_dimensions[get_column_letter(index)].width = _width(column)
    sheet.append([_head_cell(sheet, column) for column in columns])
    count = 1
    for row in rows:
        sheet.append([_cell(sheet, column, row.get(column.name)) for column in columns])
        count += 1
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(1, len(columns)))}{count}"
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def _width(column: Column) -> float:
    natural = _WIDTHS.get(column.type) or (column.width / _PIXELS_PER_CHARACTER if column.width else 40)
    return max(natural, min(30, len(column.title) + 4))  # the filter's button needs room


def _head_cell(sheet: Any, column: Column) -> Cell:
    cell = WriteOnlyCell(sheet)
    set_text(cell, column.title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor=SHADE)
    cell.border = Border(bottom=Side("thin", color=HAIRLINE))
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _cell(sheet: Any, column: Column, value: object) -> Cell | None:
    """None for an empty cell."""
    if value is None or value == "":
        return None
    typed, number_format = _typed(column, value)
    cell = WriteOnlyCell(sheet)
    if isinstance(typed, str):
        set_text(cell, typed)
    else:
        cell.value = typed
        cell.number_format = number_format
    return cell


def _typed(column: Column, value: object) -> tuple[str | Decimal | int | date | datetime, str]:
    match column.type:
        case ColumnType.MONEY:
            return Decimal(str(value)), MONEY_FORMAT
        case ColumnType.QUANTITY:
            quantity = Decimal(str(value))
            return quantity, decimals_format(quantity)
        case ColumnType.PERCENT:
            percent = Decimal(str(value))
            whole = percent == percent.to_integral_value()
            return percent / 100, "0%" if whole else "0.00%"
        case ColumnType.INTEGER:
            return int(str(value)), "0"
        case ColumnType.DATE:
            return value if isinstance(value, date) else date.fromisoformat(str(value)[:10]), DATE_FORMAT
        case ColumnType.DATETIME:
            return _local(value), DATETIME_FORMAT
        case ColumnType.FLAG:
            return "Да" if value else "Нет", ""
        case ColumnType.STATE:
            return next((choice.title for choice in column.choices if choice.code == value), str(value)), ""
        case ColumnType.REF:
            return str(value.get("title", "")) if isinstance(value, dict) else str(value), ""
        case _:
            return str(value), ""


def _local(value: object) -> datetime:
    """The moment by the clock of this machine; a workbook knows no time zones."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return moment.astimezone().replace(tzinfo=None) if moment.tzinfo else moment
