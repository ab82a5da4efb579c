"""Floating panels: a frame with rounded corners and a soft shadow, placed by a widget and kept on the screen."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

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
        paint_panel(self)


def paint_panel(widget: QWidget) -> None:
    """A rounded surface with a soft shadow in the outer eight pixels."""
    painter = QPainter(widget)
    frame = QRectF(widget.rect()).adjusted(SHADOW, SHADOW, -SHADOW, -SHADOW)
    strength = 26 if tokens().dark else 11
    for step in range(SHADOW, 0, -1):
        shadow = frame.adjusted(-step, -step + 2, step, step)
        depth = max(2, strength * (SHADOW - step + 1) // SHADOW // 2)
        box(painter, shadow, RADIUS + step, QColor(11, 31, 51, depth))
    box(painter, frame, RADIUS, color("surface"), color("button_border"))


class OverlayPanel(QWidget):
    """A panel inside the window, over its content: its fields may open popups of their own.

    Closes at Esc, at a click outside, and when the focus leaves it.
    """

    closed = Signal()

    def __init__(self, owner: QWidget, *, padding: int = 12) -> None:
        super().__init__(owner.window())
        self._owner = owner
        edge = SHADOW + 1 + padding
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(edge, edge, edge, edge)
        self.body.setSpacing(8)
        self.hide()

    def open_below(self, anchor: QWidget, *, gap: int = 4) -> None:
        window = self._owner.window()
        self.setParent(window)
        self.adjustSize()
        corner = anchor.mapTo(window, QPoint(-SHADOW, anchor.height() + gap - SHADOW))
        left = max(-SHADOW, min(corner.x(), window.width() - self.width() + SHADOW))
        top = max(-SHADOW, min(corner.y(), window.height() - self.height() + SHADOW))
        self.move(left, top)
        self.show()
        self.raise_()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.installEventFilter(self)
            app.focusChanged.connect(self._on_focus)

    def close_panel(self) -> None:
        if self.isHidden():
            return
        self.hide()
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.removeEventFilter(self)
            app.focusChanged.disconnect(self._on_focus)
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
            self._owner.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.MouseButtonPress and isinstance(watched, QWidget):
            outside = watched is not self and not self.isAncestorOf(watched)
            if outside and watched.window() is self.window():
                self.close_panel()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_panel(self)

    def _on_focus(self, old: QWidget | None, now: QWidget | None) -> None:
        if now is not None and now.window() is self.window() and now is not self and not self.isAncestorOf(now):
            self.close_panel()
