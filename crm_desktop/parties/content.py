"""What can be typed on the card of a party."""

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.parties import PartyBody, PartyUpdate
from crm_desktop.kit.feature import AppContext
from crm_desktop.parties.contacts import ContactsCard
from crm_desktop.parties.form import PartyForm
from crm_desktop.parties.places import AccountsCard, SitesCard
from crm_desktop.records.content import RecordContent
from crm_desktop.widgets.cards import CARD_GAP


class PartyContent(RecordContent):
    """`form` and the column `rows` with the three lists."""

    def __init__(self, app: AppContext) -> None:
        self.requisites = PartyForm(app)
        self.contacts = ContactsCard()
        super().__init__(self.requisites, {
            "contacts": self.contacts, "sites": SitesCard(), "accounts": AccountsCard()})
        self.rows = QWidget()
        column = QVBoxLayout(self.rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CARD_GAP)
        for rows in self.lists.values():
            column.addWidget(rows)
        column.addStretch(1)

    def rows_of(self, card: Any, name: str) -> Sequence[BaseModel]:
        model = self.lists[name].model
        return [model.model_validate(row.model_dump()) for row in getattr(card, name)]

    def show_new(self, name: str, *, is_own: bool = False) -> None:
        self.requisites.show_new()
        if is_own:
            self.form.set_values({"is_own": True, "is_customer": False}, clean=False)
        if name:
            self.form.set_values({"name": name}, clean=False)

    def body(self, *, forced: bool) -> PartyBody:
        return PartyBody(**self._values(), ignore_duplicates=forced)

    def update(self, version: int, *, forced: bool) -> PartyUpdate:
        return PartyUpdate(**self._values(), version=version, ignore_duplicates=forced)

    def _values(self) -> dict[str, Any]:
        """Fields by the names of `PartyBody`, with the lists."""
        return {**self.requisites.body(), **{name: rows.rows() for name, rows in self.lists.items()}}
