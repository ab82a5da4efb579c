"""Import of customers and of the price list from Excel and CSV."""

from collections.abc import Mapping
from typing import Any

from crm_contract.exchange import IMPORT_LIST
from crm_contract.permissions import Permission
from crm_desktop.exchange.batch_list import make_list
from crm_desktop.exchange.page import SHORTCUTS, ImportPage
from crm_desktop.kit.feature import AppContext, Command, Feature, NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page

LIST = f"list:{IMPORT_LIST.code}"


def open_import(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return ImportPage(app, id, params)


FEATURE = Feature(
    "exchange",
    nav=(NavItem(IMPORT_LIST.title, Icon.UPLOAD, LIST, Permission.IMPORT_RUN, order=85),),
    pages={LIST: make_list, "import": open_import},
    commands=(
        Command(tr("Импорт из Excel"), Icon.UPLOAD, lambda app: app.navigator.open("import", None),
                Permission.IMPORT_RUN, section=IMPORT_LIST.title),
    ),
    shortcuts=SHORTCUTS,
)
