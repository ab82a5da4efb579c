"""What is typed and not saved: the draft on this computer, and the question before the page closes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from PySide6.QtCore import QObject

from crm_contract.documents import DocumentRead
from crm_contract.lists import Tone
from crm_desktop.kit import formatting
from crm_desktop.kit.drafts import Draft, DraftKeeper
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.records.guard import GUARD, ask_before_closing

if TYPE_CHECKING:
    from crm_desktop.documents.editor import DocumentEditor

DRAFT = "draft"


class Unsaved(QObject):
    """`key` names a draft to go on with; without it the draft of this document, or a new one."""

    def __init__(self, page: "DocumentEditor", key: str = "") -> None:
        super().__init__(page)
        self._page = page
        self._key = key or self._usual_key(page.place()[1])
        self._keeper = self._make_keeper()

    def touch(self) -> None:
        self._keeper.touch()

    def drop(self) -> None:
        self._keeper.done()

    def flush(self) -> str:
        """Writes now; the key to come back by."""
        self._keeper.flush()
        return self._key

    def saved(self, document_id: int) -> None:
        """The work is on the server; the next edits of a document that was new are kept under its own key."""
        self._keeper.done()
        if self._key != self._usual_key(document_id):
            self._key = self._usual_key(document_id)
            self._keeper = self._make_keeper(document_id)

    def take_over(self, key: str) -> None:
        """A new page goes on with this draft."""
        self._key = key
        self._keeper = self._make_keeper()
        self.find(self.put_back)

    def find(self, found: Callable[[Draft], object]) -> None:
        """Calls `found` if there is a draft and nothing is typed yet."""
        drafts, key = self._page.app.drafts, self._key

        def take(draft: Draft | None) -> None:
            if draft is not None and not self._page.dirty:
                found(draft)

        self._page.app.tasks.disk(
            self._page, lambda: next((draft for draft in drafts.list() if draft.key == key), None), take)

    def offer(self, draft: Draft) -> None:
        """A draft of a saved document: the person says whether it still counts."""
        def remove() -> None:
            self.drop()
            self._page.messages.dismiss(DRAFT)

        self._page.messages.show_message(
            tr("Изменено {when}, но не записано.").format(when=formatting.moment_near(draft.saved_at)), Tone.WARN,
            key=DRAFT, lead=tr("Есть черновик."), buttons=True, closable=False,
            actions=[(tr("Вернуть"), lambda: self.put_back(draft)), (tr("Удалить"), remove)])

    def put_back(self, draft: Draft) -> None:
        self._page.messages.dismiss(DRAFT)
        base = draft.data.get("base")
        self._page.put_back(draft.data, DocumentRead.model_validate(base) if base is not None else self._page.base)

    def ask_before_closing(self, done: Callable[[bool], None]) -> None:
        """«Записать», «Не записывать», «Остаться»."""
        def forget() -> None:
            self.drop()
            self._page.set_dirty(False)

        def save() -> None:
            self._page.messages.dismiss(GUARD)
            self._page.commands.save(lambda: done(True), lambda: done(False))

        ask_before_closing(self._page.messages, save, forget, done)

    def _make_keeper(self, document_id: int | None = None) -> DraftKeeper:
        page = self._page
        keeper = DraftKeeper(page.app.drafts, page.app.tasks, self._key, page.kind.code,
                             document_id if document_id is not None else page.place()[1], self._snapshot, self)
        keeper.kept.connect(lambda moment: page.set_status(
            tr("Черновик сохранён автоматически {time}").format(time=formatting.time_of_day(moment))))
        keeper.failed.connect(lambda error: page.show_problem(problem_of(error)))
        return keeper

    def _snapshot(self) -> tuple[str, dict[str, Any]]:
        page = self._page
        title = " · ".join(part for part in (page.title, page.form.title_of("party_id")) if part)
        return title, {
            "header": page.form.snapshot(),
            "lines": page.lines.table.snapshot() if page.lines is not None else [],
            "base": page.base.model_dump(mode="json") if page.base is not None else None,
        }

    def _usual_key(self, document_id: int | None) -> str:
        return f"{self._page.kind.code}-{document_id if document_id is not None else f'new-{uuid4().hex}'}"
