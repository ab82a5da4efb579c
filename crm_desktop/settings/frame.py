"""A page of the settings with the panel's menu at its left. The shell sees the page itself: title, state, changes."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.page import Page, PageAction
from crm_desktop.kit.problems import Problem
from crm_desktop.settings.sections import SECTIONS
from crm_desktop.widgets.cards import PAGE_EDGE, Card
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.nav_button import NavButton
from crm_desktop.widgets.scrolled import scrolled

MENU_WIDTH = 204


class SettingsFrame(Page):
    """`section` is the entity that the menu marks; `at` the place of this tab, when it is not the page's own."""

    def __init__(self, app: AppContext, page: Page, section: str, at: str = "") -> None:
        super().__init__(page.title)
        self.setObjectName("page")
        self.page = page
        self.watches = page.watches
        self._at = at
        page.title_changed.connect(self.set_title)
        page.dirty_changed.connect(self.set_dirty)
        page.status_changed.connect(self.set_status)
        page.closed.connect(self.closed)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        around = QVBoxLayout()
        around.setContentsMargins(PAGE_EDGE, 12, 0, 8)
        around.addWidget(SettingsMenu(app, section))
        line.addLayout(around)
        line.addWidget(page, 1)
        self.setFocusProxy(page)

    def activate(self) -> None:
        self.page.activate()

    def page_actions(self) -> Sequence[PageAction]:
        return self.page.page_actions()

    def can_close(self, done: Callable[[bool], None]) -> None:
        self.page.can_close(done)

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        self.page.refresh(ids)

    def place(self) -> tuple[str, int | None]:
        return (self._at, None) if self._at else self.page.place()

    def state(self) -> dict[str, Any]:
        return self.page.state()

    def restore(self, state: dict[str, Any]) -> None:
        self.page.restore(state)

    def show_problem(self, problem: Problem) -> bool:
        shown: Callable[[Problem], bool] | None = getattr(self.page, "show_problem", None)
        return shown(problem) if shown is not None else False


class SettingsMenu(Card):
    """The sections that the person may see. Up and Down move the focus."""

    def __init__(self, app: AppContext, current: str, parent: QWidget | None = None) -> None:
        super().__init__(margins=False, parent=parent)
        self.setFixedWidth(MENU_WIDTH)
        self._buttons: list[NavButton] = []
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(1)
        group = ""
        for section in SECTIONS:
            if not app.session.can(section.permission):
                continue
            if section.group != group:
                group = section.group
                heading = Label(group, FontRole.CAPTION_MEDIUM, "muted")
                heading.setContentsMargins(8, 2 if not self._buttons else 6, 0, 0)
                column.addWidget(heading)
            button = NavButton(section.title, section.icon, dense=True)
            button.set_current(section.entity == current)
            button.clicked.connect(lambda checked=False, entity=section.entity: app.navigator.open(entity))
            self._buttons.append(button)
            column.addWidget(button)
        column.addStretch(1)
        self.add(scrolled(holder), 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        place = next((number for number, button in enumerate(self._buttons) if button.hasFocus()), None)
        if step is None or place is None:
            super().keyPressEvent(event)
            return
        self._buttons[(place + step) % len(self._buttons)].setFocus(Qt.FocusReason.TabFocusReason)
