"""Keeps the terminal's memory fresh while there is a network, and on the disk for when there is none."""

import logging
from collections.abc import Callable, Sequence
from time import monotonic

from PySide6.QtCore import QObject, QTimer, Signal

from crm_contract.terminal import TerminalDay, TerminalProduct
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.session import Session
from crm_desktop.kit.tasks import OnError, Tasks
from crm_desktop.terminal.cache import Cache, load_day, load_goods, load_some
from crm_desktop.terminal.goods import Goods
from crm_desktop.terminal.queue import Queue

log = logging.getLogger(__name__)

#: Changes of others come in bursts: the work of the day is read once for all of them.
PAUSE_MS = 1500
#: All goods are read anew so often while somebody changes goods that are not named.
GOODS_PAUSE_S = 600
MOST_IDS = 500


class Refresher(QObject):
    """`refreshed` when the memory holds something new. `failed`: it could not be kept on the disk."""

    refreshed = Signal()
    failed = Signal(object)  # an exception

    def __init__(self, cache: Cache, queue: Queue, api: ApiClient, tasks: Tasks, session: Session, parent: QObject
                 ) -> None:
        super().__init__(parent)
        self._cache, self._queue, self._api, self._tasks, self._session = cache, queue, api, tasks, session
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._pause.timeout.connect(self._now)
        self._changed: set[int] = set()
        self._unnamed = False
        self._loaded_for = 0
        self._loaded_at = 0.0

    def load(self) -> None:
        """After a log-in: everything, or the day's work alone when the same person was just away."""
        user_id = self._session.me.user_id
        if self._loaded_for == user_id and monotonic() - self._loaded_at < GOODS_PAUSE_S:
            self.day_now(lambda: None, self._offline)
            return
        self._load_all()

    def everything(self) -> None:
        """The server has forgotten what changed since we asked it last."""
        if self._session.is_open:
            self._load_all()

    def changed(self, entity: str, ids: Sequence[int]) -> None:
        """Somebody has changed rows of an entity; goods without ids: any of them may be meant."""
        if entity in ("product", "stock"):
            self._changed.update(ids)
            self._unnamed |= not ids
        self.soon()

    def soon(self) -> None:
        """The planned work, after something has changed."""
        if not self._pause.isActive():
            self._pause.start()

    def day_now(self, then: Callable[[], object], failed: OnError, owner: QObject | None = None) -> None:
        """Reads the planned work; `then` is not called when the `owner` is gone meanwhile."""
        if not self._session.is_open:
            return
        settled = self._queue.settled()

        def use(day: TerminalDay) -> None:
            self._queue.forget_settled(settled)
            self._cache.use_day(day)
            self._tasks.disk(self, self._cache.keep_day, lambda _: None, self.failed.emit)
            self.refreshed.emit()
            then()

        self._tasks.run(owner or self, lambda: load_day(self._api), use, failed, key="day")

    def _now(self) -> None:
        self.day_now(lambda: None, self._offline)
        if not self._session.is_open:
            return
        if len(self._changed) > MOST_IDS or (self._unnamed and monotonic() - self._loaded_at > GOODS_PAUSE_S):
            self._load_goods()
        elif self._changed:
            ids = sorted(self._changed)
            self._changed.clear()
            self._tasks.run(self, lambda: load_some(self._api, ids), lambda products: self._merge(ids, products),
                            self._offline)

    def _load_all(self) -> None:
        self.day_now(lambda: None, self._offline)
        self._load_goods()

    def _load_goods(self) -> None:
        self._changed.clear()
        self._unnamed = False
        self._loaded_at, self._loaded_for = monotonic(), self._session.me.user_id
        self._tasks.run(self, lambda: load_goods(self._api), self._use, self._not_loaded, key="load")

    def _use(self, goods: Goods) -> None:
        self._cache.use_goods(goods)
        self._keep_goods()

    def _merge(self, ids: Sequence[int], products: list[TerminalProduct]) -> None:
        self._cache.merge_goods(ids, products)
        self._keep_goods()

    def _keep_goods(self) -> None:
        self._tasks.disk(self, self._cache.keep_goods, lambda _: None, self.failed.emit)
        self.refreshed.emit()

    def _not_loaded(self, error: BaseException) -> None:
        self._loaded_for = 0
        self._offline(error)

    @staticmethod
    def _offline(error: BaseException) -> None:
        log.info("works from memory: %s", error)
