"""What the blanks of Госкомстат share: the corner with the codes, tables of numbered columns, lines to sign on.

A blank is declared as columns with their numbers and captions, and what each column says of a line
(`layouts/goods.py`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from crm_contract.printing import PrintDocument
from crm_desktop.rendering.formats import day, number_of
from crm_desktop.rendering.layouts.blocks import row
from crm_desktop.rendering.tree import (
    Align,
    Block,
    Cell,
    Code,
    Columns,
    Margins,
    Row,
    Sheet,
    Side,
    Spacer,
    Table,
    VAlign,
)

L = TypeVar("L")
MARGINS = Margins(left=14, top=10, right=9, bottom=9)
WIDTH = 297 - MARGINS.left - MARGINS.right
SIZE, HEAD_SIZE, SMALL = 7.5, 6.2, 5.8
_CODE_SIZE = 19.0
_CODES = (42.0, 24.0)  # captions and values of the box «Коды»

GAP = Spacer(2)
CAPTION = {"align": Align.CENTER, "valign": VAlign.TOP, "size": SMALL}
LINE = {"align": Align.CENTER, "valign": VAlign.BOTTOM, "border": Side.BOTTOM}


def _blank(line: object) -> Cell:
    return Cell()


@dataclass(frozen=True, slots=True)
class Column(Generic[L]):
    """`width` 0 takes what is left. Neighbours of one `group` share a caption above them. `value` is the cell of a
    line, which most forms fill from a `PrintLine`."""

    number: str
    width: float
    caption: str
    group: str = ""
    value: Callable[[L], Cell] = _blank


@dataclass(frozen=True, slots=True)
class Blank:
    """The name of a form: «М-4», its ОКУД, who approved it, and what the paper is called."""

    form: str
    okud: str
    decree: str
    title: str

    def corner(self, document: PrintDocument, unit: str, width: float = WIDTH) -> Block:
        """The own barcode, the name of the form, who draws the paper up, the box with the codes."""
        approved = f"Унифицированная форма № {self.form}\nУтверждена постановлением Госкомстата России {self.decree}"
        used = width - _CODE_SIZE - 3
        boxed = {"align": Align.CENTER, "border": Side.ALL}
        seller = document.seller
        rows = (
            row(Cell(approved, Align.RIGHT, size=SMALL, span=4)),
            row(Cell("", span=3), Cell("Коды", **boxed)),
            row(Cell("", span=2), Cell("Форма по ОКУД", Align.RIGHT), Cell(self.okud, **boxed)),
            row(Cell("Организация"), Cell(seller.full_name or seller.name, border=Side.BOTTOM),
                Cell("по ОКПО", Align.RIGHT), Cell("", **boxed)),
            row(Cell("Структурное подразделение"), Cell(unit, border=Side.BOTTOM), Cell(), Cell("", **boxed)),
        )
        table = Table((36.0, used - 36.0 - sum(_CODES), *_CODES), rows, size=SIZE, pad=(0.8, 0.45), line=0.4,
                      valign=VAlign.BOTTOM)
        if not document.code:
            return table
        return Columns((_CODE_SIZE, used), ((Code(document.code, _CODE_SIZE, Align.LEFT),), (table,)), gap=3)

    def top(self, document: PrintDocument, unit: str, subtitle: str = "") -> tuple[Block, ...]:
        """Corner and heading, as most forms begin."""
        return self.corner(document, unit), GAP, self.heading(document, subtitle), GAP

    def heading(self, document: PrintDocument, subtitle: str = "", width: float = WIDTH) -> Table:
        """«ПРИХОДНЫЙ ОРДЕР» with its number and date in boxes to the right of it."""
        box = 30.0
        small = {"align": Align.CENTER, "size": HEAD_SIZE, "border": Side.ALL}
        value = {"align": Align.CENTER, "border": Side.ALL, "bold": True, "fit": True}
        side = 2 * box
        rows = (
            row(Cell("", span=2), Cell("Номер документа", **small), Cell("Дата составления", **small)),
            row(Cell(), Cell(self.title.upper(), Align.CENTER, bold=True, size=11),
                Cell(document.number, **value), Cell(day(document.date), **value)),
            *((row(Cell(), Cell(subtitle, Align.CENTER), Cell("", span=2)),) if subtitle else ()),
        )
        return Table((side, width - side - 2 * box, box, box), rows, size=9, pad=(0.6, 0.6), line=0.4,
                     valign=VAlign.MIDDLE)

    def sheet(self, document: PrintDocument, blocks: Sequence[Block], landscape: bool = True) -> Sheet:
        title = f"{self.title} {number_of(document.number, document.date)}"
        return Sheet(title, f"{title} (форма № {self.form})", tuple(blocks), document.seller.name, landscape=landscape,
                     margins=MARGINS, is_draft=document.is_draft)


# --- tables of numbered columns ----------------------------------------------------------------------------------

def head_rows(columns: Sequence[Column[Any]], numbered: bool = True, least: float = 8.0) -> tuple[Row, ...]:
    """Captions in two rows where any column has a group, then the numbers of the columns."""
    style = {"align": Align.CENTER, "valign": VAlign.MIDDLE, "size": HEAD_SIZE}
    upper: list[Cell] = []
    lower: list[Cell] = []
    grouped = any(column.group for column in columns)
    for index, column in enumerate(columns):
        if not column.group:
            upper.append(Cell(column.caption, rows=2 if grouped else 1, **style))
            continue
        if not index or column.group != columns[index - 1].group:
            together = sum(1 for other in columns if other.group == column.group)
            upper.append(Cell(column.group, span=together, **style))
        lower.append(Cell(column.caption, **style))
    rows = [row(*upper, height=4.5 if grouped else least)]
    if grouped:
        rows.append(row(*lower, height=least))
    if numbered:
        rows.append(row(*(Cell(column.number, **style) for column in columns)))
    return tuple(rows)


def widths_of(columns: Sequence[Column[Any]], width: float = WIDTH) -> tuple[float, ...]:
    left = width - sum(column.width for column in columns)
    return tuple(column.width or left for column in columns)


def lines_table(columns: Sequence[Column[L]], lines: Sequence[L], totals: Sequence[Row] = (),
                width: float = WIDTH, page_total: Callable[[int, int], tuple[Row, ...]] | None = None) -> Table:
    """The lines under their numbered columns; the totals stay with the last line and the signatures."""
    head = head_rows(columns)
    body = tuple(row(*(column.value(line) for column in columns)) for line in lines)
    return Table(
        widths_of(columns, width), (*head, *body, *totals), head=len(head), border=Side.ALL, line=0.4, size=SIZE,
        pad=(0.7, 0.55), with_next=True, tail=1 + len(totals), page_total=page_total)


def facts_table(columns: Sequence[tuple[Column[Any], str]], width: float = WIDTH, numbered: bool = True) -> Table:
    """The small table at the head of a form: one row of facts under their captions."""
    heads = [column for column, _ in columns]
    values = row(*(Cell(value, Align.CENTER, VAlign.MIDDLE) for _, value in columns), height=5)
    return Table(widths_of(heads, width), (*head_rows(heads, numbered, 5.5), values), border=Side.ALL, line=0.4,
                 size=SIZE, pad=(0.7, 0.5))


def total_row(columns: Sequence[Column[Any]], label: str, sums: dict[str, Cell]) -> Row:
    """«Итого» before the first summed column, the sums by the numbers of their columns, «Х» between them."""
    first = next(index for index, column in enumerate(columns) if column.number in sums)
    cells = [Cell(label, Align.RIGHT, bold=True, span=first, border=Side.NONE)]
    last = max(index for index, column in enumerate(columns) if column.number in sums)
    for index, column in enumerate(columns[first:], first):
        if column.number in sums:
            cells.append(sums[column.number])
        elif index < last:
            cells.append(Cell("Х", Align.CENTER))
        else:
            cells.append(Cell("", border=Side.NONE))
    return row(*cells)


# --- lines to write on -------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class Signature:
    """Whose signature: empty `position` and `name` are written in by hand."""

    title: str
    position: str = ""
    name: str = ""


def signatures(rows: Sequence[Sequence[Signature]], width: float = WIDTH, label: float = 26.0) -> Table:
    """Rows of lines to sign on, as many side by side as the longest row has."""
    across = max(len(people) for people in rows)
    gap, between = 2.5, 8.0
    part = (width - (across - 1) * between) / across
    free = part - label - 2 * gap
    side = (label, 0.36 * free, gap, 0.26 * free, gap, 0.38 * free)
    widths: list[float] = []
    for index in range(across):
        widths += [between, *side] if index else side
    built: list[Row] = []
    for people in rows:
        padded = [*people, *[None] * (across - len(people))]
        built.append(row(*_beside([_sign(person) for person in padded]), height=6.5))
        built.append(row(*_beside([_sign_captions(person) for person in padded])))
    return Table(tuple(widths), tuple(built), size=SIZE, pad=(0.4, 0.3), valign=VAlign.BOTTOM, line=0.4)


def _beside(parts: Sequence[Sequence[Cell]]) -> list[Cell]:
    cells: list[Cell] = []
    for index, part in enumerate(parts):
        cells += [Cell(), *part] if index else part
    return cells


def _sign(person: Signature | None) -> list[Cell]:
    if person is None:
        return [Cell("", span=6)]
    return [Cell(person.title), Cell(person.position, **LINE), Cell(), Cell("", **LINE), Cell(),
            Cell(person.name, **LINE)]


def _sign_captions(person: Signature | None) -> list[Cell]:
    if person is None:
        return [Cell("", span=6)]
    return [Cell(), Cell("должность", **CAPTION), Cell(), Cell("подпись", **CAPTION), Cell(),
            Cell("расшифровка подписи", **CAPTION)]


def written(rows: Sequence[tuple[str, str]], width: float = WIDTH, label: float = 34.0) -> Table:
    """«Основание ________»: a caption and what is written on the line."""
    return Table((label, width - label), tuple(row(Cell(caption), Cell(text, border=Side.BOTTOM))
                                               for caption, text in rows),
                 size=SIZE, pad=(0.4, 0.5), line=0.4, valign=VAlign.BOTTOM)
