"""Drafts: what a person typed and has not saved yet, kept on this computer against a crash or a power cut.

A draft is written at most five seconds after the last edit, by the safe-write of Qt (a temporary file and a rename),
offered at the next start, and removed once the record is saved.
"""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from PySide6.QtCore import QIODevice, QObject, QSaveFile, QTimer, Signal

from crm_desktop.kit.tasks import Tasks

PAUSE_MS = 1500
LONGEST_MS = 5000
_SAFE_NAME = re.compile(r"[^A-Za-z0-9_.-]")


@dataclass(frozen=True, slots=True)
class Draft:
    """`entity` and `record` say which page opens it; `record` is None for a record that is not created yet."""

    key: str
    entity: str
    record: int | None
    title: str
    saved_at: datetime
    data: dict[str, Any]


class Drafts:
    """The folder of one user's drafts. Safe to use from several threads: an older write never covers a newer one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._newest: dict[str, datetime] = {}

    def save(self, draft: Draft) -> None:
        """Raises OSError when the disk is full or read-only; the older draft is then still whole."""
        with self._lock:
            if draft.saved_at < self._newest.get(draft.key, datetime.min.replace(tzinfo=UTC)):
                return
            _write(self._path(draft.key), draft)
            self._newest[draft.key] = draft.saved_at

    def remove(self, key: str) -> None:
        """Also forbids writes that were asked for earlier."""
        with self._lock:
            self._newest[key] = datetime.now(UTC)
            self._path(key).unlink(missing_ok=True)

    def clear(self) -> None:
        """At log-out: nothing of the customers stays on the computer."""
        with self._lock:
            for path in self._folder.glob("*.json"):
                path.unlink(missing_ok=True)

    def list(self) -> list[Draft]:
        """The newest first; a file that cannot be read is left where it is."""
        found = [draft for path in self._folder.glob("*.json") if (draft := _read(path)) is not None]
        return sorted(found, key=lambda draft: draft.saved_at, reverse=True)

    def _path(self, key: str) -> Path:
        return self._folder / f"{_SAFE_NAME.sub('_', key)}.json"


class DraftKeeper(QObject):
    """Keeps the draft of one open form: `touch()` at each edit, `done()` after the record was saved or dropped."""

    kept = Signal(datetime)
    failed = Signal(object)

    def __init__(
        self, drafts: Drafts, tasks: Tasks, key: str, entity: str, record: int | None,
        snapshot: Callable[[], tuple[str, dict[str, Any]]], parent: QObject,
    ) -> None:
        """`snapshot` gives the title to show in the list and the JSON-ready state of the form."""
        super().__init__(parent)
        self._drafts = drafts
        self._tasks = tasks
        self._key = key
        self._entity = entity
        self._record = record
        self._snapshot = snapshot
        self._pause = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST_MS)
        self._pause.timeout.connect(self._write)
        self._longest.timeout.connect(self._write)

    @property
    def is_waiting(self) -> bool:
        """Something was typed that is not on the disk yet."""
        return self._longest.isActive()

    def touch(self) -> None:
        self._pause.start()
        if not self._longest.isActive():
            self._longest.start()

    def flush(self) -> None:
        """Writes at once, in this thread, if anything is waiting: the program closes or the system logs off."""
        if not self.is_waiting:
            return
        self._stop()
        try:
            self._drafts.save(self._draft())
        except OSError as error:
            self.failed.emit(error)

    def done(self) -> None:
        self._stop()
        key = self._key
        self._tasks.disk(self, lambda: self._drafts.remove(key), lambda nothing: None, self.failed.emit)

    def _write(self) -> None:
        """In the background. A full disk is reported by `failed`, typing goes on."""
        self._stop()
        draft = self._draft()
        self._tasks.disk(self, lambda: self._drafts.save(draft), lambda nothing: self.kept.emit(draft.saved_at),
                         self.failed.emit)

    def _draft(self) -> Draft:
        title, data = self._snapshot()
        return Draft(self._key, self._entity, self._record, title, datetime.now(UTC), data)

    def _stop(self) -> None:
        self._pause.stop()
        self._longest.stop()


def _write(path: Path, draft: Draft) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    file = QSaveFile(str(path))
    if not file.open(QIODevice.OpenModeFlag.WriteOnly):
        raise OSError(file.error().value, file.errorString(), str(path))
    file.write(json.dumps({
        "key": draft.key, "entity": draft.entity, "record": draft.record, "title": draft.title,
        "saved_at": draft.saved_at.isoformat(), "data": draft.data,
    }, ensure_ascii=False).encode())
    if not file.commit():
        raise OSError(file.error().value, file.errorString(), str(path))


def _read(path: Path) -> Draft | None:
    try:
        raw = json.loads(path.read_text("utf-8"))
        return Draft(raw["key"], raw["entity"], raw["record"], raw["title"],
                     datetime.fromisoformat(raw["saved_at"]), raw["data"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
