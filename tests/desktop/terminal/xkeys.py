"""Presses keys of an X server by their key codes, as a scanner does it. A process of its own: nothing holds it up.

    python -m tests.desktop.terminal.xkeys DISPLAY <CODES.json

Answers with the numbers of codes in which it was held up longer than a scanner ever is.
"""

import ctypes
import ctypes.util
import json
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any

from crm_desktop.terminal.scanner import ENTER_CODE, HOLD_MS, scan_code_of

PACE_S, PAUSE_S = 0.02, 0.015
_SHIFT, _CONTROL = 50, 37


class Keyboard:
    """XTest: the server takes these for keys of a device."""

    def __init__(self, display: str) -> None:
        self._x11: Any = ctypes.CDLL(ctypes.util.find_library("X11"))
        self._xtst: Any = ctypes.CDLL(ctypes.util.find_library("Xtst"))
        self._x11.XOpenDisplay.restype = ctypes.c_void_p
        self._display = ctypes.c_void_p(self._x11.XOpenDisplay(display.encode()))
        self._last = time.perf_counter()

    def scan(self, code: str) -> float:
        """Answers the longest pause between two keys, milliseconds."""
        time.sleep(PAUSE_S)
        moments: list[float] = []
        for char in code:
            key, shift, control = scan_code_of(char)
            moments.append(self._stroke(key, _SHIFT if shift else _CONTROL if control else 0))
        moments.append(self._stroke(ENTER_CODE, 0))
        return 1000 * max(b - a for a, b in pairwise(moments))

    def _stroke(self, key: int, held: int) -> float:
        """Modifiers go down and up with the key, as a scanner sends them."""
        time.sleep(max(0.0, self._last + PACE_S - time.perf_counter()))
        for code, down in ((held, 1), (key, 1), (key, 0), (held, 0)):
            if code:
                self._xtst.XTestFakeKeyEvent(self._display, code, down, 0)
        self._x11.XFlush(self._display)
        self._last = time.perf_counter()
        return self._last


def hurry(process: int) -> None:
    """A process that a busy machine does not hold up, where that may be asked for."""
    with suppress(PermissionError):
        os.setpriority(os.PRIO_PROCESS, process, -15)


def main(display: str, codes: Sequence[str]) -> list[int]:
    hurry(0)
    keyboard = Keyboard(display)
    return [n for n, code in enumerate(codes) if keyboard.scan(code) > HOLD_MS * 2 / 3]


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], json.load(sys.stdin))))
