"""A field over a cell of a list: typed into where the number stands, left by Enter, Tab, the arrows or Esc."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole
from crm_desktop.widgets.line_edit import LineEdit
from crm_desktop.widgets.paged_table import PagedTable

#: Keys that leave the cell with what was typed, and the way on: rows down and columns right.
_WAYS = {
    Qt.Key.Key_Return: (1, 0), Qt.Key.Key_Enter: (1, 0), Qt.Key.Key_Down: (1, 0), Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Tab: (0, 1), Qt.Key.Key_Backtab: (0, -1),
}


class CellEditor(LineEdit):
    """`typed(row, column, text)`: another text is in a cell. `went_on(rows, columns)`: the way on, (0, 0) by Esc."""

    typed = Signal(int, int, str)
    went_on = Signal(int, int)

    def __init__(self, table: PagedTable) -> None:
        super().__init__(parent=table.view.viewport())
        self._view = table.view
        self._at = QPersistentModelIndex()
        self._before = ""
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        fonts.set_role(self, FontRole.BODY, tabular=True)
        self.hide()
        self.left.connect(self._leave)
        table.view.verticalScrollBar().valueChanged.connect(lambda _: self._leave())
        table.model.modelReset.connect(self.hide)

    def start(self, index: QModelIndex, text: str | None = None) -> None:
        """Over a cell, with its own text marked or with what was typed instead of it."""
        self._at = QPersistentModelIndex(index)
        self._before = str(index.data() or "")
        self.setGeometry(self._view.visualRect(index).adjusted(1, 1, -1, -1))
        self.setAccessibleName(str(index.model().headerData(index.column(), Qt.Orientation.Horizontal) or ""))
        self.setText(self._before if text is None else text)
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        if text is None:
            self.selectAll()
        else:
            self.setCursorPosition(len(text))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = _WAYS.get(Qt.Key(event.key()))
        if event.key() == Qt.Key.Key_Escape:
            self.setText(self._before)
            way = (0, 0)
        if way is None:
            super().keyPressEvent(event)
            return
        self._leave()
        self._view.setFocus(Qt.FocusReason.OtherFocusReason)
        self.went_on.emit(*way)

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes on to the next cell."""
        return False

    def _leave(self) -> None:
        if self.isHidden():
            return
        self.hide()
        if self._at.isValid() and self.text().strip() != self._before.strip():
            self.typed.emit(self._at.row(), self._at.column(), self.text())
