"""A section in a list of sections: the rail of the shell, the menu of the settings."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.painted_button import PaintedButton
from crm_desktop.widgets.painting import box, elided


class NavButton(PaintedButton):
    """One section; the current one has a fill and a stripe at its left. Up and Down are left to the owner."""

    def __init__(self, text: str, icon: str, *, child: bool = False, dense: bool = False,
                 parent: QWidget | None = None) -> None:
        """A `child` is indented; a `dense` one is lower, for a menu of many sections."""
        super().__init__(text, parent=parent)
        self._icon = str(icon)
        self._child = child
        self._small = child or dense
        self._compact = False
        self._current = False
        self.setText(text)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._hint = text
        fonts.set_role(self, FontRole.MEDIUM)

    def set_hint(self, text: str) -> None:
        self._hint = text
        self.setToolTip(text)

    def set_icon(self, icon: str) -> None:
        self._icon = str(icon)
        self.update()

    def set_compact(self, on: bool) -> None:
        self._compact = on
        self.setAccessibleName(self.text())
        self.setToolTip(self._hint)
        self.update()

    def set_current(self, on: bool) -> None:
        if on != self._current:
            self._current = on
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(40, fonts.px(30 if self._small else 36))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._current:
            box(painter, self.rect(), 6, color("soft"))
            painter.fillRect(0, 8, 3, self.height() - 16, color("accent"))
        elif self.underMouse():
            box(painter, self.rect(), 6, color("hover"))
        ink = color("accent" if self._current else "text")
        size = 16 if self._small else 20
        left = (self.width() - size) / 2 if self._compact else (22.0 if self._child else 10.0)
        top = (self.height() - size) / 2
        draw_icon(painter, QRectF(left, top, size, size), self._icon, ink if self._current else color("muted"))
        if self._compact:
            return
        painter.setFont(font(FontRole.STRONG if self._current else
                             FontRole.BODY if self._small else FontRole.MEDIUM))
        painter.setPen(ink)
        start = left + size + (8 if self._small else 12)
        area = QRectF(start, 0, self.width() - start - 6, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                         elided(painter.fontMetrics(), self.text(), int(area.width())))
