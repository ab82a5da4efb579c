"""A page of the settings that is one form over the whole company: read, typed, saved, guarded when it closes."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Qt

from crm_contract.lists import Tone
from crm_contract.permissions import Permission
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem, problem_of
from crm_desktop.records.guard import ask_before_closing
from crm_desktop.settings.record import CardHeader
from crm_desktop.widgets.bars import MessageBar


class FormPage(Page):
    """A subclass gives `read`, `show_answer`, `sending` and calls `check_dirty` at each change.

    While something is typed, changes of colleagues do not touch the page; saving over them is refused by the versions.
    """

    def __init__(self, app: AppContext, title: str, edit: Permission) -> None:
        super().__init__(title)
        self.setObjectName("page")
        self.app = app
        self.edit = edit
        self.messages = MessageBar()
        self.header = CardHeader(title, menu=False)
        self.header.save_asked.connect(self.save)
        self.header.save.setVisible(self.may_edit)
        self.header.save.setEnabled(False)
        self._loaded = False
        for action, run in (("record.save", self.save), ("record.reload", self.load)):
            app.shortcuts.bind(self, action, run, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    # --- of the subclass -------------------------------------------------------------------------------------------

    def read(self) -> Any:
        """Blocking."""
        raise NotImplementedError

    def show_answer(self, answer: Any) -> None:
        """What is shown now is what is saved."""
        raise NotImplementedError

    def sending(self) -> Callable[[], Any]:
        """The blocking call that saves what is typed and reads it again."""
        raise NotImplementedError

    def is_changed(self) -> bool:
        raise NotImplementedError

    def validate(self) -> bool:
        return True

    def focus_start(self) -> None:
        """To where typing begins."""

    def show_errors(self, errors: dict[str, str]) -> None:
        """Beside the fields, by the names of the server."""

    # --- Page ------------------------------------------------------------------------------------------------------

    @property
    def may_edit(self) -> bool:
        return self.app.session.can(self.edit)

    def activate(self) -> None:
        if not self._loaded:
            self._loaded = True
            self.load()
        focused = self.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self.focus_start()

    def load(self) -> None:
        self.app.tasks.run(self, self.read, self._take, key="read")

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        if self._loaded and not self.dirty:
            self.load()

    def can_close(self, done: Callable[[bool], None]) -> None:
        if self.dirty:
            ask_before_closing(self.messages, lambda: self.save(lambda: done(True)), self._forget, done)
        else:
            done(True)

    def _forget(self) -> None:
        self.set_dirty(False)

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    def check_dirty(self) -> None:
        self.set_dirty(self.is_changed())
        self.header.save.setEnabled(self.dirty)

    def save(self, after: Callable[[], object] | None = None) -> None:
        if not (self.dirty and self.may_edit):
            return
        if not self.validate():
            self.messages.show_message(tr("Исправьте отмеченные поля и запишите ещё раз"), Tone.ERROR, key="save")
            return

        def saved(answer: Any) -> None:
            self.messages.clear()
            self._take(answer)
            if after is not None:
                after()

        self.app.tasks.run(self, self.sending(), saved, self._failed, key="save", busy=self.header.save)

    def _take(self, answer: Any) -> None:
        self.show_answer(answer)
        self.check_dirty()

    def _failed(self, error: BaseException) -> None:
        problem = problem_of(error)
        self.messages.dismiss("save")
        self.show_errors(dict(problem.field_errors))
        self.messages.show_problem(problem)
