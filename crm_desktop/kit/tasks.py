"""Background work with an owner: blocking calls run in a small pool, answers arrive in the GUI thread.

    tasks.run(self, lambda: api.get_party(7), self._show_party, key="card")

Rules: `work` gets plain values and never reads a widget; the answer is dropped when the owner is gone; with a
`key` the newest call of an owner wins; a failure without `on_error` goes to the one default handler; a call refused
because the session expired waits for the log-in and runs again.
"""

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

T = TypeVar("T")
OnError = Callable[[BaseException], None]
DefaultHandler = Callable[[QObject, BaseException], None]
Busy = Callable[[bool], None] | QWidget

REQUEST_THREADS = 4


@dataclass(slots=True, eq=False)
class _Call(Generic[T]):
    number: int
    owner: QObject
    work: Callable[[], T]
    on_ok: Callable[[T], None]
    on_error: OnError | None
    slot: tuple[int, str] | None
    busy: Busy | None
    executor: ThreadPoolExecutor
    future: "Future[T] | None" = None


class Tasks(QObject):
    """The pool and the door back to the GUI thread. Made, used and shut down in the GUI thread."""

    #: The session expired: somebody has to show the log-in, then call `resume` or `give_up`. Emitted once per expiry.
    login_needed = Signal()
    #: The number of calls under way changed (a busy mark in the status line).
    active_changed = Signal(int)
    _arrived = Signal(int)

    def __init__(
        self,
        on_error: DefaultHandler,
        *,
        is_expired: Callable[[BaseException], bool] = lambda error: False,
        threads: int = REQUEST_THREADS,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._default_handler = on_error
        self._is_expired = is_expired
        self._requests = ThreadPoolExecutor(threads, thread_name_prefix="request")
        self._rendering = ThreadPoolExecutor(1, thread_name_prefix="render")
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="disk")
        self._numbers = count(1)
        self._calls: dict[int, _Call[Any]] = {}
        self._latest: dict[tuple[int, str], int] = {}
        self._parked: list[_Call[Any]] = []
        self._busy = _BusyMarks()
        self._closed = False
        # The signal's sender is this object, which outlives every worker; owners are looked at in the GUI thread only.
        self._arrived.connect(self._line_up, Qt.ConnectionType.QueuedConnection)
        self._line: deque[int] = deque()
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self._deliver_next)

    def run(
        self,
        owner: QObject,
        work: Callable[[], T],
        on_ok: Callable[[T], None],
        on_error: OnError | None = None,
        *,
        key: str | None = None,
        busy: Busy | None = None,
    ) -> None:
        """Calls `work` in the request pool, then `on_ok(result)` or `on_error(exception)` in the GUI thread.

        `busy` is a widget to disable or a callable to tell True/False while the work is under way.
        """
        self._start(owner, work, on_ok, on_error, key, busy, self._requests)

    def render(
        self,
        owner: QObject,
        work: Callable[[], T],
        on_ok: Callable[[T], None],
        on_error: OnError | None = None,
        *,
        key: str | None = None,
        busy: Busy | None = None,
    ) -> None:
        """The same for heavy computing (papers, spreadsheets): one at a time, never in the way of requests."""
        self._start(owner, work, on_ok, on_error, key, busy, self._rendering)

    def disk(
        self,
        owner: QObject,
        work: Callable[[], T],
        on_ok: Callable[[T], None],
        on_error: OnError | None = None,
        *,
        busy: Busy | None = None,
    ) -> None:
        """The same for files: one after another, in the order they were asked for."""
        self._start(owner, work, on_ok, on_error, None, busy, self._disk)

    def cancel(self, owner: QObject, key: str) -> None:
        """Forgets the owner's call of that key: its answer is not delivered."""
        number = self._latest.pop((id(owner), key), None)
        if number is not None:
            self._forget(number)

    @property
    def active(self) -> int:
        return len(self._calls)

    def resume(self) -> None:
        """After a successful log-in: everything that waited for it runs again."""
        parked, self._parked = self._parked, []
        for call in parked:
            if isValid(call.owner):
                self._submit(call)
            else:
                self._finish(call)

    def give_up(self, error: BaseException) -> None:
        """The log-in was cancelled: everything that waited for it fails with this error."""
        parked, self._parked = self._parked, []
        for call in parked:
            self._finish(call)
            self._fail(call, error)

    def shutdown(self) -> None:
        """Stops: requests that have not begun never will, files are still written, nothing is delivered."""
        self._closed = True
        self._calls.clear()
        self._parked.clear()
        for executor in (self._requests, self._rendering):
            executor.shutdown(wait=False, cancel_futures=True)
        self._disk.shutdown(wait=True)  # what was to be written is written: drafts, files

    def _start(
        self, owner: QObject, work: Callable[[], T], on_ok: Callable[[T], None], on_error: OnError | None,
        key: str | None, busy: Busy | None, executor: ThreadPoolExecutor,
    ) -> None:
        if self._closed:
            return
        slot = (id(owner), key) if key is not None else None
        call = _Call(next(self._numbers), owner, work, on_ok, on_error, slot, busy, executor)
        if slot is not None:
            older = self._latest.get(slot)
            self._latest[slot] = call.number
            if older is not None:
                self._forget(older)
        self._busy.begin(busy)
        self._submit(call)

    def _submit(self, call: _Call[Any]) -> None:
        self._calls[call.number] = call
        self.active_changed.emit(len(self._calls))
        number = call.number
        call.future = call.executor.submit(call.work)
        call.future.add_done_callback(lambda future: self._announce(number, future))

    def _announce(self, number: int, future: "Future[Any]") -> None:
        """In the worker thread: only says that the answer of a call is there."""
        if future.cancelled() or self._closed or not isValid(self):
            return
        self._arrived.emit(number)

    def _line_up(self, number: int) -> None:
        """Answers that come together are shown in a turn of the loop each: one after another they would be felt."""
        self._line.append(number)
        self._turn.start()

    def _deliver_next(self) -> None:
        number = self._line.popleft()
        if self._line:
            self._turn.start()
        self._deliver(number)

    def _deliver(self, number: int) -> None:
        call = self._calls.get(number)
        if call is None or call.future is None:
            return  # superseded or cancelled meanwhile
        error = call.future.exception()
        if error is not None and self._is_expired(error) and isValid(call.owner):
            del self._calls[number]
            self._parked.append(call)
            if len(self._parked) == 1:
                self.login_needed.emit()
            return
        self._finish(call)
        if not isValid(call.owner):
            return
        if error is None:
            call.on_ok(call.future.result())
        else:
            self._fail(call, error)

    def _fail(self, call: _Call[Any], error: BaseException) -> None:
        if not isValid(call.owner):
            return
        if call.on_error is not None:
            call.on_error(error)
        else:
            self._default_handler(call.owner, error)

    def _finish(self, call: _Call[Any]) -> None:
        self._calls.pop(call.number, None)
        if call.slot is not None and self._latest.get(call.slot) == call.number:
            del self._latest[call.slot]
        self._busy.end(call.busy, owner_is_alive=isValid(call.owner))
        self.active_changed.emit(len(self._calls))

    def _forget(self, number: int) -> None:
        call = self._calls.get(number) or next((c for c in self._parked if c.number == number), None)
        if call is None:
            return
        if call in self._parked:
            self._parked.remove(call)
        if call.future is not None:
            call.future.cancel()
        self._finish(call)


class _BusyMarks:
    """Counts the calls behind each busy mark: it goes off with the last of them."""

    def __init__(self) -> None:
        self._counts: dict[Busy, int] = {}

    def begin(self, busy: Busy | None) -> None:
        if busy is None:
            return
        self._counts[busy] = self._counts.get(busy, 0) + 1
        if self._counts[busy] == 1:
            self._set(busy, True)

    def end(self, busy: Busy | None, *, owner_is_alive: bool) -> None:
        if busy is None:
            return
        left = self._counts.pop(busy, 1) - 1
        if left > 0:
            self._counts[busy] = left
        elif owner_is_alive:
            self._set(busy, False)

    @staticmethod
    def _set(busy: Busy, on: bool) -> None:
        if not isinstance(busy, QWidget):
            busy(on)
        elif isValid(busy):
            had_focus = busy.hasFocus()
            busy.setEnabled(not on)
            if on and had_focus:
                busy.setProperty("focusAfterBusy", True)
            elif not on and busy.property("focusAfterBusy"):
                busy.setProperty("focusAfterBusy", None)
                if busy.window().focusWidget() is None:
                    busy.setFocus()
