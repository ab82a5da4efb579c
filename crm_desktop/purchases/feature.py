"""Prices of suppliers, and drafts of receipts from their УПД."""

from collections.abc import Mapping
from typing import Any

from crm_contract.purchases import PRICES_SEEN_BY, SUPPLIER_ITEM_LIST
from crm_contract.stock import RECEIPT
from crm_contract.stock_lists import BALANCE_LIST
from crm_desktop.kit.feature import AppContext, Command, Feature, NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row
from crm_desktop.purchases.page import SHORTCUTS, open_upd

PRICES = f"list:{SUPPLIER_ITEM_LIST.code}"


def open_prices(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    profile = ListProfile(SUPPLIER_ITEM_LIST, frozenset({"receipt"}), _open_product, needs=("product",))
    return ListPage(app, profile, params)


def _open_product(app: AppContext, row: Row) -> None:
    app.navigator.open("product", row["product"]["id"])


FEATURE = Feature(
    "purchases",
    nav=(NavItem(SUPPLIER_ITEM_LIST.title, "tag", PRICES, PRICES_SEEN_BY, f"list:{BALANCE_LIST.code}", 40),),
    pages={PRICES: open_prices},
)

#: A feature of its own: it stands in no section of the rail.
INCOMING_UPD = Feature(
    "incoming_upd",
    pages={"upd_import": open_upd},
    page_permissions={"upd_import": RECEIPT.permission("edit")},
    commands=(Command(tr("Загрузить УПД поставщика"), Icon.UPLOAD, lambda app: app.navigator.open("upd_import", None),
                      RECEIPT.permission("edit"), section=RECEIPT.title_plural),),
    shortcuts=SHORTCUTS,
)
