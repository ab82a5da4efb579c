"""The list of customers with the card's essence beside it."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_contract.exchange import ImportTarget
from crm_contract.lists import Tone
from crm_contract.parties import PARTY_LIST, ContactRead, PartyCard
from crm_contract.permissions import Permission
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext, Command
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.preview import IconLine, LoadedPreview, Row
from crm_desktop.lists.profile import ListProfile, RowsAction
from crm_desktop.parties.api import PartiesApi
from crm_desktop.parties.counters import counter_target
from crm_desktop.widgets.cards import row as line_of
from crm_desktop.widgets.labels import ElidedLabel, Label, Link
from crm_desktop.widgets.pills import Pill
from crm_desktop.widgets.rows_card import stacked

SHOWN_CONTACTS = 3
IMPORT = Command(tr("Загрузить из Excel…"), Icon.UPLOAD,
                 lambda app: app.navigator.open("import", None, target=ImportTarget.PARTIES), Permission.IMPORT_RUN)


MERGE = RowsAction(tr("Объединить дубли…"), Icon.BRANCH, lambda app, rows: app.navigator.open(
    "party_merge", None, ids=[row["id"] for row in rows]), Permission.PARTY_MERGE, least=2)


def make_list(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(
        PARTY_LIST, frozenset({"party", "invoice", "payment"}), _open, _create, Permission.PARTY_EDIT, PartyPreview,
        needs=("name",), commands=(IMPORT,), rows_actions=(MERGE,))
    return ListPage(app, profile, params)


def _open(app: AppContext, row: Row) -> None:
    app.navigator.open("party", row["id"])


def _create(app: AppContext) -> None:
    app.navigator.open("party", None)


class PartyPreview(LoadedPreview[PartyCard]):
    """Debt, contacts and what is going on, without opening the card."""

    head = "name"

    def load(self, key: int) -> PartyCard:
        return PartiesApi(self.app.api).get(key)

    def show_answer(self, card: PartyCard) -> None:
        self.clear()
        state = (tr("В архиве"), Tone.NEUTRAL) if card.archived else ("", Tone.NEUTRAL)
        self.show_head(card.name, requisites_line(card), *state)
        lines: list[QWidget] = [Label(formatting.money(card.debt.total, "RUB"), FontRole.TITLE)]
        if card.debt.overdue:
            lines.append(Pill(overdue_words(card), Tone.ERROR))
        self.add_block(tr("Долг"), lines)
        facts = [IconLine(icon, text) for icon, text in (
            (Icon.PHONE, card.phone), (Icon.ENVELOPE, card.email), (Icon.MAP_PIN, card.legal_address),
            (Icon.USER, card.manager.title if card.manager else "")) if text]
        if facts:
            self.add_block("", facts)
        if card.contacts:
            self.add_block(tr("Контакты"), [self._contact(c) for c in card.contacts[:SHOWN_CONTACTS]])
        shown = [counter for counter in card.counters if counter.count]
        if shown:
            self.add_block(tr("Документы"), [self._counter(card, counter.code, counter.title, counter.count)
                                             for counter in shown])

    @staticmethod
    def _contact(contact: ContactRead) -> QWidget:
        reach = contact.phones[0] if contact.phones else (contact.emails[0] if contact.emails else "")
        words = " · ".join(part for part in (contact.position, reach) if part)
        return stacked(ElidedLabel(contact.name, FontRole.STRONG), ElidedLabel(words, FontRole.CAPTION, "muted"))

    def _counter(self, card: PartyCard, code: str, title: str, count: int) -> QWidget:
        holder = QWidget()
        link = Link(title)
        link.clicked.connect(lambda: counter_target(self.app, code, card.id, card.name))
        holder.setLayout(line_of(link, None, Label(formatting.integer(count), FontRole.STRONG)))
        return holder


def requisites_line(card: PartyCard) -> str:
    parts = [f"{title} {value}" for title, value in ((tr("ИНН"), card.inn), (tr("КПП"), card.kpp)) if value]
    return " · ".join([*parts, *([card.segment] if card.segment else [])])


def overdue_words(card: PartyCard) -> str:
    return tr("просрочено {sum} · {days} дн.").format(
        sum=formatting.money(card.debt.overdue, "RUB"), days=card.debt.overdue_days)
