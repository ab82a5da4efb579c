"""The draft of an open card: written while typing, offered at the next opening, removed after saving."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from PySide6.QtCore import QObject

from crm_contract.lists import Tone
from crm_contract.parties import PartyCard
from crm_desktop.kit import formatting
from crm_desktop.kit.drafts import Draft, DraftKeeper
from crm_desktop.kit.i18n import tr

if TYPE_CHECKING:
    from crm_desktop.parties.card import PartyPage


class PartyDraft(QObject):
    def __init__(self, page: "PartyPage", key: str = "") -> None:
        super().__init__(page)
        self._page = page
        self._asked_key = key
        self._key = key or (f"party-{page.id}" if page.id is not None else f"party-new-{uuid4().hex[:12]}")
        self._keeper = DraftKeeper(page.app.drafts, page.app.tasks, self._key, "party", page.id, self._snapshot, self)
        self._keeper.failed.connect(self._on_failed)
        self._offered = False
        self._written = False

    def touch(self, dirty: bool) -> None:
        if dirty:
            self._written = True
            self._keeper.touch()
        elif self._written:
            self.drop()

    def drop(self) -> None:
        """Saved, or given up by the person."""
        if self._written:
            self._written = False
            self._keeper.done()

    def restore_new(self) -> None:
        """A new card opened from the list of drafts."""
        draft = self._find() if self._asked_key else None
        if draft is not None:
            self._put_back(draft)

    def offer(self, card: PartyCard) -> None:
        """A card that has a draft on this computer says so, once."""
        draft = None if self._offered else self._find()
        self._offered = True
        if draft is None:
            return
        changed = tr(" Карточку с тех пор изменили.") if draft.data.get("version") != card.version else ""
        self._page.messages.show_message(
            tr("Есть несохранённые правки: {when}.{changed}").format(
                when=formatting.moment_near(draft.saved_at), changed=changed), Tone.INFO, key="draft", buttons=True,
            actions=((tr("Восстановить"), lambda: self._restore(draft)), (tr("Отбросить"), self._forget)))

    def _restore(self, draft: Draft) -> None:
        self._page.messages.dismiss("draft")
        self._put_back(draft)

    def _put_back(self, draft: Draft) -> None:
        self._written = True
        self._page.content.restore(draft.data.get("state", {}))
        self._page.check_dirty()

    def _forget(self) -> None:
        self._page.messages.dismiss("draft")
        self._written = True
        self.drop()

    def _find(self) -> Draft | None:
        return next((draft for draft in self._page.app.drafts.list() if draft.key == self._key), None)

    def _snapshot(self) -> tuple[str, dict[str, Any]]:
        card = self._page.card
        title = str(self._page.content.form.field("name").value()) or tr("Новый клиент")
        return title, {"state": self._page.content.state(), "version": card.version if card else None}

    def _on_failed(self, error: object) -> None:
        self._page.messages.show_message(
            tr("Черновик не записан на диск: {why}. Запишите карточку").format(why=error), Tone.WARN, key="draft-disk")
