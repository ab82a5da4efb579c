"""No step of the main job freezes the window."""

import gc
from collections.abc import Iterator

import pytest

from tests.desktop.main_job.conftest import Seat
from tests.desktop.main_job.test_sale import LINES
from tests.desktop.main_job.watchdog import Watchdog, slowness

#: Milliseconds of processor time of a quiet machine; a slower one gets as much more as it needs for the yardstick.
LONGEST = 150
TYPING = 50


@pytest.fixture
def frozen() -> Iterator[None]:
    """Python's collector passes over what is there already, as in the program after its start."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
def test_the_window_never_freezes(seat: Seat) -> None:
    before = slowness()
    dog = Watchdog()

    def press(*chords: str) -> None:
        for chord in chords:
            dog.step = chord
            seat.press(chord)

    def write(text: str) -> None:
        dog.step = f"typing {text}"
        seat.write(text)

    press("Alt+2", "Down", "Enter", "Alt+O")
    dog.step = "opening an offer"
    seat.write("к")
    for article, quantity in LINES:
        write(article)
        press("Enter")
        write(quantity)
        press("Enter")
    press("Ctrl+Shift+Enter", "Ctrl+Shift+Enter", "Alt+O")
    dog.step = "opening an invoice"
    seat.write("с")
    press("Ctrl+Shift+Enter", "Ctrl+P")
    seat.qtbot.wait(600)  # the PDF is made, rendered and shown
    press("Esc", "Alt+1", "Ctrl+K")
    write("сев")
    press("Esc")
    dog.stop()
    longest = dog.longest()
    assert dog.waits == []
    times = max(before, slowness())
    assert longest[0].busy < LONGEST * times, (times, longest[:5])
    assert [block for block in longest if block.step.startswith("typing") and block.busy > TYPING * times] == []
