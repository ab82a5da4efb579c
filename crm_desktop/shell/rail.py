"""The rail of sections at the left: 216 px with words, 56 px with icons only."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.feature import NavItem
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.shell.brand import Brand
from crm_desktop.widgets.focus_ring import by_keyboard, hide_ring, show_ring
from crm_desktop.widgets.labels import rule
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.painting import box, elided
from crm_desktop.widgets.scrolled import scrolled

WIDE, NARROW = 216, 56
EDGE = 8


class Rail(QWidget):
    """`chosen(entity)`; `collapse_asked(bool)` when the person presses «Свернуть меню»."""

    chosen = Signal(str)
    collapse_asked = Signal(bool)

    def __init__(self, items: Sequence[NavItem], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Разделы"))
        self._items = list(items)
        self._collapsed = False
        self._current = ""
        self._open_parent = ""
        self._buttons: dict[str, RailButton] = {}
        self._collapse = RailButton(tr("Свернуть меню"), Icon.SIDEBAR)
        self._collapse.clicked.connect(lambda: self.collapse_asked.emit(not self._collapsed))
        self._lay_out()
        self.set_collapsed(False)

    @property
    def sections(self) -> list[NavItem]:
        """The sections of Alt+1 … Alt+9, in their order."""
        return [item for item in self._items if not item.parent]

    def set_current(self, entity: str) -> None:
        """Marks the section of the page in front; its group unfolds."""
        self._current = entity
        item = next((item for item in self._items if item.entity == entity), None)
        if item is not None:
            self._open_parent = item.parent or item.entity
        self._show()

    def set_collapsed(self, on: bool) -> None:
        self._collapsed = on
        self.setFixedWidth(NARROW if on else max(WIDE, round(WIDE * fonts.scale())))
        self._brand.set_compact(on)
        self._collapse.setText(tr("Развернуть меню") if on else tr("Свернуть меню"))
        self._collapse.set_icon(Icon.SIDEBAR_OPEN if on else Icon.SIDEBAR)
        for button in (*self._buttons.values(), self._collapse):
            button.set_compact(on)
        self._show()

    def focus(self) -> None:
        button = self._buttons.get(self._current) or next(iter(self._buttons.values()), None)
        if button is not None:
            button.setFocus(Qt.FocusReason.TabFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        shown = [button for button in (*self._buttons.values(), self._collapse) if not button.isHidden()]
        place = next((number for number, button in enumerate(shown) if button.hasFocus()), None)
        if step is None or place is None:
            super().keyPressEvent(event)
            return
        shown[(place + step) % len(shown)].setFocus(Qt.FocusReason.TabFocusReason)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(self.width() - 1, 0, 1, self.height(), color("border"))

    def _lay_out(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 1, EDGE)
        outer.setSpacing(0)
        self._brand = Brand()
        outer.addWidget(self._brand)
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(EDGE, 12, EDGE, 0)
        column.setSpacing(4)
        foot = QVBoxLayout()
        foot.setContentsMargins(EDGE, 4, EDGE, 0)
        foot.setSpacing(4)
        numbers = {item.entity: number for number, item in enumerate(self.sections, start=1)}
        for item in self._items:
            button = RailButton(item.title, item.icon, child=bool(item.parent))
            number = numbers.get(item.entity, 10)
            button.set_hint(f"{item.title} (Alt+{number})" if number < 10 else item.title)
            button.clicked.connect(lambda checked=False, item=item: self._press(item))
            self._buttons[item.entity] = button
            (foot if item.at_bottom else column).addWidget(button)
        column.addStretch(1)
        outer.addWidget(scrolled(holder), 1)
        line = rule()
        around = QVBoxLayout()
        around.setContentsMargins(16, 0, 16, 4)
        around.addWidget(line)
        outer.addLayout(around)
        foot.addWidget(self._collapse)
        outer.addLayout(foot)

    def _press(self, item: NavItem) -> None:
        children = [child for child in self._items if child.parent == item.entity]
        if self._collapsed and children:
            self._open_children(item, children)
        else:
            self.chosen.emit(item.entity)

    def _open_children(self, item: NavItem, children: Sequence[NavItem]) -> None:
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        for entry in (item, *children):
            menu.add(entry.title, lambda entity=entry.entity: self.chosen.emit(entity), icon=entry.icon)
        button = self._buttons[item.entity]
        menu.popup(button.mapToGlobal(button.rect().topRight()))

    def _show(self) -> None:
        for item in self._items:
            button = self._buttons[item.entity]
            button.set_current(item.entity == self._current
                               or (self._collapsed and item.entity == self._open_parent and not item.parent))
            if item.parent:
                button.setVisible(not self._collapsed and item.parent == self._open_parent)


class RailButton(QAbstractButton):
    """One section; the current one has a fill and a stripe at its left."""

    def __init__(self, text: str, icon: str, *, child: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = str(icon)
        self._child = child
        self._compact = False
        self._current = False
        self.setText(text)
        self.setAccessibleName(text)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
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
        return QSize(40, fonts.px(30 if self._child else 36))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()  # the rail moves the focus
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_keyboard(event.reason()):
            show_ring(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        hide_ring(self)

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.HoverEnter, QEvent.Type.HoverLeave):
            self.update()
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self._current:
            box(painter, self.rect(), 6, color("soft"))
            painter.fillRect(0, 8, 3, self.height() - 16, color("accent"))
        elif self.underMouse():
            box(painter, self.rect(), 6, color("hover"))
        ink = color("accent" if self._current else "text")
        size = 16 if self._child else 20
        left = (self.width() - size) / 2 if self._compact else (28.0 if self._child else 10.0)
        top = (self.height() - size) / 2
        draw_icon(painter, QRectF(left, top, size, size), self._icon, ink if self._current else color("muted"))
        if self._compact:
            return
        painter.setFont(font(FontRole.STRONG if self._current else
                             FontRole.BODY if self._child else FontRole.MEDIUM))
        painter.setPen(ink)
        start = left + size + (8 if self._child else 12)
        area = QRectF(start, 0, self.width() - start - 6, self.height())
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                         elided(painter.fontMetrics(), self.text(), int(area.width())))
