"""The head and the foot of every screen: who works, whether there is a server, what to scan next."""

from datetime import datetime

from PySide6.QtCore import QRect, QTimer
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.terminal.look import CENTER, HEADER, MARGIN, RIGHT, write
from crm_desktop.widgets.painting import box

HEAD_HEIGHT, FOOT_HEIGHT = 72, 56


class Head(QWidget):
    """Operation, document and party at the left; person, link and time at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(HEAD_HEIGHT)
        self.title, self.number, self.subtitle, self.person = "", "", "", ""
        self.online = True
        clock = QTimer(self, interval=5000)
        clock.timeout.connect(self.update)
        clock.start()

    def say(self, title: str, number: str = "", subtitle: str = "") -> None:
        self.title, self.number, self.subtitle = title, number, subtitle
        self.setAccessibleName(" ".join((title, number, subtitle)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(HEADER))
        box(painter, QRect(MARGIN, 20, 32, 32), 6, QColor("#1560BD"))
        draw_icon(painter, QRect(MARGIN + 6, 26, 20, 20), "grid-four", QColor("#FFFFFF"))
        right = self._right(painter)
        left = MARGIN + 48
        left += write(painter, QRect(left, 0, right - left, HEAD_HEIGHT), self.title, FontRole.FIGURE_LARGE, "#FFFFFF")
        if self.number:
            painter.fillRect(QRect(left + 16, 20, 1, 32), QColor("#4A6079"))
            left += 32
            left += write(painter, QRect(left, 0, max(0, right - left), HEAD_HEIGHT), self.number,
                          FontRole.FIGURE_LARGE, "#FFFFFF", tabular=True)
        if self.subtitle and right - left > 120:
            write(painter, QRect(left + 28, 0, right - left - 28, HEAD_HEIGHT), self.subtitle, FontRole.TERMINAL,
                  "#C3D0DE")

    def _right(self, painter: QPainter) -> int:
        """Paints from the right edge; answers where the free room ends."""
        right = self.width() - MARGIN
        right -= write(painter, QRect(right - 100, 0, 100, HEAD_HEIGHT), f"{datetime.now():%H:%M}",
                       FontRole.TERMINAL_STRONG, "#FFFFFF", RIGHT, tabular=True) + 32
        link = tr("на связи") if self.online else tr("нет связи")
        right -= write(painter, QRect(right - 120, 0, 120, HEAD_HEIGHT), link, FontRole.TERMINAL, "#C3D0DE", RIGHT)
        icon, pen = (Icon.CHECK_CIRCLE_FILL, "#3ED284") if self.online else (Icon.WIFI_SLASH, "#FFC233")
        draw_icon(painter, QRect(right - 28, 26, 20, 20), icon, QColor(pen))
        right -= 60
        if self.person:
            right -= write(painter, QRect(right - 240, 0, 240, HEAD_HEIGHT), self.person, FontRole.TITLE, "#FFFFFF",
                           RIGHT) + 10
            draw_icon(painter, QRect(right - 24, 24, 24, 24), Icon.USER_CIRCLE, QColor("#C3D0DE"))
            right -= 48
        return right


class Foot(QWidget):
    """What to scan next, and the keys that always work; red when scanning is stopped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(FOOT_HEIGHT)
        self.text, self.keys, self.stopped = "", "", False

    def say(self, text: str, keys: str = "", *, stopped: bool = False) -> None:
        self.text, self.keys, self.stopped = text, keys, stopped
        self.setAccessibleName(text)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(QRect(0, 0, self.width(), 1), color("border"))
        pen = "error" if self.stopped else "text"
        draw_icon(painter, QRect(MARGIN + 3, 15, 26, 26), Icon.LOCK if self.stopped else "barcode",
                  color("error" if self.stopped else "accent"))
        room = QFontMetrics(font(FontRole.TERMINAL)).horizontalAdvance(self.keys)
        write(painter, QRect(self.width() - MARGIN - room - 4, 0, room + 4, FOOT_HEIGHT), self.keys, FontRole.TERMINAL,
              "muted", CENTER)
        write(painter, QRect(MARGIN + 44, 0, self.width() - 2 * MARGIN - room - 80, FOOT_HEIGHT), self.text,
              FontRole.TITLE, pen)
