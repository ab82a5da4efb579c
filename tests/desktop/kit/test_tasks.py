"""Background work: owners, latest wins, the error door, log-in, shutdown."""

import threading
from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from crm_desktop.kit.tasks import Tasks


class Expired(Exception):
    pass


class Door:
    """The default handler of the tests."""

    def __init__(self) -> None:
        self.seen: list[tuple[QObject, BaseException]] = []

    def handle(self, owner: QObject, error: BaseException) -> None:
        self.seen.append((owner, error))


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
def tasks(qtbot: QtBot, door: Door) -> Iterator[Tasks]:
    made = Tasks(door.handle, is_expired=lambda error: isinstance(error, Expired))
    yield made
    made.shutdown()


@pytest.fixture
def owner(qtbot: QtBot) -> QWidget:
    widget = QWidget()
    qtbot.addWidget(widget)
    return widget


def raises(error: BaseException) -> Callable[[], None]:
    def work() -> None:
        raise error
    return work


def test_work_runs_aside_and_the_answer_arrives_in_the_gui_thread(
    tasks: Tasks, owner: QWidget, qtbot: QtBot, qapp: QApplication
) -> None:
    threads: list[object] = []
    seen: list[tuple[int, bool]] = []

    def work() -> int:
        threads.append(threading.current_thread())
        return 42

    tasks.run(owner, work, lambda value: seen.append((value, QThread.currentThread() is qapp.thread())))
    qtbot.waitUntil(lambda: bool(seen), timeout=2000)
    assert seen == [(42, True)]
    assert threads != [threading.main_thread()]


def test_a_failure_goes_to_its_handler(tasks: Tasks, owner: QWidget, qtbot: QtBot, door: Door) -> None:
    seen: list[object] = []
    error = ValueError("x")
    tasks.run(owner, raises(error), seen.append, seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=2000)
    assert seen == [error]
    assert door.seen == []


def test_a_failure_without_a_handler_goes_to_the_door(tasks: Tasks, owner: QWidget, qtbot: QtBot, door: Door) -> None:
    error = ValueError("x")
    tasks.run(owner, raises(error), lambda value: None)
    qtbot.waitUntil(lambda: bool(door.seen), timeout=2000)
    assert door.seen == [(owner, error)]


def test_a_deleted_owner_stays_silent(tasks: Tasks, qtbot: QtBot, door: Door) -> None:
    gate = threading.Event()
    seen: list[int] = []
    widget = QWidget()
    tasks.run(widget, lambda: gate.wait(2), lambda value: seen.append(1))
    tasks.run(widget, lambda: (gate.wait(2), 1 // 0), lambda value: seen.append(2))
    delete(widget)
    gate.set()
    qtbot.waitUntil(lambda: tasks.active == 0, timeout=2000)
    assert seen == []
    assert door.seen == []


def test_the_latest_call_of_a_key_wins(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    gates = [threading.Event() for _ in range(3)]
    seen: list[int] = []
    for number, gate in enumerate(gates):
        def work(number: int = number, gate: threading.Event = gate) -> int:
            gate.wait(2)
            return number
        tasks.run(owner, work, seen.append, key="search")
    for gate in reversed(gates):
        gate.set()
    qtbot.waitUntil(lambda: bool(seen), timeout=2000)
    qtbot.wait(60)
    assert seen == [2]


def test_keys_of_different_owners_do_not_meet(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    other = QObject(owner)
    seen: list[str] = []
    tasks.run(owner, lambda: "a", seen.append, key="x")
    tasks.run(other, lambda: "b", seen.append, key="x")
    qtbot.waitUntil(lambda: len(seen) == 2, timeout=2000)
    assert sorted(seen) == ["a", "b"]


def test_a_cancelled_call_is_not_delivered(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    gate = threading.Event()
    seen: list[object] = []
    tasks.run(owner, lambda: gate.wait(2), seen.append, key="x")
    tasks.cancel(owner, "x")
    gate.set()
    qtbot.wait(80)
    assert seen == []
    assert tasks.active == 0


def test_a_button_is_off_while_its_write_is_under_way(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    gate = threading.Event()
    button = QPushButton(owner)
    seen: list[object] = []
    tasks.run(owner, lambda: gate.wait(2), seen.append, busy=button)
    assert not button.isEnabled()
    gate.set()
    qtbot.waitUntil(lambda: bool(seen), timeout=2000)
    assert button.isEnabled()


def test_a_busy_mark_goes_off_with_the_last_of_its_calls(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    class Mark:
        def __init__(self) -> None:
            self.states: list[bool] = []

        def set(self, on: bool) -> None:
            self.states.append(on)

    mark, gates = Mark(), [threading.Event(), threading.Event()]
    for gate in gates:
        tasks.run(owner, lambda gate=gate: gate.wait(2), lambda value: None, busy=mark.set)
    gates[0].set()
    qtbot.waitUntil(lambda: tasks.active == 1, timeout=2000)
    assert mark.states == [True]
    gates[1].set()
    qtbot.waitUntil(lambda: tasks.active == 0, timeout=2000)
    assert mark.states == [True, False]


def test_calls_wait_for_one_log_in_and_run_again(tasks: Tasks, owner: QWidget, qtbot: QtBot, door: Door) -> None:
    asked: list[int] = []
    tasks.login_needed.connect(lambda: asked.append(1))
    logged_in = threading.Event()
    seen: list[str] = []

    def work() -> str:
        if not logged_in.is_set():
            raise Expired
        return "ok"

    for _ in range(3):
        tasks.run(owner, work, seen.append)
    qtbot.waitUntil(lambda: tasks.active == 0 and bool(asked), timeout=2000)
    qtbot.wait(50)
    assert asked == [1]
    logged_in.set()
    tasks.resume()
    qtbot.waitUntil(lambda: len(seen) == 3, timeout=2000)
    assert door.seen == []


def test_a_refused_log_in_fails_the_waiting_calls(tasks: Tasks, owner: QWidget, qtbot: QtBot, door: Door) -> None:
    with qtbot.waitSignal(tasks.login_needed, timeout=2000):
        tasks.run(owner, raises(Expired()), lambda value: None)
    error = Expired("cancelled")
    tasks.give_up(error)
    assert door.seen == [(owner, error)]


def test_the_answer_arrives_inside_a_modal_dialog(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    from crm_desktop.widgets.dialogs import Dialog

    dialog = Dialog(owner, "Вопрос")
    dialog.open()
    seen: list[int] = []
    tasks.run(dialog, lambda: 1, seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=2000)
    dialog.reject()


def test_rendering_is_one_at_a_time(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    lock, most, now, seen = threading.Lock(), [0], [0], []

    def work() -> None:
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        threading.Event().wait(0.01)
        with lock:
            now[0] -= 1

    for _ in range(5):
        tasks.render(owner, work, seen.append)
    qtbot.waitUntil(lambda: len(seen) == 5, timeout=3000)
    assert most[0] == 1


def test_nothing_is_delivered_after_shutdown(tasks: Tasks, owner: QWidget, qtbot: QtBot) -> None:
    gate = threading.Event()
    seen: list[object] = []
    tasks.run(owner, lambda: gate.wait(2), seen.append)
    tasks.shutdown()
    gate.set()
    tasks.run(owner, lambda: 1, seen.append)
    qtbot.wait(80)
    assert seen == []
