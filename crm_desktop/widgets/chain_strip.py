"""Related documents as a strip of small cards with arrows; the current one is filled, a missing one is dashed."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFontMetrics,
    QKeyEvent,
    QLinearGradient,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

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
GAP, SMALL_GAP = 18, 12
EDGE = 28


@dataclass(frozen=True, slots=True)
class ChainItem:
    """`key` is the app's; `is_missing` draws what could follow («УПД ещё не создан»). `brief` is the title where room
    is short."""

    title: str
    text: str = ""
    tone: Tone = Tone.NEUTRAL
    key: object = None
    is_current: bool = False
    is_missing: bool = False
    brief: str = ""


class ChainStrip(QWidget):
    """Many cards become small; what still has no room is behind an arrow at the edge. Each card is a Tab stop."""

    clicked = Signal(object)

    def __init__(self, items: Sequence[ChainItem] = (), parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._current: _ChainCard | None = None
        self._cards: list[_ChainCard] = []
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
        bar = self._area.horizontalScrollBar()
        self._edges = (_Edge(self, -1), _Edge(self, 1))
        for edge in self._edges:
            edge.clicked.connect(lambda checked=False, step=edge.step: bar.setValue(
                bar.value() + step * self._area.viewport().width() // 2))
        bar.valueChanged.connect(self._place_edges)
        bar.rangeChanged.connect(self._place_edges)
        self.set_items(items)

    def set_items(self, items: Sequence[ChainItem]) -> None:
        """The current card is brought into sight, with its neighbours where there is room."""
        self._current = None
        self._cards = []
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
            self._cards.append(card)
            self._line.insertWidget(self._line.count() - 1, card)
            if entry.is_current:
                self._current = card
        QTimer.singleShot(0, self, self._show_current)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_current()

    def _show_current(self) -> None:
        room = self.width() - 4
        gaps = max(0, len(self._cards) - 1)
        small = sum(card.width_of(small=False) for card in self._cards) + GAP * gaps > room
        for number in range(self._line.count()):
            widget = self._line.itemAt(number).widget()  # type: ignore[union-attr]  # within the count
            if isinstance(widget, _ChainCard | _Arrow):
                widget.set_small(small)
        if self._current is not None:
            self._holder.resize(self._line.sizeHint().expandedTo(self._area.viewport().size()))  # cards in their places
            self._area.ensureWidgetVisible(self._current, CARD_WIDTH, 0)
        self._place_edges()

    def _place_edges(self) -> None:
        bar = self._area.horizontalScrollBar()
        left, right = self._edges
        left.setVisible(bar.value() > bar.minimum())
        right.setVisible(bar.value() < bar.maximum())
        left.setGeometry(0, 0, EDGE, self.height())
        right.setGeometry(self.width() - EDGE, 0, EDGE, self.height())


class _Edge(QAbstractButton):
    """More cards this way: a fade with an arrow over the end of the strip. By keyboard Tab goes there."""

    def __init__(self, parent: QWidget, step: int) -> None:
        super().__init__(parent)
        self.step = step
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("Предыдущие документы") if step < 0 else tr("Следующие документы"))
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground, clear = color("surface"), QColor(color("surface"))
        clear.setAlpha(0)
        fade = QLinearGradient(0, 0, self.width(), 0)
        fade.setColorAt(0.45, ground)
        fade.setColorAt(1 if self.step < 0 else 0, clear)
        painter.fillRect(self.rect(), fade)
        place = QRectF(0 if self.step < 0 else self.width() - 12, (self.height() - 12) / 2, 12, 12)
        draw_icon(painter, place, Icon.CARET_LEFT if self.step < 0 else Icon.CARET_RIGHT, "muted")


class _Arrow(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(GAP, 24)

    def set_small(self, on: bool) -> None:
        self.setFixedWidth(SMALL_GAP if on else GAP)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), QRectF((self.width() - 10) / 2, 7, 10, 10), Icon.ARROW_RIGHT, "muted")


class _ChainCard(QWidget):
    clicked = Signal(object)

    def __init__(self, item: ChainItem) -> None:
        super().__init__()
        self._item = item
        self._small = False
        opens = item.key is not None and not item.is_current
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if opens else Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        if opens:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._opens = opens
        state = tr("ещё не создан") if item.is_missing and not item.text else item.text
        self.setAccessibleName(f"{item.title}: {state}")
        self.setToolTip(f"{item.title}\n{state}")

    def set_small(self, on: bool) -> None:
        if on != self._small:
            self._small = on
            self.updateGeometry()
            self.update()

    def width_of(self, *, small: bool) -> int:
        title, role = self._title(small=small)
        wide = max(QFontMetrics(font(role)).horizontalAdvance(title),
                   QFontMetrics(font(FontRole.CAPTION)).horizontalAdvance(self._text())) + (16 if small else 22)
        return min(wide if small else max(fonts.px(CARD_WIDTH), wide), CARD_MAX)

    def sizeHint(self) -> QSize:
        return QSize(self.width_of(small=self._small), fonts.px(CARD_HEIGHT))

    def _title(self, *, small: bool) -> tuple[str, FontRole]:
        return (self._item.brief or self._item.title, FontRole.CAPTION_STRONG) if small else (
            self._item.title, FontRole.STRONG)

    def _text(self) -> str:
        missing = tr("создать") if self._small else tr("ещё не создан")
        return self._item.text or (missing if self._item.is_missing else "")

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
        edge = 8 if self._small else 10
        area = self.rect().adjusted(edge, 5, -edge, -5)
        title, role = self._title(small=self._small)
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        half = area.height() // 2
        painter.setFont(font(role))
        painter.setPen(color("accent" if self._opens else "muted" if item.is_missing else "text"))
        painter.drawText(area.adjusted(0, 0, 0, -half), flags, elided(painter.fontMetrics(), title, area.width()))
        painter.setFont(font(FontRole.CAPTION))
        plain = item.tone is Tone.NEUTRAL
        painter.setPen(color("muted") if plain else QColor(tone(item.tone).text))
        painter.drawText(area.adjusted(0, half, 0, 0), flags,
                         elided(painter.fontMetrics(), self._text(), area.width()))

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
