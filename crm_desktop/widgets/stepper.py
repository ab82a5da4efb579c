"""The steps of a wizard: a number in a circle, ticked once done, joined by lines; a done step can be gone back to."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.painting import box

HEIGHT = 52
CIRCLE = 26
EDGE = 19
GAP = 10
LINE_MIN = 12


class Stepper(QFrame):
    """Left and Right choose a step that may be opened, Enter opens it; `chosen(number)` from 0."""

    chosen = Signal(int)

    def __init__(self, titles: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._titles = list(titles)
        self._current = 0
        self._reachable = 0
        self._focused = 0
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_step(0)

    def set_step(self, current: int, reachable: int | None = None) -> None:
        """`reachable` is the last step that a click may open (the current one when not given)."""
        self._current = self._focused = current
        self._reachable = current if reachable is None else reachable
        self.setAccessibleName(tr("Шаг {number} из {count}: {title}").format(
            number=current + 1, count=len(self._titles), title=self._titles[current]))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(sum(self._width(number) + LINE_MIN + 2 * GAP for number in range(len(self._titles))) + 2 * EDGE,
                     fonts.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize((fonts.px(CIRCLE) + LINE_MIN) * len(self._titles) + 2 * EDGE, fonts.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = self._places()
        for number, (left, width) in enumerate(places):
            self._paint_step(painter, number, left, width)
            if number + 1 < len(places):
                begin, end = left + width + GAP, places[number + 1][0] - GAP
                done = number < self._current
                painter.setPen(QPen(color("ok.mark" if done else "border"), 2 if done else 1))
                painter.drawLine(QPointF(begin, self.height() / 2), QPointF(end, self.height() / 2))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        opens = self._opens(self._at(event.position()))
        self.setCursor(Qt.CursorShape.PointingHandCursor if opens else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and number is not None and self._opens(number):
            self.chosen.emit(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is not None:
            self._focused = min(max(self._focused + step, 0), self._reachable)
            self.update()
        elif (event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
              and event.modifiers() == Qt.KeyboardModifier.NoModifier and self._opens(self._focused)):
            self.chosen.emit(self._focused)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._focused = self._current
        self.update()

    def _opens(self, number: int | None) -> bool:
        return number is not None and number <= self._reachable and number != self._current

    def _paint_step(self, painter: QPainter, number: int, left: int, width: int) -> None:
        size = fonts.px(CIRCLE)
        circle = QRectF(left, (self.height() - size) / 2, size, size)
        done, current = number < self._current, number == self._current
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color("ok.mark" if done else "accent" if current else "sunken"))
        painter.drawEllipse(circle)
        if done:
            mark = QRectF(0, 0, 14, 14)
            mark.moveCenter(circle.center())
            draw_icon(painter, mark, Icon.CHECK_BOLD, "surface")
        else:
            painter.setFont(font(FontRole.STRONG))
            painter.setPen(color("on_accent" if current else "muted"))
            painter.drawText(circle, Qt.AlignmentFlag.AlignCenter, str(number + 1))
        if self._shows_title(number):
            painter.setFont(font(FontRole.STRONG if current else FontRole.BODY))
            painter.setPen(color("text" if done or current else "muted"))
            words = QRectF(circle.right() + GAP, 0, width - size - GAP + 4, self.height())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self._titles[number])
        if self.hasFocus() and number == self._focused:
            ring = QRectF(left - 4, circle.top() - 4, width + 8, size + 8)
            box(painter, ring, 8, None, color("accent"), 2)

    def _shows_title(self, number: int) -> bool:
        """Where there is no room for all words only the current step keeps its own."""
        return number == self._current or self.width() >= self.sizeHint().width()

    def _width(self, number: int) -> int:
        words = QFontMetrics(font(FontRole.STRONG)).horizontalAdvance(self._titles[number])
        return fonts.px(CIRCLE) + GAP + words

    def _places(self) -> list[tuple[int, int]]:
        """(left, width) of the steps, spread over the width with equal lines between them."""
        widths = [self._width(number) if self._shows_title(number) else fonts.px(CIRCLE)
                  for number in range(len(self._titles))]
        spare = self.width() - 2 * EDGE - sum(widths)
        line = max(LINE_MIN, spare // len(widths))
        places, left = [], EDGE
        for width in widths:
            places.append((left, width))
            left += width + line
        return places

    def _at(self, place: QPointF) -> int | None:
        for number, (left, width) in enumerate(self._places()):
            if left - 4 <= place.x() <= left + width + 4:
                return number
        return None
