"""Conditions in words and the filter bar."""

from datetime import date, datetime
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from crm_contract.lists import Column, ColumnType, Condition, Op
from crm_desktop.widgets.column_chooser import ColumnChooser
from crm_desktop.widgets.conditions import cell_condition, days_condition, operators, period, periods, value_text
from crm_desktop.widgets.filter_bar import FilterBar, ViewItem
from crm_desktop.widgets.pills import Chip
from crm_desktop.widgets.suggest import Suggestion
from tests.desktop.keyboard import type_text
from tests.desktop.widgets.list_server import COLUMNS

TODAY = date(2026, 11, 24)
BY_NAME = {column.name: column for column in COLUMNS}


@pytest.mark.parametrize(("code", "first", "last"), [
    ("today", (2026, 11, 24), (2026, 11, 24)), ("week", (2026, 11, 23), (2026, 11, 29)),
    ("last_week", (2026, 11, 16), (2026, 11, 22)), ("month", (2026, 11, 1), (2026, 11, 30)),
    ("last_month", (2026, 10, 1), (2026, 10, 31)), ("quarter", (2026, 10, 1), (2026, 12, 31)),
    ("year", (2026, 1, 1), (2026, 12, 31)), ("yesterday", (2026, 11, 23), (2026, 11, 23)),
])
def test_periods(code: str, first: tuple[int, int, int], last: tuple[int, int, int]) -> None:
    assert period(code, TODAY) == (date(*first), date(*last))
    assert code in [choice.code for choice in periods()]


def words(condition: Condition) -> str:
    return value_text(BY_NAME[condition.column], condition, lambda value: f"Клиент {value}", TODAY)


@pytest.mark.parametrize(("condition", "text"), [
    (Condition(column="state", op=Op.NOT_IN, value=["late"]), "не просрочена"),
    (Condition(column="state", op=Op.IN, value=["new", "late"]), "новая, просрочена"),
    (Condition(column="party", op=Op.EQ, value=7), "Клиент 7"),
    (Condition(column="party", op=Op.EMPTY), "пусто"),
    (Condition(column="number", op=Op.CONTAINS, value="СЧ"), "«СЧ»"),
    (Condition(column="sum", op=Op.GE, value="1000"), "≥ 1 000,00"),
    (Condition(column="sum", op=Op.EQ, value="0"), "0"),
    (Condition(column="sum", op=Op.BETWEEN, value=["1", "2"]), "1,00 – 2,00"),
    (Condition(column="day", op=Op.BETWEEN, value=["2026-11-23", "2026-11-29"]), "эта неделя"),
    (Condition(column="day", op=Op.BETWEEN, value=["2026-11-03", "2026-11-05"]), "03.11.2026 – 05.11.2026"),
    (Condition(column="day", op=Op.GE, value="2026-11-03"), "с 03.11.2026"),
])
def test_words_of_a_condition(condition: Condition, text: str) -> None:
    assert words(condition).replace("\u00a0", " ") == text


def test_times_are_asked_for_by_local_days() -> None:
    condition = days_condition(BY_NAME["at"], Op.BETWEEN, TODAY, TODAY)
    first, last = (datetime.fromisoformat(value) for value in condition.value)
    assert first.utcoffset() is not None
    assert (last - first).total_seconds() > 86399
    assert first.astimezone().date() == last.astimezone().date() == TODAY
    assert words(condition) == "сегодня"
    assert cell_condition(BY_NAME["at"], "2026-11-24T07:00:00Z")[0].op is Op.BETWEEN


def test_every_type_of_column_has_operators() -> None:
    for kind in ColumnType:
        assert operators(Column("x", "X", kind))


@pytest.fixture
def bar(qtbot: QtBot) -> FilterBar:
    page = QWidget()
    qtbot.addWidget(page)
    made = FilterBar(COLUMNS, ref_search=lambda entity: lambda text, done: done([Suggestion(7, "ООО «Ветер»")]))
    layout = QVBoxLayout(page)
    layout.addWidget(made)
    layout.addStretch(1)
    page.resize(1000, 600)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow, timeout=1000)
    made.page = page  # type: ignore[attr-defined]  # kept alive with the bar
    return made


def chips(bar: FilterBar) -> list[str]:
    return [chip.text().replace("\u00a0", " ") for chip in bar.findChildren(Chip) if not chip.isHidden()]


def test_search_waits_for_a_pause(bar: FilterBar, qtbot: QtBot) -> None:
    seen: list[str] = []
    bar.changed.connect(lambda: seen.append(bar.search()))
    bar.focus_search()
    type_text(bar._search_box, "вете")
    type_text(bar._search_box, "р ")
    assert seen == []
    qtbot.waitUntil(lambda: seen == ["ветер"], timeout=1500)
    qtbot.keyClick(bar._search_box, Qt.Key.Key_Escape)
    assert seen == ["ветер", ""]


def test_enter_searches_at_once_and_goes_to_the_list(bar: FilterBar, qtbot: QtBot) -> None:
    bar.focus_search("в")
    with qtbot.waitSignals([bar.changed, bar.left_down], timeout=200):
        qtbot.keyClick(bar._search_box, Qt.Key.Key_Return)


