"""Saving a card: checks, the stale version compared field by field, a refused duplicate saved only on purpose."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from crm_contract.base import Created
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_desktop.kit.api_client import ApiError
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.records.merging import comparable, merge
from crm_desktop.widgets.compare_dialog import MINE, Difference, compare

if TYPE_CHECKING:
    from crm_desktop.records.page import RecordPage

After = Callable[[], object]


class RecordSaving(QObject):
    """`save(after)` runs `after` once the card is on the server."""

    def __init__(self, page: "RecordPage") -> None:
        super().__init__(page)
        self._page = page
        self._after: After | None = None
        self._forced = False

    def save(self, after: After | None = None) -> None:
        page = self._page
        self._after = after
        if not (page.dirty or page.id is None):
            self._finish()
        elif page.content.form.validate():
            self._send()
        else:
            page.messages.show_message(tr("Исправьте отмеченные поля и запишите ещё раз"), Tone.ERROR, key="save")

    def show_error(self, error: BaseException) -> None:
        """Beside the fields where it names them, else a bar on the page."""
        problem = problem_of(error)
        page = self._page
        page.messages.dismiss("save")
        left = page.content.form.set_errors(_form_names(problem.field_errors))
        page.messages.show_problem(problem)
        if left:
            page.messages.show_message(". ".join(left.values()), Tone.ERROR, key="fields")

    # --- inside ----------------------------------------------------------------------------------------------------

    def _send(self, *, forced: bool = False) -> None:
        page = self._page
        self._forced = forced
        sent = page.content.state()
        page.app.tasks.run(page, page.sending(forced=forced), lambda created: self._saved(created, sent), self._failed,
                           key="save", busy=page.busy)

    def _saved(self, created: Created, sent: Mapping[str, Any]) -> None:
        """What was typed while the answer was on its way stays typed, and the page stays open with it."""
        page = self._page
        if page.content.state() != sent:
            self._after = None
            page.id = created.id
            page.app.tasks.run(page, lambda: page.read(created.id), lambda card: self._go_on(card, sent), key="card")
            return
        page.draft.drop()
        for key in ("save", "fields", "guard", "duplicates"):
            page.messages.dismiss(key)
        page.id = created.id
        page.set_dirty(False)
        if self._after is None:
            page.app.tasks.run(page, lambda: page.read(created.id), page.show_card, key="card")
        self._finish()

    def _go_on(self, card: Any, sent: Mapping[str, Any]) -> None:
        """The saved card under what is typed: only the fields changed since the sending are left dirty."""
        page = self._page
        typed = page.content.state()
        page.show_card(card)
        page.content.restore({name: value for name, value in typed.items() if value != sent.get(name)})
        page.check_dirty()

    def _finish(self) -> None:
        after, self._after = self._after, None
        if after is not None:
            after()

    def _failed(self, error: BaseException) -> None:
        page, id = self._page, self._page.id
        code = error.body.code if isinstance(error, ApiError) else None
        if code is ErrorCode.STALE_VERSION and id is not None:
            page.app.tasks.run(page, lambda: page.read(id), self._compare, key="stale")
        elif code is ErrorCode.CONFLICT and page.can_force and not self._forced:
            problem = problem_of(error)
            page.messages.dismiss("duplicates")
            page.messages.show_message(
                problem.text, Tone.WARN, key="save", buttons=True,
                actions=(*page.cures_of(problem), (tr("Всё равно записать"), lambda: self._send(forced=True))))
        else:
            self.show_error(error)

    # --- two versions ----------------------------------------------------------------------------------------------

    def _compare(self, saved: Any) -> None:
        """Takes what only the other changed; asks where both did; then saves over the newest version."""
        page, content = self._page, self._page.content
        mine, theirs = content.state(), content.state_of(saved)
        base = content.state_of(page.card)
        result = merge(comparable(base), comparable(mine), comparable(theirs), content.names)
        for name in result.theirs:
            content.take(name, saved)
        if not result.conflicts:
            self._save_over(saved)
            return
        differences = [Difference(name, content.title_of(name), words(mine[name]), words(theirs[name]))
                       for name in result.conflicts]

        def chosen(choices: Mapping[str, str]) -> None:
            for name, choice in choices.items():
                if choice != MINE:
                    content.take(name, saved)
            self._save_over(saved)

        compare(page.window(), differences, page.editor_of(saved) or tr("Другой сотрудник"), chosen)

    def _save_over(self, saved: Any) -> None:
        self._page.card = saved
        self._send()


def words(value: Any) -> str:
    """A value of a state as a person reads it."""
    if isinstance(value, Mapping):
        return str(value.get("title") or value.get("name") or value.get("account") or value.get("price") or "")
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(words(item) for item in value)
    if isinstance(value, bool):
        return tr("да") if value else tr("нет")
    return "" if value is None else str(value)


def _form_names(errors: Mapping[str, str]) -> dict[str, str]:
    """`manager_id` of the server is `manager` of the form."""
    return {name.removesuffix("_id"): text for name, text in errors.items()}
