"""Balances at a day, turnover of a period, and the moves behind each figure."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from crm_contract.lists import Choice, Condition, ListSpec, Op
from crm_contract.permissions import Permission
from crm_contract.stock_lists import BALANCE_LIST
from crm_contract.stock_reports import (
    BALANCE_AT_LIST,
    MOVE_LIST,
    SLOW_LIST,
    TURNOVER_BY_GROUP,
    TURNOVER_BY_PLACE,
    TURNOVER_BY_PRODUCT,
    TURNOVER_LIST,
)
from crm_desktop.kit.feature import AppContext, Command, NavItem, PageFactory
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row

BALANCES, TURNOVER, MOVES, SLOW = (
    f"list:{spec.code}" for spec in (BALANCE_LIST, TURNOVER_LIST, MOVE_LIST, SLOW_LIST))

#: Now and then.
BALANCE_CHOICES = (Choice(BALANCE_LIST.code, tr("Сейчас")), Choice(BALANCE_AT_LIST.code, tr("На дату")))
_TURNOVERS = (
    (TURNOVER_LIST, tr("Подробно")), (TURNOVER_BY_PRODUCT, tr("Товары")), (TURNOVER_BY_GROUP, tr("Группы")),
    (TURNOVER_BY_PLACE, tr("Места")),
)
_TURNOVER_CHOICES = tuple(Choice(spec.code, title) for spec, title in _TURNOVERS)


def open_moves(app: AppContext, row: Row) -> None:
    """The moves that a row was added up from: of what it is about, up to its day or in its period."""
    about = {name: row[name] for name in ("product", "place") if row.get(name)} or {"group": row.get("group")}
    conditions = [Condition(column=name, op=Op.EQ, value=ref["id"]) if ref else Condition(column=name, op=Op.EMPTY)
                  for name, ref in about.items()]
    days = [row[name] for name in ("since", "until") if row.get(name)]
    if days:
        between = len(days) > 1
        conditions.append(
            Condition(column="at", op=Op.BETWEEN if between else Op.LE, value=days if between else days[0]))
    app.navigator.open(MOVES, conditions=conditions,
                       titles={(name, ref["id"]): ref["title"] for name, ref in about.items() if ref})


def _open_shipments(app: AppContext, row: Row) -> None:
    """All that ever happened to the goods there, whatever the period was."""
    open_moves(app, {name: row[name] for name in ("product", "place")})


def _open_document(app: AppContext, row: Row) -> None:
    if row.get("document"):
        app.navigator.open("document", row["document"]["id"])


def _page(profile: ListProfile) -> PageFactory:
    def open_page(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
        return ListPage(app, profile, params)

    return open_page


def _counted(spec: ListSpec, siblings: tuple[Choice, ...]) -> ListProfile:
    """A row opens the moves it was added up from."""
    names = {column.name for column in spec.columns}
    about = ("product", "place") if "product" in names else ("group", "place")
    needs = [name for name in about if name in names]
    return ListProfile(spec, frozenset({"stock", "stock_period"}), open_moves, needs=needs, siblings=siblings)


PAGES: Mapping[str, PageFactory] = {
    f"list:{BALANCE_AT_LIST.code}": _page(_counted(BALANCE_AT_LIST, BALANCE_CHOICES)),
    **{f"list:{spec.code}": _page(_counted(spec, _TURNOVER_CHOICES)) for spec, _ in _TURNOVERS},
    SLOW: _page(replace(_counted(SLOW_LIST, ()), open_row=_open_shipments)),
    MOVES: _page(ListProfile(MOVE_LIST, frozenset({"stock"}), _open_document, needs=("document",))),
}
NAV = (
    NavItem(tr("Обороты"), Icon.ARROWS_CLOCKWISE, TURNOVER, Permission.STOCK_VIEW, BALANCES, 40),
    NavItem(SLOW_LIST.title, Icon.HOURGLASS, SLOW, Permission.STOCK_VIEW, BALANCES, 40),
    NavItem(tr("Закрытые периоды"), Icon.LOCK, "stock_periods", Permission.STOCK_VIEW, BALANCES, 40),
)
#: These have no section of their own.
PERMISSIONS: Mapping[str, str] = {
    entity: Permission.STOCK_VIEW for entity in PAGES if entity not in (TURNOVER, SLOW)}
COMMANDS = (
    Command(BALANCE_AT_LIST.title, Icon.CALENDAR_BLANK, lambda app: app.navigator.open(
        f"list:{BALANCE_AT_LIST.code}"), Permission.STOCK_VIEW, section=tr("Склад")),
    Command(MOVE_LIST.title, Icon.HISTORY, lambda app: app.navigator.open(MOVES), Permission.STOCK_VIEW,
            section=tr("Склад")),
)
