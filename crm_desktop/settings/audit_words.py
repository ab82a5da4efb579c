"""The words of the journal: fields and values as a person knows them from the forms. Pure: no Qt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from crm_contract.directories import DIRECTORIES
from crm_contract.documents import KINDS
from crm_contract.permission_matrix import rights_objects
from crm_contract.permissions import SCOPE_TITLES, Scope
from crm_contract.settings import SETTINGS
from crm_desktop.kit.i18n import tr

#: Names that no declaration titles.
_PLAIN = {
    "name": tr("Название"), "full_name": tr("Полное название"), "inn": tr("ИНН"), "kpp": tr("КПП"), "ogrn": tr("ОГРН"),
    "phone": tr("Телефон"), "email": tr("Почта"), "legal_address": tr("Юридический адрес"),
    "actual_address": tr("Фактический адрес"), "contacts": tr("Контакты"), "sites": tr("Объекты"),
    "accounts": tr("Счета в банках"), "manager_id": tr("Менеджер"), "branch_id": tr("Филиал"),
    "price_kind_id": tr("Вид цен"), "segment": tr("Сегмент"), "payment_days": tr("Отсрочка, дней"),
    "debt_limit": tr("Лимит долга"), "note": tr("Примечание"), "archived": tr("В архиве"), "state": tr("Состояние"),
    "gross": tr("Сумма"), "lines": tr("Строки"), "number": tr("Номер"), "party": tr("Клиент"), "login": tr("Логин"),
    "active": tr("Вход открыт"), "roles": tr("Роли"), "prefix": tr("Приставка"), "width": tr("Цифр"),
    "to": tr("Кому"), "files": tr("Вложения"), "letter": tr("Письмо"), "rows": tr("Строк"), "query": tr("Отбор"),
    "prices": tr("Цены"), "barcodes": tr("Штрихкоды"), "sku": tr("Артикул"), "unit": tr("Единица"),
    "moved": tr("Перенесено"), "taken": tr("Взяты поля"), "merged_into_id": tr("Объединён с"),
    "merged_from_id": tr("Принял данные"), "text": tr("Текст"), "quantity": tr("Количество"), "reason": tr("Причина"),
}
LONGEST = 160


@dataclass(frozen=True, slots=True)
class Change:
    title: str
    before: str
    after: str


def changes_of(entity: str, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> list[Change]:
    """The fields of a journal row, in the order they were written; what stayed the same is left out."""
    old, new = before or {}, after or {}
    return [Change(field_title(entity, name), value_words(name, old.get(name)), value_words(name, new.get(name)))
            for name in {**old, **new} if old.get(name) != new.get(name)]


def field_title(entity: str, name: str) -> str:
    return _titles().get((entity, name)) or _titles().get(("", name)) or name


def value_words(name: str, value: Any) -> str:
    """"" for nothing. A right is its scope."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return tr("да") if value else tr("нет")
    if ("role", name) in _titles() and value in tuple(Scope):
        return SCOPE_TITLES[Scope(value)]
    if isinstance(value, Mapping):
        text = ", ".join(f"{field_title('', key)}: {value_words(key, one)}" for key, one in value.items() if one)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        text = ", ".join(_item(one) for one in value)
    else:
        text = str(value)
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"


def _item(value: Any) -> str:
    if isinstance(value, Mapping):
        return str(value.get("name") or value.get("title") or value.get("account") or value.get("email") or "…")
    return str(value)


@cache
def _titles() -> dict[tuple[str, str], str]:
    """(entity, field) → title; ("", field) where the object does not matter."""
    found = {("", name): title for name, title in _PLAIN.items()}
    for kind in KINDS.values():
        found |= {(kind.code, field.name): field.title for field in kind.fields}
    for directory in DIRECTORIES:
        found |= {(directory.code, field.name): field.title for field in directory.fields}
    found |= {("setting", setting.code): setting.title for setting in SETTINGS}
    for rights in rights_objects():
        found |= {("role", right.code): right.title if right.title == rights.title
                  else f"{rights.title}: {right.title.lower()}" for right in rights.rights}
    return found
