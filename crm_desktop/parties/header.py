"""The head of the card: who it is, the debt, what can be made for the customer."""

from PySide6.QtCore import QRectF, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_contract.parties import PartyCard, PartyKind
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.parties.list_page import overdue_words
from crm_desktop.widgets.bars import copy_text
from crm_desktop.widgets.buttons import Button, ButtonKind, IconButton, MenuButton
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.labels import ElidedLabel, Label, muted
from crm_desktop.widgets.painting import box
from crm_desktop.widgets.pills import Pill, Tag

_ICONS = {PartyKind.LEGAL: Icon.BUILDING, PartyKind.SOLE: Icon.USER_CIRCLE, PartyKind.PERSON: Icon.USER}


class PartyHeader(Card):
    save_asked = Signal()
    based_on_asked = Signal(QWidget)
    more_asked = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._tile = _Tile()
        self._name = ElidedLabel("", FontRole.TITLE)
        self._state = Pill(dot=True)
        self._own = Tag(tr("своя организация"), Tone.VIOLET)
        self._line = ElidedLabel("", FontRole.BODY, "muted")
        self.save = Button(tr("Записать"), ButtonKind.PRIMARY, icon=Icon.FLOPPY, key="Ctrl+S")
        self.save.clicked.connect(self.save_asked)
        self._phone = IconButton(Icon.PHONE, tr("Скопировать телефон"))
        self._mail = IconButton(Icon.ENVELOPE, tr("Скопировать почту"))
        self._more = MenuButton(name=tr("Ещё"))
        self._more.clicked.connect(lambda: self.more_asked.emit(self._more))
        self.based_on = Button(tr("На основании"), ButtonKind.PRIMARY, icon=Icon.BRANCH, key="Alt+O")
        self.based_on.clicked.connect(lambda: self.based_on_asked.emit(self.based_on))
        self._debt_title = muted(tr("Долг"))
        self._debt = Label("", FontRole.SECTION)
        self._overdue = Pill()
        self._card: PartyCard | None = None
        self._phone.clicked.connect(lambda: copy_text(self._card.phone if self._card else ""))
        self._mail.clicked.connect(lambda: copy_text(self._card.email if self._card else ""))
        names = QVBoxLayout()
        names.setSpacing(6)
        first = row(self._name, self._state, self._own, None)
        names.addStretch(1)
        names.addLayout(first)
        names.addWidget(self._line)
        names.addStretch(1)
        acts = QVBoxLayout()
        acts.setSpacing(8)
        acts.addLayout(row(None, self._phone, self._mail, self._more, self.save, self.based_on))
        acts.addLayout(row(None, self._debt_title, self._debt, self._overdue))
        line = row(self._tile, names, acts, gap=16)
        line.setStretch(1, 1)
        self.add(line)
        self.set_dirty(False)
        for widget in (self._state, self._own, self._overdue):
            widget.hide()

    def show_new(self, name: str) -> None:
        self._name.set_text(name or tr("Новый контрагент"))
        self._line.set_text(tr("Заполните реквизиты и запишите"))
        for widget in (self._phone, self._mail, self._more, self.based_on, self._debt_title, self._debt):
            widget.hide()
        self.save.show()

    def show_card(self, card: PartyCard) -> None:
        self._card = card
        self._tile.set_icon(_ICONS[card.kind])
        self._name.set_text(card.name)
        self._state.set(tr("В архиве") if card.archived else tr("Активен"),
                        Tone.NEUTRAL if card.archived else Tone.OK)
        self._state.show()
        self._own.setVisible(card.is_own)
        parts = [f"{title} {value}" for title, value in (
            (tr("ИНН"), card.inn), (tr("КПП"), card.kpp),
            (tr("Менеджер"), card.manager.title if card.manager else ""),
            (tr("Сегмент:"), card.segment)) if value]
        self._line.set_text("   ·   ".join(parts))
        self._phone.setVisible(bool(card.phone))
        self._phone.setToolTip(tr("Скопировать {text}").format(text=card.phone))
        self._mail.setVisible(bool(card.email))
        self._mail.setToolTip(tr("Скопировать {text}").format(text=card.email))
        self._more.show()
        self.based_on.setVisible(not card.archived)
        self._debt_title.show()
        self._debt.show()
        self._debt.setText(formatting.money(card.debt.total, "RUB"))
        self._overdue.setVisible(card.debt.overdue > 0)
        self._overdue.set(overdue_words(card) if card.debt.overdue else "", Tone.ERROR)

    def set_dirty(self, on: bool) -> None:
        """One primary button: saving while there is something to save."""
        self.save.setVisible(on)
        self.based_on.set_kind(ButtonKind.SECONDARY if on else ButtonKind.PRIMARY)


class _Tile(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._icon: str = Icon.BUILDING
        self.setFixedSize(52, 52)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 8, color("soft"))
        draw_icon(painter, QRectF(12, 12, 28, 28), self._icon, "accent")
