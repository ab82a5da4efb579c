"""Doubles are merged: from the list, field by field, with what moves."""

from typing import Any

from PySide6.QtCore import Qt

from crm_contract.parties import Duplicate
from crm_desktop.lists.page import ListPage
from crm_desktop.parties.card import PartyPage
from crm_desktop.parties.list_page import MERGE
from crm_desktop.parties.merge_page import MergePage, ValueCell
from tests.desktop.live import Desk, LiveServer


def doubles(live: LiveServer) -> tuple[int, int]:
    kept = live.party("ООО «Дубль»", phone="+7 900 000-11-11", segment="завод")
    gone = live.party("Дубль ООО", phone="+7 900 000-22-22", email="info@double.example")
    live.insert("contact", party_id=gone, name="Петров П. П.")
    live.insert("document", kind="invoice", number="1", year=2026, date="2026-01-01", state="draft",
                branch_id=live.ids["branch"], chain_id=1, party_id=gone)
    return kept, gone


def open_merge(qtbot: Any, desk: Desk, ids: list[int]) -> MergePage:
    desk.window.app.navigator.open("party_merge", None, ids=ids)
    page = desk.window.deck.current()
    assert isinstance(page, MergePage)
    qtbot.waitUntil(lambda: len(page.candidates) == len(ids), timeout=5000)
    return page


def test_two_parties_become_one(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    kept, gone = doubles(live_server)
    page = open_merge(qtbot, desk, [kept, gone])
    assert page.kept == gone  # more stands behind it
    page._choose_kept(kept)  # what a click on its name does
    assert page.choices == {"name": kept, "phone": kept, "segment": kept, "email": gone}

    def phones() -> list[ValueCell]:
        return [cell for cell in page.findChildren(ValueCell)
                if cell.isVisible() and "+7 900 000-22-22" in cell.accessibleName()]

    qtbot.waitUntil(lambda: len(phones()) == 1, timeout=5000)
    cell = phones()[0]
    cell.setFocus()
    qtbot.keyClick(cell, Qt.Key.Key_Space)
    assert page.choices["phone"] == gone
    assert cell.isChecked()
    page._merge()  # what the button of the confirmation does
    qtbot.waitUntil(lambda: isinstance(desk.window.deck.current(), PartyPage), timeout=5000)
    assert live_server.sql("SELECT name, phone, email, segment FROM party WHERE id = %s", (kept,)) == [
        {"name": "ООО «Дубль»", "phone": "+7 900 000-22-22", "email": "info@double.example", "segment": "завод"}]
    assert live_server.sql("SELECT party_id, version FROM document") == [{"party_id": kept, "version": 2}]
    assert live_server.sql("SELECT archived, merged_into_id FROM party WHERE id = %s", (gone,)) == [
        {"archived": True, "merged_into_id": kept}]


def test_nothing_is_merged_with_a_card_that_changed_meanwhile(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    kept, gone = doubles(live_server)
    page = open_merge(qtbot, desk, [kept, gone])
    live_server.sql("UPDATE party SET version = 2 WHERE id = %s", (gone,))
    page._merge()
    qtbot.waitUntil(lambda: not page.messages.isHidden(), timeout=5000)
    assert live_server.sql("SELECT 1 FROM party WHERE merged_into_id IS NOT NULL") == []


def test_the_list_offers_it_for_two_rows(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    desk.window.app.navigator.open("list:parties")
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: bool(page.table.selected_rows()), timeout=5000)
    assert MERGE.title not in [action.title for action in page.page_actions()]
    page.table.view.selectAll()
    action = next(action for action in page.page_actions() if action.title == MERGE.title)
    action.run()
    qtbot.waitUntil(lambda: isinstance(desk.window.deck.current(), MergePage), timeout=5000)


def test_a_warning_of_doubles_leads_to_it(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    kept, gone = doubles(live_server)
    desk.window.app.navigator.open("party", kept)
    page = desk.window.deck.current()
    assert isinstance(page, PartyPage)
    qtbot.waitUntil(lambda: page.card is not None, timeout=5000)
    page.show_duplicates([Duplicate(id=gone, name="Дубль ООО", inn="", reason="То же название", certain=False)])
    page._open_merge([Duplicate(id=gone, name="Дубль ООО", inn="", reason="", certain=False)])
    merge = desk.window.deck.current()
    assert isinstance(merge, MergePage)
    qtbot.waitUntil(lambda: len(merge.candidates) == 2, timeout=5000)
