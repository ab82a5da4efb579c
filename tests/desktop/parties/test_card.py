"""The customer card on a real server: typing, saving, merging, drafts, leaving."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from crm_contract.base import Created
from crm_contract.parties import ContactBody, PartyCard, PartyUpdate
from crm_desktop.parties.card import PartyPage
from crm_desktop.widgets.bars import InlineBar
from crm_desktop.widgets.segmented import Segmented
from crm_desktop.widgets.text_fields import TextEdit
from tests.desktop.keyboard import type_text
from tests.desktop.live import Desk, LiveServer


def open_card(qtbot: Any, desk: Desk, id: int) -> PartyPage:
    desk.window.app.navigator.open("party", id)
    page = desk.window.deck.current()
    assert isinstance(page, PartyPage)
    qtbot.waitUntil(lambda: page.card is not None)
    return page


def type_into(page: PartyPage, name: str, text: str) -> None:
    field = page.content.form.field(name)
    field.set_value(text)
    field.edited.emit()


def bars(page: PartyPage) -> list[str]:
    return [bar.text() for bar in page.messages.findChildren(InlineBar) if not bar.isHidden()]


def press(page: Any, caption: str) -> None:
    button = next(b for b in page.findChildren(QPushButton) if b.text() == caption and b.isVisible())
    button.click()


def choices(desk: Desk) -> dict[str, Segmented]:
    """The questions of the compare dialog by their field."""
    return {choice._name: choice for choice in desk.window.findChildren(Segmented)}


def saved(live: LiveServer) -> PartyCard:
    """The customer as the server has it."""
    return live.api().get(f"/api/parties/{live.ids['customer']}", PartyCard)


def change_by_other(live: LiveServer, **changes: Any) -> None:
    api = live.api("petrov")
    card = saved(live)
    values = card.model_dump(include=set(PartyUpdate.model_fields)) | changes
    api.put(f"/api/parties/{card.id}", Created, PartyUpdate(**values))


@pytest.fixture
def card(qtbot: Any, desk: Desk, live_server: LiveServer) -> PartyPage:
    return open_card(qtbot, desk, live_server.ids["customer"])


def test_the_card_shows_what_is_saved(qtbot: Any, card: PartyPage) -> None:
    assert card.content.form.field("inn").value() == "7736050003"
    assert [contact.name for contact in card.content.lists["contacts"].rows()] == [
        "Иванова Ольга Петровна", "Сидоров Михаил Николаевич"]
    assert card.title == "ООО «Северный ветер»"
    assert not card.dirty
    assert not card.header.save.isVisible()


def test_typing_and_ctrl_s(qtbot: Any, desk: Desk, card: PartyPage, live_server: LiveServer) -> None:
    editor = card.content.form.get("segment", TextEdit).editor
    editor.setFocus()
    editor.selectAll()
    type_text(editor, "торговля")
    assert card.dirty
    assert desk.page.dirty
    qtbot.keyClick(editor, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: not card.dirty)
    assert saved(live_server).segment == "торговля"


def test_a_wrong_inn_is_refused_before_the_server(qtbot: Any, card: PartyPage) -> None:
    type_into(card, "inn", "7736050004")
    card.saving.save()
    assert card.content.form.field("inn").error()
    assert card.dirty


def test_a_contact_is_added_in_its_dialog(qtbot: Any, card: PartyPage, live_server: LiveServer) -> None:
    card.content.lists["contacts"]._added(ContactBody(name="Петров Денис", roles=["head"], emails=["p@veter.example"]))
    assert card.dirty
    card.saving.save()
    qtbot.waitUntil(lambda: not card.dirty)
    assert [c.name for c in saved(live_server).contacts][-1] == "Петров Денис"


def test_the_other_ones_field_is_taken_silently(qtbot: Any, card: PartyPage, live_server: LiveServer) -> None:
    live_server.user("petrov", "Петров П. П.")
    type_into(card, "segment", "торговля")
    change_by_other(live_server, note="важный клиент")
    card.saving.save()
    qtbot.waitUntil(lambda: not card.dirty)
    both = saved(live_server)
    assert (both.segment, both.note) == ("торговля", "важный клиент")


def test_a_field_that_both_changed_is_asked(qtbot: Any, desk: Desk, card: PartyPage, live_server: LiveServer) -> None:
    live_server.user("petrov", "Петров П. П.")
    type_into(card, "segment", "торговля")
    type_into(card, "note", "моё")
    change_by_other(live_server, segment="монтаж", note="чужое")
    card.saving.save()
    qtbot.waitUntil(lambda: {"Сегмент", "Примечание"} <= set(choices(desk)))
    choices(desk)["Примечание"]._choose(1)
    press(desk.window, "Сохранить выбранное")
    qtbot.waitUntil(lambda: not card.dirty)
    both = saved(live_server)
    assert (both.segment, both.note) == ("торговля", "чужое")


def test_leaving_asks_and_all_three_answers_work(
        qtbot: Any, desk: Desk, card: PartyPage, live_server: LiveServer) -> None:
    deck = desk.window.deck
    type_into(card, "segment", "торговля")
    deck.close_current()
    assert "Закрыть без записи" in bars(card)[0]
    press(card.messages, "Остаться")
    assert deck.current() is card
    deck.close_current()
    press(card.messages, "Записать")
    qtbot.waitUntil(lambda: deck.find_page("party", live_server.ids["customer"]) is None)
    assert saved(live_server).segment == "торговля"
    again = open_card(qtbot, desk, live_server.ids["customer"])
    type_into(again, "segment", "другое")
    deck.close_current()
    press(again, "Не записывать")
    assert deck.find_page("party", live_server.ids["customer"]) is None
    assert saved(live_server).segment == "торговля"


def test_a_new_customer_and_its_duplicate(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    desk.window.app.navigator.open("party", None)
    page = desk.window.deck.current()
    assert isinstance(page, PartyPage)
    type_into(page, "name", "ООО «Второй ветер»")
    type_into(page, "inn", "7736050003")
    qtbot.waitUntil(lambda: any("Похоже, уже есть: ООО «Северный ветер»" in text for text in bars(page)))
    page.saving.save()
    qtbot.waitUntil(lambda: any(b.text() == "Всё равно записать" for b in page.findChildren(QPushButton)))
    press(page, "Всё равно записать")
    qtbot.waitUntil(lambda: page.id is not None)
    qtbot.waitUntil(lambda: page.title == "ООО «Второй ветер»")
    assert not page.dirty
    assert desk.window.deck.find_page("party", page.id) is page


def test_a_draft_survives_and_is_offered(
        qtbot: Any, desk: Desk, card: PartyPage, live_server: LiveServer, tmp_path: Path) -> None:
    type_into(card, "note", "не успел записать")
    card.draft.flush()
    desk.window.deck._remove(card)  # as after a crash: nobody was asked
    again = open_card(qtbot, desk, live_server.ids["customer"])
    qtbot.waitUntil(lambda: any("несохранённые правки" in text for text in bars(again)))
    press(again, "Восстановить")
    assert again.content.form.field("note").value() == "не успел записать"
    assert again.dirty
    again.saving.save()
    qtbot.waitUntil(lambda: not again.dirty)
    qtbot.waitUntil(lambda: desk.window.app.drafts.list() == [])


def test_a_note_goes_to_the_feed(qtbot: Any, card: PartyPage) -> None:
    card.timeline.focus_note()
    type_text(card.timeline.note, "Просит позвонить")
    qtbot.keyClick(card.timeline.note, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: any(entry.text == "Просит позвонить" for entry in card.timeline._entries))
    assert card.timeline.note.text() == ""


def test_a_clean_card_follows_the_others(qtbot: Any, desk: Desk, card: PartyPage, live_server: LiveServer) -> None:
    live_server.user("petrov", "Петров П. П.")
    qtbot.waitUntil(lambda: "На связи" in desk.window.status.state_text())
    change_by_other(live_server, segment="монтаж")
    qtbot.waitUntil(lambda: card.content.form.field("segment").value() == "монтаж", timeout=8000)


def test_read_only_without_the_right(
        qtbot: Any, qapp: Any, live_server: LiveServer, settings: Any, tmp_path: Path, theme: object) -> None:
    from crm_contract.permissions import Permission, Scope
    from crm_desktop.app import Client, Options
    from tests.desktop.live import close_client

    live_server.user("reader", "Читатель Ч.", {Permission.PARTY_VIEW: Scope.ALL})
    client = Client(qapp, Options(server=live_server.url, token=live_server.log_in("reader").token), settings,
                    tmp_path / "client")
    client.start()
    qtbot.waitUntil(lambda: client.window is not None)
    page = open_card(qtbot, Desk(client), live_server.ids["customer"])
    assert page.content.form.field("name").is_read_only
    close_client(client)
