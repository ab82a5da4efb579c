"""The keyboard stays with the page."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.shell.focus_keeper import FocusKeeper


@pytest.fixture
def parts(qtbot: QtBot) -> tuple[QPushButton, QWidget, QPushButton]:
    """A section of the rail, a page, and the only button of the page, which has the focus."""
    window = QWidget()
    qtbot.addWidget(window)
    section, page = QPushButton("Раздел"), QWidget()
    button = QPushButton("Записать")
    for holder, widgets in ((window, (section, page)), (page, (button,))):
        line = QHBoxLayout(holder)
        for widget in widgets:
            line.addWidget(widget)
    FocusKeeper(window, lambda: page)
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    button.setFocus()
    assert QApplication.focusWidget() is button
    return section, page, button


@pytest.mark.parametrize("end", [lambda button: button.setEnabled(False), lambda button: button.hide()])
def test_a_button_that_ends_leaves_the_keyboard_to_its_page(
        parts: tuple[QPushButton, QWidget, QPushButton], end: Callable[[QPushButton], None]) -> None:
    _, page, button = parts
    end(button)
    assert QApplication.focusWidget() is page


def test_a_person_may_go_to_the_rail(parts: tuple[QPushButton, QWidget, QPushButton]) -> None:
    section, _, _ = parts
    section.setFocus()
    assert QApplication.focusWidget() is section
