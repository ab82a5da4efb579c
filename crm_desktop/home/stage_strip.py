"""The strip of stages: how many, for how much, what needs attention; each cell opens its list."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_contract.dashboard import StageFigure
from crm_contract.lists import Tone
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.empty import Skeleton
from crm_desktop.widgets.painted_button import PaintedButton
from crm_desktop.widgets.painting import box, elided

HEIGHT = 90


class StageStrip(Card):
    chosen = Signal(object)  # a StageFigure

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margins=False, parent=parent)
        self.setFixedHeight(fonts.px(HEIGHT) + 2)
        self.setAccessibleName(tr("Стадии продаж"))
        self._line = QHBoxLayout()
        self._line.setContentsMargins(4, 0, 4, 0)
        self._line.setSpacing(0)
        self.add(self._line)
        self._line.addWidget(Skeleton(2))

    def show_stages(self, stages: Sequence[StageFigure]) -> None:
        while (item := self._line.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for number, stage in enumerate(stages):
            cell = _Cell(stage, is_last=number == len(stages) - 1)
            cell.clicked.connect(lambda checked=False, stage=stage: self.chosen.emit(stage))
            self._line.addWidget(cell, 1)


class _Cell(PaintedButton):
    def __init__(self, stage: StageFigure, *, is_last: bool) -> None:
        amount = formatting.compact_money(stage.amount) + f"{formatting.NBSP}₽" if stage.amount else ""
        super().__init__(f"{stage.title}: {stage.count}, {amount}. {stage.note}")
        self._stage = stage
        self._sum = amount
        self._is_last = is_last
        self.setToolTip(f"{stage.title}: {stage.count}\n{formatting.money(stage.amount, 'RUB')}\n{stage.note}".strip())
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(120, fonts.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        if self.underMouse():
            box(painter, QRectF(self.rect()).adjusted(2, 4, -6, -4), 6, color("hover"))
        left, room = 15, self.width() - 34
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("muted"))
        painter.drawText(QRectF(left, 10, room, 20), flags, elided(painter.fontMetrics(), self._stage.title, room))
        painter.setFont(font(FontRole.FIGURE))
        painter.setPen(color("text"))
        count = formatting.integer(self._stage.count)
        painter.drawText(QRectF(left, 30, room, 32), flags, count)
        used = painter.fontMetrics().horizontalAdvance(count) + 8
        painter.setFont(font(FontRole.CAPTION))
        painter.setPen(color("muted"))
        painter.drawText(QRectF(left + used, 32, room - used, 30), flags,
                         elided(painter.fontMetrics(), self._sum, int(room - used)))
        painter.setFont(font(FontRole.CAPTION_MEDIUM))
        painter.setPen(color("muted" if self._stage.tone is Tone.NEUTRAL else self._stage.tone.value))
        painter.drawText(QRectF(left, 62, room, 20), flags, elided(painter.fontMetrics(), self._stage.note, room))
        if not self._is_last:
            self._paint_arrow(painter)

    def _paint_arrow(self, painter: QPainter) -> None:
        middle = QPointF(self.width() - 10, self.height() / 2)
        painter.fillRect(QRectF(middle.x(), 14, 1, self.height() - 28), color("rule"))
        circle = QRectF(middle.x() - 9, middle.y() - 9, 19, 19)
        box(painter, circle, 9.5, color("surface"), color("border"))
        draw_icon(painter, circle.adjusted(4, 4, -4, -4), Icon.CARET_RIGHT, "muted")
