"""A table of the tree as a Word table."""

from collections.abc import Iterable

from docx.oxml import OxmlElement

from crm_desktop.rendering.docx_style import CELL_STYLE, Element, append_field, append_text, child
from crm_desktop.rendering.measure import fitting_size
from crm_desktop.rendering.tree import INK, Align, Cell, Placed, SheetCount, Side, Table, VAlign, plain

JUSTIFICATION = {Align.LEFT: "left", Align.CENTER: "center", Align.RIGHT: "right", Align.JUSTIFY: "both"}
_VERTICAL = {VAlign.TOP: "top", VAlign.MIDDLE: "center", VAlign.BOTTOM: "bottom"}
_EDGES = ((Side.TOP, "top"), (Side.LEFT, "left"), (Side.BOTTOM, "bottom"), (Side.RIGHT, "right"))
_THICK = 1.4


def twips(millimetres: float) -> str:
    """Twentieths of a point."""
    return str(round(millimetres * 1440 / 25.4))


def word_table(table: Table, keep: bool = False) -> Element:
    """`keep` holds the whole table on the page of what follows."""
    element = OxmlElement("w:tbl")
    _set_properties(element, table)
    grid = child(element, "w:tblGrid")
    for width in table.widths:
        child(grid, "w:gridCol", w=twips(width))
    starts = {(place.row, place.column): place for place in table.placed()}
    covering = _covering(starts.values())
    kept_from = len(table.rows) - table.tail if table.with_next else len(table.rows)
    for index, row in enumerate(table.rows):
        line = child(element, "w:tr")
        properties = child(line, "w:trPr")
        child(properties, "w:cantSplit")
        if row.height:
            child(properties, "w:trHeight", val=twips(row.height), hRule="atLeast")
        if index < table.head:
            child(properties, "w:tblHeader")
        column = 0
        while column < len(table.widths):
            place = starts.get((index, column)) or covering[index, column]
            _append_cell(line, table, place, index, keep or index >= kept_from)
            column += place.cell.span
    return element


def _covering(places: Iterable[Placed]) -> dict[tuple[int, int], Placed]:
    """Where a cell merged from above continues: (row, first column) → the cell."""
    return {
        (row, place.column): place for place in places for row in range(place.row + 1, place.row + place.cell.rows)}


def _set_properties(element: Element, table: Table) -> None:
    properties = child(element, "w:tblPr")
    if table.border is Side.ALL:
        child(properties, "w:tblStyle", val="TableGrid")
    child(properties, "w:tblW", w=twips(table.width), type="dxa")
    child(properties, "w:tblInd", w="0", type="dxa")
    if table.border:
        borders = child(properties, "w:tblBorders")
        names = [name for side, name in _EDGES if table.border & side]
        names += ["insideH"] if table.border & Side.TOP else []
        names += ["insideV"] if table.border & Side.LEFT else []
        for name in names:
            child(borders, f"w:{name}", **_line(table.line, table.line_colour))
    child(properties, "w:tblLayout", type="fixed")
    margins = child(properties, "w:tblCellMar")
    sides, ends = table.pad
    for name, width in (("top", ends), ("left", sides), ("bottom", ends), ("right", sides)):
        child(margins, f"w:{name}", w=twips(width), type="dxa")


def _line(weight: float, colour: str) -> dict[str, str]:
    return {"val": "single", "sz": str(max(2, round(weight * 8))), "space": "0", "color": colour}


def _append_cell(line: Element, table: Table, place: Placed, row: int, keep: bool) -> None:
    cell = place.cell
    element = child(line, "w:tc")
    properties = child(element, "w:tcPr")
    width = sum(table.widths[place.column:place.column + cell.span])
    child(properties, "w:tcW", w=twips(width), type="dxa")
    if cell.span > 1:
        child(properties, "w:gridSpan", val=str(cell.span))
    if cell.rows > 1:
        child(properties, "w:vMerge", **({"val": "restart"} if row == place.row else {}))
    _set_borders(properties, table, place, row)
    if cell.fill:
        child(properties, "w:shd", val="clear", color="auto", fill=cell.fill)
    child(properties, "w:vAlign", val=_VERTICAL[cell.valign or table.valign])
    paragraph = child(element, "w:p")
    _set_paragraph(paragraph, cell, keep)
    if row == place.row:
        _append_content(paragraph, cell, _size(table, cell, width))


def _size(table: Table, cell: Cell, width: float) -> float:
    size = cell.size or table.size
    if not cell.fit:
        return size
    return fitting_size(plain(cell.text), size, (width - 2 * table.pad[0]) * 72 / 25.4)


def _set_borders(properties: Element, table: Table, place: Placed, row: int) -> None:
    """Only where the cell differs from its table; a merged cell has its lines in the parts that lie at the edge."""
    cell = place.cell
    if cell.border is None and not cell.thick:
        return
    inner = Side.NONE
    if row > place.row:
        inner |= Side.TOP
    if row < place.row + cell.rows - 1:
        inner |= Side.BOTTOM
    borders = child(properties, "w:tcBorders")
    for side, name in _EDGES:
        if side & inner:
            child(borders, f"w:{name}", val="nil")
        elif side & cell.thick:
            child(borders, f"w:{name}", **_line(_THICK, INK))
        elif cell.border is not None:
            drawn = side & cell.border
            child(borders, f"w:{name}", **(_line(table.line, table.line_colour) if drawn else {"val": "nil"}))


def _set_paragraph(paragraph: Element, cell: Cell, keep: bool) -> None:
    properties = child(paragraph, "w:pPr")
    child(properties, "w:pStyle", val=CELL_STYLE.replace(" ", ""))
    if keep:
        child(properties, "w:keepNext")
    if cell.align is not Align.LEFT:
        child(properties, "w:jc", val=JUSTIFICATION[cell.align])
    if not cell.text:
        child(child(properties, "w:rPr"), "w:sz", val="2")  # an empty cell has no height of its own


def _append_content(paragraph: Element, cell: Cell, size: float) -> None:
    if isinstance(cell.text, SheetCount):
        append_text(paragraph, f"{cell.text.lead} ", size=size)
        append_field(paragraph, "NUMPAGES", size)
        append_text(paragraph, " листах", size=size)
    elif cell.text:
        colour = "" if cell.colour == INK else cell.colour
        append_text(paragraph, cell.text, True if cell.bold else None, size, colour)
