"""Lines of counts with a dot each, and the bar of their shares: a dry run, a load."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.theme import color
from crm_desktop.widgets.labels import rule
from crm_desktop.widgets.mini_charts import Share, ShareBar
from crm_desktop.widgets.painting import elided
from crm_desktop.widgets.row_button import RowButton

LINE_HEIGHT = 26
DOT = 8


@dataclass(frozen=True, slots=True)
class CountLine:
    """`ink` is a token of the dot and the bar, "" for a line that is no part of the whole; `key` is what it opens."""

    title: str
    count: int
    ink: str = ""
    key: str = ""


class CountLines(QWidget):
    """`opened(key)`: the person wants to see the rows behind a number."""

    opened = Signal(str)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._bar = ShareBar(name=name)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._bar)
        self._column.addSpacing(8)
        self._lines: list[QWidget] = []

    def show_shares(self, on: bool) -> None:
        """The bar above the lines: not beside a bar of progress."""
        self._bar.setVisible(on)

    def set_lines(self, lines: Sequence[CountLine], total: CountLine | None = None) -> None:
        """Replaces all lines; one with the focus gives it to the line that stands for the same rows."""
        had_focus = self.window().focusWidget()
        focused = had_focus.line.key if isinstance(had_focus, _Line) and had_focus in self._lines else ""
        for widget in self._lines:
            widget.hide()
            self._column.removeWidget(widget)
            widget.deleteLater()
        self._lines = []
        for line in lines:
            self._add(_Line(line, self))
        if total is not None:
            self._add(rule())
            self._add(_Line(total, self))
        self._bar.set_shares([Share(Decimal(line.count), color=line.ink) for line in lines if line.ink])
        self._bar.setAccessibleName("; ".join([self._name, *(f"{line.title} {line.count}" for line in lines)]))
        for widget in self._lines:
            if isinstance(widget, _Line) and focused and widget.line.key == focused:
                widget.setFocus(Qt.FocusReason.OtherFocusReason)

    def _add(self, widget: QWidget) -> None:
        self._lines.append(widget)
        self._column.addWidget(widget)
        if isinstance(widget, _Line):
            widget.clicked.connect(lambda checked=False, key=widget.line.key: self.opened.emit(key))


class _Line(RowButton):
    def __init__(self, line: CountLine, parent: QWidget) -> None:
        super().__init__(f"{line.title}: {line.count}", parent)
        self.line = line
        self.setEnabled(bool(line.key))
        if not line.key:
            self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            self.setCursor(Qt.CursorShape.ArrowCursor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(180, fonts.px(LINE_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.line.key:
            self.paint_ground(painter)
        number = formatting.integer(self.line.count)
        figures = font(FontRole.SECTION, tabular=True)
        width = QFontMetrics(figures).horizontalAdvance(number)
        left = 0
        if self.line.ink:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color(self.line.ink))
            painter.drawEllipse(QPointF(DOT / 2, self.height() / 2), DOT / 2, DOT / 2)
            left = 18
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("text" if self.line.ink else "muted"))
        words = QRectF(left, 0, self.width() - left - width - 10, self.height())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter,
                         elided(painter.fontMetrics(), self.line.title, int(words.width())))
        painter.setFont(figures)
        painter.setPen(color("text"))
        painter.drawText(QRectF(0, 0, self.width(), self.height()),
                         Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
