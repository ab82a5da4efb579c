"""Opens pages by the name of an entity. Features call it, the shell fills it, so features never import each other."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal

Opener = Callable[..., None]


class Navigator(QObject):
    """`open("party", 7)` shows a card, `open("party")` the list, `open("invoice", basis_id=5)` a new document."""

    opened = Signal(str, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._openers: dict[str, Opener] = {}

    def register(self, entity: str, opener: Opener) -> None:
        """`opener(id, **params)`. Raises ValueError when the name is taken."""
        if entity in self._openers:
            raise ValueError(f"{entity} is registered twice")
        self._openers[entity] = opener

    def knows(self, entity: str) -> bool:
        """False where the person has no such page: the caller shows plain text instead of a link."""
        return entity in self._openers

    def open(self, entity: str, id: int | None = None, **params: Any) -> None:
        """Raises KeyError for an entity that nobody registered."""
        self._openers[entity](id, **params)
        self.opened.emit(entity, id)
