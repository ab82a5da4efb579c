"""The draft of an open card: written while typing, offered at the next opening, removed after saving."""

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from PySide6.QtCore import QObject

from crm_contract.lists import Tone
from crm_desktop.kit import formatting
from crm_desktop.kit.drafts import Draft, DraftKeeper
from crm_desktop.kit.i18n import tr

if TYPE_CHECKING:
    from crm_desktop.records.page import RecordPage


class RecordDraft(QObject):
    """`key` is given for a new record that is opened from the list of drafts."""

    def __init__(self, page: "RecordPage", key: str = "") -> None:
        super().__init__(page)
        self._page = page
        self._asked_key = key
        own = f"{page.entity}-{page.id}" if page.id is not None else f"{page.entity}-new-{uuid4().hex[:12]}"
        self._key = key or own
        self._keeper = DraftKeeper(page.app.drafts, page.app.tasks, self._key, page.entity, page.id, self._snapshot,
                                   self)
        self._keeper.failed.connect(self._on_failed)
        self._offered = False
        self._written = False

    def touch(self, dirty: bool) -> None:
        if dirty:
            self._written = True
            self._keeper.touch()
        else:
            self.drop()

    def drop(self) -> None:
        """Saved, or given up by the person."""
        if self._written:
            self._written = False
            self._keeper.done()

    def flush(self) -> None:
        """The program closes: what was typed last goes to the disk now."""
        self._keeper.flush()

    def restore_new(self) -> None:
        draft = self._find() if self._asked_key else None
        if draft is not None:
            self._put_back(draft)

    def offer(self, version: int) -> None:
        """A card that has a draft on this computer says so, once."""
        draft = None if self._offered else self._find()
        self._offered = True
        if draft is None:
            return
        changed = tr(" Карточку с тех пор изменили.") if draft.data.get("version") != version else ""
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
        page = self._page
        return page.draft_title(), {"state": page.content.state(), "version": page.version}

    def _on_failed(self, error: object) -> None:
        self._page.messages.show_message(
            tr("Черновик не записан на диск: {why}. Запишите карточку").format(why=error), Tone.WARN, key="draft-disk")
