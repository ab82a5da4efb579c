"""The counters of the card: each opens the list that it counts, filtered by this customer."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_contract.documents import KINDS
from crm_contract.parties import Counter
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.lists.views import same
from crm_desktop.widgets.painted_button import PaintedButton
from crm_desktop.widgets.painting import box, elided


def counter_target(app: AppContext, code: str, party_id: int, name: str) -> None:
    """The list behind a counter. Its code is the code of a document kind."""
    entity = f"list:{code}"
    if app.navigator.knows(entity):
        app.navigator.open(entity, None, conditions=[same("party", party_id)], titles={("party", party_id): name})


class Counters(QWidget):
    """A row of counters of one width; `chosen(code)`."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(8)
        self.hide()

    def show_counters(self, counters: Sequence[Counter]) -> None:
        while (item := self._line.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for counter in counters:
            cell = CounterCell(counter)
            cell.clicked.connect(lambda checked=False, code=counter.code: self.chosen.emit(code))
            self._line.addWidget(cell, 1)
        self.setVisible(bool(counters))


class CounterCell(PaintedButton):
    def __init__(self, counter: Counter, parent: QWidget | None = None) -> None:
        super().__init__(f"{counter.title}: {counter.count}. {counter.text}", radius=8, parent=parent)
        self._counter = counter
        kind = KINDS.get(counter.code)
        self._icon = kind.icon if kind is not None else Icon.FILE
        self.setToolTip(f"{counter.title}: {counter.count}\n{counter.text}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(120, fonts.px(56))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 8, color("hover" if self.underMouse() else "surface"), color("border"))
        half = self.height() / 2
        draw_icon(painter, QRectF(12, half - 18, 16, 16), self._icon, "accent")
        painter.setFont(font(FontRole.SECTION))
        painter.setPen(color("text"))
        number = formatting.integer(self._counter.count)
        left = 38.0
        painter.drawText(QRectF(left, 6, self.width() - left, half - 4), Qt.AlignmentFlag.AlignVCenter, number)
        left += painter.fontMetrics().horizontalAdvance(number) + 8
        painter.setFont(font(FontRole.BODY))
        room = int(self.width() - left - 8)
        painter.drawText(QRectF(left, 6, room, half - 4), Qt.AlignmentFlag.AlignVCenter,
                         elided(painter.fontMetrics(), self._counter.title, room))
        painter.setFont(font(FontRole.CAPTION))
        painter.setPen(tone(self._counter.tone).text if self._counter.tone != "neutral" else color("muted"))
        area = QRectF(38, half, self.width() - 46, half - 6)
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter,
                         elided(painter.fontMetrics(), self._counter.text, int(area.width())))
