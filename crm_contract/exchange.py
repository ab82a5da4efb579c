"""Import from a spreadsheet: the fields a column can go to, what was found in a file, questions and their answers.

The path of a file: upload → `FileAnalysis` (sheet, heading, proposed mapping) → `ImportOptions` → `DryRun` (nothing is
written) → answers to questions (`Resolution`) → a background batch (`ImportBatchRead`) that can be undone whole.

Every row of the sheet lands in exactly one `Bucket`; the sizes of the buckets add up to the rows of the sheet.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from crm_contract.base import Answer, Ref, Request
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone
from crm_contract.permissions import Permission

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ROWS = 100_000
MAX_COLUMNS = 256


class ImportTarget(StrEnum):
    PARTIES = "parties"
    PRODUCTS = "products"

    @property
    def permission(self) -> Permission:
        """What an import of this target needs besides `Permission.IMPORT_RUN`."""
        return Permission.PARTY_EDIT if self is ImportTarget.PARTIES else Permission.PRODUCT_EDIT


IMPORT_TARGETS = (
    Choice(ImportTarget.PARTIES, "Контрагенты"),
    Choice(ImportTarget.PRODUCTS, "Номенклатура и цены"),
)


@dataclass(frozen=True, slots=True)
class ImportField:
    """Where a column can go. Several columns may go to a field with `many` («Телефон 1», «Телефон 2»).

    A field that is not `loaded` is known only so that its column is not taken for another one.
    """

    name: str
    title: str
    required: bool = False
    many: bool = False
    hint: str = ""
    loaded: bool = True


PARTY_FIELDS: tuple[ImportField, ...] = (
    ImportField("name", "Название", required=True, hint="ООО «Ветер», ИП Иванов И. И."),
    ImportField("full_name", "Полное название"),
    ImportField("legal_form", "Правовая форма", hint="ООО, ИП … в отдельном столбце"),
    ImportField("inn_kpp", "ИНН и КПП вместе", hint="7701…/7701…"),
    ImportField("inn", "ИНН"),
    ImportField("kpp", "КПП"),
    ImportField("ogrn", "ОГРН"),
    ImportField("legal_address", "Юридический адрес"),
    ImportField("actual_address", "Фактический адрес", many=True),
    ImportField("contact", "Контактные лица", many=True, hint="Имя, должность, телефон и почта вперемешку"),
    ImportField("position", "Должность контакта"),
    ImportField("director", "Руководитель"),
    ImportField("accountant", "Главный бухгалтер"),
    ImportField("phone", "Телефон", many=True),
    ImportField("email", "Почта", many=True),
    ImportField("website", "Сайт"),
    ImportField("bank_details", "Банковские реквизиты вместе"),
    ImportField("account", "Расчётный счёт"),
    ImportField("bic", "БИК"),
    ImportField("bank", "Банк"),
    ImportField("corr_account", "Корр. счёт"),
    ImportField("relation", "Покупатель или поставщик"),
    ImportField("segment", "Сегмент"),
    ImportField("manager", "Менеджер"),
    ImportField("payment_days", "Отсрочка, дней"),
    ImportField("started_on", "Дата начала работы"),
    ImportField("code", "Код в старой программе"),
    ImportField("note", "Примечание", many=True),
)

PRODUCT_FIELDS: tuple[ImportField, ...] = (
    ImportField("name", "Наименование", required=True),
    ImportField("full_name", "Полное наименование"),
    ImportField("sku", "Артикул"),
    ImportField("code", "Код в старой программе"),
    ImportField("group", "Группа"),
    ImportField("kind", "Вид", hint="Товар, услуга, работа, комплект"),
    ImportField("unit", "Единица"),
    ImportField("price", "Цена"),
    ImportField("price_retail", "Цена розничная"),
    ImportField("price_wholesale", "Цена оптовая"),
    ImportField("price_purchase", "Цена закупочная"),
    ImportField("vat", "Ставка НДС"),
    ImportField("barcode", "Штрихкод", many=True),
    ImportField("stock", "Остаток", loaded=False,
                hint="Не загружается: остатки вводят приходным ордером или инвентаризацией"),
    ImportField("min_stock", "Минимальный остаток"),
    ImportField("country", "Страна"),
    ImportField("manufacturer", "Производитель"),
    ImportField("note", "Примечание", many=True),
)
#: The fields that hold a price, in the order in which they are offered.
PRICE_FIELDS = ("price", "price_retail", "price_wholesale", "price_purchase")

IMPORT_FIELDS: dict[ImportTarget, tuple[ImportField, ...]] = {
    ImportTarget.PARTIES: PARTY_FIELDS,
    ImportTarget.PRODUCTS: PRODUCT_FIELDS,
}


def import_field(target: ImportTarget, name: str) -> ImportField:
    """Raises KeyError for a field the target does not have."""
    for item in IMPORT_FIELDS[target]:
        if item.name == name:
            return item
    raise KeyError(name)


class ImportMode(StrEnum):
    UPSERT = "upsert"
    ADD = "add"
    UPDATE = "update"


IMPORT_MODES = (
    Choice(ImportMode.UPSERT, "Обновить и добавить"),
    Choice(ImportMode.ADD, "Только добавить новые"),
    Choice(ImportMode.UPDATE, "Только обновить найденные"),
)


class MatchBy(StrEnum):
    """How a row finds its record; when the first key is empty the next one is tried."""

    INN_THEN_NAME = "inn_then_name"
    INN = "inn"
    NAME = "name"
    SKU_THEN_BARCODE = "sku_then_barcode"
    SKU = "sku"
    BARCODE = "barcode"


MATCH_CHOICES: dict[ImportTarget, Sequence[Choice]] = {
    ImportTarget.PARTIES: (
        Choice(MatchBy.INN_THEN_NAME, "ИНН, затем название"),
        Choice(MatchBy.INN, "ИНН"),
        Choice(MatchBy.NAME, "Название"),
    ),
    ImportTarget.PRODUCTS: (
        Choice(MatchBy.SKU_THEN_BARCODE, "Артикул, затем штрихкод"),
        Choice(MatchBy.SKU, "Артикул"),
        Choice(MatchBy.BARCODE, "Штрихкод"),
        Choice(MatchBy.NAME, "Наименование"),
    ),
}


class ColumnGuess(Answer):
    """One column: where it should go and how sure we are (0..100). `field` is "" when it is not imported."""

    column: int                 # from 0
    letter: str                 # as Excel shows it
    heading: str
    field: str = ""
    confidence: int = 0
    samples: list[str] = []


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


SEVERITIES = (
    Choice(Severity.ERROR, "Ошибка", Tone.ERROR),
    Choice(Severity.DOUBT, "Вопрос", Tone.WARN),
    Choice(Severity.NOTE, "К сведению", Tone.INFO),
)


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


class ImportState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"
    UNDOING = "undoing"
    UNDONE = "undone"


IMPORT_STATES = (
    Choice(ImportState.QUEUED, "В очереди", Tone.INFO),
    Choice(ImportState.RUNNING, "Загружается", Tone.INFO),
    Choice(ImportState.DONE, "Загружен", Tone.OK),
    Choice(ImportState.CANCELLED, "Остановлен", Tone.WARN),
    Choice(ImportState.FAILED, "Не удался", Tone.ERROR),
    Choice(ImportState.UNDOING, "Отменяется", Tone.INFO),
    Choice(ImportState.UNDONE, "Отменён"),
)
#: The states in which a batch still changes by itself.
BUSY_STATES = frozenset({ImportState.QUEUED, ImportState.RUNNING, ImportState.UNDOING})


class ImportBatchRead(Answer):
    """A load: `done` of `total` rows to write. `can_undo` is false with the reason in `undo_refusal`.

    Whether its records were used or changed since is looked at by the undo itself, which refuses with the first ones.
    """

    id: int
    target: ImportTarget
    file_name: str
    sheet: str
    state: ImportState
    done: int
    total: int
    counts: ImportCounts
    author: str = ""
    created_at: datetime
    finished_at: datetime | None = None
    message: str = ""
    can_cancel: bool = False
    can_undo: bool = False
    undo_refusal: str = ""
    has_report: bool = False    # rows that did not go in can be downloaded with their reasons


class SavedMapping(Answer):
    """A remembered mapping: normalised heading → field."""

    id: int
    name: str
    target: ImportTarget
    headings: dict[str, str]


IMPORT_LIST = ListSpec(
    code="imports",
    title="Загрузки из Excel",
    default_sort="-created_at",
    search_hint="Имя файла",
    empty_title="Загрузок пока нет",
    empty_hint="Выберите файл Excel или CSV со списком клиентов или прайсом",
    columns=(
        Column("created_at", "Когда", ColumnType.DATETIME),
        Column("file_name", "Файл"),
        Column("target", "Что загружали", ColumnType.STATE, 170, choices=IMPORT_TARGETS),
        Column("state", "Состояние", ColumnType.STATE, 130, choices=IMPORT_STATES),
        Column("done", "Обработано", ColumnType.INTEGER, 100),
        Column("total", "Всего", ColumnType.INTEGER, 80, shown=False),
        Column("added", "Добавлено", ColumnType.INTEGER, 96),
        Column("updated", "Обновлено", ColumnType.INTEGER, 96),
        Column("author", "Загрузил", ColumnType.REF, 160, entity="employee"),
        Column("sheet", "Лист", width=120, shown=False),
        Column("finished_at", "Закончена", ColumnType.DATETIME, shown=False),
        Column("message", "Сообщение", width=220, sortable=False, shown=False),
    ),
    presets=(
        Preset("all", "Все загрузки"),
        Preset("parties", "Контрагенты", (("target", Op.EQ, ImportTarget.PARTIES),)),
        Preset("products", "Номенклатура и цены", (("target", Op.EQ, ImportTarget.PRODUCTS),)),
        Preset("failed", "Не удались", (("state", Op.IN, [ImportState.FAILED, ImportState.CANCELLED]),)),
    ),
)
