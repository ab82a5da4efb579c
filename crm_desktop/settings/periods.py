"""Closed periods of the warehouses: up to which day each is closed, closing it and opening the last period again."""

from collections.abc import Sequence
from datetime import date, timedelta
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.stock_periods import CloseBody, DraftInside, ReopenBody, WarehousePeriods
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.page import Page
from crm_desktop.kit.problems import Problem, problem_of
from crm_desktop.settings.record import CardHeader, lay_out
from crm_desktop.widgets.bars import MessageBar
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.dialogs import ask_reason, confirm
from crm_desktop.widgets.labels import Label, Link, caption

PATH = "/api/stock/periods"
HINT = tr("По закрытый день включительно документы склада, его зон и ячеек не проводятся и не отменяются, остатки "
          "больше не меняются. Ошибку прошлого периода исправляют документом открытого дня.")
EMPTY = tr("Складов, которые вы видите, нет. Их заводят в разделе «Склады и места».")


class PeriodsPage(Page):
    watches = frozenset({"stock_period", "place"})

    def __init__(self, app: AppContext) -> None:
        super().__init__(tr("Закрытые периоды"))
        self.setObjectName("page")
        self.app = app
        self.messages = MessageBar()
        self.cards: list[WarehouseCard] = []
        self._loaded = False
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(12)
        header = CardHeader(self.title, menu=False)
        header.save.hide()
        hint = Card()
        hint.add(Label(HINT, FontRole.CAPTION, "muted", wrap=True))
        lay_out(self, header, self.messages, [[hint, self._holder]])
        app.shortcuts.bind(self, "record.reload", self.load, Qt.ShortcutContext.WidgetWithChildrenShortcut)

    def activate(self) -> None:
        if not self._loaded:
            self._loaded = True
            self.load()

    def refresh(self, ids: Sequence[int] | None = None) -> None:
        if self._loaded:
            self.load()

    def load(self) -> None:
        self.app.tasks.run(self, lambda: self.app.api.get(PATH, list[WarehousePeriods]), self._show, key="read")

    def show_problem(self, problem: Problem) -> bool:
        return self.messages.show_problem(problem, retry=self.load)

    def _show(self, warehouses: Sequence[WarehousePeriods]) -> None:
        """A card of which nothing changed stays as it is: the changes of others do not disturb who types in it."""
        old = {card.warehouse.place.id: card for card in self.cards}
        self.cards = [self._card(warehouse, old.get(warehouse.place.id)) for warehouse in warehouses]
        gone: list[QWidget] = []
        while (item := self._column.takeAt(0)) is not None:
            if (widget := item.widget()) is not None and widget not in self.cards:
                gone.append(widget)
        for card in self.cards:
            self._column.addWidget(card)
            before = old.get(card.warehouse.place.id)
            if before is not None and before is not card:
                card.take_over(before)
        for widget in gone:  # after their successors have the keyboard
            widget.hide()
            widget.deleteLater()
        focused = self.focusWidget()
        if self.cards and (focused is None or not self.isAncestorOf(focused)) and warehouses[0].may_close:
            self.cards[0].until.setFocus(Qt.FocusReason.OtherFocusReason)
        if not self.cards:
            self._column.addWidget(Label(EMPTY, FontRole.BODY, "muted", wrap=True))

    def _card(self, warehouse: WarehousePeriods, shown: "WarehouseCard | None") -> "WarehouseCard":
        if shown is None or shown.warehouse != warehouse:
            return WarehouseCard(self, warehouse)
        shown.look_for_drafts()
        return shown


