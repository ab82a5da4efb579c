"""The sums of a document: without VAT, VAT by rate, the whole; live while lines are typed."""

from collections.abc import Mapping
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QWidget

from crm_contract.totals import Sums
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.labels import Label, figure, rule
from crm_desktop.widgets.line_rows import rate_title

WIDTH = 296


class TotalsCard(Card):
    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.setMinimumWidth(WIDTH)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self._grid = QGridLayout()
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self._whole = figure("")
        self._whole.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.body.setContentsMargins(15, 8, 15, 6)
        self.body.setSpacing(6)
        self.add(self._grid)
        self.add(rule())
        self.add(row(Label(tr("Всего"), FontRole.SECTION), None, self._whole))
        self.body.addStretch(1)

    def show_sums(self, sums: Sums, by_rate: Mapping[str, Decimal]) -> None:
        lines = [(tr("Без НДС"), sums.net)]
        lines += [(tr("НДС {rate}").format(rate=rate_title(code)), vat) for code, vat in by_rate.items()]
        if not by_rate:
            lines.append((tr("НДС"), sums.vat))
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for number, (title, value) in enumerate(lines):
            amount = Label(formatting.money(value))
            amount.setAlignment(Qt.AlignmentFlag.AlignRight)
            self._grid.addWidget(Label(title, tone="muted"), number, 0)
            self._grid.addWidget(amount, number, 1)
        self._whole.setText(formatting.money(sums.gross, "RUB"))
        self.setAccessibleName(tr("Всего {sum}").format(sum=self._whole.text()))
