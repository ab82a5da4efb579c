"""Shapes that several widgets and delegates paint: rounded boxes, pills, key caps, elided texts."""

from decimal import Decimal
from functools import lru_cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPen

from crm_contract.lists import Tone
from crm_desktop.kit.fonts import FontRole, font, scale
from crm_desktop.kit.theme import color, tone

PILL_HEIGHT = 20
PILL_PADDING = 9
KEY_CAP_HEIGHT = 18
KEY_CAP_PADDING = 6
DOT = 6


def box(
    painter: QPainter, rect: QRect | QRectF, radius: float, fill: QColor | None = None,
    border: QColor | None = None, width: float = 1.0,
) -> None:
    """A rounded box whose border lies wholly inside the rectangle."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    area = QRectF(rect)
    if border is not None and width:
        inset = width / 2
        area.adjust(inset, inset, -inset, -inset)
        painter.setPen(QPen(border, width))
    else:
        painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(fill if fill is not None else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area, radius, radius)
    painter.restore()


def pill_size(text: str, *, dot: bool = False) -> QSize:
    width, height = _pill_size(text, scale())
    return QSize(width + (DOT + 5 if dot else 0), height)


@lru_cache(2048)
def _pill_size(text: str, scale: float) -> tuple[int, int]:
    """Measured once per word and font scale: lists ask for it at every paint."""
    metrics = QFontMetrics(font(FontRole.CAPTION_MEDIUM))
    return metrics.horizontalAdvance(text) + 2 * PILL_PADDING, max(PILL_HEIGHT, metrics.height() + 4)


def draw_pill(painter: QPainter, place: QPointF, text: str, kind: Tone, *, dot: bool = False, room: int = 0) -> int:
    """Paints a pill from its top left corner, not wider than `room` when that is given; returns its width."""
    size = pill_size(text, dot=dot)
    width = min(size.width(), room) if room else size.width()
    colors = tone(kind)
    area = QRectF(place.x(), place.y(), width, size.height())
    box(painter, area, size.height() / 2, QColor(colors.fill))
    inner = area.adjusted(PILL_PADDING, 0, -PILL_PADDING, 0)
    if dot:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colors.text))
        painter.drawEllipse(QPointF(inner.left() + DOT / 2, area.center().y()), DOT / 2, DOT / 2)
        painter.restore()
        inner.adjust(DOT + 5, 0, 0, 0)
    painter.setFont(font(FontRole.CAPTION_MEDIUM))
    painter.setPen(QColor(colors.text))
    if width < size.width():
        text = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inner.width()))
    painter.drawText(inner, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
    return width


def key_cap_size(text: str) -> QSize:
    return QSize(*_key_cap_size(text, scale()))


@lru_cache(256)
def _key_cap_size(text: str, scale: float) -> tuple[int, int]:
    metrics = QFontMetrics(font(FontRole.KEY))
    return (metrics.horizontalAdvance(text) + 2 * KEY_CAP_PADDING, max(KEY_CAP_HEIGHT, metrics.height() + 3))


def draw_key_cap(painter: QPainter, rect: QRect | QRectF, text: str) -> None:
    box(painter, rect, 4, color("window"), color("border"))
    painter.setFont(font(FontRole.KEY_STRONG))
    painter.setPen(color("muted"))
    painter.drawText(QRectF(rect), Qt.AlignmentFlag.AlignCenter, text)


def part_of(value: Decimal, whole: Decimal) -> float:
    """A share for drawing: pixels are no money."""
    return float(value / whole)


def elided(metrics: QFontMetrics, text: str, width: int) -> str:
    if metrics.horizontalAdvance(text) <= width:
        return text
    return metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
