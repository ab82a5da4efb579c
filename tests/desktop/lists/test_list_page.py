"""The list page on a real server: search, filters, views, columns, export, the preview."""

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from PySide6.QtCore import Qt

from crm_contract.lists import Condition, Op
from crm_contract.permissions import Permission, Scope
from crm_desktop.app import Client, Options
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.views import same
from tests.desktop.keyboard import type_text
from tests.desktop.live import Desk, LiveServer, close_client


def open_list(qtbot: Any, desk: Desk, entity: str = "list:parties", **params: Any) -> ListPage:
    desk.window.app.navigator.open(entity, None, **params)
    page = desk.window.deck.current()
    assert isinstance(page, ListPage)
    qtbot.waitUntil(lambda: page.table.model.total is not None and not page.table.model.is_loading)
    return page


def total(page: ListPage) -> int | None:
    return page.table.model.total


@pytest.fixture
def page(qtbot: Any, desk: Desk) -> ListPage:
    return open_list(qtbot, desk)


def test_the_first_preset_and_the_count(page: ListPage) -> None:
    assert [c.column for c in page.filters.conditions()] == ["archived", "is_customer"]
    assert total(page) == 31
    assert page._count.text().replace("\u00a0", " ") == "31 запись"


def test_letters_typed_into_the_list_search_it(qtbot: Any, page: ListPage) -> None:
    page.table.view.setFocus()
    type_text(page.table.view, "с")
    type_text(page.filters._search_box, "еверный")
    qtbot.waitUntil(lambda: total(page) == 1)
    assert (page.table.current_row() or {})["name"] == "ООО «Северный ветер»"


def test_enter_opens_and_the_preview_tells(qtbot: Any, desk: Desk, page: ListPage, live_server: LiveServer) -> None:
    page.filters.set_filter([], "северный")
    page.apply_filter()
    qtbot.waitUntil(lambda: total(page) == 1)
    preview = page._preview
    assert preview is not None
    qtbot.waitUntil(lambda: preview._title.text() == "ООО «Северный ветер»")
    qtbot.waitUntil(lambda: "ИНН 7736050003" in preview._subtitle.text())
    qtbot.keyClick(page.table.view, Qt.Key.Key_Return)
    assert desk.page.place() == ("party", live_server.ids["customer"])


def test_an_empty_filter_says_so_and_can_be_taken_off(qtbot: Any, page: ListPage) -> None:
    page.filters.set_filter([], "нет такого клиента")
    page.apply_filter()
    qtbot.waitUntil(lambda: total(page) == 0)
    assert page.table._empty is not None
    assert page.table._empty.isVisible()
    page.table.empty_acted.emit()
    qtbot.waitUntil(lambda: (total(page) or 0) > 31)


def test_parameters_of_the_navigator(qtbot: Any, desk: Desk, live_server: LiveServer) -> None:
    page = open_list(qtbot, desk, preset="suppliers")
    assert total(page) == 1
    assert page.views.current == "preset:suppliers"
    condition = Condition(column="inn", op=Op.CONTAINS, value="7736")
    assert open_list(qtbot, desk, conditions=[condition]) is page
    qtbot.waitUntil(lambda: total(page) == 1 and page.views.current == "")


def test_a_view_is_saved_chosen_and_deleted(qtbot: Any, desk: Desk, page: ListPage) -> None:
    page.filters.add_condition(same("segment", "производство"))
    qtbot.waitUntil(lambda: total(page) == 1)
    page.views._save("Заводы", False)
    qtbot.waitUntil(lambda: [view.title for view in page.views._saved] == ["Заводы"])
    page.views.choose("preset:active")
    qtbot.waitUntil(lambda: total(page) == 31)
    page.views.choose(f"view:{page.views._saved[0].id}")
    qtbot.waitUntil(lambda: total(page) == 1)


def test_columns_and_sort_are_kept_for_the_person(qtbot: Any, desk: Desk, page: ListPage) -> None:
    page.table.show_columns(["name", "email"])
    page.table._sort_by(0)
    qtbot.waitUntil(lambda: desk.window.app.settings.get("lists/parties") is not None)
    desk.window.deck.close_current()
    again = open_list(qtbot, desk)
    assert [column.name for column in again.table.model.columns] == ["name", "email"]
    assert again.table.model.sort_order[0].column == "name"
    assert again.table.model.sort_order[0].descending


def test_the_whole_list_goes_to_excel_and_to_the_journal(
        qtbot: Any, page: ListPage, live_server: LiveServer, tmp_path: Path) -> None:
    path = tmp_path / "Клиенты.xlsx"
    page._export_to(path)
    qtbot.waitUntil(path.exists, timeout=8000)
    qtbot.waitUntil(lambda: "Выгружено" in page.messages._bars["export"].text())
    sheet = load_workbook(path).worksheets[0]
    assert sheet.max_row == 32
    assert [cell.value for cell in sheet[1]][:2] == ["Название", "ИНН"]
    rows = live_server.sql("SELECT entity FROM audit_log WHERE action = 'export'")
    assert [row["entity"] for row in rows] == ["parties"]


def test_selected_sums(qtbot: Any, page: ListPage) -> None:
    page.table.view.selectRow(0)
    qtbot.waitUntil(lambda: page.status.startswith("Выбрана 1"))
    assert "долг 0,00" in page.status


def test_a_column_without_the_right_is_not_there(
        qtbot: Any, qapp: Any, live_server: LiveServer, settings: Any, tmp_path: Path, theme: object) -> None:
    live_server.user("keeper", "Кладовщик К.", {Permission.STOCK_VIEW: Scope.ALL})
    client = Client(qapp, Options(server=live_server.url, token=live_server.log_in("keeper").token), settings,
                    tmp_path / "client")
    client.start()
    qtbot.waitUntil(lambda: client.window is not None)
    page = open_list(qtbot, Desk(client), "list:balances")
    assert "value" not in [column.name for column in page.columns]
    assert not page._can_export()
    close_client(client)
