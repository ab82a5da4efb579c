"""Cards: a surface with a border and, if it has one, a heading row with a remark and actions."""

from PySide6.QtWidgets import QFrame, QHBoxLayout, QLayout, QVBoxLayout, QWidget

from crm_desktop.kit.fonts import FontRole
from crm_desktop.widgets.labels import Label, rule, section

PAGE_EDGE = 16
CARD_GAP = 12
CONTROL_GAP = 8


class Card(QFrame):
    """Put the content into `body`. `note` is the muted remark beside the heading («5 строк · 48 ед.»)."""

    def __init__(self, title: str = "", *, note: str = "", ruled: bool = False, margins: bool = True,
                 parent: QWidget | None = None) -> None:
        """`ruled` draws a line below the heading; without `margins` the body reaches the border (tables)."""
        super().__init__(parent)
        self.setProperty("role", "card")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        self._head = _Heading(title, note, bottom=8 if ruled else 4) if title else None
        if self._head is not None:
            outer.addLayout(self._head)
            if ruled:
                outer.addWidget(rule())
        self.body = QVBoxLayout()
        if margins:
            self.body.setContentsMargins(15, 4 if title and not ruled else 12, 15, 12)
            self.body.setSpacing(CONTROL_GAP)
        else:
            self.body.setContentsMargins(0, 0, 0, 0)
            self.body.setSpacing(0)
        outer.addLayout(self.body, 1)
        if title:
            self.setAccessibleName(title)

    def set_title(self, text: str) -> None:
        if self._head is not None:
            self._head.title.setText(text)
        self.setAccessibleName(text)

    def set_note(self, text: str) -> None:
        if self._head is not None:
            self._head.note.setText(text)

    def add_action(self, widget: QWidget) -> None:
        """To the right end of the heading row, which a card without a title has not."""
        if self._head is not None:
            self._head.addWidget(widget)

    def add(self, item: QWidget | QLayout, stretch: int = 0) -> None:
        if isinstance(item, QWidget):
            self.body.addWidget(item, stretch)
        else:
            self.body.addLayout(item, stretch)


class _Heading(QHBoxLayout):
    def __init__(self, title: str, note: str, *, bottom: int) -> None:
        super().__init__()
        self.setContentsMargins(15, 8, 11, bottom)
        self.setSpacing(CONTROL_GAP)
        self.title = section(title)
        self.note = Label(note, FontRole.CAPTION, "muted")
        self.addWidget(self.title)
        self.addWidget(self.note)
        self.addStretch(1)


def row(*items: QWidget | QLayout | None, gap: int = CONTROL_GAP) -> QHBoxLayout:
    """Widgets side by side; None stretches."""
    line = QHBoxLayout()
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(gap)
    for item in items:
        if item is None:
            line.addStretch(1)
        elif isinstance(item, QWidget):
            line.addWidget(item)
        else:
            line.addLayout(item)
    return line


def column(*items: QWidget | QLayout | None, gap: int = CARD_GAP, edge: int = 0) -> QVBoxLayout:
    """Widgets below each other; None stretches."""
    stack = QVBoxLayout()
    stack.setContentsMargins(edge, edge, edge, edge)
    stack.setSpacing(gap)
    for item in items:
        if item is None:
            stack.addStretch(1)
        elif isinstance(item, QWidget):
            stack.addWidget(item)
        else:
            stack.addLayout(item)
    return stack
