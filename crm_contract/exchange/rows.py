"""What is to be read and what became of every row: questions, their answers, the dry run."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from crm_contract.base import Answer, Ref, Request
from crm_contract.exchange.fields import IMPORT_FIELDS, MAX_COLUMNS, ImportMode, ImportTarget, MatchBy
from crm_contract.lists import Choice, Tone


class ResolutionAction(StrEnum):
    ACCEPT = "accept"   # take the proposal, or `value` when given
    KEEP = "keep"       # load the value as it stands in the file
    SKIP = "skip"       # do not load the row


class Resolution(Request):
    """An answer to a question. Without `row` it answers all questions of that `code`."""

    row: int | None = Field(default=None, ge=1)
    field: str = Field(default="", max_length=40)
    code: str = Field(default="", max_length=40)
    action: ResolutionAction
    value: str | None = Field(default=None, max_length=500)


class ImportOptions(Request):
    """What to read and how. `mapping` goes from column number (from 0) to field name; others are not imported.

    `on_date` is the day by whose law VAT is judged. `remember_as` keeps the mapping under that name (a supplier's,
    usually) and offers it for the next file with the same headings.
    """

    target: ImportTarget
    sheet: str = Field(max_length=200)
    header_row: int = Field(ge=0, le=1000)
    header_height: int = Field(default=1, ge=1, le=2)
    mapping: dict[int, str] = Field(max_length=MAX_COLUMNS)
    mode: ImportMode = ImportMode.UPSERT
    match_by: MatchBy | None = None
    skip_bad: bool = True
    include_hidden: bool = True
    on_date: date
    price_kind_id: int | None = None
    prices_include_vat: bool = True
    resolutions: list[Resolution] = Field(default=[], max_length=20_000)
    remember_as: str = Field(default="", max_length=120)

    @model_validator(mode="after")
    def _check_mapping(self) -> Self:
        known = {item.name: item for item in IMPORT_FIELDS[self.target]}
        taken: set[str] = set()
        for name in filter(None, self.mapping.values()):
            if name not in known:
                raise ValueError(f"Нет такого поля: {name}")
            if name in taken and not known[name].many:
                raise ValueError(f"Поле «{known[name].title}» выбрано для двух столбцов")
            taken.add(name)
        return self


class Severity(StrEnum):
    """An error keeps the row out until it is corrected; a doubt is a question; a note needs no answer."""

    ERROR = "error"
    DOUBT = "doubt"
    NOTE = "note"


class RowProblem(Answer):
    """One thing about one cell. `code` is the kind of problem, the same for all rows that have it.

    `proposal` says what accepting does; `proposed_value` is the text that replaces the cell ("" empties it, None
    leaves it). A doubt with `by_default` is loaded by its proposal unless answered otherwise; `answer` is the answer
    that counted, the default one included.
    """

    row: int
    column: int | None = None
    field: str = ""
    code: str
    severity: Severity
    message: str
    proposal: str = ""
    proposed_value: str | None = None
    by_default: bool = False
    answer: ResolutionAction | None = None

    @property
    def is_open(self) -> bool:
        return is_open(self.severity, self.answer)


def is_open(severity: Severity, answer: ResolutionAction | None) -> bool:
    """Whether a problem keeps its row out: an error that was not corrected or a question that was not answered."""
    if severity is Severity.NOTE:
        return False
    return answer is None or (severity is Severity.ERROR and answer is ResolutionAction.KEEP)


class Bucket(StrEnum):
    """Where a row of the sheet ended up."""

    READY = "ready"         # goes in (adds or updates)
    MERGED = "merged"       # its data went into an earlier row of the same customer or product
    DOUBT = "doubt"         # waits for an answer
    ERROR = "error"         # cannot go in as it is
    SKIPPED = "skipped"     # left out by a person's answer or by the options
    GROUP = "group"         # a heading of a group
    TOTAL = "total"
    HEADING = "heading"     # the heading, its repetition, the text above and below the table
    BLANK = "blank"


BUCKETS = (
    Choice(Bucket.READY, "Загрузятся", Tone.OK),
    Choice(Bucket.MERGED, "Объединены с другой строкой", Tone.INFO),
    Choice(Bucket.DOUBT, "Ждут ответа", Tone.WARN),
    Choice(Bucket.ERROR, "С ошибкой", Tone.ERROR),
    Choice(Bucket.SKIPPED, "Пропущены"),
    Choice(Bucket.GROUP, "Заголовки групп"),
    Choice(Bucket.TOTAL, "Итоги"),
    Choice(Bucket.HEADING, "Шапка и текст вне таблицы"),
    Choice(Bucket.BLANK, "Пустые"),
)


class ImportCounts(Answer):
    """`add` + `update` + `unchanged` + `unmatched` = rows in READY; `buckets` add up to `rows`."""

    rows: int = 0
    buckets: dict[Bucket, int] = {}
    add: int = 0
    update: int = 0
    unchanged: int = 0
    unmatched: int = 0          # the mode leaves them out: new in «update», known in «add»
    problems: dict[str, int] = {}   # by `RowProblem.code`


class PreviewRow(Answer):
    """A row beside its problems: the cells of the file and, for a loaded row, what will be written."""

    number: int
    bucket: Bucket
    cells: list[str]
    values: dict[str, str] = {}
    match: Ref | None = None
    problems: list[RowProblem] = []


class DryRun(Answer):
    """A page of rows of a dry run (`offset`, `limit` and the filter are the request's) and the counts of all."""

    counts: ImportCounts
    rows: list[PreviewRow]
    rows_total: int


class DryRunQuery(Request):
    """`only` restricts the rows: to a bucket, or to rows with a problem of `code`."""

    options: ImportOptions
    only: list[Bucket] = Field(default=[], max_length=20)
    code: str = Field(default="", max_length=40)
    offset: int = Field(default=0, ge=0)
    limit: int = Field(default=200, ge=1, le=1000)
