"""Permission codes and scopes.

A role grants a permission with a scope. Rights on documents are derived from the document kinds
(`invoice.view`, `invoice.edit`, `invoice.issue` …): see `crm_contract.kinds.DocumentKind.permission`.
"""

from enum import IntEnum, StrEnum


class Scope(IntEnum):
    """Whose rows a permission reaches; a wider scope includes the narrower ones."""

    OWN = 1
    DEPARTMENT = 2
    BRANCH = 3
    ALL = 4


SCOPE_TITLES = {
    Scope.OWN: "свои",
    Scope.DEPARTMENT: "отдел",
    Scope.BRANCH: "филиал",
    Scope.ALL: "все",
}


class Permission(StrEnum):
    """Rights that do not belong to one document kind."""

    PARTY_VIEW = "party.view"
    PARTY_EDIT = "party.edit"
    PARTY_MERGE = "party.merge"
    PRODUCT_VIEW = "product.view"
    PRODUCT_EDIT = "product.edit"
    PRODUCT_COST = "product.cost"
    STOCK_VIEW = "stock.view"
    STOCK_RESERVE = "stock.reserve"
    STOCK_RELEASE_OTHERS = "stock.release_others"
    STOCK_MOVE_RESERVE = "stock.move_reserve"
    STOCK_SETUP = "stock.setup"
    STOCK_RULES = "stock.rules"
    STOCK_BACKDATE = "stock.backdate"
    STOCK_CLOSE = "stock.close"
    STOCK_REOPEN = "stock.reopen"
    CUSTODY_VIEW = "custody.view"
    CUSTODY_EXCEED = "custody.exceed"
    MAIL_SEND = "mail.send"
    MAIL_RULES = "mail.rules"
    IMPORT_RUN = "import.run"
    EXPORT_RUN = "export.run"
    DASHBOARD_VIEW = "dashboard.view"
    SETTINGS_VIEW = "settings.view"
    SETTINGS_EDIT = "settings.edit"
    USERS_VIEW = "users.view"
    USERS_EDIT = "users.edit"
    AUDIT_VIEW = "audit.view"
    VIEWS_SHARE = "views.share"


PERMISSION_TITLES: dict[Permission, str] = {
    Permission.PARTY_VIEW: "Контрагенты: смотреть",
    Permission.PARTY_EDIT: "Контрагенты: изменять",
    Permission.PARTY_MERGE: "Контрагенты: объединять дубли",
    Permission.PRODUCT_VIEW: "Номенклатура: смотреть",
    Permission.PRODUCT_EDIT: "Номенклатура: изменять",
    Permission.PRODUCT_COST: "Номенклатура: видеть себестоимость",
    Permission.STOCK_VIEW: "Остатки: смотреть",
    Permission.STOCK_RESERVE: "Резервы: ставить и снимать свои",
    Permission.STOCK_RELEASE_OTHERS: "Резервы: снимать чужие",
    Permission.STOCK_MOVE_RESERVE: "Резервы: передавать другому заказу",
    Permission.STOCK_SETUP: "Склады и ячейки: настраивать",
    Permission.STOCK_RULES: "Нормы запаса: задавать",
    Permission.STOCK_BACKDATE: "Документы склада: проводить задним числом",
    Permission.STOCK_CLOSE: "Периоды склада: закрывать",
    Permission.STOCK_REOPEN: "Периоды склада: открывать заново",
    Permission.CUSTODY_VIEW: "Подотчёт: смотреть",
    Permission.CUSTODY_EXCEED: "Подотчёт: выдавать сверх лимита и срока",
    Permission.MAIL_SEND: "Письма: отправлять",
    Permission.MAIL_RULES: "Письма: правила получателей",
    Permission.IMPORT_RUN: "Импорт из Excel",
    Permission.EXPORT_RUN: "Выгрузка списков",
    Permission.DASHBOARD_VIEW: "Рабочий стол",
    Permission.SETTINGS_VIEW: "Настройки: смотреть",
    Permission.SETTINGS_EDIT: "Настройки: изменять",
    Permission.USERS_VIEW: "Пользователи и роли: смотреть",
    Permission.USERS_EDIT: "Пользователи и роли: изменять",
    Permission.AUDIT_VIEW: "Журнал действий: смотреть",
    Permission.VIEWS_SHARE: "Виды списков: делиться",
}

#: Rights over what belongs to the whole company: a role grants them for everything or not at all.
COMPANY_WIDE: frozenset[Permission] = frozenset({
    Permission.PRODUCT_VIEW, Permission.PRODUCT_EDIT, Permission.PRODUCT_COST, Permission.MAIL_RULES,
    Permission.IMPORT_RUN, Permission.EXPORT_RUN, Permission.SETTINGS_VIEW, Permission.SETTINGS_EDIT,
    Permission.VIEWS_SHARE,
})
