"""Rows that did not go in, back as a workbook: the original cells and, beside them, why and what to do.

The file can be corrected and loaded again as it is: its heading is the original one, the added columns come last.
"""

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from crm_contract.exchange import Bucket, ImportOptions, Severity
from crm_server.exchange.excel.book import Cell
from crm_server.exchange.excel.left_out import LeftOut, left_out
from crm_server.exchange.excel.plan import ImportPlan

ADDED_HEADINGS = ("Строка в файле", "Причина", "Что предлагается")
_LONGEST_TEXT = 32_000      # Excel holds 32,767 characters in a cell
_EXCEL_DIGITS = 10**15
_FILLS = {
    Severity.ERROR: PatternFill("solid", fgColor="FCE6E4"),
    Severity.DOUBT: PatternFill("solid", fgColor="FFF0CF"),
}
_BOLD = Font(bold=True)


def failed_rows(plan: ImportPlan, options: ImportOptions, rows: Sequence[LeftOut] | None = None) -> bytes:
    """An XLSX of the rows in ERROR, DOUBT and SKIPPED, or of the given ones."""
    rows = left_out(plan) if rows is None else rows
    heading = plan.heading()
    widths = [len(parsed.row.cells) for parsed in [*(row.parsed for row in rows), *heading]]
    width = max([*widths, *(column + 1 for column in options.mapping)], default=0)
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Не загружено")
    sheet.freeze_panes = f"A{max(len(heading), 1) + 1}"
    for parsed in heading:
        added = ADDED_HEADINGS if parsed is heading[-1] else ()
        sheet.append(_cells(sheet, [*_padded(parsed.row.cells, width), *added], font=_BOLD))
    for row in rows:
        parsed = row.parsed
        cells = _cells(sheet, [*_padded(parsed.row.cells, width), parsed.number, *_reasons(row)])
        for problem in row.problems:
            column, severity = problem.placed.column, problem.placed.finding.severity
            if column is not None and problem.is_open and severity in _FILLS:
                cells[column].fill = _FILLS[severity]
        sheet.append(cells)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _padded(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells, *[None] * (width - len(cells))]


def _cells(sheet: Worksheet, values: Iterable[Cell], font: Font | None = None) -> list[SheetCell]:
    cells: list[SheetCell] = []
    for value in values:
        cell = WriteOnlyCell(sheet)
        cell.value = _writable(value)
        if isinstance(value, str):
            cell.data_type = "s"  # a text that starts with = stays a text
        if font:
            cell.font = font
        cells.append(cell)
    return cells


def _writable(value: Cell) -> Cell:
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_TEXT]
    if isinstance(value, int | Decimal) and not isinstance(value, bool) and abs(value) >= _EXCEL_DIGITS:
        return format(value, "f") if isinstance(value, Decimal) else str(value)
    return value


def _reasons(row: LeftOut) -> tuple[str, str]:
    if row.reason:
        return row.reason, ""
    if row.bucket is Bucket.SKIPPED:
        return "Пропущена", ""
    open_ones = [problem for problem in row.problems if problem.is_open]
    messages = [problem.placed.finding.message for problem in open_ones]
    proposals = [problem.placed.finding.proposal for problem in open_ones if problem.placed.finding.proposal]
    return "; ".join(messages), "; ".join(proposals)
