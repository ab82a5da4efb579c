"""Goods below their minimum: free of minimum, with a bar; a row opens the product."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from crm_contract.dashboard import ShortProduct
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.empty import EmptyState
from crm_desktop.widgets.labels import rule
from crm_desktop.widgets.painting import box, elided, part_of
from crm_desktop.widgets.row_button import RowButton
from crm_desktop.widgets.scrolled import scrolled


class ShortProducts(Card):
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("Ниже минимума"), margins=False, parent=parent)
        holder = QWidget()
        self._column = QVBoxLayout(holder)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self.add(scrolled(holder), 1)

    def show_products(self, products: Sequence[ShortProduct]) -> None:
        while (item := self._column.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        self.set_note(formatting.plural(len(products), tr("позиция"), tr("позиции"), tr("позиций")) if products else "")
        for number, product in enumerate(products):
            if number:
                self._column.addWidget(rule())
            line = _Product(product)
            line.clicked.connect(lambda checked=False, id=product.product_id: self.chosen.emit(id))
            self._column.addWidget(line)
        if not products:
            self._column.addWidget(EmptyState(tr("Всего хватает"), tr("Минимум задаётся в карточке номенклатуры"),
                                              icon=Icon.CHECK_CIRCLE))
        self._column.addStretch(1)


class _Product(RowButton):
    def __init__(self, product: ShortProduct) -> None:
        self._figures = f"{formatting.quantity(product.free)} / {formatting.quantity(product.minimum)}"
        super().__init__(f"{product.name}, {product.place}: {self._figures}")
        self._product = product
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return QSize(200, fonts.px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.paint_ground(painter)
        share = part_of(max(self._product.free, Decimal(0)), self._product.minimum) if self._product.minimum else 1
        tone = "error" if share * 4 < 1 else "warn"
        middle = Qt.AlignmentFlag.AlignVCenter
        right = self.width() - 16
        painter.setFont(font(FontRole.STRONG, tabular=True))
        painter.setPen(color(tone))
        figures = QRectF(right - 110, 0, 110, self.height())
        painter.drawText(figures, middle | Qt.AlignmentFlag.AlignRight, self._figures)
        bar = QRectF(right - 180, self.height() / 2 - 3, 56, 6)
        box(painter, bar, 3, color("sunken"))
        filled = QRectF(bar)
        filled.setWidth(max(6, bar.width() * min(share, 1)))
        box(painter, filled, 3, color(f"{tone}.mark"))
        painter.setFont(font(FontRole.CAPTION))
        painter.setPen(color("muted"))
        painter.drawText(QRectF(bar.left() - 120, 0, 108, self.height()), middle,
                         elided(painter.fontMetrics(), self._product.place, 108))
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("text"))
        room = int(bar.left() - 120 - 24)
        painter.drawText(QRectF(15, 0, room, self.height()), middle,
                         elided(painter.fontMetrics(), self._product.name, room))
