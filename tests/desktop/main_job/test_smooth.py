"""No step of the main job and no page that opens freezes the window."""

import gc
from collections.abc import Iterator

import pytest

from crm_desktop.kit.page import Page
from crm_desktop.settings.sections import SECTIONS
from crm_desktop.shell import features
from tests.desktop.main_job.conftest import Seat
from tests.desktop.main_job.test_sale import LINES
from tests.desktop.main_job.watchdog import Block, Watchdog

#: Milliseconds of processor time between two turns of the loop, on a quiet machine.
LONGEST = 50
#: The machine has moods that no yardstick catches: one block of a whole sale may be longer by half, and a page that was
#: slow is opened again (what is slow by itself is slow each time).
MOOD = 1.5
TRIES = 3


@pytest.fixture
def frozen() -> Iterator[None]:
    """Python's collector passes over what is there already, as in the program after its start."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("frozen")
def test_the_window_never_freezes(seat: Seat) -> None:
    seat.keys.trust()
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
    assert dog.waits == []
    found = _too_long(dog)
    assert found[1:] == []
    assert [block for block in found if block.busy > LONGEST * MOOD] == []


@pytest.mark.usefixtures("frozen")
def test_no_page_freezes_the_window_when_it_opens(seat: Seat) -> None:
    """Every page of the rail and of the settings, every card, editor and wizard; new and with a record."""
    seat.keys.trust()
    slow = {}
    for entity, id in _places(seat):
        found = [_open(seat, entity, id)]
        while found[-1] and len(found) < TRIES:
            found.append(_open(seat, entity, id))
        if found[-1]:
            slow[entity, id] = found
    assert slow == {}


def _places(seat: Seat) -> list[tuple[str, int | None]]:
    ids, session = seat.server.ids, seat.desk.window.app.session
    lists = [item.entity for item in features.nav_items(session)] + [section.entity for section in SECTIONS]
    cards = {"party": ids["customer"], "product": ids["sensor"], "user": 1, "role": 1}
    new = [*cards, "offer", "contract", "sales_order", "invoice", "receipt", "payment", "import"]
    return [*((entity, None) for entity in dict.fromkeys(lists)), *cards.items(), *((entity, None) for entity in new)]


def _open(seat: Seat, entity: str, id: int | None) -> list[Block]:
    """The blocks of opening it that a person would feel; the page is closed again."""
    window = seat.desk.window
    dog = Watchdog()
    window.app.navigator.open(entity, id)
    seat.page(Page)
    seat.qtbot.wait(200)  # a preview comes a moment after the list rests
    dog.stop()
    window.deck.close_current()
    seat.idle()
    return _too_long(dog)


def _too_long(dog: Watchdog) -> list[Block]:
    return [block for block in dog.longest() if block.busy > LONGEST]
