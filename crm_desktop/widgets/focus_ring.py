"""The 2 px ring outside of a focused control. A control cannot paint outside itself, so the ring is a sibling."""

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget
from shiboken6 import isValid

from crm_desktop.kit.theme import color
from crm_desktop.widgets.painting import box

GAP = 2
WIDTH = 2


class FocusRing(QWidget):
    """Follows one target at a time; hidden when its target loses the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setAttribute(Qt.WidgetAttribute.WA_NoSystemBackground)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._target: QWidget | None = None
        self._watched: list[QWidget] = []
        self._radius = 6.0

    def show_around(self, target: QWidget, radius: float = 6.0) -> None:
        self._unwatch()
        self._target = target
        self._radius = radius
        host = self._host(target)
        self.setParent(host)
        widget: QWidget | None = target
        while widget is not None and widget is not host:
            widget.installEventFilter(self)
            self._watched.append(widget)
            widget = widget.parentWidget()
        self._follow()
        self.show()

    def leave(self, target: QWidget) -> None:
        if self._target is target:
            self._unwatch()
            self._target = None
            self.hide()
            self.setParent(None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._target is not None and watched in self._watched:
            kind = event.type()
            if kind in (QEvent.Type.Move, QEvent.Type.Resize):
                self._follow()
            elif kind in (QEvent.Type.Hide, QEvent.Type.ParentAboutToChange):
                self.leave(self._target)
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, QRectF(self.rect()), self._radius + GAP, None, color("accent"), WIDTH)

    @staticmethod
    def _host(target: QWidget) -> QWidget:
        """The nearest ancestor that has room around the target; never past the edge of a scroll area."""
        host = target.parentWidget() or target
        while (parent := host.parentWidget()) is not None and not host.isWindow():
            place = QRect(target.mapTo(host, QPoint(0, 0)), target.size()).adjusted(-GAP, -GAP, GAP, GAP)
            if host.rect().contains(place) or isinstance(parent, QAbstractScrollArea):
                break
            host = parent
        return host

    def _follow(self) -> None:
        host = self.parentWidget()
        if self._target is not None and host is not None:
            place = QRect(self._target.mapTo(host, QPoint(0, 0)), self._target.size())
            self.setGeometry(place.adjusted(-GAP, -GAP, GAP, GAP))
            self.raise_()

    def _unwatch(self) -> None:
        for widget in self._watched:
            if isValid(widget):
                widget.removeEventFilter(self)
        self._watched = []


_ring: FocusRing | None = None


def show_ring(target: QWidget, radius: float = 6.0) -> None:
    """Call in `focusInEvent` when the keyboard brought the focus."""
    global _ring  # noqa: PLW0603  there is one keyboard focus, so there is one ring
    if target.parentWidget() is None:
        return
    if _ring is None or not isValid(_ring):
        _ring = FocusRing()
    _ring.show_around(target, radius)


def hide_ring(target: QWidget) -> None:
    """Call in `focusOutEvent`."""
    if _ring is not None and isValid(_ring):
        _ring.leave(target)


def by_keyboard(reason: Qt.FocusReason) -> bool:
    return reason not in (Qt.FocusReason.MouseFocusReason, Qt.FocusReason.ActiveWindowFocusReason,
                          Qt.FocusReason.PopupFocusReason)
