"""What was found in a file: its sheets, their headings, the proposed mapping; mappings that are remembered."""

from pydantic import Field

from crm_contract.base import Answer, Request
from crm_contract.exchange.fields import ImportTarget


class ColumnGuess(Answer):
    """One column: where it should go and how sure we are (0..100). `field` is "" when it is not imported."""

    column: int                 # from 0
    letter: str                 # as Excel shows it
    heading: str
    field: str = ""
    confidence: int = 0
    samples: list[str] = []


class HeadingQuery(Request):
    """Rows that a person says are the heading of a sheet."""

    target: ImportTarget
    sheet: str = Field(max_length=200)
    header_row: int = Field(ge=0, le=1000)
    header_height: int = Field(default=1, ge=1, le=2)


class HeadingAnalysis(Answer):
    """Where the columns should go under a heading that a person chose, and what it says about VAT in prices."""

    columns: list[ColumnGuess]
    prices_include_vat: bool | None = None


class SampleRow(Answer):
    number: int                 # as Excel numbers it
    cells: list[str]


class SheetAnalysis(Answer):
    """`header_row` is the first row of the heading (0: there is none), `header_height` 1 or 2 rows.

    `rows` counts rows below the heading that hold anything; `missing` names required fields with no column.
    """

    name: str
    hidden: bool = False
    rows: int = 0
    hidden_rows: int = 0
    header_row: int = 0
    header_height: int = 1
    columns: list[ColumnGuess] = []
    top: list[SampleRow] = []       # the first rows of the sheet, the heading among them: to choose it by hand
    sample: list[SampleRow] = []    # the first rows below the heading
    missing: list[str] = []
    prices_include_vat: bool | None = None
    score: int = 0              # how much it looks like a list of this target


class FileAnalysis(Answer):
    """`best_sheet` is "" when no sheet holds a table. `notes` are things worth telling (encoding, skipped sheets)."""

    file_id: int = 0
    file_name: str
    target: ImportTarget
    other_target_fits: bool = False     # the file looks like a list of the other target
    sheets: list[SheetAnalysis]
    best_sheet: str
    saved_mapping: str = ""             # name of the remembered mapping that was applied
    notes: list[str] = []


class SavedMapping(Answer):
    """A remembered mapping: normalised heading → field."""

    id: int
    name: str
    target: ImportTarget
    headings: dict[str, str]
