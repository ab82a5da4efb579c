"""The header row of tables: muted 12 px titles, the sorted one dark with a caret, painted without the style sheet."""

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHeaderView, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.painting import box, elided

HEIGHT = 32
PADDING = 10
CARET = 11
CORNER = 7


class TableHeader(QHeaderView):
    """Horizontal; titles are elided only when the person made the column too narrow."""

    def __init__(self, parent: QWidget | None = None, *, rounded: bool = True) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._rounded = rounded
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setSectionsClickable(True)
        self.setMinimumSectionSize(40)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)

    def sizeHint(self) -> QSize:
        return QSize(100, fonts.px(HEIGHT))  # the view asks for the height; Qt would measure every title

    def title_width(self, section: int) -> int:
        """What the title needs, with the room of the caret."""
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        return QFontMetrics(font(FontRole.CAPTION_STRONG)).horizontalAdvance(title) + 2 * PADDING + CARET + 5

    def words_width(self, section: int) -> int:
        """What the title takes in a table that is never sorted."""
        title = str(self.model().headerData(section, Qt.Orientation.Horizontal) or "")
        return QFontMetrics(font(FontRole.CAPTION_MEDIUM)).horizontalAdvance(title) + 2 * PADDING + 1

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground over the whole width, with the rounded corners of the frame around the table."""
        painter = QPainter(self.viewport())
        area = QRectF(self.viewport().rect())
        if self._rounded:
            box(painter, area.adjusted(0, 0, 0, CORNER), CORNER, color("window"))
        else:
            painter.fillRect(area, color("window"))
        painter.fillRect(0, self.viewport().height() - 1, self.viewport().width(), 1, color("border"))
        painter.end()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        if not rect.isValid():
            return
        painter.save()
        is_sorted = self.isSortIndicatorShown() and self.sortIndicatorSection() == logical
        model = self.model()
        title = str(model.headerData(logical, Qt.Orientation.Horizontal) or "")
        align = model.headerData(logical, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        to_right = bool(align and align & Qt.AlignmentFlag.AlignRight)
        painter.setFont(font(FontRole.CAPTION_STRONG if is_sorted else FontRole.CAPTION_MEDIUM))
        painter.setPen(color("text" if is_sorted else "muted"))
        area = rect.adjusted(PADDING, 0, -PADDING, 0)
        room = area.width() - (CARET + 4 if is_sorted else 0)
        text = elided(painter.fontMetrics(), title, room)
        width = painter.fontMetrics().horizontalAdvance(text)
        left = area.right() - width - (CARET + 4 if is_sorted else 0) if to_right else area.left()
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRect(left, area.top(), width + 2, area.height()), flags, text)
        if is_sorted:
            down = self.sortIndicatorOrder() == Qt.SortOrder.DescendingOrder
            place = QRectF(left + width + 4, rect.center().y() - CARET / 2 + 1, CARET, CARET)
            draw_icon(painter, place, Icon.CARET_DOWN if down else Icon.CARET_UP, "text")
        painter.restore()
