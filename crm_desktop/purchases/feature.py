"""Prices of suppliers, and drafts of receipts from their УПД."""

from collections.abc import Mapping
from typing import Any

from crm_contract.purchases import PRICES_SEEN_BY, SUPPLIER_ITEM_LIST
from crm_contract.stock_lists import BALANCE_LIST
from crm_desktop.kit.feature import AppContext, Feature, NavItem
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row

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
