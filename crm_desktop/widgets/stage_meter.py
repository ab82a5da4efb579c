"""The stages of a sale as chevrons: an icon, a title and the state in words for each; a stage opens its document."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
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
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.widgets.painting import elided

HEIGHT = 54
POINT = 11
GAP = 3
STEP = " · "  # between the number and the state


class StageStatus(StrEnum):
    DONE = "done"
    CURRENT = "current"
    PARTIAL = "partial"
    WARN = "warn"
    TODO = "todo"
    HIDDEN = "hidden"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Stage:
    """`status` as in `StageRead`; `key` is the app's (what a click opens)."""

    title: str
    status: str
    text: str = ""
    key: object = None


_LOOK = {
    StageStatus.DONE: (Icon.CHECK_CIRCLE_FILL, Tone.OK), StageStatus.PARTIAL: (Icon.CIRCLE_HALF, Tone.INFO),
    StageStatus.WARN: (Icon.WARNING_FILL, Tone.WARN), StageStatus.TODO: (Icon.CIRCLE, Tone.NEUTRAL),
    StageStatus.HIDDEN: (Icon.LOCK, Tone.NEUTRAL), StageStatus.SKIPPED: (Icon.MINUS, Tone.NEUTRAL),
}


class StageMeter(QWidget):
    """Left and Right choose a stage, Enter opens it."""

    clicked = Signal(object)

    def __init__(self, stages: Sequence[Stage] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: list[Stage] = []
        self._focused = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.set_stages(stages)

    def set_stages(self, stages: Sequence[Stage]) -> None:
        self._stages = list(stages)
        self._focused = next((n for n, s in enumerate(stages) if s.status == StageStatus.CURRENT), 0)
        self.setAccessibleName(tr("Этапы: {stages}").format(
            stages="; ".join(f"{stage.title}: {stage.text or stage.status}" for stage in stages)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(110 * max(1, len(self._stages)), fonts.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:
        return QSize(64 * max(1, len(self._stages)), fonts.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, stage in enumerate(self._stages):
            self._paint_stage(painter, number, stage)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        if number is not None and event.button() == Qt.MouseButton.LeftButton:
            self._open(number)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        number = self._at(event.position())
        links = number is not None and self._stages[number].key is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if links else Qt.CursorShape.ArrowCursor)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is not None and self._stages:
            self._focused = min(max(self._focused + step, 0), len(self._stages) - 1)
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and self._stages:
            self._open(self._focused)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            number = self._at(QPointF(event.pos()))
            stage = self._stages[number] if number is not None else None
            QToolTip.showText(event.globalPos(), f"{stage.title}: {stage.text}" if stage and stage.text else "", self)
            return True
        return super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def _paint_stage(self, painter: QPainter, number: int, stage: Stage) -> None:
        fill, ink, small, icon, icon_ink = self._look(stage)
        shape = self._shape(number)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawPolygon(shape)
        if self.hasFocus() and number == self._focused:
            painter.setPen(QPen(ink if stage.status == StageStatus.CURRENT else color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(self._shape(number, inset=2))
        area = self._cell(number)
        left = area.left() + 14 + (4 if number else 0)
        room = area.right() - left - (4 if number == len(self._stages) - 1 else POINT - 4)
        middle = self.height() / 2
        draw_icon(painter, QRectF(left, middle - 18, 16, 16), icon, icon_ink)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(FontRole.STRONG))
        painter.setPen(ink)
        line = fonts.px(20)
        title = elided(painter.fontMetrics(), stage.title, int(room - 22))
        painter.drawText(QRectF(left + 22, middle - line, room - 22, line), flags, title)
        painter.setFont(font(FontRole.CAPTION))
        painter.setPen(small)
        text = _fitting(painter.fontMetrics(), stage.text, int(room))
        painter.drawText(QRectF(left, middle, room, line), flags, text)

    def _look(self, stage: Stage) -> tuple[QColor, QColor, QColor, str, QColor]:
        """Fill, title, text, icon, colour of the icon."""
        if stage.status == StageStatus.CURRENT:
            ink = color("on_accent")
            return color("accent"), ink, ink, Icon.PEN_FILL, ink
        status = StageStatus(stage.status) if stage.status in list(StageStatus) else StageStatus.TODO
        icon, kind = _LOOK[status]
        colors = tone(kind)
        if status in (StageStatus.TODO, StageStatus.HIDDEN, StageStatus.SKIPPED):
            return color("sunken"), color("muted"), color("muted"), icon, color("muted")
        mark = QColor(colors.mark if status is StageStatus.WARN else colors.text)
        return QColor(colors.fill), QColor(colors.text), QColor(colors.text), icon, mark

    def _cell(self, number: int) -> QRectF:
        step = self.width() / max(1, len(self._stages))
        return QRectF(number * step, 0, step, self.height())

    def _shape(self, number: int, inset: float = 0.0) -> QPolygonF:
        area = self._cell(number)
        last = number == len(self._stages) - 1
        left = area.left() + (GAP / 2 if number else 0) + inset
        right = area.right() + (0 if last else POINT - GAP / 2 - GAP) - inset
        top, bottom, middle = area.top() + inset, area.bottom() - inset, area.center().y()
        points = [QPointF(left, top)]
        if last:
            points += [QPointF(right, top), QPointF(right, bottom)]
        else:
            points += [QPointF(right - POINT, top), QPointF(right, middle), QPointF(right - POINT, bottom)]
        points.append(QPointF(left, bottom))
        if number:
            points.append(QPointF(left + POINT, middle))
        return QPolygonF(points)

    def _at(self, place: QPointF) -> int | None:
        if not self._stages or not QRectF(self.rect()).contains(place):
            return None
        return min(int(place.x() / (self.width() / len(self._stages))), len(self._stages) - 1)

    def _open(self, number: int) -> None:
        self._focused = number
        self.update()
        if self._stages[number].key is not None:
            self.clicked.emit(self._stages[number].key)


def _fitting(metrics: QFontMetrics, text: str, room: int) -> str:
    """«СЧ-000418 · выставлен» gives up the number before the state is cut; the tooltip has both."""
    if metrics.horizontalAdvance(text) > room and STEP in text:
        text = text.split(STEP, 1)[1]
    return elided(metrics, text, room)
