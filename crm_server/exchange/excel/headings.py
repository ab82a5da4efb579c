"""Where the heading of a table is and which column goes to which field."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from crm_contract.exchange import ImportTarget, import_field
from crm_server.exchange.excel.book import Cell, Row
from crm_server.exchange.excel.cells import as_text
from crm_server.exchange.excel.vocabulary import RULES

LOOK_AT = 60            # rows: a heading further down is no heading
_LONGEST_HEADING = 80   # characters
_SECOND_ROW_GAIN = 60   # a two-row heading must explain more than half a column better than one row
_ENOUGH = 100           # one surely named column, or two that are likely
_STRONG_LOOK = 80       # values that speak louder than a heading such as «Номер»
_LONGEST_PLAIN = 30     # characters of a heading whose words nobody knows
_NUMBER_OR_MAIL = re.compile(r"\d{2}|@|\d[.,]\d")
_SEPARATORS = re.compile(r"[^0-9a-zа-я№%#]+")


@dataclass(frozen=True, slots=True)
class Heading:
    """`row` is the first row's number (0: the table has none), `texts` the heading of each column."""

    row: int
    height: int
    texts: tuple[str, ...]
    score: int

    @property
    def last_row(self) -> int:
        return self.row + self.height - 1 if self.row else 0


@dataclass(frozen=True, slots=True)
class Candidate:
    field: str
    confidence: int


@lru_cache(maxsize=4096)
def normalize(heading: str) -> str:
    """«Ед. изм.» → «ед изм». The key by which mappings are remembered."""
    return _SEPARATORS.sub(" ", heading.lower().replace("ё", "е")).strip().replace("ф и о", "фио")


@lru_cache(maxsize=8192)
def candidates(heading: str, target: ImportTarget) -> tuple[Candidate, ...]:
    """The fields a heading may mean, the likeliest first."""
    text = normalize(heading)
    best: dict[str, int] = {}
    if text:
        for name, confidence, pattern in RULES[target]:
            if confidence > best.get(name, 0) and pattern.search(text):
                best[name] = confidence
    ranked = sorted(best.items(), key=lambda item: -item[1])
    return tuple(Candidate(name, confidence) for name, confidence in ranked)


def find_heading(rows: Sequence[Row], target: ImportTarget, remembered: Mapping[str, str] | None = None) -> Heading:
    """The row, or pair of rows, whose texts name the most columns of the target; failing that, a row of plain words
    above rows with numbers. `row` is 0 when there is neither."""
    known = remembered or {}
    best = Heading(0, 1, (), 0)
    for index, row in enumerate(rows[:LOOK_AT]):
        texts = _texts(row)
        single = Heading(row.number, 1, texts, _score(row.cells, texts, target, known))
        if single.score > best.score:
            best = single
        below = rows[index + 1] if index + 1 < len(rows) else None
        if below is None or not _may_be_second_row(below):
            continue
        alone = _score(below.cells, _texts(below), target, known)
        joined = _join(texts, _texts(below), target)
        double = Heading(row.number, 2, joined, _score(row.cells, joined, target, known))
        if double.score > max(best.score, single.score, alone) + _SECOND_ROW_GAIN:
            best = double
    return best if best.score >= _ENOUGH else _plain_heading(rows)


def heading_texts(rows: Sequence[Row], first: int, height: int, target: ImportTarget) -> tuple[str, ...]:
    """The heading of each column when the heading is known to begin at row `first` (0: there is none)."""
    lines = [_texts(row) for row in rows if first and first <= row.number < first + height]
    if not lines:
        return ()
    return lines[0] if len(lines) == 1 else _join(lines[0], lines[1], target)


def _texts(row: Row) -> tuple[str, ...]:
    return tuple(as_text(cell) for cell in row.cells)


def _plain_heading(rows: Sequence[Row]) -> Heading:
    """The first row of several short words without a number, with numbers or addresses in the row below."""
    for row, below in pairwise(rows[:LOOK_AT]):
        texts = _texts(row)
        filled = [text for text in texts if text]
        if len(filled) < 2 or len(below.cells) < len(filled):
            continue
        if all(len(text) <= _LONGEST_PLAIN and not _NUMBER_OR_MAIL.search(text) for text in filled) and any(
                _NUMBER_OR_MAIL.search(text) for text in _texts(below)):
            return Heading(row.number, 1, texts, 1)
    return Heading(0, 1, (), 0)