class WarehouseCard(Card):
    """One warehouse: what is closed, by whom, and what may be done about it."""

    def __init__(self, page: PeriodsPage, warehouse: WarehousePeriods) -> None:
        super().__init__(warehouse.place.title, note=warehouse.branch.title if warehouse.branch else "")
        self._page = page
        self.warehouse = warehouse
        self._typed = False
        closed = warehouse.closed_until
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(Label(tr("Закрыт по {day}").format(day=formatting.day(closed)) if closed
                             else tr("Ни один период не закрыт"), FontRole.STRONG, "" if closed else "muted"))
        line.addStretch(1)
        self.until = DateEdit(maximum=date.today() - timedelta(days=1))
        self.until.setFixedWidth(fonts.px(128))
        self.until.editor.setAccessibleName(tr("Закрыть по"))
        self.until.set_value(next_closing(closed, date.today()))
        self.until.edited.connect(self._on_edited)
        self.close_button = Button(tr("Закрыть…"), ButtonKind.SECONDARY)
        self.close_button.clicked.connect(self._ask_close)
        self.reopen_button = Button(tr("Открыть последний…"), ButtonKind.QUIET)
        self.reopen_button.clicked.connect(self._ask_reopen)
        for widget, shown in ((self.reopen_button, warehouse.may_reopen and closed is not None),
                              (caption(tr("Закрыть по")), warehouse.may_close), (self.until, warehouse.may_close),
                              (self.close_button, warehouse.may_close)):
            if shown:
                line.addWidget(widget)
        self.add(line)
        for period in warehouse.periods[:3]:
            self.add(caption(tr("По {day}: закрыл {person} {at}").format(
                day=formatting.day(period.until), person=period.closed_by or tr("сервер"),
                at=formatting.day_time(period.closed_at))))
        self._drafts = QVBoxLayout()
        self._drafts.setSpacing(2)
        self.add(self._drafts)
        self.look_for_drafts()

    def take_over(self, before: "WarehouseCard") -> None:
        """The day that is being typed goes on in this card, unless it is closed by now."""
        day, closed = before.until.value(), self.warehouse.closed_until
        if not before._typed or not self.warehouse.may_close or (day and closed and day <= closed):
            return
        self._typed = True
        self.until.editor.setText(before.until.editor.text())
        if before.until.editor.hasFocus():
            self.until.setFocus(Qt.FocusReason.OtherFocusReason)
            self.until.editor.setCursorPosition(before.until.editor.cursorPosition())
        self.look_for_drafts()

    # --- drafts ----------------------------------------------------------------------------------------------------

    def _on_edited(self) -> None:
        self._typed = True
        self.look_for_drafts()

    def look_for_drafts(self) -> None:
        """What is in the way of closing up to the day in the field."""
        until = self.until.value()
        if until is not None and self.warehouse.may_close:
            path, app = f"{PATH}/{self.warehouse.place.id}/drafts", self._page.app
            app.tasks.run(self, lambda: app.api.get(path, list[DraftInside], {"until": until.isoformat()}),
                          self._show_drafts, key=f"drafts{self.warehouse.place.id}")

    def _show_drafts(self, drafts: Sequence[DraftInside]) -> None:
        while (item := self._drafts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        words = formatting.plural(len(drafts), tr("документ"), tr("документа"), tr("документов"))
        why_not = tr("Мешают закрыть: не проведено {words}").format(words=words) if drafts else ""
        self.close_button.set_why_not(why_not)
        if not drafts:
            return
        self._drafts.addWidget(Label(why_not, FontRole.CAPTION_MEDIUM, "warn"))
        for draft in drafts[:8]:
            self._drafts.addWidget(self._draft(draft))
        if len(drafts) > 8:
            self._drafts.addWidget(caption(tr("и ещё {count}").format(count=len(drafts) - 8)))

    def _draft(self, draft: DraftInside) -> QWidget:
        line = QWidget()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        name: Label | Link = Label(draft.title)
        if draft.id is not None:
            name = Link(draft.title)
            name.clicked.connect(partial(self._page.app.navigator.open, "document", draft.id))
        row.addWidget(name)
        row.addWidget(caption(f"{formatting.day(draft.date)} · {draft.author}"))
        row.addStretch(1)
        return line

    # --- commands --------------------------------------------------------------------------------------------------

    def _ask_close(self) -> None:
        until = self.until.value()
        if until is None or not self.until.validate():
            self.until.setFocus()
            return
        confirm(self.window(), tr("Закрыть «{place}» по {day}?").format(
            place=self.warehouse.place.title, day=formatting.day(until)),
            tr("Документы этих дней больше не провести и не отменить. Открыть период заново может тот, у кого есть на "
               "это право, с указанием причины."), tr("Закрыть"),
            lambda: self.send("close", CloseBody(until=until, closed_until=self.warehouse.closed_until)))

    def _ask_reopen(self) -> None:
        closed = self.warehouse.closed_until
        if closed is not None:
            ask_reason(self.window(), tr("Открыть «{place}» заново?").format(place=self.warehouse.place.title),
                       tr("Открыть"),
                       lambda reason: self.send("reopen", ReopenBody(closed_until=closed, reason=reason)))

    def send(self, command: str, body: CloseBody | ReopenBody) -> None:
        app, page = self._page.app, self._page

        def sent(_: object) -> None:
            page.messages.clear()
            page.load()

        def failed(error: BaseException) -> None:
            page.messages.show_problem(problem_of(error))
            self.look_for_drafts()

        app.tasks.run(page, lambda: app.api.post(f"{PATH}/{self.warehouse.place.id}/{command}", WarehousePeriods, body),
                      sent, failed, busy=self.close_button)


def next_closing(closed: date | None, today: date) -> date:
    """The end of the last month that is over, or of yesterday where that is closed already."""
    month = today.replace(day=1) - timedelta(days=1)
    return month if closed is None or closed < month else today - timedelta(days=1)
