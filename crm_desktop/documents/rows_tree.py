"""A small tree or list for dialogs, in the look of the tables: related documents, files."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeWidget,
    QVBoxLayout,
    QWidget,
)

from crm_desktop.kit import fonts
from crm_desktop.kit.theme import color
from crm_desktop.widgets.table_header import TableHeader

ROW_HEIGHT = 32


class RowsTree(QTreeWidget):
    """Enter or a double click activates a row. The first column takes the room that is left."""

    def __init__(self, titles: Sequence[str], widths: Sequence[int], name: str, parent: QWidget | None = None) -> None:
        """`widths` of the columns after the first."""
        super().__init__(parent)
        header = TableHeader(self)
        self.setHeader(header)
        self.setHeaderLabels(list(titles))
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate(widths, start=1):
            header.resizeSection(column, fonts.px(width))
        header.setSectionsMovable(False)
        header.setSectionsClickable(False)
        self.setItemDelegate(_RowDelegate(self))
        self.setRootIsDecorated(False)
        self.setItemsExpandable(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setAccessibleName(name)
        self._colour()

    def _colour(self) -> None:
        colours = self.palette()
        colours.setColor(QPalette.ColorRole.Highlight, color("soft"))
        colours.setColor(QPalette.ColorRole.HighlightedText, color("text"))
        self.setPalette(colours)

    def framed(self) -> QFrame:
        """The rounded frame that views have around them."""
        frame = QFrame()
        frame.setProperty("role", "tableFrame")
        inner = QVBoxLayout(frame)
        inner.setContentsMargins(1, 1, 1, 1)
        inner.addWidget(self)
        return frame


class _RowDelegate(QStyledItemDelegate):
    """Rows as high as in the tables, a thin line below each."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(super().sizeHint(option, index).width(), fonts.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem,
              index: QModelIndex | QPersistentModelIndex) -> None:
        option.state &= ~QStyle.StateFlag.State_HasFocus  # the whole row is marked instead
        option.rect.adjust(4 if index.column() else 0, 0, -8, 0)
        super().paint(painter, option, index)
        painter.fillRect(option.rect.adjusted(-4, option.rect.height() - 1, 8, 0), color("rule"))
