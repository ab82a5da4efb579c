"""A choice of a few in one box: «День | Неделя», list or board."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_contract.lists import Choice
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.focus_ring import by_keyboard, hide_ring, show_ring
from crm_desktop.widgets.painting import box

HEIGHT = 32
PADDING = 12


class Segmented(QWidget):
    """Left and Right move the choice; `icons` replace the words, which then become tooltips."""

    changed = Signal(str)

    def __init__(self, choices: Sequence[Choice], value: str = "", *, icons: Sequence[str] = (), name: str = "",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choices = list(choices)
        self._icons = list(icons)
        self._value = value or self._choices[0].code
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._name = name
        self._describe()
        fonts.set_role(self, FontRole.MEDIUM)

    def value(self) -> str:
        return self._value

    def set_value(self, code: str) -> None:
        """Changes without the signal."""
        self._value = code
        self._describe()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(2 + sum(self._widths()), fonts.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 6, color("surface"), color("button_border"))
        left = 1.0
        for number, (choice, width) in enumerate(zip(self._choices, self._widths(), strict=True)):
            cell = QRectF(left, 1, width, self.height() - 2)
            chosen = choice.code == self._value
            if chosen:
                box(painter, cell, 5, color("soft"))
            ink = color("accent") if chosen else color("muted" if self._icons else "text")
            if self._icons:
                square = QRectF(0, 0, 16, 16)
                square.moveCenter(cell.center())
                draw_icon(painter, square, self._icons[number], ink)
            else:
                painter.setFont(font(FontRole.STRONG if chosen else FontRole.MEDIUM))
                painter.setPen(ink)
                painter.drawText(cell, Qt.AlignmentFlag.AlignCenter, choice.title)
            left += width

    def mousePressEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position().x())
        if number is not None:
            self._choose(number)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and self._icons:
            number = self._at(event.pos().x())
            self.setToolTip(self._choices[number].title if number is not None else "")
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        codes = [choice.code for choice in self._choices]
        self._choose(min(max(codes.index(self._value) + step, 0), len(codes) - 1))

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_keyboard(event.reason()):
            show_ring(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        hide_ring(self)

    def _choose(self, number: int) -> None:
        code = self._choices[number].code
        if code != self._value:
            self.set_value(code)
            self.changed.emit(code)

    def _widths(self) -> list[int]:
        if self._icons:
            return [fonts.px(38)] * len(self._choices)
        metrics = QFontMetrics(font(FontRole.STRONG))
        return [metrics.horizontalAdvance(choice.title) + 2 * PADDING for choice in self._choices]

    def _at(self, x: float) -> int | None:
        left = 1
        for number, width in enumerate(self._widths()):
            if left <= x < left + width:
                return number
            left += width
        return None

    def _describe(self) -> None:
        chosen = next((c.title for c in self._choices if c.code == self._value), "")
        self.setAccessibleName(f"{self._name}: {chosen}" if self._name else chosen)
