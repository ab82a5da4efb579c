"""A supplier's УПД in the real windows: dropped or chosen, decided by keyboard, made into a draft receipt."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit

from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.lists.page import ListPage
from crm_desktop.purchases.choices import Choices, Fate
from crm_desktop.purchases.page import UpdPage
from crm_desktop.widgets.bars import InlineBar
from tests.desktop.keyboard import type_text
from tests.desktop.live import Desk, LiveServer
from tests.server.purchases.papers import Row, Upd

BUYER = '<СвЮЛУч НаимОрг="ООО &quot;Окно&quot;" ИННЮЛ="7707083893" КПП="770701001"/>'
SELLER = '<СвЮЛУч НаимОрг="АО &quot;Завод датчиков&quot;" ИННЮЛ="5024002119"/>'
STRANGER = '<СвЮЛУч НаимОрг="ООО &quot;Новый&quot;" ИННЮЛ="7713076301" КПП="771301001"/>'
KNOWN = Row("Датчик ДД-40", article="104-220", code="Z-40")
ALIKE = Row("Датчик ДД 40", quantity="2", price="500")
UNKNOWN = Row("Кронштейн стальной", quantity="10", price="90.5", article="KR-1")


def written(folder: Path, *rows: Row, **more: Any) -> Path:
    path = folder / "ON_NSCHFDOPPR_x.xml"
    path.write_bytes(Upd(rows, **{"seller": SELLER, "buyer": BUYER, **more}).data())
    return path


def opened(qtbot: Any, desk: Desk, path: Path) -> UpdPage:
    """The page with the file read."""
    desk.window.app.navigator.open("upd_import", None, path=str(path))
    page = desk.page
    assert isinstance(page, UpdPage)
    qtbot.waitUntil(lambda: page.lines.table.model.total is not None and page.side.place.value() is not None)
    return page


def press(qtbot: Any, key: Qt.Key, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    target = QApplication.focusWidget()
    assert target is not None
    qtbot.keyClick(target, key, modifiers)


def fates(page: UpdPage) -> list[str]:
    return [str(page.lines.table.model.row(number).data["fate"])  # type: ignore[union-attr]
            for number in range(page.lines.table.model.total or 0)]


def test_by_keyboard_from_the_list_to_the_draft(qtbot: Any, desk: Desk, live_server: LiveServer,
                                                tmp_path: Path) -> None:
    path = written(tmp_path, KNOWN, ALIKE, UNKNOWN)
    desk.window.app.navigator.open("list:receipt")
    page = desk.page
    assert isinstance(page, ListPage)
    page._file.click()
    wizard = desk.page
    assert isinstance(wizard, UpdPage)
    press(qtbot, Qt.Key.Key_O, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: wizard.findChild(QFileDialog) is not None)
    dialog = wizard.findChild(QFileDialog)
    assert dialog is not None
    name = dialog.findChild(QLineEdit, "fileNameEdit")
    assert name is not None
    name.setText(str(path))
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: wizard.lines.table.model.total == 3, timeout=15_000)
    wizard.window().activateWindow()
    qtbot.waitUntil(lambda: wizard.side.place.value() is not None and wizard.lines.table.view.hasFocus())
    assert fates(wizard) == ["sure", "doubt", "none"]
    assert not wizard.make.isEnabled()
    assert "2, 3" in wizard.make.toolTip()
    # The table stands on the first line that waits: Space nods, Ins makes a product of the next.
    press(qtbot, Qt.Key.Key_Space)
    press(qtbot, Qt.Key.Key_Insert)
    assert fates(wizard) == ["sure", "chosen", "new"]
    assert wizard.make.isEnabled(), wizard.make.toolTip()
    press(qtbot, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: isinstance(desk.page, DocumentEditor) and desk.page.document is not None, timeout=15_000)
    receipt = live_server.sql("SELECT * FROM document WHERE kind = 'receipt'")[0]
    assert receipt["extra"] == {"supplier_number": "15", "supplier_date": "2026-11-24"}
    lines = live_server.sql("SELECT product_id, paper_quantity FROM document_line ORDER BY position")
    assert [line["product_id"] for line in lines[:2]] == [live_server.ids["sensor"]] * 2
    assert live_server.sql("SELECT name FROM product WHERE sku = 'KR-1'") == [{"name": "Кронштейн стальной"}]


def test_a_product_is_searched_by_hand(qtbot: Any, desk: Desk, live_server: LiveServer, tmp_path: Path) -> None:
    page = opened(qtbot, desk, written(tmp_path, UNKNOWN))
    qtbot.waitUntil(page.lines.table.view.hasFocus)
    press(qtbot, Qt.Key.Key_Return)
    assert page.lines.line.product.editor.hasFocus()
    type_text(page.lines.line.product.editor, "датчик")
    popup = page.lines.line.product._ensure_popup()
    qtbot.waitUntil(lambda: popup.current() is not None)
    press(qtbot, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: fates(page) == ["chosen"])
    assert page.lines.table.current_row()["product"] == "Датчик ДД-40"  # type: ignore[index]


def test_an_unknown_supplier_is_made_from_the_paper(qtbot: Any, desk: Desk, live_server: LiveServer,
                                                    tmp_path: Path) -> None:
    page = opened(qtbot, desk, written(tmp_path, KNOWN, seller=STRANGER))
    assert page.side.party.value() is None
    assert page.make.toolTip() == "Выберите поставщика"
    qtbot.waitUntil(page.side.add_party.hasFocus)
    press(qtbot, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: page.side.party.value() is not None)
    assert live_server.sql("SELECT name, is_supplier FROM party WHERE inn = '7713076301'") == [
        {"name": 'ООО "Новый"', "is_supplier": True}]
    qtbot.waitUntil(page.make.isEnabled)


def test_what_does_not_agree_is_confirmed(qtbot: Any, desk: Desk, tmp_path: Path) -> None:
    page = opened(qtbot, desk, written(tmp_path, KNOWN, totals=("3000.00", "660.00", "3660.01")))
    assert not page.make.isEnabled()
    assert "расхождения" in page.make.toolTip()
    page.side.agree.click()
    assert page.make.isEnabled()


def test_a_refused_file_says_why(qtbot: Any, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "a.xml"
    path.write_bytes(b"<a/>")
    desk.window.app.navigator.open("upd_import", None, path=str(path))
    page = desk.page
    assert isinstance(page, UpdPage)
    qtbot.waitUntil(lambda: "не файл обмена" in shown_text(page), timeout=10_000)
    assert page.zone.button.isEnabled()


def test_a_refused_other_file_leaves_the_paper_that_is_shown(qtbot: Any, desk: Desk, live_server: LiveServer,
                                                             tmp_path: Path) -> None:
    page = opened(qtbot, desk, written(tmp_path, UNKNOWN))
    page.lines.make_new()
    wrong = tmp_path / "a.xml"
    wrong.write_bytes(b"<a/>")
    page.take_file(wrong)
    qtbot.waitUntil(lambda: "не файл обмена" in shown_text(page), timeout=10_000)
    assert fates(page) == ["new"]
    assert page.make.isEnabled()
    page.make_receipt()
    qtbot.waitUntil(lambda: isinstance(desk.page, DocumentEditor), timeout=15_000)
    assert live_server.sql("SELECT count(*) AS n FROM document WHERE kind = 'receipt'") == [{"n": 1}]


def shown_text(page: UpdPage) -> str:
    return " ".join(bar.text() for bar in page.messages.findChildren(InlineBar))


def test_a_file_dropped_on_the_list_opens_it(qtbot: Any, desk: Desk, tmp_path: Path) -> None:
    desk.window.app.navigator.open("list:receipt")
    page = desk.page
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(written(tmp_path, KNOWN)))])
    page.dropEvent(QDropEvent(QPoint(10, 10).toPointF(), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
                              Qt.KeyboardModifier.NoModifier))
    wizard = desk.page
    assert isinstance(wizard, UpdPage)
    qtbot.waitUntil(lambda: wizard.lines.table.model.total == 1, timeout=10_000)


def test_decisions_stay_when_the_paper_is_matched_anew(qtbot: Any, desk: Desk, live_server: LiveServer,
                                                       tmp_path: Path) -> None:
    page = opened(qtbot, desk, written(tmp_path, UNKNOWN, ALIKE))
    page.lines.make_new()
    before = page._choices
    page._read_again(live_server.ids["customer"])
    qtbot.waitUntil(lambda: page._choices is not before)
    assert isinstance(page._choices, Choices)
    assert page._choices.count(Fate.NEW) == 1
