"""Notices when the GUI thread does not come back to its loop: the person would see a frozen window."""

import sys
import threading
import time
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, QTimer

TICK_MS = 5
#: A block of so many milliseconds is worth asking how slow the machine is.
SUSPECT_MS = 30
#: Turns of a loop, and what they take of a quiet core in milliseconds.
YARDSTICK, YARDSTICK_MS = 200_000, 8.0
_WAITING = ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "subprocess.Popen")
_listeners: list["Watchdog"] = []
_installed = False


@dataclass(frozen=True, slots=True)
class Block:
    """`busy` milliseconds of processor time between two turns of the loop, as a quiet machine would take them."""

    step: str
    busy: float
    times: float = 1.0  # how many times slower than quiet the machine was just then


class Watchdog(QObject):
    """Ticks while the loop turns. Processor time is measured, in times of a yardstick taken at the same moment, so that
    a loaded machine is not taken for a slow program; `waits` are calls of this thread that wait for the network or
    another program, whatever they took."""

    def __init__(self) -> None:
        super().__init__()
        self.blocks: list[Block] = []
        self.waits: list[str] = []
        self.step = ""
        self._thread = threading.get_ident()
        self._busy = time.thread_time()
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        _install_hook()
        _listeners.append(self)

    def stop(self) -> None:
        self._timer.stop()
        _listeners.remove(self)

    def longest(self) -> list[Block]:
        return sorted(self.blocks, key=lambda block: -block.busy)

    def hear(self, event: str) -> None:
        if threading.get_ident() == self._thread:
            self.waits.append(f"{self.step}: {event}")

    def _tick(self) -> None:
        took = (time.thread_time() - self._busy) * 1000
        times = slowness() if took > SUSPECT_MS else 1.0
        self.blocks.append(Block(self.step, round(took / times, 1), round(times, 2)))
        self._busy = time.thread_time()


def slowness() -> float:
    """How many times longer than usual this machine takes for a fixed piece of work at this moment; at least 1.

    Neighbours on the same cores change it by half within minutes.
    """
    took = []
    for _ in range(5):
        began, total = time.thread_time(), 0
        for number in range(YARDSTICK):
            total += number % 7
        took.append((time.thread_time() - began) * 1000)
    return max(1.0, sorted(took)[2] / YARDSTICK_MS)


def _install_hook() -> None:
    """Python cannot take an audit hook back, so one serves all."""
    global _installed  # noqa: PLW0603  one process has one hook
    if not _installed:
        _installed = True
        sys.addaudithook(_on_event)


def _on_event(event: str, args: tuple[Any, ...]) -> None:
    if event in _WAITING:
        for listener in _listeners:
            listener.hear(event)
