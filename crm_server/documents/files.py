"""Files of documents: uploaded ones and the very bytes that were printed or sent. Equal content is kept once."""

import hashlib
import mimetypes
from collections.abc import Mapping
from typing import Any, BinaryIO, Literal

from crm_contract.errors import ErrorCode
from crm_contract.files import MAX_FILE_BYTES, FileRead
from crm_server.documents.file_names import clean_name
from crm_server.documents.scope import reaches
from crm_server.documents.service import read_header
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid, not_found

Source = Literal["upload", "print", "send"]

ENTITY = "document"
_CHUNK = 1024 * 1024
_JOURNAL: Mapping[str, str] = {"upload": "create", "print": "print", "send": "send"}
UNKNOWN_TYPE = "application/octet-stream"

_STORE = """
WITH content AS (
    INSERT INTO file_content (sha256, content) VALUES (%(sha256)s, %(content)s) ON CONFLICT (sha256) DO NOTHING)
INSERT INTO stored_file (name, size, sha256, media_type, source, entity, entity_id, author_id)
VALUES (%(name)s, %(size)s, %(sha256)s, %(media_type)s, %(source)s, %(entity)s, %(entity_id)s, %(author_id)s)
RETURNING id, at
"""
_LIST = """
SELECT f.id, f.name, f.size, encode(f.sha256, 'hex') AS sha256, f.media_type, f.source, coalesce(e.name, '') AS author,
       f.at
FROM stored_file f LEFT JOIN employee e ON e.id = f.author_id WHERE f.entity = %s AND f.entity_id = %s ORDER BY f.id
"""
_OPEN = """
SELECT f.name, f.media_type, c.content, d.kind, d.branch_id, d.department_id, d.responsible_id, d.author_id,
       d.employee_id, d.employee_to_id
FROM stored_file f JOIN file_content c ON c.sha256 = f.sha256 JOIN document d ON d.id = f.entity_id
WHERE f.id = %s AND f.entity = %s
"""


def add_file(ctx: Ctx, document_id: int, name: str, stream: BinaryIO, source: Source) -> FileRead:
    """Keeps a file of a document; raises TOO_LARGE above `MAX_FILE_BYTES`."""
    document = read_header(ctx, document_id)
    content = _read(stream)
    digest = hashlib.sha256(content)
    values: dict[str, Any] = {
        "name": clean_name(name), "size": len(content), "source": source, "author_id": ctx.actor.employee_id}
    values["media_type"] = media_type_of(values["name"])
    row = ctx.sql.get(_STORE, values | {
        "sha256": digest.digest(), "content": content, "entity": ENTITY, "entity_id": document_id})
    ctx.audit(_JOURNAL[source], document["kind"], document_id, f"{document['number']}: {values['name']}",
              after={"file": values["name"], "size": values["size"], "sha256": digest.hexdigest()},
              branch_id=document["branch_id"])
    ctx.changed(document["kind"], [document_id], document["branch_id"])
    return FileRead.model_validate(values | row | {"sha256": digest.hexdigest(), "author": ctx.actor.name})


def list_files(ctx: Ctx, document_id: int) -> list[FileRead]:
    read_header(ctx, document_id)
    return [FileRead.model_validate(row) for row in ctx.sql.all(_LIST, (ENTITY, document_id))]


def open_file(ctx: Ctx, file_id: int) -> tuple[str, str, bytes]:
    """Name, media type and content; a file is seen by whoever sees its document."""
    row = ctx.sql.get(_OPEN, (file_id, ENTITY), what="Файл")
    if not reaches(ctx.actor, f"{row['kind']}.view", row):
        raise not_found("Файл")
    return row["name"], row["media_type"], bytes(row["content"])


def media_type_of(name: str) -> str:
    """By the extension; what the sender claims is not believed."""
    return mimetypes.guess_type(name, strict=True)[0] or UNKNOWN_TYPE


def _read(stream: BinaryIO) -> bytes:
    """The whole content, counted while it is read, whatever length was announced."""
    stream.seek(0)
    content = bytearray()
    while chunk := stream.read(_CHUNK):
        content += chunk
        if len(content) > MAX_FILE_BYTES:
            raise Refusal(ErrorCode.TOO_LARGE, f"Файл больше {MAX_FILE_BYTES // 1024 // 1024} МБ",
                          "Сожмите его или разделите на части.")
    if not content:
        raise invalid({"file": "Файл пуст"})
    return bytes(content)
