"""The lines of a document: heading with counts and facts, the table, the bar of shortages."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_contract.documents import DocumentRead, FactRead, FreeElsewhere, LineHintQuery
from crm_contract.kinds import DocumentKind, LineColumn
from crm_contract.purchases import SupplierPrice
from crm_contract.vat import VatMode
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.bodies import line_data
from crm_desktop.documents.hints import LineHints
from crm_desktop.documents.picks import Picks
from crm_desktop.documents.shortage import Cures, ShortageBar, chosen_line
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.tasks import Tasks
from crm_desktop.widgets.bars import Toast
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.line_table import LineTable
from crm_desktop.widgets.line_view import LineView
from crm_desktop.widgets.pills import Pill


class LinesCard(Card):
    """`changed`: the person changed lines. `hinted`: prices or free goods came, the totals may differ."""

    changed = Signal()
    hinted = Signal()
    place_asked = Signal(object)   # FreeElsewhere: take the goods from that place

    def __init__(self, kind: DocumentKind, tasks: Tasks, api: DocumentsApi, picks: Picks,
                 ask: Callable[[Sequence[int]], LineHintQuery], place_title: Callable[[], str],
                 parent: QWidget | None = None) -> None:
        super().__init__(tr("Строки"), ruled=True, margins=False, parent=parent)
        self._marks = LineColumn.FREE in kind.lines
        self._place_title = place_title
        self.table = LineTable(kind.lines, picks.search_of("product"), resolve=picks.resolve,
                               marks_shortage=self._marks, conditions=kind.conditions)
        self.hints = LineHints(tasks, api, self.table, ask, self)
        self.facts = FactPills()
        self.add_action(self.facts)
        self._add = Button(tr("Строка"), ButtonKind.PLAIN, icon=Icon.PLUS, key="Ins", compact=True)
        self._paste = Button(tr("Из буфера"), ButtonKind.PLAIN, icon=Icon.LIST_PLUS, key="Ctrl+V", compact=True)
        self._add.clicked.connect(self.table.start_entry)
        self._paste.clicked.connect(lambda: self.table.view.acted.emit("paste"))
        for button in (self._add, self._paste):
            self.add_action(button)
        self._shortage = ShortageBar(Cures(self.table.set_quantity, self._drop, self.place_asked.emit))
        self._supplier = SupplierLine()
        self.add(self.table, 1)
        self.add(self._supplier)
        self.add(self._shortage)
        self.table.changed.connect(self._on_changed)
        self.table.current_changed.connect(lambda line: self._show_shortage())
        self.table.current_changed.connect(lambda line: self._show_supplier())
        self.table.removed.connect(self._offer_undo)
        self.hints.arrived.connect(self._on_hinted)
        self._show_note()

    def sizeHint(self) -> QSize:
        """Asks for little and takes what the page has left: the table scrolls, the totals stay in sight."""
        return self.minimumSizeHint()

    def hasHeightForWidth(self) -> bool:
        return False  # the bar of shortages wraps, but the card would then ask for all its lines

    def show_document(self, document: DocumentRead) -> None:
        self.set_mode(document.vat_mode, quietly=True)
        self.hints.begin(document.lines)
        self.table.set_lines([line_data(line) for line in document.lines])
        self.set_read_only(not document.editable)
        if document.editable:
            self.hints.refresh()
        self._show_note()

    @property
    def is_typing(self) -> bool:
        """A cell is being edited: its text is nowhere else yet."""
        return self.table.view.state() == LineView.State.EditingState

    def set_mode(self, mode: VatMode, *, quietly: bool) -> None:
        if quietly:
            with QSignalBlocker(self.table):
                self.table.set_mode(mode)
        else:
            self.table.set_mode(mode)

    def set_read_only(self, on: bool) -> None:
        self.table.set_read_only(on)
        self.table.delegate.marks_shortage = self._marks and not on
        for button in (self._add, self._paste):
            button.setVisible(not on)
        self._show_shortage()

    def _on_changed(self) -> None:
        self._show_note()
        self._show_shortage()
        self.changed.emit()

    def _on_hinted(self) -> None:
        self._show_shortage()
        self._show_supplier()
        self.hinted.emit()

    def _show_supplier(self) -> None:
        row = self.table.view.currentIndex().row()
        lines = self.table.lines()
        line = lines[row] if 0 <= row < len(lines) else None
        self._supplier.show_price(self.hints.supplier(line.product_id) if line is not None else None)

    def _show_note(self) -> None:
        lines = self.table.lines()
        count = sum((line.quantity for line in lines if not line.is_service), Decimal(0))
        parts = [formatting.plural(len(lines), tr("строка"), tr("строки"), tr("строк"))]
        if count:
            parts.append(tr("{count} ед.").format(count=formatting.quantity(count)))
        self.set_note(" · ".join(parts))

    def _show_shortage(self) -> None:
        short = self.table.shortages() if self.table.delegate.marks_shortage else []
        current = self.table.view.currentIndex().row()
        chosen = chosen_line(short, current)
        elsewhere: Sequence[FreeElsewhere] = self.hints.elsewhere(chosen[1].product_id) if chosen else ()
        enough = [item for item in elsewhere if chosen is not None and item.free >= chosen[1].quantity]
        expected = self.hints.expected(chosen[1].product_id) if chosen else ()
        self._shortage.show_shortages(short, current, self._place_title(), enough, expected)

    def _drop(self, number: int) -> None:
        self.table.model.remove_lines([number])
        self._offer_undo(1)

    def _offer_undo(self, count: int) -> None:
        gone = formatting.plural(count, tr("строка"), tr("строки"), tr("строк"))
        toast = Toast(self.window(), tr("Удалено: {count}").format(count=gone), action=tr("Отменить"))
        toast.undone.connect(self.table.undo)


class SupplierLine(QWidget):
    """Under the table: the supplier's own article of the current line and its last price. Empty it takes no room."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = Label("", FontRole.CAPTION, "muted")
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 12, 6)
        line.addWidget(self._words)
        line.addStretch(1)
        self.hide()

    def show_price(self, price: SupplierPrice | None) -> None:
        words = supplier_words(price) if price is not None else ""
        self._words.setText(words)
        self.setVisible(bool(words))


def supplier_words(known: SupplierPrice) -> str:
    """«У поставщика: артикул ST-1 · последняя цена 1 000,00 ₽ от 12.11.2026»."""
    parts = [tr("артикул {code}").format(code=known.code)] if known.code else []
    if known.price is not None and known.date is not None:
        parts.append(tr("последняя цена {price} ₽ от {day}").format(
            price=formatting.price(known.price), day=formatting.day(known.date)))
    return tr("У поставщика: {parts}").format(parts=" · ".join(parts)) if parts else ""


class FactPills(QWidget):
    """«Оплачено 50 %», «В резерве 100 %»."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 8, 0)
        self._line.setSpacing(6)

    def show_facts(self, facts: Sequence[FactRead]) -> None:
        while (item := self._line.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for fact in facts:
            self._line.addWidget(Pill(f"{fact.title} {fact.text}", fact.tone))
