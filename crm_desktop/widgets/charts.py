"""Charts by QPainter: bars (stacked, with a line over them) and a funnel.

Every chart says its numbers in words to a screen reader, and a click or Enter on a part asks for its documents.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import ceil

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.formatting import compact_money
from crm_desktop.kit.theme import color, tokens, tone
from crm_desktop.widgets.painting import box, elided

ZERO = Decimal(0)
_ARROWS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


@dataclass(frozen=True, slots=True)
class Bar:
    """`parts` are stacked from below; `tone` colours a single part by meaning; `line` is a point of the line above."""

    title: str
    parts: tuple[Decimal, ...]
    tone: Tone | None = None
    line: Decimal | None = None
    key: object = None

    @property
    def total(self) -> Decimal:
        return sum(self.parts, ZERO)


@dataclass(frozen=True, slots=True)
class FunnelStep:
    """`text` and `share` stand right of the shape («12,4 млн», «63 %»)."""

    title: str
    count: int
    text: str = ""
    share: str = ""
    key: object = None


class _Chart(QWidget):
    """Base: parts that the mouse and the arrow keys can choose."""

    clicked = Signal(object)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._at_key = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(name)

    def _count(self) -> int:
        raise NotImplementedError

    def _area(self, number: int) -> QRectF:
        raise NotImplementedError

    def _words(self, number: int) -> str:
        raise NotImplementedError

    def _key(self, number: int) -> object:
        raise NotImplementedError

    def describe(self) -> None:
        """Call after the data changed."""
        self._at_key = min(self._at_key, max(0, self._count() - 1))
        words = "; ".join(self._words(number) for number in range(self._count()))
        self.setAccessibleDescription(words)
        self.update()

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            number = self._part_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self._words(number) if number is not None else "", self)
            return True
        return super().event(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._part_at(event.position())
        links = number is not None and self._key(number) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if links else Qt.CursorShape.ArrowCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._part_at(event.position())
        if number is not None and self._key(number) is not None:
            self.clicked.emit(self._key(number))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _ARROWS.get(Qt.Key(event.key()))
        if step is not None and self._count():
            self._at_key = min(max(self._at_key + step, 0), self._count() - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._count():
            if self._key(self._at_key) is not None:
                self.clicked.emit(self._key(self._at_key))
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _paint_focus(self, painter: QPainter) -> None:
        if self.hasFocus() and self._count():
            box(painter, self._area(self._at_key).adjusted(-3, -3, 3, 3), 5, None, color("accent"), 2)

    def _part_at(self, place: QPointF) -> int | None:
        return next((n for n in range(self._count()) if self._area(n).contains(place)), None)


class BarChart(_Chart):
    """Columns with their totals above; `legend` names the parts, `line_title` the line."""

    def __init__(self, name: str, bars: Sequence[Bar] = (), *, unit: str = "", parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._unit = unit
        self._bars: list[Bar] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.set_bars(bars)

    def set_bars(self, bars: Sequence[Bar]) -> None:
        self._bars = list(bars)
        self.describe()

    def sizeHint(self) -> QSize:
        return QSize(320, 180)

    def minimumSizeHint(self) -> QSize:
        return QSize(160, 110)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        plot = self._plot()
        for number in range(3):
            y = plot.bottom() - plot.height() * number / 3
            painter.fillRect(QRectF(plot.left(), round(y), plot.width(), 1), color("border" if number == 0 else "rule"))
        if self._unit:
            painter.setFont(font(FontRole.KEY))
            painter.setPen(color("faint"))
            painter.drawText(QRectF(0, 0, self.width(), 16), Qt.AlignmentFlag.AlignRight, self._unit)
        for number, bar in enumerate(self._bars):
            self._paint_bar(painter, number, bar)
        self._paint_line(painter)
        self._paint_focus(painter)

    def _paint_bar(self, painter: QPainter, number: int, bar: Bar) -> None:
        cell, column = self._cell(number), self._area(number)
        bottom = column.bottom()
        inks = [QColor(code) for code in tokens().chart]
        for place, part in enumerate(bar.parts):
            height = self._height(part)
            ink = QColor(tone(bar.tone).mark) if bar.tone is not None else inks[place % len(inks)]
            is_top = place == len(bar.parts) - 1
            piece = QRectF(column.left(), bottom - height, column.width(), max(height - (0 if is_top else 1), 0))
            _rounded_top(painter, piece, 3 if is_top else 0, ink)
            bottom -= height
        painter.setPen(color("text"))
        painter.setFont(font(FontRole.CAPTION_STRONG))
        above = QRectF(cell.left(), bottom - 19, cell.width(), 16)
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, compact_money(bar.total))
        painter.setPen(color("muted"))
        painter.setFont(font(FontRole.CAPTION))
        below = QRectF(cell.left(), self._plot().bottom() + 5, cell.width(), fonts.px(18))
        text = elided(painter.fontMetrics(), bar.title, int(cell.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_line(self, painter: QPainter) -> None:
        points = [QPointF(self._cell(n).center().x(), self._plot().bottom() - self._height(bar.line))
                  for n, bar in enumerate(self._bars) if bar.line is not None]
        if len(points) < 2:
            return
        painter.setPen(QPen(color("warn.mark"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(QPolygonF(points))
        painter.setBrush(color("surface"))
        for point in points:
            painter.drawEllipse(point, 3, 3)

    def _plot(self) -> QRectF:
        return QRectF(0, 22, self.width(), max(1, self.height() - 22 - fonts.px(26)))

    def _cell(self, number: int) -> QRectF:
        plot = self._plot()
        step = plot.width() / max(1, len(self._bars))
        return QRectF(plot.left() + number * step, plot.top(), step, plot.height())

    def _top(self) -> Decimal:
        values = [bar.total for bar in self._bars] + [bar.line for bar in self._bars if bar.line is not None]
        return max(values, default=ZERO) or Decimal(1)

    def _height(self, value: Decimal) -> float:
        return max(0.0, float(value / self._top())) * (self._plot().height() - 6)  # noqa: RUF100  pixels, not money

    def _count(self) -> int:
        return len(self._bars)

    def _area(self, number: int) -> QRectF:
        cell = self._cell(number)
        width = min(40.0, cell.width() * 0.6)
        height = max(2.0, self._height(self._bars[number].total))
        return QRectF(cell.center().x() - width / 2, self._plot().bottom() - height, width, height)

    def _words(self, number: int) -> str:
        bar = self._bars[number]
        return f"{bar.title}: {compact_money(bar.total)} {self._unit}".strip()

    def _key(self, number: int) -> object:
        return self._bars[number].key


class Funnel(_Chart):
    """Steps that narrow by their counts."""

    ROW = 32
    GAP = 12  # between the title, the shape, the text and the share
    LEAST_SHAPE = 0.2  # of the width: below it the titles are shortened

    def __init__(self, name: str, steps: Sequence[FunnelStep] = (), parent: QWidget | None = None) -> None:
        super().__init__(name, parent)
        self._steps: list[FunnelStep] = []
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_steps(steps)

    def set_steps(self, steps: Sequence[FunnelStep]) -> None:
        self._steps = list(steps)
        self.updateGeometry()
        self.describe()

    def sizeHint(self) -> QSize:
        return QSize(330, max(1, len(self._steps)) * fonts.px(self.ROW))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, step in enumerate(self._steps):
            self._paint_step(painter, number, step)
        self._paint_focus(painter)

    def _paint_step(self, painter: QPainter, number: int, step: FunnelStep) -> None:
        area = self._area(number)
        top, bottom = self._width(number), self._width(min(number + 1, len(self._steps) - 1))
        middle = area.center().x()
        shape = QPolygonF([
            QPointF(middle - top / 2, area.top()), QPointF(middle + top / 2, area.top()),
            QPointF(middle + bottom / 2, area.bottom()), QPointF(middle - bottom / 2, area.bottom())])
        inks = list(reversed(tokens().chart))
        ink = QColor(inks[min(number, len(inks) - 1)])
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPolygon(shape)
        painter.setFont(font(FontRole.STRONG))
        light = ink.lightness() > 140
        painter.setPen(QColor("#18212B") if light else QColor("#FFFFFF"))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter, str(step.count))
        flags = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("text"))
        room = area.left() - self.GAP
        text = elided(painter.fontMetrics(), step.title, int(room))
        painter.drawText(QRectF(0, area.top(), room, area.height()), flags | Qt.AlignmentFlag.AlignLeft, text)
        _, texts, shares = self._columns()
        right = QRectF(self.width() - shares, area.top(), shares, area.height())
        painter.setPen(color("muted"))
        if shares > 0:
            painter.drawText(right, flags | Qt.AlignmentFlag.AlignRight, step.share)
        painter.setFont(font(FontRole.STRONG))
        painter.setPen(color("text"))
        painter.drawText(right.adjusted(-self.GAP - texts, 0, -self.GAP - shares, 0),
                         flags | Qt.AlignmentFlag.AlignRight, step.text)

    def _columns(self) -> tuple[int, int, int]:
        """The widest title, text and share: a sum is never cut, the shape takes what they leave."""
        body, strong = QFontMetricsF(font(FontRole.BODY)), QFontMetricsF(font(FontRole.STRONG))
        titles = max((ceil(body.horizontalAdvance(step.title)) for step in self._steps), default=0)
        texts = max((ceil(strong.horizontalAdvance(step.text)) for step in self._steps), default=0)
        shares = max((ceil(body.horizontalAdvance(step.share)) for step in self._steps), default=0)
        shape = self.width() * self.LEAST_SHAPE
        if titles + shape + texts + shares + 3 * self.GAP > self.width():
            shares = -self.GAP  # a narrow card does without them; they are told on hover
        return titles, texts, shares

    def _width(self, number: int) -> float:
        most = max((step.count for step in self._steps), default=1) or 1
        return self._area(number).width() * max(0.22, self._steps[number].count / most)

    def _count(self) -> int:
        return len(self._steps)

    def _area(self, number: int) -> QRectF:
        height = self.height() / max(1, len(self._steps))
        titles, texts, shares = self._columns()
        room = self.width() - texts - shares - 3 * self.GAP
        width = max(room - titles, self.width() * self.LEAST_SHAPE)
        return QRectF(room - width + self.GAP, number * height + 2, width, height - 4)

    def _words(self, number: int) -> str:
        step = self._steps[number]
        return f"{step.title}: {step.count} {step.text} {step.share}".strip()

    def _key(self, number: int) -> object:
        return self._steps[number].key


def _rounded_top(painter: QPainter, area: QRectF, radius: float, ink: QColor) -> None:
    if area.height() <= 0:
        return
    box(painter, area, min(radius, area.height() / 2), ink)
    if radius and area.height() > radius:
        painter.fillRect(QRectF(area.left(), area.bottom() - radius, area.width(), radius), ink)
