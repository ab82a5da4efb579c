"""The action journal as the administrator reads it."""

from datetime import datetime
from typing import Any

from crm_contract.base import Answer
from crm_contract.documents import KINDS
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone


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


class SealRead(Answer):
    """The seal of a row: its number in the chain, the hashes, and whether the row is still what was sealed."""

    number: int
    chain: str
    previous: str
    holds: bool


class AuditBeside(Answer):
    """Another row about the same object."""

    id: int
    at: datetime
    person: str
    action: str
    reason: str


class AuditEntry(AuditRead):
    """One row with its seal (None while it waits for the next run) and the newest others about its object."""

    seal: SealRead | None
    beside: list[AuditBeside]


AUDIT_ACTIONS = (
    Choice("login", "Вход", Tone.INFO),
    Choice("login_failed", "Неудачный вход", Tone.ERROR),
    Choice("logout", "Выход"),
    Choice("refused", "Отказ в доступе", Tone.ERROR),
    Choice("create", "Создание", Tone.OK),
    Choice("update", "Изменение", Tone.WARN),
    Choice("archive", "В архив", Tone.WARN),
    Choice("delete", "Удаление", Tone.ERROR),
    Choice("action", "Действие", Tone.VIOLET),
    Choice("print", "Печать", Tone.INFO),
    Choice("export", "Выгрузка", Tone.INFO),
    Choice("send", "Отправка", Tone.INFO),
    Choice("import", "Импорт", Tone.VIOLET),
)

AUDIT_ENTITIES = (
    *(Choice(kind.code, kind.title) for kind in KINDS.values()),
    Choice("party", "Контрагент"), Choice("party_note", "Заметка"), Choice("contact_role", "Роль контакта"),
    Choice("product", "Номенклатура"), Choice("product_group", "Группа номенклатуры"),
    Choice("price_kind", "Вид цен"), Choice("reservation", "Резерв"), Choice("comment", "Комментарий"),
    Choice("file", "Файл"), Choice("letter", "Письмо"), Choice("mail", "Почта"),
    Choice("routing_rule", "Правило получателей"), Choice("saved_view", "Вид списка"), Choice("user", "Пользователь"),
    Choice("role", "Роль"), Choice("employee", "Сотрудник"), Choice("branch", "Филиал"),
    Choice("department", "Отдел"), Choice("setting", "Настройка"), Choice("route", "Доступ"),
    Choice("number_format", "Нумерация"), Choice("place", "Место хранения"), Choice("command", "Команды терминала"),
    Choice("import", "Загрузка из файла"), Choice("import_file", "Файл для загрузки"),
    Choice("import_mapping", "Сопоставление столбцов"), Choice("imports", "Список загрузок"),
    Choice("parties", "Список клиентов"), Choice("products", "Список номенклатуры"),
    Choice("documents", "Список документов"), Choice("balances", "Список остатков"),
    Choice("reservations", "Список резервов"), Choice("letters", "Список писем"), Choice("audit", "Журнал"),
)

AUDIT_LIST = ListSpec(
    code="audit",
    title="Журнал действий",
    default_sort="-id",
    search_hint="Объект, человек или номер",
    empty_title="Записей по этому отбору нет",
    columns=(
        Column("at", "Когда", ColumnType.DATETIME, 142),
        Column("person", "Кто", width=140),
        Column("action", "Действие", ColumnType.STATE, 120, choices=AUDIT_ACTIONS),
        Column("title", "Что"),
        Column("entity", "Объект", ColumnType.STATE, 150, shown=False, choices=AUDIT_ENTITIES),
        Column("reason", "Причина", width=160, shown=False),
        Column("address", "Откуда", width=110, shown=False),
        Column("entity_id", "Номер объекта", ColumnType.INTEGER, 110, shown=False),
        Column("request_id", "Запрос", width=120, shown=False),
    ),
    presets=(
        Preset("all", "Всё"),
        Preset("refused", "Отказы", (("action", Op.IN, ["refused", "login_failed"]),)),
        Preset("logins", "Входы", (("action", Op.IN, ["login", "login_failed", "logout"]),)),
        Preset("rights", "Права", (("entity", Op.IN, ["user", "role", "employee"]),)),
        Preset("settings", "Настройки", (("entity", Op.IN, [
            "setting", "branch", "department", "number_format", "place", "price_kind", "product_group", "contact_role",
            "routing_rule"]),)),
        Preset("out", "Выгрузка и печать", (("action", Op.IN, ["export", "print", "send"]),)),
    ),
)
