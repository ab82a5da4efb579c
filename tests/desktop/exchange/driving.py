"""The wizard driven as a person drives it: files on the disk, keys, the worker beside the server."""

from collections.abc import Sequence
from pathlib import Path
from threading import Thread
from typing import Any

from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

from crm_contract.exchange import BUSY_STATES, ImportBatchRead, ImportCounts, ImportTarget
from crm_desktop.exchange.page import ImportPage
from crm_desktop.exchange.rows_step import RowsStep
from crm_desktop.exchange.steps import Step
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.row_button import RowButton
from crm_server.worker import work
from tests.desktop.live import Desk, LiveServer

LONG_MS = 30_000
CTRL = Qt.KeyboardModifier.ControlModifier


def write_book(path: Path, rows: Sequence[Sequence[Any]], title: str = "Прайс") -> Path:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    book.save(path)
    return path


def open_wizard(desk: Desk, target: ImportTarget) -> ImportPage:
    desk.window.app.navigator.open("import", None, target=target)
    page = desk.window.deck.current()
    assert isinstance(page, ImportPage)
    return page


def press(qtbot: Any, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """To whatever has the focus, as the keyboard does."""
    target = QApplication.focusWidget()
    assert target is not None
    qtbot.keyClick(target, key, modifiers)


def go_on(qtbot: Any) -> None:
    """Ctrl+Enter."""
    press(qtbot, Qt.Key.Key_Return, CTRL)


def choose_file(qtbot: Any, page: ImportPage, path: Path) -> None:
    """By the file dialog, its name typed."""
    go_on(qtbot)
    qtbot.waitUntil(lambda: page.findChild(QFileDialog) is not None)
    dialog = page.findChild(QFileDialog)
    assert dialog is not None
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert name is not None
    name.setText(str(path))
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.step is not Step.FILE, timeout=LONG_MS)
    take_window(qtbot, page)


def take_window(qtbot: Any, page: QWidget) -> None:
    """A dialog closed: a real window manager gives the window back to the keyboard."""
    page.window().activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)


def confirm(qtbot: Any, page: QWidget) -> None:
    """Ctrl+Enter in the question that has opened."""
    qtbot.waitUntil(lambda: page.findChild(Dialog) is not None)
    dialog = page.findChild(Dialog)
    assert dialog is not None
    dialog.activateWindow()
    qtbot.waitUntil(dialog.isActiveWindow)
    go_on(qtbot)
    take_window(qtbot, page)


def settle(qtbot: Any, page: ImportPage) -> None:
    """The dry run of what is chosen now is on the screen."""
    qtbot.waitUntil(lambda: page.rows is not None and page.rows.counts is not None and not page.rows.is_busy,
                    timeout=LONG_MS)


def run_worker(qtbot: Any, page: ImportPage, live: LiveServer) -> None:
    """Runs the queue while the window lives on, until the page shows a load that is over."""
    def is_over() -> bool:
        return page.batch is not None and page.batch.state not in BUSY_STATES

    worker = work_queue(live)
    qtbot.waitUntil(lambda: not worker.is_alive() and is_over(), timeout=LONG_MS)


def rows_of(page: ImportPage) -> RowsStep:
    assert page.rows is not None
    return page.rows


def counts_of(page: ImportPage) -> ImportCounts:
    counts = rows_of(page).counts
    assert counts is not None
    return counts


def batch_of(page: ImportPage) -> ImportBatchRead:
    assert page.batch is not None
    return page.batch


def to_check(qtbot: Any, page: ImportPage) -> None:
    """From the sheet through the mapping to the check."""
    while page.step is not Step.CHECK:
        go_on(qtbot)
        settle(qtbot, page)


def line_of(card: QWidget, words: str) -> RowButton:
    """The line of a card that begins with these words."""
    return next(line for line in card.findChildren(RowButton)
                if line.accessibleName().startswith(words) and line.isVisible())


def has_line(card: QWidget, words: str) -> bool:
    return any(line.accessibleName().startswith(words) and line.isVisible() for line in card.findChildren(RowButton))


def choose_in_menu(qtbot: Any, page: ImportPage, words: str) -> None:
    """Walks down the open menu to an item and presses Enter."""
    qtbot.waitUntil(lambda: isinstance(QApplication.activePopupWidget(), Menu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, Menu)
    for _ in menu.actions():
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        if menu.activeAction().iconText() == words:
            qtbot.keyClick(menu, Qt.Key.Key_Return)
            take_window(qtbot, page)
            return
    raise AssertionError(f"no «{words}» in {[action.iconText() for action in menu.actions()]}")


def work_queue(live: LiveServer) -> Thread:
    """The worker beside the window, until the queue is empty."""
    worker = Thread(target=lambda: work(str(live.pool.conninfo), 1, until_empty=True), name="worker")
    worker.start()
    return worker


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget
