"""«Пополнение»: what is below its minimum, from where it comes, and the drafts that one key makes of it."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_contract.lists import MAX_PAGE, ListQuery
from crm_contract.lists import Page as ListWindow
from crm_contract.permissions import Permission
from crm_contract.stock_rules import (
    OPEN_STEPS,
    REPLENISHMENT_LIST,
    ComingRead,
    DraftMade,
    Replenished,
    RuleIds,
    StockNow,
)
from crm_desktop.documents.rule_dialog import ask_rule
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page, PageAction
from crm_desktop.lists.page import ListPage
from crm_desktop.lists.preview import LoadedPreview, Row
from crm_desktop.lists.profile import ListProfile, RowsAction
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import row as line_of
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.labels import Label, Link, caption
from crm_desktop.widgets.level_bar import Level, LevelBar
from crm_desktop.widgets.rows_card import stacked

ROUTE = "/api/stock/replenishment"
WATCHED = frozenset({"stock", "stock_rule", "purchase_order", "transfer", "receipt", "sales_order"})


def level_of(row: Row, column: str) -> Level | None:
    """The picture of a row: where its stock is among its marks."""
    if column != "position" or row.get("target") is None:
        return None
    maximum = row.get("maximum")
    return Level(Decimal(row["position"]), Decimal(row["minimum"]), Decimal(row["target"]),
                 Decimal(maximum) if maximum is not None else None)


class PositionPreview(LoadedPreview[StockNow]):
    """What the stock is made of, and the documents that bring more."""

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self._shown: StockNow | None = None
        self._edit = Button(tr("Норма…"), icon=Icon.PENCIL)
        self._edit.clicked.connect(self._ask)
        self.add_foot(self._edit)

    def key_of(self, row: Row) -> int:
        return int(row["rule"])

    def heads_of(self, row: Row) -> tuple[str, str]:
        return row["product"]["title"], row["place"]["title"]

    def leave_row(self) -> None:
        self._shown = None
        self._edit.hide()

    def load(self, key: int) -> StockNow:
        return self.app.api.get(f"{ROUTE}/{key}", StockNow)

    def show_answer(self, now: StockNow) -> None:
        self._shown = now
        rule = now.rule
        self.clear()
        self._edit.setVisible(self.app.session.can(Permission.STOCK_RULES))
        self.show_head(rule.product.title, rule.place.title)
        marks = [(tr("минимум"), rule.minimum), (tr("до"), rule.target), (tr("максимум"), rule.maximum)]
        words = " · ".join(f"{name} {formatting.quantity(value)}" for name, value in marks if value is not None)
        level = Level(now.position, rule.minimum, rule.target, rule.maximum)
        figure = tr("{n} {unit}").format(n=formatting.quantity(now.position), unit=now.unit)
        self.add_block("", [Label(figure, FontRole.TITLE), LevelBar(level, f"{figure}: {words}"), caption(words)])
        self.add_block(tr("Из чего складывается"), [_figure(name, value, sign) for name, value, sign in (
            (tr("Свободно на складе"), now.free, ""), (tr("В пути со склада"), now.way, "+"),
            (tr("Заказано и ожидается"), now.ordered, "+"), (tr("В черновиках"), now.drafted, "+"),
            (tr("Уезжает на другой склад"), now.leaving, "−"), (tr("Ждут клиенты"), now.waiting, "−"),
        ) if value or not sign])
        if now.coming:
            self.add_block(tr("Уже в документах"), [self._coming(coming) for coming in now.coming])

    def _coming(self, coming: ComingRead) -> QWidget:
        name: QWidget = Label(coming.document)
        if coming.document_id is not None:
            document = coming.document_id
            name = Link(coming.document)
            name.clicked.connect(lambda: self.app.navigator.open("document", document))
        due = tr("к {day}").format(day=formatting.day(coming.due)) if coming.due else ""
        words = " · ".join(part for part in (tr("черновик") if coming.draft else "", due) if part)
        holder = QWidget()
        holder.setLayout(line_of(stacked(name, caption(words)) if words else name, None,
                                 Label(formatting.quantity(coming.quantity), FontRole.STRONG)))
        return holder

    def _ask(self) -> None:
        if self._shown is not None:
            ask_rule(self.app, self.window(), lambda _: None, self._shown.rule)


def _figure(name: str, value: Decimal, sign: str) -> QWidget:
    holder = QWidget()
    holder.setLayout(line_of(Label(name), None, Label(f"{sign}{formatting.quantity(value)}", FontRole.STRONG)))
    return holder


class ReplenishmentPage(ListPage):
    """Ctrl+Enter makes drafts of the marked rows; all that the filter shows can be ordered too."""

    def __init__(self, app: AppContext, params: Mapping[str, Any]) -> None:
        profile = ListProfile(
            REPLENISHMENT_LIST, WATCHED, _open_product, preview=PositionPreview, cell_bar=level_of,
            main=RowsAction(tr("Оформить"), Icon.CHECK, lambda app, rows: self._order_rows(rows)),
            needs=("product", "place", "step", "rule", "position", "minimum", "target", "maximum"))
        super().__init__(app, profile, params)

    def page_actions(self) -> Sequence[PageAction]:
        return [*super().page_actions(), PageAction(tr("Оформить всё по отбору"), self.order_all, Icon.CHECK)]

    def order_all(self) -> None:
        """Every row of the filter that lacks something."""
        query = self.query().model_copy(update={
            "offset": 0, "limit": MAX_PAGE, "columns": ["step"], "with_total": False})

        def send(window: ListWindow) -> None:
            self._order_rows(window.rows)

        self.app.tasks.run(self, lambda: self._read(query), send, busy=self._main)

    def _read(self, query: ListQuery) -> ListWindow:
        return self.app.api.query(f"/api/lists/{self.spec.code}", ListWindow, query)

    def _order_rows(self, rows: Sequence[Row]) -> None:
        ids = [row["id"] for row in rows if row["step"] in OPEN_STEPS]
        if not ids:
            self.messages.show_message(tr("Здесь заказывать нечего: выберите строки «Переместить» или «Заказать»."),
                                       key="drafts")
            return
        body = RuleIds(ids=ids)
        self.app.tasks.run(self, lambda: self.app.api.post(ROUTE, Replenished, body), self._show_done, busy=self._main)

    def _show_done(self, done: Replenished) -> None:
        """One draft is opened, several are listed; what somebody has ordered meanwhile is said."""
        left = tr("Не вошло строк: {n} — их уже заказали или переместили.").format(n=done.left) if done.left else ""
        if len(done.drafts) == 1:
            self.app.navigator.open(done.drafts[0].kind, done.drafts[0].id)
        elif done.drafts:
            DraftsDialog(self.app, self.window(), done.drafts).open()
        if left:
            self.messages.show_message(left, key="drafts")
        else:
            self.messages.dismiss("drafts")
        self.table.refresh()


class DraftsDialog(Dialog):
    """What was made; each line opens its document, the dialog stays until it is closed."""

    def __init__(self, app: AppContext, parent: QWidget, drafts: Sequence[DraftMade]) -> None:
        words = formatting.plural(len(drafts), tr("черновик"), tr("черновика"), tr("черновиков"))
        super().__init__(parent, tr("Создано: {words}").format(words=words), width=520)
        for draft in drafts:
            self.add(self._line(app, draft))
        self.add_text(tr("Проверьте и проведите их: до этого товар никто не повезёт."))
        self.add_button(tr("Закрыть"), self.accept, ButtonKind.PRIMARY)

    def _line(self, app: AppContext, draft: DraftMade) -> QWidget:
        link = Link(draft.title)
        link.clicked.connect(lambda: (self.accept(), app.navigator.open(draft.kind, draft.id)))
        other = draft.other or tr("поставщик не выбран")
        lines = formatting.plural(draft.lines, tr("строка"), tr("строки"), tr("строк"))
        holder = QWidget()
        holder.setLayout(line_of(stacked(link, caption(f"{other} → {draft.place}")), None, Label(lines)))
        return holder


def _open_product(app: AppContext, row: Row) -> None:
    app.navigator.open("product", row["product"]["id"])


def open_replenishment(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return ReplenishmentPage(app, params)
