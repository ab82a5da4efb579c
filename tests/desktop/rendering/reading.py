"""How the tests read finished files."""

from io import BytesIO
from zipfile import ZipFile

import pypdfium2


def spaced(text: str) -> str:
    """No-break spaces, line ends and runs of spaces become single spaces."""
    return " ".join(text.replace("\u00a0", " ").replace("\ufffe", "").split())


def pdf_pages(data: bytes) -> list[str]:
    """The text of each page."""
    document = pypdfium2.PdfDocument(data)
    try:
        return [spaced(page.get_textpage().get_text_range()) for page in document]
    finally:
        document.close()


def letters(text: str) -> str:
    """Without any space: a value may break over lines anywhere."""
    return "".join(text.split())


def zipped(data: bytes, name: str) -> str:
    with ZipFile(BytesIO(data)) as archive:
        return archive.read(name).decode("utf-8")
