"""Closing a page with unsaved work: a bar with three answers, nothing is lost without one of them."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from crm_contract.lists import Tone
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import Button

GUARD = "guard"


UNSAVED = (tr("Закрыть без записи? Введённое пропадёт."), tr("Записать"), tr("Не записывать"))


def ask_before_closing(messages: MessageBar, save: Callable[[], object], forget: Callable[[], object],
                       done: Callable[[bool], None], words: tuple[str, str, str] = UNSAVED) -> None:
    """`save` goes on by itself; `forget` drops the work; `done` hears whether the page may close.

    `words`: the question and the names of the two.
    """
    typed_in = QApplication.focusWidget()

    def stay() -> None:
        if typed_in is not None and isValid(typed_in) and typed_in.isVisible():
            typed_in.setFocus(Qt.FocusReason.OtherFocusReason)  # goes on where it was left
        messages.dismiss(GUARD)
        done(False)

    def leave() -> None:
        forget()
        done(True)

    bar = messages.show_message(
        words[0], Tone.WARN, key=GUARD, buttons=True, closable=False,
        actions=((words[1], save), (words[2], leave), (tr("Остаться"), stay)))
    bar.escape = stay
    bar.findChildren(Button)[0].setFocus(Qt.FocusReason.TabFocusReason)  # Ctrl+W, Enter
