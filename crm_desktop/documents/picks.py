"""Searches for reference fields and for the line table: `/api/pick/…` asked in the background."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from crm_contract.parties import RefHit
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.kit import formatting
from crm_desktop.kit.tasks import Tasks
from crm_desktop.widgets.suggest import Done, Search, Suggestion

#: Entities of reference fields that are documents themselves.
_DOCUMENTS = frozenset({"contract", "invoice", "offer", "sales_order"})
#: Directories of a party: without one there is nothing to choose from.
OF_PARTY = frozenset({"contact", "site", "contract"})


class Picks:
    """`owner` is the page: its `show_problem` tells of a failed search. `party`, `place` are asked at each search."""

    def __init__(self, tasks: Tasks, api: DocumentsApi, owner: QObject, party: Callable[[], int | None],
                 place: Callable[[], int | None]) -> None:
        self._tasks = tasks
        self._api = api
        self._owner = owner
        self._party = party
        self._place = place

    def search_of(self, entity: str) -> Search:
        def search(text: str, done: Done) -> None:
            asked = self._question(entity, text)
            if asked is None:
                done(())
                return
            route, params = asked
            shown = product_suggestion if entity == "product" else suggestion
            self._tasks.run(self._owner, lambda: self._api.pick(route, params),
                            lambda hits: done([shown(hit) for hit in hits]), key=f"pick/{entity}")

        return search

    def resolve(self, texts: Sequence[str], done: Callable[[Sequence[Suggestion | None]], None]) -> None:
        """The products of pasted rows."""
        place = self._place()
        self._tasks.run(
            self._owner, lambda: self._api.first_hits(texts, place),
            lambda hits: done([product_suggestion(hit) if hit is not None else None for hit in hits]))

    def _question(self, entity: str, text: str) -> tuple[str, dict[str, str | int | None]] | None:
        """The route and its parameters; None where nothing can be found yet."""
        if entity in OF_PARTY and self._party() is None:
            return None
        if entity in _DOCUMENTS:
            return "document", {"kind": entity, "party_id": self._party(), "q": text}
        if entity in OF_PARTY:
            return entity, {"party_id": self._party(), "q": text}
        if entity == "product":
            return entity, {"q": text, "place_id": self._place()}
        return entity, {"q": text}


def suggestion(hit: RefHit) -> Suggestion:
    note = formatting.day(hit.on) if hit.on else ""
    return Suggestion(hit.id, hit.title, hit.subtitle, note, {name: text for name, text in hit.fill.items() if text})


def product_suggestion(hit: RefHit) -> Suggestion:
    """Without the price: the one of the document's kind of prices comes with the hints of the line."""
    found = suggestion(hit)
    words = {name: text for name, text in found.data.items() if name in ("sku", "unit", "unit_title")}
    return replace(found, data=words)
