"""The list of loads with a pane beside it: how far it is, what came of it, stopping and undoing."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from crm_contract.exchange import IMPORT_LIST, ImportBatchRead, ImportState
from crm_contract.permissions import Permission
from crm_desktop.exchange.api import ImportApi
from crm_desktop.exchange.batch_view import UNDO_PAUSE_MS, BatchView, state_of
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.preview import IconLine, LoadedPreview, Row
from crm_desktop.lists.profile import ListProfile


def make_list(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(IMPORT_LIST, frozenset({"import"}), _open, _create, Permission.IMPORT_RUN, BatchPreview,
                          needs=("file_name", "state"))
    return ListPage(app, profile, params)


def _open(app: AppContext, row: Row) -> None:
    app.navigator.open("import", row["id"])


def _create(app: AppContext) -> None:
    app.navigator.open("import", None)


class BatchPreview(LoadedPreview[ImportBatchRead]):
    head = "file_name"

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self._view: BatchView | None = None

    def leave_row(self) -> None:
        self._view = None

    def load(self, key: int) -> ImportBatchRead:
        return ImportApi(self.app.api).batch(key)

    def show_problem(self, problem: Problem) -> bool:
        """A refused act stands below the load that it was about."""
        if self._view is None:
            return super().show_problem(problem)
        self._view.show_refusal(problem.text)
        return True

    def show_answer(self, batch: ImportBatchRead) -> None:
        state = state_of(batch)
        self.show_head(batch.file_name, tr("лист «{sheet}»").format(sheet=batch.sheet), state.title, state.tone)
        if self._view is None:
            self.clear()
            self._view = BatchView(self.app)
            self._view.set_narrow()
            self._view.acts.changed.connect(lambda: self.show_row({"id": batch.id}))
            facts: list[QWidget] = [IconLine(Icon.CLOCK, formatting.day_time(batch.created_at))]
            facts += [IconLine(Icon.USER, batch.author)] if batch.author else []
            self.add_block("", facts)
            self.add_block(tr("Итоги"), [self._view])
        self._view.set_batch(batch)
        if batch.state is ImportState.UNDOING:
            QTimer.singleShot(UNDO_PAUSE_MS, self, lambda: self._look_again(batch.id))

    def _look_again(self, id: int) -> None:
        """The feed is silent about an undo until it is over."""
        if self._view is not None and self._view.batch is not None and self._view.batch.id == id:
            self.show_row({"id": id})
