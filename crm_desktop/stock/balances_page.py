"""«Остатки»: what lies where; what lies in no bin is put away from here."""

from collections.abc import Mapping, Sequence
from typing import Any

from crm_contract.base import Created
from crm_contract.placement import PLACEMENT, PutAwayBody
from crm_contract.stock_lists import BALANCE_LIST
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row, RowsAction
from crm_desktop.stock import reports
from crm_desktop.stock.origin_preview import OriginPreview


class BalancesPage(ListPage):
    """«Разместить по ячейкам…» makes a draft of all that lies in no bin of the warehouse of the row."""

    def __init__(self, app: AppContext, params: Mapping[str, Any]) -> None:
        profile = ListProfile(
            BALANCE_LIST, frozenset({"stock"}), _open_product, preview=OriginPreview, needs=("product", "place"),
            siblings=reports.BALANCE_CHOICES, rows_actions=(RowsAction(
                tr("Разместить по ячейкам…"), Icon.ROWS, lambda app, rows: self._put_away(rows),
                PLACEMENT.permission("edit")),))
        super().__init__(app, profile, params)

    def _put_away(self, rows: Sequence[Row]) -> None:
        body = PutAwayBody(place_id=rows[0]["place"]["id"])
        self.app.tasks.run(self, lambda: self.app.api.post("/api/stock/put-away", Created, body),
                           lambda made: self.app.navigator.open(PLACEMENT.code, made.id))


def _open_product(app: AppContext, row: Row) -> None:
    if app.navigator.knows("product"):
        app.navigator.open("product", row["product"]["id"])
