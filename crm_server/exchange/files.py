"""Uploaded files: kept as they came, seen by whoever uploaded them."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from crm_contract.errors import ErrorCode
from crm_contract.exchange import MAX_FILE_BYTES, FileAnalysis, HeadingAnalysis, HeadingQuery, ImportTarget
from crm_server.documents.file_names import clean_name
from crm_server.exchange.excel import analysis as excel_analysis
from crm_server.exchange.excel.analysis import analyse
from crm_server.exchange.excel.book import Book, UnreadableFile
from crm_server.exchange.excel.reader import open_book
from crm_server.exchange.mappings import fitting, list_mappings
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal, invalid

_ADD = """
INSERT INTO import_file (name, sha256, content, author_id) VALUES (%s, %s, %s, %s) RETURNING id
"""
_OPEN = """
SELECT name, content, encode(sha256, 'hex') AS sha256 FROM import_file WHERE id = %s AND author_id = %s
"""
_OPEN_OF_BATCH = """
SELECT f.name, f.content, encode(f.sha256, 'hex') AS sha256
FROM import_batch b JOIN import_file f ON f.id = b.file_id WHERE b.id = %s
"""
#: Reading a large file takes a while, in which the transaction is idle.
_PATIENCE = "SET LOCAL idle_in_transaction_session_timeout = '5min'"


@dataclass(frozen=True, slots=True)
class SourceFile:
    """The content of an upload; `sha256` names it in caches."""

    name: str
    content: bytes
    sha256: str


def add_file(ctx: Ctx, name: str, stream: BinaryIO, target: ImportTarget) -> FileAnalysis:
    """Keeps a file and tells what is in it; raises INVALID with advice for one that cannot be read."""
    ctx.actor.demand(target.permission)
    content = read_upload(stream, MAX_FILE_BYTES, "Удалите из него картинки и лишние листы или разделите на части.")
    name = clean_name(name)
    analysis = _analyse(ctx, name, content, target)
    analysis.file_id = keep_file(ctx, SourceFile(name, content, hashlib.sha256(content).hexdigest()))
    return analysis


def keep_file(ctx: Ctx, file: SourceFile) -> int:
    """Keeps an upload for a while; answers its id, which is good for whoever uploaded it."""
    digest = bytes.fromhex(file.sha256)
    file_id = ctx.sql.value(_ADD, (file.name, digest, file.content, ctx.actor.employee_id))
    ctx.audit("create", "import_file", file_id, file.name, after={"size": len(file.content), "sha256": file.sha256})
    return file_id


def analyse_file(ctx: Ctx, file_id: int, target: ImportTarget) -> FileAnalysis:
    """The same file as a list of the other target."""
    ctx.actor.demand(target.permission)
    file = open_file(ctx, file_id)
    analysis = _analyse(ctx, file.name, file.content, target)
    analysis.file_id = file_id
    return analysis


def analyse_heading(ctx: Ctx, file_id: int, query: HeadingQuery) -> HeadingAnalysis:
    """The columns of a sheet under a heading that a person chose."""
    ctx.actor.demand(query.target.permission)
    file = open_file(ctx, file_id)
    book = readable_book(ctx, file.content, file.name)
    try:
        return excel_analysis.analyse_heading(book, query)
    except UnreadableFile as error:
        raise unreadable(error) from error
    except KeyError:
        raise no_sheet(query.sheet) from None


def open_file(ctx: Ctx, file_id: int) -> SourceFile:
    """A file of the actor's own; what others uploaded does not exist for them."""
    row = ctx.sql.get(_OPEN, (file_id, ctx.actor.employee_id), what="Файл")
    return SourceFile(row["name"], bytes(row["content"]), row["sha256"])


def open_file_of_batch(ctx: Ctx, batch_id: int) -> SourceFile:
    """The file of a batch, for whoever may see the batch."""
    row = ctx.sql.get(_OPEN_OF_BATCH, (batch_id,), what="Файл")
    return SourceFile(row["name"], bytes(row["content"]), row["sha256"])


def readable_book(ctx: Ctx, content: bytes, name: str) -> Book:
    """Opens a file; the transaction may wait while it is read."""
    ctx.sql.run(_PATIENCE)
    try:
        return open_book(content, name)
    except UnreadableFile as error:
        raise unreadable(error) from error


def unreadable(error: UnreadableFile) -> Refusal:
    return Refusal(ErrorCode.INVALID, error.message, f"{error.action or 'Выберите другой файл'}.",
                   field_errors={"file": error.message})


def no_sheet(name: str) -> Refusal:
    return invalid({"sheet": f"Листа «{name}» в файле нет"})


def _analyse(ctx: Ctx, name: str, content: bytes, target: ImportTarget) -> FileAnalysis:
    """A saved mapping with the same headings goes before every guess."""
    book = readable_book(ctx, content, name)
    try:
        analysis = analyse(book, target, name)
        if saved := fitting(list_mappings(ctx, target), _lines(analysis)):
            analysis = analyse(book, target, name, saved.headings)
            analysis.saved_mapping = saved.name
    except UnreadableFile as error:
        raise unreadable(error) from error
    return analysis


def _lines(analysis: FileAnalysis) -> list[list[str]]:
    """Where known headings may stand: the heading of each sheet, and its first rows when nobody saw a heading there."""
    lines = [[column.heading for column in sheet.columns] for sheet in analysis.sheets]
    return lines + [row.cells for sheet in analysis.sheets for row in sheet.sample]


def read_upload(stream: BinaryIO, limit: int, advice: str) -> bytes:
    """The whole content, counted while it is read, whatever length was announced; raises TOO_LARGE or INVALID."""
    stream.seek(0)
    content = stream.read(limit + 1)
    if len(content) > limit:
        raise Refusal(ErrorCode.TOO_LARGE, f"Файл больше {limit // 1024 // 1024} МБ", advice)
    if not content:
        raise invalid({"file": "Файл пуст"})
    return content
