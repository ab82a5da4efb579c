"""Files kept on the server with their checksum."""

from datetime import datetime

from crm_contract.base import Answer

MAX_FILE_BYTES = 25 * 1024 * 1024


class FileRead(Answer):
    """`sha256` in hex; `source` is upload, print or send."""

    id: int
    name: str
    size: int
    sha256: str
    media_type: str
    source: str
    author: str
    at: datetime
