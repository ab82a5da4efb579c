"""From a document of the server to files: made here, kept there, sent from there. Blocking parts and their order."""

import hashlib
import threading
from collections.abc import Sequence
from dataclasses import dataclass

from crm_contract.files import FileRead
from crm_contract.kinds import PrintForm
from crm_contract.mailing import LetterBody, LetterTo
from crm_contract.printing import PrintDocument
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.pdf_pages import PageSize, page_sizes
from crm_desktop.rendering import file_name, render


class DamagedUpload(OSError):
    """The server keeps other bytes than were shown."""


@dataclass(frozen=True, slots=True)
class Paper:
    """One file of a form. For a PDF `sizes` are its pages."""

    name: str
    output: str
    data: bytes
    sizes: Sequence[PageSize] = ()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def make_paper(document: PrintDocument, form: PrintForm, output: str) -> Paper:
    """In the render worker."""
    data = render(document, form.layout, output)
    return Paper(file_name(document, form.layout, output), output, data, page_sizes(data) if output == "pdf" else ())


class Archive:
    """What of a document is on the server already, so that a repeated try keeps nothing twice. Used by workers."""

    def __init__(self, api: DocumentsApi, document_id: int) -> None:
        self._api = api
        self._id = document_id
        self._kept: dict[tuple[str, str], FileRead] = {}
        self._lock = threading.Lock()

    def keep(self, paper: Paper, source: str) -> FileRead:
        """Uploads the very bytes. Raises DamagedUpload when the server has others."""
        place = (paper.sha256, source)
        with self._lock:
            known = self._kept.get(place)
        if known is not None:
            return known
        file = self._api.upload(self._id, paper.name, paper.data, source)
        if file.sha256 != paper.sha256:
            raise DamagedUpload(0, "sha256", paper.name)
        with self._lock:
            self._kept[place] = file
        return file

    def send(self, papers: Sequence[Paper], to: Sequence[LetterTo], subject: str, text: str) -> int:
        """Keeps the files, then queues the letter; its id."""
        files = [self.keep(paper, "send") for paper in papers]
        letter = LetterBody(document_id=self._id, to=list(to), subject=subject, text=text,
                            file_ids=[file.id for file in files])
        return self._api.send(letter).id
