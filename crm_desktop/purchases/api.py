"""The routes of incoming УПД, as blocking calls for the workers."""

from pathlib import Path

from crm_contract.base import Created
from crm_contract.incoming_upd import MAX_UPD_BYTES, UpdRead, UpdReceiptBody
from crm_contract.parties import PartyBody, RefHit
from crm_desktop.kit.api_client import ApiClient


class FileTooLarge(Exception):
    """The file is over `MAX_UPD_BYTES`: it is not even read."""


class UpdApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def upload(self, path: Path) -> UpdRead:
        """Reads the file and sends it. Raises FileTooLarge, OSError."""
        if path.stat().st_size > MAX_UPD_BYTES:
            raise FileTooLarge(path.name)
        answer: UpdRead = self._api.upload("/api/upd-files", path.read_bytes(), path.name, UpdRead)
        return answer

    def read(self, file_id: int, party_id: int | None) -> UpdRead:
        return self._api.get(f"/api/upd-files/{file_id}", UpdRead, {"party_id": party_id} if party_id else {})

    def make(self, file_id: int, body: UpdReceiptBody) -> Created:
        return self._api.post(f"/api/upd-files/{file_id}/receipt", Created, body)

    def add_party(self, body: PartyBody) -> Created:
        return self._api.post("/api/parties", Created, body)

    def warehouses(self) -> list[RefHit]:
        return self._api.get("/api/pick/warehouse", list[RefHit])
