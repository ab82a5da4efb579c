"""What no XML from outside may have: a DOCTYPE, and with it entities and anything external; odd encodings."""

from xml.parsers import expat

from crm_server.exchange.excel.book import UnreadableFile

#: Programs write these. Of other names some make the parser fail in ways of its own.
_ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "windows-1251", "windows-1252"})


def guard(parser: expat.XMLParserType, *, advice: str) -> None:
    """Makes the parser raise UnreadableFile, with this advice, before it has expanded anything."""

    def refuse_doctype(*_: object) -> None:
        raise UnreadableFile("В файле есть запрещённая разметка (DOCTYPE)", "Проверьте, откуда он")

    def refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding and encoding.lower() not in _ENCODINGS:
            raise UnreadableFile("Файл повреждён: внутри не читается разметка", advice)

    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.XmlDeclHandler = refuse_encoding
    parser.buffer_text = True
