"""The tree as PDF, by reportlab. Texts go in as fragments, never as reportlab's markup: `<b>` and `&` print literally
and nothing in a text can name a picture or an address to load."""

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from io import BytesIO
from typing import Any, Literal

from reportlab.lib.colors import HexColor
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, Flowable, Frame, HRFlowable, PageTemplate
from reportlab.platypus import PageBreak as NextPage
from reportlab.platypus import Paragraph as Lines
from reportlab.platypus import Spacer as Space
from reportlab.platypus import Table as Grid
from reportlab.platypus.paraparser import ParaFrag

from crm_desktop.rendering.pdf_flowables import FitText, Kept, LineTable, PageFoot, QrCode, SheetCountText
from crm_desktop.rendering.pdf_page import BOLD, REGULAR, canvas_for, one_at_a_time, register_fonts
from crm_desktop.rendering.tree import (
    INK,
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
    Run,
    Sheet,
    SheetCount,
    Side,
    Spacer,
    Table,
    Text,
    plain,
    printable,
)

_ALIGN: dict[Align, Literal[0, 1, 2, 4]] = {Align.LEFT: 0, Align.CENTER: 1, Align.RIGHT: 2, Align.JUSTIFY: 4}
_THICK = 1.4
_Command = tuple[str, tuple[int, int], tuple[int, int], *tuple[Any, ...]]  # of a reportlab TableStyle
#: PT Sans has no such letters; what a fitter or an accountant writes instead. Anything else missing prints as a box.
_SUBSTITUTES = str.maketrans({"\u202f": "\u00a0", "\u2009": " ", "⌀": "Ø", "℃": "°C", "→": "->", "←": "<-", "✓": "+",
                              "″": '"', "′": "'"})
_EDGES = {Side.LEFT: "LINEBEFORE", Side.TOP: "LINEABOVE", Side.RIGHT: "LINEAFTER", Side.BOTTOM: "LINEBELOW"}


def write_pdf(sheet: Sheet) -> bytes:
    """May be called from any thread."""
    with one_at_a_time:
        return _built(sheet)


