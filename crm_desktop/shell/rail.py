"""The rail of sections at the left: 216 px with words, 56 px with icons only."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.feature import NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.theme import color
from crm_desktop.shell.brand import Brand
from crm_desktop.widgets.labels import rule
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.nav_button import NavButton
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
        self._buttons: dict[str, NavButton] = {}
        self._collapse = NavButton(tr("Свернуть меню"), Icon.SIDEBAR)
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
            button = NavButton(item.title, item.icon, child=bool(item.parent))
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
