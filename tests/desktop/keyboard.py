"""Typing in tests: QTest refuses letters outside Latin-1, people do not."""

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

_MOUSE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.Wheel)


def type_text(widget: QWidget, text: str) -> None:
    """Sends each sign as a key press and release, as the platform would."""
    for sign in text:
        key = ord(sign.upper()[0])
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(widget, QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier, sign))


class Keyboard(QObject):
    """A person's hands on the keys: each stroke goes where the window system would send it, and is counted.

    A chord counts one. A mouse event fails the test.
    """

    def __init__(self) -> None:
        super().__init__()
        self.count = 0
        QApplication.instance().installEventFilter(self)  # type: ignore[union-attr]  # tests have an application

    def trust(self) -> None:
        """No longer looks out for the mouse: a filter over every event of the program costs a third of its time."""
        QApplication.instance().removeEventFilter(self)  # type: ignore[union-attr]  # tests have an application

    def press(self, *chords: str) -> None:
        """`press("Alt+O")`, `press("Tab", "Tab", "Enter")`."""
        for chord in chords:
            keys = QKeySequence(chord)[0]  # type: ignore[index]  # the stubs do not know it
            self._stroke(keys.key(), keys.keyboardModifiers(), "\r" if chord == "Enter" else "")

    def write(self, text: str) -> None:
        """A letter of either layout is one stroke."""
        for sign in text:
            self._stroke(Qt.Key(ord(sign.upper()[0])), Qt.KeyboardModifier.NoModifier, sign)

    @contextmanager
    def budget(self, strokes: int) -> Iterator[None]:
        """The block takes at most so many strokes."""
        before = self.count
        yield
        spent = self.count - before
        assert spent <= strokes, f"{spent} strokes, the budget is {strokes}"

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        assert event.type() not in _MOUSE, f"the mouse was used on {watched}"
        return False

    def _stroke(self, key: Qt.Key, modifiers: Qt.KeyboardModifier, text: str) -> None:
        self.count += 1
        target = self._target()
        assert target is not None, "no window has the keyboard"
        QTest.sendKeyEvent(QTest.KeyAction.Press, target, key, text, modifiers)
        if (target := self._target()) is not None:  # the key may have closed its window
            QTest.sendKeyEvent(QTest.KeyAction.Release, target, key, text, modifiers)

    @staticmethod
    def _target() -> QWidget | None:
        """An open menu takes the keys, else the widget with the focus, else the active window."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        return QApplication.focusWidget() or QApplication.activeWindow()
