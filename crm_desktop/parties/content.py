"""What can be typed on the card: the form and the three lists of rows, as one body."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.parties import AccountBody, ContactBody, PartyBody, PartyCard, PartyUpdate, SiteBody
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.parties.contacts import ContactsCard
from crm_desktop.parties.form import PartyForm
from crm_desktop.parties.merging import LISTS, card_values
from crm_desktop.parties.places import AccountsCard, SitesCard
from crm_desktop.widgets.cards import CARD_GAP, Card
from crm_desktop.widgets.rows_card import RowsCard

BODIES = {"contacts": ContactBody, "sites": SiteBody, "accounts": AccountBody}


class PartyContent(QObject):
    """`requisites` and `rows` are the two columns; `edited(name)` at each change by the person."""

    edited = Signal(str)

    def __init__(self, app: AppContext) -> None:
        super().__init__()
        self.form = PartyForm(app)
        self.contacts = ContactsCard()
        self.sites = SitesCard()
        self.accounts = AccountsCard()
        self.lists: dict[str, RowsCard[Any]] = {
            "contacts": self.contacts, "sites": self.sites, "accounts": self.accounts}
        self._clean: dict[str, Any] = self._rows_state()
        self.requisites = Card(tr("Реквизиты"))
        self.requisites.add(self.form)
        self.rows = QWidget()
        column = QVBoxLayout(self.rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CARD_GAP)
        for name in LISTS:
            column.addWidget(self.lists[name])
        column.addStretch(1)
        self.form.edited.connect(self.edited)
        for name, rows in self.lists.items():
            rows.edited.connect(lambda name=name: self.edited.emit(name))

    def show_new(self, name: str) -> None:
        self.form.show_new()
        if name:
            self.form.set_values({"name": name}, clean=False)

    def show_card(self, card: PartyCard) -> None:
        self.form.set_values(card_values(card))
        for name, rows in self.lists.items():
            rows.set_rows([BODIES[name].model_validate(row.model_dump()) for row in getattr(card, name)])
        self._clean = self._rows_state()

    def set_read_only(self, on: bool) -> None:
        self.form.set_read_only(on)
        for rows in self.lists.values():
            rows.set_read_only(on)

    @property
    def is_dirty(self) -> bool:
        return self.form.is_dirty or self._rows_state() != self._clean

    def values(self) -> dict[str, Any]:
        """Fields by the names of `PartyBody`, with the lists."""
        return {**self.form.body(), **{name: rows.rows() for name, rows in self.lists.items()}}

    def body(self, *, ignore_duplicates: bool = False) -> PartyBody:
        return PartyBody(**self.values(), ignore_duplicates=ignore_duplicates)

    def update_body(self, version: int, *, ignore_duplicates: bool = False) -> PartyUpdate:
        return PartyUpdate(**self.values(), version=version, ignore_duplicates=ignore_duplicates)

    def state(self) -> dict[str, Any]:
        """As JSON, for a draft and for comparing versions."""
        return {**self.form.snapshot(), **self._rows_state()}

    def restore(self, state: Mapping[str, Any]) -> None:
        self.form.restore({name: value for name, value in state.items() if name not in LISTS})
        for name, rows in self.lists.items():
            if name in state:
                rows.set_rows([BODIES[name].model_validate(row) for row in state[name]])

    def take(self, name: str, card: PartyCard) -> None:
        """Puts the saved value of one field (or list) into what is being typed."""
        if name in LISTS:
            self.lists[name].set_rows([BODIES[name].model_validate(row.model_dump()) for row in getattr(card, name)])
        else:
            self.form.set_values({name: getattr(card, name)}, clean=False)

    def _rows_state(self) -> dict[str, Any]:
        return {name: [row.model_dump(mode="json") for row in rows.rows()] for name, rows in self.lists.items()}
