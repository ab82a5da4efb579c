"""Saving a card: checks, the stale version compared field by field, a duplicate saved only on purpose."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from crm_contract.base import Created, Ref
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_contract.parties import PartyCard
from crm_desktop.kit.api_client import ApiError
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.parties.merging import LISTS, card_values, comparable, merge
from crm_desktop.widgets.compare_dialog import MINE, Difference, compare

if TYPE_CHECKING:
    from crm_desktop.parties.card import PartyPage

After = Callable[[], object]
_LIST_TITLES = {"contacts": "Контакты", "sites": "Объекты", "accounts": "Банковские счета"}


class PartySaving(QObject):
    """`save(after)` runs `after` once the card is on the server."""

    def __init__(self, page: "PartyPage") -> None:
        super().__init__(page)
        self._page = page
        self._after: After | None = None

    def save(self, after: After | None = None) -> None:
        page = self._page
        self._after = after if callable(after) else None
        if page.content.form.is_dirty and not page.content.form.validate():
            page.messages.show_message(tr("Исправьте отмеченные поля и запишите ещё раз"), Tone.ERROR, key="save")
            return
        if page.dirty or page.id is None:
            self._send()
        elif self._after is not None:
            self._after()

    def set_archived(self, card: PartyCard, *, archived: bool) -> None:
        api = self._page.api
        self._page.app.tasks.run(
            self._page, lambda: api.set_archived(card.id, card.version, archived=archived),
            lambda _: self._page.load(), self.show_error)

    def show_error(self, error: BaseException) -> None:
        """Beside the fields where it names them, else a bar on the page."""
        problem = problem_of(error)
        left = self._page.content.form.set_errors(_form_names(problem.field_errors))
        page = self._page
        page.messages.show_problem(problem)
        if left:
            page.messages.show_message(". ".join(left.values()), Tone.ERROR, key="fields")

    # --- inside ----------------------------------------------------------------------------------------------------

    def _send(self, *, ignore_duplicates: bool = False) -> None:
        page, content = self._page, self._page.content
        card = page.card
        api = page.api
        if card is None:
            self._run(partial(api.create, content.body(ignore_duplicates=ignore_duplicates)))
        else:
            body = content.update_body(card.version, ignore_duplicates=ignore_duplicates)
            self._run(partial(api.update, card.id, body))

    def _run(self, work: Callable[[], Created]) -> None:
        page = self._page
        page.app.tasks.run(page, work, self._saved, self._failed, key="save", busy=page.header.save)

    def _saved(self, created: Created) -> None:
        page = self._page
        page.draft.drop()
        for key in ("save", "fields", "guard", "duplicates"):
            page.messages.dismiss(key)
        page.set_dirty(False)
        page.id = created.id
        after, self._after = self._after, None
        if after is not None:
            after()
        else:
            page.app.tasks.run(page, lambda: page.api.get(created.id), self._show_saved, key="card")

    def _show_saved(self, card: PartyCard) -> None:
        self._page.show_card(card)
        self._page.refresh()
        self._page.title_changed.emit(card.name)

    def _failed(self, error: BaseException) -> None:
        page = self._page
        code = error.body.code if isinstance(error, ApiError) else None
        if code is ErrorCode.STALE_VERSION and page.card is not None:
            id = page.card.id
            page.app.tasks.run(page, lambda: page.api.get(id), self._compare, key="stale")
        elif code is ErrorCode.CONFLICT:
            problem = problem_of(error)
            page.messages.show_message(
                problem.text, Tone.WARN, key="save", buttons=True,
                actions=((tr("Всё равно записать"), lambda: self._send(ignore_duplicates=True)),))
        else:
            self.show_error(error)

    # --- two versions ----------------------------------------------------------------------------------------------

    def _compare(self, saved: PartyCard) -> None:
        """Takes what only the other changed; asks where both did; then saves over the newest version."""
        page, base = self._page, self._page.card
        if base is None:
            return
        names = [*page.content.form.fields(), *LISTS]
        mine = {**page.content.form.snapshot(), **{name: page.content.state()[name] for name in LISTS}}
        result = merge(comparable(_all_values(base)), comparable(mine), comparable(_all_values(saved)), names)
        for name in result.theirs:
            page.content.take(name, saved)
        if not result.conflicts:
            self._save_over(saved)
            return
        differences = [self._difference(name, mine, saved) for name in result.conflicts]

        def chosen(choices: dict[str, str]) -> None:
            for name, choice in choices.items():
                if choice != MINE:
                    page.content.take(name, saved)
            self._save_over(saved)

        compare(page.window(), differences, saved.updated_by or tr("Другой сотрудник"), chosen)

    def _save_over(self, saved: PartyCard) -> None:
        self._page.card = saved
        self._send()

    def _difference(self, name: str, mine: dict[str, Any], saved: PartyCard) -> Difference:
        content = self._page.content
        if name in LISTS:
            title = _LIST_TITLES[name]
            return Difference(name, title, _rows_words(mine[name]), _rows_words(getattr(saved, name)))
        title = content.form.field(name).title
        return Difference(name, title, _words(mine[name]), _words(getattr(saved, name)))


def _all_values(card: PartyCard) -> dict[str, Any]:
    return {**card_values(card), **{
        name: [row.model_dump(mode="json") for row in getattr(card, name)] for name in LISTS}}


def _words(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("title", ""))
    if isinstance(value, bool):
        return tr("да") if value else tr("нет")
    if isinstance(value, Ref):
        return value.title
    return "" if value is None else str(value)


def _rows_words(rows: list[Any]) -> str:
    names = [row if isinstance(row, dict) else row.model_dump() for row in rows]
    return ", ".join(str(row.get("name") or row.get("account")) for row in names)


def _form_names(errors: dict[str, str]) -> dict[str, str]:
    """`manager_id` of the server is `manager` of the form."""
    return {name.removesuffix("_id"): text for name, text in errors.items()}
