"""A load: its state, its progress, its counts and what can be done about it."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QBoxLayout, QProgressBar, QVBoxLayout, QWidget

from crm_contract.base import Created
from crm_contract.exchange import BUSY_STATES, IMPORT_STATES, Bucket, ImportBatchRead, ImportState, ImportTarget
from crm_contract.lists import Choice
from crm_desktop.exchange.api import ImportApi
from crm_desktop.exchange.count_lines import CountLine, CountLines
from crm_desktop.exchange.watch import BatchWatch
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.files import write_file
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.export import ask_file
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.dialogs import confirm
from crm_desktop.widgets.labels import Label

UNDO_PAUSE_MS = 1000
TARGET_LISTS = {ImportTarget.PARTIES: "list:parties", ImportTarget.PRODUCTS: "list:products"}


def state_of(batch: ImportBatchRead) -> Choice:
    return next(choice for choice in IMPORT_STATES if choice.code == batch.state)


class BatchActs(QObject):
    """What a person does to a load. Failures go to the parent widget's page; `changed` after each act."""

    changed = Signal()
    saved = Signal(object)      # the path of a report

    def __init__(self, app: AppContext, parent: QWidget) -> None:
        super().__init__(parent)
        self._app = app
        self._api = ImportApi(app.api)
        self._place = parent

    def cancel(self, batch: ImportBatchRead) -> None:
        self._app.tasks.run(self, lambda: self._api.cancel(batch.id), lambda _: self.changed.emit(), key="act")

    def undo(self, batch: ImportBatchRead) -> None:
        """Asks first: what was added is deleted, what was updated gets its former values."""
        counts = batch.counts
        text = tr("Добавленные записи ({added}) будут удалены, обновлённые ({updated}) вернутся к прежнему виду. Если "
                  "какие-то уже используются или изменены, программа назовёт их и ничего не тронет.").format(
            added=formatting.integer(counts.add), updated=formatting.integer(counts.update))
        confirm(self._place, tr("Отменить загрузку «{name}»?").format(name=batch.file_name), text,
                tr("Отменить загрузку"), lambda: self._undo(batch.id))

    def _undo(self, id: int) -> None:
        self._app.tasks.run(self, lambda: self._api.undo(id), self._on_undoing, key="act")

    def _on_undoing(self, batch: Created) -> None:
        BatchWatch(self._app, self._place.window(), batch.id)
        self.changed.emit()

    def save_report(self, batch: ImportBatchRead) -> None:
        """The rows that did not go in, with the reasons."""
        ask_file(self._place, tr("Не загружено из {name}").format(name=Path(batch.file_name).stem),
                 lambda path: self._save_report(batch.id, path))

    def _save_report(self, id: int, path: Path) -> None:
        self._app.tasks.run(self, lambda: write_file(path, self._api.report(id)), lambda _: self.saved.emit(path))


