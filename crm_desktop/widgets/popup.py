"""Floating panels: a frame with rounded corners and a soft shadow, placed by a widget and kept on the screen."""

from PySide6.QtCore import QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QGuiApplication, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_desktop.kit.theme import color, tokens
from crm_desktop.widgets.painting import box

SHADOW = 8
RADIUS = 8


class Popup(QWidget):
    """Put the content into `body`. A focusing popup closes at a click outside; the other kind never takes the focus."""

    def __init__(self, owner: QWidget, *, focusing: bool = True, padding: int = 5) -> None:
        kind = Qt.WindowType.Popup if focusing else Qt.WindowType.ToolTip
        super().__init__(owner, kind | Qt.WindowType.FramelessWindowHint | Qt.WindowType.NoDropShadowWindowHint)
        self._owner = owner
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        if not focusing:
            self.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body = QVBoxLayout(self)
        edge = SHADOW + 1 + padding
        self.body.setContentsMargins(edge, edge, edge, edge)
        self.body.setSpacing(4)

    def show_below(self, anchor: QWidget | None = None, *, width: int = 0, gap: int = 4) -> None:
        """Below the anchor (the owner by default), above it where the screen ends; not narrower than `width`."""
        anchor = anchor or self._owner
        size = self.sizeHint()
        size.setWidth(max(size.width(), width + 2 * SHADOW))
        size = size.expandedTo(self.minimumSize()).boundedTo(self.maximumSize())
        corner = anchor.mapToGlobal(QPoint(-SHADOW, anchor.height() + gap - SHADOW))
        screen = anchor.screen() or QGuiApplication.primaryScreen()
        room = screen.availableGeometry()
        place = QRect(corner, size)
        if place.bottom() - SHADOW > room.bottom():
            above = anchor.mapToGlobal(QPoint(0, -gap)).y() - size.height() + SHADOW
            if above >= room.top() - SHADOW:
                place.moveTop(above)
        place.moveLeft(max(room.left() - SHADOW, min(place.left(), room.right() - place.width() + SHADOW)))
        self.setGeometry(place)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        frame = QRectF(self.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
        strength = 26 if tokens().dark else 11
        for step in range(SHADOW, 0, -1):
            shadow = frame.adjusted(-step, -step + 2, step, step)
            depth = max(2, strength * (SHADOW - step + 1) // SHADOW // 2)
            box(painter, shadow, RADIUS + step, QColor(11, 31, 51, depth))
        box(painter, frame, RADIUS, color("surface"), color("button_border"))
