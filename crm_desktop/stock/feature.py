"""Balances with the answer to «откуда это число», and reservations."""

from collections.abc import Mapping
from typing import Any

from crm_contract.custody import CUSTODY_ISSUE, CUSTODY_LIST
from crm_contract.lots import LOT_LIST
from crm_contract.permissions import Permission
from crm_contract.stock_lists import BALANCE_LIST, RESERVATION_LIST
from crm_contract.stock_rules import REPLENISHMENT_LIST, RULE_LIST
from crm_desktop.documents.label_jobs import print_commands
from crm_desktop.kit.feature import AppContext, Command, Feature, NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row
from crm_desktop.stock import reports
from crm_desktop.stock.balances_page import BalancesPage
from crm_desktop.stock.consumption import open_consumption
from crm_desktop.stock.custody_preview import CustodyPreview
from crm_desktop.stock.lot_preview import LotPreview
from crm_desktop.stock.replenishment import open_replenishment
from crm_desktop.stock.reservation_preview import ReservationPreview
from crm_desktop.stock.rules_page import CONSUMPTION, RULES, open_rules
from crm_desktop.stock.stocktaking_page import open_stocktaking

BALANCES, RESERVATIONS = f"list:{BALANCE_LIST.code}", f"list:{RESERVATION_LIST.code}"
REPLENISHMENT = f"list:{REPLENISHMENT_LIST.code}"
CUSTODY, LOTS = f"list:{CUSTODY_LIST.code}", f"list:{LOT_LIST.code}"


def open_balances(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return BalancesPage(app, params)


def open_reservations(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(RESERVATION_LIST, frozenset({"stock"}), _open_document, preview=ReservationPreview,
                          needs=("product", "place", "document", "person", "state", "rest", "until", "note", "version"))
    return ListPage(app, profile, params)


def open_custody(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(CUSTODY_LIST, frozenset({"stock"}), _open_product, preview=CustodyPreview,
                          create=lambda app: app.navigator.open(CUSTODY_ISSUE.code),
                          create_permission=CUSTODY_ISSUE.permission("edit"),
                          needs=("person", "product", "state", "due", "late"))
    return ListPage(app, profile, params)


def open_lots(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(LOT_LIST, frozenset({"stock"}), _open_product, preview=LotPreview, needs=("code", "product"))
    return ListPage(app, profile, params)


def _open_product(app: AppContext, row: Row) -> None:
    if app.navigator.knows("product"):
        app.navigator.open("product", row["product"]["id"])


def _open_document(app: AppContext, row: Row) -> None:
    document = row.get("document")
    if document:
        app.navigator.open("document", document["id"])
    else:
        _open_product(app, row)


FEATURE = Feature(
    "stock",
    nav=(
        NavItem(tr("Склад"), Icon.PACKAGE, BALANCES, Permission.STOCK_VIEW, order=40),
        NavItem(RESERVATION_LIST.title, Icon.LOCK, RESERVATIONS, Permission.STOCK_VIEW, BALANCES, 40),
        NavItem(CUSTODY_LIST.title, Icon.USER_BADGE, CUSTODY, Permission.CUSTODY_VIEW, BALANCES, 40),
        NavItem(LOT_LIST.title, Icon.BARCODE, LOTS, Permission.STOCK_VIEW, BALANCES, 40),
        NavItem(REPLENISHMENT_LIST.title, Icon.LIST_PLUS, REPLENISHMENT, Permission.STOCK_VIEW, BALANCES, 40),
        NavItem(RULE_LIST.title, Icon.SLIDERS, RULES, Permission.STOCK_VIEW, BALANCES, 40),
        *reports.NAV,
    ),
    pages={BALANCES: open_balances, RESERVATIONS: open_reservations, CUSTODY: open_custody, LOTS: open_lots,
           REPLENISHMENT: open_replenishment, RULES: open_rules, CONSUMPTION: open_consumption,
           "stocktaking": open_stocktaking, **reports.PAGES},
    commands=(Command(tr("Напечатать команды терминала…"), Icon.BARCODE, print_commands, Permission.STOCK_VIEW,
                      section=tr("Склад")), *reports.COMMANDS),
    page_permissions={**reports.PERMISSIONS, CONSUMPTION: Permission.STOCK_VIEW},
)
