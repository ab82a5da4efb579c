"""A bar of shares that stands in a line of text. The numbers always stand beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit.theme import color
from crm_desktop.widgets.painting import box, part_of

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Share:
    """One part; `color` is a token name for parts that mean no tone."""

    value: Decimal
    tone: Tone = Tone.INFO
    color: str = ""

    @property
    def ink(self) -> str:
        return self.color or f"{self.tone.value}.mark"


class ShareBar(QWidget):
    """A thin bar of parts of a whole; the numbers always stand beside it."""

    def __init__(self, shares: Sequence[Share] = (), total: Decimal | None = None, name: str = "",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setFixedHeight(8)
        self.setMinimumWidth(48)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.set_shares(shares, total)

    def set_shares(self, shares: Sequence[Share], total: Decimal | None = None) -> None:
        self._shares = list(shares)
        self._total = total or sum((share.value for share in shares), ZERO) or Decimal(1)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        track = QRectF(0, (self.height() - 6) / 2, self.width(), 6)
        box(painter, track, 3, color("sunken"))
        left = 0.0
        for share in self._shares:
            width = self.width() * min(1.0, max(0.0, part_of(share.value, self._total)))
            if width > 0:
                seen = min(max(width, 4.0), self.width() - left)
                box(painter, QRectF(left, track.top(), seen, 6), 3, color(share.ink))
            left += width
