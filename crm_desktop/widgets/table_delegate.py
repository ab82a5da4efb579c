"""Paints the cells of lists by direct text drawing: fill of the row state, bar, pill, link, row line.

Fast on purpose: the view hands over its whole paint event, so there are no style options, no rich text, and no state
is read from the model but the row itself.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem, QTableView, QToolTip

from crm_contract.lists import Column, ColumnType, Tone
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.cell_text import NUMERIC, alignment, choice_of
from crm_desktop.widgets.level_bar import Level, paint_level
from crm_desktop.widgets.painting import box, draw_pill, pill_size

if TYPE_CHECKING:
    from crm_desktop.widgets.paged_model import PagedModel, Row

PADDING = 10
BAR = 3
WIDTHS_KEPT = 8192
_Index = QModelIndex | QPersistentModelIndex
RowTone = Callable[[dict[str, Any]], Tone | None]
CellInk = Callable[[dict[str, Any], str], str | None]
#: Of a row and a column, −1…1: how far it is from what it should be, or a level among its marks. None: no bar there.
CellBar = Callable[[dict[str, Any], str], float | Level | None]


class TableDelegate(QStyledItemDelegate):
    """`row_tone` marks rows (error: red fill and bar; warn: a bar); `cell_ink` gives a cell another text colour.

    `cell_bar` draws under the text of a cell how much it lacks (to the left of the middle) or has over (to the right),
    or the level that it has reached.
    """

    def __init__(self, view: QTableView, *, row_tone: RowTone | None = None, cell_ink: CellInk | None = None,
                 cell_bar: CellBar | None = None) -> None:
        super().__init__(view)
        self._row_tone = row_tone
        self._cell_ink = cell_ink
        self._cell_bar = cell_bar
        self.hovered_row = -1
        self.shows_cell_focus = False
        self.refresh_fonts()

    def refresh_fonts(self) -> None:
        """After a change of scale."""
        self._fonts: dict[str, QFont] = {
            "text": font(FontRole.BODY), "digits": font(FontRole.BODY, tabular=True),
            "link": font(FontRole.MEDIUM, tabular=True),
        }
        self._metrics = {name: QFontMetrics(made) for name, made in self._fonts.items()}
        # Measuring costs as much as drawing, and the same cells are painted over and over.
        self._advance = lru_cache(WIDTHS_KEPT)(lambda face, text: self._metrics[face].horizontalAdvance(text))

    def paint_rows(self, painter: QPainter, view: QTableView, area: QRect) -> None:
        """All cells that the area shows, row by row: a call per cell through the view would cost twice as much."""
        model: PagedModel = view.model()  # type: ignore[assignment]  # the view has no other model
        first, last = view.rowAt(area.top()), view.rowAt(area.bottom())
        if first < 0:
            return
        sections = _sections(view, area)
        chosen, focus = view.selectionModel(), view.currentIndex()
        focus_cell = (focus.row(), focus.column()) if self.shows_cell_focus and view.hasFocus() else (-1, -1)
        for number in range(first, (last if last >= 0 else model.rowCount() - 1) + 1):
            top, height = view.rowViewportPosition(number), view.rowHeight(number)
            row = model.row(number)
            selected = row is not None and chosen.isRowSelected(number)
            self._paint_ground(painter, QRect(area.left(), top, area.width(), height), number, row, selected=selected)
            for section, left, width in sections:
                self._paint_cell(painter, QRect(left, top, width, height), model.column(section), number, row)
                if (number, section) == focus_cell:
                    box(painter, QRectF(left + 1, top + 1, width - 2, height - 3), 5, None, color("accent"), 2)

    def _paint_cell(self, painter: QPainter, area: QRect, column: Column, number: int, row: "Row | None") -> None:
        if row is None:
            _paint_skeleton(painter, area, column, number)
            return
        inner = area.adjusted(PADDING, 0, -PADDING, 0)
        kind = column.type
        if kind is ColumnType.STATE and self._paint_pill(painter, inner, column, row):
            return
        if kind is ColumnType.FLAG:
            if row.data.get(column.name):
                draw_icon(painter, _square(inner.center().x(), area.center().y(), 16), Icon.CHECK, "muted")
        else:
            if self._cell_bar is not None and (share := self._cell_bar(row.data, column.name)) is not None:
                if isinstance(share, Level):
                    paint_level(painter, inner, share)
                else:
                    _paint_bar(painter, inner, share)
            self._paint_text(painter, inner, column, row)

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: _Index
    ) -> bool:
        """The whole text of a cell that is cut."""
        text = index.data(Qt.ItemDataRole.DisplayRole) if index.isValid() else ""
        if event.type() == QEvent.Type.ToolTip and text:
            room = option.rect.width() - 2 * PADDING
            model: PagedModel = index.model()  # type: ignore[assignment]  # the view has no other model
            is_cut = self._advance(_face(model.column(index.column())), text) > room
            QToolTip.showText(event.globalPos(), text if is_cut else "", view)
            return True
        return False

    def createEditor(self, *args: object) -> None:  # type: ignore[override]  # lists are not edited in place
        return None

    def text_width(self, column: Column, text: str) -> int:
        """What a cell needs to show its text whole (double click on a column's edge)."""
        if column.type is ColumnType.STATE:
            return pill_size(text).width() + 2 * PADDING
        return self._advance(_face(column), _shown(column, text)) + 2 * PADDING + 2

    def _paint_ground(
        self, painter: QPainter, area: QRect, number: int, row: "Row | None", *, selected: bool
    ) -> None:
        marked = self._row_tone(row.data) if self._row_tone is not None and row is not None else None
        if selected:
            painter.fillRect(area, color("soft"))
        elif marked is Tone.ERROR:
            painter.fillRect(area, color("error.fill"))
        elif number == self.hovered_row:
            painter.fillRect(area, color("hover"))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, color("rule"))
        if selected:
            painter.fillRect(0, area.top(), BAR, area.height() - 1, color("accent"))
        elif marked is not None:
            painter.fillRect(0, area.top(), BAR, area.height() - 1, color(f"{marked.value}.mark"))

    def _paint_pill(self, painter: QPainter, area: QRect, column: Column, row: "Row") -> bool:
        choice = choice_of(column, row.data.get(column.name))
        if choice is None:
            return False
        height = pill_size(choice.title).height()
        top = area.top() + (area.height() - height) / 2
        draw_pill(painter, QPointF(area.left(), top), choice.title, choice.tone, room=area.width())
        return True

    def _paint_text(self, painter: QPainter, area: QRect, column: Column, row: "Row") -> None:
        text = _shown(column, row.text(column))
        if not text:
            return
        face = _face(column)
        if self._advance(face, text) > area.width():
            text = self._metrics[face].elidedText(text, Qt.TextElideMode.ElideRight, area.width())
        painter.setFont(self._fonts[face])
        painter.setPen(self._ink(column, row, is_link=face == "link"))
        painter.drawText(area, alignment(column), text)

    def _ink(self, column: Column, row: "Row", *, is_link: bool) -> QColor:
        asked = self._cell_ink(row.data, column.name) if self._cell_ink is not None else None
        return color(asked or ("accent" if is_link else "text"))