class BatchView(QWidget):
    """`set_batch` as often as the load moves on."""

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self.batch: ImportBatchRead | None = None
        self.acts = BatchActs(app, self)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._words = Label("", FontRole.BODY, wrap=True)
        self._message = Label("", FontRole.BODY, "error", wrap=True)
        self._counts = CountLines(tr("Итоги загрузки"))
        self._counts.opened.connect(lambda key: self.open_list())
        self._why_no_undo = Label("", FontRole.CAPTION, "muted", wrap=True)
        self.cancel = Button(tr("Остановить"), icon=Icon.STOP)
        self.undo = Button(tr("Отменить загрузку"), ButtonKind.DANGER, icon=Icon.UNDO)
        self.report = Button("", icon=Icon.DOWNLOAD)
        for button, run in ((self.cancel, self.acts.cancel), (self.undo, self.acts.undo),
                            (self.report, self.acts.save_report)):
            button.clicked.connect(lambda checked=False, run=run: run(self.batch) if self.batch else None)
        self._lay_out()

    def set_batch(self, batch: ImportBatchRead) -> None:
        self.batch = batch
        busy = batch.state in BUSY_STATES
        self._bar.setRange(0, batch.total if batch.done or batch.state is ImportState.RUNNING else 0)
        self._bar.setValue(batch.done)
        self._bar.setVisible(busy)
        self._words.setText(progress_words(batch))
        self._message.setText(batch.message)
        self._message.setVisible(bool(batch.message))
        self._message.set_tone("error" if batch.state is ImportState.FAILED else "muted")
        self._counts.setVisible(batch.state not in (ImportState.QUEUED, ImportState.UNDONE))
        self._counts.show_shares(not busy)
        self._counts.set_lines(batch_lines(batch), CountLine(tr("Всего строк в файле"), batch.counts.rows))
        self.cancel.setVisible(batch.can_cancel)
        self.undo.setVisible(batch.can_undo)
        self._why_no_undo.setText(batch.undo_refusal)
        self._why_no_undo.setVisible(
            bool(batch.undo_refusal) and batch.state in (ImportState.DONE, ImportState.CANCELLED, ImportState.FAILED))
        self.report.setVisible(batch.has_report)
        left = left_out(batch)
        words = formatting.plural(left, tr("строку"), tr("строки"), tr("строк"))
        self.report.setText(tr("Скачать {words} с причиной").format(words=words))

    def show_refusal(self, text: str) -> None:
        """Why an act was refused; the next news of the load take its place."""
        self._message.set_tone("error")
        self._message.setText(text)
        self._message.show()

    def set_narrow(self) -> None:
        """The buttons below each other, for a pane."""
        self._buttons.setDirection(QBoxLayout.Direction.TopToBottom)

    def open_list(self) -> None:
        """The records that the load changed, in their own list."""
        if self.batch is not None:
            self._app.navigator.open(TARGET_LISTS[self.batch.target])

    def _lay_out(self) -> None:
        self._buttons = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._buttons.setSpacing(8)
        for button in (self.cancel, self.report, self.undo):
            self._buttons.addWidget(button)
            button.hide()
        self._buttons.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (self._words, self._bar, self._message, self._counts, self._why_no_undo):
            column.addWidget(widget)
        column.addLayout(self._buttons)
        column.addStretch(1)


def left_out(batch: ImportBatchRead) -> int:
    buckets = batch.counts.buckets
    return sum(buckets.get(bucket, 0) for bucket in (Bucket.ERROR, Bucket.DOUBT, Bucket.SKIPPED))


def progress_words(batch: ImportBatchRead) -> str:
    done, total = formatting.integer(batch.done), formatting.integer(batch.total)
    return {
        ImportState.QUEUED: tr("Загрузка стоит в очереди и скоро начнётся. Вкладку можно закрыть."),
        ImportState.RUNNING: tr("Загружено {done} из {total}. Вкладку можно закрыть: загрузка идёт на сервере."),
        ImportState.UNDOING: tr("Возвращено {done} из {total}. Вкладку можно закрыть: отмена идёт на сервере.")
        if batch.done else tr("Проверяю, не используются ли загруженные записи. Вкладку можно закрыть."),
        ImportState.DONE: tr("Загрузка закончена."),
        ImportState.CANCELLED: tr("Загрузка остановлена на {done} из {total}. Загруженное осталось."),
        ImportState.FAILED: tr("Загрузка прервалась на {done} из {total}. Загруженное осталось."),
        ImportState.UNDONE: tr("Загрузка отменена: всё вернулось, как было до неё."),
    }[batch.state].format(done=done, total=total)


def batch_lines(batch: ImportBatchRead) -> list[CountLine]:
    counts, left = batch.counts, left_out(batch)
    lines = [
        (CountLine(tr("Добавлено"), counts.add, "accent", "list"), True),
        (CountLine(tr("Обновлено"), counts.update, "ok.mark", "list"), True),
        (CountLine(tr("Без изменений"), counts.unchanged, "neutral.mark"), False),
        (CountLine(tr("Правила не пустили"), counts.unmatched, "neutral.mark"), False),
        (CountLine(tr("Объединены с другой строкой"), counts.buckets.get(Bucket.MERGED, 0), "info.mark"), False),
        (CountLine(tr("Не загружены"), left, "error.mark"), False),
    ]
    return [line for line, always in lines if always or line.count]
