"""The tree as a worksheet: every block lies on one grid of columns made of the edges of all tables.

Numbers stay numbers, so an accountant can add them up; a form prints on A4 as its PDF does.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO

from openpyxl import Workbook
from openpyxl.cell import Cell as SheetCell
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.drawing.image import Image
from openpyxl.styles import Alignment, Border, Color, Font, PatternFill
from openpyxl.styles import Side as Line
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.pagebreak import Break
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from crm_desktop.rendering.measure import text_height
from crm_desktop.rendering.qr import QUIET_MODULES, qr_code
from crm_desktop.rendering.tree import (
    INK,
    MUTED,
    STYLES,
    Align,
    Block,
    Cell,
    Code,
    Columns,
    KeepTogether,
    PageBreak,
    Paragraph,
    Placed,
    Rule,
    Sheet,
    SheetCount,
    Side,
    Spacer,
    Table,
    Text,
    VAlign,
    plain,
    printable,
)
from crm_desktop.rendering.xlsx import set_text, sheet_title, use_arial
from crm_desktop.rendering.xlsx_grid import ColumnGrid, pixels, points

_FACE = "Arial"
_NARROWER = 0.95  # Arial is wider than the PT Sans that the sizes are meant for
_LEAST_ROW = 4.0
_INCH = 25.4
_VERTICAL = {VAlign.TOP: "top", VAlign.MIDDLE: "center", VAlign.BOTTOM: "bottom"}


def write_xlsx(sheet: Sheet) -> bytes:
    book = Workbook()
    worksheet = book.active
    assert isinstance(worksheet, Worksheet)
    use_arial(book)
    worksheet.title = sheet_title(sheet.title)
    book.properties.title = printable(sheet.title)
    book.properties.creator = printable(sheet.author)
    grid = ColumnGrid(sheet.blocks, sheet.width)
    for index, width in enumerate(grid.widths, 1):
        worksheet.column_dimensions[get_column_letter(index)].width = pixels(width) / 7
    writer = _Writer(worksheet, grid)
    writer.write(sheet.blocks, 0, sheet.width, 1)
    writer.set_heights()
    _set_page(worksheet, sheet)
    output = BytesIO()
    book.save(output)
    return output.getvalue()


def _set_page(worksheet: Worksheet, sheet: Sheet) -> None:
    worksheet.sheet_view.showGridLines = False
    setup = worksheet.page_setup
    setup.paperSize = 9  # A4
    setup.orientation = "landscape" if sheet.landscape else "portrait"
    worksheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    setup.fitToWidth, setup.fitToHeight = 1, 0
    margins = sheet.margins
    worksheet.page_margins = PageMargins(*(
        side / _INCH for side in (margins.left, margins.right, margins.top, margins.bottom + 2, 4, 4)))
    header, footer = worksheet.oddHeader, worksheet.oddFooter
    assert header is not None
    assert footer is not None
    texts = [
        (footer.left, printable(sheet.running).replace("&", "&&")),
        (footer.right, "Лист &P из &N"),
    ]
    if sheet.is_draft:
        texts.append((header.right, "Черновик"))
    for item, text in texts:
        item.text, item.font, item.size, item.color = text, f"{_FACE},Regular", 8, MUTED


class _Writer:
    """Puts blocks below each other; remembers how high each row has to be."""

    def __init__(self, worksheet: Worksheet, grid: ColumnGrid) -> None:
        self._worksheet = worksheet
        self._grid = grid
        self._heights: dict[int, float] = {}  # row → points

    def set_heights(self) -> None:
        for row, height in self._heights.items():
            self._worksheet.row_dimensions[row].height = round(height, 1)

    def write(self, blocks: Sequence[Block], left: float, width: float, row: int) -> int:
        """The first free row below the blocks; `left` and `width` in millimetres."""
        for block in blocks:
            row = self._write_block(block, left, width, row)
        return row

    def _write_block(self, block: Block, left: float, width: float, row: int) -> int:
        match block:
            case Paragraph():
                return self._paragraph(block, left, width, row)
            case Table():
                return self._table(block, left, row)
            case Code():
                return self._code(block, left, row)
            case Spacer():
                return self._gap(row, points(block.height))
            case Rule():
                return self._rule(block, left, width, row)
            case KeepTogether():
                return self.write(block.blocks, left, width, row)
            case Columns():
                return self._columns(block, left, row)
            case PageBreak():
                self._worksheet.row_breaks.append(Break(row - 1))
                return row

    def _grow(self, row: int, height: float) -> None:
        self._heights[row] = max(self._heights.get(row, _LEAST_ROW), height)

    def _gap(self, row: int, height: float) -> int:
        self._grow(row, height)
        return row + 1

    def _paragraph(self, block: Paragraph, left: float, width: float, row: int) -> int:
        look = STYLES[block.style]
        text: Text = f"{block.label} {plain(block.text)}" if block.label else block.text
        size = look.size * _NARROWER
        first, last = self._grid.span(left + block.indent, left + width)
        cell = self._merge(row, first, row, last)
        _put(cell, text, _font(look.bold, size, look.colour))
        cell.alignment = _alignment(block.align or look.align, VAlign.TOP, True)
        height = text_height(text, size, points(width - block.indent) - 4)
        self._grow(row, height + look.before + look.after + 1)
        return row + 1

    def _rule(self, block: Rule, left: float, width: float, row: int) -> int:
        first, last = self._grid.span(left, left + width)
        for column in range(first, last + 1):
            self._worksheet.cell(row, column).border = Border(bottom=Line("medium", color=block.colour))
        row = self._gap(row, max(_LEAST_ROW, points(block.before)))
        return self._gap(row, points(block.after)) if block.after else row

    def _columns(self, block: Columns, left: float, row: int) -> int:
        end = row
        for width, blocks in zip(block.widths, block.columns, strict=True):
            end = max(end, self.write(blocks, left, width, row))
            left += width + block.gap
        return end

    def _code(self, block: Code, left: float, row: int) -> int:
        """The picture lies over as many rows as its height takes; rows beside it are written before."""
        picture = BytesIO()
        qr_code(block.payload).save(picture, kind="png", scale=6, border=QUIET_MODULES)
        picture.seek(0)
        image = Image(picture)
        image.width = image.height = round(pixels(block.size))
        self._worksheet.add_image(image, f"{get_column_letter(self._grid.span(left, left + block.size)[0])}{row}")
        need = points(block.size)
        while need > 0:
            if row not in self._heights:
                self._heights[row] = 15.0
            need -= self._heights[row]
            row += 1
        return row

    # --- tables -------------------------------------------------------------------------------------------------

    def _table(self, table: Table, left: float, row: int) -> int:
        if table.head and not self._worksheet.print_title_rows:
            self._worksheet.print_title_rows = f"{row}:{row + table.head - 1}"
        edges = [left]
        for width in table.widths:
            edges.append(edges[-1] + width)
        for index, line in enumerate(table.rows):
            self._grow(row + index, points(line.height))
        for place in table.placed():
            self._cell(table, place, edges, row)
        return row + len(table.rows)

    def _cell(self, table: Table, place: Placed, edges: Sequence[float], top: int) -> None:
        cell = place.cell
        left, right = edges[place.column], edges[place.column + cell.span]
        first, last = self._grid.span(left, right)
        start, end = top + place.row, top + place.row + cell.rows - 1
        self._borders(table, cell, (start, first, end, last))
        target = self._merge(start, first, end, last)
        size = (cell.size or table.size) * _NARROWER
        if cell.text:
            self._fill(target, cell, size)
            target.alignment = _alignment(cell.align, cell.valign or table.valign, not cell.fit)
        if cell.fill:
            target.fill = PatternFill("solid", fgColor=cell.fill)
        if cell.text and cell.rows == 1:
            text = plain(cell.text) if isinstance(cell.text, SheetCount) else cell.text
            width = 1e6 if cell.fit else points(right - left - 2 * table.pad[0]) - 2
            self._grow(start, text_height(text, size, width) + 2 * points(table.pad[1]) + 1)

    def _fill(self, target: SheetCell, cell: Cell, size: float) -> None:
        font = _font(cell.bold, size, cell.colour)
        if cell.value is None:
            _put(target, plain(cell.text) if not isinstance(cell.text, tuple) else cell.text, font)
            return
        target.value = cell.value
        digits = len(plain(cell.text).partition(",")[2])
        target.number_format = f"#,##0.{'0' * digits}" if digits else "#,##0"
        target.font = font

    def _merge(self, top: int, first: int, bottom: int, last: int) -> SheetCell:
        if (top, first) != (bottom, last):
            # not `merge_cells`: it compares each new merge with all others, forty seconds for a thousand lines
            self._worksheet.merged_cells.ranges.add(CellRange(None, first, top, last, bottom))
        cell = self._worksheet.cell(top, first)
        assert isinstance(cell, SheetCell)
        return cell

    def _borders(self, table: Table, cell: Cell, area: tuple[int, int, int, int]) -> None:
        """Drawn before the merge: the cells under a merge keep the lines of its edges."""
        border = table.border if cell.border is None else cell.border
        if not border and not cell.thick:
            return
        top, first, bottom, last = area
        for row, column in _rim(area):
            edge = Side.NONE
            edge |= Side.TOP if row == top else Side.NONE
            edge |= Side.BOTTOM if row == bottom else Side.NONE
            edge |= Side.LEFT if column == first else Side.NONE
            edge |= Side.RIGHT if column == last else Side.NONE
            self._worksheet.cell(row, column).border = _border(
                border & edge & ~cell.thick, cell.thick & edge, table.line_colour)


def _rim(area: tuple[int, int, int, int]) -> Iterator[tuple[int, int]]:
    top, first, bottom, last = area
    for row in range(top, bottom + 1):
        for column in range(first, last + 1):
            if row in (top, bottom) or column in (first, last):
                yield row, column


def _put(cell: SheetCell, text: Text, font: Font) -> None:
    """Text of one look or, with runs that differ, rich text."""
    cell.font = font
    if isinstance(text, str):
        set_text(cell, text)
        return
    pieces = [
        TextBlock(
            InlineFont(rFont=_FACE, sz=(run.size * _NARROWER if run.size else font.sz),
                       b=font.b if run.bold is None else run.bold, color=_colour(run.colour, font)),
            printable(run.text))
        for run in text if run.text
    ]
    cell.value = CellRichText(*pieces)


def _colour(own: str, font: Font) -> Color | None:
    return Color(own) if own else font.color


@lru_cache(maxsize=256)
def _font(bold: bool, size: float, colour: str) -> Font:
    return Font(name=_FACE, size=round(size * 2) / 2, bold=bold, color=colour)


@lru_cache(maxsize=64)
def _alignment(align: Align, valign: VAlign, wrap: bool) -> Alignment:
    return Alignment(horizontal=align.value, vertical=_VERTICAL[valign], wrap_text=wrap, shrink_to_fit=not wrap)


@lru_cache(maxsize=256)
def _border(thin: Side, thick: Side, colour: str) -> Border:
    def line(side: Side) -> Line:
        if side & thick:
            return Line("medium", color=INK)
        return Line("thin", color=colour) if side & thin else Line()

    return Border(left=line(Side.LEFT), right=line(Side.RIGHT), top=line(Side.TOP), bottom=line(Side.BOTTOM))
