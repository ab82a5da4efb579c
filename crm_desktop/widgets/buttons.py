"""Buttons: one primary per screen, the rest secondary, quiet or dangerous; the key hint is part of the button."""

from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tokens
from crm_desktop.widgets.focus_ring import by_keyboard, hide_ring, show_ring
from crm_desktop.widgets.painting import box

PADDING = 12
ICON = 16
ICON_GAP = 6
KEY_GAP = 8
HEIGHT = 32
COMPACT_HEIGHT = 28
RADIUS = 6


class ButtonKind(StrEnum):
    PRIMARY = "primary"
    SECONDARY = "secondary"
    QUIET = "quiet"       # accent text, no box
    PLAIN = "plain"       # dark text, no box
    DANGER = "danger"


class Button(QPushButton):
    """`key` is only shown; what it does is bound by the shortcut registry."""

    def __init__(
        self,
        text: str = "",
        kind: ButtonKind = ButtonKind.SECONDARY,
        *,
        icon: str = "",
        key: str = "",
        compact: bool = False,
        name: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`name` is what a screen reader says of a button without text (and its tooltip)."""
        super().__init__(text, parent)
        self._kind = kind
        self._icon = str(icon)
        self._key = key
        self._compact = compact
        self._trailing = ""
        self.setAccessibleName(name or text)
        if name and not text:
            self.setToolTip(f"{name} ({key})" if key else name)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        fonts.set_role(self, FontRole.MEDIUM)

    @property
    def kind(self) -> ButtonKind:
        return self._kind

    def set_kind(self, kind: ButtonKind) -> None:
        self._kind = kind
        self.update()

    def set_icon(self, name: str) -> None:
        self._icon = str(name)
        self.updateGeometry()
        self.update()

    def set_key(self, key: str) -> None:
        self._key = key
        self.updateGeometry()
        self.update()

    def set_why_not(self, reason: str) -> None:
        """Disables the button and says why in its tooltip; an empty reason enables it."""
        self.setEnabled(not reason)
        self.setToolTip(reason)
        self.setAccessibleDescription(reason)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        height = fonts.px(COMPACT_HEIGHT if self._compact else HEIGHT)
        if not self.text() and not self._key and not self._trailing:
            return QSize(height, height)
        return QSize(round(self._content_width()) + 2 * self._padding(), height)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_keyboard(event.reason()):
            show_ring(self, RADIUS)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        hide_ring(self)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._paint_box(painter)
        ink, key_ink = self._inks()
        left = (self.width() - self._content_width()) / 2
        middle = self.height() / 2
        if self._icon:
            draw_icon(painter, QRectF(left, middle - ICON / 2, ICON, ICON), self._icon, self._icon_ink(ink))
            left += ICON + ICON_GAP
        if self.text():
            painter.setFont(self.font())
            painter.setPen(ink)
            width = QFontMetrics(self.font()).horizontalAdvance(self.text())
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextShowMnemonic
            painter.drawText(QRectF(left, 0, width + 4, self.height()), flags, self.text())
            left += width + KEY_GAP
        if self._key:
            painter.setFont(font(FontRole.KEY_STRONG))
            painter.setPen(key_ink)
            painter.drawText(QRectF(left, 0, self.width(), self.height()),
                             Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._key)
        elif self._trailing:
            draw_icon(painter, QRectF(QPointF(left - 2, middle - 6), QSize(12, 12)), self._trailing, key_ink)

    def _padding(self) -> int:
        return 8 if self._kind in (ButtonKind.QUIET, ButtonKind.PLAIN) else PADDING

    def _content_width(self) -> float:
        parts = 0.0
        if self._icon:
            parts += ICON + (ICON_GAP if self.text() else 0)
        if self.text():
            parts += QFontMetrics(self.font()).horizontalAdvance(self.text())
        if self._key:
            parts += QFontMetrics(font(FontRole.KEY_STRONG)).horizontalAdvance(self._key) + KEY_GAP
        elif self._trailing:
            parts += 12 + KEY_GAP - 2
        return parts

    def _paint_box(self, painter: QPainter) -> None:
        fill, border = self._colors()
        if fill is not None or border is not None:
            box(painter, self.rect(), RADIUS, fill, border)

    def _colors(self) -> tuple[QColor | None, QColor | None]:
        is_hot = self.underMouse() or self.isDown()
        if self.isChecked():
            return color("soft"), color("accent")
        if self._kind in (ButtonKind.QUIET, ButtonKind.PLAIN):
            return (color("soft" if self.isDown() else "hover") if is_hot and self.isEnabled() else None), None
        if not self.isEnabled():
            return color("sunken"), None
        if self._kind is ButtonKind.PRIMARY:
            return color("accent_hover" if is_hot else "accent"), None
        if self._kind is ButtonKind.DANGER:
            return color("error.fill" if is_hot else "surface"), color("error")
        return color("hover" if is_hot else "surface"), color("button_border")

    def _inks(self) -> tuple[QColor, QColor]:
        """The colours of the text and of the key hint."""
        if not self.isEnabled():
            return color("disabled"), color("disabled")
        if self.isChecked():
            return color("accent"), color("accent")
        if self._kind is ButtonKind.PRIMARY:
            return color("on_accent"), QColor("#D9E6F7") if not tokens().dark else color("on_accent")
        if self._kind is ButtonKind.DANGER:
            return color("error"), color("error")
        return color("accent" if self._kind is ButtonKind.QUIET else "text"), color("faint")

    def _icon_ink(self, ink: QColor) -> QColor:
        plain = self._kind in (ButtonKind.SECONDARY, ButtonKind.PLAIN)
        return color("muted") if plain and self.isEnabled() and not self.isChecked() else ink


class MenuButton(Button):
    """A button that opens a menu below itself and says so with a caret; without text, three dots."""

    def __init__(self, text: str = "", *, icon: str = "", key: str = "", name: str = "",
                 compact: bool = False, kind: ButtonKind = ButtonKind.SECONDARY, parent: QWidget | None = None) -> None:
        super().__init__(text, kind, icon=icon or ("" if text else Icon.DOTS), key=key, name=name, compact=compact,
                         parent=parent)
        if text and not key:
            self._trailing = Icon.CARET_DOWN


class IconButton(Button):
    """A square button with an icon only; `name` is required because nothing else says what it does."""

    def __init__(self, icon: str, name: str, kind: ButtonKind = ButtonKind.SECONDARY, *, key: str = "",
                 compact: bool = False, checkable: bool = False, parent: QWidget | None = None) -> None:
        super().__init__("", kind, icon=icon, compact=compact, name=f"{name} ({key})" if key else name, parent=parent)
        self.setAccessibleName(name)
        self.setCheckable(checkable)
