"""A card with rows that belong to a record (contacts, sites, prices): edited in dialogs, saved with the record."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import BaseModel
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QLayout, QVBoxLayout, QWidget

from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.labels import caption, rule
from crm_desktop.widgets.menu import Menu

B = TypeVar("B", bound=BaseModel)


class RowsCard(Card, Generic[B]):
    """`model` is the type of a row, `paint(row)` makes its widget, `edit(row or None, done)` opens its dialog.

    `edited` at each change by the person.
    """

    edited = Signal()

    def __init__(self, model: type[B], heading: str, add: str, empty: str, paint: Callable[[B], QWidget],
                 edit: Callable[[B | None, Callable[[B], None]], object], parent: QWidget | None = None) -> None:
        super().__init__(heading, ruled=True, margins=False, parent=parent)
        self.model = model
        self._heading_text = heading
        self._rows: list[B] = []
        self._empty = empty
        self._paint = paint
        self._edit = edit
        self._read_only = False
        self._add = Button(add, ButtonKind.QUIET, icon=Icon.PLUS, compact=True)
        self._add.clicked.connect(self.add_row)
        self.add_action(self._add)
        self._show()

    def title(self) -> str:
        return self._heading_text

    def rows(self) -> list[B]:
        return list(self._rows)

    def set_rows(self, rows: Sequence[B]) -> None:
        if list(rows) != self._rows:
            self._rows = list(rows)
            self._show()

    def set_read_only(self, on: bool) -> None:
        if on != self._read_only:
            self._read_only = on
            self._add.setVisible(not on)
            self._show()

    def show_key(self, key: str) -> None:
        """The key of the page that adds a row here."""
        self._add.set_key(key)

    def add_row(self) -> None:
        if not self._read_only:
            self._edit(None, self._added)

    def _added(self, row: B) -> None:
        self._rows = [*self._rows, row]
        self._show()
        self.edited.emit()

    def _change(self, old: B) -> None:
        if self._read_only:
            return

        def done(new: B) -> None:
            self._rows = [new if row is old else row for row in self._rows]
            self._show()
            self.edited.emit()

        self._edit(old, done)

    def _remove(self, old: B) -> None:
        self._rows = [row for row in self._rows if row is not old]
        self._show()
        self.edited.emit()

    def _show(self) -> None:
        while (item := self.body.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.set_note(str(len(self._rows)) if self._rows else "")
        for number, row in enumerate(self._rows):
            if number:
                self.body.addWidget(rule())
            frame = _RowFrame(self._paint(row), read_only=self._read_only)
            frame.chosen.connect(lambda row=row: self._change(row))
            frame.menu_asked.connect(lambda at, row=row: self._open_menu(at, row))
            self.body.addWidget(frame)
        if not self._rows:
            words = caption(self._empty)
            words.setContentsMargins(15, 8, 15, 12)
            self.body.addWidget(words)

    def _open_menu(self, at: QWidget, row: B) -> None:
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Изменить…"), lambda: self._change(row), icon=Icon.PENCIL, key="Enter")
        menu.add(tr("Убрать"), lambda: self._remove(row), icon=Icon.TRASH, ink="error", key="Del")
        menu.open_below(at, align_right=True)


class _RowFrame(QWidget):
    """Enter and double click edit; the three dots open the menu."""

    chosen = Signal()
    menu_asked = Signal(QWidget)

    def __init__(self, content: QWidget, *, read_only: bool) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        dots = IconButton(Icon.DOTS_VERTICAL, tr("Действия"), ButtonKind.PLAIN, compact=True)
        dots.clicked.connect(lambda: self.menu_asked.emit(dots))
        line = QHBoxLayout(self)
        line.setContentsMargins(15, 8, 8, 8)
        line.addWidget(content, 1)
        line.addWidget(dots)
        dots.setVisible(not read_only)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.chosen.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.chosen.emit()
        else:
            super().keyPressEvent(event)


def stacked(*widgets: QWidget | QLayout) -> QWidget:
    """Lines of one row below each other."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    for widget in widgets:
        if isinstance(widget, QWidget):
            column.addWidget(widget)
        else:
            column.addLayout(widget)
    return holder
