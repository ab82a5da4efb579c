"""What a feature adds to a declared list: which page a row opens, how a new record is made, the preview."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.lists import ListSpec, Tone
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import Problem
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.empty import Skeleton
from crm_desktop.widgets.labels import ElidedLabel, Label, rule
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
        opener = IconButton(Icon.OPEN, tr("Открыть"), ButtonKind.PLAIN, key="Enter", compact=True)
        closer = IconButton(Icon.CLOSE, tr("Скрыть просмотр"), ButtonKind.PLAIN, compact=True)
        opener.clicked.connect(self.open_asked)
        closer.clicked.connect(self.close_asked)
        head = QVBoxLayout()
        head.setContentsMargins(15, 8, 8, 10)
        head.setSpacing(2)
        line = row(self._title, self._pill, opener, closer, gap=6)
        line.setStretch(0, 1)
        head.addLayout(line)
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
        self._title.set_text(title)
        self._subtitle.setText(subtitle)
        self._subtitle.setVisible(bool(subtitle))
        self._pill.set(state, tone)
        self._pill.setVisible(bool(state))

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


@dataclass(frozen=True, slots=True)
class ListProfile:
    """`open_row` None: the rows open nothing. `watches` are the entities of the changes feed that the list shows.

    `create` is offered as «Создать» to those who have `create_permission`.
    """

    spec: ListSpec
    watches: frozenset[str]
    open_row: Callable[[AppContext, Row], None] | None = None
    create: Callable[[AppContext], None] | None = None
    create_permission: str = ""
    preview: Callable[[AppContext], Preview] | None = None
    can_export: bool = True
