"""Numbers of a line are scanned or pasted into its cell; the list of numbers shows the way of each."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from crm_contract.base import Created
from crm_contract.documents import ActionBody, DocumentBody, LineBody, LineLot
from crm_contract.kinds import LineColumn
from crm_desktop.lists.page import ListPage
from crm_desktop.stock.lot_preview import LotPreview
from crm_desktop.widgets.labels import Link
from crm_desktop.widgets.line_table import LineTable
from crm_desktop.widgets.lots_editor import LotsEditor, parse_lots
from tests.desktop.live import Desk, LiveServer


@pytest.fixture
def table(qtbot: Any) -> LineTable:
    made = LineTable((LineColumn.NAME, LineColumn.QUANTITY, LineColumn.LOTS))
    qtbot.addWidget(made)
    made.resize(760, 420)
    made.set_lines([{"product_id": 1, "name": "Счётчик СВ-15", "quantity": "3", "tracking": "serial", "lots": []},
                    {"product_id": 2, "name": "Кабель", "quantity": "25", "tracking": "none", "lots": []}])
    made.show()
    return made


def begin(table: LineTable) -> tuple[int, LotsEditor]:
    """The section of the numbers, and their editor in the first line."""
    section = table.model.section_of(LineColumn.LOTS)
    table.view.edit_cell(0, section)
    *_, editor = table.view.findChildren(LotsEditor)  # one that was left goes with the next turn of the loop
    return section, editor


def test_numbers_are_scanned_into_the_cell(qtbot: Any, table: LineTable) -> None:
    section, editor = begin(table)
    for code in ("SN-1", "SN-2", "SN-3"):
        QTest.keyClicks(editor, code)
        QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert [lot["code"] for lot in table.value()[0]["lots"]] == ["SN-1", "SN-2", "SN-3"]
    assert table.model.index(0, section).data() == "3 из 3"
    assert table.model.index(1, section).data() == ""
    assert not table.model.flags(table.model.index(1, section)) & Qt.ItemFlag.ItemIsEditable
    table.undo()
    assert table.value()[0]["lots"] == []


def test_a_pasted_column_with_one_number_twice_is_told(qtbot: Any, table: LineTable) -> None:
    _section, editor = begin(table)
    QGuiApplication.clipboard().setText("SN-1\nSN-2\nSN-1\n")
    editor.paste()
    QTest.keyClick(editor, Qt.Key.Key_Tab)
    assert table.value()[0]["lots"] == []
    assert table.model.error_of(0, LineColumn.LOTS) == "Строка 3: SN-1 уже есть"
    _, again = begin(table)
    assert again.toPlainText().split() == ["SN-1", "SN-2", "SN-1"], "what was typed is not lost"
    again.setPlainText("SN-1\nSN-2\nSN-3")
    QTest.keyClick(again, Qt.Key.Key_Tab)
    assert [lot["code"] for lot in table.value()[0]["lots"]] == ["SN-1", "SN-2", "SN-3"]
    assert table.model.error_of(0, LineColumn.LOTS) == ""


def test_numbers_are_asked_for_only_where_there_are_any(qtbot: Any, table: LineTable) -> None:
    section = table.model.section_of(LineColumn.LOTS)
    assert not table.view.header.isSectionHidden(section)
    table.set_lines([{"product_id": 2, "name": "Кабель", "quantity": "25", "tracking": "none", "lots": []}])
    assert table.view.header.isSectionHidden(section)


@pytest.mark.parametrize(("text", "lots"), [
    ("П-1; 4; 01.03.2027\nП-2\t6", [("П-1", Decimal(4), "2027-03-01"), ("П-2", Decimal(6), None)]),
    ("П-1\n\n", [("П-1", Decimal(1), None)])])
def test_lots_have_quantities_and_days(text: str, lots: list[tuple[str, Decimal, str | None]]) -> None:
    assert [(lot["code"], Decimal(lot["quantity"]), lot["expires"]) for lot in parse_lots(text, "lot")] == lots


@pytest.mark.parametrize("text", ["П-1; много", "П-1; 0", "П-1; 2; вчера-не-дата"])
def test_a_wrong_lot_names_its_line(text: str) -> None:
    with pytest.raises(ValueError, match="Строка 1"):
        parse_lots(text, "lot")


def test_the_way_of_a_number_is_shown(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    ids, api = live_server.ids, live_server.api()
    live_server.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (ids["sensor"],))
    made = api.post("/api/documents/receipt", Created, DocumentBody(
        date=date.today(), party_id=ids["supplier"], place_id=ids["place"], lines=[LineBody(
            product_id=ids["sensor"], quantity=Decimal(2), price=Decimal(1000),
            lots=[LineLot(code="СН-0001"), LineLot(code="СН-0002")])]))
    api.post(f"/api/documents/{made.id}/actions/post", Created, ActionBody(version=1))
    desk.window.app.navigator.open("list:lots")
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: page.table.model.total == 2)
    preview = page._preview
    assert isinstance(preview, LotPreview)
    qtbot.waitUntil(lambda: preview._title.text() == "СН-0002")
    qtbot.waitUntil(lambda: [link.text() for link in preview.findChildren(Link)] == ["ПО-000001"])
