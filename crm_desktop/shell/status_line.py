"""The line at the bottom: what is selected at the left, the connection at the right."""

from datetime import UTC, datetime

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.theme import color, tone
from crm_desktop.widgets.labels import ElidedLabel, Label

HEIGHT = 28


class StatusLine(QWidget):
    """`set_text` for the page in front; `set_online`, `set_busy` for the connection."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(fonts.px(HEIGHT))
        self._text = ElidedLabel("", FontRole.CAPTION, "muted")
        self._dot = Dot()
        self._state = Label(tr("Подключение…"), FontRole.CAPTION, "muted")
        self._online: bool | None = None
        self._updated = datetime.now(UTC)
        self._busy = False
        line = QHBoxLayout(self)
        line.setContentsMargins(16, 1, 16, 0)
        line.setSpacing(6)
        line.addWidget(self._text, 1)
        line.addWidget(self._dot)
        line.addWidget(self._state)

    def set_text(self, text: str) -> None:
        self._text.set_text(text)

    def text(self) -> str:
        return self._text.text()

    def set_online(self, on: bool) -> None:
        self._online = on
        self._dot.set_tone(Tone.OK if on else Tone.ERROR)
        self.mark_updated()

    def mark_updated(self) -> None:
        """Fresh data arrived."""
        if self._online:
            self._updated = datetime.now(UTC)
        self._show()

    def set_busy(self, on: bool) -> None:
        self._busy = on
        self._show()

    def state_text(self) -> str:
        return self._state.text()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, 0, self.width(), 1, color("border"))

    def _show(self) -> None:
        at = formatting.time_of_day(self._updated)
        if self._online is None:
            text = tr("Подключение…")
        elif not self._online:
            text = tr("Нет связи · данные на {time}").format(time=at)
        elif self._busy:
            text = tr("На связи · загрузка…")
        else:
            text = tr("На связи · обновлено {time}").format(time=at)
        self._state.setText(text)


class Dot(QWidget):
    """A small mark of a state; the words stand beside it."""

    def __init__(self, kind: Tone = Tone.NEUTRAL, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = kind
        self.setFixedSize(QSize(10, 10))

    def set_tone(self, kind: Tone) -> None:
        self._tone = kind
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tone(self._tone).mark))
        painter.drawEllipse(QPointF(5, 5), 4, 4)
