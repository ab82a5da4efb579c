"""The menu of what can be made: documents by their letters, each person within their rights."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.permissions import Permission
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.menu import Menu


def open_kinds_menu(app: AppContext, anchor: QWidget, make: Callable[[DocumentKind], object], *,
                    with_party: bool = False, also_party: bool = False) -> Menu:
    """`make(kind)` runs for the chosen one. `with_party` leaves only documents that have a party; `also_party` offers
    a new customer first."""
    menu = Menu(anchor)
    menu.aboutToHide.connect(menu.deleteLater)
    if also_party and app.session.can(Permission.PARTY_EDIT):
        menu.add(tr("Клиент"), lambda: app.navigator.open("party", None), icon=Icon.USERS)
        menu.addSeparator()
    for kind in KINDS.values():
        fits = not with_party or kind.header("party_id") is not None
        if fits and app.session.can(kind.permission("edit")) and app.navigator.knows(kind.code):
            menu.add(kind.title, lambda kind=kind: make(kind), icon=kind.icon, key=kind.letter)
    if menu.isEmpty():
        menu.add(tr("Создать нечего"), why_not=tr("Нет прав на создание документов"))
    menu.open_below(anchor, align_right=True)
    return menu