_DIGITS = NUMERIC | {ColumnType.DATE, ColumnType.DATETIME}


def _face(column: Column) -> str:
    if column.type is ColumnType.NUMBER:
        return "link"
    return "digits" if column.type in _DIGITS else "text"


def _shown(column: Column, text: str) -> str:
    """Tabular digits make the hyphen as wide as a digit; the no-break one keeps its width."""
    return text.replace("-", "\u2011") if column.type is ColumnType.NUMBER else text


def _sections(view: QTableView, area: QRect) -> list[tuple[int, int, int]]:
    """(section, left, width) of the columns that the area shows."""
    header = view.horizontalHeader()
    found = []
    for section in range(header.count()):
        left, width = header.sectionViewportPosition(section), header.sectionSize(section)
        if left + width > area.left() and left <= area.right():
            found.append((section, left, width))
    return found


def _paint_skeleton(painter: QPainter, area: QRect, column: Column, number: int) -> None:
    share = (0.62, 0.78, 0.5, 0.7)[(number + len(column.name)) % 4]
    width = max(24, int((area.width() - 2 * PADDING) * share))
    left = area.right() - PADDING - width if alignment(column) & Qt.AlignmentFlag.AlignRight else area.left() + PADDING
    box(painter, QRectF(left, area.center().y() - 5, width, 10), 5, color("sunken"))


def _paint_bar(painter: QPainter, area: QRect, share: float) -> None:
    """From the middle of the cell, along its foot: a lack to the left, a surplus to the right."""
    middle, top = area.center().x(), area.bottom() - 6
    painter.fillRect(area.left(), top + 1, area.width(), 1, color("rule"))
    width = max(3, round(abs(share) * area.width() / 2)) if share else 0
    left, ink = (middle - width, "error.mark") if share < 0 else (middle, "violet.mark")
    painter.fillRect(left, top, width, 3, color(ink))


def _square(x: int, y: int, size: int) -> QRectF:
    return QRectF(x - size / 2, y - size / 2, size, size)


def copy_rows(model: QAbstractItemModel, rows: list[int]) -> str:
    """Rows as a spreadsheet takes them from the clipboard."""
    lines = []
    for number in rows:
        cells = (str(model.index(number, column).data() or "") for column in range(model.columnCount()))
        lines.append("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in cells))
    return "\n".join(lines)
