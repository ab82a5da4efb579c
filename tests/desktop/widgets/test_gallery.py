"""The sheets of all components: they draw in both themes, nothing is cut, everything is named and reachable."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.kit.theme import Theme, ThemeMode
from crm_desktop.widgets.buttons import Button
from tests.desktop.widgets import gallery


def make(name: str, qtbot: QtBot) -> QWidget:
    build, width, height = gallery.SHEETS[name]
    page = build()
    qtbot.addWidget(page)
    page.resize(width, height)
    page.show()
    qtbot.wait(40)
    return page


def cut_texts(page: QWidget) -> list[str]:
    """Labels and buttons that are smaller than their text."""
    found = []
    for widget in page.findChildren(QWidget):
        if not widget.isVisible():
            continue
        if isinstance(widget, Button) and widget.width() < widget.sizeHint().width():
            found.append(widget.text())
        if isinstance(widget, QLabel) and widget.text() and not widget.wordWrap():
            needed = widget.fontMetrics().horizontalAdvance(widget.text())
            if widget.width() < needed or widget.height() < widget.fontMetrics().height():
                found.append(widget.text())
        if isinstance(widget, QLineEdit | QComboBox) and widget.height() < widget.fontMetrics().height() + 4:
            found.append(widget.accessibleName())
    return found


@pytest.mark.parametrize("mode", [ThemeMode.LIGHT, ThemeMode.DARK])
@pytest.mark.parametrize("name", list(gallery.SHEETS))
def test_sheets_draw(name: str, mode: ThemeMode, theme: Theme, qtbot: QtBot) -> None:
    theme.set_mode(mode)
    page = make(name, qtbot)
    image = page.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(0, image.width(), 7) for y in range(0, image.height(), 7)}
    assert len(colors) > 20
    ground = image.pixelColor(2, 2).lightness()
    assert ground < 60 if mode is ThemeMode.DARK else ground > 220


@pytest.mark.parametrize("scale", [1.0, 1.25])
@pytest.mark.parametrize("name", list(gallery.SHEETS))
def test_nothing_is_cut(name: str, scale: float, theme: Theme, qtbot: QtBot) -> None:
    theme.set_font_scale(scale)
    try:
        assert cut_texts(make(name, qtbot)) == []
    finally:
        theme.set_font_scale(1.0)


@pytest.mark.parametrize("name", list(gallery.SHEETS))
def test_every_widget_that_takes_the_focus_is_named(name: str, qtbot: QtBot) -> None:
    page = make(name, qtbot)
    nameless = [
        type(widget).__name__ for widget in page.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() != Qt.FocusPolicy.NoFocus and not widget.accessibleName()
        and widget.focusProxy() is None and not isinstance(widget.parentWidget(), QAbstractScrollArea)
        and not _is_inner(widget)
    ]
    assert nameless == []


def _is_inner(widget: QWidget) -> bool:
    """A part of a widget that is named itself: a viewport, the header of a table."""
    parent = widget.parentWidget()
    return isinstance(parent, QComboBox) or widget.objectName().startswith("qt_")


@pytest.mark.parametrize("name", list(gallery.SHEETS))
def test_the_tab_key_goes_around_without_a_trap(name: str, qtbot: QtBot) -> None:
    page = make(name, qtbot)
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=1000)
    seen: list[QWidget] = []
    for _ in range(150):
        page.focusNextChild()
        focus = page.focusWidget()
        assert focus is not None
        if seen and focus is seen[0] and len(seen) > 3:
            break
        seen.append(focus)
    else:
        pytest.fail("the focus does not come back")
    buttons = [b for b in page.findChildren(QAbstractButton) if b.isVisible() and b.isEnabled() and _takes_focus(b)]
    assert [button.text() for button in buttons if button not in seen] == []


def _takes_focus(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


def test_inner_marks_stay_inside_their_field(qtbot: QtBot) -> None:
    page = make("document", qtbot)
    marks = [(field, child) for field in page.findChildren(QLineEdit)
             for child in field.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
             if child.isVisible()]
    assert marks
    for field, child in marks:
        assert field.rect().contains(QRect(child.mapTo(field, QPoint(0, 0)), child.size()))