def _score(cells: Sequence[Cell], texts: Sequence[str], target: ImportTarget, known: Mapping[str, str]) -> int:
    """Sum of the confidences of distinct fields, less what speaks for a row of data: numbers and long texts."""
    fields: dict[str, int] = {}
    strange = filled = 0
    for text in texts:
        if not text:
            continue
        filled += 1
        if (name := known.get(normalize(text))) is not None:
            fields[name] = 100
            continue
        found = candidates(text, target) if len(text) <= _LONGEST_HEADING else ()
        if found:
            fields[found[0].field] = max(fields.get(found[0].field, 0), found[0].confidence)
        else:
            strange += 1
    numbers = sum(1 for cell in cells if cell is not None and not isinstance(cell, str))
    named = {name: confidence for name, confidence in fields.items() if name}
    if not named or strange + numbers > max(len(named), filled // 2) or (filled > 3 and len(named) < 2):
        return 0
    return sum(named.values()) - 50 * numbers - 10 * strange


def _may_be_second_row(row: Row) -> bool:
    """One word alone below a heading is a heading of a group."""
    texts = [cell for cell in row.cells if cell is not None]
    return len(texts) > 1 and all(isinstance(cell, str) and len(cell) <= _LONGEST_HEADING for cell in texts)


def _join(upper: Sequence[str], lower: Sequence[str], target: ImportTarget) -> tuple[str, ...]:
    """«Цена» over «Розница» → «Цена Розница»; «Реквизиты» over «ИНН» → «ИНН», which is clearer alone."""
    width = max(len(upper), len(lower))
    upper = [*upper, *[""] * (width - len(upper))]
    lower = [*lower, *[""] * (width - len(lower))]
    joined: list[str] = []
    spanning = ""
    for above, below in zip(upper, lower, strict=True):
        spanning = above or (spanning if below else "")
        both = below if not spanning or spanning == below else f"{spanning} {below}".strip()
        joined.append(below if _clearness(below, target) > _clearness(both, target) else both)
    return tuple(joined)


def _clearness(text: str, target: ImportTarget) -> int:
    return max((candidate.confidence for candidate in candidates(text, target)), default=0)


def propose(
    headings: Sequence[str], target: ImportTarget, evidence: Sequence[Mapping[str, int]] = (),
    remembered: Mapping[str, str] | None = None,
) -> list[Candidate]:
    """For each column the field it should go to. A field that takes one column gets the likeliest.

    `evidence` is what the values of each column look like (field → confidence), `remembered` a saved mapping
    (normalised heading → field) which beats every guess.
    """
    width = max(len(headings), len(evidence))
    offers: list[tuple[int, int, str]] = []
    for column in range(width):
        heading = headings[column] if column < len(headings) else ""
        known = (remembered or {}).get(normalize(heading))
        if known is not None:
            offers.append((200, column, known))
            continue
        for name, confidence in _weigh(heading, target, evidence[column] if column < len(evidence) else {}).items():
            offers.append((confidence, column, name))
    chosen: dict[int, Candidate] = {}
    taken: set[str] = set()
    for confidence, column, name in sorted(offers, key=lambda offer: (-offer[0], offer[1])):
        if column in chosen or (name and name in taken and not import_field(target, name).many):
            continue
        chosen[column] = Candidate(name, min(confidence, 100))
        if name:
            taken.add(name)
    return [chosen.get(column, Candidate("", 0)) for column in range(width)]


def _weigh(heading: str, target: ImportTarget, looks_like: Mapping[str, int]) -> dict[str, int]:
    """Confidence by heading and by values together: agreement raises it, values alone count a little less."""
    weights = {candidate.field: candidate.confidence for candidate in candidates(heading, target)}
    unwanted = "" in weights and weights[""] >= max(weights.values())
    if unwanted and max(looks_like.values(), default=0) < _STRONG_LOOK:
        return {"": weights[""]}
    if unwanted:
        weights.clear()
    for name, confidence in looks_like.items():
        weights[name] = weights[name] + confidence // 5 if name in weights else confidence * 4 // 5
    return weights


def to_remember(headings: Sequence[str], mapping: Mapping[int, str]) -> dict[str, str]:
    """A mapping by normalised headings, for the next file of the same sender; columns left out are remembered too."""
    keys = [normalize(heading) for heading in headings]
    return {key: mapping.get(column, "") for column, key in enumerate(keys) if key}


def prices_include_vat(headings: Sequence[str]) -> bool | None:
    """What the heading of a price column says about VAT; None when it says nothing."""
    for heading in map(normalize, headings):
        if not re.search(r"цен|стоим|price|прайс", heading):
            continue
        if re.search(r"без (?:учета )?ндс|не вкл\w* ндс", heading):
            return False
        if re.search(r"\bндс\b", heading):
            return True
    return None
