"""The date field: any short form is understood, `+` and `-` move by a day, Alt+Down opens the calendar."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import QDate, QLocale, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QWidget

from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.theme import color
from crm_desktop.kit.typed_input import parse_date
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.line_edit import InnerButton, LineEdit
from crm_desktop.widgets.popup import Popup

FULL_LENGTH = len("05.12.2026")
_STEPS = {"+": 1, "=": 1, "-": -1}


class DateEdit(Field):
    """`value()` is a date or None. `today` is replaced in tests."""

    def __init__(self, title: str = "", *, required: bool = False, minimum: date | None = None,
                 maximum: date | None = None, today: Callable[[], date] = date.today,
                 parent: QWidget | None = None) -> None:
        super().__init__(title, required=required, parent=parent)
        self._minimum = minimum
        self._maximum = maximum
        self._today = today
        self._popup: CalendarPopup | None = None
        self.editor = LineEdit()
        fonts.set_role(self.editor, FontRole.BODY, tabular=True)
        self.editor.setPlaceholderText(tr("дд.мм.гггг"))
        self.editor.setMaxLength(24)
        self._open_button = InnerButton(Icon.CALENDAR_BLANK, tr("Календарь (Alt+↓)"))
        self._open_button.clicked.connect(self.open_calendar)
        self.editor.add_trailing(self._open_button)
        self.editor.on_key = self._press
        self.editor.focused.connect(self.editor.selectAll)
        self._place_editor(self.editor)
        self.editor.textEdited.connect(self._mark_edited)
        self.editor.editingFinished.connect(self._tidy)
        self.editor.entered.connect(self._enter)

    def value(self) -> date | None:
        try:
            return parse_date(self.editor.text(), self._today())
        except ValueError:
            return None

    def set_value(self, value: Any) -> None:
        """A date, an ISO text, or None."""
        day = date.fromisoformat(value) if isinstance(value, str) and value else value
        self.editor.setText(formatting.day(day) if day else "")
        self.set_error("")

    def snapshot(self) -> Any:
        value = self.value()
        return value.isoformat() if value else None

    def open_calendar(self) -> None:
        if self.is_read_only:
            return
        if self._popup is None:
            self._popup = CalendarPopup(self.editor)
            self._popup.picked.connect(self._pick)
        self._popup.open_at(self.value() or self._today())

    def _press(self, event: QKeyEvent) -> bool:
        if self.is_read_only:
            return False
        if event.key() == Qt.Key.Key_Down and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.open_calendar()
            return True
        text = self.editor.text()
        # A sign inside of a date that is being typed («05-12») belongs to the text.
        whole = not text or self.editor.selectedText() == text or len(text) == FULL_LENGTH
        if event.text() in _STEPS and whole and not event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.set_value((self.value() or self._today()) + timedelta(days=_STEPS[event.text()]))
            self.editor.selectAll()
            self._mark_edited()
            return True
        return False

    def _pick(self, day: date) -> None:
        self.set_value(day)
        self._mark_edited()
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        self._tidy()
        if not self.error():
            self.advanced.emit()

    def _tidy(self) -> None:
        day = self.value()
        if day is not None:
            self.editor.setText(formatting.day(day))
        if message := self._own_error():
            self.set_error(message)

    def _own_error(self) -> str:
        try:
            day = parse_date(self.editor.text(), self._today())
        except ValueError as error:
            return str(error)
        if day is not None and self._minimum is not None and day < self._minimum:
            return tr("Не раньше {day}").format(day=formatting.day(self._minimum))
        if day is not None and self._maximum is not None and day > self._maximum:
            return tr("Не позже {day}").format(day=formatting.day(self._maximum))
        return ""

    def _show_error(self, on: bool) -> None:
        self.editor.set_error(on)

    def _show_read_only(self, on: bool) -> None:
        self.editor.setReadOnly(on)
        self._open_button.setVisible(not on)


class CalendarPopup(Popup):
    """A month, Monday first; arrows, PgUp/PgDn, Enter, Esc."""

    picked = Signal(object)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner)
        self._calendar = QCalendarWidget()
        self._calendar.setLocale(QLocale())
        self._calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self._calendar.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self._calendar.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.ShortDayNames)
        self._calendar.setMinimumSize(280, 240)
        self._calendar.setAccessibleName(tr("Календарь"))
        self._calendar.clicked.connect(self._take)
        self._calendar.activated.connect(self._take)
        self.body.addWidget(self._calendar)
        self.setFocusProxy(self._calendar)

    def open_at(self, day: date) -> None:
        weekend, weekday, head = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        weekend.setForeground(color("error"))
        weekday.setForeground(color("text"))
        head.setForeground(color("muted"))
        self._calendar.setHeaderTextFormat(head)
        for number in Qt.DayOfWeek:
            is_weekend = number in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday)
            self._calendar.setWeekdayTextFormat(number, weekend if is_weekend else weekday)
        self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self.show_below()
        self._calendar.setFocus()

    def _take(self, chosen: QDate) -> None:
        self.hide()
        self.picked.emit(date(chosen.year(), chosen.month(), chosen.day()))
