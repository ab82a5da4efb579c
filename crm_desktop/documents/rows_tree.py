"""A small tree or list for dialogs, in the look of the tables: related documents, files."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize
from PySide6.QtGui import QColor, QPainter
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
from crm_desktop.widgets.table_header import PADDING, TableHeader

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

    def drawBranches(self, painter: QPainter, rect: QRect, index: QModelIndex | QPersistentModelIndex) -> None:
        """The indentation alone tells the level; the mark of the current row goes through it."""
        painter.fillRect(rect.adjusted(0, 0, 0, -1), _ground(self.selectionModel().isSelected(index)))

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
        area = QRect(option.rect)
        painter.fillRect(area.adjusted(0, 0, 0, -1), _ground(bool(option.state & QStyle.StateFlag.State_Selected)))
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, color("rule"))
        option.state &= ~(QStyle.StateFlag.State_HasFocus | QStyle.StateFlag.State_Selected
                          | QStyle.StateFlag.State_MouseOver)
        option.rect = area.adjusted(PADDING - 3, 0, 3 - PADDING, 0)  # the style leaves 3 px itself
        super().paint(painter, option, index)


def _ground(selected: bool) -> QColor:
    return color("soft" if selected else "surface")
