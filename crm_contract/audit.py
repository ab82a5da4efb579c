"""The action journal as the administrator reads it."""

from datetime import datetime
from typing import Any

from crm_contract.base import Answer
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Tone


class AuditRead(Answer):
    """One journal row; `before` and `after` hold only the fields that changed."""

    id: int
    at: datetime
    person: str
    action: str
    entity: str
    entity_id: int | None
    title: str
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    reason: str
    address: str
    request_id: str
    sealed: bool


AUDIT_ACTIONS = (
    Choice("login", "Вход", Tone.INFO),
    Choice("login_failed", "Неудачный вход", Tone.ERROR),
    Choice("logout", "Выход"),
    Choice("refused", "Отказ в доступе", Tone.ERROR),
    Choice("create", "Создание", Tone.OK),
    Choice("update", "Изменение", Tone.WARN),
    Choice("archive", "В архив", Tone.WARN),
    Choice("action", "Действие", Tone.VIOLET),
    Choice("print", "Печать", Tone.INFO),
    Choice("export", "Выгрузка", Tone.INFO),
    Choice("send", "Отправка", Tone.INFO),
    Choice("import", "Импорт", Tone.VIOLET),
)

AUDIT_LIST = ListSpec(
    code="audit",
    title="Журнал действий",
    default_sort="-id",
    search_hint="Объект, человек или номер",
    empty_title="Записей по этому отбору нет",
    columns=(
        Column("at", "Когда", ColumnType.DATETIME, 140),
        Column("person", "Кто", width=170),
        Column("action", "Действие", ColumnType.STATE, 130, choices=AUDIT_ACTIONS),
        Column("entity", "Объект", width=110),
        Column("title", "Что"),
        Column("reason", "Причина", width=180),
        Column("address", "Откуда", width=110, shown=False),
        Column("request_id", "Запрос", width=120, shown=False),
    ),
)
