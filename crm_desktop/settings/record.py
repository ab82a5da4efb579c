"""The look that the cards of the settings share: title with its buttons, messages, a column of cards."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind, MenuButton
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE
from crm_desktop.widgets.labels import ElidedLabel, muted
from crm_desktop.widgets.pills import Pill
from crm_desktop.widgets.scrolled import scrolled

COLUMN_WIDTH = 640


class CardHeader(QWidget):
    """`save_asked`; `more_asked(button)` when the card has a menu. The pill says the state («вход закрыт»)."""

    save_asked = Signal()
    more_asked = Signal(QWidget)

    def __init__(self, title: str, *, menu: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = ElidedLabel(title, FontRole.TITLE)
        self._note = muted()
        self._pill = Pill()
        self.save = Button(tr("Записать"), ButtonKind.PRIMARY, icon=Icon.CHECK, key="Ctrl+S")
        self.save.clicked.connect(self.save_asked)
        self.more = MenuButton(tr("Ещё"))
        self.more.clicked.connect(lambda: self.more_asked.emit(self.more))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (self._title, self._pill, self._note):
            line.addWidget(widget)
        line.addStretch(1)
        line.addWidget(self.more)
        line.addWidget(self.save)
        self._pill.hide()
        self.more.setVisible(menu)

    def set_title(self, title: str, note: str = "") -> None:
        self._title.set_text(title)
        self._note.setText(note)

    def set_pill(self, text: str, tone: Tone = Tone.NEUTRAL) -> None:
        self._pill.set(text, tone)
        self._pill.setVisible(bool(text))

    def add(self, widget: QWidget) -> None:
        """Before the buttons."""
        layout: QHBoxLayout = self.layout()  # type: ignore[assignment]  # made above
        layout.insertWidget(layout.count() - 2, widget)


def lay_out(page: QWidget, header: QWidget, messages: QWidget, columns: Sequence[Sequence[QWidget]]) -> None:
    """Columns of cards below the title, as wide as a form reads well."""
    holder = QWidget()
    line = QHBoxLayout(holder)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(CARD_GAP)
    for cards in columns:
        column = QVBoxLayout()
        column.setSpacing(CARD_GAP)
        for card in cards:
            card.setMaximumWidth(COLUMN_WIDTH)
            column.addWidget(card)
        column.addStretch(1)
        line.addLayout(column, 1)
    if len(columns) == 1:
        line.addStretch(1)
        line.setStretch(0, 100)
    outer = QVBoxLayout(page)
    outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
    outer.setSpacing(CARD_GAP)
    outer.addWidget(header)
    outer.addWidget(messages)
    outer.addWidget(scrolled(holder), 1)
