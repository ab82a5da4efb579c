"""The registry of actions and the twins of the Russian layout."""

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.kit.shortcuts import TWINS, ActionSpec, Shortcuts, ctrl_letter, sequences, twin


@pytest.mark.parametrize(("keys", "expected"), [
    ("Ctrl+S", "Ctrl+Ы"), ("Alt+O", "Alt+Щ"), ("Ctrl+Shift+R", "Ctrl+Shift+К"), ("Ctrl+K", "Ctrl+Л"),
    ("Ctrl+Enter", None), ("F9", None), ("Ins", None), ("Ctrl+1", None), ("Ctrl+PgDown", None), ("Alt+F3", None),
])
def test_twins(keys: str, expected: str | None) -> None:
    assert twin(keys) == expected


def test_all_letters_have_a_twin() -> None:
    assert len(TWINS) == 26
    assert len(set(TWINS.values())) == 26


def test_no_bare_letters_and_no_doubles() -> None:
    registry = Shortcuts()
    registry.register(ActionSpec("save", "Записать", ("Ctrl+S",)))
    with pytest.raises(ValueError, match="letter"):
        registry.register(ActionSpec("a", "А", ("S",)))
    with pytest.raises(ValueError, match="taken"):
        registry.register(ActionSpec("b", "Б", ("Ctrl+S",), context="list"))
    with pytest.raises(ValueError, match="twice"):
        registry.register(ActionSpec("save", "Записать"))
    registry.register(ActionSpec("new", "Создать", ("Ins", "Ctrl+N"), context="list"))
    registry.register(ActionSpec("line", "Строка", ("Ins",), context="lines"))
    with pytest.raises(ValueError, match="taken"):
        registry.register(ActionSpec("c", "В", ("Ctrl+N",), context="list"))
    with pytest.raises(ValueError, match="not a key"):
        registry.register(ActionSpec("d", "Г", ("Ctrl+Абв",)))


def test_both_layouts_fire_once(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    inner = QWidget()
    inner.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    QVBoxLayout(window).addWidget(inner)
    registry = Shortcuts()
    registry.register(ActionSpec("save", "Записать", ("Ctrl+S",)))
    fired: list[int] = []
    shortcut = registry.bind(window, "save", lambda: fired.append(1))
    assert shortcut is not None
    chords = shortcut.keys()
    assert {chord.toString() for chord in chords} == {"Ctrl+S", "Ctrl+Ы"}
    with qtbot.waitExposed(window):
        window.show()
    inner.setFocus()
    qtbot.waitUntil(inner.hasFocus, timeout=1000)
    qtbot.keyClick(inner, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    assert fired == [1]
    qtbot.keyClick(inner, Qt.Key(ord("Ы")), Qt.KeyboardModifier.ControlModifier)
    assert fired == [1, 1]


def test_the_palette_sees_only_what_can_run_now(qtbot: QtBot) -> None:
    registry = Shortcuts()
    registry.register(ActionSpec("b", "Б"), ActionSpec("a", "А", ("F5",)))
    shown, hidden = QWidget(), QWidget()
    qtbot.addWidget(shown)
    qtbot.addWidget(hidden)
    ran: list[str] = []
    registry.bind(shown, "a", lambda: ran.append("a"))
    registry.bind(shown, "b", lambda: ran.append("b"))
    registry.bind(hidden, "b", lambda: ran.append("hidden"))
    shown.show()
    live = registry.available()
    assert [action.spec.id for action in live] == ["b", "a"]
    live[0].run()
    assert ran == ["b"]
    assert registry.key_text("a") == "F5"


@pytest.mark.parametrize(("key", "letter"), [(Qt.Key.Key_D, "D"), (Qt.Key(ord("В")), "D"), (Qt.Key.Key_F9, "")])
def test_chords_in_key_handlers(key: Qt.Key, letter: str) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.ControlModifier)
    assert ctrl_letter(event) == letter
    assert ctrl_letter(QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)) == ""


def test_sequences_keep_the_order() -> None:
    assert [s.toString() for s in sequences(("Ctrl+F4", "Ctrl+W"))] == ["Ctrl+F4", "Ctrl+W", "Ctrl+Ц"]
