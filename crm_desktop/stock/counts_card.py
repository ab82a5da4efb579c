"""The lines of a stocktaking: progress, entry of counts, the list with its differences, export."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from crm_contract.base import Created, Ref
from crm_contract.documents import DocumentRead
from crm_contract.lists import Choice, Column, Condition, ListQuery, Op, Tone
from crm_contract.lists import Page as ListWindow
from crm_contract.permissions import Permission
from crm_contract.stocktaking import LINE_LIST, CountLine, CountSums, LinePrice, PricesBody
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.export import ask_file, export_list
from crm_desktop.stock.count_entry import CountEntry, Typed
from crm_desktop.stock.count_line import CountLineUp, Entered
from crm_desktop.stock.count_sums import CountSummary
from crm_desktop.widgets.buttons import ButtonKind, IconButton
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.labels import rule
from crm_desktop.widgets.menu import Menu
from crm_desktop.widgets.number_fields import AmountEdit
from crm_desktop.widgets.paged_model import PageDone, PageFailed
from crm_desktop.widgets.paged_table import PagedTable
from crm_desktop.widgets.segmented import Segmented
from crm_desktop.widgets.suggest import Search

Row = dict[str, Any]
ALL = "all"
MIN_HEIGHT = 260
_NEEDS = ("product", "place", "state", "counted", "booked", "difference", "lot_id")
_BLIND = frozenset({"booked", "difference", "cost"})
_EMPTY = {
    "waiting": (tr("Всё посчитано"), tr("Ctrl+Enter — закончить подсчёт")),
    "different": (tr("Расхождений нет"), tr("Посчитанное сходится с учётом")),
    "again": (tr("Пересчитывать нечего"), ""),
}


@dataclass(frozen=True, slots=True)
class Counting:
    """What the person may do with the document that is shown."""

    document: DocumentRead
    enters: bool
    prices: bool


class CountsCard(Card):
    """`counted`: a count is in, the page may show the document anew. `told`: words for the person."""

    counted = Signal()
    told = Signal(str)
    #: Words for the person about a count that did not go in; the callable tries again what waits, or is None.
    failed = Signal(str, object)
    #: Another number of counts waits to be sent.
    waiting_changed = Signal()

    def __init__(self, app: AppContext, places: Search, products: Search, parent: QWidget | None = None) -> None:
        super().__init__(tr("Ведомость"), margins=False, parent=parent)
        self._app = app
        self._shown: Counting | None = None
        self._next: int | None = None
        self._begins = False
        choices = [Choice(ALL, tr("Все")), *(Choice(p.code, p.title) for p in LINE_LIST.presets)]
        self.filter = Segmented(choices, name=tr("Строки"))
        self._export = IconButton(Icon.EXPORT, tr("Выгрузить в Excel (Ctrl+E)"), ButtonKind.PLAIN)
        self.summary = CountSummary()
        self.entry = CountEntry(places, products)
        self._line_up = CountLineUp(app, self)
        self.columns: list[Column] = [c for c in LINE_LIST.columns if not c.permission or app.session.can(c.permission)]
        self.table = PagedTable(self.columns, self._load, sort=LINE_LIST.default_sort, name=LINE_LIST.title,
                                row_tone=_tone, cell_ink=_ink, cell_bar=_bar)
        for widget in (self.filter, self._export):
            self.add_action(widget)
        self.table.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._lay_out()
        self._wire()

    def _lay_out(self) -> None:
        head = QVBoxLayout()
        head.setContentsMargins(15, 0, 15, 10)
        head.setSpacing(8)
        head.addWidget(self.summary)
        head.addWidget(self.entry)
        self.add(head)
        self.add(rule())
        self.add(self.table, 1)

    def _wire(self) -> None:
        self.filter.changed.connect(lambda _: self._apply())
        self._export.clicked.connect(self.export)
        self.entry.entered.connect(self._send)
        self._line_up.written.connect(self._on_sent)
        self._line_up.changed.connect(self.waiting_changed)
        self._line_up.refused.connect(lambda text: self.failed.emit(text, None))
        self._line_up.held.connect(lambda text: self.failed.emit(text, self._line_up.go))
        self.entry.left_up.connect(self.focus_list)
        self.table.current_changed.connect(self._on_current)
        self.table.opened.connect(lambda _: self._start())
        self.table.typed.connect(self._on_typed)
        self.table.menu_asked.connect(self._open_menu)
        self.table.model.arrived.connect(self._on_arrived)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), fonts.px(MIN_HEIGHT))

    @property
    def waiting(self) -> int:
        """Counts that are entered and not on the server yet."""
        return self._line_up.waiting

    def send_waiting(self) -> None:
        self._line_up.go()

    def drop_waiting(self) -> None:
        self._line_up.drop()

    # --- what is shown ---------------------------------------------------------------------------------------------

    def show_document(self, document: DocumentRead) -> None:
        """The lines of a document that has begun; asks for them and their sums anew."""
        can = self._app.session.can
        enters = document.state in ("counting", "checking") and can("stocktaking.edit")
        prices = document.state != "posted" and can("stocktaking.approve") and can(Permission.PRODUCT_COST)
        first = self._shown is None or self._shown.document.id != document.id
        if first or self._shown is None or self._shown.document.state != document.state:
            if first:
                self.entry.begin(document.place)
            self.filter.set_value(self._first_filter(document.state))
        self._shown = Counting(document, enters, prices)
        self.entry.setVisible(enters)
        self.set_note(" · ".join(part for part in (
            (document.place or document.employee or _NOBODY).title, document.title) if part))
        self._app.tasks.run(
            self, lambda: self._app.api.get(f"/api/stock/counts/{document.id}/sums", CountSums), self._show_sums,
            key="sums")
        self._apply()

    def _first_filter(self, state: str) -> str:
        return {"checking": "different", "posted": "different"}.get(state, ALL)

    def _show_sums(self, sums: CountSums) -> None:
        self.summary.show_sums(sums)
        hidden = frozenset() if sums.shows_booked else _BLIND
        self.table.show_columns([c.name for c in self.columns if c.shown and c.name not in hidden])
        if sums.unpriced and self._shown is not None and self._shown.prices:
            self.told.emit(tr("У излишков нет цены: {n}. Правый щелчок по строке, «Цена излишка…».").format(
                n=sums.unpriced))

    def _apply(self) -> None:
        if self._shown is None:
            return
        code = self.filter.value()
        self.table.set_empty(*_EMPTY.get(code, (LINE_LIST.empty_title, LINE_LIST.empty_hint)))
        conditions = self._conditions()
        if self.table.query().conditions == conditions and self.table.model.total is not None:
            self.table.refresh()
        else:
            self.table.set_filter(conditions)

    def _conditions(self) -> list[Condition]:
        if self._shown is None:
            return []
        chosen = next((p.conditions for p in LINE_LIST.presets if p.code == self.filter.value()), ())
        return [Condition(column="document", op=Op.EQ, value=self._shown.document.id),
                *(Condition(column=name, op=op, value=value) for name, op, value in chosen)]

    def _load(self, query: ListQuery, done: PageDone, failed: PageFailed) -> None:
        if self._shown is None:
            return
        query.columns = list(dict.fromkeys((*(query.columns or ()), *_NEEDS)))
        self._app.tasks.run(
            self, lambda: self._app.api.query(f"/api/lists/{LINE_LIST.code}", ListWindow, query), done, failed)

    # --- entering --------------------------------------------------------------------------------------------------

    def focus_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin(self) -> None:
        """Work goes on in the list once it is there, or in the field for a scan where it is empty."""
        self._begins = True

    def scan(self) -> None:
        """Ins: the field that takes an article or a scan."""
        if self._shown is not None and self._shown.enters:
            self.entry.start_product()

    def _start(self) -> None:
        if self._shown is not None and self._shown.enters:
            self.entry.start_quantity()

    def _on_current(self, row: Row | None) -> None:
        if row is None or self._shown is None or not self._shown.enters or self._is_entering():
            return
        self.entry.show_row(Ref.model_validate(row["place"]), Ref.model_validate(row["product"]), row["lot_id"])

    def _is_entering(self) -> bool:
        return self.entry.isAncestorOf(self.focusWidget()) if self.focusWidget() else False

    def _on_typed(self, text: str) -> None:
        if self._shown is None or not self._shown.enters:
            return
        if text.isdigit():
            self._on_current(self.table.current_row())
            self.entry.start_quantity(text)
        else:
            self.entry.start_product(text)

    def _send(self, typed: Typed) -> None:
        if self._shown is None:
            return
        self._next = self._following() if typed.walks else None
        self._line_up.add(Entered(self._shown.document.id, typed.count, typed.words, typed.code))
        if typed.walks:
            self.focus_list()
            if self._next is not None:  # at once: the next digits are of the next row
                self.table.select_id(self._next)
        else:
            self.entry.product.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _following(self) -> int | None:
        """The id of the row below the current one."""
        row = self.table.model.row(self.table.view.currentIndex().row() + 1)
        return row.data["id"] if row is not None else None

    def _on_sent(self, entered: Entered, lines: Sequence[CountLine]) -> None:
        counted = lines[0].counted if lines else None
        if counted is not None:
            self.told.emit(tr("{name}: посчитано {n}").format(
                name=entered.words, n=formatting.quantity(counted)))
        self.counted.emit()

    def _on_arrived(self) -> None:
        """Enter after a quantity goes on to the next row. Goods of an employee lie on the one place of the rows."""
        if self.entry.place.value() is None and (row := self.table.model.row(0)) is not None:
            self.entry.place.set_value(Ref.model_validate(row.data["place"]))
        if self._begins:
            self._begins = False
            self.focus_list() if self.table.model.total else self.scan()
        if self._next is not None and self.table.select_id(self._next):
            self._next = None

    # --- beside ----------------------------------------------------------------------------------------------------

    def export(self) -> None:
        """The filtered list with all its columns, as a workbook."""
        if self._shown is None or not self._app.session.can(Permission.EXPORT_RUN):
            self.told.emit(tr("Нет права на выгрузку списков"))
            return
        title = f"{LINE_LIST.title} {self._shown.document.number}"
        columns = [c for c in self.columns if c.name not in ("document", "place", "lot_id")]
        query = self.table.query().model_copy(update={"columns": [c.name for c in columns]})

        def to(path: Path) -> None:
            export_list(self._app, self, LINE_LIST, query, columns, path, lambda rows: self.told.emit(
                tr("Выгружено строк: {n}, «{path}»").format(n=rows, path=path)))

        ask_file(self, title, to)

    def _open_menu(self, at: QPoint) -> None:
        row = self.table.current_row()
        if row is None or self._shown is None:
            return
        menu = Menu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.add(tr("Записать количество"), self._start, icon=Icon.PENCIL, key="Enter",
                 why_not="" if self._shown.enters else tr("Подсчёт не идёт"))
        menu.add(tr("Цена излишка…"), lambda: self.ask_price(row), icon=Icon.MONEY,
                 why_not="" if self._shown.prices else tr("Цену задаёт тот, кто утверждает, до проведения"))
        menu.add(tr("Открыть номенклатуру"), lambda: self._app.navigator.open("product", row["product"]["id"]),
                 icon=Icon.OPEN)
        menu.popup(at)

    def ask_price(self, row: Row) -> Dialog:
        """The price at which a surplus comes; empty takes the average cost."""
        dialog = Dialog(self, tr("Цена излишка: {name}").format(name=row["product"]["title"]))
        dialog.add_text(tr("Рыночная цена за единицу. Пусто — по средней себестоимости."))
        field = AmountEdit(tr("Цена, ₽"), digits=4, minimum=Decimal(0))
        dialog.add(field)

        def go() -> None:
            if field.validate():
                dialog.accept()
                self._set_price(row["id"], field.value())

        dialog.add_button(tr("Отмена"))
        dialog.add_button(tr("Записать"), go, ButtonKind.PRIMARY)
        dialog.open()
        field.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        return dialog

    def _set_price(self, line_id: int, price: Decimal | None) -> None:
        if self._shown is None:
            return
        document = self._shown.document
        body = PricesBody(version=document.version, prices=[LinePrice(line_id=line_id, price=price)])
        self._app.tasks.run(self, lambda: self._app.api.post(f"/api/stock/counts/{document.id}/prices", Created, body),
                            lambda _: self.counted.emit())


_NOBODY = Ref(id=0, title="")


def _tone(row: Row) -> Tone | None:
    return {"short": Tone.ERROR, "surplus": Tone.VIOLET, "again": Tone.WARN, "moved": Tone.WARN}.get(row["state"])


def _ink(row: Row, name: str) -> str | None:
    if name not in ("difference", "cost") or row.get("difference") is None:
        return "text"
    difference = Decimal(row["difference"])
    return "error" if difference < 0 else "violet" if difference else "muted"


def _bar(row: Row, name: str) -> float | None:
    """The part of the goods that lacks or is over."""
    if name != "difference" or row.get("difference") is None:
        return None
    difference = Decimal(row["difference"])
    whole = max(Decimal(row["booked"]), Decimal(row["counted"]))
    return float(difference / whole) if whole else 0.0
