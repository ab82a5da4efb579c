"""What others change arrives by itself: one thread asks the server for changes and waits there for the next ones."""

import random
import threading
from collections.abc import Callable

from pydantic import Field
from PySide6.QtCore import QObject, Signal

from crm_contract.base import Answer
from crm_desktop.kit.api_client import ApiClient, ApiError, ConnectionLost

POLL_TIMEOUT_S = 60.0
PAUSE_MIN_S = 0.5
PAUSE_MAX_S = 15.0


class Change(Answer):
    """Rows of one entity that somebody changed; `by` is the user's id."""

    entity: str
    ids: list[int]
    by: int | None = None


class ChangeBatch(Answer):
    """`reset`: the server no longer has everything since our position, so all pages have to be read again."""

    position: int
    changes: list[Change] = Field(default=[])
    reset: bool = False


class ChangeListener(QObject):
    """Signals arrive in the GUI thread. `changed(entity, ids, by)`; `reset()` means refresh everything you show."""

    changed = Signal(str, list, object)
    reset = Signal()
    online = Signal()
    offline = Signal()
    session_expired = Signal()

    def __init__(
        self,
        api: ApiClient,
        *,
        pause: Callable[[threading.Event, float], bool] = threading.Event.wait,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._api = api
        self._pause = pause
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._position: int | None = None
        self._is_online: bool | None = None

    @property
    def is_online(self) -> bool:
        return self._is_online is True

    def start(self) -> None:
        """Begins after a log-in; a second call while it runs does nothing."""
        if self._thread is not None and self._thread.is_alive() and not self._stop.is_set():
            return
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, args=(self._stop,), name="changes", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Returns at once; a poll under way ends unheard."""
        self._stop.set()
        self._position = None
        self._is_online = None

    def _listen(self, stop: threading.Event) -> None:
        failures = 0
        while not stop.is_set():
            try:
                batch = self._api.get("/api/changes", ChangeBatch, {"after": self._position}, timeout_s=POLL_TIMEOUT_S)
            except (ConnectionLost, ApiError) as error:
                if stop.is_set():
                    return
                if isinstance(error, ApiError) and error.status == 401:
                    stop.set()
                    self.session_expired.emit()
                    return
                failures += 1
                if isinstance(error, ConnectionLost):
                    self._say(online=False)
                self._pause(stop, _back_off(failures))
                continue
            if stop.is_set():
                return
            was_lost, failures = failures > 0, 0
            self._say(online=True)
            self._tell(batch, was_lost=was_lost)

    def _tell(self, batch: ChangeBatch, *, was_lost: bool) -> None:
        first = self._position is None
        self._position = batch.position
        if batch.reset or (first and was_lost):
            self.reset.emit()
        for change in batch.changes:
            self.changed.emit(change.entity, change.ids, change.by)

    def _say(self, *, online: bool) -> None:
        if self._is_online != online:
            self._is_online = online
            (self.online if online else self.offline).emit()


def _back_off(failures: int) -> float:
    """Seconds, doubling, with jitter so that all clients do not return in the same moment."""
    return min(PAUSE_MAX_S, PAUSE_MIN_S * 2 ** min(failures - 1, 6)) * random.uniform(0.5, 1.0)
