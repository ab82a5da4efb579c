"""The paged list: windows of pages, stale answers, selection by record, keys."""

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from crm_contract.lists import Column, ColumnType, Condition, Op, Sort, Tone
from crm_desktop.widgets.paged_model import PAGE_ROWS, SKELETON_ROWS, PagedModel
from crm_desktop.widgets.paged_table import STRETCH_MIN, PagedTable
from tests.desktop.keyboard import type_text
from tests.desktop.widgets.list_server import COLUMNS, ListServer

NBSP = "\u00a0"


@pytest.fixture
def server() -> ListServer:
    return ListServer()


@pytest.fixture
def table(qtbot: QtBot, server: ListServer) -> PagedTable:
    made = PagedTable(COLUMNS, server, sort="number", name="Список",
                      row_tone=lambda row: Tone.ERROR if row["id"] == 3 else None)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=1000)
    made.view.setFocus()
    return made


def model_of(server: ListServer, *, tested: bool = False) -> PagedModel:
    """With Qt's tester it walks through all rows at each reset: only for short lists."""
    model = PagedModel(COLUMNS, server)
    if tested:
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def test_the_model_keeps_qt_s_rules_through_its_whole_life(qtbot: QtBot) -> None:
    server = ListServer(1000, exact=False)
    model = model_of(server, tested=True)
    assert model.rowCount() == SKELETON_ROWS
    model.reload()
    assert model.rowCount() == 1000
    model.ensure(500, 620)
    server.total = 900
    model.refresh()
    assert model.rowCount() == 900
    server.total = 1200
    model.refresh()
    assert model.rowCount() == 1200
    model.set_sort([Sort(column="number", descending=True)])
    model.show_columns(["sum", "number", "gone"])
    assert [column.name for column in model.columns] == ["sum", "number"]
    server.total = 0
    model.refresh()
    assert model.rowCount() == 0


