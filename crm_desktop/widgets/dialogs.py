"""Dialogs that never block: a base with a title and buttons, a confirmation, a question for a reason, a failure."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import Problem
from crm_desktop.widgets.bars import copy_text
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.labels import Label, title
from crm_desktop.widgets.text_fields import MultilineEdit

WIDTH = 440


class Dialog(QDialog):
    """Put the content into `body`, the buttons by `add_button`, then `open()`. Ctrl+Enter is the main button."""

    def __init__(self, parent: QWidget | None, heading: str, *, width: int = WIDTH) -> None:
        super().__init__(parent)
        self.setWindowTitle(heading)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(width)
        self._main: Button | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 20, 24, 20)
        outer.setSpacing(16)
        self._heading = title(heading)
        self._heading.setWordWrap(True)
        self.body = QVBoxLayout()
        self.body.setSpacing(12)
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(8)
        self._buttons.addStretch(1)
        outer.addWidget(self._heading)
        outer.addLayout(self.body, 1)
        outer.addLayout(self._buttons)

    def add(self, item: QWidget | QLayout) -> None:
        if isinstance(item, QWidget):
            self.body.addWidget(item)
        else:
            self.body.addLayout(item)

    def add_text(self, text: str) -> None:
        self.body.addWidget(Label(text, FontRole.BODY, wrap=True))

    def add_button(self, text: str, run: Callable[[], object] | None = None,
                   kind: ButtonKind = ButtonKind.SECONDARY, *, icon: str = "", at_left: bool = False) -> Button:
        """Without `run` the button closes the dialog. A primary or dangerous one is the main one (Ctrl+Enter)."""
        is_main = kind in (ButtonKind.PRIMARY, ButtonKind.DANGER)
        button = Button(text, kind, icon=icon, key="Ctrl+Enter" if is_main else "")
        button.clicked.connect((lambda checked=False: run()) if run is not None else self.reject)
        if is_main:
            self._main = button
        if at_left:
            self._buttons.insertWidget(0, button)
        else:
            self._buttons.addWidget(button)
        return button

    def showEvent(self, event: QShowEvent) -> None:
        """Forms and wrapped texts know their height only for a width; Qt's own first size ignores it."""
        super().showEvent(event)
        layout = self.layout()
        if layout is not None and layout.hasHeightForWidth():
            needed = layout.totalHeightForWidth(self.width())
            room = self.screen().availableGeometry().height() - 80
            if needed > self.height():
                self.resize(self.width(), min(needed, room))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            if self._main is not None and self._main.isEnabled():
                self._main.click()
        elif is_enter and isinstance(self.focusWidget(), Button):
            self.focusWidget().click()  # type: ignore[attr-defined]  # checked just above
        elif event.key() == Qt.Key.Key_Escape:
            self.reject()


def confirm(parent: QWidget, heading: str, text: str, action: str, run: Callable[[], object],
            *, danger: bool = True) -> Dialog:
    """For what cannot be undone; the heading names the object and the count, the button the act itself."""
    dialog = Dialog(parent, heading)
    dialog.add_text(text)

    def go() -> None:
        dialog.accept()
        run()

    dialog.add_button(tr("Отмена")).setFocus()
    dialog.add_button(action, go, ButtonKind.DANGER if danger else ButtonKind.PRIMARY)
    dialog.open()
    return dialog


def ask_reason(parent: QWidget, heading: str, action: str, run: Callable[[str], object],
               *, hint: str = "", danger: bool = False) -> Dialog:
    """An act that wants a reason; it stays open until there is one."""
    dialog = Dialog(parent, heading)
    reason = MultilineEdit(tr("Причина"), required=True, hint=hint, lines=3, max_length=1000)
    dialog.add(reason)

    def go() -> None:
        if reason.validate():
            dialog.accept()
            run(reason.value())
        else:
            reason.setFocus()

    dialog.add_button(tr("Отмена"))
    dialog.add_button(action, go, ButtonKind.DANGER if danger else ButtonKind.PRIMARY)
    dialog.open()
    reason.setFocus()
    return dialog


def show_problem(parent: QWidget | None, problem: Problem) -> Dialog:
    """A failure that no page could show: what happened, what to do, the code, details to copy."""
    dialog = Dialog(parent, problem.message)
    dialog.add_text(problem.action)
    code = Label(tr("Код: {code}").format(code=problem.code), FontRole.CAPTION, "muted")
    code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    dialog.add(code)
    if problem.details:
        copy = dialog.add_button(tr("Скопировать подробности"), None, icon=Icon.COPY, at_left=True)
        copy.clicked.disconnect()
        copy.clicked.connect(lambda checked=False: copy_text(problem.details))
    dialog.add_button(tr("Закрыть"), dialog.accept, ButtonKind.PRIMARY)
    dialog.open()
    return dialog
