"""The form kit: focus, values, errors, dirty marks, drafts, layout."""

from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from crm_contract.base import Ref
from crm_contract.documents import KINDS
from crm_contract.lists import Choice
from crm_desktop.widgets.choice_fields import CheckField, ComboField
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.form import Form, cell, section_row
from crm_desktop.widgets.kind_fields import rows_for
from crm_desktop.widgets.number_fields import AmountEdit
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.text_fields import MultilineEdit, TextEdit
from tests.desktop.keyboard import type_text


@pytest.fixture
def form(qtbot: QtBot) -> Form:
    made = Form([
        [cell("name", TextEdit("Наименование", required=True), 6), cell("party", RefEdit("Клиент"), 6)],
        section_row("Деньги"),
        [cell("sum", AmountEdit("Сумма"), 4), cell("due", DateEdit("Срок"), 4),
         cell("place", ComboField("Склад", [Choice("1", "Основной")]), 4)],
        [cell("flag", CheckField("Оригинал"), 12), cell("note", MultilineEdit("Комментарий"), 12)],
    ])
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow, timeout=1000)
    return made


def test_values_go_in_and_out(form: Form) -> None:
    form.set_values({"name": "Счёт", "party": Ref(id=7, title="А"), "sum": "10.5", "due": "2026-12-05", "place": "1",
                     "flag": True, "note": "x", "unknown": 1})
    assert form.values() == {"name": "Счёт", "party": 7, "sum": Decimal("10.5"), "due": date(2026, 12, 5), "place": "1",
                             "flag": True, "note": "x"}
    assert form.get("party", RefEdit).ref() == Ref(id=7, title="А")
    with pytest.raises(TypeError):
        form.get("party", TextEdit)


def test_enter_goes_through_all_fields_to_the_end(form: Form, qtbot: QtBot) -> None:
    form.focus_first()
    order = ["name", "party", "sum", "due", "place", "flag", "note"]
    for name, following in pairwise(order):
        editor = form.field(name).editor  # type: ignore[attr-defined]
        qtbot.waitUntil(editor.hasFocus, timeout=1000)
        qtbot.keyClick(editor, Qt.Key.Key_Return)
        qtbot.waitUntil(form.field(following).editor.hasFocus, timeout=1000)  # type: ignore[attr-defined]


def test_enter_skips_what_cannot_be_typed_in(form: Form, qtbot: QtBot) -> None:
    form.field("party").set_read_only(True)
    form.field("name").setFocus()
    qtbot.keyClick(form.field("name").editor, Qt.Key.Key_Return)  # type: ignore[attr-defined]
    qtbot.waitUntil(form.field("sum").editor.hasFocus, timeout=1000)  # type: ignore[attr-defined]


def test_the_last_field_finishes(qtbot: QtBot) -> None:
    form = Form([[cell("a", TextEdit("А"))]])
    qtbot.addWidget(form)
    with qtbot.waitSignal(form.finished):
        form.field("a").advanced.emit()


def test_dirty_follows_the_values(form: Form, qtbot: QtBot) -> None:
    form.set_values({"name": "Счёт"})
    assert not form.is_dirty
    with qtbot.waitSignals([(form.dirty_changed, "dirty"), (form.edited, "edited")]):
        type_text(form.field("name").editor, "!")  # type: ignore[attr-defined]
    assert form.is_dirty
    assert form.changed_names() == ["name"]
    form.field("name").editor.selectAll()  # type: ignore[attr-defined]
    type_text(form.field("name").editor, "Счёт")  # type: ignore[attr-defined]
    assert not form.is_dirty


def test_the_server_s_errors_stand_at_their_fields(form: Form, qtbot: QtBot) -> None:
    left = form.set_errors({"sum": "Слишком много", "lines.0.quantity": "x"})
    assert left == {"lines.0.quantity": "x"}
    assert form.field("sum").error() == "Слишком много"
    qtbot.waitUntil(form.field("sum").editor.hasFocus, timeout=1000)  # type: ignore[attr-defined]
    form.clear_errors()
    assert form.field("sum").error() == ""


def test_validation_goes_to_the_first_bad_field(form: Form, qtbot: QtBot) -> None:
    form.set_values({"sum": None})
    form.field("note").setFocus()
    assert not form.validate()
    qtbot.waitUntil(form.field("name").editor.hasFocus, timeout=1000)  # type: ignore[attr-defined]
    form.set_visible("name", False)
    assert form.validate()


def test_a_draft_comes_back(form: Form, qtbot: QtBot) -> None:
    import json

    form.set_values({"name": "Счёт", "party": Ref(id=7, title="А"), "sum": "10.5", "due": date(2026, 12, 5)})
    state = json.loads(json.dumps(form.snapshot()))
    values = form.values()
    form.set_values(dict.fromkeys(values))
    assert not form.is_dirty
    form.restore(state)
    assert form.values() == values
    assert form.is_dirty


def test_a_name_cannot_be_there_twice(qtbot: QtBot) -> None:
    with pytest.raises(ValueError, match="twice"):
        Form([[cell("a", TextEdit("А")), cell("a", TextEdit("Б"))]])


@pytest.mark.parametrize("width", [940, 700, 480, 300])
def test_no_cell_is_cut_at_any_width(form: Form, qtbot: QtBot, width: int) -> None:
    form.resize(width, 900)
    qtbot.wait(20)
    for field in form.fields().values():
        assert field.geometry().right() <= width
        assert field.width() >= 96
        assert field.height() >= field.sizeHint().height() - 1


def test_tab_order_is_the_visual_order(form: Form) -> None:
    form.grab()
    places = [(field.y(), field.x()) for field in form.fields().values()]
    assert places == sorted(places)


@pytest.mark.parametrize("code", sorted(KINDS))
def test_every_kind_of_document_has_its_form(qtbot: QtBot, code: str) -> None:
    kind = KINDS[code]
    form = Form(rows_for(kind.fields, lambda entity: lambda text, done: done(())))
    qtbot.addWidget(form)
    assert list(form.fields()) == [field.name for field in kind.fields]
    assert not form.is_dirty
    for declared in kind.fields:
        if declared.default and declared.type.value in ("choice", "integer"):
            assert str(form.field(declared.name).value()) == str(declared.default)


def test_shift_tab_goes_all_the_way_back(form: Form, qtbot: QtBot) -> None:
    order = list(form.fields())
    form.field(order[-1]).setFocus()
    for name in reversed(order):
        editor = form.field(name).editor  # type: ignore[attr-defined]
        qtbot.waitUntil(editor.hasFocus, timeout=1000)
        form.focusNextPrevChild(False)
    form.field(order[0]).setFocus()
    for name in order:
        assert form.field(name).editor.hasFocus()  # type: ignore[attr-defined]
        form.focusNextPrevChild(True)
