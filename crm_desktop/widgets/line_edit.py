"""The one-line editor of all fields: an icon at the left, key caps and small buttons inside at the right."""

from collections.abc import Callable

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from crm_desktop.kit.icons import draw_icon

EDGE = 8
#: What a key means in a field beyond editing; True: done.
OnKey = Callable[[QKeyEvent], bool]


class LineEdit(QLineEdit):
    """`entered` says that Enter was pressed: the form moves on. `tabbed`: Tab is about to move the focus on.

    Keys of a field come by `on_key`, not by an event filter: that would cost every event of the editor.
    """

    entered = Signal()
    tabbed = Signal()
    focused = Signal()
    left = Signal()

    def __init__(self, *, leading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.on_key: OnKey | None = None
        self._leading = str(leading)
        self._trailing: list[QWidget] = []
        if leading:
            self.setTextMargins(24, 0, 0, 0)

    def add_trailing(self, widget: QWidget) -> None:
        """Shows a widget inside the frame at the right; the text keeps clear of it."""
        widget.setParent(self)
        self._trailing.append(widget)
        widget.installEventFilter(self)
        self._place()

    def set_error(self, on: bool) -> None:
        if bool(self.property("error")) != on:
            self.setProperty("error", on)
            self.style().unpolish(self)
            self.style().polish(self)
            self.update()

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched in self._trailing and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._place()
        return False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.focused.emit()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.left.emit()
        super().focusOutEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        if next:
            self.tabbed.emit()
        return super().focusNextPrevChild(next)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.on_key is not None and self.on_key(event):
            return
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier):
            self.entered.emit()
            event.accept()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._leading:
            draw_icon(QPainter(self), QRectF(9, (self.height() - 16) / 2, 16, 16), self._leading, "muted")

    def _place(self) -> None:
        right = self.width() - EDGE
        used = 0
        for widget in self._trailing:
            if widget.isHidden():
                continue
            size = widget.sizeHint()
            right -= size.width()
            widget.setGeometry(right, (self.height() - size.height()) // 2, size.width(), size.height())
            right -= 4
            used += size.width() + 4
        margins = self.textMargins()
        if margins.right() != used:
            self.setTextMargins(margins.left(), 0, used, 0)


class InnerButton(QWidget):
    """A small icon inside a field, for the mouse; the keyboard has a key for the same."""

    clicked = Signal()

    def __init__(self, icon: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = str(icon)
        self.setToolTip(name)
        self.setAccessibleName(name)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def set_icon(self, icon: str) -> None:
        self._icon = str(icon)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(18, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        role = "disabled" if not self.isEnabled() else ("accent" if self.underMouse() else "muted")
        draw_icon(QPainter(self), QRectF(2, 3, 14, 14), self._icon, role)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def enterEvent(self, event: QEvent) -> None:
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self.update()
