"""Who brought a product: the supplier, its own article, the last price and the paper behind it."""

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QWidget

from crm_contract.purchases import SupplierItem
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.labels import Label, Link, caption
from crm_desktop.widgets.rows_card import stacked

MOST = 6


class SuppliersCard(Card):
    """Hidden while nobody brought the product. `opens(entity, id)` goes to the supplier or to the receipt."""

    def __init__(self, opens: Callable[[str, int], object], parent: QWidget | None = None) -> None:
        super().__init__(tr("Поставщики"), ruled=True, parent=parent)
        self._opens = opens
        self.setVisible(False)

    def show_items(self, items: Sequence[SupplierItem]) -> None:
        while (old := self.body.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.setVisible(bool(items))
        self.set_note(formatting.integer(len(items)) if len(items) > MOST else "")
        for item in items[:MOST]:
            self.add(self._line(item))

    def _line(self, item: SupplierItem) -> QWidget:
        party = Link(item.party.title)
        party.clicked.connect(lambda: self._opens("party", item.party.id))
        words = [tr("артикул {code}").format(code=item.code)] if item.code else []
        words += [tr("от {day}").format(day=formatting.day(item.date))] if item.date is not None else []
        price = "" if item.price is None else tr("{price} ₽ без НДС").format(price=formatting.price(item.price))
        line = QWidget()
        right: QWidget = Label(price, FontRole.STRONG)
        if item.document is not None and price:
            document = item.document
            right = Link(price)
            right.setToolTip(document.title)
            right.clicked.connect(lambda: self._opens("receipt", document.id))
        line.setLayout(row(stacked(party, caption(" · ".join(words))), None, right))
        return line
