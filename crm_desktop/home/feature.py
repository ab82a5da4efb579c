"""The desktop of a person."""

from crm_contract.permissions import Permission
from crm_desktop.home.page import open_home
from crm_desktop.kit.feature import Feature, NavItem
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon

FEATURE = Feature(
    "home",
    nav=(NavItem(tr("Рабочий стол"), Icon.HOUSE, "home", Permission.DASHBOARD_VIEW, order=0),),
    pages={"home": open_home},
)