def test_reading_never_asks_the_server(qtbot: QtBot) -> None:
    server = ListServer(100_000)
    model = model_of(server)
    model.reload()
    asked = len(server.queries)
    for row in (0, 5000, 99_999):
        model.data(model.index(row, 0))
        model.data(model.index(row, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert len(server.queries) == asked


def test_only_the_window_is_asked_for(qtbot: QtBot) -> None:
    server = ListServer(1_000_000)
    model = model_of(server)
    model.reload()
    server.hold = True
    for first in range(10_000, 900_000, 10_000):  # the scroll bar is dragged
        model.ensure(first, first + 30)
    assert len(server.waiting) <= 2
    server.answer()
    server.hold = False
    server.answer()
    assert model.row(890_010) is not None
    assert len(server.queries) <= 5
    assert [query.with_total for query in server.queries] == [True] + [False] * (len(server.queries) - 1)
    assert all(query.limit == PAGE_ROWS for query in server.queries)


def test_far_pages_are_forgotten(qtbot: QtBot) -> None:
    server = ListServer(1_000_000)
    model = model_of(server)
    model.reload()
    for first in range(0, 60 * PAGE_ROWS, PAGE_ROWS):
        model.ensure(first, first + 10)
    assert len(model._pages) <= 40
    assert model.row(59 * PAGE_ROWS) is not None


def test_a_stale_answer_is_dropped(qtbot: QtBot) -> None:
    server = ListServer(3)
    model = model_of(server)
    server.hold = True
    model.reload()
    model.set_query([], "ветер")
    first, second = server.waiting
    server.prefix = "B"
    second()
    server.prefix = "A"
    first()
    row = model.row(0)
    assert row is not None
    assert row.data["number"] == "B0"


def test_an_estimate_is_corrected_where_the_rows_end(qtbot: QtBot) -> None:
    server = ListServer(450, exact=False)
    model = model_of(server)
    model.reload()
    model.ensure(400, 449)
    assert (model.total, model.total_is_exact) == (450, True)
    model.set_query([], "x")
    server.total = 410
    model.ensure(400, 449)
    assert (model.total, model.total_is_exact) == (410, True)


def test_old_rows_stay_until_the_new_are_here(qtbot: QtBot) -> None:
    server = ListServer(5)
    model = model_of(server)
    model.reload()
    server.hold, server.prefix = True, "new"
    model.refresh()
    assert model.data(model.index(0, 0)) == "№0"
    server.answer()
    assert model.data(model.index(0, 0)) == "new0"


def test_a_failure_is_told_and_tried_again(table: PagedTable, server: ListServer, qtbot: QtBot) -> None:
    server.error = OSError("x")
    with qtbot.waitSignal(table.load_failed, timeout=500) as caught:
        table.load()
    assert caught.args == [server.error]
    assert table._broken is not None
    assert table._broken.isVisible()
    server.error = None
    qtbot.keyClick(table._broken._link, Qt.Key.Key_Return)
    assert table.model.total == 5
    assert not table._broken.isVisible()
    server.error = OSError("y")
    table.refresh()
    assert not table._broken.isVisible()  # the rows that are here stay
    assert table.model.row(0) is not None


def test_cells_are_texts_of_their_type(table: PagedTable) -> None:
    table.load()
    texts = [table.model.data(table.model.index(1, column)) for column in range(table.model.columnCount())]
    assert texts == ["№1", "02.11.2026", "Клиент 1", "Новая", "1,50", ""]
    assert table.model.data(table.model.index(1, 4), Qt.ItemDataRole.AccessibleTextRole) == "Сумма: 1,50"
    align = table.model.data(table.model.index(1, 4), Qt.ItemDataRole.TextAlignmentRole)
    assert align & Qt.AlignmentFlag.AlignRight


def test_total_in_words(table: PagedTable, server: ListServer) -> None:
    assert table.total_text() == ""
    table.load()
    assert table.total_text() == f"5{NBSP}записей"
    server.total, server.exact = 1_248_000, False
    table.refresh()
    assert table.total_text() == f"≈{NBSP}1{NBSP}248{NBSP}000{NBSP}записей"


def test_the_first_row_becomes_the_current_one(table: PagedTable, qtbot: QtBot) -> None:
    with qtbot.waitSignal(table.current_changed, timeout=500) as caught:
        table.load()
    assert caught.args[0]["id"] == 0  # type: ignore[index]


def test_selection_stays_on_the_record(table: PagedTable, server: ListServer) -> None:
    table.load()
    table.view.setCurrentIndex(table.model.index(1, 0))
    assert [row["id"] for row in table.selected_rows()] == [1]
    table.model.set_sort([Sort(column="number", descending=True)])
    assert table.view.currentIndex().row() == 3
    assert [row["id"] for row in table.selected_rows()] == [1]
    server.total = 7
    table.refresh()
    assert [row["id"] for row in table.selected_rows()] == [1]
    assert table.current_row()["id"] == 1  # type: ignore[index]


def test_select_id(table: PagedTable) -> None:
    table.load()
    assert table.select_id(4)
    assert not table.select_id(99)
    assert table.current_row()["id"] == 4  # type: ignore[index]


def test_enter_opens_and_letters_search(table: PagedTable, qtbot: QtBot) -> None:
    table.load()
    with qtbot.waitSignal(table.opened, timeout=500) as opened:
        qtbot.keyClick(table.view, Qt.Key.Key_Return)
    assert opened.args[0]["id"] == 0  # type: ignore[index]
    with qtbot.waitSignal(table.typed, timeout=500) as typed:
        type_text(table.view, "в")
    assert typed.args == ["в"]


@pytest.mark.parametrize(("section", "condition", "words"), [
    (0, Condition(column="number", op=Op.EQ, value="№0"), "№0"),
    (2, Condition(column="party", op=Op.EQ, value=0), "Клиент 0"),
    (3, Condition(column="state", op=Op.IN, value=["late"]), "Просрочена"),
    (4, Condition(column="sum", op=Op.EQ, value="0.50"), "0,50"),
])
def test_filter_by_the_cell(
    table: PagedTable, qtbot: QtBot, section: int, condition: Condition, words: str
) -> None:
    table.load()
    table.view.setCurrentIndex(table.model.index(0, section))
    with qtbot.waitSignal(table.filter_asked, timeout=500) as caught:
        qtbot.keyClick(table.view, Qt.Key.Key_F3, Qt.KeyboardModifier.AltModifier)
    assert caught.args == [condition, words]


@pytest.mark.parametrize("key", [Qt.Key.Key_F, Qt.Key(ord("А"))])
def test_filter_by_the_cell_as_in_1c(table: PagedTable, qtbot: QtBot, key: Qt.Key) -> None:
    table.load()
    with qtbot.waitSignal(table.filter_asked, timeout=500):
        qtbot.keyClick(table.view, key, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)


def test_a_column_without_filter_is_not_filtered(table: PagedTable, qtbot: QtBot) -> None:
    table.load()
    table.view.setCurrentIndex(table.model.index(0, 5))
    with qtbot.assertNotEmitted(table.filter_asked):
        qtbot.keyClick(table.view, Qt.Key.Key_F3, Qt.KeyboardModifier.AltModifier)


@pytest.mark.parametrize("key", [Qt.Key.Key_C, Qt.Key(ord("С"))])
def test_copy_in_both_layouts(table: PagedTable, qtbot: QtBot, key: Qt.Key) -> None:
    table.load()
    QGuiApplication.clipboard().clear()
    assert table.select_id(1)
    qtbot.keyClick(table.view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(table.view, key, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().split("\n")[0] == "№1\t02.11.2026\tКлиент 1\tНовая\t1,50\t"
    assert len(QGuiApplication.clipboard().text().split("\n")) == 2


def test_a_click_on_a_title_sorts(table: PagedTable, server: ListServer) -> None:
    table.load()
    table.header.sectionClicked.emit(4)
    assert server.queries[-1].sort == [Sort(column="sum", descending=True)]
    table.header.sectionClicked.emit(4)
    assert server.queries[-1].sort == [Sort(column="sum", descending=False)]
    asked = len(server.queries)
    table.header.sectionClicked.emit(5)
    assert len(server.queries) == asked


def test_a_link_opens_by_a_click_and_its_cell_does_not(table: PagedTable, qtbot: QtBot) -> None:
    table.load()
    opened: list[object] = []
    table.opened.connect(opened.append)
    cell = table.view.visualRect(table.model.index(2, 0))
    where = cell.center()
    where.setX(cell.left() + 14)
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert len(opened) == 1
    where.setX(cell.right() - 4)
    qtbot.mouseClick(table.view.viewport(), Qt.MouseButton.LeftButton, pos=where)
    assert len(opened) == 1


def test_an_empty_list_says_so(table: PagedTable, server: ListServer, qtbot: QtBot) -> None:
    server.total = 0
    table.set_empty("Нет заявок по этому отбору", "Период «эта неделя».", "Снять отбор")
    table.load()
    assert table._empty is not None
    assert table._empty.isVisible()
    with qtbot.waitSignal(table.empty_acted, timeout=500):
        qtbot.keyClick(table._empty._link, Qt.Key.Key_Return)
    server.total = 3
    table.refresh()
    assert not table._empty.isVisible()


def test_layout_is_kept(table: PagedTable, server: ListServer, qtbot: QtBot) -> None:
    table.load()
    with qtbot.waitSignal(table.layout_changed, timeout=500):
        table.header.resizeSection(2, 211)
    table.show_columns(["party", "number", "at"])
    table.header.sectionClicked.emit(1)
    state = table.layout_state()
    other = PagedTable(COLUMNS, server)
    qtbot.addWidget(other)
    other.restore_layout(state)
    assert [column.name for column in other.model.columns] == ["party", "number", "at"]
    assert other.header.sectionSize(0) == 211
    assert other.query().sort == [Sort(column="number", descending=True)]
    other.restore_layout({"columns": ["gone"], "widths": {"gone": 5}, "sort": [{"column": "gone"}]})
    assert len(other.model.columns) == 6


def test_numbers_and_dates_are_never_cut(table: PagedTable, server: ListServer, qtbot: QtBot) -> None:
    table.resize(640, 300)
    table.load()
    qtbot.wait(20)
    for number, column in enumerate(table.model.columns):
        if column.type.value in ("number", "date", "money", "state"):
            text = table.model.row(1).text(column)  # type: ignore[union-attr]
            assert table.delegate.text_width(column, text) <= table.header.sectionSize(number), column.name
            assert table.header.title_width(number) <= table.header.sectionSize(number), column.name


def test_slack_goes_to_names_and_a_moment_is_whole(qtbot: QtBot, server: ListServer) -> None:
    columns = [Column("name", "Клиент", ColumnType.REF), Column("place", "Склад", width=160),
               Column("sum", "Сумма, ₽", ColumnType.MONEY, 160), Column("at", "Когда", ColumnType.DATETIME, 60)]
    table = PagedTable(columns, server, sort="name", name="Список")
    qtbot.addWidget(table)
    table.resize(640, 300)
    table.show()
    name, place, amount, at = (table.header.sectionSize(number) for number in range(4))
    assert at >= table.delegate.text_width(columns[3], "30.12.2026 23:59")
    assert amount >= table.delegate.text_width(columns[2], "9 999 999,00")
    assert name > STRETCH_MIN
    assert amount < 160
    assert place == 160  # a text gives way only where a name would be lost
    assert name + place + amount + at <= table.view.viewport().width()


def test_scrolling_loads_what_is_seen(table: PagedTable, server: ListServer, qtbot: QtBot) -> None:
    server.total = 100_000
    table.load()
    table.view.scrollTo(table.model.index(70_000, 0))
    qtbot.waitUntil(lambda: table.model.row(70_000) is not None, timeout=2000)
    assert len(server.queries) <= 4


def test_painting_every_state(table: PagedTable, server: ListServer) -> None:
    server.hold = True
    table.load()
    assert not table.grab().isNull()
    server.answer()
    table.view.selectRow(1)
    table.delegate.hovered_row = 2
    table.delegate.shows_cell_focus = True
    image = table.grab().toImage()
    assert image.width() > 0


def test_no_row_opens_before_it_is_there(table: PagedTable, server: ListServer, qtbot: QtBot) -> None:
    server.hold = True
    table.load()
    with qtbot.assertNotEmitted(table.opened):
        table.view.opened.emit(table.model.index(0, 0))
        table.view.opened.emit(QModelIndex())
