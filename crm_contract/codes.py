"""What our own barcodes say. One text for a label, a badge, a paper and a printed command; both programs read it here.

A text is `OK`, one letter of the kind and a payload of digits and capital Latin letters: short in Code 128, and typed
by a scanner the same way in every keyboard layout. Everything else that is scanned (EAN, GS1, a maker's serial number)
is looked up as it is.
"""

import re
from dataclasses import dataclass
from enum import StrEnum


class CodeKind(StrEnum):
    """The letter after `OK`. The payload of the first three is the id of a row."""

    DOCUMENT = "D"
    PLACE = "L"
    PRODUCT = "P"
    BADGE = "E"       # random letters, kept with the employee: an id could be guessed
    COMMAND = "C"


class Command(StrEnum):
    """Payloads of printed commands: what the terminal's keys do, and its operations."""

    POST = "POST"
    UNDO = "UNDO"
    UNDERSTOOD = "OK"
    ABSENT = "ABSENT"
    OTHER_PLACE = "PLACE"
    PAUSE = "PAUSE"
    HOME = "HOME"
    RECEIPT = "RECEIPT"
    ISSUE = "ISSUE"
    PICKING = "PICKING"
    TRANSFER = "TRANSFER"
    CUSTODY_ISSUE = "CUSTODYISSUE"
    CUSTODY_RETURN = "CUSTODYRETURN"
    STOCKTAKING = "COUNT"
    LOOKUP = "LOOKUP"


@dataclass(frozen=True, slots=True)
class OwnCode:
    kind: CodeKind
    payload: str

    @property
    def id(self) -> int:
        """The row it stands for; ValueError for a badge or a command."""
        return int(self.payload)

    def __str__(self) -> str:
        return f"OK{self.kind}{self.payload}"


_OWN = re.compile(r"OK([DLP])([1-9][0-9]{0,17})|OK([EC])([0-9A-Z]{2,40})")


def own_code(text: str) -> OwnCode | None:
    """Reads a scanned text; None when it is none of ours."""
    match = _OWN.fullmatch(text.strip())
    if match is None:
        return None
    row, number, word, payload = match.groups()
    return OwnCode(CodeKind(row or word), number or payload)
