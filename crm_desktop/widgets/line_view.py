"""The view of the line table: its keys, its column widths, the hints in the entry row."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QStyledItemDelegate, QTableView, QWidget

from crm_contract.kinds import LineColumn
from crm_desktop.kit import fonts
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.shortcuts import ctrl_letter
from crm_desktop.widgets.line_delegate import LineDelegate
from crm_desktop.widgets.line_model import PRODUCT, LineModel
from crm_desktop.widgets.table_header import TableHeader

ROW_HEIGHT = 32
WIDTHS = {
    LineColumn.SKU: 88, LineColumn.NAME: 0, LineColumn.QUANTITY: 84, LineColumn.UNIT: 50, LineColumn.FREE: 84,
    LineColumn.PRICE: 98, LineColumn.DISCOUNT: 86, LineColumn.VAT_RATE: 76, LineColumn.VAT: 102,
    LineColumn.TOTAL: 120, LineColumn.NOTE: 150, LineColumn.PAPER: 104, LineColumn.DIFFERENCE: 84,
    LineColumn.CONDITION: 116, LineColumn.LOTS: 92, LineColumn.BIN: 92, LineColumn.BIN_TO: 92,
}
#: What is enough for usual values; used, without the sum of VAT (the totals tell it), where the whole does not fit.
NARROW_WIDTHS = WIDTHS | {
    LineColumn.QUANTITY: 74, LineColumn.FREE: 78, LineColumn.PRICE: 88, LineColumn.DISCOUNT: 84,
    LineColumn.VAT_RATE: 64, LineColumn.TOTAL: 110, LineColumn.NOTE: 120, LineColumn.PAPER: 98,
}
NUMBER_WIDTH = 40
NAME_MIN = 160
_KEYS = {
    Qt.Key.Key_Insert: "insert", Qt.Key.Key_F9: "duplicate", Qt.Key.Key_Delete: "delete",
    Qt.Key.Key_Return: "enter", Qt.Key.Key_Enter: "enter",
}
_LETTERS = {"D": "above", "Z": "undo", "V": "paste", "C": "copy"}


class LineView(QTableView):
    """Keys of the table; they are kept from the page's shortcuts while the table has the focus."""

    acted = Signal(str)

    def __init__(self, model: LineModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._model = model
        self.step: Callable[[int], bool] = lambda by: False
        self.header = TableHeader(self, rounded=False)
        self.setHorizontalHeader(self.header)
        self.header.setSectionsMovable(False)
        self.header.setSectionsClickable(False)
        self.setModel(model)
        self.delegate = LineDelegate(self, model)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(tr("Строки документа"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerWidget(QWidget())
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QTableView.EditTrigger.DoubleClicked | QTableView.EditTrigger.EditKeyPressed
                             | QTableView.EditTrigger.AnyKeyPressed)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(20)
        self.verticalHeader().setDefaultSectionSize(fonts.px(ROW_HEIGHT))
        self.clicked.connect(self._on_clicked)
        model.modelReset.connect(self.fit)

    def sizeHint(self) -> QSize:
        rows = max(3, self._model.rowCount())
        return QSize(700, self.header.sizeHint().height() + rows * fonts.px(ROW_HEIGHT) + 2)

    def minimumSizeHint(self) -> QSize:
        return QSize(300, self.header.sizeHint().height() + 3 * fonts.px(ROW_HEIGHT))

    def edit_cell(self, row: int, section: int) -> None:
        self.go(row, section)
        index = self._model.index(row, section)
        if self._model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.edit(index)

    def go(self, row: int, section: int) -> None:
        if 0 <= row < self._model.rowCount():
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            index = self._model.index(row, max(1, section))
            self._choose(index)
            self.scrollTo(index)

    def commit(self) -> None:
        """Takes over what is typed in an open editor."""
        editor = self.indexWidget(self.currentIndex()) or self.focusWidget()
        if editor is not None and editor is not self and self.viewport().isAncestorOf(editor):
            self.commitData(editor)
            self.closeEditor(editor, QStyledItemDelegate.EndEditHint.NoHint)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and self._owns(event):
            event.accept()
            return True
        return super().event(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        return self.step(1 if next else -1) or super().focusNextPrevChild(next)

    def keyboardSearch(self, search: str) -> None:
        """Letters begin editing; they never jump to a line."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        action = self._action(event)
        if action:
            self.acted.emit(action)
            return
        ghost = self._model.is_ghost(self.currentIndex().row())
        typing = event.text().isprintable() and event.text().strip() and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if ghost and typing and not self._model.flags(self.currentIndex()) & Qt.ItemFlag.ItemIsEditable:
            section = next(self._model.section_of(c) for c in self._model.columns if c in PRODUCT)
            self.setCurrentIndex(self._model.index(self.currentIndex().row(), section))
        super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        last = self._model.rowCount() - 1
        if self._model.is_ghost(last) and self.state() != QTableView.State.EditingState:
            top = self.rowViewportPosition(last)
            area = QRect(0, top, self.viewport().width(), self.rowHeight(last))
            if not area.intersects(event.rect()):
                return
            painter = QPainter(self.viewport())
            self.delegate.paint_invitation(painter, area.adjusted(self.columnViewportPosition(1), 0, 0, 0))
            if area.width() > 640:
                self.delegate.paint_hints(painter, area)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def focusInEvent(self, event: Any) -> None:
        had_current = self.currentIndex().isValid()
        super().focusInEvent(event)  # Qt would stand on the number of the line
        if not had_current and self._model.rowCount():
            self._choose(self._model.index(0, 1))

    def fit(self) -> None:
        """Fixed widths; the name takes the rest."""
        scale = max(1.0, fonts.scale())
        number, least = round(NUMBER_WIDTH * scale), round(NAME_MIN * scale)
        widths = [number, *(round(WIDTHS[column] * scale) for column in self._model.columns)]
        is_narrow = sum(widths) + least > self.viewport().width()
        if is_narrow:
            widths = [number, *(round(NARROW_WIDTHS[column] * scale) for column in self._model.columns)]
        rows = self._model.rows
        for column, is_hidden in (
                (LineColumn.VAT, is_narrow), (LineColumn.LOTS, not rows.has_lots),
                (LineColumn.BIN, not rows.has_bins(LineColumn.BIN)),
                (LineColumn.BIN_TO, not rows.has_bins(LineColumn.BIN_TO))):
            place = self._model.section_of(column)
            if place > 0:
                self.header.setSectionHidden(place, is_hidden)
                widths[place] = 0 if is_hidden else widths[place]
        room = self.viewport().width() - sum(widths)
        for section, width in enumerate(widths):
            if self.header.isSectionHidden(section):
                continue
            self.header.resizeSection(section, width or max(least, room))
        self.updateGeometry()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "delegate"):
            self.verticalHeader().setDefaultSectionSize(fonts.px(ROW_HEIGHT))
            self.fit()

    def _choose(self, index: QModelIndex) -> None:
        """The line of the cell alone, also while Ctrl is held: Qt would toggle it."""
        self.selectionModel().setCurrentIndex(
            index, QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows)

    def _on_clicked(self, index: QModelIndex) -> None:
        if self._model.is_ghost(index.row()):
            section = next(self._model.section_of(c) for c in self._model.columns if c in PRODUCT)
            self.edit_cell(index.row(), section)

    def _owns(self, event: QKeyEvent) -> bool:
        return bool(self._action(event)) or event.key() == Qt.Key.Key_F2

    def _action(self, event: QKeyEvent) -> str:
        modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if modifiers == Qt.KeyboardModifier.NoModifier:
            return _KEYS.get(Qt.Key(event.key()), "")
        if modifiers == Qt.KeyboardModifier.AltModifier:
            return {Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down"}.get(Qt.Key(event.key()), "")
        return _LETTERS.get(ctrl_letter(event), "")
