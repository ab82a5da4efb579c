"""Nothing typed is lost: the server killed and started again, the session ended, the program killed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from crm_contract.parties import PartyCard
from crm_desktop.app import Client, Options
from crm_desktop.kit.settings import Settings
from crm_desktop.parties.card import PartyPage
from crm_desktop.shell.login import LoginForm
from crm_desktop.widgets.bars import InlineBar
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.dialogs import Dialog
from crm_server.db.pool import open_pool
from tests.desktop.live import PASSWORD, Desk, LiveServer, close_client, seed
from tests.desktop.main_job.conftest import ROOT, Seat
from tests.proof.processes import ServerProcess, serving

SEGMENT = "водоканалы"
KEPT_WITHIN_S = 40


@pytest.fixture
def process(database_url: str, tmp_path: Path) -> Iterator[ServerProcess]:
    with serving(database_url, tmp_path, workers=1) as server:
        yield server


@pytest.fixture
def live_server(process: ServerProcess, database_url: str) -> Iterator[LiveServer]:
    """The small company behind a server that is a process of its own."""
    with open_pool(database_url, size=3) as pool:
        live = LiveServer(process.address, pool)
        seed(live)
        yield live


def typed_card(seat: Seat) -> PartyPage:
    """The card of the customer with a segment typed and not saved."""
    seat.desk.window.app.navigator.open("party", seat.server.ids["customer"])
    page = seat.page(PartyPage)
    field = page.content.form.field("segment")
    field.setFocus()
    seat.press("Ctrl+A")
    seat.write(SEGMENT)
    assert page.dirty
    return page


def banners(desk: Desk) -> list[str]:
    return [bar.accessibleName() for bar in desk.window.messages.findChildren(InlineBar) if not bar.isHidden()]


def offer(page: PartyPage) -> Button | None:
    """«Восстановить» in the bar of the card."""
    return next((b for b in page.messages.findChildren(Button) if b.text() == "Восстановить" and b.isVisible()), None)


def test_the_server_is_killed_under_the_typing(seat: Seat, process: ServerProcess) -> None:
    page = typed_card(seat)
    seat.qtbot.waitUntil(lambda: seat.desk.client.changes.is_online, timeout=10_000)
    process.kill()
    seat.qtbot.waitUntil(lambda: any("Нет связи" in text for text in banners(seat.desk)), timeout=3000)
    seat.keys.press("Ctrl+S")  # it is repeated under its key until the server is there again, or refused in words
    seat.qtbot.wait(500)
    assert page.content.form.values()["segment"] == SEGMENT
    assert page.dirty
    process.start()
    seat.qtbot.waitUntil(lambda: banners(seat.desk) == [], timeout=25_000)
    seat.idle()
    assert page.content.form.values()["segment"] == SEGMENT
    seat.press("Ctrl+S")
    seat.qtbot.waitUntil(lambda: not page.dirty, timeout=10_000)
    assert seat.server.api().get(f"/api/parties/{page.id}", PartyCard).segment == SEGMENT


def test_the_session_ends_in_the_middle(seat: Seat) -> None:
    page = typed_card(seat)
    seat.server.sql("DELETE FROM user_session")
    seat.qtbot.wait(700)  # the server remembers a token for half a second
    seat.keys.press("Ctrl+S")
    seat.qtbot.waitUntil(lambda: isinstance(QApplication.activeWindow(), Dialog), timeout=10_000)
    dialog = QApplication.activeWindow()
    assert dialog.findChild(LoginForm) is not None  # type: ignore[union-attr]  # waited for
    seat.keys.write(PASSWORD)
    seat.keys.press("Enter")
    seat.qtbot.waitUntil(lambda: not page.dirty, timeout=10_000)
    assert seat.server.api().get(f"/api/parties/{page.id}", PartyCard).segment == SEGMENT


def test_what_is_typed_during_the_save_stays(seat: Seat) -> None:
    page = typed_card(seat)
    seat.keys.press("Ctrl+S")
    seat.keys.write("!")
    seat.idle()
    assert page.content.form.values()["segment"] == f"{SEGMENT}!"
    assert page.dirty
    seat.press("Ctrl+S")
    assert seat.server.api().get(f"/api/parties/{page.id}", PartyCard).segment == f"{SEGMENT}!"


def test_the_program_is_killed_while_typing(
        qtbot: Any, qapp: QApplication, live_server: LiveServer, settings: Settings, tmp_path: Path,
        theme: object) -> None:
    folder = tmp_path / "client"
    _type_and_die(live_server, folder, tmp_path / "other.ini")
    client = Client(qapp, Options(server=live_server.url, token=live_server.log_in().token), settings, folder)
    client.start()
    qtbot.waitUntil(lambda: client.window is not None, timeout=10_000)
    desk = Desk(client)
    try:
        assert any("несохранённое" in text for text in banners(desk))
        [draft] = desk.window.app.drafts.list()
        desk.window.app.navigator.open("party", draft.record)
        page = desk.window.deck.current()
        assert isinstance(page, PartyPage)
        qtbot.waitUntil(lambda: page.card is not None, timeout=10_000)
        qtbot.waitUntil(lambda: offer(page) is not None, timeout=5000)
        offer(page).click()  # type: ignore[union-attr]  # waited for
        assert page.content.form.values()["segment"] == SEGMENT
        assert page.dirty
    finally:
        close_client(client)


def _type_and_die(live: LiveServer, folder: Path, ini: Path) -> None:
    """The program as a process: a person types, the draft comes to the disk, SIGKILL."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen"}
    program = subprocess.Popen(
        [sys.executable, "-m", "tests.desktop.main_job.typist", live.url, live.log_in().token, str(folder), str(ini),
         str(live.ids["customer"]), SEGMENT], cwd=ROOT, env=environment, stdout=subprocess.PIPE)
    assert program.stdout is not None
    assert program.stdout.readline().strip() == b"typed"
    deadline = time.monotonic() + KEPT_WITHIN_S
    while not any(folder.rglob("party-*")):
        assert time.monotonic() < deadline, "no draft came to the disk"
        time.sleep(0.1)
    program.send_signal(signal.SIGKILL)
    program.wait(10)
