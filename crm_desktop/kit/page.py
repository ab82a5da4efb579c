"""What stands in a tab: a list, a card, the desktop. The shell knows pages only by this class."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget


@dataclass(frozen=True, slots=True)
class PageAction:
    """What can be done on a page at this moment, for the palette."""

    title: str
    run: Callable[[], object]
    icon: str = ""
    key: str = ""


class Page(QWidget):
    """Call `set_title` and `set_dirty`; the tab follows. `closed`: the page asks the shell to close its tab."""

    title_changed = Signal(str)
    dirty_changed = Signal(bool)
    status_changed = Signal(str)   # the left half of the status line: the selection, who changed the record
    closed = Signal()

    #: Entities of the changes feed that concern this page; `refresh` gets the changed ids.
    watches: frozenset[str] = frozenset()

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = title
        self._dirty = False
        self._status = ""

    @property
    def title(self) -> str:
        return self._title

    @property
    def dirty(self) -> bool:
        """True while the page holds something that is not saved."""
        return self._dirty

    @property
    def would_lose(self) -> bool:
        """True while closing would lose something, saved or only on its way: the person is asked first."""
        return self._dirty

    @property
    def status(self) -> str:
        return self._status

    def set_title(self, text: str) -> None:
        if text != self._title:
            self._title = text
            self.title_changed.emit(text)

    def set_dirty(self, on: bool) -> None:
        if on != self._dirty:
            self._dirty = on
            self.dirty_changed.emit(on)

    def set_status(self, text: str) -> None:
        if text != self._status:
            self._status = text
            self.status_changed.emit(text)

    def activate(self) -> None:
        """The tab came to the front: put the focus where work goes on. The first call may load."""

    def page_actions(self) -> Sequence[PageAction]:
        """What follows from the state of the record; commands with keys of their own are bound as shortcuts."""
        return ()

    def can_close(self, done: Callable[[bool], None]) -> None:
        """Calls `done(True)` once nothing would be lost; a page that `would_lose` asks the person first."""
        done(not self.would_lose)

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        """Somebody changed these records (None: anything may have changed)."""

    def place(self) -> tuple[str, int | None]:
        """The entity and id that open this page again; the shell shows an open page instead of a second one."""
        return "", None

    def state(self) -> dict[str, Any]:
        """Parameters for `open` that bring the page back after a restart, as JSON."""
        return {}

    def restore(self, state: dict[str, Any]) -> None:
        """The reverse of `state`."""
