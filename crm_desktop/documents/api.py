"""Calls of the documents feature. Blocking: for worker threads only."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contract.base import Created, Ref
from crm_contract.custody import HeldLine
from crm_contract.documents import (
    ActionBody,
    AllocationRead,
    BasedOnBody,
    CommentBody,
    DocumentBody,
    DocumentRead,
    DocumentUpdate,
    LateFieldsUpdate,
    LineHint,
    LineHintQuery,
)
from crm_contract.files import FileRead
from crm_contract.landed_cost import FullCost
from crm_contract.mailing import LetterBody, RecipientsAnswer
from crm_contract.parties import ContactRole, PartyCard, RefHit
from crm_contract.printing import PrintDocument
from crm_desktop.kit.api_client import ApiClient, ApiError, ConnectionLost


@dataclass(frozen=True, slots=True)
class Outcome:
    """The document after a save; `refusal` is set when it was saved but the action after it was refused."""

    document: DocumentRead
    refusal: ApiError | ConnectionLost | None = None


class DocumentsApi:
    def __init__(self, api: ApiClient) -> None:
        self._api = api

    def read(self, document_id: int) -> DocumentRead:
        return self._api.get(f"/api/documents/{document_id}", DocumentRead)

    def create(self, kind: str, body: DocumentBody) -> Created:
        return self._api.post(f"/api/documents/{kind}", Created, body)

    def update(self, document_id: int, body: DocumentUpdate) -> Created:
        return self._api.put(f"/api/documents/{document_id}", Created, body)

    def act(self, document_id: int, action: str, body: ActionBody) -> Created:
        return self._api.post(f"/api/documents/{document_id}/actions/{action}", Created, body)

    def save(self, kind: str, document_id: int | None, body: DocumentBody, version: int) -> Outcome:
        """Creates or updates, then reads the document whole."""
        return Outcome(self.read(self._write(kind, document_id, body, version).id))

    def save_late(self, document_id: int, body: LateFieldsUpdate) -> Outcome:
        """Writes what is learnt after posting, then reads the document whole."""
        self._api.put(f"/api/documents/{document_id}/late-fields", Created, body)
        return Outcome(self.read(document_id))

    def save_and_act(self, kind: str, document_id: int | None, body: DocumentBody | None, version: int,
                     action: str, asked: ActionBody) -> Outcome:
        """Saves what was typed (None: nothing was), then runs the action on what is saved.

        A refusal of the action is told beside the saved document, so that the form does not save it once more.
        """
        if body is not None:
            saved = self._write(kind, document_id, body, version)
            document_id, version = saved.id, saved.version
        if document_id is None:
            raise ValueError("nothing to act on")
        asked = asked.model_copy(update={"version": version})
        refusal: ApiError | ConnectionLost | None = None
        try:
            self.act(document_id, action, asked)
        except (ApiError, ConnectionLost) as error:
            if body is None:
                raise
            refusal = error
        return Outcome(self.read(document_id), refusal)

    def based_on(self, document_id: int, kind: str, action: str = "") -> Created:
        """Makes a document of a kind, and runs the action on it: both, or neither."""
        return self._api.post(f"/api/documents/{document_id}/based-on", Created, BasedOnBody(kind=kind, action=action))

    def copy(self, document_id: int) -> Created:
        return self._api.post(f"/api/documents/{document_id}/copy", Created)

    def comment(self, document_id: int, text: str) -> DocumentRead:
        self._api.post(f"/api/documents/{document_id}/comments", Created, CommentBody(text=text))
        return self.read(document_id)

    def hints(self, query: LineHintQuery) -> list[LineHint]:
        return self._api.query("/api/documents/hints", list[LineHint], query)

    def pick(self, entity: str, params: dict[str, str | int | None]) -> list[RefHit]:
        return self._api.get(f"/api/pick/{entity}", list[RefHit], params)

    def full_cost(self, document_id: int) -> FullCost:
        """What the goods of a receipt cost with all that was spent on their way."""
        return self._api.get(f"/api/stock/full-cost/{document_id}", FullCost)

    def bins(self, place_id: int) -> list[Ref]:
        return self._api.get("/api/stock/bins", list[Ref], {"place_id": place_id})

    def held_lines(self, employee_id: int) -> list[HeldLine]:
        return self._api.get(f"/api/stock/custody/{employee_id}/lines", list[HeldLine])

    def party(self, party_id: int) -> PartyCard:
        return self._api.get(f"/api/parties/{party_id}", PartyCard)

    def print_data(self, document_id: int) -> PrintDocument:
        return self._api.get(f"/api/documents/{document_id}/print", PrintDocument)

    def recipients(self, document_id: int, form: str) -> RecipientsAnswer:
        return self._api.get(f"/api/documents/{document_id}/recipients", RecipientsAnswer, {"form": form})

    def contact_roles(self) -> list[ContactRole]:
        return self._api.get("/api/contact-roles", list[ContactRole])

    def send(self, letter: LetterBody) -> Created:
        return self._api.post("/api/letters", Created, letter)

    def upload(self, document_id: int, name: str, data: bytes, source: str) -> FileRead:
        """`source` is upload, print or send."""
        return self._api.upload(f"/api/documents/{document_id}/files", data, name, FileRead, {"source": source})

    def files(self, document_id: int) -> list[FileRead]:
        return self._api.get(f"/api/documents/{document_id}/files", list[FileRead])

    def file(self, file_id: int) -> bytes:
        return self._api.download(f"/api/files/{file_id}")

    def allocations(self, payment_id: int) -> list[AllocationRead]:
        return self._api.get(f"/api/payments/{payment_id}/allocations", list[AllocationRead])

    def first_hits(self, texts: Sequence[str], place_id: int | None) -> list[RefHit | None]:
        """The product of each text, for rows pasted from a spreadsheet; None where none or several fit."""
        found: list[RefHit | None] = []
        for text in texts:
            hits = self.pick("product", {"q": text, "place_id": place_id})
            asked = text.strip().lower()
            only = [hit for hit in hits if asked in (hit.title.lower(), hit.fill.get("sku", "").lower())] or hits
            found.append(only[0] if len(only) == 1 else None)
        return found

    def _write(self, kind: str, document_id: int | None, body: DocumentBody, version: int) -> Created:
        if document_id is None:
            return self.create(kind, body)
        return self.update(document_id, DocumentUpdate(**body.model_dump(), version=version))
