"""A small tree of an XML file from outside: no DOCTYPE, no entities, nothing external, bounded in size and depth."""

from dataclasses import dataclass, field
from xml.parsers import expat

from crm_server.exchange.excel.book import UnreadableFile
from crm_server.exchange.safe_xml import guard

MAX_DEPTH = 32
MAX_NODES = 200_000
#: Marking codes and traceability may be longer than all the rest, and are of no use here.
_SKIPPED = frozenset({"НомСредИдентТов", "СведПрослеж", "СвГосСист"})
ASK_AGAIN = "Попросите поставщика прислать файл заново или скачайте его из системы обмена ещё раз"


@dataclass(slots=True)
class Node:
    """An element. `text` is that between its own tags."""

    tag: str
    attributes: dict[str, str]
    children: list["Node"] = field(default_factory=list)
    text: str = ""

    def find(self, path: str) -> "Node | None":
        """The first element at `A/B/C` below this one."""
        node: Node | None = self
        for tag in path.split("/"):
            node = next((child for child in node.children if child.tag == tag), None) if node else None
        return node

    def all(self, tag: str) -> list["Node"]:
        return [child for child in self.children if child.tag == tag]

    def get(self, name: str) -> str:
        return self.attributes.get(name, "").strip()


def read_tree(content: bytes) -> Node:
    """Raises UnreadableFile with words for a person."""
    if not content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"<", b"\xff\xfe", b"\xfe\xff")):
        raise UnreadableFile("Это не XML", "Нужен файл УПД с именем ON_NSCHFDOPPR_….xml; если пришёл архив, достаньте"
                                           " файл из него")
    builder = _Builder()
    parser = expat.ParserCreate()
    guard(parser, advice=ASK_AGAIN)
    parser.StartElementHandler, parser.EndElementHandler = builder.start, builder.end
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise UnreadableFile(f"XML повреждён: ошибка в строке {error.lineno}", ASK_AGAIN) from error
    return builder.top.children[0]


class _Builder:
    def __init__(self) -> None:
        self.top = Node("", {})
        self._open = [self.top]
        self._skipped = 0
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if len(self._open) + self._skipped > MAX_DEPTH or self._count > MAX_NODES:
            raise UnreadableFile("Файл слишком велик или запутан для УПД", "Проверьте, откуда он")
        if self._skipped or tag in _SKIPPED:
            self._skipped += 1
            return
        node = Node(tag, attributes)
        self._open[-1].children.append(node)
        self._open.append(node)

    def end(self, _tag: str) -> None:
        if self._skipped:
            self._skipped -= 1
        else:
            self._open.pop()

    def data(self, text: str) -> None:
        if not self._skipped:
            self._open[-1].text += text
