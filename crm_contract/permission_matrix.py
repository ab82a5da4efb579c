"""All rights as a matrix: objects in groups, what may be done with each, and whether a right has a scope.

Made from the permissions and the document kinds, so a new kind or right is in the matrix by being declared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contract.documents import KINDS
from crm_contract.permissions import COMPANY_WIDE, PERMISSION_TITLES, Permission

VIEW, EDIT = "view", "edit"
DOMAIN_TITLES = {
    "sales": "Продажи", "stock": "Склад", "payments": "Деньги", "service": "Сервис", "support": "Поддержка",
    "parties": "Клиенты и письма", "catalog": "Номенклатура", "system": "Система",
}
#: Where the objects of the plain permissions stand; the others are in «Система».
_GROUPS = {"party": "parties", "mail": "parties", "product": "catalog", "stock": "stock", "custody": "stock"}


@dataclass(frozen=True, slots=True)
class Right:
    """One permission. `verb` is `view`, `edit` or the name of an action."""

    code: str
    verb: str
    title: str
    scoped: bool


@dataclass(frozen=True, slots=True)
class RightsObject:
    """What rights are about: a document kind, the customers, the settings."""

    code: str
    title: str
    group: str
    rights: Sequence[Right]

    def right(self, verb: str) -> Right | None:
        return next((right for right in self.rights if right.verb == verb), None)

    @property
    def actions(self) -> list[Right]:
        """What is neither looking nor editing."""
        return [right for right in self.rights if right.verb not in (VIEW, EDIT)]


def rights_objects() -> list[RightsObject]:
    """In the order of `DOMAIN_TITLES`."""
    objects = [
        RightsObject(kind.code, kind.title, _group(kind.domain), [
            Right(kind.permission(verb), verb, title, scoped=True) for verb, title in kind.verbs])
        for kind in KINDS.values()]
    objects += _plain_objects()
    order = list(DOMAIN_TITLES)
    return sorted(objects, key=lambda found: order.index(found.group))


def _plain_objects() -> list[RightsObject]:
    """«Контрагенты: смотреть» and «Контрагенты: изменять» are two rights to one object."""
    found: dict[str, list[Right]] = {}
    titles: dict[str, str] = {}
    for permission in Permission:
        code, _, verb = permission.value.partition(".")
        subject, _, action = PERMISSION_TITLES[permission].partition(": ")
        own = titles.setdefault(code, subject) == subject
        title = (action.capitalize() if own else PERMISSION_TITLES[permission]) or subject
        found.setdefault(code, []).append(Right(permission.value, verb, title, permission not in COMPANY_WIDE))
    return [RightsObject(code, titles[code], _group(_GROUPS.get(code, "system")), rights)
            for code, rights in found.items()]


def _group(domain: str) -> str:
    return domain if domain in DOMAIN_TITLES else "system"
