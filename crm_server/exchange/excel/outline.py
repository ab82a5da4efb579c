"""What a plan needs to know of every row of a sheet without holding the row."""

from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from crm_contract.exchange import Bucket, ImportCounts
from crm_server.exchange.excel.book import Row
from crm_server.exchange.excel.packed import Packed
from crm_server.exchange.excel.values import ParsedRow, PartyValues, ProductValues, RowKind, Values


class PartyIdentity(NamedTuple):
    """What says which party a row is; see `PartyValues` and `ParsedRow`."""

    inn: str
    kpp: str
    name: str
    key: str
    wrong_inn: str

    @property
    def is_nameless(self) -> bool:
        """It has neither name nor ИНН and may go on with the row above it."""
        return not self.name and not self.inn

    @property
    def keys(self) -> Iterator[str]:
        """What rows of one party share."""
        if self.inn:
            yield self.inn
        if self.key:
            yield self.key

    def values(self) -> PartyValues:
        return PartyValues(inn=self.inn, kpp=self.kpp, name=self.name, key=self.key)


class ProductIdentity(NamedTuple):
    """What says which product a row is; see `ProductValues`."""

    sku: str
    barcodes: tuple[str, ...]
    name: str

    is_nameless = False

    @property
    def keys(self) -> Iterator[str]:
        """What rows of one product share."""
        if self.sku:
            yield f"sku {self.sku.casefold()}"
        yield from self.barcodes

    def values(self) -> ProductValues:
        return ProductValues(sku=self.sku, barcodes=[*self.barcodes], name=self.name)


class Mark(NamedTuple):
    """Where a row ends up, and the codes of its problems."""

    bucket: Bucket
    codes: tuple[str, ...]


class Sketch(NamedTuple):
    """A row as it was parsed, before rows are merged. `group` stands above the row, `own_group` is what it says."""

    kind: RowKind
    mark: Mark
    group: str
    own_group: str
    identity: PartyIdentity | ProductIdentity | None

    def light_row(self, number: int) -> ParsedRow:
        """A row that holds nothing but its identity: enough to find its record."""
        return ParsedRow(Row(number, ()), self.kind, self.identity.values() if self.identity else None)


def sketch(parsed: ParsedRow) -> Sketch:
    values = parsed.values
    own_group = values.group if isinstance(values, ProductValues) else ""
    return Sketch(parsed.kind, mark_of(parsed), parsed.group, own_group, _identity(parsed, values))


def mark_of(parsed: ParsedRow) -> Mark:
    return Mark(parsed.bucket, tuple([problem.code for problem in parsed.problems]))


def _identity(parsed: ParsedRow, values: Values | None) -> PartyIdentity | ProductIdentity | None:
    if isinstance(values, PartyValues):
        return PartyIdentity(values.inn, values.kpp, values.name, values.key, parsed.wrong_inn)
    return ProductIdentity(values.sku, tuple(values.barcodes), values.name) if values else None


class Marks:
    """The bucket and the problem codes of every row: rows of a list have few combinations of them."""

    def __init__(self) -> None:
        self._kinds: list[Mark] = []
        self._known: dict[Mark, int] = {}
        self._of_rows = array("L")

    def __len__(self) -> int:
        return len(self._of_rows)

    def append(self, mark: Mark) -> None:
        self._of_rows.append(self._kind(mark))

    def put(self, number: int, mark: Mark) -> None:
        self._of_rows[number - 1] = self._kind(mark)

    def _kind(self, mark: Mark) -> int:
        kind = self._known.get(mark)
        if kind is None:
            kind = self._known[mark] = len(self._kinds)
            self._kinds.append(mark)
        return kind

    def copy(self) -> "Marks":
        marks = Marks()
        marks._kinds, marks._known, marks._of_rows = [*self._kinds], dict(self._known), self._of_rows[:]
        return marks

    def of(self, number: int) -> Mark:
        return self._kinds[self._of_rows[number - 1]]

    def numbers(self, wanted: Callable[[Mark], bool]) -> list[int]:
        """The rows whose mark is wanted, in order."""
        kinds = {kind for kind, mark in enumerate(self._kinds) if wanted(mark)}
        return [number for number, kind in enumerate(self._of_rows, 1) if kind in kinds]

    def counts(self) -> ImportCounts:
        """Sizes of the buckets and numbers of problems; `add` and `update` are for whoever knows the database."""
        buckets: Counter[Bucket] = Counter()
        problems: Counter[str] = Counter()
        for kind, size in Counter(self._of_rows).items():
            mark = self._kinds[kind]
            buckets[mark.bucket] += size
            for code in mark.codes:
                problems[code] += size
        return ImportCounts(rows=len(self._of_rows), buckets=dict(buckets), problems=dict(problems))


class Outline:
    """All rows of a sheet, sketched under the same options; got by their numbers, from 1."""

    def __init__(self, remarked: Mapping[int, ParsedRow] | None = None) -> None:
        self._sketches: Packed[Sketch] = Packed()
        self.marks = Marks()
        #: Headings, totals and the like, as far as there is something to say about them.
        self.remarked: dict[int, ParsedRow] = dict(remarked or {})

    @classmethod
    def of(cls, rows: Iterable[ParsedRow]) -> "Outline":
        outline = cls()
        for parsed in rows:
            outline._append(sketch(parsed))
            if parsed.kind is not RowKind.DATA and parsed.problems:
                outline.remarked[parsed.number] = parsed
        return outline

    def redrawn(self, numbers: Collection[int], parse: Callable[[int], ParsedRow]) -> "Outline":
        """A copy in which some rows are parsed anew."""
        outline = Outline(self.remarked)
        for number, drawn in self:
            outline._append(sketch(parse(number)) if number in numbers else drawn)
        return outline

    def _append(self, drawn: Sketch) -> None:
        self._sketches.append(drawn)
        self.marks.append(drawn.mark)

    def __getitem__(self, number: int) -> Sketch:
        return self._sketches[number - 1]

    def __iter__(self) -> Iterator[tuple[int, Sketch]]:
        return enumerate(self._sketches, 1)
