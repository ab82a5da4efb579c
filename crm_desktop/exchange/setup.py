"""What the person chose for one file: the sheet, the heading, where columns go, the rules, the answers."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import PurePath
from typing import Any, Self

from crm_contract.exchange import (
    IMPORT_FIELDS,
    MATCH_CHOICES,
    ColumnGuess,
    FileAnalysis,
    HeadingAnalysis,
    HeadingQuery,
    ImportMode,
    ImportOptions,
    ImportTarget,
    MatchBy,
    SheetAnalysis,
    import_field,
)
from crm_desktop.exchange.answers import Answers

#: A required field may be replaced by another one.
_STANDS_FOR = {"name": ("name", "full_name")}


class ImportSetup:
    """Begins with what the server proposed for the file; `options` is what the server is asked with."""

    def __init__(self, analysis: FileAnalysis, on_date: date | None = None) -> None:
        self.analysis = analysis
        self.on_date = on_date or datetime.now(UTC).astimezone().date()
        self.answers = Answers()
        self.mode = ImportMode.UPSERT
        self.match_by = MatchBy(MATCH_CHOICES[self.target][0].code)
        self.skip_bad = True
        self.include_hidden = True
        self.price_kind_id: int | None = None
        self.prices_include_vat = True
        self.remember_as = analysis.saved_mapping
        self.sheet_name = ""
        self.header_row = 0
        self.header_height = 1
        self.mapping: dict[int, str] = {}
        self._chosen_heading: HeadingAnalysis | None = None
        self._by_hand: dict[str, str] = {}
        self.choose_sheet(analysis.best_sheet or analysis.sheets[0].name)

    @classmethod
    def restored(cls, analysis: FileAnalysis, options: ImportOptions) -> Self:
        """What was kept of an earlier session over the same file."""
        setup = cls(analysis, options.on_date)
        if options.sheet in (sheet.name for sheet in analysis.sheets):
            setup.choose_sheet(options.sheet)
            setup.header_row, setup.header_height = options.header_row, options.header_height
            setup.mapping = dict(options.mapping)
            setup.answers = Answers(options.resolutions)
        setup.mode, setup.skip_bad, setup.include_hidden = options.mode, options.skip_bad, options.include_hidden
        setup.match_by = options.match_by or setup.match_by
        setup.price_kind_id, setup.prices_include_vat = options.price_kind_id, options.prices_include_vat
        setup.remember_as = options.remember_as
        return setup

    @property
    def file_id(self) -> int:
        return self.analysis.file_id

    @property
    def target(self) -> ImportTarget:
        return self.analysis.target

    @property
    def sheet(self) -> SheetAnalysis:
        return next(sheet for sheet in self.analysis.sheets if sheet.name == self.sheet_name)

    @property
    def columns(self) -> Sequence[ColumnGuess]:
        """What is known of the columns under the chosen heading."""
        return self._chosen_heading.columns if self._chosen_heading is not None else self.sheet.columns

    def choose_sheet(self, name: str) -> None:
        """Takes what was proposed for the sheet; answers were about the rows of another one."""
        self.sheet_name = name
        sheet = self.sheet
        self._chosen_heading = None
        self.header_row, self.header_height = sheet.header_row, sheet.header_height
        self.mapping = {column.column: column.field for column in sheet.columns if column.field}
        if sheet.prices_include_vat is not None:
            self.prices_include_vat = sheet.prices_include_vat
        self._map_as_by_hand()
        self.answers.clear()

    def set_heading(self, row: int, height: int = 1) -> None:
        """`row` 0: the sheet has no heading. The columns stay where they are mapped until `take_heading`."""
        self.header_row, self.header_height = row, height
        self._chosen_heading = None
        self.answers.clear()

    def heading_query(self) -> HeadingQuery:
        return HeadingQuery(target=self.target, sheet=self.sheet_name, header_row=self.header_row,
                            header_height=self.header_height)

    def take_heading(self, heading: HeadingAnalysis) -> None:
        """Maps by the chosen heading. What the person mapped by hand goes along with its words; a column whose
        heading says nothing stays where it was, if nobody else has taken its place."""
        self._chosen_heading = heading
        before, self.mapping = self.mapping, {guess.column: guess.field for guess in heading.columns if guess.field}
        unsaid = {guess.column for guess in heading.columns if not guess.field and not guess.confidence}
        for column, field in sorted(before.items()):
            if column in unsaid and (field not in self.mapping.values() or import_field(self.target, field).many):
                self.mapping[column] = field
        self._map_as_by_hand()
        if heading.prices_include_vat is not None:
            self.prices_include_vat = heading.prices_include_vat

    def headings(self) -> list[str]:
        """The words above the columns under the chosen heading; a heading of two rows is read downwards."""
        sheet = self.sheet
        if self._chosen_heading is not None:
            return [column.heading for column in self._chosen_heading.columns]
        if (self.header_row, self.header_height) == (sheet.header_row, sheet.header_height):
            return [column.heading for column in sheet.columns]
        if not self.header_row:
            return ["" for _ in sheet.columns]
        rows = [row.cells for row in sheet.top if 0 <= row.number - self.header_row < self.header_height]
        return [" ".join(cells[column.column] for cells in rows if column.column < len(cells)).strip()
                for column in sheet.columns]

    def blank_columns(self) -> frozenset[int]:
        """Columns that say nothing: files of accounting programs are full of them."""
        return frozenset(guess.column for guess, words in zip(self.columns, self.headings(), strict=True)
                         if not words and not guess.samples and guess.column not in self.mapping)

    def map_column(self, column: int, field: str) -> None:
        """By hand. A field of one column leaves the column that had it."""
        headings = self.headings()
        if words := _key(headings[column]) if column < len(headings) else "":
            self._by_hand[words] = field
        self._map(column, field)

    def _map_as_by_hand(self) -> None:
        for column, words in enumerate(self.headings()):
            if (field := self._by_hand.get(_key(words))) is not None:
                self._map(column, field)

    def _map(self, column: int, field: str) -> None:
        if field and not import_field(self.target, field).many:
            self.mapping = {other: name for other, name in self.mapping.items() if name != field}
        if field:
            self.mapping[column] = field
        else:
            self.mapping.pop(column, None)

    def missing(self) -> list[str]:
        """Titles of required fields that have no column."""
        taken = set(self.mapping.values())
        return [item.title for item in IMPORT_FIELDS[self.target]
                if item.required and not taken.intersection(_STANDS_FOR.get(item.name, (item.name,)))]

    def has_any(self, fields: Sequence[str]) -> bool:
        return any(name in fields for name in self.mapping.values())

    @property
    def suggested_name(self) -> str:
        """Under which name the mapping is remembered unless the person says otherwise."""
        return self.analysis.saved_mapping or PurePath(self.analysis.file_name).stem[:120]

    def options(self) -> ImportOptions:
        return ImportOptions(
            target=self.target, sheet=self.sheet_name, header_row=self.header_row, header_height=self.header_height,
            mapping=dict(self.mapping), mode=self.mode, match_by=self.match_by, skip_bad=self.skip_bad,
            include_hidden=self.include_hidden, on_date=self.on_date, price_kind_id=self.price_kind_id,
            prices_include_vat=self.prices_include_vat, resolutions=self.answers.all(), remember_as=self.remember_as)

    def state(self) -> dict[str, Any]:
        """As JSON, for `restored` after the tab or the program was closed."""
        return {"file_id": self.file_id, "options": self.options().model_dump(mode="json")}


def _key(heading: str) -> str:
    return " ".join(heading.casefold().split())
