"""The routes of parties, as blocking calls for the workers."""

from collections.abc import Sequence

from crm_contract.base import Created, VersionBody
from crm_contract.parties import (
    ContactRole,
    Duplicate,
    DuplicateQuery,
    MergeBody,
    MergeCandidate,
    MergePreviewBody,
    PartyBody,
    PartyCard,
    PartyUpdate,
    TimelineBody,
    TimelineEntry,
)
from crm_desktop.kit.api_client import ApiClient


class PartiesApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def get(self, id: int) -> PartyCard:
        return self._api.get(f"/api/parties/{id}", PartyCard)

    def create(self, body: PartyBody) -> Created:
        return self._api.post("/api/parties", Created, body)

    def update(self, id: int, body: PartyUpdate) -> Created:
        return self._api.put(f"/api/parties/{id}", Created, body)

    def set_archived(self, id: int, version: int, *, archived: bool) -> Created:
        act = "archive" if archived else "unarchive"
        return self._api.post(f"/api/parties/{id}/{act}", Created, VersionBody(version=version))

    def duplicates(self, query: DuplicateQuery) -> list[Duplicate]:
        return self._api.query("/api/parties/duplicates", list[Duplicate], query)

    def timeline(self, id: int) -> list[TimelineEntry]:
        return self._api.get(f"/api/parties/{id}/timeline", list[TimelineEntry])

    def add_note(self, id: int, text: str) -> Created:
        return self._api.post(f"/api/parties/{id}/notes", Created, TimelineBody(text=text))

    def roles(self) -> list[ContactRole]:
        return self._api.get("/api/contact-roles", list[ContactRole])

    def merge_candidates(self, ids: Sequence[int]) -> list[MergeCandidate]:
        return self._api.query("/api/parties/merge/preview", list[MergeCandidate], MergePreviewBody(ids=list(ids)))

    def merge(self, into_id: int, body: MergeBody) -> Created:
        return self._api.post(f"/api/parties/{into_id}/merge", Created, body)
