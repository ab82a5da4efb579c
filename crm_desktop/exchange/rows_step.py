"""Steps «Сопоставление» and «Проверка»: the rows of the file, their questions, the counts and the rules beside."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.exchange import (
    Bucket,
    DryRun,
    DryRunQuery,
    ImportCounts,
    PreviewRow,
    Resolution,
    ResolutionAction,
    RowProblem,
    Severity,
)
from crm_contract.lists import Choice
from crm_desktop.exchange.answers import Answers, answer_to, answer_to_kind
from crm_desktop.exchange.api import ImportApi
from crm_desktop.exchange.dry_run_cards import SHOWN_BUCKETS, DryRunCard, RowCard
from crm_desktop.exchange.kinds_card import KindsCard, QuestionKind
from crm_desktop.exchange.questions import Act
from crm_desktop.exchange.rows_table import DryRunDone, RowsTable, counts_of
from crm_desktop.exchange.rules_card import RulesCard
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.files import write_file
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.problems import problem_of
from crm_desktop.lists.export import ask_file
from crm_desktop.widgets.bars import MessageBar, Toast
from crm_desktop.widgets.cards import CARD_GAP, Card
from crm_desktop.widgets.choice_fields import CheckBox
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.paged_model import PageFailed
from crm_desktop.widgets.pills import CHIP_HEIGHT, Chip
from crm_desktop.widgets.scrolled import scrolled

SIDE_WIDTH = 268
TYPING_PAUSE_MS = 250
_ACTIONS = {Act.ACCEPT: ResolutionAction.ACCEPT, Act.KEEP: ResolutionAction.KEEP}
_FILTER_WORDS = {
    "ready": tr("Загрузятся"), "merged": tr("Объединены"), "doubt": tr("Ждут ответа"), "error": tr("С ошибкой"),
    "skipped": tr("Пропущены"), "other": tr("Шапка, группы, пустые"), "all": tr("Все строки файла"),
}


class RowsStep(QWidget):
    """`changed`: counts arrived or the mapping changed, so the buttons of the page have to be looked at."""

    changed = Signal()

    def __init__(self, app: AppContext, setup: ImportSetup, messages: MessageBar,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._api = ImportApi(app.api)
        self._setup = setup
        self._messages = messages
        self._filter = "table"
        self._code = ""
        self._examples: dict[str, RowProblem] = {}
        self._asked: set[str] = set()
        self.counts: ImportCounts | None = None
        self.table = RowsTable(setup, self._load)
        self.table.set_filter(SHOWN_BUCKETS[self._filter])
        self.rows_card = Card(tr("Столбцы файла → поля программы"), note=" ", ruled=True, margins=False)
        self.only_open = CheckBox(tr("Только ошибки"))
        self._chip_holder = QWidget()
        self._chip_place = QHBoxLayout(self._chip_holder)
        self._chip_place.setContentsMargins(0, 0, 0, 0)
        self._chip_holder.setMinimumHeight(fonts.px(CHIP_HEIGHT))
        self._chip: Chip | None = None
        self.dry_run = DryRunCard()
        self.rules = RulesCard(setup)
        self.kinds = KindsCard()
        self.row_card = RowCard()
        self._timer = QTimer(self, singleShot=True, interval=TYPING_PAUSE_MS)
        self._timer.timeout.connect(self.table.refresh)
        self._lay_out()
        self._wire()

    # --- for the page ----------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Shows the mapping and asks for the first page."""
        self.table.show_mapping()
        self._show_note()
        self.table.load()
        self._app.tasks.run(self, self._api.price_kinds, self._show_price_kinds, lambda error: None, key="price_kinds")

    def set_checking(self, on: bool) -> None:
        """«Проверка» has no combos; instead of the rules it shows the kinds of questions and what will be written."""
        self.table.set_mapping_edited(not on)
        self.rows_card.set_title(tr("Что загрузится") if on else tr("Столбцы файла → поля программы"))
        for card, shown in ((self.rules, not on), (self.kinds, on), (self.row_card, on)):
            card.setVisible(shown)
        self._show_note()

    @property
    def is_busy(self) -> bool:
        return self.table.model.is_loading or self._timer.isActive()

    @property
    def open_count(self) -> int:
        return counts_of(self.counts, *SHOWN_BUCKETS["open"]) if self.counts is not None else 0

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.rows_card.add_action(self._chip_holder)
        self.rows_card.add_action(self.only_open)
        self.rows_card.add(self.table, 1)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(CARD_GAP)
        column.addWidget(self.dry_run)
        column.addWidget(self.rules, 1)
        column.addWidget(self.kinds)
        column.addWidget(self.row_card, 1)
        area = scrolled(side)
        area.setFixedWidth(SIDE_WIDTH)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(CARD_GAP)
        line.addWidget(self.rows_card, 1)
        line.addWidget(area)

    def _wire(self) -> None:
        table, view = self.table, self.table.view
        table.mapped.connect(self._map)
        table.counted.connect(self._take_counts)
        table.loading_changed.connect(self._on_loading)
        table.failed.connect(lambda error: self._messages.show_problem(problem_of(error), retry=table.refresh))
        table.current_changed.connect(self.row_card.show_row)
        view.act_asked.connect(self._act)
        view.answers_asked.connect(self._open_answers)
        view.value_given.connect(lambda problem, text: self._answer(
            answer_to(problem, ResolutionAction.ACCEPT, text), tr("Исправлено на «{text}»").format(text=text)))
        self.only_open.toggled.connect(lambda on: self._show_rows("open" if on else "table"))
        self.dry_run.opened.connect(self._show_rows)
        self.rules.changed.connect(self._timer.start)
        self.rules.report.clicked.connect(self.save_report)
        self.kinds.asked.connect(self._open_kind)

    def _load(self, query: DryRunQuery, done: DryRunDone, failed: PageFailed) -> None:
        file_id = self._setup.file_id
        self._app.tasks.run(self.table, lambda: self._api.dry_run(file_id, query), done, failed)

    def _on_loading(self, on: bool) -> None:
        self.dry_run.set_busy(on)
        self.changed.emit()

    def _take_counts(self, counts: ImportCounts) -> None:
        self._messages.dismiss("offline")
        if counts == self.counts:
            return
        self.counts = counts
        self.dry_run.set_counts(counts)
        count = self.open_count
        self.only_open.setText(tr("Только ошибки · {count}").format(count=formatting.integer(count)))
        self.only_open.setEnabled(bool(count) or self.only_open.isChecked())
        words = formatting.plural(count, tr("строку"), tr("строки"), tr("строк"))
        self.rules.report.setText(tr("Скачать {words} с причиной").format(words=words))
        self.rules.report.setVisible(bool(count))
        self._show_note()
        self._ask_example()
        self.changed.emit()

    def _map(self, column: int, field: str) -> None:
        self._setup.map_column(column, field)
        self.table.show_mapping()
        self.rules.show_mapping()
        self._show_note()
        self.changed.emit()
        self._timer.start()

    def _show_note(self) -> None:
        count = len(self._setup.columns) - len(self._setup.blank_columns())
        missing = self._setup.missing()
        words = tr("{found} из {count} столбцов загружаются").format(found=len(self._setup.mapping), count=count)
        if missing:
            words = tr("выберите столбец: {fields}").format(fields=", ".join(missing))
        self.rows_card.set_note(words)

    def _show_price_kinds(self, choices: Sequence[Choice]) -> None:
        self.rules.set_price_kinds(choices)

    # --- which rows are shown --------------------------------------------------------------------------------------

    def _show_rows(self, key: str, code: str = "") -> None:
        """A line of the dry run, or all rows with a kind of question."""
        self._filter, self._code = key, code
        self.only_open.blockSignals(True)
        self.only_open.setChecked(key == "open")
        self.only_open.blockSignals(False)
        example = self._examples.get(code)
        self._set_chip(example.message if example is not None else _FILTER_WORDS.get(key, ""))
        self.table.set_filter(SHOWN_BUCKETS[key], code)

    def _set_chip(self, words: str) -> None:
        if self._chip is not None:
            self._chip.hide()
            self._chip.deleteLater()
            self._chip = None
        if words:
            self._chip = Chip(words if len(words) <= 40 else f"{words[:39]}…")
            self._chip.setToolTip(words)
            self._chip.removed.connect(lambda: self._show_rows("table"))
            self._chip.clicked.connect(lambda: self._show_rows("table"))
            self._chip_place.addWidget(self._chip)

    # --- answers ---------------------------------------------------------------------------------------------------

    def _act(self, row: PreviewRow, problem: RowProblem | None, act: Act) -> None:
        answers = self._setup.answers
        if act is Act.TAKE_BACK or (act is Act.SKIP and problem is None and answers.skips(row.number)):
            if problem is None:
                answers.take_back_skip(row.number)
            else:
                answers.take_back(problem)
            self._changed_answers()
        elif act is Act.SKIP:
            if row.bucket in (Bucket.READY, Bucket.MERGED, Bucket.DOUBT, Bucket.ERROR, Bucket.SKIPPED):
                self._answer(Resolution(row=row.number, action=ResolutionAction.SKIP),
                             tr("Строка {number} пропущена").format(number=row.number))
        elif problem is not None:
            words = problem.proposal if act is Act.ACCEPT else tr("Загрузится как в файле")
            self._answer(answer_to(problem, _ACTIONS[act]),
                         tr("Строка {number}: {words}").format(number=row.number, words=words))

    def _answer(self, answer: Resolution, words: str) -> None:
        before = self._setup.answers.all()
        self._setup.answers.give(answer)
        self._changed_answers()
        toast = Toast(self.window(), words, action=tr("Отменить"))
        toast.undone.connect(lambda: self._restore(before))

    def _restore(self, before: Sequence[Resolution]) -> None:
        self._setup.answers = Answers(before)
        self._changed_answers()

    def _changed_answers(self) -> None:
        self._show_kinds()
        self.table.refresh()
        self.changed.emit()

    def _open_answers(self, row: PreviewRow, problem: RowProblem | None, at: QPoint) -> None:
        menu = self._menu()
        answers = self._setup.answers
        if problem is not None and problem.severity is not Severity.NOTE:
            self._add_answers(menu, row, problem)
        if answers.skips(row.number):
            menu.add(tr("Вернуть строку"), lambda: self._act(row, None, Act.TAKE_BACK), icon=Icon.UNDO, key="Del")
        else:
            menu.add(tr("Пропустить строку"), lambda: self._act(row, None, Act.SKIP), icon=Icon.PROHIBIT, key="Del")
        menu.popup(at)

    def _add_answers(self, menu: Menu, row: PreviewRow, problem: RowProblem) -> None:
        """The answers to one question of a row, and to all of its kind."""
        if problem.proposal:
            menu.add(problem.proposal, lambda: self._act(row, problem, Act.ACCEPT), icon=Icon.CHECK, key="Space")
        if problem.severity is Severity.DOUBT:
            menu.add(tr("Загрузить как в файле"), lambda: self._act(row, problem, Act.KEEP), icon=Icon.FILE)
        if problem.column is not None:
            menu.add(tr("Ввести значение…"), lambda: self.table.view.edit_cell(problem), icon=Icon.PENCIL, key="F2")
        if self._setup.answers.to_problem(problem) is not None:
            menu.add(tr("Вернуть вопрос"), lambda: self._act(row, problem, Act.TAKE_BACK), icon=Icon.UNDO)
        kind = self._kind(problem)
        if kind.count > 1:
            self._add_kind_answers(menu.add_menu(
                tr("На все такие вопросы: {count}").format(count=formatting.integer(kind.count)),
                icon=Icon.ROWS), kind)
        menu.addSeparator()

    # --- kinds of questions ----------------------------------------------------------------------------------------

    def _ask_example(self) -> None:
        """A row of the next kind that was not seen yet: its words stand for the kind. One after another."""
        self._show_kinds()
        codes = self.counts.problems if self.counts is not None else ()
        code = next((code for code in codes if code not in self._asked), "")
        if code:
            file_id, query = self._setup.file_id, DryRunQuery(options=self._setup.options(), code=code, limit=1)
            self._app.tasks.run(self.table, lambda: self._api.dry_run(file_id, query),
                                lambda run: self._take_example(code, run), lambda error: None, key="example")

    def _take_example(self, code: str, run: DryRun) -> None:
        self._asked.add(code)
        found = (problem for row in run.rows for problem in row.problems if problem.code == code)
        example = next(found, None)
        if example is not None:
            self._examples[code] = example
        self._ask_example()

    def _kind(self, example: RowProblem) -> QuestionKind:
        given = self._setup.answers.to_kind(example.code)
        action = given.action if given is not None else ResolutionAction.ACCEPT if example.by_default else None
        count = self.counts.problems.get(example.code, 0) if self.counts is not None else 0
        return QuestionKind(example, count, action)

    def _show_kinds(self) -> None:
        codes = self.counts.problems if self.counts is not None else {}
        self.kinds.set_kinds([self._kind(example) for code, example in self._examples.items() if codes.get(code)])

    def _open_kind(self, kind: QuestionKind, at: QWidget) -> None:
        menu = self._menu()
        menu.add(tr("Показать строки"), lambda: self._show_rows("all", kind.code), icon=Icon.FUNNEL)
        if kind.example.severity is not Severity.NOTE:
            menu.addSeparator()
            self._add_kind_answers(menu, kind)
        menu.open_below(at, align_right=True)

    def _add_kind_answers(self, menu: Menu, kind: QuestionKind) -> None:
        proposal = kind.example.proposal
        accepted = tr("Принять предложенное") if kind.example.proposed_value else proposal
        if proposal:
            menu.add(accepted, lambda: self._answer_kind(kind, ResolutionAction.ACCEPT), icon=Icon.CHECK)
        if kind.example.severity is Severity.DOUBT:
            menu.add(tr("Загрузить как в файле"), lambda: self._answer_kind(kind, ResolutionAction.KEEP),
                     icon=Icon.FILE)
        menu.add(tr("Пропустить эти строки"), lambda: self._answer_kind(kind, ResolutionAction.SKIP),
                 icon=Icon.PROHIBIT)
        if self._setup.answers.to_kind(kind.code) is not None:
            menu.add(tr("Вернуть вопросы"), lambda: self._take_back_kind(kind), icon=Icon.UNDO)

    def _answer_kind(self, kind: QuestionKind, action: ResolutionAction) -> None:
        words = formatting.plural(kind.count, tr("вопрос"), tr("вопроса"), tr("вопросов"))
        self._answer(answer_to_kind(kind.code, action), tr("Ответ дан: {words}").format(words=words))

    def _take_back_kind(self, kind: QuestionKind) -> None:
        self._setup.answers.take_back_kind(kind.code)
        self._changed_answers()

    # --- report ----------------------------------------------------------------------------------------------------

    def save_report(self) -> None:
        """The rows that will not go in, as a workbook with a column of reasons."""
        ask_file(self, tr("Не загрузится из {name}").format(name=Path(self._setup.analysis.file_name).stem),
                 self._save_report_to)

    def _save_report_to(self, path: Path) -> None:
        file_id, options = self._setup.file_id, self._setup.options()

        def done(_: object) -> None:
            self._messages.show_message(tr("Сохранено: {path}").format(path=path), key="report")

        self._app.tasks.run(self, lambda: write_file(path, self._api.left_out(file_id, options)), done,
                            busy=self.rules.report)

    def _menu(self) -> Menu:
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        return menu
