"""CSV as people save it: cp1251, UTF-8 or UTF-16; semicolons, commas or tabs; with or without «sep=;»."""

import csv
import io
import itertools
from collections import Counter
from collections.abc import Iterator

from crm_contract.exchange import MAX_COLUMNS, MAX_ROWS
from crm_server.exchange.excel.book import LAST_ROW, LONGEST_TEXT, Row, Sheet, UnreadableFile

SHEET = "CSV"
_DELIMITERS = (";", "\t", ",", "|")
_DELIMITER_NAMES = {";": "точка с запятой", "\t": "табуляция", ",": "запятая", "|": "вертикальная черта"}
_FREQUENT = frozenset("оеаинтсрвлкмдп")


class CsvBook:
    """A CSV file as a book of one sheet. All cells are texts."""

    kind = "csv"

    def __init__(self, data: bytes, file_name: str = "") -> None:
        text, encoding = _decode(data)
        self._text = text.replace("\0", "")
        self._delimiter = _delimiter(self._text)
        self.notes = [f"CSV, кодировка {encoding}, разделитель: {_DELIMITER_NAMES[self._delimiter]}"]
        self._sheet = Sheet(file_name.rpartition(".")[0] or SHEET)

    @property
    def sheets(self) -> list[Sheet]:
        return [self._sheet]

    def rows(self, sheet: str) -> Iterator[Row]:
        if sheet != self._sheet.name:
            raise KeyError(sheet)
        filled, expected = 0, 1
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter)
        try:
            for number, record in enumerate(reader, 1):
                if number > LAST_ROW:
                    raise UnreadableFile(f"В файле больше {LAST_ROW} строк", "Разделите файл на части")
                while record and not record[-1].strip():
                    record.pop()
                if not record or (number == 1 and record[0].startswith("sep=")):
                    continue
                filled += 1
                if filled > MAX_ROWS:
                    raise UnreadableFile(f"В файле больше {MAX_ROWS} строк", "Разделите файл на части")
                for blank in range(expected, number):
                    yield Row(blank, ())
                expected = number + 1
                yield Row(number, tuple(
                    text[:LONGEST_TEXT] if text.strip() else None for text in record[:MAX_COLUMNS]))
        except csv.Error as error:
            raise UnreadableFile(f"Файл CSV повреждён: {error}", "Сохраните список как .xlsx") from error


def _decode(data: bytes) -> tuple[str, str]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace"), "UTF-16"
    try:
        return data.decode("utf-8-sig"), "UTF-8"
    except UnicodeDecodeError:
        sample = data[:200_000]
        best = max(("cp1251", "cp866", "koi8-r"), key=lambda name: _likelihood(sample.decode(name, errors="replace")))
        return data.decode(best, errors="replace"), {"cp1251": "Windows-1251", "cp866": "DOS (866)"}.get(best, "КОИ-8")


def _likelihood(text: str) -> int:
    """Frequent small Russian letters speak for an encoding, capitals inside words and pseudographics against it."""
    counts = Counter(text)
    good = sum(counts[letter] for letter in _FREQUENT)
    odd = sum(count for letter, count in counts.items() if "─" <= letter <= "▟" or letter == "\ufffd")
    inverted = sum(1 for a, b in itertools.pairwise(text) if a.islower() and b.isupper())
    return good - 3 * odd - 2 * inverted


def _delimiter(text: str) -> str:
    """The delimiter that cuts most lines into the same number of fields."""
    first, _, _ = text.partition("\n")
    if first.strip().startswith("sep=") and first.strip()[4:5] in _DELIMITERS:
        return first.strip()[4]
    if first.rstrip("\r") == "sep=\t":
        return "\t"
    sample = "\n".join(line for line in text[:100_000].splitlines()[:200] if line.strip())

    def score(delimiter: str) -> tuple[int, int]:
        try:
            widths = Counter(len(record) for record in csv.reader(io.StringIO(sample), delimiter=delimiter))
        except csv.Error:
            return (0, 0)
        width, lines = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(0, 0))
        return (lines if width > 1 else 0, width)

    return max(_DELIMITERS, key=score)
