"""The steps of the import: their names, the words of the main button, and what a step waits for."""

from enum import IntEnum

from crm_contract.exchange import Bucket, ImportBatchRead, ImportCounts
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.kit import formatting
from crm_desktop.kit.i18n import tr


class Step(IntEnum):
    FILE = 0
    SHEET = 1
    MAPPING = 2
    CHECK = 3
    LOAD = 4


def step_titles() -> list[str]:
    return [tr("Файл"), tr("Лист и заголовок"), tr("Сопоставление"), tr("Проверка"), tr("Загрузка")]


def next_words(step: Step, counts: ImportCounts | None, *, has_file: bool) -> str:
    """What the main button does."""
    if step is Step.FILE:
        return tr("Далее: лист и заголовок") if has_file else tr("Выбрать файл…")
    if step is Step.CHECK:
        rows = formatting.plural(to_load(counts), tr("строку"), tr("строки"), tr("строк"))
        return tr("Загрузить {rows}").format(rows=rows)
    return {Step.SHEET: tr("Далее: сопоставление"), Step.MAPPING: tr("Далее: проверка"),
            Step.LOAD: tr("Открыть список")}[step]


def why_not_next(step: Step, setup: ImportSetup | None, counts: ImportCounts | None, *, is_busy: bool) -> str:
    """Why the next step cannot be taken yet; "" when it can."""
    if setup is None or step not in (Step.MAPPING, Step.CHECK):
        return ""
    if missing := setup.missing():
        return tr("Выберите столбец для поля: {fields}").format(fields=", ".join(missing))
    if step is Step.MAPPING:
        return ""
    if counts is None or is_busy:
        return tr("Пробный прогон ещё идёт")
    if not to_load(counts):
        return tr("Загружать нечего: все строки уже такие же, пропущены или ждут ответа")
    if not setup.skip_bad and (counts.buckets.get(Bucket.ERROR) or counts.buckets.get(Bucket.DOUBT)):
        return tr("Исправьте строки с ошибками или включите «Ошибочные пропустить»")
    return ""


def subtitle_words(setup: ImportSetup | None, batch: ImportBatchRead | None) -> str:
    """«price.xlsx · лист «Прайс» · 1 246 строк»."""
    if batch is not None:
        return " · ".join([batch.file_name, _sheet(batch.sheet)])
    if setup is None:
        return ""
    rows = formatting.plural(setup.sheet.rows, tr("строка"), tr("строки"), tr("строк"))
    return " · ".join([setup.analysis.file_name, _sheet(setup.sheet_name), rows])


def to_load(counts: ImportCounts | None) -> int:
    """Rows that the load will write."""
    return counts.add + counts.update if counts is not None else 0


def _sheet(name: str) -> str:
    return tr("лист «{name}»").format(name=name)
