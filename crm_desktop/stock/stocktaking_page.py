"""The editor of a stocktaking: the header until it begins, then the board of what is counted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.documents import DocumentRead
from crm_contract.lists import Tone
from crm_desktop.documents.editor import DocumentEditor
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page, PageAction
from crm_desktop.kit.problems import problem_of
from crm_desktop.records.guard import GUARD, ask_before_closing
from crm_desktop.stock.counts_card import CountsCard
from crm_desktop.widgets.empty import EmptyState

COUNTED, HELD, REFUSED = "counted", "held", "refused"


class StocktakingEditor(DocumentEditor):
    """Before counting a document like any other; then the table takes the room of the header."""

    def __init__(self, app: AppContext, entity: str, document_id: int | None, params: Mapping[str, Any],
                 parent: QWidget | None = None) -> None:
        super().__init__(app, entity, document_id, params, parent)
        app.shortcuts.bind(self, "list.export", self.counts.export)

    def _build(self) -> None:
        super()._build()
        self.counts = CountsCard(self.app, self.search_of("place"), self.search_of("product"))
        self.counts.hide()
        stack = self._content.layout()
        assert isinstance(stack, QVBoxLayout)
        self._refused: list[str] = []
        self._hint = EmptyState(
            tr("Ведомость появится, когда начнётся подсчёт"),
            tr("В неё попадёт всё, что лежит на этом месте. Товар можно принимать и отгружать, пока его считают:"
               " с учётом сравнивается миг, когда посчитана строка."), icon=Icon.ROWS)
        for widget in (self._hint, self.counts):
            stack.insertWidget(stack.indexOf(self.foot), widget, 1)
        self.form.edited.connect(self._one_of_two)
        self.counts.counted.connect(self.load)
        self.counts.table.load_failed.connect(self._on_load_failed)
        self.counts.told.connect(lambda text: self.messages.show_message(text, Tone.INFO, key=COUNTED))
        self.counts.failed.connect(self._on_count_failed)
        self.counts.counted.connect(lambda: self.messages.dismiss(HELD))

    def show_facts(self, document: DocumentRead) -> None:
        super().show_facts(document)
        begun = document.state != "draft"
        for widget in (self.form, self._hint):
            widget.setVisible(not begun)
        self.foot.setVisible(document.state not in ("counting", "checking"))
        first = self.counts.isHidden()
        self.counts.setVisible(begun)
        if begun:
            self.counts.show_document(document)
            if first and self.isVisible():
                self.counts.begin()

    # --- counts that wait to be sent ---------------------------------------------------------------------------------

    @property
    def would_lose(self) -> bool:
        return super().would_lose or self.counts.waiting > 0

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """The connection is back, or others have counted: what waits goes on too."""
        self.counts.send_waiting()
        super().refresh(ids)

    def can_close(self, done: Callable[[bool], None]) -> None:
        if not self.counts.waiting:
            super().can_close(done)
            return
        words = tr("Не отправлено на сервер посчитанное: {n}. Если закрыть, оно пропадёт.").format(
            n=self.counts.waiting)
        ask_before_closing(self.messages, lambda: self._send_and_close(done), self.counts.drop_waiting, done,
                           (words, tr("Отправить и закрыть"), tr("Закрыть без него")))

    def _send_and_close(self, done: Callable[[bool], None]) -> None:
        """Closes with the last of them; what cannot be sent or was refused keeps the page."""
        self.messages.dismiss(GUARD)
        if not self.counts.waiting:
            done(True)
            return
        self.counts.send_waiting()

        def go_on() -> None:
            if not self.counts.waiting:
                answer(True)

        def answer(may: bool) -> None:
            self.counts.waiting_changed.disconnect(go_on)
            self.counts.failed.disconnect(stay)
            done(may)

        def stay(text: str, again: object) -> None:
            answer(False)

        self.counts.waiting_changed.connect(go_on)
        self.counts.failed.connect(stay)

    def _one_of_two(self, name: str) -> None:
        """A place or an employee is counted: the choice of one gives up the other."""
        other = {"place_id": "employee_id", "employee_id": "place_id"}.get(name)
        if other is not None and self.form.id_of(name) is not None and self.form.id_of(other) is not None:
            self.form.take(other, None)

    def _on_count_failed(self, text: str, again: Callable[[], object] | None) -> None:
        """What waits for the connection is told once; counts that were refused stay in sight until closed."""
        if again is not None:
            self.messages.show_message(text, Tone.WARN, key=HELD, actions=[(tr("Отправить ещё раз"), again)])
            return
        self._refused.append(text)
        bar = self.messages.show_message(" ".join(self._refused), Tone.ERROR, key=REFUSED)
        bar.closed.connect(self._refused.clear)

    def _on_load_failed(self, error: object) -> None:
        if isinstance(error, BaseException):
            self.show_problem(problem_of(error))

    def add_line(self) -> None:
        """Ins: the field for a scan."""
        self.counts.scan()

    def page_actions(self) -> Sequence[PageAction]:
        return [*super().page_actions(), PageAction(tr("Выгрузить ведомость в Excel"), self.counts.export)]


def open_stocktaking(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return StocktakingEditor(app, entity, id, params)


