"""How much there is against a minimum, a target and a maximum: a bar with marks, in a cell of a list or by itself."""

from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QRect, QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.theme import color
from crm_desktop.widgets.painting import box, part_of

_HEIGHT, _MARK = 4, 6


@dataclass(frozen=True, slots=True)
class Level:
    """Red below the minimum, yellow below the target, violet above the maximum, else green."""

    value: Decimal
    minimum: Decimal
    target: Decimal
    maximum: Decimal | None = None

    @property
    def ink(self) -> str:
        if self.value < self.minimum:
            return "error.mark"
        if self.maximum is not None and self.value > self.maximum:
            return "violet.mark"
        return "warn.mark" if self.value < self.target else "ok.mark"

    @property
    def whole(self) -> Decimal:
        """What the width of the bar stands for: a little more than the highest mark; what is beyond fills it."""
        return max(self.target, self.maximum or Decimal(0), Decimal(1)) * Decimal("1.15")


def paint_level(painter: QPainter, area: QRect, level: Level) -> None:
    """Along the foot of an area."""
    top = area.bottom() - _HEIGHT - 2
    box(painter, QRectF(area.left(), top, area.width(), _HEIGHT), 2, color("sunken"))
    filled = area.width() * min(1.0, max(0.0, part_of(level.value, level.whole)))
    if filled > 0:
        box(painter, QRectF(area.left(), top, max(3.0, filled), _HEIGHT), 2, color(level.ink))
    for mark, ink in ((level.minimum, "error.mark"), (level.target, "muted"), (level.maximum, "violet.mark")):
        if mark:
            at = area.left() + round(area.width() * part_of(mark, level.whole))
            painter.fillRect(at, top - (_MARK - _HEIGHT) // 2, 2, _MARK, color(ink))


class LevelBar(QWidget):
    """The same by itself; the numbers always stand beside it."""

    def __init__(self, level: Level, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._level = level
        self.setAccessibleName(name)
        self.setFixedHeight(fonts.px(14))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def paintEvent(self, event: QPaintEvent) -> None:
        paint_level(QPainter(self), self.rect(), self._level)
