"""A load goes on when its tab is closed; this tells the person when it is over."""

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from crm_contract.exchange import BUSY_STATES, ImportBatchRead, ImportState
from crm_desktop.exchange.api import ImportApi
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.bars import Toast

PAUSE_MS = 2000
PAUSE_AFTER_FAILURE_MS = 10_000
TOAST_S = 12


class BatchWatch(QTimer):
    """Lives with the window, not with the page. Asks quietly: a lost connection only makes it wait longer."""

    def __init__(self, app: AppContext, window: QWidget, batch_id: int) -> None:
        super().__init__(window, interval=PAUSE_MS)
        self._app = app
        self._window = window
        self._id = batch_id
        self.timeout.connect(self._ask)
        self.start()

    def _ask(self) -> None:
        api, id = ImportApi(self._app.api), self._id
        self._app.tasks.run(self, lambda: api.batch(id), self._take, self._wait, key="batch")

    def _wait(self, error: BaseException) -> None:
        self.setInterval(PAUSE_AFTER_FAILURE_MS)

    def _take(self, batch: ImportBatchRead) -> None:
        self.setInterval(PAUSE_MS)
        if batch.state in BUSY_STATES:
            return
        self.stop()
        toast = Toast(self._window, finished_words(batch), action=tr("Открыть"), seconds=TOAST_S)
        toast.undone.connect(lambda: self._app.navigator.open("import", batch.id) if isValid(self._window) else None)
        self.deleteLater()


def finished_words(batch: ImportBatchRead) -> str:
    """«customers.xlsx загружен: добавлено 270, обновлено 3»."""
    if batch.state is not ImportState.DONE:
        words = {ImportState.CANCELLED: tr("остановлен"), ImportState.FAILED: tr("не загрузился"),
                 ImportState.UNDONE: tr("отменён")}
        return f"{batch.file_name}: {words.get(batch.state, str(batch.state))}"
    return tr("{name} загружен: добавлено {added}, обновлено {updated}").format(
        name=batch.file_name, added=formatting.integer(batch.counts.add),
        updated=formatting.integer(batch.counts.update))
