"""Reference fields ask `/api/pick/<entity>`; this is the search they are given."""

from crm_contract.parties import RefHit
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.widgets.suggest import Done, Search, Suggestion

#: Entities whose pick list has another name.
_DOCUMENTS = ("contract", "invoice", "sales_order", "offer")


def pick_search(app: AppContext, entity: str, **params: str | int | None) -> Search:
    """A search for `RefEdit`, which drops stale answers itself."""
    if entity in _DOCUMENTS:
        params, entity = {**params, "kind": entity}, "document"
    elif entity == "organization":
        params, entity = {**params, "role": "own"}, "party"

    def search(text: str, done: Done) -> None:
        app.tasks.run(
            app.navigator, lambda: app.api.get(f"/api/pick/{entity}", list[RefHit], {"q": text, **params}),
            lambda hits: done([suggestion(hit) for hit in hits]))

    return search


def suggestion(hit: RefHit) -> Suggestion:
    note = formatting.day(hit.on) if hit.on else ""
    return Suggestion(hit.id, hit.title, hit.subtitle, note, dict(hit.fill))
