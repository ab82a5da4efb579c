"""Customers and suppliers."""

from collections.abc import Mapping
from typing import Any

from crm_contract.parties import PARTY_LIST
from crm_contract.permissions import Permission
from crm_desktop.kit.feature import AppContext, Command, Feature, NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.parties.card import PartyPage
from crm_desktop.parties.list_page import make_list
from crm_desktop.parties.merge_page import open_merge

LIST = f"list:{PARTY_LIST.code}"


def open_party(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return PartyPage(app, id, params)


FEATURE = Feature(
    "parties",
    nav=(NavItem(PARTY_LIST.title, Icon.USERS, LIST, Permission.PARTY_VIEW, order=10),),
    pages={LIST: make_list, "party": open_party, "party_merge": open_merge},
    page_permissions={"party_merge": Permission.PARTY_MERGE},
    commands=(
        Command(tr("Новый клиент"), Icon.PLUS_CIRCLE, lambda app: app.navigator.open("party", None),
                Permission.PARTY_EDIT, section=PARTY_LIST.title),
    ),
)
