"""The row in which counts are entered: where, what, how much. A scanned barcode counts one more at once."""

import re
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_contract.base import Ref
from crm_contract.stocktaking import CountBody
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.number_fields import QuantityEdit
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.suggest import Search, Suggestion

#: What a scanner types is a code of digits; nobody looks for goods by so many of them.
_BARCODE = re.compile(r"\d{8,14}")
PLACE_WIDTH, QUANTITY_WIDTH = 210, 130


@dataclass(frozen=True, slots=True)
class Typed:
    """A count of the row. `code`: a scan whose product is to be found. `walks`: a row of the list, the next is due."""

    count: CountBody
    words: str
    walks: bool = False
    code: str = ""


class CountEntry(QWidget):
    """`entered(Typed)`: Enter in the quantity, or a scan; the row is empty again. `left_up`: Esc, focus to the list."""

    entered = Signal(object)
    left_up = Signal()

    def __init__(self, places: Search, products: Search, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._walks = False
        self._code = ""
        self._lot_id = 0
        self.place = RefEdit(tr("Место"), places, required=True)
        self.product = RefEdit(tr("Товар: артикул, название или скан"), products, required=True)
        self.quantity = QuantityEdit(tr("Посчитано"), required=True)
        self.add = Button(tr("+1"), icon=Icon.PLUS)
        self.add.setToolTip(tr("Ещё одна штука этого товара"))
        self.save = Button(tr("Записать"), ButtonKind.PRIMARY, key="Enter")
        self.place.setFixedWidth(PLACE_WIDTH)
        self.quantity.setFixedWidth(QUANTITY_WIDTH)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.place)
        line.addWidget(self.product, 1)
        line.addWidget(self.quantity)
        for button in (self.add, self.save):
            line.addWidget(button, 0, Qt.AlignmentFlag.AlignBottom)
        self.product.editor.textEdited.connect(self._on_typed)
        self.product.on_text = self._take_scan
        self.product.chosen.connect(self._on_product)
        self.place.advanced.connect(lambda: self.product.editor.setFocus(Qt.FocusReason.TabFocusReason))
        self.product.advanced.connect(self._go_to_quantity)
        self.quantity.advanced.connect(self._send)
        self.save.clicked.connect(self._send)
        self.add.clicked.connect(self._send_one)

    def begin(self, place: Ref | None) -> None:
        """An empty row on a place; None where an employee's goods are counted: their only place comes with a row."""
        self.place.set_value(place)
        self.place.setVisible(place is not None)
        self.clear()

    def clear(self) -> None:
        self.product.set_value(None)
        self.quantity.set_value(None)
        self._walks, self._code, self._lot_id = False, "", 0

    def show_row(self, place: Ref, product: Ref, lot_id: int) -> None:
        """A row of the list: what is typed next is its quantity."""
        self.place.set_value(place)
        self.product.set_value(product)
        self.quantity.set_value(None)
        self._walks, self._lot_id = True, lot_id

    def start_quantity(self, text: str = "") -> None:
        """A digit that was typed in the list begins the quantity."""
        self.quantity.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if text:
            self.quantity.editor.setText(text)
            self.quantity.editor.setCursorPosition(len(text))

    def start_product(self, text: str = "") -> None:
        self.clear()
        self.product.editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if text:
            self.product.editor.insert(text)
            self.product.editor.textEdited.emit(self.product.editor.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left_up.emit()
        else:
            super().keyPressEvent(event)

    def _on_typed(self, text: str) -> None:
        self._code, self._walks, self._lot_id = text.strip(), False, 0

    def _on_product(self, found: Suggestion) -> None:
        if _BARCODE.fullmatch(self._code):
            self._send_one()

    def _take_scan(self, text: str) -> bool:
        """A barcode is found behind the back of who scans: the next one may come at once."""
        place = self.place.value()
        if not _BARCODE.fullmatch(text) or place is None:
            return False
        self.clear()
        one = CountBody(place_id=place, product_id=0, quantity=Decimal(1), adds=True)
        self.entered.emit(Typed(one, text, code=text))
        return True

    def _go_to_quantity(self) -> None:
        if self.product.value() is not None:
            self.start_quantity()

    def _send_one(self) -> None:
        self._emit(Decimal(1), adds=True)

    def _send(self) -> None:
        quantity = self.quantity.value()
        if self.product.validate() and self.quantity.validate() and quantity is not None:
            self._emit(quantity, adds=False)

    def _emit(self, quantity: Decimal, *, adds: bool) -> None:
        place, product = self.place.value(), self.product.ref()
        if self.place.validate() and self.product.validate() and place is not None and product is not None:
            count = CountBody(place_id=place, product_id=product.id, lot_id=self._lot_id, quantity=quantity, adds=adds)
            walks = self._walks and not adds
            self.clear()
            self.entered.emit(Typed(count, product.title, walks))
