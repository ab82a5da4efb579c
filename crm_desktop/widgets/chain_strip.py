"""Related documents as a strip of small cards with arrows; the current one is filled, a missing one is dashed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.widgets.focus_ring import by_keyboard, hide_ring, show_ring
from crm_desktop.widgets.painting import box, elided
from crm_desktop.widgets.scrolled import scrolled_sideways

CARD_HEIGHT = 48
CARD_WIDTH = 122
CARD_MAX = 200


@dataclass(frozen=True, slots=True)
class ChainItem:
    """`key` is the app's; `is_missing` draws what could follow («УПД ещё не создан»)."""

    title: str
    text: str = ""
    tone: Tone = Tone.NEUTRAL
    key: object = None
    is_current: bool = False
    is_missing: bool = False


class ChainStrip(QWidget):
    """Scrolls sideways when there are many; each card is a stop of the Tab key."""

    clicked = Signal(object)

    def __init__(self, items: Sequence[ChainItem] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: _ChainCard | None = None
        self._holder = QWidget()
        self._holder.setProperty("role", "scrolled")
        self._line = QHBoxLayout(self._holder)
        self._line.setContentsMargins(2, 2, 2, 2)
        self._line.setSpacing(0)
        self._line.addStretch(1)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = scrolled_sideways(self._holder)
        outer.addWidget(self._area)
        self.setFixedHeight(fonts.px(CARD_HEIGHT) + 4)
        self.set_items(items)

    def set_items(self, items: Sequence[ChainItem]) -> None:
        """The current card is brought into sight, with its neighbours where there is room."""
        self._current = None
        while self._line.count() > 1:
            item = self._line.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for number, entry in enumerate(items):
            if number:
                self._line.insertWidget(self._line.count() - 1, _Arrow())
            card = _ChainCard(entry)
            card.clicked.connect(self.clicked)
            self._line.insertWidget(self._line.count() - 1, card)
            if entry.is_current:
                self._current = card
        QTimer.singleShot(0, self, self._show_current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_current()

    def _show_current(self) -> None:
        if self._current is not None:
            self._holder.resize(self._line.sizeHint().expandedTo(self._area.viewport().size()))  # cards in their places
            self._area.ensureWidgetVisible(self._current, CARD_WIDTH, 0)


class _Arrow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(18, 24)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), QRectF(4, 7, 10, 10), Icon.ARROW_RIGHT, "muted")


class _ChainCard(QWidget):
    clicked = Signal(object)

    def __init__(self, item: ChainItem) -> None:
        super().__init__()
        self._item = item
        opens = item.key is not None and not item.is_current
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if opens else Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if opens:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._opens = opens
        state = tr("ещё не создан") if item.is_missing and not item.text else item.text
        self.setAccessibleName(f"{item.title}: {state}")
        self.setToolTip(f"{item.title}\n{state}")

    def sizeHint(self) -> QSize:
        wide = max(QFontMetrics(font(FontRole.STRONG)).horizontalAdvance(self._item.title),
                   QFontMetrics(font(FontRole.CAPTION)).horizontalAdvance(self._item.text)) + 22
        return QSize(min(max(fonts.px(CARD_WIDTH), wide), CARD_MAX), fonts.px(CARD_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        item = self._item
        if item.is_missing:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(QPen(color("ctrl"), 1, Qt.PenStyle.DashLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        elif item.is_current:
            box(painter, self.rect(), 6, color("soft"), color("accent"))
        else:
            box(painter, self.rect(), 6, color("hover" if self.underMouse() else "surface"), color("button_border"))
        area = self.rect().adjusted(10, 5, -10, -5)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        half = area.height() // 2
        painter.setFont(font(FontRole.STRONG))
        painter.setPen(color("accent" if self._opens else "muted" if item.is_missing else "text"))
        painter.drawText(area.adjusted(0, 0, 0, -half), flags, elided(painter.fontMetrics(), item.title, area.width()))
        painter.setFont(font(FontRole.CAPTION))
        plain = item.tone is Tone.NEUTRAL
        painter.setPen(color("muted") if plain else QColor(tone(item.tone).text))
        text = item.text or (tr("ещё не создан") if item.is_missing else "")
        painter.drawText(area.adjusted(0, half, 0, 0), flags, elided(painter.fontMetrics(), text, area.width()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._opens and self.rect().contains(event.position().toPoint()):
            self.clicked.emit(self._item.key)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._opens and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit(self._item.key)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_keyboard(event.reason()):
            show_ring(self)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        hide_ring(self)