def test_chips_come_and_go(bar: FilterBar, qtbot: QtBot) -> None:
    bar.add_condition(Condition(column="party", op=Op.EQ, value=7), "ООО «Ветер»")
    bar.add_condition(Condition(column="sum", op=Op.GE, value="1000"))
    assert chips(bar) == ["Клиент: ООО «Ветер»", "Сумма: ≥ 1 000,00"]
    bar.add_condition(Condition(column="sum", op=Op.GE, value="5"))
    assert chips(bar)[1] == "Сумма: ≥ 5,00"
    chip = next(chip for chip in bar.findChildren(Chip) if "Ветер" in chip.text())
    with qtbot.waitSignal(bar.changed):
        qtbot.keyClick(chip, Qt.Key.Key_Delete)
    assert [c.column for c in bar.conditions()] == ["sum"]
    assert bar.is_filtered
    bar.clear()
    assert not bar.is_filtered
    assert chips(bar) == []


def open_panel(bar: FilterBar, column: str, op: Op) -> Any:
    bar._panel.open_for(bar._add, Condition(column=column, op=op, value=_sample(column, op)), "ООО «Ветер»")
    return bar._panel


def _sample(column: str, op: Op) -> Any:
    plain = {"number": "СЧ", "state": ["late"], "sum": "10.00", "party": 7, "day": "2026-11-24"}[column]
    return [plain, plain] if op is Op.BETWEEN else plain


@pytest.mark.parametrize(("column", "op"), [
    ("number", Op.CONTAINS), ("state", Op.NOT_IN), ("sum", Op.GE), ("sum", Op.BETWEEN), ("party", Op.EQ),
    ("day", Op.GE), ("day", Op.BETWEEN),
])
def test_a_condition_opened_and_applied_is_the_same(bar: FilterBar, qtbot: QtBot, column: str, op: Op) -> None:
    panel = open_panel(bar, column, op)
    assert panel.isVisible()
    with qtbot.waitSignal(bar.changed, timeout=500):
        panel.apply()
    assert not panel.isVisible()
    (condition,) = bar.conditions()
    assert (condition.column, condition.op) == (column, op)
    assert condition.value == _sample(column, op) or [float(v) for v in _as_list(condition.value)] == [
        float(v) for v in _as_list(_sample(column, op))]


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_a_condition_by_keyboard_alone(bar: FilterBar, qtbot: QtBot) -> None:
    qtbot.keyClick(bar._add, Qt.Key.Key_Space)
    panel = bar._panel
    assert panel.isVisible()
    panel._column.set_value("sum")
    panel._column.edited.emit()
    panel._op.set_value(Op.GE)
    panel._op.edited.emit()
    qtbot.keyClick(panel._op.editor, Qt.Key.Key_Return)
    editor = panel._value.fields[0].editor  # type: ignore[union-attr]
    qtbot.waitUntil(editor.hasFocus, timeout=1000)
    type_text(editor, "1500,5")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert bar.conditions() == [Condition(column="sum", op=Op.GE, value="1500.5")]


def test_an_empty_value_is_not_applied(bar: FilterBar, qtbot: QtBot) -> None:
    qtbot.keyClick(bar._add, Qt.Key.Key_Space)
    bar._panel._column.set_value("number")
    bar._panel._column.edited.emit()
    bar._panel.apply()
    assert bar._panel.isVisible()
    assert bar.conditions() == []
    qtbot.keyClick(bar._panel, Qt.Key.Key_Escape)
    assert not bar._panel.isVisible()


def test_a_column_that_cannot_be_filtered_is_not_offered(bar: FilterBar) -> None:
    combo = bar._panel._column.editor
    assert combo.findData("note") == -1
    assert combo.findData("party") >= 0


def test_views(bar: FilterBar, qtbot: QtBot) -> None:
    bar.set_views([ViewItem("a", "Диспетчер", own=True), ViewItem("b", "Общий", shared=True)], "a")
    assert bar._view_button.text() == "Вид: Диспетчер"
    bar.set_views([ViewItem("a", "Диспетчер")])
    assert bar._view_button.text() == "Вид: все"


def test_column_chooser(bar: FilterBar, qtbot: QtBot) -> None:
    chooser = ColumnChooser(bar)
    chooser.open_for(bar._add, COLUMNS, ["sum", "number"])
    rows = chooser._list
    assert rows.item(0).text() == "Сумма"
    qtbot.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    rows.item(2).setCheckState(Qt.CheckState.Checked)
    with qtbot.waitSignal(chooser.chosen) as caught:
        qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert caught.args == [["number", "sum", rows.item(2).data(Qt.ItemDataRole.UserRole)]]


def test_the_tab_key_follows_the_eye(bar: FilterBar, qtbot: QtBot) -> None:
    bar.add_condition(Condition(column="sum", op=Op.GE, value="5"))
    bar.add_condition(Condition(column="number", op=Op.CONTAINS, value="СЧ"))
    bar.focus_search()
    seen = []
    for _ in range(3):
        bar.focusNextChild()
        seen.append(bar.focusWidget())
    chips_in_order = sorted(bar.findChildren(Chip), key=lambda chip: chip.x())
    assert seen == [*[chip for chip in chips_in_order if not chip.isHidden()], bar._add]
    panel = open_panel(bar, "party", Op.EQ)
    panel._op.setFocus()
    panel.focusNextChild()
    assert panel.focusWidget() is panel._value.first()
    panel.focusNextChild()
    assert panel.focusWidget() is panel._add
