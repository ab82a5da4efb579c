"""The first row of a document: what it is, its state, and what can be done with it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_contract.documents import DocumentRead
from crm_contract.kinds import Action, DocumentKind
from crm_desktop.documents.actions import main_title
from crm_desktop.documents.related import name_of
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind, MenuButton
from crm_desktop.widgets.labels import ElidedLabel, Label
from crm_desktop.widgets.pills import Pill


class TitleRow(QWidget):
    """`set_busy` while a command runs: one is sent at a time."""

    menu_asked = Signal()
    print_asked = Signal()
    save_asked = Signal()
    main_asked = Signal()

    def __init__(self, kind: DocumentKind, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._kind = kind
        self._number = ""
        self._title = ElidedLabel("", FontRole.TITLE)
        self._title.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._day = Label("", tone="muted")
        self._pill = Pill(dot=True)
        self.menu = MenuButton(name=tr("Все действия (F10)"))
        self.print = Button(tr("Печать"), icon=Icon.PRINTER, key="Ctrl+P")
        self.save = Button(tr("Записать"), key="Ctrl+S")
        self.main = Button("", ButtonKind.PRIMARY, key="Ctrl+Enter")
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (self._title, self._day, self._pill):
            line.addWidget(widget)
        line.addStretch(1)
        for button in (self.menu, self.print, self.save, self.main):
            line.addWidget(button)
        self.menu.clicked.connect(self.menu_asked)
        self.print.clicked.connect(self.print_asked)
        self.save.clicked.connect(self.save_asked)
        self.main.clicked.connect(self.main_asked)
        self.print.setVisible(bool(kind.forms))
        self.show_document(None)

    def show_document(self, document: DocumentRead | None) -> None:
        self._number = document.number if document is not None else ""
        state = self._kind.workflow.state(document.state) if document is not None else None
        self._day.setText(tr("от {day}").format(day=formatting.day(document.date)) if document is not None else "")
        words = state.title if state is not None else tr("Новый документ")
        self._pill.set(words, (state or self._kind.workflow.initial).tone)
        self._fit()

    def show_actions(self, main: Action | None, *, editable: bool, saves: bool) -> None:
        """The primary button; without an action it saves, and where nothing can be edited it is not there.

        `saves`: there is something to save, if only what is learnt after posting.
        """
        self.save.setVisible(saves)
        self.main.setVisible(main is not None or editable)
        self.main.setText(main_title(main))
        self.main.set_icon(main.icon if main is not None else Icon.CHECK)
        self._fit()

    def set_busy(self, on: bool) -> None:
        for button in (self.menu, self.print, self.save, self.main):
            button.setEnabled(not on)

    def controls(self) -> Sequence[QWidget]:
        return (self.menu, self.print, self.save, self.main)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "main"):
            self._fit()

    def _fit(self) -> None:
        """The whole name of the kind where there is room, else its short name, without the day, the number alone."""
        sign = "№ " if self._number.isdigit() else ""
        whole = f"{self._kind.title} {sign}{self._number}".strip()
        short = name_of(self._kind, self._number)
        others = (self._pill, *(button for button in self.controls() if not button.isHidden()))
        room = self.width() - sum(widget.sizeHint().width() + 8 for widget in others)
        day = self._day.sizeHint().width() + 8
        measure = self._title.fontMetrics().horizontalAdvance
        ways = ((whole, day), (short, day), (short, 0), (self._number or short, 0))
        text, kept = next((way for way in ways if measure(way[0]) + 8 + way[1] <= room), ways[-1])
        self._day.setVisible(kept > 0)
        self._title.set_text(text)