def _built(sheet: Sheet) -> bytes:
    register_fonts()
    output = BytesIO()
    width, height = (side * mm for side in sheet.size)
    margins = sheet.margins
    document = BaseDocTemplate(
        output, pagesize=(width, height), title=printable(sheet.title), author=printable(sheet.author),
        creator="Окно CRM", lang="ru-RU", allowSplitting=1)
    page = height - (margins.top + margins.bottom) * mm
    frame = Frame(
        margins.left * mm, margins.bottom * mm, sheet.width * mm, page,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
    document.addPageTemplates([PageTemplate("sheet", [frame])])
    story = _story(sheet.blocks, sheet.width)
    for flowable in story:
        if isinstance(flowable, LineTable):
            flowable.page = page
    document.build(story, canvasmaker=canvas_for(sheet))
    return output.getvalue()


# --- texts ------------------------------------------------------------------------------------------------------

def _letters(text: str) -> str:
    return printable(text).translate(_SUBSTITUTES)


@lru_cache(maxsize=256)
def _style(size: float, leading: float, align: Align, before: float = 0, after: float = 0, indent: float = 0,
           keep_next: bool = False) -> ParagraphStyle:
    return ParagraphStyle(
        "text", fontName=REGULAR, fontSize=size, leading=leading, alignment=_ALIGN[align], spaceBefore=before,
        spaceAfter=after, leftIndent=indent * mm, keepWithNext=int(keep_next),
        bulletFontName=REGULAR, bulletFontSize=size, bulletColor=HexColor(f"#{INK}"),
        splitLongWords=1, allowWidows=0, allowOrphans=0)


@lru_cache(maxsize=256)
def _fragments(bold: bool, size: float, colour: str) -> tuple[ParaFrag, ParaFrag]:
    """A fragment of text and a line break, complete as reportlab's own parser makes them, to be cloned."""
    font = BOLD if bold else REGULAR
    style = ParagraphStyle("fragment", fontName=font, fontSize=size, textColor=HexColor(f"#{colour}"))
    text, line_break, _ = Lines("x<br/>x", style).frags
    return text, line_break


def _paragraph(text: Text, style: ParagraphStyle, bold: bool, colour: str, label: str = "") -> Lines:
    frags: list[ParaFrag] = []
    for run in (Run(text),) if isinstance(text, str) else text:
        frag, line_break = _fragments(
            bold if run.bold is None else run.bold, run.size or style.fontSize, run.colour or colour)
        for index, line in enumerate(_letters(run.text).split("\n")):
            if index:
                frags.append(line_break.clone())
            if line:
                frags.append(frag.clone(text=line))
    return Lines("", style, bulletText=_letters(label) or None, frags=frags)


def _styled(block: Paragraph) -> Lines:
    look = STYLES[block.style]
    style = _style(look.size, look.leading, block.align or look.align, look.before, look.after, block.indent,
                   look.keep_next)
    return _paragraph(block.text, style, look.bold, look.colour, block.label)


def _cell(cell: Cell, table: Table) -> Flowable | str:
    size = cell.size or table.size
    leading = round(size * 1.18, 2)
    if isinstance(cell.text, SheetCount):
        return SheetCountText(cell.text, size)
    text = plain(cell.text)
    if not text:
        return ""
    if cell.fit:
        return FitText(_letters(text), BOLD if cell.bold else REGULAR, size, leading, cell.colour, cell.align)
    style = _style(size, leading, cell.align)
    return _paragraph(cell.text, style, cell.bold, cell.colour)


# --- blocks -----------------------------------------------------------------------------------------------------

def _story(blocks: Sequence[Block], width: float) -> list[Flowable]:
    groups = [_flowables(block, width) for block in blocks]
    for index, block in enumerate(blocks[:-1]):
        if isinstance(block, Table) and block.with_next:
            table = groups[index][0]
            assert isinstance(table, LineTable)
            table.tail = block.tail
            table.reserve = sum(_height(flowable, width) for flowable in (*groups[index][1:], *groups[index + 1]))
    return [flowable for group in groups for flowable in group]


def _height(flowable: Flowable, width: float) -> float:
    if isinstance(flowable, Kept):
        return sum(_height(part, width) for part in flowable.parts)
    return flowable.wrap(width * mm, 1e6)[1] + flowable.getSpaceBefore() + flowable.getSpaceAfter()


def _flowables(block: Block, width: float) -> list[Flowable]:
    match block:
        case Paragraph():
            return [_styled(block)]
        case Table():
            return _with_foot(block, _table(block))
        case Code():
            return [QrCode(block)]
        case Spacer():
            return [Space(1, block.height * mm)]
        case Rule():
            return [HRFlowable(
                width="100%", thickness=block.thickness, color=HexColor(f"#{block.colour}"), lineCap="butt",
                spaceBefore=block.before * mm, spaceAfter=block.after * mm)]
        case PageBreak():
            return [NextPage()]
        case KeepTogether():
            return [Kept(_story(block.blocks, width))]
        case Columns():
            return [_columns(block)]


def _columns(block: Columns) -> Grid:
    cells: list[object] = []
    widths: list[float] = []
    for width, blocks in zip(block.widths, block.columns, strict=True):
        if cells:
            cells.append("")
            widths.append(block.gap * mm)
        cells.append(_unsplit(_story(blocks, width)))
        widths.append(width * mm)
    grid = Grid([cells], colWidths=widths, hAlign="LEFT")
    grid.setStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("FONTSIZE", (0, 0), (-1, -1), 1), *_padding(0, 0)])
    return grid


def _unsplit(story: list[Flowable]) -> list[Flowable]:
    """A cell cannot hold `KeepTogether`; its content stays together anyway."""
    flat: list[Flowable] = []
    for flowable in story:
        flat += flowable.parts if isinstance(flowable, Kept) else [flowable]
    return flat


