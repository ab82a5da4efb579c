"""The mark of the program: a window of four panes, drawn, so that it is sharp at any size."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.theme import color
from crm_desktop.widgets.painting import box

BLUE = "#1560BD"
NAME = "Окно CRM"


class Brand(QWidget):
    """The mark and, when there is room, the name. `ink` is a token, or `#RRGGBB` on a ground of its own."""

    def __init__(self, *, large: bool = False, ink: str = "text", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compact = False
        self._large = large
        self._ink = ink
        self.setFixedHeight(fonts.px(48))
        self.setAccessibleName(NAME)

    def set_compact(self, on: bool) -> None:
        self._compact = on
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, self.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        side = 44 if self._large else 28
        left = 0 if self._large else ((self.width() - side) // 2 if self._compact else 16)
        mark = QRectF(left, (self.height() - side) / 2, side, side)
        draw_mark(painter, mark)
        if self._compact:
            return
        painter.setFont(font(FontRole.FIGURE if self._large else FontRole.SECTION))
        painter.setPen(QColor(self._ink) if self._ink.startswith("#") else color(self._ink))
        painter.drawText(QRectF(mark.right() + (14 if self._large else 10), 0, self.width(), self.height()),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, NAME)


def draw_mark(painter: QPainter, area: QRectF) -> None:
    white = QColor("#FFFFFF")
    box(painter, area, area.width() / 5, QColor(BLUE))
    inset = area.width() * 2 / 9
    window = area.adjusted(inset, inset, -inset, -inset)
    width = max(2, round(area.width() / 14))
    box(painter, window, width, None, white, width)
    middle = window.center()
    painter.fillRect(QRectF(middle.x() - width / 2, window.top(), width, window.height()), white)
    painter.fillRect(QRectF(window.left(), middle.y() - width / 2, window.width(), width), white)


def window_icon() -> QIcon:
    icon = QIcon()
    for side in (16, 24, 32, 48, 64, 128, 256):
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        draw_mark(painter, QRectF(0, 0, side, side))
        painter.end()
        icon.addPixmap(picture)
    return icon
