"""What stands where data is not: an empty state that says why and offers the next step, and the loading skeleton."""

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.labels import Label, Link
from crm_desktop.widgets.painting import box


class EmptyState(QWidget):
    """«Нет заявок по этому отбору. Период … · Снять отбор»."""

    acted = Signal()

    def __init__(self, title: str, hint: str = "", *, action: str = "", icon: str = Icon.TRAY,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = _Picture(icon)
        self._title = Label(title, FontRole.STRONG, wrap=True)
        self._hint = Label(hint, FontRole.CAPTION, "muted", wrap=True)
        self._link = Link(action)
        self._link.clicked.connect(self.acted)
        texts = QVBoxLayout()
        texts.setSpacing(4)
        for widget in (self._title, self._hint, self._link):
            texts.addWidget(widget, 0, Qt.AlignmentFlag.AlignLeft)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 20, 24, 20)
        outer.addStretch(1)
        outer.addLayout(row(None, self._icon, texts, None, gap=20))
        outer.addStretch(2)
        self.set_texts(title, hint, action)

    def set_texts(self, title: str, hint: str = "", action: str = "") -> None:
        self._title.setText(title)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        self._link.setText(action)
        self._link.setVisible(bool(action))
        self.setAccessibleName(f"{title}. {hint}".strip())
        for label, text, longest in ((self._title, title, 420), (self._hint, hint, 420)):
            wide = label.fontMetrics().horizontalAdvance(text) + 4
            label.setMinimumWidth(min(wide, longest))


class Skeleton(QWidget):
    """Grey bars in the shape of the text that is being loaded."""

    def __init__(self, lines: int = 3, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lines = lines
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, self._lines * fonts.px(28))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number in range(self._lines):
            share = (0.9, 0.7, 0.8, 0.55)[number % 4]
            bar = QRectF(0, number * fonts.px(28) + 9, self.width() * share, 10)
            box(painter, bar, 5, color("sunken"))


class _Picture(QWidget):
    def __init__(self, icon: str) -> None:
        super().__init__()
        self._icon = icon
        self.setFixedSize(40, 40)

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_icon(QPainter(self), self.rect(), self._icon, "ctrl")