def _with_foot(block: Table, table: LineTable) -> list[Flowable]:
    make = block.page_total
    if make is None:
        return [table]
    table.foot = PageFoot(
        lambda first, last: _table(replace(block, rows=make(first, last), head=0, page_total=None)), 0,
        len(block.rows) - block.head)
    return [table, table.foot]


def _padding(sides: float, ends: float) -> list[_Command]:
    whole = (0, 0), (-1, -1)
    return [
        ("LEFTPADDING", *whole, sides), ("RIGHTPADDING", *whole, sides),
        ("TOPPADDING", *whole, ends), ("BOTTOMPADDING", *whole, ends),
    ]


def _table(table: Table) -> LineTable:
    placed = list(table.placed())
    values: list[list[Flowable | str]] = [[""] * len(table.widths) for _ in table.rows]
    sides, ends = (pad * mm for pad in table.pad)
    commands: list[_Command] = [
        ("FONT", (0, 0), (-1, -1), REGULAR, 1, 1),  # an empty cell has no height of its own
        ("VALIGN", (0, 0), (-1, -1), table.valign.upper()),
        *_padding(sides, ends),
    ]
    for place in placed:
        cell = place.cell
        values[place.row][place.column] = _cell(cell, table)
        start, end = _range(place)
        if start != end:
            commands.append(("SPAN", start, end))
        if cell.valign is not None:
            commands.append(("VALIGN", start, end, cell.valign.upper()))
        if cell.fill:
            commands.append(("BACKGROUND", start, end, HexColor(f"#{cell.fill}")))
    commands += _lines(table, placed)
    grid = LineTable(
        values, colWidths=[width * mm for width in table.widths], repeatRows=table.head, hAlign="LEFT",
        minRowHeights=[row.height * mm for row in table.rows], splitInRow=1, longTableOptimize=0)
    grid.setStyle(commands)
    return grid


def _range(place: Placed) -> tuple[tuple[int, int], tuple[int, int]]:
    cell = place.cell
    return (place.column, place.row), (place.column + cell.span - 1, place.row + cell.rows - 1)


def _lines(table: Table, placed: Sequence[Placed]) -> list[_Command]:
    """One GRID command over each run of rows that are ruled alike, and single lines where a cell has its own."""
    own_rows = _rows_with_own_lines(placed)
    colour = HexColor(f"#{table.line_colour}")
    commands: list[_Command] = []
    if table.border is Side.ALL:
        start = 0
        for row in range(len(table.rows) + 1):
            if row == len(table.rows) or row in own_rows:
                if row > start:
                    commands.append(("GRID", (0, start), (-1, row - 1), table.line, colour))
                start = row + 1
    for place in placed:
        border = table.border if place.cell.border is None else place.cell.border
        if table.border is not Side.ALL or place.row in own_rows:
            commands += _edges(place, border & ~place.cell.thick, table.line, colour)
        commands += _edges(place, place.cell.thick, _THICK, HexColor(f"#{INK}"))
    return commands


def _rows_with_own_lines(placed: Sequence[Placed]) -> set[int]:
    """Rows where a cell has its own border, and rows that a merged cell ties to them."""
    spans = [range(place.row, place.row + place.cell.rows) for place in placed]
    own = {row for place, span in zip(placed, spans, strict=True) if place.cell.border is not None for row in span}
    tall = [span for span in spans if len(span) > 1]
    grown = True
    while grown:
        grown = False
        for span in tall:
            if not own.isdisjoint(span) and not own.issuperset(span):
                own.update(span)
                grown = True
    return own


def _edges(place: Placed, sides: Side, weight: float, colour: object) -> list[_Command]:
    start, end = _range(place)
    return [(command, start, end, weight, colour) for side, command in _EDGES.items() if side & sides]
