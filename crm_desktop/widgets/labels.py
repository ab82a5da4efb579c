"""Texts by role: title, section, body, muted, figure; a link; a text that is cut with an ellipsis."""

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.theme import color
from crm_desktop.widgets.focus_ring import by_keyboard, hide_ring, show_ring


class Label(QLabel):
    """A text of a role and a colour of the theme (`text`, `muted`, `ok`, `warn`, `error` …)."""

    def __init__(self, text: str = "", role: FontRole = FontRole.BODY, tone: str = "", *, wrap: bool = False,
                 tabular: bool = False, parent: QWidget | None = None) -> None:
        """`tabular` for numbers that stand below each other."""
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        if wrap:
            self.setWordWrap(True)
        if tone:
            self.setProperty("tone", tone)
        fonts.set_role(self, role, tabular=tabular)

    def set_tone(self, tone: str) -> None:
        if self.property("tone") != tone:
            self.setProperty("tone", tone)
            self.style().unpolish(self)
            self.style().polish(self)


def title(text: str = "") -> Label:
    """The name of a page, 20 px."""
    return Label(text, FontRole.TITLE)


def section(text: str = "") -> Label:
    """The heading of a card, 15 px."""
    return Label(text, FontRole.SECTION)


def strong(text: str = "") -> Label:
    return Label(text, FontRole.STRONG)


def caption(text: str = "", tone: str = "muted") -> Label:
    """A field's label or a remark, 12 px."""
    return Label(text, FontRole.CAPTION, tone)


def muted(text: str = "") -> Label:
    return Label(text, FontRole.BODY, "muted")


def figure(text: str = "", tone: str = "") -> Label:
    """A number that a page is about, 24 px."""
    return Label(text, FontRole.FIGURE, tone, tabular=True)


def rule() -> QFrame:
    """A thin horizontal line."""
    line = QFrame()
    line.setProperty("role", "rule")
    line.setFixedHeight(1)
    return line


class ElidedLabel(QWidget):
    """One line that gives way: cut with an ellipsis, whole in the tooltip. Never for dates, sums and numbers."""

    def __init__(self, text: str = "", role: FontRole = FontRole.BODY, tone: str = "text",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self._tone = tone
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(text)
        fonts.set_role(self, role)

    def text(self) -> str:
        return self._text

    def set_text(self, text: str) -> None:
        self._text = text
        self.setAccessibleName(text)
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._text) + 2, metrics.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), 48), self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(color(self._tone))
        text = self.fontMetrics().elidedText(self._text, Qt.TextElideMode.ElideRight, self.width())
        self.setToolTip(self._text if text != self._text else "")
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)


class Link(QLabel):
    """A text that opens something: by mouse, Enter or Space."""

    clicked = Signal()

    def __init__(self, text: str = "", role: FontRole = FontRole.MEDIUM, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", "accent")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(text)
        fonts.set_role(self, role)

    def setText(self, text: str) -> None:
        super().setText(text)
        self.setAccessibleName(text)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
        else:
            super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        self._underline(True)

    def leaveEvent(self, event: QEvent) -> None:
        self._underline(False)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if by_keyboard(event.reason()):
            show_ring(self, 2)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        hide_ring(self)

    def _underline(self, on: bool) -> None:
        face = self.font()
        face.setUnderline(on)
        self.setFont(face)
