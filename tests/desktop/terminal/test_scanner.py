"""A scan is told from typing by its speed and read by the places of keys; nothing of it reaches the window."""

import random
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from crm_desktop.terminal.gs1 import check_digit
from crm_desktop.terminal.scanner import GS, HICCUP_MS, HOLD_MS, Scanner
from tests.desktop.terminal import xvfb
from tests.desktop.terminal.typing import Keys


class Bench(QWidget):
    """A field with the focus and a default button: where a scan would leak to."""

    def __init__(self) -> None:
        super().__init__()
        self.field, self.button = QLineEdit(), QPushButton("Провести")
        self.pushed: list[bool] = []
        self.button.setAutoDefault(True)
        self.button.clicked.connect(lambda: self.pushed.append(True))
        self.field.returnPressed.connect(lambda: self.pushed.append(False))
        layout = QVBoxLayout(self)
        layout.addWidget(self.field)
        layout.addWidget(self.button)
        self.codes: list[str] = []
        self.broken: list[bool] = []


@pytest.fixture
def bench(qtbot: Any) -> Bench:
    bench = Bench()
    qtbot.addWidget(bench)
    bench.show()
    qtbot.waitExposed(bench)
    bench.activateWindow()
    bench.field.setFocus()
    qtbot.waitUntil(bench.field.hasFocus)
    handle = bench.windowHandle()
    scanner = Scanner(handle)
    scanner.scanned.connect(bench.codes.append)
    scanner.broken.connect(lambda: bench.broken.append(True))
    return bench


def codes(count: int) -> list[str]:
    """EAN-13, Code 128 with its punctuation, our own, DataMatrix with GS, in turn."""
    chance = random.Random(7)
    made: list[str] = []
    for number in range(count):
        digits = "".join(chance.choice("0123456789") for _ in range(12))
        made.append((digits + check_digit(digits), f"AB-{number}/3.x{number}", f"OKD{number + 1}",
                     f"010460000000000821{number:05}xQ9{GS}93dGVz")[number % 4])
    return made


@pytest.mark.parametrize("layout", ["us", "ru"])
def test_two_hundred_codes_are_read_exactly_in_both_layouts(bench: Bench, layout: str) -> None:
    keys, sent = Keys(bench.windowHandle(), layout), codes(200)
    for code in sent:
        keys.scan(code, pace=20, pause=150)
    assert bench.codes == sent
    assert (bench.field.text(), bench.pushed) == ("", [])


def test_a_person_at_eight_keys_a_second_is_never_a_scan(bench: Bench, qtbot: Any) -> None:
    keys = Keys(bench.windowHandle())
    keys.human("104-220 sensor")
    keys.enter()
    qtbot.wait(HOLD_MS * 2)
    assert bench.codes == []
    assert (bench.field.text(), bench.pushed) == ("104-220 sensor", [False])


def test_a_single_key_reaches_the_window_after_a_moment(bench: Bench, qtbot: Any) -> None:
    Keys(bench.windowHandle()).char("7")
    assert bench.field.text() == ""
    qtbot.waitUntil(lambda: bench.field.text() == "7", timeout=HOLD_MS * 10)


def test_digits_typed_in_a_burst_are_a_person_s(bench: Bench) -> None:
    """Three keys at once, then Enter: a quantity, not a code."""
    Keys(bench.windowHandle()).scan("125", pace=10)
    assert (bench.codes, bench.field.text()) == ([], "125")


def test_a_key_that_is_held_down_is_not_a_scan(bench: Bench) -> None:
    keys = Keys(bench.windowHandle())
    keys.press(Qt.Key.Key_F4)
    keys.human("5")
    keys.press(Qt.Key.Key_Escape)  # a key that prints nothing sends on what waits
    assert bench.field.text() == "5"


def test_the_line_feed_after_the_end_key_belongs_to_the_code(bench: Bench) -> None:
    keys = Keys(bench.windowHandle())
    keys.scan("OKD77", pause=0)
    keys.press(Qt.Key.Key_J, "\n", 0, Qt.KeyboardModifier.ControlModifier)
    keys.enter()
    assert (bench.codes, bench.pushed) == (["OKD77"], [])
    keys.now += 400
    keys.enter()  # this one is a person's
    assert bench.pushed == [False]


def test_one_pull_of_the_trigger_is_one_code(bench: Bench) -> None:
    keys = Keys(bench.windowHandle())
    keys.scan("OKP7", pause=60)
    keys.scan("OKP7", pause=60)   # the beam bounced
    keys.scan("OKP8", pause=60)   # another code may come at once
    keys.scan("OKP8", pause=150)
    keys.scan("OKP8", pause=150)  # the same again after a while is a second piece
    assert bench.codes == ["OKP7", "OKP8", "OKP8"]


def test_a_hiccup_inside_a_code_is_waited_out(bench: Bench) -> None:
    keys = Keys(bench.windowHandle())
    keys.scan("4600000", pause=180, end=False)
    keys.scan("000008")
    assert bench.codes == ["4600000000008"]


def test_half_a_code_is_neither_read_nor_typed(bench: Bench, qtbot: Any) -> None:
    Keys(bench.windowHandle()).scan("4600000", end=False)
    qtbot.waitUntil(lambda: bench.broken == [True], timeout=HICCUP_MS * 10)
    assert (bench.codes, bench.field.text()) == ([], "")


@pytest.mark.skipif(bool(xvfb.missing()), reason=f"keys of a real X server are not tried: {xvfb.missing()} is missing")
def test_two_hundred_codes_of_a_real_x_server_are_read_exactly_in_both_layouts() -> None:
    """By their key codes, 20 ms each: none is lost, doubled or wrong, and none gets into the field that has the focus.

    Mostly our own short codes, as on a shelf; every twentieth a DataMatrix with its separators.
    """
    long = codes(200)
    sent = [long[n] if n % 40 in (3, 4) else f"OK{'DLP'[n % 3]}{n % 100 + 1}" if n % 4 else f"A-{n % 100}x"
            for n in range(200)]
    assert any(GS in code for code in sent)
    for answers in xvfb.scanned(sent, ("us", "ru")):
        expected = [f"scanned {code!r}" for code in sent]
        if not answers.late:
            assert answers.lines == expected, answers.layout
            continue
        if len(answers.late) > 20:
            pytest.skip("this machine is too busy to press keys 20 ms apart")
        heard = iter(answers.lines)  # what was pressed like a person presses may be anything; the rest is in its place
        spoilt = {*answers.late, *(n + 1 for n in answers.late)}
        lost = [line for n, line in enumerate(expected) if n not in spoilt and line not in heard]
        assert lost == [], answers
