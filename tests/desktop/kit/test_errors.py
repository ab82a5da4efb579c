"""The one door: what a person reads and where it is shown."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crm_contract.errors import STATUS, ErrorBody, ErrorCode
from crm_contract.lists import Tone
from crm_desktop.kit.api_client import ApiError, ConnectionLost
from crm_desktop.kit.crash import TRACE_FILE, CrashGuard
from crm_desktop.kit.errors import ErrorDoor
from crm_desktop.kit.problems import Problem, ProblemKind, problem_of


def refusal(code: ErrorCode, **more: object) -> ApiError:
    return ApiError(ErrorBody(code=code, message="Счёт уже оплачен", **more), STATUS[code])  # type: ignore[arg-type]


@pytest.mark.parametrize("code", list(ErrorCode))
def test_every_refusal_says_what_to_do(code: ErrorCode) -> None:
    problem = problem_of(refusal(code, request_id="r-17"))
    assert problem.message
    assert problem.action
    assert problem.code
    assert "r-17" in problem.details
    assert f"Код: {problem.code}" in problem.text


@pytest.mark.parametrize(("error", "kind"), [
    (refusal(ErrorCode.INVALID, field_errors={"inn": "9 цифр"}), ProblemKind.FIELDS),
    (refusal(ErrorCode.OUT_OF_STOCK), ProblemKind.INLINE), (refusal(ErrorCode.STALE_VERSION), ProblemKind.CONFLICT),
    (refusal(ErrorCode.NOT_AUTHENTICATED), ProblemKind.LOGIN), (refusal(ErrorCode.CLIENT_TOO_OLD), ProblemKind.UPDATE),
    (refusal(ErrorCode.INTERNAL), ProblemKind.CRASH), (ConnectionLost("reset"), ProblemKind.OFFLINE),
    (ZeroDivisionError("x"), ProblemKind.CRASH), (FileNotFoundError(2, "no", "счёт.pdf"), ProblemKind.INLINE),
])
def test_kinds(error: BaseException, kind: ProblemKind) -> None:
    assert problem_of(error).kind is kind


def test_the_server_s_own_words_come_first() -> None:
    problem = problem_of(refusal(ErrorCode.NOT_ALLOWED_NOW, action="Сначала отмените проведение"))
    assert problem.message == "Счёт уже оплачен"
    assert problem.action == "Сначала отмените проведение"
    assert problem.tone is Tone.WARN


def test_a_lost_command_promises_no_double() -> None:
    assert "дважды" in problem_of(ConnectionLost("reset", is_command=True)).action


def test_a_bug_is_never_a_bare_exception() -> None:
    problem = problem_of(KeyError("party_id"))
    assert "party_id" not in problem.text
    assert "KeyError" in problem.details


class Page(QWidget):
    """A page that takes problems, and remembers them."""

    def __init__(self, *methods: str) -> None:
        super().__init__()
        self.seen: list[tuple[str, Problem]] = []
        for name in methods:
            setattr(self, name, lambda problem, name=name: self.seen.append((name, problem)) or True)


@pytest.mark.parametrize(("error", "method"), [
    (refusal(ErrorCode.INVALID, field_errors={"inn": "x"}), "show_field_errors"),
    (refusal(ErrorCode.STALE_VERSION), "show_conflict"), (refusal(ErrorCode.OUT_OF_STOCK), "show_problem"),
    (ConnectionLost("x"), "show_problem"),
])
def test_a_failure_finds_its_page(qtbot: QtBot, error: BaseException, method: str) -> None:
    page = Page("show_field_errors", "show_conflict", "show_problem")
    qtbot.addWidget(page)
    inner = QObject(QWidget(page))
    ErrorDoor().handle(inner, error)
    assert [name for name, _ in page.seen] == [method]


def test_a_page_without_the_special_method_shows_a_bar(qtbot: QtBot) -> None:
    page = Page("show_problem")
    qtbot.addWidget(page)
    ErrorDoor().handle(page, refusal(ErrorCode.INVALID, field_errors={"inn": "x"}))
    assert [name for name, _ in page.seen] == ["show_problem"]


@pytest.mark.parametrize(("error", "signal"), [
    (refusal(ErrorCode.NOT_AUTHENTICATED), "login_needed"), (refusal(ErrorCode.CLIENT_TOO_OLD), "update_needed"),
    (RuntimeError("x"), "crashed"), (refusal(ErrorCode.NOT_FOUND), "unplaced"), (ConnectionLost("x"), "offline"),
])
def test_what_concerns_the_program_leaves_by_a_signal(qtbot: QtBot, error: BaseException, signal: str) -> None:
    door = ErrorDoor()
    with qtbot.waitSignal(getattr(door, signal), timeout=500) as caught:
        door.handle(None, error)
    assert isinstance(caught.args[0], Problem)  # type: ignore[index]


@pytest.mark.parametrize("thread", [False, True])
def test_unhandled_exceptions_reach_the_gui_thread(qtbot: QtBot, tmp_path: Path, thread: bool) -> None:
    seen: list[tuple[Problem, bool]] = []
    guard = CrashGuard(tmp_path, lambda problem: seen.append(
        (problem, threading.current_thread() is threading.main_thread())))
    hooks = sys.excepthook, threading.excepthook
    guard.install()
    try:
        if thread:
            worker = threading.Thread(target=lambda: 1 // 0)
            worker.start()
            worker.join()
        else:
            try:
                raise ValueError("дом")
            except ValueError as error:
                sys.excepthook(type(error), error, error.__traceback__)
        qtbot.waitUntil(lambda: bool(seen), timeout=2000)
    finally:
        guard.uninstall()
    assert seen[0][0].kind is ProblemKind.CRASH
    assert seen[0][1]
    assert (sys.excepthook, threading.excepthook) == hooks
    assert not (tmp_path / TRACE_FILE).exists()


def test_the_trace_of_a_crash_is_found_at_the_next_start(qtbot: QtBot, tmp_path: Path) -> None:
    (tmp_path / TRACE_FILE).write_text("Fatal Python error: Segmentation fault\n", "utf-8")
    assert "Segmentation" in CrashGuard(tmp_path, lambda problem: None).previous_crash
    (tmp_path / TRACE_FILE).unlink()
    assert CrashGuard(tmp_path, lambda problem: None).previous_crash == ""
