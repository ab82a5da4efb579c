"""A matrix of check boxes with grouped rows: rights of a role, rules of letters. It draws what it is given.

The owner computes the rows and sets them again after a change; the focus stays on its cell.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from crm_contract.lists import Tone
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.widgets.painting import box, elided
from crm_desktop.widgets.table_header import TableHeader

ROW_HEIGHT = 36
HEADING_HEIGHT = 30
PADDING = 10
INDENT = 22
BOX = 16
LEAST_TITLE = 150
_Index = QModelIndex | QPersistentModelIndex


class Check(StrEnum):
    ON = "on"
    PART = "part"      # some of what stands behind the cell
    OFF = "off"
    ABSENT = "absent"  # there is no such thing here


@dataclass(frozen=True, slots=True)
class Cell:
    """A check box; with `text` a choice that opens a menu; with `note` only words. `changed`: it is not saved yet."""

    check: Check = Check.ABSENT
    text: str = ""
    note: str = ""
    changed: bool = False


@dataclass(frozen=True, slots=True)
class MatrixColumn:
    """`width` in logical pixels, more where the title needs it."""

    code: str
    title: str
    width: int = 92


@dataclass(frozen=True, slots=True)
class MatrixRow:
    """`folded` None: nothing to unfold. A heading spans the whole row."""

    code: str
    title: str
    heading: bool = False
    level: int = 1
    folded: bool | None = None
    cells: Mapping[str, Cell] = field(default_factory=dict)


_NOTHING = Cell()
_TEXTS = (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole)


class CheckMatrix(QFrame):
    """`toggled(row, column)` by Space, Enter or a click; `fold_asked(row)`; `choice_asked(row, column)`."""

    toggled = Signal(str, str)
    choice_asked = Signal(str, str)
    fold_asked = Signal(str)
    current_changed = Signal(str)

    def __init__(self, first: str, columns: Sequence[MatrixColumn], name: str, *, first_width: int = LEAST_TITLE,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.model = _Model(first, columns, self)
        self.view = _View(self.model, name, first_width)
        self.view.acted.connect(self._act)
        self.view.fold_asked.connect(self._fold)
        self.view.selectionModel().currentRowChanged.connect(
            lambda now, before: self.current_changed.emit(self.model.rows[now.row()].code if now.isValid() else ""))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(1, 1, 1, 1)
        layout.addWidget(self.view)
        self.setFocusProxy(self.view)
        self._read_only = False

    def set_columns(self, columns: Sequence[MatrixColumn]) -> None:
        self.model.set_columns(columns)
        self.view.fit()

    def set_rows(self, rows: Sequence[MatrixRow]) -> None:
        """The current cell stays with its row."""
        kept = self.view.currentIndex()
        code = self.model.rows[kept.row()].code if kept.isValid() else ""
        self.model.set_rows(rows)
        first = next((number for number, row in enumerate(rows) if not row.heading), 0)
        place = next((number for number, row in enumerate(rows) if row.code == code), first)
        column = kept.column() if kept.isValid() else min(1, len(self.model.columns))
        self.view.fit()
        if rows:
            self.view.setCurrentIndex(self.model.index(place, column))

    def set_read_only(self, on: bool) -> None:
        self._read_only = on

    def cell_rect(self, row: str, column: str) -> QRect:
        """Where a cell is, in global coordinates, for its menu."""
        number = next(n for n, item in enumerate(self.model.rows) if item.code == row)
        section = next(n for n, item in enumerate(self.model.columns, 1) if item.code == column)
        area = self.view.visualRect(self.model.index(number, section))
        return QRect(self.view.viewport().mapToGlobal(area.topLeft()), area.size())

    def _act(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        if index.column() == 0:
            self._fold(index)
            return
        column = self.model.columns[index.column() - 1].code
        cell = row.cells.get(column, _NOTHING)
        if self._read_only:
            return
        if cell.text:
            self.choice_asked.emit(row.code, column)
        elif cell.check is not Check.ABSENT:
            self.toggled.emit(row.code, column)

    def _fold(self, index: QModelIndex) -> None:
        row = self.model.rows[index.row()]
        if row.folded is not None:
            self.fold_asked.emit(row.code)


class _Model(QAbstractTableModel):
    def __init__(self, first: str, columns: Sequence[MatrixColumn], parent: QWidget) -> None:
        super().__init__(parent)
        self.first = first
        self.columns = list(columns)
        self.rows: list[MatrixRow] = []

    def set_columns(self, columns: Sequence[MatrixColumn]) -> None:
        self.beginResetModel()
        self.columns = list(columns)
        self.endResetModel()

    def set_rows(self, rows: Sequence[MatrixRow]) -> None:
        if [row.code for row in rows] == [row.code for row in self.rows]:
            self.rows = list(rows)
            self.dataChanged.emit(self.index(0, 0), self.index(len(rows) - 1, len(self.columns)))
            return
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  # Qt's own signature
        return 0 if parent.isValid() else len(self.columns) + 1

    @property
    def has_folds(self) -> bool:
        return any(row.folded is not None for row in self.rows)

    def cell(self, index: _Index) -> Cell:
        return self.rows[index.row()].cells.get(self.columns[index.column() - 1].code, _NOTHING)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _TEXTS or not index.isValid():
            return None
        row = self.rows[index.row()]
        if index.column() == 0:
            return row.title
        cell = self.cell(index)
        if role != Qt.ItemDataRole.AccessibleTextRole:
            return cell.text or cell.note
        words = {Check.ON: tr("да"), Check.PART: tr("частично"), Check.OFF: tr("нет"), Check.ABSENT: "—"}
        return f"{row.title}, {self.columns[index.column() - 1].title}: {cell.text or cell.note or words[cell.check]}"

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self.first if section == 0 else self.columns[section - 1].title


class _View(QTableView):
    acted = Signal(QModelIndex)
    fold_asked = Signal(QModelIndex)

    def __init__(self, model: _Model, name: str, first_width: int) -> None:
        super().__init__()
        self._model = model
        self._first_width = first_width
        header = TableHeader(self)
        header.setSectionsMovable(False)
        header.setSectionsClickable(False)
        self.setHorizontalHeader(header)
        self.setModel(model)
        self.setItemDelegate(_Delegate(self))
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setCornerWidget(QWidget())
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def fit(self) -> None:
        """Heights of the rows, spans of the headings, and the first column as wide as is left."""
        self.clearSpans()
        for number, row in enumerate(self._model.rows):
            self.setRowHeight(number, fonts.px(HEADING_HEIGHT if row.heading else ROW_HEIGHT))
            if row.heading and self._model.columns:
                self.setSpan(number, 0, 1, len(self._model.columns) + 1)
        self._fit_columns()

    def _fit_columns(self) -> None:
        header: TableHeader = self.horizontalHeader()  # type: ignore[assignment]  # set in __init__
        taken = 0
        for section, column in enumerate(self._model.columns, 1):
            width = max(fonts.px(column.width), header.words_width(section))
            self.setColumnWidth(section, width)
            taken += width
        self.setColumnWidth(0, max(fonts.px(self._first_width), self.viewport().width() - taken))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        index = self.currentIndex()
        row = self._model.rows[index.row()] if index.isValid() else None
        key = event.key()
        if row is not None and key in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F4):
            if not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.acted.emit(index)
                return
        elif row is not None and index.column() == 0 and row.folded is not None and (
                (key == Qt.Key.Key_Right and row.folded) or (key == Qt.Key.Key_Left and not row.folded)):
            self.fold_asked.emit(index)
            return
        super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and index.isValid() and index == self.currentIndex():
            self.acted.emit(index)


class _Delegate(QStyledItemDelegate):
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        view: _View = self.parent()  # type: ignore[assignment]  # made by it
        model: _Model = index.model()  # type: ignore[assignment]  # the view has no other model
        row = model.rows[index.row()]
        area = QRect(option.rect)
        painter.fillRect(area, color("window" if row.heading else "surface"))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, color("rule"))
        if index.column() == 0:
            _paint_title(painter, area, row, INDENT if model.has_folds else 0)
        else:
            _paint_cell(painter, area, model.cell(index))
        current = view.currentIndex()
        if view.hasFocus() and (current.row(), current.column()) == (index.row(), index.column()):
            box(painter, QRectF(area).adjusted(1, 1, -1, -2), 5, None, color("accent"), 2)


def _paint_title(painter: QPainter, area: QRect, row: MatrixRow, gutter: int) -> None:
    """`gutter` is the room for the carets, where any row has one."""
    left = area.left() + PADDING + (row.level - 1) * INDENT
    if row.folded is not None:
        side = QRectF(left, area.center().y() - 6, 12, 12)
        draw_icon(painter, side, Icon.CARET_RIGHT if row.folded else Icon.CARET_DOWN, "muted")
    left += gutter
    painter.setFont(font(FontRole.CAPTION_STRONG if row.heading else FontRole.BODY))
    painter.setPen(color("muted" if row.heading or row.level > 1 else "text"))
    room = QRect(left, area.top(), area.right() - left - 4, area.height())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                     elided(painter.fontMetrics(), row.title, room.width()))


def _paint_cell(painter: QPainter, area: QRect, cell: Cell) -> None:
    if cell.changed:
        box(painter, QRectF(area).adjusted(6, 3, -6, -4), 6, QColor(tone(Tone.WARN).fill))
        box(painter, QRectF(area.right() - 16, area.top() + 6, 6, 6), 3, QColor(tone(Tone.WARN).mark))
    if cell.text:
        _paint_choice(painter, area, cell.text)
    elif cell.note:
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("muted"))
        painter.drawText(area.adjusted(15, 0, -4, 0), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                         elided(painter.fontMetrics(), cell.note, area.width() - 19))
    elif cell.check is Check.ABSENT:
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("faint"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "—")
    else:
        _paint_box(painter, area, cell.check)


def _paint_box(painter: QPainter, area: QRect, check: Check) -> None:
    side = fonts.px(BOX)
    square = QRectF(area.center().x() - side / 2, area.center().y() - side / 2, side, side)
    if check is Check.OFF:
        box(painter, square, 4, color("surface"), color("ctrl"))
        return
    box(painter, square, 4, color("accent"))
    draw_icon(painter, square.adjusted(2, 2, -2, -2), Icon.CHECK_BOLD if check is Check.ON else Icon.MINUS, "on_accent")


def _paint_choice(painter: QPainter, area: QRect, text: str) -> None:
    inner = QRectF(area).adjusted(6, 4, -6, -5)
    box(painter, inner, 6, color("surface"), color("button_border"))
    draw_icon(painter, QRectF(inner.right() - 20, inner.center().y() - 6, 12, 12), Icon.CARET_DOWN, "muted")
    painter.setFont(font(FontRole.BODY))
    painter.setPen(color("text"))
    room = inner.adjusted(9, 0, -24, 0)
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                     elided(painter.fontMetrics(), text, int(room.width())))
