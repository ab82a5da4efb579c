"""The base of cards: loading, typing, saving, closing without losing anything."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from crm_contract.base import Created
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem
from crm_desktop.kit.shortcuts import ActionSpec
from crm_desktop.records.content import RecordContent
from crm_desktop.records.draft import RecordDraft
from crm_desktop.records.guard import ask_before_closing
from crm_desktop.records.saving import RecordSaving
from crm_desktop.widgets.bars import Action, MessageBar

CONTEXT = "record"
SHORTCUTS = (
    ActionSpec("record.save", tr("Записать карточку"), ("Ctrl+S",), CONTEXT, Icon.FLOPPY),
    ActionSpec("record.save_close", tr("Записать и закрыть"), ("Ctrl+Enter", "Ctrl+Return"), CONTEXT, Icon.CHECK),
    ActionSpec("record.reload", tr("Прочитать карточку заново"), ("F5",), CONTEXT, Icon.ARROWS_CLOCKWISE),
    ActionSpec("record.based_on", tr("На основании"), ("Alt+O",), CONTEXT, Icon.BRANCH),
    ActionSpec("record.add_row", tr("Добавить строку карточки"), ("Ins",), CONTEXT, Icon.PLUS),
    ActionSpec("record.note", tr("Написать комментарий"), ("Ctrl+M",), CONTEXT, Icon.CHAT),
)


class RecordPage(Page):
    """A subclass makes its layout in `__init__`, then calls `begin`, and implements `read`, `sending`, `show_saved`.

    `card` is the record as the server gave it last, None for a new one.
    """

    entity = ""
    can_force = False  # a CONFLICT of this record may be saved on purpose

    def __init__(self, app: AppContext, id: int | None, params: Mapping[str, Any], content: RecordContent,
                 title: str) -> None:
        super().__init__(title)
        self.setObjectName("page")
        self.app = app
        self.id = id
        self.card: Any = None
        self.busy: QWidget | None = None
        self.content = content
        self.messages = MessageBar()
        self.saving = RecordSaving(self)
        self.draft = RecordDraft(self, str(params.get("draft", "")))
        self._loaded = False
        content.edited.connect(self.on_edited)
        bind = app.shortcuts.bind
        for action, run in (("record.save", self.saving.save), ("record.save_close", self.save_and_close),
                            ("record.reload", self.refresh), ("record.add_row", content.add_row)):
            bind(self, action, run, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # --- of the subclass -------------------------------------------------------------------------------------------

    def read(self, id: int) -> Any:
        """Blocking: the card from the server."""
        raise NotImplementedError

    def sending(self, *, forced: bool) -> Callable[[], Created]:
        """The blocking call that creates or updates, made from what is typed now."""
        raise NotImplementedError

    def show_saved(self, card: Any) -> None:
        """Shows what is not typed: heads, counters, titles."""
        raise NotImplementedError

    def load_more(self) -> None:
        """What a card shows besides itself, e.g. its feed."""

    def show_dirty(self, on: bool) -> None:
        """The state of the buttons."""

    def cures_of(self, problem: Problem) -> Sequence[Action]:
        """What can be done about a CONFLICT besides saving on purpose."""
        return ()

    def draft_title(self) -> str:
        return self.title

    def editor_of(self, card: Any) -> str:
        """Who saved this version."""
        return getattr(card, "updated_by", "")

    # --- Page ------------------------------------------------------------------------------------------------------

    @property
    def version(self) -> int | None:
        return self.card.version if self.card is not None else None

    def activate(self) -> None:
        focused = self.focusWidget()
        first, self._loaded = not self._loaded, True
        if first:
            if self.id is None:
                self.draft.restore_new()
            self.load()
        if first or focused is None or not self.isAncestorOf(focused):
            self.focus_start()  # when the stack shows a new page, Qt gives the focus to its first button

    def focus_start(self) -> None:
        self.content.form.focus_first()

    def can_close(self, done: Callable[[bool], None]) -> None:
        if not self.dirty:
            self.draft.drop()
            done(True)
            return

        def forget() -> None:
            self.draft.drop()
            self.set_dirty(False)

        ask_before_closing(self.messages, lambda: self.saving.save(lambda: done(True)), forget, done)

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """While nothing is typed the card follows the server; else saving compares the versions."""
        if self.id is None or not self._loaded:
            return
        if self.dirty:
            self.load_more()
        else:
            self.load()

    def place(self) -> tuple[str, int | None]:
        return (self.entity, self.id) if self.id is not None else ("", None)

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    # --- for the subclass ------------------------------------------------------------------------------------------

    def load(self) -> None:
        id = self.id
        if id is not None:
            self.app.tasks.run(self, lambda: self.read(id), self._take, key="card")
        self.load_more()

    def show_card(self, card: Any) -> None:
        """What is saved is what is shown."""
        is_new = self.card is None
        self.id, self.card = card.id, card
        self.content.show_card(card)
        self.show_saved(card)
        self.set_dirty(False)
        self.show_dirty(False)
        if is_new:
            self.load_more()

    def on_edited(self, name: str = "") -> None:
        """The person changed a field or a row."""
        self.check_dirty()

    def check_dirty(self) -> None:
        dirty = self.content.is_dirty
        self.set_dirty(dirty)
        self.show_dirty(dirty or self.id is None)
        self.draft.touch(dirty)

    def save_and_close(self) -> None:
        """Ctrl+Enter."""
        self.saving.save(self.closed.emit)

    def _take(self, card: Any) -> None:
        if not self.dirty:  # typing began while the answer was on its way
            self.show_card(card)
            self.draft.offer(card.version)
