"""The row above a list: search, the conditions in force as chips, «+ Отбор», saved views."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_contract.lists import Column, Condition
from crm_desktop.kit import fonts
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind, MenuButton
from crm_desktop.widgets.conditions import value_text
from crm_desktop.widgets.filter_panel import FilterPanel, RefSearch
from crm_desktop.widgets.flow_layout import FlowLayout
from crm_desktop.widgets.focus_order import tab_through
from crm_desktop.widgets.line_edit import InnerButton, LineEdit
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.pills import Chip, KeyCap

SEARCH_PAUSE_MS = 250
SEARCH_WIDTH = 236


@dataclass(frozen=True, slots=True)
class ViewItem:
    """A view of the list: `code` is the app's; only an `own` one can be deleted."""

    code: str
    title: str
    own: bool = False
    shared: bool = False


class FilterBar(QWidget):
    """`changed`: search or conditions are different now. Put more at the right end with `add_right`."""

    changed = Signal()
    view_chosen = Signal(str)
    view_save_asked = Signal()
    view_delete_asked = Signal(str)
    left_down = Signal()  # Down or Enter in the search box: the focus belongs to the list

    def __init__(self, columns: Sequence[Column], *, ref_search: RefSearch | None = None, search_hint: str = "",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._columns = {column.name: column for column in columns}
        self._ref_search = ref_search
        self._conditions: list[Condition] = []
        self._titles: dict[tuple[str, Any], str] = {}
        self._editing: Condition | None = None
        self._views: list[ViewItem] = []
        self._view = ""
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_PAUSE_MS)
        self._timer.timeout.connect(self._search_now)
        self._searched = ""
        self._make_search(search_hint or tr("Поиск в списке"))
        self._add = Button(tr("Отбор"), ButtonKind.PLAIN, icon=Icon.PLUS)
        self._add.clicked.connect(self._open_panel)
        self._view_button = MenuButton(tr("Вид"))
        self._view_button.clicked.connect(self._open_views)
        self._view_button.hide()
        self._flow = FlowLayout()
        self._flow.addWidget(self._add)
        chips = QWidget()
        chips.setLayout(self._flow)
        policy = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        policy.setHeightForWidth(True)
        chips.setSizePolicy(policy)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(8)
        self._line.addWidget(self._search_box, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addWidget(chips, 1)
        self._line.addWidget(self._view_button, 0, Qt.AlignmentFlag.AlignTop)

    def conditions(self) -> list[Condition]:
        return list(self._conditions)

    def search(self) -> str:
        return self._searched

    def set_filter(self, conditions: Sequence[Condition], search: str = "",
                   titles: dict[tuple[str, Any], str] | None = None) -> None:
        """Shows a selection (a saved view) without the signal; `titles` names references by (column, id)."""
        self._titles |= titles or {}
        self._conditions = list(conditions)
        self._searched = search
        self._search_box.setText(search)
        self._timer.stop()
        self._show_chips()

    def add_condition(self, condition: Condition, title: str = "") -> None:
        """Adds one, instead of an older one of the same column and operator."""
        if title and not isinstance(condition.value, list):
            self._titles[condition.column, condition.value] = title
        self._conditions = [
            c for c in self._conditions if (c.column, c.op) != (condition.column, condition.op)] + [condition]
        self._show_chips()
        self.changed.emit()

    def remove_condition(self, condition: Condition) -> None:
        self._conditions = [other for other in self._conditions if other is not condition]
        self._show_chips()
        self.changed.emit()

    def clear(self) -> None:
        """Ctrl+Shift+F3: all chips and the search."""
        self.set_filter(())
        self.changed.emit()

    @property
    def is_filtered(self) -> bool:
        return bool(self._conditions or self._searched)

    def focus_search(self, text: str = "") -> None:
        """Ctrl+F, or letters typed into the list (they are added)."""
        self._search_box.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if text:
            self._search_box.end(False)
            self._search_box.insert(text)
            self._timer.start()
        else:
            self._search_box.selectAll()

    def set_views(self, views: Sequence[ViewItem], current: str = "") -> None:
        """«Вид: …»; hidden while there is nothing to choose or save."""
        self._views = list(views)
        self._view = current
        title = next((view.title for view in views if view.code == current), tr("все"))
        self._view_button.setText(tr("Вид: {title}").format(title=title))
        self._view_button.show()

    def add_right(self, widget: QWidget) -> None:
        self._line.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if watched is self._search_box and event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape and self._search_box.text():
                self._search_box.clear()
                self._search_now()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._search_now()
                self.left_down.emit()
                return True
        return False

    def _make_search(self, hint: str) -> None:
        self._search_box = LineEdit(leading=Icon.SEARCH)
        self._search_box.setPlaceholderText(hint)
        self._search_box.setAccessibleName(hint)
        self._search_box.setFixedWidth(round(SEARCH_WIDTH * max(1.0, fonts.scale())))
        self._search_box.setMaxLength(200)
        self._search_box.installEventFilter(self)
        cap = KeyCap("Ctrl+F")
        clear = InnerButton(Icon.CLOSE, tr("Очистить поиск (Esc)"))
        self._search_box.add_trailing(cap)
        self._search_box.add_trailing(clear)
        clear.hide()
        clear.clicked.connect(self._search_box.clear)
        self._search_box.textChanged.connect(lambda text: clear.setVisible(bool(text)))
        self._search_box.textChanged.connect(lambda text: cap.setVisible(not text))
        self._search_box.textChanged.connect(self._on_search_text)

    def _on_search_text(self) -> None:
        if self._search_box.text().strip() != self._searched:
            self._timer.start()

    def _search_now(self) -> None:
        self._timer.stop()
        text = self._search_box.text().strip()
        if text != self._searched:
            self._searched = text
            self.changed.emit()

    def _show_chips(self) -> None:
        while self._flow.count() > 1:
            item = self._flow.takeAt(0)
            chip = item.widget() if item is not None else None
            if chip is not None:
                chip.hide()
                chip.deleteLater()
        made: list[QWidget] = []
        for number, condition in enumerate(self._conditions):
            column = self._columns.get(condition.column)
            if column is None:
                continue
            words = value_text(column, condition, lambda value, name=condition.column: self._titles.get(
                (name, value), f"№ {value}"), date.today())
            chip = Chip(column.title, words)
            chip.removed.connect(lambda condition=condition: self.remove_condition(condition))
            chip.clicked.connect(lambda chip=chip, condition=condition: self._edit(chip, condition))
            self._flow.insert(number, chip)
            chip.show()
            made.append(chip)
        tab_through(self._search_box, *made, self._add)
        self.updateGeometry()

    def _open_panel(self) -> None:
        self._editing = None
        self._panel.open_for(self._add)

    def _edit(self, chip: Chip, condition: Condition) -> None:
        self._editing = condition
        value = condition.value
        title = self._titles.get((condition.column, value), "") if not isinstance(value, list) else ""
        self._panel.open_for(chip, condition, title)

    @cached_property
    def _panel(self) -> FilterPanel:
        """Made when it is opened: most lists are only looked at."""
        panel = FilterPanel(self._add, list(self._columns.values()), self._ref_search)
        panel.added.connect(self._on_added)
        return panel

    def _on_added(self, condition: Condition, title: str) -> None:
        if self._editing is not None:
            self._conditions = [other for other in self._conditions if other is not self._editing]
            self._editing = None
        self.add_condition(condition, title)

    def _open_views(self) -> None:
        menu = Menu(self._view_button)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Все"), lambda: self.view_chosen.emit(""), checked=not self._view)
        for view in self._views:
            title = tr("{title} (общий)").format(title=view.title) if view.shared else view.title
            menu.add(title, lambda code=view.code: self.view_chosen.emit(code), checked=view.code == self._view)
        menu.addSeparator()
        menu.add(tr("Сохранить как вид…"), self.view_save_asked.emit, icon=Icon.FLOPPY)
        own = next((view for view in self._views if view.code == self._view and view.own), None)
        if own is not None:
            menu.add(tr("Удалить вид «{title}»").format(title=own.title),
                     lambda: self.view_delete_asked.emit(own.code), icon=Icon.TRASH, ink="error")
        menu.open_below(self._view_button)
