"""Fields for numbers: money, quantity, percent, whole numbers. Decimal throughout; dot and comma are the same."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.kit.typed_input import parse_decimal
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.line_edit import LineEdit


class NumberEdit(Field):
    """Base: parses on leaving, shows the value grouped, keeps a wrong text in place with a message."""

    def __init__(
        self, title: str, digits: int, show: Callable[[Decimal], str], *, required: bool = False, hint: str = "",
        minimum: Decimal | None = None, maximum: Decimal | None = None, parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, required=required, hint=hint, parent=parent)
        self._digits = digits
        self._show = show
        self._minimum = minimum
        self._maximum = maximum
        self.editor = LineEdit()
        self.editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        fonts.set_role(self.editor, FontRole.BODY, tabular=True)
        self.editor.setPlaceholderText(hint)
        self.editor.setInputMethodHints(Qt.InputMethodHint.ImhFormattedNumbersOnly)
        self.editor.focused.connect(self.editor.selectAll)
        self._place_editor(self.editor)
        self.editor.textEdited.connect(self._mark_edited)
        self.editor.editingFinished.connect(self._tidy)
        self.editor.entered.connect(self._enter)

    def value(self) -> Decimal | None:
        """None when empty or not a number; `validate` tells the two apart."""
        try:
            return parse_decimal(self.editor.text(), self._digits)
        except ValueError:
            return None

    def set_value(self, value: Any) -> None:
        """A Decimal, an int, or their text as JSON carries it."""
        number = Decimal(value) if value not in (None, "") else None
        self.editor.setText("" if number is None else self._show(number))
        self.set_error("")

    def snapshot(self) -> Any:
        value = self.value()
        return None if value is None else str(value)

    def _enter(self) -> None:
        self._tidy()
        if not self.error():
            self.advanced.emit()

    def _tidy(self) -> None:
        value = self.value()
        if value is not None:
            self.editor.setText(self._show(Decimal(value)))
        if message := self._own_error():
            self.set_error(message)

    def _own_error(self) -> str:
        try:
            value = parse_decimal(self.editor.text(), self._digits)
        except ValueError as error:
            return str(error)
        if value is not None and self._minimum is not None and value < self._minimum:
            return tr("Не меньше {limit}").format(limit=self._show(self._minimum))
        if value is not None and self._maximum is not None and value > self._maximum:
            return tr("Не больше {limit}").format(limit=self._show(self._maximum))
        return ""

    def _show_error(self, on: bool) -> None:
        self.editor.set_error(on)

    def _show_read_only(self, on: bool) -> None:
        self.editor.setReadOnly(on)


class AmountEdit(NumberEdit):
    """Money with kopecks: `1 234,56`. `digits=4` for prices that are finer than a kopeck."""

    def __init__(self, title: str = "", *, required: bool = False, digits: int = 2, minimum: Decimal | None = None,
                 maximum: Decimal | None = None, hint: str = "", parent: QWidget | None = None) -> None:
        show = formatting.money if digits <= 2 else formatting.price
        super().__init__(title, digits, show, required=required, minimum=minimum, maximum=maximum, hint=hint,
                         parent=parent)


class QuantityEdit(NumberEdit):
    """Up to three digits after the comma, trailing zeros dropped."""

    def __init__(self, title: str = "", *, required: bool = False, minimum: Decimal | None = Decimal(0),
                 maximum: Decimal | None = None, parent: QWidget | None = None) -> None:
        super().__init__(title, 3, formatting.quantity, required=required, minimum=minimum, maximum=maximum,
                         parent=parent)


class IntegerEdit(NumberEdit):
    """A whole number with small arrows; Up and Down change it by one. `value()` is int or None."""

    def __init__(self, title: str = "", *, required: bool = False, minimum: int | None = 0,
                 maximum: int | None = None, parent: QWidget | None = None) -> None:
        super().__init__(
            title, 0, lambda value: formatting.integer(int(value)), required=required,
            minimum=None if minimum is None else Decimal(minimum),
            maximum=None if maximum is None else Decimal(maximum), parent=parent)
        self.editor.setAlignment(Qt.AlignmentFlag.AlignLeft)
        self.editor.on_key = self._press
        self._stepper = _Stepper()
        self._stepper.stepped.connect(self.step)
        self.editor.add_trailing(self._stepper)

    def value(self) -> Any:
        number = super().value()
        return None if number is None else int(number)

    def set_maximum(self, maximum: int) -> None:
        self._maximum = Decimal(maximum)

    def step(self, by: int) -> None:
        if self.is_read_only:
            return
        value = Decimal((self.value() or 0) + by)
        if self._minimum is not None:
            value = max(value, self._minimum)
        if self._maximum is not None:
            value = min(value, self._maximum)
        self.set_value(value)
        self.edited.emit()

    def _press(self, event: QKeyEvent) -> bool:
        by = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}.get(Qt.Key(event.key()))
        if by is None or event.modifiers() != Qt.KeyboardModifier.NoModifier:
            return False
        self.step(by)
        return True

    def _show_read_only(self, on: bool) -> None:
        super()._show_read_only(on)
        self._stepper.setVisible(not on)


class _Stepper(QWidget):
    """Two arrows in the right end of the field."""

    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.ArrowCursor)

    def sizeHint(self) -> QSize:
        return QSize(22, 28)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, 0, 1, self.height(), color("border"))
        for top, icon in ((2, Icon.CARET_UP), (15, Icon.CARET_DOWN)):
            draw_icon(painter, QRectF(8, top, 11, 11), icon, "muted")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        where: QPoint = event.position().toPoint()
        self.stepped.emit(1 if where.y() < self.height() / 2 else -1)
