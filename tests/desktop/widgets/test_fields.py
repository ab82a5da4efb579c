"""Fields: typing, leaving, errors, read-only, drafts, names for a screen reader."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crm_contract.base import Ref
from crm_contract.lists import Choice
from crm_contract.requisites import check_inn
from crm_desktop.widgets.choice_fields import CheckField, ComboField
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.number_fields import AmountEdit, IntegerEdit, QuantityEdit
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.suggest import Suggestion
from crm_desktop.widgets.text_fields import CheckedEdit, MultilineEdit, PasswordEdit, PhoneEdit, TextEdit
from tests.desktop.keyboard import type_text

TODAY = date(2026, 11, 24)
NBSP = "\u00a0"


def type_into(qtbot: QtBot, field: Any, text: str) -> None:
    field.editor.selectAll()
    type_text(field.editor, text)


def leave(field: Any) -> None:
    field.editor.editingFinished.emit()


@pytest.fixture
def shown(qtbot: QtBot) -> Callable[[Field], None]:
    def show(field: Field) -> None:
        qtbot.addWidget(field)
        field.show()
        field.activateWindow()
        field.setFocus()
        qtbot.waitUntil(field.editor.hasFocus, timeout=1000)  # type: ignore[attr-defined]
    return show


@pytest.mark.parametrize("typed", ["1234.56", "1234,56", "1 234,56 ₽", "1'234.56"])
def test_amount_means_the_same_in_every_form(qtbot: QtBot, typed: str) -> None:
    field = AmountEdit("Сумма")
    qtbot.addWidget(field)
    type_into(qtbot, field, typed)
    leave(field)
    assert field.value() == Decimal("1234.56")
    assert field.editor.text() == f"1{NBSP}234,56"
    assert field.error() == ""


def test_a_wrong_amount_stays_with_its_reason(qtbot: QtBot) -> None:
    field = AmountEdit("Сумма")
    qtbot.addWidget(field)
    type_into(qtbot, field, "6l0,00")
    leave(field)
    assert field.value() is None
    assert field.editor.text() == "6l0,00"
    assert "l" in field.error()
    assert not field.validate()
    type_into(qtbot, field, "610")
    assert field.error() == ""


def test_ranges(qtbot: QtBot) -> None:
    amount = AmountEdit("Скидка", maximum=Decimal(100))
    quantity = QuantityEdit("Кол-во", minimum=Decimal("0.001"))
    for field, typed in ((amount, "101"), (quantity, "0")):
        qtbot.addWidget(field)
        type_into(qtbot, field, typed)
        leave(field)
        assert field.error()


def test_integer_steps_by_keys(qtbot: QtBot) -> None:
    field = IntegerEdit("Дней", maximum=15)
    qtbot.addWidget(field)
    field.set_value(14)
    with qtbot.waitSignal(field.edited):
        qtbot.keyClick(field.editor, Qt.Key.Key_Up)
    qtbot.keyClick(field.editor, Qt.Key.Key_Up)
    assert field.value() == 15
    qtbot.keyClick(field.editor, Qt.Key.Key_Down)
    assert field.value() == 14
    assert isinstance(field.value(), int)


@pytest.mark.parametrize(("typed", "value"), [
    ("5.12", date(2026, 12, 5)), ("051226", date(2026, 12, 5)), ("с", TODAY),
])
def test_dates(qtbot: QtBot, typed: str, value: date) -> None:
    field = DateEdit("Срок", today=lambda: TODAY)
    qtbot.addWidget(field)
    type_into(qtbot, field, typed)
    leave(field)
    assert field.value() == value
    assert field.editor.text() == f"{value:%d.%m.%Y}"


def test_plus_and_minus_move_the_date(qtbot: QtBot) -> None:
    field = DateEdit("Срок", today=lambda: TODAY)
    qtbot.addWidget(field)
    for key, day in (("+", 25), ("+", 26), ("-", 25)):
        with qtbot.waitSignal(field.edited):
            type_text(field.editor, key)
        assert field.value() == date(2026, 11, day)


def test_a_date_with_minus_can_still_be_typed(qtbot: QtBot) -> None:
    field = DateEdit("Срок", today=lambda: TODAY)
    qtbot.addWidget(field)
    type_text(field.editor, "05-12-26")
    leave(field)
    assert field.value() == date(2026, 12, 5)


def test_a_day_that_is_not_there(qtbot: QtBot) -> None:
    field = DateEdit("Срок", today=lambda: TODAY)
    qtbot.addWidget(field)
    type_into(qtbot, field, "31.02")
    leave(field)
    assert field.value() is None
    assert "28" in field.error()


def test_the_calendar_opens_by_keyboard_and_gives_the_day(qtbot: QtBot, shown: Callable[[Field], None]) -> None:
    field = DateEdit("Срок", today=lambda: TODAY)
    shown(field)
    qtbot.keyClick(field.editor, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert field._popup is not None
    assert field._popup.isVisible()
    field._popup.picked.emit(date(2026, 12, 1))
    assert field.value() == date(2026, 12, 1)
    field._popup.hide()


def test_a_value_that_comes_under_the_keyboard_is_typed_over(qtbot: QtBot, shown: Callable[[Field], None]) -> None:
    field = TextEdit("Сегмент")
    shown(field)
    field.set_value("производство")  # the card came after the keyboard
    type_text(field.editor, "водоканалы")
    assert field.value() == "водоканалы"
    field.editor.setSelection(0, 5)
    field.set_value("водоканалы")    # and once more, unchanged
    assert field.editor.selectedText() == "водок"


def test_checked_line_speaks_on_leaving(qtbot: QtBot) -> None:
    field = CheckedEdit("ИНН", check_inn, required=True)
    qtbot.addWidget(field)
    type_into(qtbot, field, "779912345")
    assert field.error() == ""
    leave(field)
    assert "9 цифр" in field.error()
    type_into(qtbot, field, "7707083893")
    leave(field)
    assert field.error() == ""
    assert field.validate()


@pytest.mark.parametrize(("typed", "kept"), [
    ("89000001210", "+7 900 000-12-10"), ("9000001210", "+7 900 000-12-10"), ("+7 (900) 000-12-10", "+7 900 000-12-10"),
    ("+375 29 123-45-67", "+375 29 123-45-67"), ("2-34-56", "2-34-56"),
])
def test_phones(qtbot: QtBot, typed: str, kept: str) -> None:
    field = PhoneEdit("Телефон")
    qtbot.addWidget(field)
    type_into(qtbot, field, typed)
    leave(field)
    assert field.value() == kept


def test_password_shows_on_demand_and_is_never_in_a_draft(qtbot: QtBot) -> None:
    field = PasswordEdit("Пароль")
    qtbot.addWidget(field)
    type_into(qtbot, field, " секрет ")
    assert field.value() == " секрет "
    assert field.snapshot() == ""
    assert field.editor.echoMode() == field.editor.EchoMode.Password
    field._eye.clicked.emit()
    assert field.editor.echoMode() == field.editor.EchoMode.Normal


def test_multiline_counts_what_is_too_much(qtbot: QtBot) -> None:
    field = MultilineEdit("Комментарий", max_length=5)
    qtbot.addWidget(field)
    with qtbot.waitSignal(field.edited):
        type_text(field.editor, "привет")
    assert "5" in field.error()
    field.set_value("да")
    assert field.error() == ""


def test_combo(qtbot: QtBot) -> None:
    field = ComboField("Склад", [Choice("1", "Основной"), Choice("2", "Второй")])
    qtbot.addWidget(field)
    assert field.value() == ""
    field.set_value("2")
    assert field.value() == "2"
    field.set_choices([Choice("2", "Второй"), Choice("3", "Третий")])
    assert field.value() == "2"
    field.set_value("gone")
    assert field.value() == ""


def test_check(qtbot: QtBot) -> None:
    field = CheckField("Оригинал")
    qtbot.addWidget(field)
    field.set_value("true")
    assert field.value() is True
    assert not field.is_empty()


FIELDS: dict[str, tuple[Callable[[], Field], Any]] = {
    "text": (lambda: TextEdit("Поле"), "текст"), "lines": (lambda: MultilineEdit("Поле"), "текст"),
    "amount": (lambda: AmountEdit("Поле"), Decimal("1.50")), "quantity": (lambda: QuantityEdit("Поле"), Decimal("2")),
    "integer": (lambda: IntegerEdit("Поле"), 7),
    "date": (lambda: DateEdit("Поле"), date(2026, 12, 5)), "check": (lambda: CheckField("Поле"), True),
    "combo": (lambda: ComboField("Поле", [Choice("a", "А")]), "a"),
    "ref": (lambda: RefEdit("Поле"), Ref(id=7, title="А")),
    "checked": (lambda: CheckedEdit("Поле"), "7707083893"), "phone": (lambda: PhoneEdit("Поле"), "+7 900 000-12-10"),
}


@pytest.mark.parametrize("name", FIELDS)
def test_every_field(qtbot: QtBot, name: str) -> None:
    make, value = FIELDS[name]
    field = make()
    qtbot.addWidget(field)
    with qtbot.assertNotEmitted(field.edited):
        field.set_value(value)
        field.set_read_only(True)
        field.set_read_only(False)
    expected = value.id if isinstance(value, Ref) else value
    assert field.value() == expected
    assert type(field.value()) is type(expected)
    other = make()
    qtbot.addWidget(other)
    other.restore(field.snapshot())
    assert other.value() == expected
    field.set_error("Так нельзя")
    assert field.error() == "Так нельзя"
    assert field.validate()  # the server decides again at the next save
    assert field.error() == ""
    field.set_error("Так нельзя")
    field.set_value(None)
    assert field.error() == ""
    editor: QWidget = field.editor  # type: ignore[attr-defined]
    assert editor.accessibleName() == "Поле"


@pytest.mark.parametrize("name", [name for name in FIELDS if name != "check"])
def test_a_required_field_asks_to_be_filled(qtbot: QtBot, name: str) -> None:
    field = FIELDS[name][0]()
    qtbot.addWidget(field)
    field.set_required(True)
    field.set_value(None)
    assert not field.validate()
    assert field.error()


class Directory:
    """A search that answers when the test says so."""

    ROWS = (Suggestion(1, "ООО «Северный ветер»", "ИНН 7799"), Suggestion(2, "ИП Ветерков"),
            Suggestion(3, "АО «Квартон»"))

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.waiting: list[Callable[[], None]] = []
        self.at_once = True

    def __call__(self, text: str, done: Callable[[Sequence[Suggestion]], None]) -> None:
        self.asked.append(text)
        found = [row for row in self.ROWS if text.lower() in row.title.lower()]
        if self.at_once:
            done(found)
        else:
            self.waiting.append(lambda: done(found))


def test_two_letters_find_and_enter_picks_and_moves_on(qtbot: QtBot, shown: Callable[[Field], None]) -> None:
    directory = Directory()
    field = RefEdit("Клиент", directory)
    shown(field)
    type_text(field.editor, "в")
    qtbot.wait(250)
    assert directory.asked == []
    type_text(field.editor, "ет")
    qtbot.waitUntil(lambda: directory.asked == ["вет"], timeout=1000)
    assert field._popup is not None
    qtbot.waitUntil(field._popup.isVisible, timeout=1000)
    qtbot.keyClick(field.editor, Qt.Key.Key_Down)
    with qtbot.waitSignals([field.chosen, field.edited, field.advanced], timeout=1000):
        qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert field.ref() == Ref(id=2, title="ИП Ветерков")
    assert not field._popup.isVisible()


def test_a_stale_answer_is_dropped(qtbot: QtBot, shown: Callable[[Field], None]) -> None:
    directory = Directory()
    directory.at_once = False
    field = RefEdit("Клиент", directory)
    shown(field)
    type_text(field.editor, "вет")
    qtbot.waitUntil(lambda: len(directory.waiting) == 1, timeout=1000)
    type_text(field.editor, "ерк")
    qtbot.waitUntil(lambda: len(directory.waiting) == 2, timeout=1000)
    directory.waiting[1]()
    directory.waiting[0]()
    assert field._popup is not None
    assert [item.id for item in field._popup._model.items] == [2]


def test_enter_before_the_answer_takes_a_single_find(qtbot: QtBot, shown: Callable[[Field], None]) -> None:
    field = RefEdit("Клиент", Directory())
    shown(field)
    type_text(field.editor, "кварт")
    with qtbot.waitSignal(field.advanced, timeout=1000):
        qtbot.keyClick(field.editor, Qt.Key.Key_Return)
    assert field.value() == 3


def test_keys_of_the_reference_field(qtbot: QtBot, shown: Callable[[Field], None]) -> None:
    opened: list[int] = []
    field = RefEdit("Клиент", Directory(), pick=lambda done: done(Ref(id=9, title="Из списка")),
                    create=lambda done: done(Ref(id=10, title="Новый")), can_open=True)
    field.open_requested.connect(opened.append)
    shown(field)
    qtbot.keyClick(field.editor, Qt.Key.Key_F4)
    assert field.value() == 9
    qtbot.keyClick(field.editor, Qt.Key.Key_F2)
    assert opened == [9]
    with qtbot.waitSignal(field.edited):
        qtbot.keyClick(field.editor, Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    assert field.value() is None
    qtbot.keyClick(field.editor, Qt.Key.Key_F8)
    assert field.value() == 10
    field.set_read_only(True)
    qtbot.keyClick(field.editor, Qt.Key.Key_F4, Qt.KeyboardModifier.ShiftModifier)
    assert field.value() == 10


def test_a_text_that_was_not_picked_is_an_error(qtbot: QtBot) -> None:
    field = RefEdit("Клиент", Directory())
    qtbot.addWidget(field)
    type_into(qtbot, field, "чужой")
    assert not field.validate()
    assert "Shift+F4" in field.error()


def test_f4_without_a_pick_list_shows_everything(qtbot: QtBot, shown: Callable[[Field], None]) -> None:
    field = RefEdit("Клиент", Directory())
    shown(field)
    qtbot.keyClick(field.editor, Qt.Key.Key_F4)
    assert field._popup is not None
    assert len(field._popup._model.items) == 3
    qtbot.keyClick(field.editor, Qt.Key.Key_Escape)
    assert not field._popup.isVisible()
