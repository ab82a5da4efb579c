"""What the panel of the settings holds, by groups: the one list behind its menu and the palette."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contract import directories
from crm_contract.access import ROLE_LIST, USER_LIST
from crm_contract.audit import AUDIT_LIST
from crm_contract.directories import UNIT_LIST, Directory
from crm_contract.lists import ListSpec
from crm_contract.permissions import Permission
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon


@dataclass(frozen=True, slots=True)
class Section:
    """`entity` is what the navigator opens."""

    group: str
    title: str
    icon: str
    entity: str
    permission: Permission


def _of_list(group: str, spec: ListSpec, icon: str, permission: Permission) -> Section:
    return Section(group, spec.title, icon, f"list:{spec.code}", permission)


def _of_directory(group: str, directory: Directory) -> Section:
    return _of_list(group, directory.list, directory.icon, directory.view)


ACCESS, COMPANY, GOODS, LETTERS = tr("Доступ"), tr("Организация"), tr("Товары и склад"), tr("Письма")

SECTIONS: Sequence[Section] = (
    _of_list(ACCESS, USER_LIST, Icon.USERS, Permission.USERS_VIEW),
    _of_list(ACCESS, ROLE_LIST, Icon.SHIELD_CHECK, Permission.USERS_VIEW),
    _of_directory(ACCESS, directories.EMPLOYEES),
    _of_list(ACCESS, AUDIT_LIST, Icon.HISTORY, Permission.AUDIT_VIEW),
    Section(COMPANY, tr("Параметры"), Icon.SLIDERS, "company_settings", Permission.SETTINGS_VIEW),
    Section(COMPANY, tr("Свои организации"), Icon.BUILDING, "own_organizations", Permission.SETTINGS_VIEW),
    _of_directory(COMPANY, directories.BRANCHES),
    _of_directory(COMPANY, directories.DEPARTMENTS),
    Section(COMPANY, tr("Нумерация"), Icon.LIST, "numbering", Permission.SETTINGS_VIEW),
    _of_directory(GOODS, directories.PLACES),
    Section(GOODS, tr("Закрытые периоды"), Icon.LOCK, "stock_periods", Permission.STOCK_VIEW),
    _of_directory(GOODS, directories.PRICE_KINDS),
    Section(GOODS, tr("Группы товаров"), Icon.TREE, f"list:{directories.PRODUCT_GROUPS.list.code}",
            directories.PRODUCT_GROUPS.view),
    Section(GOODS, tr("Единицы"), Icon.CUBE, f"list:{UNIT_LIST.code}", Permission.SETTINGS_VIEW),
    _of_directory(LETTERS, directories.CONTACT_ROLES),
    Section(LETTERS, tr("Правила получателей"), Icon.BRANCH, "mail_rules", Permission.MAIL_RULES),
    Section(LETTERS, tr("Почтовый сервер"), Icon.ENVELOPE, "mail_server", Permission.SETTINGS_VIEW),
)
