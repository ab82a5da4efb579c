"""A payment over invoices: how much of it each invoice gets."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from crm_contract.documents import AllocationRead, DocumentRead
from crm_contract.kinds import Accounting
from crm_contract.lists import Tone
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.documents.columns import allocation_columns
from crm_desktop.documents.lines_card import FactPills
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.tasks import Tasks
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.empty import EmptyState
from crm_desktop.widgets.labels import Label, Link, caption
from crm_desktop.widgets.number_fields import AmountEdit
from crm_desktop.widgets.pills import Pill
from crm_desktop.widgets.scrolled import scrolled

ZERO = Decimal(0)
MIN_HEIGHT = 180


class AllocationCard(Card):
    """Amounts are typed per invoice; `allocate_asked` gives the shares of the action, `opened` an invoice."""

    allocate_asked = Signal(list)
    opened = Signal(int)
    changed = Signal()

    def __init__(self, tasks: Tasks, api: DocumentsApi, parent: QWidget | None = None) -> None:
        super().__init__(tr("Счета"), ruled=True, parent=parent)
        self._tasks = tasks
        self._api = api
        self._amount = ZERO
        self._rows: Sequence[AllocationRead] = ()
        self._fields: dict[int, AmountEdit] = {}
        self.facts = FactPills()
        self._left = Pill()
        self._spread = Button(tr("По срокам"), ButtonKind.PLAIN, icon=Icon.LIST_PLUS, compact=True)
        self._send = Button(tr("Разнести"), compact=True, icon=Icon.CHECK)
        self._spread.clicked.connect(self.spread)
        self._send.clicked.connect(self.send)
        for widget in (self.facts, self._left, self._spread, self._send):
            self.add_action(widget)
        self._holder = QWidget()
        self._column = QVBoxLayout(self._holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self.add(scrolled(self._holder), 1)
        self._show_unposted()

    def sizeHint(self) -> QSize:
        """Takes what the page has left."""
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return QSize(super().minimumSizeHint().width(), fonts.px(MIN_HEIGHT))

    def show_document(self, payment: DocumentRead) -> None:
        """Asks for the invoices of a posted payment; others have none yet."""
        self.facts.show_facts(payment.facts)
        if payment.accounting != Accounting.POSTED:
            self._show_unposted()
            return
        can = any(action.code == "allocate" and not action.why_not for action in payment.actions)
        amount = payment.amount or ZERO
        self._tasks.run(self, lambda: self._api.allocations(payment.id),
                        lambda rows: self.show_allocations(amount, rows, editable=can), key="allocations")

    def show_allocations(self, amount: Decimal, rows: Sequence[AllocationRead], *, editable: bool) -> None:
        """`rows` are the invoices that got a share or may get one; `open` is what such an invoice still lacks."""
        self._amount, self._rows = amount, rows
        self._fields.clear()
        if not rows:
            self._show_nothing(tr("Неоплаченных счетов у плательщика нет"),
                               tr("Сумма останется авансом и разнесётся, когда появится счёт"))
            return
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(0, 1)
        for column, title in enumerate(allocation_columns()):
            heading = caption(title)
            heading.setAlignment(_side(column))
            grid.addWidget(heading, 0, column)
        for number, item in enumerate(rows, start=1):
            self._add_row(grid, number, item, editable=editable)
        content = QWidget()
        content.setLayout(grid)
        self._replace(content)
        for widget in (self._spread, self._send):
            widget.setVisible(editable)
        self._left.show()
        self._show_left()

    def shares(self) -> dict[int, Decimal]:
        """Typed amounts by invoice, without empty ones."""
        return {id: value for id, field in self._fields.items() if (value := field.value())}

    def spread(self) -> None:
        """The oldest invoices first, as much as each lacks."""
        for id, value in spread_shares(self._amount, self._rows).items():
            self._fields[id].set_value(value)
        self._on_edited()

    def send(self) -> None:
        """What is more than the payment or an invoice is refused at its field."""
        bad = [field for field in self._fields.values() if not field.validate()]
        over = sum(self.shares().values(), ZERO) - self._amount
        if over > 0 and self._fields and not bad:
            bad = [next(reversed(self._fields.values()))]
            bad[0].set_error(tr("Больше платежа на {sum}").format(sum=formatting.money(over)))
        if bad:
            bad[0].setFocus()
            return
        self.allocate_asked.emit([{"invoice_id": id, "amount": str(value)} for id, value in self.shares().items()])

    def set_errors(self, errors: Mapping[str, str]) -> dict[str, str]:
        """`shares.1.amount` of the server at its row; returns the rest."""
        left, sent = dict(errors), list(self.shares())
        for path, message in errors.items():
            parts = path.split(".")
            if "shares" in parts and (after := parts[parts.index("shares") + 1:]) and after[0].isdigit() \
                    and int(after[0]) < len(sent):
                self._fields[sent[int(after[0])]].set_error(message)
                left.pop(path)
        return left

    def focus_first(self) -> None:
        for field in self._fields.values():
            field.setFocus(Qt.FocusReason.TabFocusReason)
            return

    def _show_unposted(self) -> None:
        self._show_nothing(tr("Счета появятся после проведения"),
                           tr("Платёж сам закроет неоплаченные счета плательщика, начиная с самого старого"))

    def _show_nothing(self, title: str, hint: str) -> None:
        self._fields.clear()
        self._rows = ()
        self._replace(EmptyState(title, hint, icon=Icon.RECEIPT))
        for widget in (self._left, self._spread, self._send):
            widget.hide()

    def _add_row(self, grid: QGridLayout, number: int, item: AllocationRead, *, editable: bool) -> None:
        link = Link(item.number)
        link.clicked.connect(lambda id=item.invoice_id: self.opened.emit(id))
        room = item.open + item.amount
        field = AmountEdit(minimum=ZERO, maximum=room)
        field.set_value(item.amount or None)
        field.set_read_only(not editable)
        field.editor.setAccessibleName(tr("Сумма на счёт {number}").format(number=item.number))
        field.setFixedWidth(150)
        field.edited.connect(self._on_edited)
        field.advanced.connect(lambda field=field: self._go_on(field))
        self._fields[item.invoice_id] = field
        cells = (row(link, None), Label(formatting.day(item.date)), Label(formatting.money(item.gross)),
                 Label(formatting.money(room), FontRole.STRONG))
        for column, cell in enumerate(cells):
            if isinstance(cell, Label):
                cell.setAlignment(_side(column))
                grid.addWidget(cell, number, column)
            else:
                grid.addLayout(cell, number, column)
        grid.addWidget(field, number, len(cells))

    def _go_on(self, field: AmountEdit) -> None:
        fields = list(self._fields.values())
        place = fields.index(field) + 1
        (fields[place] if place < len(fields) else self._send).setFocus(Qt.FocusReason.TabFocusReason)

    def _on_edited(self) -> None:
        self._show_left()
        self.changed.emit()

    def _show_left(self) -> None:
        left = self._amount - sum(self.shares().values(), ZERO)
        if left < 0:
            self._left.set(tr("Больше платежа на {sum}").format(sum=formatting.money(-left)), Tone.ERROR)
        elif left:
            self._left.set(tr("Не разнесено {sum}").format(sum=formatting.money(left)), Tone.WARN)
        else:
            self._left.set(tr("Разнесено полностью"), Tone.OK)

    def _replace(self, widget: QWidget) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self._column.addWidget(widget)
        self._column.addStretch(1)


def spread_shares(amount: Decimal, rows: Sequence[AllocationRead]) -> dict[int, Decimal | None]:
    """Shares by age of the invoices; None where nothing is left."""
    left = amount
    shares: dict[int, Decimal | None] = {}
    for item in sorted(rows, key=lambda item: (item.date, item.invoice_id)):
        share = min(left, item.open + item.amount)
        shares[item.invoice_id] = share if share > 0 else None
        left -= max(share, ZERO)
    return shares


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column > 1 else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
