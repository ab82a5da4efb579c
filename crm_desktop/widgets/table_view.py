"""The table view of lists: its keys, hover, links in cells, and which rows are on the screen."""

from PySide6.QtCore import QEvent, QModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QTableView, QWidget

from crm_contract.lists import ColumnType
from crm_desktop.kit import fonts
from crm_desktop.kit.shortcuts import TWINS, ctrl_letter
from crm_desktop.widgets.paged_model import PagedModel
from crm_desktop.widgets.table_delegate import TableDelegate
from crm_desktop.widgets.table_header import TableHeader

ROW_HEIGHT = 32
SCROLL_PAUSE_MS = 30


class ListView(QTableView):
    """The table view with the keys of our lists. No style sheet rule may touch its border or background."""

    resized = Signal()
    opened = Signal(QModelIndex)
    link_clicked = Signal(QModelIndex)
    typed = Signal(str)
    filter_asked = Signal(QModelIndex)
    copied = Signal()
    menu_asked = Signal(QPoint)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.header = TableHeader(self)
        self.setHorizontalHeader(self.header)
        self._ensure_timer = QTimer(self, singleShot=True, interval=SCROLL_PAUSE_MS)
        self._ensure_timer.timeout.connect(self._ensure)
        self.setCornerWidget(QWidget())  # an empty one, where the style would draw a grey square
        self._press_index = QModelIndex()

    def set_up(self, model: PagedModel, delegate: TableDelegate, name: str) -> None:
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QTableView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(self.verticalHeader().ResizeMode.Fixed)
        self.verticalHeader().setMinimumSectionSize(20)
        self.verticalHeader().setDefaultSectionSize(fonts.px(ROW_HEIGHT))
        self.setModel(model)
        self.setItemDelegate(delegate)
        self._delegate = delegate
        self.customContextMenuRequested.connect(lambda at: self.menu_asked.emit(self.viewport().mapToGlobal(at)))
        self.verticalScrollBar().valueChanged.connect(self.relayout)
        model.modelReset.connect(self.relayout)
        model.rowsInserted.connect(self.relayout)

    def shown_rows(self) -> tuple[int, int]:
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        count = self.model().rowCount()
        return max(0, first), last if last >= 0 else max(0, count - 1)

    def relayout(self) -> None:
        """Rows on the screen may have changed: says so to the model a moment later."""
        self._ensure_timer.start()

    def keyboardSearch(self, search: str) -> None:
        """Qt would walk through all rows here; typing belongs to the search box."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, modifiers = event.key(), event.modifiers()
        plain = modifiers in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and plain and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex())
        elif _asks_for_filter(event):
            self.filter_asked.emit(self.currentIndex())
        elif ctrl_letter(event) == "C":
            self.copied.emit()
        elif event.text().isprintable() and event.text().strip() and not modifiers & (
                Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            self.typed.emit(event.text())
        elif ctrl_letter(event) == "A":
            event.ignore()  # «everything» would be rows that are not here
        else:
            self._delegate.shows_cell_focus = key in (Qt.Key.Key_Left, Qt.Key.Key_Right)
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._delegate.shows_cell_focus = False
        self._press_index = self.indexAt(event.position().toPoint())
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier and event.button() == Qt.MouseButton.LeftButton
        if plain and index == self._press_index and self._is_link(index, event.position().toPoint()):
            self.link_clicked.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        index = self.indexAt(event.position().toPoint())
        self._hover(index.row())
        on_link = self._is_link(index, event.position().toPoint())
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_link else Qt.CursorShape.ArrowCursor)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        """By the delegate in one pass."""
        painter = QPainter(self.viewport())
        self._delegate.paint_rows(painter, self, event.rect())
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._ensure_timer.start()
        self.resized.emit()

    def _ensure(self) -> None:
        model = self.model()
        if isinstance(model, PagedModel) and model.total is not None:
            model.ensure(*self.shown_rows())

    def _hover(self, row: int) -> None:
        old, self._delegate.hovered_row = self._delegate.hovered_row, row
        for number in {old, row} - {-1}:
            top = self.rowViewportPosition(number)
            self.viewport().update(0, top, self.viewport().width(), self.rowHeight(number))

    def _is_link(self, index: QModelIndex, at: QPoint) -> bool:
        """Only the text of a number is a link; the rest of its cell selects like any other."""
        model = self.model()
        if not index.isValid() or not isinstance(model, PagedModel):
            return False
        column, row = model.columns[index.column()], model.row(index.row())
        if column.type is not ColumnType.NUMBER or row is None:
            return False
        return at.x() - self.visualRect(index).left() <= self._delegate.text_width(column, row.text(column))


def _asks_for_filter(event: QKeyEvent) -> bool:
    """Alt+F3, and Ctrl+Alt+F as in 1C, in both layouts."""
    if event.key() == Qt.Key.Key_F3:
        return event.modifiers() == Qt.KeyboardModifier.AltModifier
    chord = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
    return event.modifiers() == chord and event.key() in (Qt.Key.Key_F, ord(TWINS["F"]))
