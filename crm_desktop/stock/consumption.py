"""«Нормы по расходу»: what was shipped in a period says how much to keep; the marked rows become norms."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from crm_contract.permissions import Permission
from crm_contract.stock_rules import CONSUMPTION_LIST, AdoptBody, RulesSaved
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.profile import ListProfile, Row, RowsAction
from crm_desktop.stock.rules_page import SIBLINGS

DAYS = 90


class ConsumptionPage(ListPage):
    """Ctrl+Enter sets the proposed norms of the marked rows. Begins with the last ninety days."""

    def __init__(self, app: AppContext, params: Mapping[str, Any]) -> None:
        profile = ListProfile(
            CONSUMPTION_LIST, frozenset({"stock", "stock_rule"}), _open_product, needs=("product",), siblings=SIBLINGS,
            main=RowsAction(tr("Записать нормы"), Icon.CHECK, lambda app, rows: self._adopt(rows),
                            Permission.STOCK_RULES))
        today = date.today()
        usual = {"since": (today - timedelta(days=DAYS - 1)).isoformat(), "until": today.isoformat()}
        super().__init__(app, profile, {**usual, **params})

    def _adopt(self, rows: Sequence[Row]) -> None:
        body = AdoptBody(ids=[row["id"] for row in rows], **self.moment.state())
        self.app.tasks.run(self, lambda: self.app.api.post("/api/stock/rules/adopt", RulesSaved, body), self._done,
                           busy=self._main)

    def _done(self, saved: RulesSaved) -> None:
        words = formatting.plural(saved.created + saved.changed, tr("норма"), tr("нормы"), tr("норм"))
        self.messages.show_message(tr("Записано: {words}, из них новых {n}").format(words=words, n=saved.created),
                                   key="adopt")
        self.table.refresh()


def _open_product(app: AppContext, row: Row) -> None:
    app.navigator.open("product", row["product"]["id"])


def open_consumption(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return ConsumptionPage(app, params)
