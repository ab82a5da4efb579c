"""Small marks: a status pill, a tag, a key cap, a chip with a cross, an avatar."""

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.widgets.focus_ring import by_keyboard, hide_ring, show_ring
from crm_desktop.widgets.painting import box, draw_key_cap, draw_pill, key_cap_size, pill_size

CHIP_HEIGHT = 28


class Pill(QWidget):
    """A status: colour and words, never colour alone."""

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, *, dot: bool = False,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self._dot = dot
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def text(self) -> str:
        return self._text

    def set(self, text: str, tone: Tone) -> None:
        self._text, self._tone = text, tone
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return pill_size(self._text, dot=self._dot)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_pill(QPainter(self), QPointF(0, 0), self._text, self._tone, dot=self._dot, room=self.width())


class Tag(QWidget):
    """A neutral property («VIP», «бухгалтер»): 18 px high, square corners."""

    def __init__(self, text: str = "", tone: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self.setAccessibleName(text)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(FontRole.KEY_STRONG))
        return QSize(metrics.horizontalAdvance(self._text) + 12, max(18, metrics.height() + 4))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = tone(self._tone)
        box(painter, self.rect(), 4, QColor(colors.fill))
        painter.setFont(font(FontRole.KEY_STRONG))
        painter.setPen(QColor(colors.text))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)


class KeyCap(QWidget):
    """A key as it stands on the keyboard: «F4», «Ctrl+K»."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return key_cap_size(self._text)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_key_cap(QPainter(self), self.rect(), self._text)


class Chip(QWidget):
    """A condition in force: «Период: **эта неделя** ×». Click changes it, the cross or Del removes it."""

    clicked = Signal()
    removed = Signal()

    def __init__(self, label: str, value: str = "", *, removable: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._label = f"{label}: " if value else ""
        self._value = value or label
        self._removable = removable
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(tr("Отбор {text}").format(text=self._label + self._value))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        fonts.set_role(self, FontRole.MEDIUM)

    def text(self) -> str:
        return self._label + self._value

    def sizeHint(self) -> QSize:
        width = 10 + self._label_width() + QFontMetrics(font(FontRole.STRONG)).horizontalAdvance(self._value) + 10
        return QSize(width + (18 if self._removable else 0), fonts.px(CHIP_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), self.height() / 2, color("soft"))
        painter.setPen(color("accent"))
        area = QRectF(self.rect()).adjusted(10, 0, 0, 0)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.setFont(font(FontRole.BODY))
        painter.drawText(area, flags, self._label)
        area.adjust(self._label_width(), 0, 0, 0)
        painter.setFont(font(FontRole.STRONG))
        painter.drawText(area, flags, self._value)
        if self._removable:
            draw_icon(painter, self._cross(), Icon.CLOSE, "accent")

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if not self.rect().contains(event.position().toPoint()):
            return
        near_cross = self._removable and event.position().x() > self._cross().left() - 5
        (self.removed if near_cross else self.clicked).emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self._removable:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_keyboard(event.reason()):
            show_ring(self, self.height() / 2)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        hide_ring(self)

    def _label_width(self) -> int:
        return QFontMetrics(font(FontRole.BODY)).horizontalAdvance(self._label)

    def _cross(self) -> QRectF:
        return QRectF(self.width() - 22, (self.height() - 12) / 2, 12, 12)


class Avatar(QWidget):
    """Initials in a circle, in a tone that follows from the name."""

    _TONES = (Tone.INFO, Tone.VIOLET, Tone.WARN, Tone.OK, Tone.NEUTRAL)

    def __init__(self, name: str, size: int = 30, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self.setFixedSize(size, size)
        self.setAccessibleName(name)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = tone(self._TONES[sum(map(ord, self._name)) % len(self._TONES)])
        box(painter, self.rect(), self.width() / 2, QColor(colors.fill))
        painter.setFont(font(FontRole.CAPTION_STRONG if self.width() > 24 else FontRole.KEY_STRONG))
        painter.setPen(QColor(colors.text))
        initials = "".join(word[0] for word in self._name.split()[:2] if word[0].isalpha()).upper()
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, initials)
