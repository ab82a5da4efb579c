"""The panel «+ Отбор»: a column, an operator, a value; Enter adds the condition."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.lists import Choice, Column, ColumnType, Condition, Op
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import CheckBox, ComboField
from crm_desktop.widgets.conditions import DATES, NO_VALUE, days_condition, operator_title, operators, period, periods
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.focus_order import tab_through
from crm_desktop.widgets.number_fields import NumberEdit, QuantityEdit
from crm_desktop.widgets.popup import OverlayPanel
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.suggest import Search
from crm_desktop.widgets.text_fields import TextEdit

RefSearch = Callable[[str], Search]
OWN_PERIOD = "own"


class FilterPanel(OverlayPanel):
    """`added(condition, words of a reference)`; opened for a chip it changes that condition instead."""

    added = Signal(object, str)

    def __init__(self, owner: QWidget, columns: Sequence[Column], ref_search: RefSearch | None) -> None:
        super().__init__(owner)
        self._columns = {column.name: column for column in columns if column.filterable}
        self._ref_search = ref_search
        self.setFixedWidth(456)
        choices = [Choice(column.name, column.title) for column in self._columns.values()]
        self._column = ComboField(tr("Поле"), choices, blank=False)
        self._op = ComboField(tr("Условие"), blank=False)
        self._op.setMaximumWidth(140)
        self._value: _Value | None = None
        self._place = QVBoxLayout()
        self._add = Button(tr("Применить"), ButtonKind.PRIMARY, key="Enter")
        self._add.clicked.connect(self.apply)
        self.body.addLayout(row(self._column, self._op))
        self.body.addLayout(self._place)
        self.body.addLayout(row(None, self._add))
        self._column.edited.connect(self._show_operators)
        self._op.edited.connect(self._show_value)
        self._column.advanced.connect(lambda: self._op.setFocus(Qt.FocusReason.TabFocusReason))
        self._op.advanced.connect(self._focus_value)

    def open_for(self, anchor: QWidget, condition: Condition | None = None, title: str = "") -> None:
        """For a new condition, or for one in force (`title` names its reference)."""
        column = condition.column if condition else self._column.value() or next(iter(self._columns), "")
        self._column.set_value(column)
        self._show_operators()
        if condition is not None:
            self._op.set_value(condition.op)
            self._show_value()
            if self._value is not None:
                self._value.show_condition(condition, title)
        self.open_below(anchor)
        if condition is None:
            self._column.setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self._focus_value()

    def apply(self) -> None:
        """Adds the condition if its value is there."""
        column = self._columns.get(self._column.value())
        if column is None:
            return
        op = Op(self._op.value())
        if op in NO_VALUE:
            condition, title = Condition(column=column.name, op=op), ""
        else:
            made = self._value.condition() if self._value is not None else None
            if made is None or self._value is None:
                self._focus_value()
                return
            condition, title = made, self._value.title()
        self._owner.setFocus(Qt.FocusReason.OtherFocusReason)
        self.close_panel()
        self.added.emit(condition, title)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.apply()
        else:
            super().keyPressEvent(event)

    def _show_operators(self) -> None:
        column = self._columns[self._column.value()]
        self._op.set_choices([Choice(op, operator_title(column, op)) for op in operators(column)])
        self._op.set_value(operators(column)[0])
        self._show_value()

    def _show_value(self) -> None:
        if self._value is not None:
            self._place.removeWidget(self._value)
            self._value.hide()
            self._value.deleteLater()
            self._value = None
        column, op = self._columns[self._column.value()], Op(self._op.value())
        if op not in NO_VALUE:
            self._value = _value_editor(column, op, self._ref_search)
            self._value.done.connect(self.apply)
            self._place.addWidget(self._value)
            self._value.show()
            tab_through(self._op.editor, *self._value.stops(), self._add)
        self.adjustSize()

    def _focus_value(self) -> None:
        target = self._value.first() if self._value is not None else self._op
        target.setFocus(Qt.FocusReason.TabFocusReason)


class _Value(QWidget):
    """Base of the value editors: makes the condition, or None when the value is not there."""

    done = Signal()

    def __init__(self, column: Column, op: Op, fields: Sequence[Field]) -> None:
        super().__init__()
        self.column = column
        self.op = op
        self.fields = list(fields)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for number, field in enumerate(self.fields):
            line.addWidget(field)
            follow = self.fields[number + 1] if number + 1 < len(self.fields) else None
            field.advanced.connect(self.done if follow is None else _focus_on(follow))

    def stops(self) -> list[QWidget]:
        """Where the Tab key stops."""
        return [field.focusProxy() or field for field in self.fields]

    def first(self) -> QWidget:
        return self.stops()[0]

    def title(self) -> str:
        return ""

    def condition(self) -> Condition | None:
        if not self._is_valid():
            return None
        values = [self._plain(field.value()) for field in self.fields]
        return Condition(column=self.column.name, op=self.op, value=values if self.op is Op.BETWEEN else values[0])

    def show_condition(self, condition: Condition, title: str) -> None:
        values = condition.value if isinstance(condition.value, list) else [condition.value]
        for field, value in zip(self.fields, values, strict=False):
            field.set_value(value)

    def _is_valid(self) -> bool:
        """Every field shows its error, not only the first."""
        for field in self.fields:
            if field.validate() and field.is_empty():
                field.set_error(tr("Введите значение"))
        return not any(field.error() for field in self.fields)

    @staticmethod
    def _plain(value: Any) -> Any:
        return str(value) if isinstance(value, Decimal) else value


class _RefValue(_Value):
    def __init__(self, column: Column, op: Op, search: Search | None) -> None:
        self._ref = RefEdit(tr("Значение"), search)
        super().__init__(column, op, [self._ref])

    def title(self) -> str:
        ref = self._ref.ref()
        return ref.title if ref else ""

    def show_condition(self, condition: Condition, title: str) -> None:
        self._ref.set_value({"id": condition.value, "title": title})


class _DaysValue(_Value):
    """A day, or two with ready periods."""

    def __init__(self, column: Column, op: Op) -> None:
        if op is not Op.BETWEEN:
            super().__init__(column, op, [DateEdit(tr("День"))])
            return
        self._first = DateEdit(tr("С"))
        self._last = DateEdit(tr("По"))
        self._ready = ComboField(tr("Период"), [*periods(), Choice(OWN_PERIOD, tr("свой"))], blank=False)
        super().__init__(column, op, [self._ready, self._first, self._last])
        self._ready.set_value("week")
        self._fill()
        self._ready.edited.connect(self._fill)
        for field in (self._first, self._last):
            field.edited.connect(lambda: self._ready.set_value(OWN_PERIOD))

    def condition(self) -> Condition | None:
        if not self._is_valid():
            return None
        days = [day for field in self.fields if isinstance(field, DateEdit) and (day := field.value()) is not None]
        if self.op is Op.BETWEEN and days[0] > days[-1]:
            self._last.set_error(tr("Раньше начала"))
            return None
        return days_condition(self.column, self.op, days[0], days[-1])

    def show_condition(self, condition: Condition, title: str) -> None:
        values = condition.value if isinstance(condition.value, list) else [condition.value]
        if self.op is Op.BETWEEN:
            self._ready.set_value(OWN_PERIOD)
        dates = [field for field in self.fields if isinstance(field, DateEdit)]
        for field, value in zip(dates, values, strict=False):
            field.set_value(str(value)[:10])

    def _fill(self) -> None:
        if self._ready.value() != OWN_PERIOD:
            first, last = period(self._ready.value(), date.today())
            self._first.set_value(first)
            self._last.set_value(last)


class _ChoiceValue(_Value):
    """Several states by check boxes."""

    def __init__(self, column: Column, op: Op) -> None:
        super().__init__(column, op, [])
        boxes = QVBoxLayout()
        boxes.setSpacing(0)
        self._boxes: dict[str, CheckBox] = {}
        for choice in column.choices:
            box = CheckBox(choice.title)
            self._boxes[choice.code] = box
            boxes.addWidget(box)
            box.installEventFilter(self)
        layout = self.layout()
        if isinstance(layout, QHBoxLayout):
            layout.addLayout(boxes)

    def stops(self) -> list[QWidget]:
        return list(self._boxes.values()) or [self]

    def condition(self) -> Condition | None:
        codes = [code for code, box in self._boxes.items() if box.isChecked()]
        return Condition(column=self.column.name, op=self.op, value=codes) if codes else None

    def show_condition(self, condition: Condition, title: str) -> None:
        codes = condition.value if isinstance(condition.value, list) else [condition.value]
        for code, box in self._boxes.items():
            box.setChecked(code in codes)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            boxes = list(self._boxes.values())
            if step is not None and watched in boxes:
                place = (boxes.index(watched) + step) % len(boxes)  # type: ignore[arg-type]  # checked above
                boxes[place].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False


def _value_editor(column: Column, op: Op, ref_search: RefSearch | None) -> _Value:
    if column.type in DATES:
        return _DaysValue(column, op)
    if column.type is ColumnType.STATE:
        return _ChoiceValue(column, op)
    if column.type is ColumnType.REF:
        return _RefValue(column, op, ref_search(column.entity) if ref_search is not None else None)
    if column.type is ColumnType.FLAG:
        return _FlagValue(column, op)
    if column.type in (ColumnType.TEXT, ColumnType.NUMBER):
        return _Value(column, op, [TextEdit(tr("Значение"))])
    if op is Op.BETWEEN:
        return _Value(column, op, [_number(tr("От")), _number(tr("До"))])
    return _Value(column, op, [_number(tr("Значение"))])


class _FlagValue(_Value):
    def __init__(self, column: Column, op: Op) -> None:
        choices = [Choice("yes", tr("да")), Choice("no", tr("нет"))]
        super().__init__(column, op, [ComboField(tr("Значение"), choices, blank=False)])
        self.fields[0].set_value("yes")

    def condition(self) -> Condition | None:
        return Condition(column=self.column.name, op=self.op, value=self.fields[0].value() == "yes")

    def show_condition(self, condition: Condition, title: str) -> None:
        self.fields[0].set_value("yes" if condition.value else "no")


def _number(title: str) -> NumberEdit:
    return QuantityEdit(title, minimum=None)


def _focus_on(field: Field) -> Callable[[], None]:
    return lambda: field.setFocus(Qt.FocusReason.TabFocusReason)
