"""Goods, services, works and kits."""

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QApplication

from crm_contract.catalog import PRODUCT_LIST
from crm_contract.exchange import ImportTarget
from crm_contract.permissions import Permission
from crm_desktop.catalog.card import open_product
from crm_desktop.documents.label_jobs import print_products
from crm_desktop.documents.rule_dialog import ask_rules
from crm_desktop.kit.feature import AppContext, Command, Feature, NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.preview import Row
from crm_desktop.lists.profile import ListProfile, RowsAction

LIST = f"list:{PRODUCT_LIST.code}"
IMPORT = Command(tr("Загрузить из Excel…"), Icon.UPLOAD,
                 lambda app: app.navigator.open("import", None, target=ImportTarget.PRODUCTS), Permission.IMPORT_RUN)

LABELS = RowsAction(tr("Этикетки…"), Icon.BARCODE, print_products)


def make_list(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(PRODUCT_LIST, frozenset({"product", "stock"}), _open, _create, Permission.PRODUCT_EDIT,
                          commands=(IMPORT,), rows_actions=(
        LABELS, RowsAction(tr("Нормы запаса…"), Icon.SLIDERS, _set_norms, Permission.STOCK_RULES)))
    return ListPage(app, profile, params)


def _set_norms(app: AppContext, rows: Sequence[Row]) -> None:
    ask_rules(app, QApplication.activeWindow(), [(row["id"], None) for row in rows], lambda saved: None)


def _open(app: AppContext, row: Row) -> None:
    app.navigator.open("product", row["id"])


def _create(app: AppContext) -> None:
    app.navigator.open("product", None)


FEATURE = Feature(
    "catalog",
    nav=(NavItem(PRODUCT_LIST.title, Icon.CUBE, LIST, Permission.PRODUCT_VIEW, order=30),),
    pages={LIST: make_list, "product": open_product},
    commands=(
        Command(tr("Новая позиция номенклатуры"), Icon.PLUS_CIRCLE, _create, Permission.PRODUCT_EDIT,
                section=PRODUCT_LIST.title),
    ),
)
