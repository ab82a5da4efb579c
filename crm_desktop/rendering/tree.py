"""The neutral tree of a printed form: what stands on the paper, not how a file format says it.

Layouts (`layouts/<form>.py`) build it from a `PrintDocument`; `pdf.py`, `docx.py` and `xlsx.py` turn it into bytes.
Lengths are millimetres, letter sizes are points, colours are `RRGGBB`. Texts are plain: nothing in them is markup.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import Flag, StrEnum

INK = "111111"
MUTED = "5B6570"
HAIRLINE = "9AA3AD"
SHADE = "EEF1F5"
ACCENT = "1F4E8C"

#: What XML 1.0 (DOCX, XLSX) cannot hold: control characters, lone surrogates, non-characters.
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    """The text without characters that no paper shows and no XML file may hold; tabs become spaces."""
    return _UNPRINTABLE.sub("", text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")


class Align(StrEnum):
    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"
    JUSTIFY = "justify"


class VAlign(StrEnum):
    TOP = "top"
    MIDDLE = "middle"
    BOTTOM = "bottom"


class Side(Flag):
    """Which edges of a cell carry a line."""

    NONE = 0
    LEFT = 1
    TOP = 2
    RIGHT = 4
    BOTTOM = 8
    ALL = 15


class Style(StrEnum):
    """The role of a paragraph; `STYLES` says how a role looks."""

    TITLE = "title"
    SUBTITLE = "subtitle"
    BRAND = "brand"
    HEADING = "heading"
    BODY = "body"
    CLAUSE = "clause"
    STRONG = "strong"
    SMALL = "small"
    CAPTION = "caption"


@dataclass(frozen=True, slots=True)
class TextStyle:
    """`before` and `after` are points of space around the paragraph."""

    size: float
    bold: bool = False
    colour: str = INK
    align: Align = Align.LEFT
    before: float = 0
    after: float = 0
    keep_next: bool = False

    @property
    def leading(self) -> float:
        return round(self.size * 1.22, 1)


STYLES: dict[Style, TextStyle] = {
    Style.TITLE: TextStyle(15, bold=True, after=3, keep_next=True),
    Style.SUBTITLE: TextStyle(10, colour=MUTED, after=6),
    Style.BRAND: TextStyle(14, bold=True, colour=ACCENT),
    Style.HEADING: TextStyle(10.5, bold=True, before=9, after=3, keep_next=True),
    Style.BODY: TextStyle(9.5, after=3),
    Style.CLAUSE: TextStyle(9.5, align=Align.JUSTIFY, after=2.5),
    Style.STRONG: TextStyle(9.5, bold=True, after=3),
    Style.SMALL: TextStyle(8, colour=MUTED, after=2),
    Style.CAPTION: TextStyle(7, colour=MUTED, align=Align.CENTER),
}


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text with its own weight, size (points, 0 = as around) or colour ("" = as around)."""

    text: str
    bold: bool | None = None
    size: float = 0
    colour: str = ""


@dataclass(frozen=True, slots=True)
class SheetCount:
    """«Документ составлен на N листах»: the writer fills N in when it knows the number of pages."""

    lead: str = "Документ составлен на"


Text = str | tuple[Run, ...]


def plain(text: Text | SheetCount) -> str:
    """The letters only; a count of sheets is left to be filled in by hand."""
    if isinstance(text, SheetCount):
        return f"{text.lead} ____ листах"
    if isinstance(text, str):
        return text
    return "".join(run.text for run in text)


