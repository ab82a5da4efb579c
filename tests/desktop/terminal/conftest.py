"""A terminal over the real server: a warehouse with goods, a draft to issue, a window that is not full screen."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from crm_contract.base import Created
from crm_contract.documents import DocumentCreate
from crm_desktop.terminal.program import Terminal
from crm_desktop.terminal.work_screen import WorkScreen
from tests.desktop.live import LiveServer
from tests.desktop.terminal.typing import Keys

TODAY = date.today().isoformat()


class Store:
    """Goods of the live company: `products` by number, each with 100 pieces on the warehouse."""

    def __init__(self, live: LiveServer, count: int = 10) -> None:
        self.live = live
        self.api = live.api()
        self.products = [live.insert("product", sku=f"104-{n:03}", name=f"Датчик давления ДД-{n}", unit="796")
                         for n in range(count)]
        for n, product in enumerate(self.products):
            live.sql("INSERT INTO barcode VALUES (%s, %s)", (self.barcode(n), product))
        self.document("receipt", [(n, "100") for n in range(count)], party_id=live.ids["supplier"], action="post")

    @staticmethod
    def barcode(number: int) -> str:
        from crm_desktop.terminal.gs1 import check_digit
        digits = f"46000000{number:04}"
        return digits + check_digit(digits)

    def document(self, kind: str, lines: list[tuple[int, str]], **more: Any) -> int:
        body = DocumentCreate.model_validate({
            "date": TODAY, "place_id": self.live.ids["place"], "lines": [
                {"product_id": self.products[n], "quantity": quantity, "price": "10"} for n, quantity in lines],
            **more})
        return self.api.post(f"/api/documents/{kind}", Created, body).id

    def issue(self, *lines: tuple[int, str]) -> int:
        return self.document("issue", list(lines), party_id=self.live.ids["customer"])

    def left(self, number: int) -> Decimal:
        return self.live.sql("SELECT on_hand FROM stock_balance WHERE product_id = %s AND place_id = %s",
                             (self.products[number], self.live.ids["place"]))[0]["on_hand"]

    def state(self, document_id: int) -> str:
        return self.live.sql("SELECT state FROM document WHERE id = %s", (document_id,))[0]["state"]


class Bench:
    """A terminal and the devices in front of it."""

    def __init__(self, terminal: Terminal, qtbot: Any) -> None:
        self.terminal = terminal
        self.qtbot = qtbot
        handle = terminal.window.windowHandle()
        assert handle is not None
        self.keys = Keys(handle)
        self.heard: list[str] = []
        terminal.sounds.play = self.heard.append  # type: ignore[method-assign]  # nobody listens here

    def scan(self, code: str) -> None:
        self.keys.scan(code)

    @property
    def work(self) -> WorkScreen:
        screen = self.terminal.window.screen_now
        assert isinstance(screen, WorkScreen), screen
        return screen

    def wait(self, until: Any) -> None:
        self.qtbot.waitUntil(until, timeout=15_000)


@pytest.fixture
def store(live_server: LiveServer) -> Store:
    return Store(live_server)


def start(qtbot: Any, qapp: QApplication, url: str, folder: Path, token: str) -> Bench:
    terminal = Terminal(qapp, url, folder, token)
    terminal.start(full_screen=False)
    qtbot.waitExposed(terminal.window)
    terminal.window.activateWindow()
    if token:
        qtbot.waitUntil(lambda: terminal.session.is_open and bool(terminal.cache.warehouses and terminal.cache.goods),
                        timeout=15_000)
    return Bench(terminal, qtbot)


def stop(bench: Bench) -> None:
    terminal = bench.terminal
    terminal.changes.stop()
    terminal.tasks.shutdown()
    terminal._lock.unlock()
    terminal.window.hide()
    terminal.window.deleteLater()
    terminal.deleteLater()


@pytest.fixture
def bench(qtbot: Any, qapp: QApplication, store: Store, tmp_path: Path, theme: object) -> Iterator[Bench]:
    """The terminal of Орлова; a test that needs planned work makes it and asks for `reload`."""
    made = start(qtbot, qapp, store.live.url, tmp_path / "terminal", store.live.log_in().token)
    yield made
    stop(made)


def reload(bench: Bench, document_id: int) -> None:
    """Waits until the terminal knows a document."""
    bench.terminal.memory.day_now(lambda: None, lambda error: None)
    bench.wait(lambda: bench.terminal.cache.task(document_id) is not None)
