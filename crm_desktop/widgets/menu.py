"""Menus as in the reference sheet: rounded, icons muted, keys in caps.

A letter runs the item that shows it as its key, else the item that begins with it; among several it walks. With Shift
it runs the item whose key says so, where there is one.
"""

from collections.abc import Callable

from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtGui import QAction, QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QMenu, QWidget

from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.shortcuts import TWINS
from crm_desktop.kit.theme import color
from crm_desktop.widgets.painting import box, draw_key_cap, key_cap_size

_KEY, _ICON, _INK = "menuKey", "menuIcon", "menuInk"
_LATIN = {cyrillic: latin for latin, cyrillic in TWINS.items()}


class Menu(QMenu):
    """`add` items, then `open_below(button)`. Never blocks."""

    def __init__(self, parent: QWidget | None = None, title: str = "") -> None:
        super().__init__(title, parent)
        self.setWindowFlags(self.windowFlags() | Qt.WindowType.FramelessWindowHint
                            | Qt.WindowType.NoDropShadowWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        self.setToolTipsVisible(True)
        self.aboutToShow.connect(self._fit)

    def add(self, title: str, run: Callable[[], object] | None = None, *, icon: str = "", key: str = "",
            why_not: str = "", ink: str = "text", checked: bool | None = None) -> QAction:
        """`why_not` disables the item and says why; `checked` makes it a mark that can be set."""
        action = self.addAction(title)
        action.setProperty(_KEY, key)
        action.setProperty(_ICON, str(icon))
        action.setProperty(_INK, ink)
        action.setIconText(title)
        if why_not:
            action.setEnabled(False)
            action.setToolTip(why_not)
        if checked is not None:
            action.setCheckable(True)
            action.setChecked(checked)
        if run is not None:
            action.triggered.connect(lambda checked=False: run())
        return action

    def add_menu(self, title: str, *, icon: str = "") -> "Menu":
        """A submenu."""
        sub = Menu(self, title)
        action = self.addMenu(sub)
        action.setProperty(_ICON, str(icon))
        action.setProperty(_INK, "text")
        action.setIconText(title)
        return sub

    def open_below(self, widget: QWidget, *, align_right: bool = False) -> None:
        left = widget.width() - self.sizeHint().width() if align_right else 0
        self.popup(widget.mapToGlobal(QPoint(left, widget.height() + 4)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        letter = event.text().upper().strip()
        shifted = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        if not letter or event.modifiers() & Qt.KeyboardModifier.ControlModifier or not self._go_to(letter, shifted):
            super().keyPressEvent(event)

    def _go_to(self, letter: str, shifted: bool) -> bool:
        """Either keyboard layout; False when nothing is meant by the letter."""
        twins = {letter, TWINS.get(letter, letter), _LATIN.get(letter, letter)}
        live = [action for action in self.actions() if action.isEnabled() and not action.isSeparator()]
        with_shift = {f"Shift+{twin}" for twin in twins} if shifted else set()
        found = [action for action in live if action.property(_KEY) in with_shift] or [
            action for action in live if action.property(_KEY) in twins] or [
            action for action in live if action.iconText()[:1].upper() in twins]
        if len(found) == 1 and found[0].menu() is None:
            self.close()
            found[0].trigger()
        elif found:
            place = found.index(self.activeAction()) + 1 if self.activeAction() in found else 0
            self.setActiveAction(found[place % len(found)])
        return bool(found)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 8, color("surface"), color("button_border"))
        has_marks = any(action.isCheckable() for action in self.actions())
        for action in self.actions():
            area = QRectF(self.actionGeometry(action))
            if action.isSeparator():
                painter.fillRect(QRectF(1, area.center().y(), self.width() - 2, 1), color("rule"))
            else:
                self._paint_item(painter, area, action, has_marks)

    def _fit(self) -> None:
        """Room for what is painted here; the style measures only the texts."""
        metrics = QFontMetrics(font(FontRole.MEDIUM))
        needed = 0
        for action in self.actions():
            key = str(action.property(_KEY) or "")
            tail = key_cap_size(key).width() + 24 if key else (24 if action.menu() is not None else 0)
            needed = max(needed, metrics.horizontalAdvance(action.iconText()) + tail)
        self.setMinimumWidth(needed + 26 + 40)

    def _paint_item(self, painter: QPainter, area: QRectF, action: QAction, has_marks: bool) -> None:
        live = action.isEnabled()
        if action is self.activeAction() and live:
            box(painter, area, 6, color("soft"))
        left = area.left() + 12
        icon = Icon.CHECK if action.isChecked() else str(action.property(_ICON) or "")
        if icon:
            ink = "disabled" if not live else ("accent" if action.isChecked() else "muted")
            draw_icon(painter, QRectF(left, area.center().y() - 8, 16, 16), icon, ink)
        if has_marks or any(other.property(_ICON) for other in self.actions()):
            left += 26
        painter.setFont(font(FontRole.MEDIUM))
        painter.setPen(color(str(action.property(_INK) or "text") if live else "disabled"))
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(QRectF(left, area.top(), area.right() - left, area.height()), flags, action.iconText())
        key = str(action.property(_KEY) or "")
        if key:
            size = key_cap_size(key)
            cap = QRectF(area.right() - 10 - size.width(), area.center().y() - size.height() / 2,
                         size.width(), size.height())
            draw_key_cap(painter, cap, key)
        elif action.menu() is not None:
            draw_icon(painter, QRectF(area.right() - 20, area.center().y() - 6, 12, 12), Icon.CARET_RIGHT, "muted")
