"""The card of a party: requisites, contacts, sites, accounts, the feed of what happened."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.base import Ref
from crm_contract.documents import KINDS
from crm_contract.lists import Tone
from crm_contract.parties import Duplicate, DuplicateQuery, PartyCard
from crm_contract.permissions import Permission
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem
from crm_desktop.kit.shortcuts import ActionSpec
from crm_desktop.parties.api import PartiesApi
from crm_desktop.parties.content import PartyContent
from crm_desktop.parties.counters import Counters, counter_target
from crm_desktop.parties.form import WATCHED_FOR_DUPLICATES
from crm_desktop.parties.header import PartyHeader
from crm_desktop.parties.keeping import PartyDraft
from crm_desktop.parties.saving import PartySaving
from crm_desktop.parties.timeline import TimelineCard
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE
from crm_desktop.widgets.dialogs import confirm
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.scrolled import scrolled

CONTEXT = "party"
SHORTCUTS = (
    ActionSpec("party.save", tr("Записать карточку"), ("Ctrl+S",), CONTEXT, Icon.FLOPPY),
    ActionSpec("party.save_close", tr("Записать и закрыть"), ("Ctrl+Return", "Ctrl+Enter"), CONTEXT, Icon.CHECK),
    ActionSpec("party.based_on", tr("На основании"), ("Alt+O",), CONTEXT, Icon.BRANCH),
    ActionSpec("party.note", tr("Написать комментарий"), ("Ctrl+M",), CONTEXT, Icon.CHAT),
    ActionSpec("party.reload", tr("Прочитать карточку заново"), ("F5",), CONTEXT, Icon.ARROWS_CLOCKWISE),
)
DUPLICATES_PAUSE_MS = 500


class PartyPage(Page):
    """`party` by id, or a new one. Parameters of a new one: `name` (typed somewhere else), `draft` (its key)."""

    watches = frozenset({"party", *KINDS})

    def __init__(self, app: AppContext, id: int | None, params: Mapping[str, Any]) -> None:
        super().__init__(tr("Клиент") if id is not None else tr("Новый клиент"))
        self.setObjectName("page")
        self.app = app
        self.api = PartiesApi(app.api)
        self.id = id
        self.card: PartyCard | None = None
        self.header = PartyHeader()
        self.counters = Counters()
        self.messages = MessageBar()
        self.content = PartyContent(app)
        self.timeline = TimelineCard()
        self.saving = PartySaving(self)
        self.draft = PartyDraft(self, str(params.get("draft", "")))
        self._loaded = False
        self._duplicates_timer = QTimer(self, singleShot=True, interval=DUPLICATES_PAUSE_MS)
        self._duplicates_timer.timeout.connect(self._ask_duplicates)
        self._lay_out()
        self._wire()
        if id is None:
            self._begin_new(str(params.get("name", "")))

    # --- Page ------------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        if not self._loaded:
            self._loaded = True
            self.load()
        if self.focusWidget() is None or not self.isAncestorOf(self.focusWidget()):
            self.content.form.focus_first() if self.id is None else self.timeline.note.setFocus()

    def can_close(self, done: Callable[[bool], None]) -> None:
        if not self.dirty:
            self.draft.drop()
            done(True)
            return

        def forget() -> None:
            self.draft.drop()
            self.set_dirty(False)
            done(True)

        def stay() -> None:
            self.messages.dismiss("guard")
            done(False)

        self.messages.show_message(
            tr("Закрыть без записи? Введённое пропадёт."), Tone.WARN, key="guard", buttons=True, closable=False,
            actions=((tr("Записать"), lambda: self.saving.save(lambda: done(True))),
                     (tr("Не записывать"), forget), (tr("Остаться"), stay)))

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """While nothing is typed the card follows the server; else saving compares the versions."""
        if self.id is None or not self._loaded:
            return
        self._load_timeline()
        if not self.dirty:
            self.load()

    def place(self) -> tuple[str, int | None]:
        return ("party", self.id) if self.id is not None else ("", None)

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    # --- loading ---------------------------------------------------------------------------------------------------

    def load(self) -> None:
        id = self.id
        self.app.tasks.run(self, self.api.roles, self.content.contacts.set_roles, key="roles")
        if id is not None:
            self.app.tasks.run(self, lambda: self.api.get(id), self._loaded_card, key="card")
            self._load_timeline()

    def _loaded_card(self, card: PartyCard) -> None:
        if not self.dirty:  # typing began while the answer was on its way
            self.show_card(card)
            self.draft.offer(card)

    def show_card(self, card: PartyCard) -> None:
        """What is saved is what is shown."""
        self.id, self.card = card.id, card
        self.content.show_card(card)
        self.content.set_read_only(card.archived or not self.app.session.can(Permission.PARTY_EDIT))
        self.header.show_card(card)
        self.counters.show_counters(card.counters)
        self.timeline.show()
        self.set_title(card.name)
        self.set_dirty(False)
        self.header.set_dirty(False)
        self.set_status(tr("Карточка создана {made} · изменена {changed} {by}").format(
            made=formatting.day(formatting.local(card.created_at).date()),
            changed=formatting.moment_near(card.updated_at), by=card.updated_by))

    def _load_timeline(self) -> None:
        id = self.id
        if id is not None:
            self.app.tasks.run(self, lambda: self.api.timeline(id), self.timeline.show_entries, key="timeline")

    def _begin_new(self, name: str) -> None:
        self.content.show_new(name)
        self.header.show_new(name)
        self.timeline.hide()
        self.draft.restore_new()

    # --- typing ----------------------------------------------------------------------------------------------------

    def on_edited(self, name: str = "") -> None:
        """The person changed a field or a row."""
        self.check_dirty()
        if self.id is None:
            self.header.show_new(str(self.content.form.field("name").value()))
        if name in WATCHED_FOR_DUPLICATES:
            self._duplicates_timer.start()

    def check_dirty(self) -> None:
        dirty = self.content.is_dirty
        self.set_dirty(dirty)
        self.header.set_dirty(dirty or self.id is None)
        self.draft.touch(dirty)

    def _ask_duplicates(self) -> None:
        values = self.content.form.values()
        query = DuplicateQuery(id=self.id, inn=values["inn"], kpp=values["kpp"] or "", name=values["name"],
                               phone=values["phone"], email=values["email"])
        self.app.tasks.run(self, lambda: self.api.duplicates(query), self.show_duplicates, key="duplicates")

    def show_duplicates(self, found: Sequence[Duplicate]) -> None:
        """A warning while typing; the server refuses a certain duplicate when it is saved."""
        self.messages.dismiss("duplicates")
        if not found:
            return
        first = found[0]
        more = tr(" и ещё {count}").format(count=len(found) - 1) if len(found) > 1 else ""
        tone = Tone.ERROR if first.certain else Tone.WARN
        actions = ((tr("Открыть"), lambda: self.app.navigator.open("party", first.id)),) if first.name else ()
        name = first.name or tr("другого филиала")
        self.messages.show_message(
            tr("Похоже, уже есть: {name}{more}. Совпадает {reason}").format(
                name=name, more=more, reason=first.reason), tone, key="duplicates", actions=actions)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        left = scrolled(self.content.requisites)
        left.setFixedWidth(338)
        middle = scrolled(self.content.rows)
        self.timeline.setMinimumWidth(280)
        columns = QHBoxLayout()
        columns.setSpacing(CARD_GAP)
        columns.addWidget(left)
        columns.addWidget(middle, 11)
        columns.addWidget(self.timeline, 8)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 8, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addWidget(self.header)
        outer.addWidget(self.messages)
        outer.addWidget(self.counters)
        outer.addLayout(columns, 1)

    def _wire(self) -> None:
        self.content.edited.connect(self.on_edited)
        self.header.save_asked.connect(self.saving.save)
        self.header.based_on_asked.connect(self._open_based_on)
        self.header.more_asked.connect(self._open_more)
        self.counters.chosen.connect(self._open_counter)
        self.timeline.noted.connect(self._add_note)
        self.timeline.opened.connect(self.app.navigator.open)
        bind = self.app.shortcuts.bind
        for action, run in (
            ("party.save", self.saving.save), ("party.save_close", self._save_and_close),
            ("party.based_on", lambda: self._open_based_on(self.header.based_on)),
            ("party.note", self.timeline.focus_note), ("party.reload", self.refresh),
        ):
            bind(self, action, run, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def _save_and_close(self) -> None:
        if self.dirty or self.id is None:
            self.saving.save(self.closed.emit)
        else:
            self.closed.emit()

    def _add_note(self, text: str) -> None:
        id = self.id
        if id is None:
            return

        def failed(error: BaseException) -> None:
            self.timeline.keep_note(text)
            self.saving.show_error(error)

        self.app.tasks.run(self, lambda: self.api.add_note(id, text), lambda _: self._load_timeline(), failed)

    def _open_counter(self, code: str) -> None:
        if self.card is not None:
            counter_target(self.app, code, self.card.id, self.card.name)

    def _open_based_on(self, button: QWidget) -> None:
        card = self.card
        if card is None or card.archived:
            return
        party = Ref(id=card.id, title=card.name)
        menu = self._menu()
        for kind in KINDS.values():
            if kind.header("party_id") is not None and self.app.session.can(kind.permission("edit")):
                menu.add(kind.title, lambda kind=kind: self.app.navigator.open(
                    kind.code, None, party_id=party.id, party=party), icon=kind.icon, key=kind.letter)
        if not menu.actions():
            menu.add(tr("Нет прав на создание документов")).setEnabled(False)
        menu.open_below(button, align_right=True)

    def _open_more(self, button: QWidget) -> None:
        card = self.card
        if card is None:
            return
        may = self.app.session.can(Permission.PARTY_EDIT)
        menu = self._menu()
        menu.add(tr("Прочитать заново"), self.refresh, icon=Icon.ARROWS_CLOCKWISE, key="F5")
        menu.addSeparator()
        title = tr("Вернуть из архива") if card.archived else tr("В архив…")
        menu.add(title, self._ask_archive, icon=Icon.TRAY, why_not="" if may else tr("Нет права изменять контрагентов"))
        menu.open_below(button, align_right=True)

    def _ask_archive(self) -> None:
        card = self.card
        if card is None:
            return
        if card.archived:
            self.saving.set_archived(card, archived=False)
        else:
            confirm(self, tr("Убрать «{name}» в архив?").format(name=card.name),
                    tr("Карточка уйдёт из списков. Документы останутся, вернуть можно в любой момент."),
                    tr("В архив"), lambda: self.saving.set_archived(card, archived=True), danger=False)

    def _menu(self) -> Menu:
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu
