"""What the server knows of the lines while they are typed: article, unit, price, rate, free goods."""

from collections.abc import Callable, Sequence
from decimal import Decimal

from PySide6.QtCore import QObject, QTimer, Signal

from crm_contract.documents import FreeElsewhere, LineHint, LineHintQuery, LineRead
from crm_contract.purchases import SupplierPrice
from crm_contract.stock import ExpectedRead
from crm_contract.vat import RATE_CODES, vat_rate
from crm_desktop.documents.api import DocumentsApi
from crm_desktop.kit.tasks import Tasks
from crm_desktop.widgets.line_rows import Line
from crm_desktop.widgets.line_table import LineTable

PAUSE_MS = 60


class LineHints(QObject):
    """`ask(ids)` makes the question from the header as it is now. Several reasons at once become one question."""

    arrived = Signal()

    def __init__(self, tasks: Tasks, api: DocumentsApi, table: LineTable,
                 ask: Callable[[Sequence[int]], LineHintQuery], parent: QObject) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._api = api
        self._table = table
        self._ask = ask
        self._fresh: set[int] = set()
        self._priced = False
        self._hints: dict[int, LineHint] = {}
        self._held: dict[int, Decimal] = {}
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._send)
        table.line_added.connect(self.added)

    def added(self, line: Line) -> None:
        """A new product in a line: it takes price, rate and unit from the answer."""
        if line.product_id is not None:
            self._fresh.add(line.key)
            self._timer.start()

    def refresh(self, *, prices: bool = False) -> None:
        """The place, the date or the kind of prices changed; `prices` replaces the prices of all lines."""
        self._priced = self._priced or prices
        self._timer.start()

    def elsewhere(self, product_id: int | None) -> Sequence[FreeElsewhere]:
        hint = self._hints.get(product_id or 0)
        return hint.elsewhere if hint is not None else ()

    def expected(self, product_id: int | None) -> Sequence[ExpectedRead]:
        """What is to come to the place of the document."""
        hint = self._hints.get(product_id or 0)
        return hint.expected if hint is not None else ()

    def supplier(self, product_id: int | None) -> SupplierPrice | None:
        """What the supplier of the document calls a product and asked for it last."""
        hint = self._hints.get(product_id or 0)
        return hint.supplier if hint is not None else None

    def begin(self, lines: Sequence[LineRead]) -> None:
        """Another document is shown in the table; goods reserved for its own lines are free for them."""
        self._held = {line.id: line.reserved for line in lines if line.reserved}
        self._fresh.clear()
        self._priced = False
        self._timer.stop()
        self._tasks.cancel(self, "hints")

    def _send(self) -> None:
        ids = sorted({line.product_id for line in self._table.lines() if line.product_id is not None})
        if not ids:
            return
        query = self._ask(ids)
        self._tasks.run(self, lambda: self._api.hints(query), lambda hints: self._take(query, hints), key="hints")

    def _take(self, query: LineHintQuery, hints: Sequence[LineHint]) -> None:
        self._hints = {hint.product_id: hint for hint in hints}
        priced, self._priced = self._priced, False
        for line in self._table.lines():
            hint = self._hints.get(line.product_id or 0)
            if hint is not None:
                self._put(line, hint, query, is_fresh=line.key in self._fresh, priced=priced)
        self._fresh.clear()
        self._table.put_hints({})  # repaints, the sums may have changed
        self.arrived.emit()

    def _put(self, line: Line, hint: LineHint, query: LineHintQuery, *, is_fresh: bool, priced: bool) -> None:
        line.free = None if hint.free is None else hint.free + self._held.get(line.id or 0, Decimal(0))
        if is_fresh:
            line.sku, line.unit, line.unit_title = hint.sku, hint.unit, hint.unit_title
            line.is_service, line.tracking = hint.is_service, hint.tracking
        lawful = line.vat_rate in RATE_CODES and _is_lawful(line.vat_rate, query)
        if is_fresh or not lawful:
            line.vat_rate = hint.vat_rate
        if hint.price is not None and (priced or ((is_fresh or hint.supplier is not None) and not line.price)):
            line.price = hint.price


def _is_lawful(code: str, query: LineHintQuery) -> bool:
    rate = vat_rate(code)
    return rate.valid_from <= query.date <= rate.valid_to
