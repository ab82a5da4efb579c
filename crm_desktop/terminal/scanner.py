"""A barcode scanner that types like a keyboard, told from a person by its speed.

Keys are read by their place on the keyboard, so a code is the same under the Russian layout. They are held for a
moment: what turns out to be typing goes on to the window, what is a scan never does.
"""

import sys
from dataclasses import dataclass, field
from statistics import median
from time import monotonic

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWindow

#: Milliseconds between two keys of a scanner, as a rule; people type at 100 and more.
SCAN_PACE_MS = 35
#: A key waits so long for the next one before it is taken for a person's.
HOLD_MS = 60
#: Once the pace is a scanner's, a hiccup of the bus or of this program is waited out.
HICCUP_MS = 300
SHORTEST = 4
#: The same code again so soon after the end of the first is one pull of the trigger.
DOUBLE_MS = 100
#: When this program was held up, the keys that came meanwhile get their turn before it is said that none came.
TURN_MS = 15
#: CR+LF: what follows the end key at once belongs to it.
TAIL_MS = 50

GS = "\x1d"
_PLAIN = {0x02: "1234567890-=", 0x10: "qwertyuiop[]", 0x1E: "asdfghjkl;'`", 0x2B: "\\zxcvbnm,./", 0x39: " "}
_SHIFT = {0x02: "!@#$%^&*()_+", 0x10: "QWERTYUIOP{}", 0x1E: 'ASDFGHJKL:"~', 0x2B: "|ZXCVBNM<>?", 0x39: " "}
_KEYPAD = {0x47: "789", 0x4A: "-456+1230."}
_KEYPAD_MORE = {0x37: "*"}
_BRACKET, _ENTER, _TAB = 0x1B, 0x1C, 0x0F
#: X11 and Wayland number the keys of the PC keyboard from 8, Windows from 0.
_OFFSET = 0 if sys.platform == "win32" else 8


def _spread(rows: dict[int, str]) -> dict[int, str]:
    return {first + n: char for first, row in rows.items() for n, char in enumerate(row)}


_CHARS = {False: _spread(_PLAIN | _KEYPAD) | _KEYPAD_MORE, True: _spread(_SHIFT) | _spread(_KEYPAD)}


def character(scan_code: int, *, shift: bool = False, control: bool = False) -> str:
    """What a key prints on a US keyboard; `scan_code` as Qt gives it. Empty for keys that print nothing."""
    place = scan_code - _OFFSET
    if control:
        return GS if place == _BRACKET else ""
    return _CHARS[shift].get(place, "")


def scan_code_of(char: str) -> tuple[int, bool, bool]:
    """The key of a character with shift and control, for those who make events like a scanner's."""
    if char == GS:
        return _BRACKET + _OFFSET, False, True
    for shift in (False, True):
        for place, printed in _CHARS[shift].items():
            if printed == char:
                return place + _OFFSET, shift, False
    raise ValueError(char)


ENTER_CODE, TAB_CODE = _ENTER + _OFFSET, _TAB + _OFFSET


@dataclass(slots=True)
class _Held:
    chars: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    events: list[QKeyEvent] = field(default_factory=list)

    @property
    def is_fast(self) -> bool:
        """The median, so that one hiccup does not make a person of a scanner."""
        gaps = [b - a for a, b in zip(self.times, self.times[1:], strict=False)]
        return len(self.times) >= SHORTEST - 1 and median(gaps) <= SCAN_PACE_MS


class Scanner(QObject):
    """Listens to one window. `scanned(code)`: with GS inside of GS1 codes, without the end key."""

    scanned = Signal(str)
    #: A code came without its end: it is not acted upon, and must be scanned again.
    broken = Signal()
    #: A person pressed a key.
    typed = Signal()

    def __init__(self, window: QWindow, parent: QObject | None = None) -> None:
        super().__init__(parent or window)
        self._window = window
        self._held = _Held()
        self._replaying = False
        self._last_code, self._ended_at = "", 0.0
        self._wait = QTimer(self, singleShot=True)
        self._wait.setTimerType(Qt.TimerType.PreciseTimer)
        self._wait.timeout.connect(self._look_again)
        self._turn = QTimer(self, singleShot=True, interval=TURN_MS)
        self._turn.timeout.connect(self._give_up)
        self._released_at = -1e9
        # On the window: an application sees every key twice, and every other event in between.
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._replaying or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.KeyPress:
            return self._pressed(event)
        return event.type() == QEvent.Type.KeyRelease and bool(self._held.chars)

    def _pressed(self, event: QKeyEvent) -> bool:
        at = _moment(event)
        modifiers = event.modifiers()
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if event.key() in (Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_CapsLock):
            return False
        if _is_end(event) and not event.isAutoRepeat():
            return self._ended(event, at)
        other = modifiers & (Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier)
        char = "" if other or event.isAutoRepeat() else character(
            event.nativeScanCode(), shift=bool(modifiers & Qt.KeyboardModifier.ShiftModifier), control=control)
        if not char:
            self._release()
            self.typed.emit()
            return False
        if self._held.times and at - self._held.times[-1] > (HICCUP_MS if self._held.is_fast else HOLD_MS):
            self._give_up()
        self._held.chars.append(char)
        self._held.times.append(at)
        self._held.events.append(event.clone())
        self._turn.stop()
        self._wait.start(HICCUP_MS if self._held.is_fast else HOLD_MS)
        return True

    def _ended(self, event: QKeyEvent, at: float) -> bool:
        held = self._held
        if not held.chars:
            return at - self._ended_at <= TAIL_MS  # LF after CR; another Enter is a person's
        if len(held.chars) < SHORTEST or not held.is_fast:
            held.events.append(event.clone())
            self._release()
            return True
        code, began = "".join(held.chars), held.times[0]
        self._forget()
        if began - self._released_at < HICCUP_MS:  # its first key was taken for a person's
            self._ended_at = at
            self.broken.emit()
            return True
        doubled = code == self._last_code and began - self._ended_at < DOUBLE_MS
        self._last_code, self._ended_at = code, at
        if not doubled:
            self.scanned.emit(code)
        return True

    def _look_again(self) -> None:
        self._turn.start()

    def _give_up(self) -> None:
        """Nothing followed: typing goes on to the window, a code without its end goes nowhere."""
        if len(self._held.chars) >= SHORTEST and self._held.is_fast:
            self._forget()
            self.broken.emit()
        else:
            self._release()

    def _release(self) -> None:
        events = self._held.events
        if self._held.times:
            self._released_at = self._held.times[-1]
        self._forget()
        if not events:
            return
        self._replaying = True
        try:
            for event in events:
                QCoreApplication.sendEvent(self._window, event)
        finally:
            self._replaying = False
        self.typed.emit()

    def _forget(self) -> None:
        self._wait.stop()
        self._turn.stop()
        self._held = _Held()


def _is_end(event: QKeyEvent) -> bool:
    is_line_feed = event.key() == Qt.Key.Key_J and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return is_line_feed or event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab)


def _moment(event: QKeyEvent) -> float:
    """Milliseconds: when the key was pressed, not when this program got to it."""
    return float(event.timestamp()) or monotonic() * 1000
