"""Keeps the terminal's memory fresh while there is a network, and on the disk for when there is none."""

import logging
from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer, Signal

from crm_contract.terminal import TerminalDay
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.session import Session
from crm_desktop.kit.tasks import OnError, Tasks
from crm_desktop.terminal.cache import Cache, Kept, load, load_day

log = logging.getLogger(__name__)

#: Changes of others come in bursts: the work of the day is read once for all of them.
PAUSE_MS = 1500


class Refresher(QObject):
    """`refreshed` when the memory holds something new."""

    refreshed = Signal()

    def __init__(self, cache: Cache, api: ApiClient, tasks: Tasks, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._cache, self._api, self._tasks, self._session = cache, api, tasks, session
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(lambda: self.day_now(lambda: None, self._offline))

    def load(self) -> None:
        """Everything, after a log-in."""
        self._tasks.run(self, lambda: load(self._api), self._use, self._offline, key="load")

    def soon(self) -> None:
        """The planned work, after something has changed."""
        self._pause.start()

    def day_now(self, then: Callable[[], object], failed: OnError) -> None:
        if not self._session.is_open:
            return

        def use(day: TerminalDay) -> None:
            self._cache.use_day(day)
            self._keep()
            then()

        self._tasks.run(self, lambda: load_day(self._api), use, failed)

    def _use(self, kept: Kept) -> None:
        self._cache.use(kept)
        self._keep()

    def _keep(self) -> None:
        self._tasks.disk(self, self._cache.keep, lambda _: None)
        self.refreshed.emit()

    @staticmethod
    def _offline(error: BaseException) -> None:
        log.info("works from memory: %s", error)
