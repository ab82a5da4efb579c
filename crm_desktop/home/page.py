"""The desktop: the strip of stages, tasks, receivables, goods below minimum, the funnel. All from facts."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QApplication, QGridLayout, QVBoxLayout, QWidget

from crm_contract.dashboard import Dashboard, StageFigure
from crm_contract.documents import KINDS
from crm_contract.lists import Tone
from crm_desktop.home.short_products import ShortProducts
from crm_desktop.home.stage_strip import StageStrip
from crm_desktop.home.tasks_card import TasksCard
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem
from crm_desktop.records.kinds_menu import open_kinds_menu
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import ButtonKind, MenuButton
from crm_desktop.widgets.cards import CARD_GAP, PAGE_EDGE, Card, row
from crm_desktop.widgets.charts import Bar, BarChart, Funnel, FunnelStep
from crm_desktop.widgets.labels import Label, Link, figure, muted, title

REFRESH_MS = 5 * 60 * 1000
_CALM = (Tone.INFO, Tone.NEUTRAL, Tone.OK)  # drawn in the colour of charts, so that trouble stands out


class HomePage(Page):
    """One request fills everything; others' changes refresh it at most every few seconds."""

    watches = frozenset({*KINDS, "party", "stock"})

    def __init__(self, app: AppContext) -> None:
        super().__init__(tr("Рабочий стол"))
        self.setObjectName("page")
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.app = app
        self._loaded = False
        self.messages = MessageBar()
        self.strip = StageStrip()
        self.tasks_card = TasksCard()
        self.short = ShortProducts()
        self._receivable = figure()
        self._overdue = Label("", FontRole.CAPTION_STRONG, "error")
        self._ages = BarChart(tr("Дебиторская задолженность по срокам"), unit=tr("тыс. ₽"))
        self._funnel = Funnel(tr("Воронка продаж"))
        self._pause = QTimer(self, singleShot=True, interval=3000)
        self._pause.timeout.connect(self.load)
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self.load)
        self._lay_out()
        self.strip.chosen.connect(self._open_stage)
        self.tasks_card.chosen.connect(self._open_record)
        self.tasks_card.all_asked.connect(lambda: self._open_list("invoice", "unpaid"))
        self.short.chosen.connect(lambda id: self._open_record("product", id))
        self._ages.clicked.connect(lambda key: self._open_overdue())

    def activate(self) -> None:
        if not self.isAncestorOf(QApplication.focusWidget() or self) or not self._loaded:
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # its keys work, no button stands out
        if not self._loaded:
            self._loaded = True
            self.load()
            self._clock.start()

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        if self._loaded and not self._pause.isActive():
            self._pause.start()

    def place(self) -> tuple[str, int | None]:
        return "home", None

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem, retry=self.load)

    def load(self) -> None:
        self.app.tasks.run(self, lambda: self.app.api.get("/api/dashboard", Dashboard), self.show_dashboard, key="load")

    def show_dashboard(self, dashboard: Dashboard) -> None:
        self.messages.clear()
        self.strip.show_stages(dashboard.stages)
        self.tasks_card.show_tasks(dashboard.tasks, dashboard.task_counts)
        self.short.show_products(dashboard.short)
        self._receivable.setText(_roubles(dashboard.receivable))
        self._overdue.setText(_overdue_words(dashboard))
        thousand = Decimal(1000)
        self._ages.set_bars([
            Bar(age.title, (age.amount / thousand,), None if age.tone in _CALM else age.tone, key=age.title)
            for age in dashboard.ages])
        self._funnel.set_steps(_steps(dashboard.funnel))
        self.set_status(tr("Показатели на {time} · обновляются каждые 5 минут").format(
            time=formatting.time_of_day(datetime.now(UTC))))

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        create = MenuButton(tr("Создать"), icon=Icon.PLUS, key="Ins", kind=ButtonKind.PRIMARY)
        create.clicked.connect(lambda: self._open_create(create))
        self.app.shortcuts.bind(self, "list.create", lambda: self._open_create(create))
        head = row(title(self.title), muted(formatting.day_in_words(date.today())), None, create, gap=12)
        debts = Card(tr("Дебиторская задолженность"))
        debts.add(row(self._receivable, self._overdue, None))
        debts.add(self._ages, 1)
        all_debts = Link(tr("Должники"))
        all_debts.clicked.connect(lambda: self._open_list("parties", "debtors"))
        debts.add_action(all_debts)
        funnel = Card(tr("Воронка продаж"))
        funnel.add(self._funnel)
        funnel.body.addStretch(1)
        grid = QGridLayout()
        grid.setSpacing(CARD_GAP)
        grid.addWidget(self.tasks_card, 0, 0, 2, 1)
        grid.addWidget(debts, 0, 1)
        grid.addWidget(funnel, 0, 2)
        grid.addWidget(self.short, 1, 1, 1, 2)
        for column in range(3):
            grid.setColumnStretch(column, 1)
            grid.setColumnMinimumWidth(column, 220)
        grid.setRowStretch(0, 1)
        grid.setRowStretch(1, 1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAGE_EDGE, 12, PAGE_EDGE, 8)
        outer.setSpacing(CARD_GAP)
        outer.addLayout(head)
        outer.addWidget(self.messages)
        outer.addWidget(self.strip)
        outer.addLayout(grid, 1)

    def _open_create(self, button: QWidget) -> None:
        open_kinds_menu(self.app, button, lambda kind: self.app.navigator.open(kind.code, None), also_party=True)

    def _open_stage(self, stage: StageFigure) -> None:
        self._open_list(stage.kind, stage.preset)

    def _open_overdue(self) -> None:
        self._open_list("invoice", "overdue")

    def _open_list(self, code: str, preset: str) -> None:
        entity = f"list:{code}"
        if self.app.navigator.knows(entity):
            self.app.navigator.open(entity, None, preset=preset)

    def _open_record(self, entity: str, id: int) -> None:
        if self.app.navigator.knows(entity):
            self.app.navigator.open(entity, id)


def open_home(app: AppContext, entity: str, id: int | None, params: Mapping[str, Any]) -> Page:
    return HomePage(app)


def _roubles(value: Decimal) -> str:
    """Kopecks only blur a figure of the desktop."""
    return f"{formatting.quantity(value, 0)}{formatting.NBSP}₽"


def _overdue_words(dashboard: Dashboard) -> str:
    if not dashboard.overdue:
        return ""
    share = dashboard.overdue * 100 / dashboard.receivable if dashboard.receivable else Decimal(0)
    return tr("просрочено {sum} · {share}").format(
        sum=_roubles(dashboard.overdue), share=formatting.percent(share.quantize(Decimal(1))))


def _steps(funnel: Sequence[StageFigure]) -> list[FunnelStep]:
    steps, before = [], 0
    for stage in funnel:
        share = formatting.percent((Decimal(stage.count * 100) / before).quantize(Decimal(1))) if before else "—"
        amount = f"{formatting.compact_money(stage.amount)}{formatting.NBSP}₽"
        steps.append(FunnelStep(stage.title, stage.count, amount, share))
        before = stage.count
    return steps