@dataclass(frozen=True, slots=True)
class Paragraph:
    """`indent` moves the paragraph right; `label` (the number of a clause) stands before it."""

    text: Text
    style: Style = Style.BODY
    align: Align | None = None
    indent: float = 0
    label: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    `value` is the number or date behind the text, for writers that have typed cells. A `fit` cell stays on one line
    and shrinks its letters rather than wrap or run over its neighbour: sums. `border` None means the table's own,
    `thick` edges are drawn heavier. `span` and `rows` merge to the right and down.
    """

    text: Text | SheetCount = ""
    align: Align = Align.LEFT
    valign: VAlign | None = None
    bold: bool = False
    size: float = 0
    colour: str = INK
    fill: str = ""
    span: int = 1
    rows: int = 1
    border: Side | None = None
    thick: Side = Side.NONE
    fit: bool = False
    value: Decimal | date | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Cells from left to right, without those that a merge from above or from the left covers."""

    cells: tuple[Cell, ...]
    height: float = 0  # at least, mm


@dataclass(frozen=True, slots=True)
class Placed:
    """A cell at its place in the grid."""

    row: int
    column: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Table:
    """A table or the grid of a statutory form.

    The first `head` rows repeat on each page. `with_next` keeps the last `tail` rows on the page of the next block,
    so that signatures never stand on a sheet without a single line. `page_total(first, last)` makes the rows that sum
    up the lines `first <= n < last` at the foot of each page, for a writer that knows its pages: PDF.
    """

    widths: tuple[float, ...]
    rows: tuple[Row, ...]
    head: int = 0
    border: Side = Side.NONE
    line: float = 0.5
    line_colour: str = INK
    size: float = 9
    valign: VAlign = VAlign.TOP
    pad: tuple[float, float] = (1.0, 0.7)  # at the sides, above and below
    with_next: bool = False
    tail: int = 1
    page_total: Callable[[int, int], tuple[Row, ...]] | None = None

    @property
    def width(self) -> float:
        return sum(self.widths)

    def placed(self) -> Iterator[Placed]:
        """Every cell with its place. Raises ValueError if a row does not fill the width."""
        taken: set[tuple[int, int]] = set()
        for index, row in enumerate(self.rows):
            column = 0
            for cell in row.cells:
                while (index, column) in taken:
                    column += 1
                yield Placed(index, column, cell)
                if cell.rows > 1:
                    taken.update(
                        (r, c) for r in range(index, index + cell.rows) for c in range(column, column + cell.span))
                column += cell.span
            while (index, column) in taken:
                column += 1
            if column != len(self.widths):
                raise ValueError(f"row {index} fills {column} columns of {len(self.widths)}")


@dataclass(frozen=True, slots=True)
class Code:
    """A QR code with level M; `size` includes its quiet zone."""

    payload: str
    size: float = 36
    align: Align = Align.RIGHT


@dataclass(frozen=True, slots=True)
class Spacer:
    height: float


@dataclass(frozen=True, slots=True)
class Rule:
    """A line over the whole width; `thickness` in points."""

    thickness: float = 0.5
    colour: str = INK
    before: float = 0
    after: float = 1.5


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


@dataclass(frozen=True, slots=True)
class KeepTogether:
    blocks: tuple["Block", ...]


@dataclass(frozen=True, slots=True)
class Columns:
    """Blocks side by side: column `i` is `widths[i]` wide and `gap` away from the next."""

    widths: tuple[float, ...]
    columns: tuple[tuple["Block", ...], ...]
    gap: float = 6


Block = Paragraph | Table | Code | Spacer | Rule | PageBreak | KeepTogether | Columns


@dataclass(frozen=True, slots=True)
class Margins:
    left: float = 20
    top: float = 14
    right: float = 12
    bottom: float = 14


PORTRAIT_WIDTH = 210 - Margins().left - Margins().right


@dataclass(frozen=True, slots=True)
class Sheet:
    """A whole form on A4. `running` stands at the head of the second and later pages beside «Лист N»."""

    title: str
    running: str
    blocks: Sequence[Block]
    author: str = ""
    landscape: bool = False
    margins: Margins = field(default_factory=Margins)
    is_draft: bool = False

    @property
    def size(self) -> tuple[float, float]:
        return (297, 210) if self.landscape else (210, 297)

    @property
    def width(self) -> float:
        """Between the margins."""
        return self.size[0] - self.margins.left - self.margins.right
