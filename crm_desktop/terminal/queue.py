"""Finished operations on their way to the server: on the disk first, sent in order, applied once.

One file per operation. It is written before anything is sent, and goes when the server has answered: a program that is
killed in between sends it again under the same key, and the server answers what it did the first time. What the server
refuses is parked with its words; a broken network keeps everything waiting.
"""

import logging
import uuid
from pathlib import Path

from pydantic import BaseModel, Field

from crm_contract.errors import ErrorCode
from crm_contract.terminal import OperationBody, OperationDone
from crm_desktop.kit.api_client import ApiClient, ApiError, ConnectionLost
from crm_desktop.terminal import storage

log = logging.getLogger(__name__)

PATH = "/api/stock/terminal/operations"
#: Not the operation's fault: it waits and is sent again.
_LATER = frozenset({ErrorCode.BUSY, ErrorCode.THROTTLED, ErrorCode.INTERNAL, ErrorCode.CLIENT_TOO_OLD})


class Entry(BaseModel):
    """`user_id`: keys of the server belong to a person, so what one has done is sent in their session only."""

    number: int = 0
    key: str = Field(default_factory=lambda: uuid.uuid4().hex)
    user_id: int
    person: str
    title: str
    body: OperationBody
    problem: str = ""
    advice: str = ""
    code: str = ""

    @property
    def is_parked(self) -> bool:
        return bool(self.problem)


class Sent(BaseModel):
    """What one attempt did: an answer or a refusal for `entry`; neither when it waits on: the
    network is gone (`offline`) or the session is over (`expired`)."""

    entry: Entry
    done: OperationDone | None = None
    offline: bool = False
    expired: bool = False


class Queue:
    """The folder of one terminal. Entries come from the disk's thread and go in the sender's, one of each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._entries = {entry.key: entry for entry in self._read()}
        self._next = max((entry.number for entry in self._entries.values()), default=0) + 1
        self._coming: dict[str, Entry] = {}
        self._settled: set[int] = set()

    def entries(self) -> list[Entry]:
        """In the order they were finished; the parked ones among them."""
        return sorted(self._entries.copy().values(), key=lambda entry: entry.number)

    def waiting(self, user_id: int) -> list[Entry]:
        return [entry for entry in self.entries() if entry.user_id == user_id and not entry.is_parked]

    def has(self, key: str) -> bool:
        return key in self._entries

    def holds_document(self, document_id: int) -> bool:
        """Whether something for this document is still on its way, or was done since the planned work was read.

        A document that is counted place by place goes on meanwhile.
        """
        known = (*self._coming.copy().values(), *self.entries())
        return document_id in self._settled or any(
            entry.body.document_id == document_id and not entry.body.counts for entry in known)

    def settled(self) -> frozenset[int]:
        """Documents that the server has dealt with and that the planned work in memory may still offer."""
        return frozenset(self._settled.copy())

    def forget_settled(self, documents: frozenset[int]) -> None:
        """The planned work was read after these were dealt with."""
        self._settled -= documents

    def expect(self, entry: Entry) -> None:
        """It is finished and on its way to the disk: its document is not offered any more."""
        self._coming[entry.key] = entry

    def forget(self, key: str) -> None:
        """It could not be written."""
        self._coming.pop(key, None)

    def add(self, entry: Entry) -> Entry:
        """On the disk when it returns; one that is there already stays as it is. Raises OSError: it is not finished."""
        known = self._entries.get(entry.key)
        if known is None:
            known = entry.model_copy(update={"number": self._next})
            storage.write(self._path(known), known.model_dump_json())
            self._next += 1
            self._entries[known.key] = known
        self._coming.pop(known.key, None)
        return known

    def send_next(self, api: ApiClient, user_id: int) -> Sent | None:
        """Blocking: sends the oldest that waits. None when nothing does."""
        entry = next(iter(self.waiting(user_id)), None)
        if entry is None:
            return None
        try:
            done = api.post(PATH, OperationDone, entry.body, key=entry.key)
        except ConnectionLost:
            return Sent(entry=entry, offline=True)
        except ApiError as error:
            if error.status == 401:
                return Sent(entry=entry, expired=True)
            if error.body.code in _LATER or error.status >= 500:
                return Sent(entry=entry, offline=True)
            return Sent(entry=self._park(entry, error))
        if entry.body.document_id is not None and not entry.body.counts:
            self._settled.add(entry.body.document_id)
        try:
            self.drop(entry.key)
        except OSError as error:  # the next run sends it once more under its key: the server does nothing twice
            log.warning("%s stays on the disk: %s", entry.title, error)
            self._entries.pop(entry.key, None)
        return Sent(entry=entry, done=done)

    def retry(self, key: str, version: int | None = None) -> None:
        """A parked one goes again, on the document as it is now when its `version` is given.

        A refused command left no trace on the server, so its key is still good.
        """
        entry = self._entries[key]
        body = entry.body.model_copy(update={"version": version}) if version is not None else entry.body
        self._replace(entry.model_copy(update={"body": body, "problem": "", "advice": "", "code": ""}))

    def drop(self, key: str) -> None:
        """Raises OSError: then it is still there."""
        entry = self._entries.get(key)
        if entry is not None:
            storage.remove(self._path(entry))
            self._entries.pop(key, None)

    def _park(self, entry: Entry, error: ApiError) -> Entry:
        details = "; ".join(error.body.field_errors.values())
        words = error.body.message if not details else f"{error.body.message}: {details}"
        return self._replace(entry.model_copy(update={
            "problem": words, "advice": error.body.action, "code": error.body.code.value}))

    def _replace(self, entry: Entry) -> Entry:
        storage.write(self._path(entry), entry.model_dump_json())
        self._entries[entry.key] = entry
        return entry

    def _path(self, entry: Entry) -> Path:
        return self._folder / f"{entry.number:08}-{entry.key}.json"

    def _read(self) -> list[Entry]:
        """A file that is not what was written stays where it is, for whoever looks after the computer."""
        found = (storage.read_model(path, Entry) for path in sorted(self._folder.glob("*.json")))
        return [entry for entry in found if entry is not None]
