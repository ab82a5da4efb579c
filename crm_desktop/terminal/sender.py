"""Sends what is finished, in the background and in order, as long as somebody is logged in."""

from PySide6.QtCore import QObject, QTimer, Signal

from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.session import Session
from crm_desktop.kit.tasks import Tasks
from crm_desktop.terminal.queue import Queue, Sent

AGAIN_MS = 5000


class Sender(QObject):
    """One operation at a time: the next follows the answer to this one, or the timer when the network was gone."""

    tried = Signal(object)  # Sent
    failed = Signal(object)  # an exception

    def __init__(self, queue: Queue, api: ApiClient, tasks: Tasks, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._queue, self._api, self._tasks, self._session = queue, api, tasks, session
        self._busy = False
        self._timer = QTimer(self, interval=AGAIN_MS)
        self._timer.timeout.connect(self.send)
        self._timer.start()

    def send(self) -> None:
        if self._busy or not self._session.is_open or not self._queue.waiting(self._session.me.user_id):
            return
        self._busy = True
        user_id = self._session.me.user_id
        self._tasks.run(self, lambda: self._queue.send_next(self._api, user_id), self._answered, self._failed)

    def stop(self) -> None:
        self._timer.stop()

    def _answered(self, sent: Sent | None) -> None:
        self._busy = False
        if sent is None:
            return
        self.tried.emit(sent)
        if not (sent.offline or sent.expired):
            self.send()

    def _failed(self, error: BaseException) -> None:
        """A full disk: everything still waits, and whoever works is told."""
        self._busy = False
        self.failed.emit(error)
