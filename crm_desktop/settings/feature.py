"""The panel of the settings: its sections, cards and commands."""

from collections.abc import Mapping
from typing import Any

from crm_contract.access import ROLE_LIST, USER_LIST
from crm_contract.audit import AUDIT_LIST
from crm_contract.directories import DIRECTORIES, PLACES, UNIT_LIST
from crm_contract.permissions import Permission
from crm_desktop.documents.label_jobs import print_places
from crm_desktop.kit.feature import AppContext, Command, Feature, NavItem, PageFactory
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row, RowsAction
from crm_desktop.settings.audit_preview import AuditPreview, open_subject
from crm_desktop.settings.company import CompanyPage
from crm_desktop.settings.directories import open_directory_list, open_directory_row
from crm_desktop.settings.frame import SettingsFrame
from crm_desktop.settings.mail_rules import MailRulesPage
from crm_desktop.settings.mail_server import MailServerPage
from crm_desktop.settings.numbering import NumberingPage
from crm_desktop.settings.organizations import open_organizations
from crm_desktop.settings.password import change_own_password
from crm_desktop.settings.periods import PeriodsPage
from crm_desktop.settings.role_page import RolePage
from crm_desktop.settings.sections import SECTIONS
from crm_desktop.settings.user_page import UserPage

HOME = "settings"


def open_users(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(
        USER_LIST, frozenset({"user", "employee"}), lambda app, row: app.navigator.open("user", row["id"]),
        lambda app: app.navigator.open("user", None), Permission.USERS_EDIT)
    return SettingsFrame(app, ListPage(app, profile, params), entity)


def open_user(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, UserPage(app, id, params), f"list:{USER_LIST.code}")


def open_roles(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    def open_row(app: AppContext, row: Row) -> None:
        app.navigator.open("role", row["id"])

    profile = ListProfile(ROLE_LIST, frozenset({"role", "user"}), open_row,
                          lambda app: app.navigator.open("role", None), Permission.USERS_EDIT)
    return SettingsFrame(app, ListPage(app, profile, params), entity)


def open_role(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, RolePage(app, id, params), f"list:{ROLE_LIST.code}")


def open_units(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, ListPage(app, ListProfile(UNIT_LIST, frozenset()), params), entity)


def open_company(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, CompanyPage(app), "company_settings", at=entity)


def open_numbering(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, NumberingPage(app), entity, at=entity)


def open_periods(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, PeriodsPage(app), entity, at=entity)


def open_mail_server(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, MailServerPage(app), entity, at=entity)


def open_mail_rules(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return SettingsFrame(app, MailRulesPage(app), entity, at=entity)


def open_audit(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(AUDIT_LIST, frozenset({"audit"}), open_subject, preview=AuditPreview,
                          needs=("entity", "entity_id", "title"))
    return SettingsFrame(app, ListPage(app, profile, params), entity)


def _commands() -> list[Command]:
    """Every section and the cards that are made most often."""
    found = [Command(section.title, section.icon, lambda app, entity=section.entity: app.navigator.open(entity),
                     section.permission, section=tr("Настройки")) for section in SECTIONS]
    for title, entity in ((tr("Новый пользователь"), "user"), (tr("Новая роль"), "role")):
        found.append(Command(title, Icon.PLUS_CIRCLE, lambda app, entity=entity: app.navigator.open(entity, None),
                             Permission.USERS_EDIT, section=tr("Настройки")))
    found.append(Command(tr("Сменить свой пароль…"), Icon.LOCK, change_own_password))
    return found


_PAGES: Mapping[str, PageFactory] = {
    HOME: open_company, "company_settings": open_company, "numbering": open_numbering, "mail_server": open_mail_server,
    "stock_periods": open_periods,
    "own_organizations": open_organizations, "mail_rules": open_mail_rules, f"list:{AUDIT_LIST.code}": open_audit,
    f"list:{USER_LIST.code}": open_users, "user": open_user, f"list:{ROLE_LIST.code}": open_roles, "role": open_role,
    f"list:{UNIT_LIST.code}": open_units,
    **{f"list:{directory.list.code}": open_directory_list(directory) for directory in DIRECTORIES},
    f"list:{PLACES.list.code}": open_directory_list(
        PLACES, (RowsAction(tr("Этикетки…"), Icon.BARCODE, print_places),), ("name", "code", "parent")),
    **{directory.code: open_directory_row(directory) for directory in DIRECTORIES},
}
FEATURE = Feature(
    "settings",
    nav=(NavItem(tr("Настройки"), Icon.GEAR, HOME, Permission.SETTINGS_VIEW, order=90, at_bottom=True),),
    pages=_PAGES,
    commands=_commands(),
    page_permissions={
        "user": Permission.USERS_VIEW, "role": Permission.USERS_VIEW,
        **{section.entity: section.permission for section in SECTIONS},
        **{directory.code: directory.view for directory in DIRECTORIES},
    },
)
