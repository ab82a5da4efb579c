"""The routes of the import, as blocking calls for the workers."""

from pathlib import Path

from crm_contract.base import Created
from crm_contract.exchange import (
    IMPORT_LIST,
    MAX_FILE_BYTES,
    DryRun,
    DryRunQuery,
    FileAnalysis,
    HeadingAnalysis,
    HeadingQuery,
    ImportBatchRead,
    ImportOptions,
    ImportTarget,
    SavedMapping,
)
from crm_contract.lists import Choice, ListQuery, Page
from crm_contract.parties import RefHit
from crm_desktop.kit.api_client import ApiClient

#: A list of 100,000 rows is read for the first time in half a minute, on a busy server longer.
READING_S = 120.0


class FileTooLarge(Exception):
    """The file is over `MAX_FILE_BYTES`: it is not even read."""


class ImportApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def upload(self, path: Path, target: ImportTarget) -> FileAnalysis:
        """Reads the file and sends it. Raises FileTooLarge, OSError."""
        if path.stat().st_size > MAX_FILE_BYTES:
            raise FileTooLarge(path.name)
        answer: FileAnalysis = self._api.upload(
            "/api/imports/files", path.read_bytes(), path.name, FileAnalysis, {"target": target})
        return answer

    def analysis(self, file_id: int, target: ImportTarget) -> FileAnalysis:
        return self._api.get(f"/api/imports/files/{file_id}", FileAnalysis, {"target": target})

    def heading(self, file_id: int, query: HeadingQuery) -> HeadingAnalysis:
        return self._api.query(f"/api/imports/files/{file_id}/heading", HeadingAnalysis, query, timeout_s=READING_S)

    def dry_run(self, file_id: int, query: DryRunQuery) -> DryRun:
        return self._api.query(f"/api/imports/files/{file_id}/dry-run", DryRun, query, timeout_s=READING_S)

    def left_out(self, file_id: int, options: ImportOptions) -> bytes:
        """An XLSX of the rows that will not go in, with the reasons."""
        return self._api.download_by(f"/api/imports/files/{file_id}/report", options, timeout_s=READING_S)

    def start(self, file_id: int, options: ImportOptions) -> Created:
        return self._api.post(f"/api/imports/files/{file_id}/batches", Created, options)

    def batch(self, id: int) -> ImportBatchRead:
        return self._api.get(f"/api/imports/{id}", ImportBatchRead)

    def cancel(self, id: int) -> Created:
        return self._api.post(f"/api/imports/{id}/cancel", Created)

    def undo(self, id: int) -> Created:
        return self._api.post(f"/api/imports/{id}/undo", Created)

    def report(self, id: int) -> bytes:
        """An XLSX of the rows that did not go in, with the reasons."""
        return self._api.download(f"/api/imports/{id}/report")

    def recent(self, limit: int) -> Page:
        """The last loads, as rows of `IMPORT_LIST`."""
        return self._api.query(f"/api/lists/{IMPORT_LIST.code}", Page, ListQuery(limit=limit))

    def price_kinds(self) -> list[Choice]:
        hits = self._api.get("/api/pick/price_kind", list[RefHit], {"q": ""})
        return [Choice(str(hit.id), hit.title) for hit in hits]

    def mappings(self, target: ImportTarget) -> list[SavedMapping]:
        return self._api.get("/api/imports/mappings", list[SavedMapping], {"target": target})

    def forget_mapping(self, id: int) -> None:
        self._api.delete(f"/api/imports/mappings/{id}")
