"""The import wizard: file, sheet, mapping, check, load. Nothing is written before the load."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from crm_contract.base import Created
from crm_contract.exchange import (
    BUSY_STATES,
    MAX_FILE_BYTES,
    FileAnalysis,
    HeadingAnalysis,
    ImportBatchRead,
    ImportState,
    ImportTarget,
)
from crm_contract.lists import Tone
from crm_desktop.exchange.api import FileTooLarge, ImportApi
from crm_desktop.exchange.batch_view import UNDO_PAUSE_MS
from crm_desktop.exchange.file_step import FileStep
from crm_desktop.exchange.load_step import LoadStep
from crm_desktop.exchange.rows_step import RowsStep
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.exchange.sheet_step import SheetStep
from crm_desktop.exchange.source import ImportSource, other_target, tell_of_file
from crm_desktop.exchange.steps import Step
from crm_desktop.exchange.watch import BatchWatch
from crm_desktop.exchange.wizard_bar import Progress, WizardBar
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem, problem_of
from crm_desktop.kit.shortcuts import ActionSpec
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE
from crm_desktop.widgets.drop_zone import dropped_file

CONTEXT = "import"
SHORTCUTS = (
    ActionSpec("import.next", tr("Следующий шаг импорта"), ("Ctrl+Enter", "Ctrl+Return"), CONTEXT, Icon.ARROW_RIGHT),
    ActionSpec("import.back", tr("Предыдущий шаг импорта"), ("Alt+Left",), CONTEXT, Icon.ARROW_LEFT),
    ActionSpec("import.file", tr("Выбрать файл для импорта"), ("Ctrl+O",), CONTEXT, Icon.UPLOAD),
)
PROGRESS_PAUSE_MS = 3000


class ImportPage(Page):
    """Without an id a new import (`target` in the parameters); with an id a load and what came of it."""

    watches = frozenset({"import"})

    def __init__(self, app: AppContext, id: int | None, params: Mapping[str, Any]) -> None:
        super().__init__(tr("Импорт из Excel"))
        self.setObjectName("page")
        self.setAcceptDrops(True)
        self.app = app
        self._api = ImportApi(app.api)
        self._source = ImportSource(app, self)
        self._batch_id = id
        self._batch: ImportBatchRead | None = None
        self._step = Step.FILE if id is None else Step.LOAD
        self._setup: ImportSetup | None = None
        self._kept: dict[str, Any] = {}
        self._reading = False
        self._starting = False
        self._shown = False
        self.messages = MessageBar()
        self.bar = WizardBar()
        self.files = FileStep(app, ImportTarget(params.get("target") or ImportTarget.PARTIES))
        self.sheets: SheetStep | None = None
        self.rows: RowsStep | None = None
        self.load_step = LoadStep(app)
        self._stack = QStackedWidget()
        self._progress = QTimer(self, interval=PROGRESS_PAUSE_MS)
        self._progress.timeout.connect(self._read_batch)
        self._lay_out()
        self._wire()
        self._show_step()

    # --- Page ------------------------------------------------------------------------------------------------------

    def activate(self) -> None:
        if not self._shown:
            self._shown = True
            if self._batch_id is not None:
                self._read_batch()
            elif self._kept:
                self._source.read_kept(self._kept)
            else:
                self.files.load()
        focused = self.focusWidget()
        if focused is None or not self.isAncestorOf(focused):
            self._focus_step()

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        if self._batch_id is not None and (ids is None or self._batch_id in ids):
            self._read_batch()
        elif self._step is Step.FILE:
            self.files.load()

    def place(self) -> tuple[str, int | None]:
        return "import", self._batch_id

    def state(self) -> dict[str, Any]:
        """An unfinished import goes on after a restart: the file is on the server, the choices are here."""
        if self._batch_id is not None:
            return {}
        if self._setup is None:
            return self._kept or {"target": self.files.target}
        return {**self._setup.state(), "step": int(self._step)}

    def restore(self, state: dict[str, Any]) -> None:
        if target := state.get("target"):
            self.files.set_target(ImportTarget(target))
        if "file_id" in state and self._batch_id is None:
            self._kept = dict(state)
            if self._shown:
                self._source.read_kept(self._kept)

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._step is not Step.LOAD and dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.take_file(path)

    @property
    def step(self) -> Step:
        return self._step

    @property
    def batch(self) -> ImportBatchRead | None:
        """The load as it was told last."""
        return self._batch

    # --- the file --------------------------------------------------------------------------------------------------

    def take_file(self, path: Path) -> None:
        """A chosen or dropped file goes to the server, which tells what is in it."""
        self.messages.clear()
        self._set_reading(path.name)
        self._source.upload(path, self.files.target)

    def _take_analysis(self, analysis: FileAnalysis) -> None:
        self._set_reading("")
        self._begin(ImportSetup(analysis))
        tell_of_file(self.messages, analysis, self._read_as if self._may_read_as_other(analysis) else None)
        self._go(Step.MAPPING if analysis.saved_mapping else Step.SHEET)

    def _take_kept(self, setup: ImportSetup, step: int) -> None:
        """What was chosen at the last start."""
        self.files.set_target(setup.target)
        self._begin(setup)
        self._go(min(Step(step), Step.CHECK))

    def _refuse_file(self, error: BaseException) -> None:
        self._set_reading("")
        if isinstance(error, FileTooLarge):
            self.messages.show_message(
                tr("Файл «{name}» больше {limit} МБ. Удалите из него картинки и лишние листы или разделите на части.")
                .format(name=error, limit=MAX_FILE_BYTES // 1024 // 1024), Tone.ERROR, key="file")
        else:
            self.show_problem(problem_of(error))

    def _may_read_as_other(self, analysis: FileAnalysis) -> bool:
        return self.app.session.can(other_target(analysis.target).permission)

    def _read_as(self, target: ImportTarget) -> None:
        self.messages.dismiss("target")
        self.files.set_target(target)
        self._on_target()

    def _on_target(self) -> None:
        """The same file as another kind of list."""
        if self._setup is not None and self._setup.target is not self.files.target:
            self._set_reading(self._setup.analysis.file_name)
            self._source.read_again(self._setup.file_id, self.files.target)

    def _on_heading(self) -> None:
        """Where the columns go is proposed anew by the words of the chosen heading."""
        assert self._setup is not None
        self._reading = True
        self._on_sheet()
        self._source.read_heading(self._setup)

    def _take_heading(self, heading: HeadingAnalysis) -> None:
        assert self._setup is not None
        self._reading = False
        self._setup.take_heading(heading)
        self._show_buttons()

    def _set_reading(self, name: str) -> None:
        self._reading = bool(name)
        self.files.zone.set_busy(name)
        self._show_buttons()

    def _begin(self, setup: ImportSetup) -> None:
        self._setup = setup
        self._set_sheets(SheetStep(setup))
        self.set_title(tr("Импорт: {name}").format(name=setup.analysis.file_name))

    # --- steps -----------------------------------------------------------------------------------------------------

    def go_next(self) -> None:
        """Ctrl+Enter."""
        if not self.bar.next.isEnabled():
            return
        if self._step is Step.FILE and self._setup is None:
            self.files.zone.choose()
        elif self._step is Step.CHECK:
            self._start()
        elif self._step is Step.LOAD:
            self.load_step.view.open_list()
        else:
            self._go(Step(self._step + 1))

    def go_back(self) -> None:
        if self._step is Step.LOAD:
            self.app.navigator.open("import", None, target=self._batch.target if self._batch else None)
        elif self._step is not Step.FILE:
            self._go(Step(self._step - 1))

    def _go(self, step: Step) -> None:
        if step in (Step.MAPPING, Step.CHECK):
            self._prepare_rows()
        self._step = step
        self._show_step()
        self._focus_step()

    def _prepare_rows(self) -> None:
        """Made anew when the sheet or its heading changed since."""
        if self.rows is None and self._setup is not None:
            self.rows = RowsStep(self.app, self._setup, self.messages)
            self.rows.changed.connect(self._show_buttons)
            self._stack.addWidget(self.rows)
            self.rows.begin()

    def _set_sheets(self, sheets: SheetStep) -> None:
        self._drop_rows()
        self._drop(self.sheets)
        self.sheets = sheets
        sheets.changed.connect(self._on_sheet)
        sheets.heading_changed.connect(self._on_heading)
        self._stack.addWidget(sheets)

    def _drop_rows(self) -> None:
        """They are made anew when they are asked for."""
        self._drop(self.rows)
        self.rows = None

    def _drop(self, step: QWidget | None) -> None:
        if step is not None:
            self._stack.removeWidget(step)
            step.hide()
            step.deleteLater()

    def _on_sheet(self) -> None:
        self._drop_rows()
        self._show_buttons()

    def _show_step(self) -> None:
        pages: dict[Step, QWidget | None] = {
            Step.FILE: self.files, Step.SHEET: self.sheets, Step.MAPPING: self.rows, Step.CHECK: self.rows,
            Step.LOAD: self.load_step}
        page = pages[self._step]
        if page is not None:
            self._stack.setCurrentWidget(page)
        if self.rows is not None and self._step in (Step.MAPPING, Step.CHECK):
            self.rows.set_checking(self._step is Step.CHECK)
        if self._step is Step.FILE and self._shown:
            self.files.load()
        self._show_buttons()

    def _show_buttons(self) -> None:
        step, rows = self._step, self.rows
        self.bar.show_progress(Progress(
            step, self._setup, self._batch, rows.counts if rows is not None else None, is_reading=self._reading,
            is_busy=self._starting or (rows is not None and rows.is_busy)))
        self.set_status(tr("Ничего не записано: идёт пробный прогон") if step in (Step.MAPPING, Step.CHECK) else "")

    def _focus_step(self) -> None:
        focus: QWidget | None = {
            Step.FILE: self.files.zone, Step.LOAD: self.bar.next,
            Step.SHEET: self.sheets.table if self.sheets is not None else None}.get(
            self._step, self.rows.table if self.rows is not None else None)
        if focus is not None and self.isVisible():
            focus.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- the load --------------------------------------------------------------------------------------------------

    def _start(self) -> None:
        setup = self._setup
        if setup is None or self._starting:
            return
        self._starting = True
        self._show_buttons()
        options = setup.options()
        self.app.tasks.run(self, lambda: self._api.start(setup.file_id, options), self._on_started, self._on_refused,
                           key="start")

    def _on_refused(self, error: BaseException) -> None:
        self._starting = False
        self._show_buttons()
        self.show_problem(problem_of(error))

    def _on_started(self, created: Created) -> None:
        self._starting = False
        self._batch_id = created.id
        self.messages.clear()
        BatchWatch(self.app, self.window(), created.id)
        self._step = Step.LOAD
        self._show_step()
        self._read_batch()

    def _read_batch(self) -> None:
        id = self._batch_id
        if id is not None:
            self.app.tasks.run(self, lambda: self._api.batch(id), self._show_batch, key="batch")

    def _show_batch(self, batch: ImportBatchRead) -> None:
        was_busy = self._batch is None or self._batch.state in BUSY_STATES
        self._batch = batch
        self.load_step.set_batch(batch)
        self.set_title(tr("Импорт: {name}").format(name=batch.file_name))
        self._show_buttons()
        busy = batch.state in BUSY_STATES
        if busy and not self._progress.isActive():
            # The feed tells of changes; this is for a feed that is silent. Of an undo it tells only at its end.
            self._progress.start(UNDO_PAUSE_MS if batch.state is ImportState.UNDOING else PROGRESS_PAUSE_MS)
        elif not busy:
            self._progress.stop()
            if was_busy:
                self._focus_step()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._stack.addWidget(self.files)
        self._stack.addWidget(self.load_step)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addWidget(self.bar)
        outer.addWidget(self.messages)
        outer.addWidget(self._stack, 1)

    def _wire(self) -> None:
        self._source.analysed.connect(self._take_analysis)
        self._source.restored.connect(self._take_kept)
        self._source.heading_read.connect(self._take_heading)
        self._source.refused.connect(self._refuse_file)
        self._source.forgotten.connect(self.files.load)
        self.files.zone.chosen.connect(self.take_file)
        self.files.target_changed.connect(self._on_target)
        self.bar.stepper.chosen.connect(lambda number: self._go(Step(number)))
        self.bar.back.clicked.connect(self.go_back)
        self.bar.next.clicked.connect(self.go_next)
        self.load_step.view.acts.changed.connect(self._read_batch)
        self.load_step.view.acts.saved.connect(lambda path: self.messages.show_message(
            tr("Сохранено: {path}").format(path=path), key="report"))
        bind = self.app.shortcuts.bind
        for action, run in (("import.next", self.go_next), ("import.back", self.go_back),
                            ("import.file", self._choose_file)):
            bind(self, action, run)

    def _choose_file(self) -> None:
        if self._step is not Step.LOAD:
            self.files.zone.choose()
