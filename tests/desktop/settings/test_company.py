"""The forms over the whole company: settings, numbers, rules of letters; the journal in words."""

from typing import Any

from PySide6.QtCore import Qt

from crm_contract.base import Created, Ref
from crm_contract.mailing import LetterEvent
from crm_contract.numbering import NumberFormatBody
from crm_contract.settings import SettingChange, SettingRead, SettingsBody
from crm_desktop.lists.page import ListPage
from crm_desktop.settings.audit_preview import AuditPreview, ChangeLine
from crm_desktop.settings.audit_words import Change, changes_of
from crm_desktop.settings.company import CompanyPage
from crm_desktop.settings.mail_rules import MailRulesPage
from crm_desktop.settings.mail_server import MailServerPage
from crm_desktop.settings.numbering import NumberingPage, check_prefix
from crm_server.kit.sql import Sql
from crm_server.mailing.defaults import ensure_defaults
from tests.desktop.live import Desk, LiveServer
from tests.desktop.settings.driving import page_of


def type_into(field: Any, value: Any) -> None:
    field.set_value(value)
    field.edited.emit()


def test_settings_are_changed_together(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = page_of(qtbot, desk, CompanyPage, "company_settings")
    qtbot.waitUntil(lambda: bool(page._read), timeout=5000)
    form = page._forms["reserve_days"]
    assert form.field("reserve_days").value() == 5
    type_into(form.field("reserve_days"), 9)
    frame: Any = desk.window.deck.current()
    assert frame.dirty
    assert page.header.save.isEnabled()
    page.save()
    qtbot.waitUntil(lambda: not page.dirty, timeout=5000)
    assert live_server.sql("SELECT key, value FROM setting") == [{"key": "reserve_days", "value": 9}]


def test_a_setting_that_a_colleague_changed_is_not_overwritten(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = page_of(qtbot, desk, CompanyPage, "company_settings")
    qtbot.waitUntil(lambda: bool(page._read), timeout=5000)
    type_into(page._forms["quote_days"].field("quote_days"), 20)
    change = SettingChange(code="quote_days", value=30, version=0)
    live_server.api().put("/api/settings", list[SettingRead], SettingsBody(changes=[change]))
    page.save()
    qtbot.waitUntil(lambda: not page.messages.isHidden(), timeout=5000)
    assert page.dirty
    assert live_server.sql("SELECT value FROM setting") == [{"value": 30}]


def test_closing_with_unsaved_settings_asks(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = page_of(qtbot, desk, CompanyPage, "company_settings")
    qtbot.waitUntil(lambda: bool(page._read), timeout=5000)
    type_into(page._forms["quote_days"].field("quote_days"), 20)
    answers: list[bool] = []
    page.can_close(answers.append)
    assert not answers
    assert not page.messages.isHidden()


def test_the_next_number_is_seen_while_typing(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = page_of(qtbot, desk, NumberingPage, "numbering")
    row = page.rows["invoice"]
    qtbot.waitUntil(lambda: row.saved is not None, timeout=5000)
    type_into(row.prefix, "М/")
    type_into(row.width, 4)
    assert row.next.text() == "М/0001"
    assert page.branch.is_read_only  # another branch would lose what is typed
    page.save()
    qtbot.waitUntil(lambda: not page.dirty, timeout=5000)
    assert live_server.sql("SELECT kind, prefix, width FROM number_format") == [
        {"kind": "invoice", "prefix": "М/", "width": 4}]
    assert [check_prefix(text) == "" for text in ("", "СЧ-", "СЧ 1", "СЧ ", "длинная приставка-")] == [
        True, True, False, False, False]
    body = NumberFormatBody(prefix="К-", width=6, version=1)
    live_server.api().put(f"/api/numbering/invoice/{live_server.ids['branch']}", Created, body)
    qtbot.waitUntil(lambda: row.saved is not None and row.saved.prefix == "К-", timeout=8000)


def test_rules_show_who_gets_it_before_saving(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    with live_server.pool.connection() as connection:
        ensure_defaults(Sql(connection))
    desk.window.resize(1366, 768)
    page = page_of(qtbot, desk, MailRulesPage, "mail_rules")
    qtbot.waitUntil(lambda: bool(page.matrix.model.rows), timeout=5000)
    qtbot.waitUntil(page.matrix.view.verticalScrollBar().isVisible)
    assert page.matrix.view.horizontalScrollBar().maximum() == 0  # the first roles fit beside the bar
    shown: list[Any] = []
    real = page.preview.show_found
    page.preview.show_found = lambda found: (shown.append(found), real(found))  # type: ignore[method-assign]
    page.preview.party.set_value(Ref(id=live_server.ids["customer"], title="ООО «Северный ветер»"))
    view, model = page.matrix.view, page.matrix.model
    row = next(n for n, found in enumerate(model.rows) if found.code == "invoice/document")
    column = next(n for n, found in enumerate(model.columns, 1) if found.code == "mechanic")
    view.setCurrentIndex(model.index(row, column))
    qtbot.keyClick(view, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: bool(shown), timeout=5000)
    invoice = next(one for one in shown[-1] if (one.kind, one.event) == ("invoice", LetterEvent.DOCUMENT))
    assert {one.email for one in invoice.recipients if one.chosen} == {"ivanova@veter.example", "sidorov@veter.example"}
    page.save()
    qtbot.waitUntil(lambda: not page.dirty, timeout=5000)
    assert live_server.sql("SELECT 1 AS n FROM routing_rule WHERE kind = 'invoice' AND event = 'document'"
                           " AND role = 'mechanic' AND active") == [{"n": 1}]


def test_the_mail_server_says_that_it_is_not_set(qtbot: Any, desk: Desk) -> None:
    page = page_of(qtbot, desk, MailServerPage, "mail_server")
    page.send_test()
    qtbot.waitUntil(lambda: not page.messages.isHidden(), timeout=5000)


def test_the_journal_shows_what_was_and_what_became(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    change = SettingChange(code="quote_days", value=30, version=0)
    live_server.api().put("/api/settings", list[SettingRead], SettingsBody(changes=[change]))
    page = page_of(qtbot, desk, ListPage, "list:audit")
    qtbot.waitUntil(lambda: bool(page.table.model.total), timeout=5000)
    page.table.view.selectRow(0)
    preview = page.findChildren(AuditPreview)[0]
    qtbot.waitUntil(lambda: bool(preview.findChildren(ChangeLine)), timeout=5000)
    assert preview.findChildren(ChangeLine)[0].accessibleName() == "КП действует, дней: было «14», стало «30»"


def test_words_of_the_journal() -> None:
    assert changes_of("role", {"invoice.view": 2, "title": "А"}, {"invoice.view": 4, "title": "А"}) == [
        Change("Счёт на оплату: смотреть", "отдел", "все")]
    assert changes_of("invoice", {"party_id": 1, "gross": "10.00"}, {"party_id": 1, "gross": "20.00"}) == [
        Change("Сумма", "10.00", "20.00")]
    assert changes_of("user", None, {"active": True, "to": [{"name": "Иванова"}, {"email": "a@b.ru"}]}) == [
        Change("Вход открыт", "", "да"), Change("Кому", "", "Иванова, a@b.ru")]
    assert changes_of("place", {"archived": False}, {"archived": True})[0].title == "Закрыт"
    assert changes_of("x", {}, {"something": "y" * 500})[0].after.endswith("…")
