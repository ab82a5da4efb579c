"""The package around a workbook, unpacked as streams.

Untrusted input: any DOCTYPE is refused, bytes are counted while they unpack (headers may lie), nothing touches a disk.
"""

import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from xml.parsers import expat

from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.safe_xml import guard

MAX_PARTS = 2_000
MAX_UNPACKED_BYTES = 400 * 1024 * 1024
MAX_RATIO = 250                  # deflate reaches 1000 only on a bomb; sheets reach some 60
_RATIO_FROM_BYTES = 4 * 1024 * 1024
_CHUNK = 256 * 1024
SAVE_AGAIN = "Откройте файл в Excel или LibreOffice и сохраните заново как «Книга Excel (.xlsx)»"

#: What the standard library raises for a package that is damaged on purpose: offsets, names, methods, lengths.
_DAMAGED = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, struct.error, EOFError, NotImplementedError, RuntimeError,
            KeyError, ValueError, OSError)
StartHandler = Callable[[str, dict[str, str]], None]


class LocalNames(dict[str, str]):
    """Element name without its prefix: some programs write `<x:row>`."""

    def __missing__(self, name: str) -> str:
        local = name.rpartition(":")[2]
        self[name] = local
        return local


class Archive:
    """The parts of the package, unpacked as streams under a common limit."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _DAMAGED as error:
            raise UnreadableFile("Файл повреждён: архив не читается", SAVE_AGAIN) from error
        self.names = {name.lstrip("/").lower(): name for name in self._zip.namelist()}
        if len(self._zip.namelist()) > MAX_PARTS:
            raise UnreadableFile("В файле слишком много частей, он не похож на таблицу", SAVE_AGAIN)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self.names

    def chunks(self, name: str) -> Iterator[bytes]:
        """The unpacked bytes of a part. Counts what really comes out, the header may lie."""
        try:
            info = self._zip.getinfo(self.names[name.lower()])
            total = 0
            with self._zip.open(info) as part:
                while chunk := part.read(_CHUNK):
                    total += len(chunk)
                    bomb = total > _RATIO_FROM_BYTES and total > MAX_RATIO * max(info.compress_size, 1)
                    if total > MAX_UNPACKED_BYTES or bomb:
                        raise UnreadableFile("Файл распаковывается в слишком большой объём", "Проверьте, откуда он")
                    yield chunk
        except _DAMAGED as error:
            raise UnreadableFile("Файл повреждён: одна из его частей не читается", SAVE_AGAIN) from error

    def parse(self, name: str, parser: expat.XMLParserType) -> Iterator[None]:
        """Feeds a part to the parser, stopping after every chunk so that the caller can take what has come."""
        guard(parser, advice=SAVE_AGAIN)
        try:
            for chunk in self.chunks(name):
                parser.Parse(chunk, False)
                yield
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise UnreadableFile("Файл повреждён: внутри не читается разметка", SAVE_AGAIN) from error
        yield

    def elements(self, name: str, start: StartHandler) -> None:
        """Calls `start(local name, attributes)` for every element of a part."""
        local = LocalNames()
        parser = expat.ParserCreate()
        parser.StartElementHandler = lambda tag, attributes: start(local[tag], attributes)
        for _ in self.parse(name, parser):
            pass


def mentions(chunks: Iterator[bytes], word: bytes) -> bool:
    """Whether the stream holds the word, even cut by the edge of a chunk."""
    tail = b""
    for chunk in chunks:
        if word in chunk or word in tail + chunk[: len(word)]:
            return True
        tail = chunk[-len(word):]
    return False
