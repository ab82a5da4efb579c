"""The pane right of a list: what is worth seeing of the current row without opening it."""

from collections.abc import Sequence
from typing import Any, ClassVar, Generic, TypeVar

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.problems import Problem
from crm_desktop.kit.theme import color
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton
from crm_desktop.widgets.cards import CONTROL_GAP, Card, row
from crm_desktop.widgets.empty import Skeleton
from crm_desktop.widgets.labels import ElidedLabel, Label, rule
from crm_desktop.widgets.painting import elided
from crm_desktop.widgets.pills import Pill
from crm_desktop.widgets.scrolled import scrolled

PREVIEW_WIDTH = 276
Row = dict[str, Any]


class Preview(Card):
    """The pane right of a list: what is worth seeing without opening. Subclasses fill it in `show_row`."""

    open_asked = Signal()
    close_asked = Signal()

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(margins=False, parent=parent)
        self.app = app
        self.setFixedWidth(PREVIEW_WIDTH)
        self._title = ElidedLabel("", FontRole.SECTION)
        self._pill = Pill()
        self._pill.hide()
        self._subtitle = Label("", FontRole.CAPTION, "muted", wrap=True)
        self._opener = IconButton(Icon.OPEN, tr("Открыть"), ButtonKind.PLAIN, key="Enter", compact=True)
        closer = IconButton(Icon.CLOSE, tr("Скрыть просмотр"), ButtonKind.PLAIN, compact=True)
        self._opener.clicked.connect(self.open_asked)
        closer.clicked.connect(self.close_asked)
        head = QVBoxLayout()
        head.setContentsMargins(15, 8, 8, 10)
        head.setSpacing(2)
        line = row(self._title, self._opener, closer, gap=6)
        line.setStretch(0, 1)
        head.addLayout(line)
        head.addWidget(self._pill)
        head.addWidget(self._subtitle)
        self._blocks = QVBoxLayout()
        self._blocks.setSpacing(0)
        self._blocks.setContentsMargins(0, 0, 0, 0)
        content = QWidget()
        inner = QVBoxLayout(content)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.addLayout(self._blocks)
        inner.addStretch(1)
        self._open = Button(tr("Открыть"), key="Enter")
        self._open.clicked.connect(self.open_asked)
        self._foot = QHBoxLayout()
        self._foot.setContentsMargins(15, 8, 15, 8)
        self._foot.setSpacing(CONTROL_GAP)
        self._foot.addWidget(self._open)
        self._foot.addStretch(1)
        self.add(head)
        self.add(rule())
        self.add(scrolled(content), 1)
        self.add(rule())
        self.add(self._foot)

    def show_row(self, row: Row | None) -> None:
        """The current row changed (None: there is none). Subclasses load the rest in the background."""
        raise NotImplementedError

    def show_head(self, title: str, subtitle: str = "", state: str = "", tone: Tone = Tone.NEUTRAL) -> None:
        """Without a title nothing is chosen: the pane says what it is for."""
        self._title.set_text(title or tr("Просмотр"))
        self._open.setVisible(bool(title))
        self._opener.setVisible(bool(title))
        if not title:
            subtitle = tr("Выберите строку: здесь будет главное о ней")
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self._pill.set(state, tone)
        self._pill.setVisible(bool(state))

    def add_foot(self, widget: QWidget) -> None:
        """An act beside «Открыть»."""
        self._foot.addWidget(widget)

    def clear(self) -> None:
        while (item := self._blocks.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()

    def show_loading(self) -> None:
        self.clear()
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(15, 8, 15, 8)
        column.addWidget(Skeleton(5))
        self._blocks.addWidget(block)

    def add_block(self, title: str, widgets: Sequence[QWidget]) -> None:
        """A titled group; groups are parted by thin lines."""
        if self._blocks.count():
            self._blocks.addWidget(rule())
        block = QWidget()
        column = QVBoxLayout(block)
        column.setContentsMargins(15, 10, 15, 10)
        column.setSpacing(6)
        if title:
            column.addWidget(Label(title, FontRole.CAPTION_MEDIUM, "muted"))
        for widget in widgets:
            column.addWidget(widget)
        self._blocks.addWidget(block)

    def show_problem(self, problem: Problem) -> bool:
        """A failed preview is a remark in the pane, not a bar over the list."""
        self.clear()
        self.add_block("", [Label(problem.text, FontRole.CAPTION, "error", wrap=True)])
        return True


Answer = TypeVar("Answer")


class LoadedPreview(Preview, Generic[Answer]):
    """A pane that asks the server about the current row; the newest row wins.

    Subclasses say what is asked (`load`, in the background) and how it is shown (`show_answer`). `head` is the column
    that stands in the head until the answer comes; `key` is what makes a row another one.
    """

    head: ClassVar[str] = ""

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self.key: Any = None

    def show_row(self, row: Row | None) -> None:
        if row is None:
            self.key = None
            self.leave_row()
            self.app.tasks.cancel(self, "preview")
            self.clear()
            self.show_head("")
            return
        key = self.key_of(row)
        if key != self.key:
            self.key = key
            self.leave_row()
            self.show_head(*self.heads_of(row))
            self.show_loading()
        self.app.tasks.run(self, lambda: self.load(key), self.show_answer, key="preview")

    def key_of(self, row: Row) -> Any:
        return int(row["id"])

    def heads_of(self, row: Row) -> tuple[str, str]:
        """Title and subtitle until the answer comes."""
        return str(row.get(self.head) or ""), ""

    def leave_row(self) -> None:
        """Another row is shown from now on, or none."""

    def load(self, key: Any, /) -> Answer:
        """Blocking; runs beside the window."""
        raise NotImplementedError

    def show_answer(self, answer: Answer, /) -> None:
        raise NotImplementedError


class IconLine(QWidget):
    """A fact with its icon: «calendar 02.11.2026»; cut with an ellipsis when it is too long."""

    def __init__(self, icon: str, text: str, *, tone: str = "text", strong: bool = False,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = str(icon)
        self._text = text
        self._tone = "text" if tone == "neutral" else tone
        self._role = FontRole.STRONG if strong else FontRole.BODY
        self.setAccessibleName(text)
        self.setToolTip(text)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(font(self._role))
        return QSize(28 + metrics.horizontalAdvance(self._text), metrics.height() + 4)

    def minimumSizeHint(self) -> QSize:
        return QSize(60, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ink = "muted" if self._tone == "text" else self._tone
        draw_icon(painter, QRectF(0, (self.height() - 16) / 2, 16, 16), self._icon, ink)
        painter.setFont(font(self._role))
        painter.setPen(color(self._tone))
        painter.drawText(QRectF(26, 0, self.width() - 26, self.height()), Qt.AlignmentFlag.AlignVCenter,
                         elided(painter.fontMetrics(), self._text, self.width() - 26))
