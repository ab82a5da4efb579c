"""Keys as a keyboard or a scanner sends them: with the place of the key, whatever the layout makes of it."""

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent, QWindow

from crm_desktop.terminal.scanner import ENTER_CODE, GS, scan_code_of

RU = dict(zip("qwertyuiop[]asdfghjkl;'zxcvbnm,./`", "йцукенгшщзхъфывапролджэячсмитьбю.ё", strict=True))


class Keys:
    """A device with a clock of its own (milliseconds)."""

    def __init__(self, window: QWindow, layout: str = "us") -> None:
        self.window = window
        self.layout = layout
        self.now = 1000

    def press(self, key: Qt.Key | int, text: str = "", code: int = 0,
              modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, int(key), modifiers, code, 0, 0, text)
            event.setTimestamp(self.now)
            QCoreApplication.sendEvent(self.window, event)

    def char(self, char: str) -> None:
        code, shift, control = scan_code_of(char)
        text = RU.get(char.lower(), char) if self.layout == "ru" else char
        modifiers = Qt.KeyboardModifier.NoModifier
        if shift:
            modifiers |= Qt.KeyboardModifier.ShiftModifier
            text = text.upper()
        if control:
            modifiers |= Qt.KeyboardModifier.ControlModifier
            text = GS
        self.press(ord(text.upper()), text, code, modifiers)

    def scan(self, code: str, *, pace: int = 20, pause: int = 150, end: bool = True) -> None:
        for char in code:
            self.char(char)
            self.now += pace
        if end:
            self.enter()
        self.now += pause

    def enter(self) -> None:
        self.press(Qt.Key.Key_Return, "\r", ENTER_CODE)

    def human(self, text: str, *, pace: int = 125) -> None:
        for char in text:
            self.char(char)
            self.now += pace
