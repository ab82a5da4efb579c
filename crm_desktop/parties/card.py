"""The card of a party: requisites, contacts, sites, accounts, the feed of what happened."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.base import Created, Ref
from crm_contract.documents import KINDS
from crm_contract.lists import Tone
from crm_contract.parties import Duplicate, DuplicateQuery, PartyCard
from crm_contract.permissions import Permission
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import Problem
from crm_desktop.parties.api import PartiesApi
from crm_desktop.parties.content import PartyContent
from crm_desktop.parties.counters import Counters, counter_target
from crm_desktop.parties.form import WATCHED_FOR_DUPLICATES
from crm_desktop.parties.header import PartyHeader
from crm_desktop.parties.timeline import TimelineCard
from crm_desktop.records.kinds_menu import open_kinds_menu
from crm_desktop.records.page import RecordPage
from crm_desktop.widgets.bars import Action
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE, Card
from crm_desktop.widgets.dialogs import confirm
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.scrolled import scrolled

DUPLICATES_PAUSE_MS = 500
FORM_WIDTH = 330
NARROW, NARROW_FORM = 1000, 262  # a page narrower than that gives the form less, so that no card is cut


class PartyPage(RecordPage):
    """`party` by id, or a new one. Parameters of a new one: `name` (typed somewhere else), `draft` (its key)."""

    entity = "party"
    can_force = True
    watches = frozenset({"party", *KINDS})

    def __init__(self, app: AppContext, id: int | None, params: Mapping[str, Any]) -> None:
        self.typed = PartyContent(app)
        super().__init__(app, id, params, self.typed, tr("Клиент") if id is not None else tr("Новый клиент"))
        self.api = PartiesApi(app.api)
        self.header = PartyHeader()
        self.busy = self.header.save
        self.counters = Counters()
        self.timeline = TimelineCard()
        self._duplicates_timer = QTimer(self, singleShot=True, interval=DUPLICATES_PAUSE_MS)
        self._duplicates_timer.timeout.connect(self._ask_duplicates)
        self._lay_out()
        self._wire()
        if id is None:
            name = str(params.get("name", ""))
            self.typed.show_new(name, is_own=bool(params.get("is_own")))
            self.header.show_new(name)
            self.timeline.hide()

    # --- RecordPage ------------------------------------------------------------------------------------------------

    def read(self, id: int) -> PartyCard:
        return self.api.get(id)

    def sending(self, *, forced: bool) -> Callable[[], Created]:
        if self.id is None or self.version is None:
            return partial(self.api.create, self.typed.body(forced=forced))
        return partial(self.api.update, self.id, self.typed.update(self.version, forced=forced))

    def load_more(self) -> None:
        id = self.id
        self.app.tasks.run(self, self.api.roles, self.typed.contacts.set_roles, key="roles")
        if id is not None:
            self.app.tasks.run(self, lambda: self.api.timeline(id), self.timeline.show_entries, key="timeline")

    def show_saved(self, card: PartyCard) -> None:
        self.content.set_read_only(card.archived or not self.app.session.can(Permission.PARTY_EDIT))
        self.header.show_card(card)
        self.counters.show_counters(card.counters)
        self.timeline.show()
        self.set_title(card.name)
        self.set_status(tr("Карточка создана {made} · изменена {changed} {by}").format(
            made=formatting.day(formatting.local(card.created_at).date()),
            changed=formatting.moment_near(card.updated_at), by=card.updated_by))

    def show_dirty(self, on: bool) -> None:
        self.header.set_dirty(on)

    def draft_title(self) -> str:
        return str(self.content.form.field("name").value()) or self.title

    def focus_start(self) -> None:
        if self.id is None:
            self.content.form.field("name").setFocus()
        else:
            self.timeline.focus_note()

    def on_edited(self, name: str = "") -> None:
        super().on_edited(name)
        if self.id is None:
            self.header.show_new(self.draft_title())
        if name in WATCHED_FOR_DUPLICATES:
            self._duplicates_timer.start()

    # --- duplicates ------------------------------------------------------------------------------------------------

    def _ask_duplicates(self) -> None:
        values = self.content.form.values()
        query = DuplicateQuery(id=self.id, inn=values["inn"][:12], kpp=(values["kpp"] or "")[:9], name=values["name"],
                               phone=values["phone"], email=values["email"])
        self.app.tasks.run(self, lambda: self.api.duplicates(query), self.show_duplicates, key="duplicates")

    def show_duplicates(self, found: Sequence[Duplicate]) -> None:
        """A warning while typing; the server refuses a certain duplicate when it is saved."""
        self.messages.dismiss("duplicates")
        if not found:
            return
        first = found[0]
        more = tr(" и ещё {count}").format(count=len(found) - 1) if len(found) > 1 else ""
        actions: list[Action] = []
        if first.name:
            actions.append((tr("Открыть"), lambda: self.app.navigator.open("party", first.id)))
        if self.id is not None and self.app.session.can(Permission.PARTY_MERGE):
            actions.append((tr("Объединить…"), lambda: self._open_merge(found)))
        self.messages.show_message(
            tr("Похоже, уже есть: {name}{more}. {reason}").format(
                name=first.name or tr("контрагент другого филиала"), more=more, reason=first.reason),
            Tone.ERROR if first.certain else Tone.WARN, key="duplicates", actions=actions)

    def _open_merge(self, doubles: Sequence[Duplicate] = ()) -> None:
        ids = [self.id, *(double.id for double in doubles)]
        self.app.navigator.open("party_merge", None, ids=ids)

    def cures_of(self, problem: Problem) -> Sequence[Action]:
        found = [Duplicate.model_validate(raw) for raw in problem.data.get("duplicates", ())]
        return [(tr("Открыть «{name}»").format(name=double.name),
                 lambda id=double.id: self.app.navigator.open("party", id)) for double in found[:1] if double.name]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._requisites.setFixedWidth(FORM_WIDTH if self.width() >= NARROW else NARROW_FORM)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        requisites = self._requisites = Card(tr("Реквизиты"), margins=False)
        holder = QWidget()
        around = QVBoxLayout(holder)
        around.setContentsMargins(15, 4, 15, 12)
        around.addWidget(self.content.form)
        requisites.add(scrolled(holder), 1)
        requisites.setFixedWidth(FORM_WIDTH)
        self.timeline.setMinimumWidth(262)
        columns = QHBoxLayout()
        columns.setSpacing(CARD_GAP)
        columns.addWidget(requisites)
        columns.addWidget(scrolled(self.typed.rows), 11)
        columns.addWidget(self.timeline, 8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 8, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addWidget(self.header)
        outer.addWidget(self.messages)
        outer.addWidget(self.counters)
        outer.addLayout(columns, 1)

    def _wire(self) -> None:
        self.header.save_asked.connect(self.saving.save)
        self.header.based_on_asked.connect(self._open_based_on)
        self.header.more_asked.connect(self._open_more)
        self.counters.chosen.connect(self._open_counter)
        self.timeline.noted.connect(self._add_note)
        self.timeline.opened.connect(self.app.navigator.open)
        self.app.shortcuts.bind(self, "record.based_on", lambda: self._open_based_on(self.header.based_on))
        self.app.shortcuts.bind(self, "record.note", self.timeline.focus_note)

    def _add_note(self, text: str) -> None:
        id = self.id
        if id is None:
            return

        def failed(error: BaseException) -> None:
            self.timeline.keep_note(text)
            self.saving.show_error(error)

        self.app.tasks.run(self, lambda: self.api.add_note(id, text), lambda _: self.load_more(), failed)

    def _open_counter(self, code: str) -> None:
        if self.card is not None:
            counter_target(self.app, code, self.card.id, self.card.name)

    def _open_based_on(self, button: QWidget) -> None:
        """A document for this customer; the person's rights decide what is offered."""
        card: PartyCard | None = self.card
        if card is None or card.archived:
            return
        party = Ref(id=card.id, title=card.name)
        open_kinds_menu(self.app, button, lambda kind: self.app.navigator.open(
            kind.code, None, party_id=party.id, party=party), with_party=True)

    def _open_more(self, button: QWidget) -> None:
        card: PartyCard | None = self.card
        if card is None:
            return
        may = self.app.session.can(Permission.PARTY_EDIT)
        menu = self._menu()
        menu.add(tr("Прочитать заново"), self.refresh, icon=Icon.ARROWS_CLOCKWISE, key="F5")
        menu.addSeparator()
        if self.app.session.can(Permission.PARTY_MERGE) and not card.archived:
            menu.add(tr("Объединить с дублем…"), self._open_merge, icon=Icon.BRANCH)
        title = tr("Вернуть из архива") if card.archived else tr("В архив…")
        menu.add(title, self._ask_archive, icon=Icon.TRAY, why_not="" if may else tr("Нет права изменять контрагентов"))
        menu.open_below(button, align_right=True)

    def _ask_archive(self) -> None:
        card: PartyCard | None = self.card
        if card is None:
            return
        if card.archived:
            self._set_archived(card, archived=False)
        else:
            confirm(self, tr("Убрать «{name}» в архив?").format(name=card.name),
                    tr("Карточка уйдёт из списков. Документы останутся, вернуть можно в любой момент."),
                    tr("В архив"), lambda: self._set_archived(card, archived=True), danger=False)

    def _set_archived(self, card: PartyCard, *, archived: bool) -> None:
        self.app.tasks.run(self, lambda: self.api.set_archived(card.id, card.version, archived=archived),
                           lambda _: self.load(), self.saving.show_error)

    def _menu(self) -> Menu:
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu
