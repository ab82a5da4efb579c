"""A load in the background: its states, its progress, the list of all loads."""

from datetime import datetime
from enum import StrEnum

from crm_contract.base import Answer
from crm_contract.exchange.fields import IMPORT_TARGETS, ImportTarget
from crm_contract.exchange.rows import ImportCounts
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone


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
    """A load: `done` of `total` rows to write; while it is undone, records taken back.

    `can_undo` is false with the reason in `undo_refusal`.

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


IMPORT_LIST = ListSpec(
    code="imports",
    title="Импорт из Excel",
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
        Column("author", "Загрузил", ColumnType.REF, 124, entity="employee"),
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
