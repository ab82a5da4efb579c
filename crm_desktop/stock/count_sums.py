"""How far a stocktaking is, and what it has found: a bar of progress, a lack to the left and a surplus to the right."""

from decimal import Decimal

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from crm_contract.lists import Tone
from crm_contract.stocktaking import CountSums
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.theme import color
from crm_desktop.widgets.labels import Label, muted
from crm_desktop.widgets.mini_charts import Share, ShareBar
from crm_desktop.widgets.painting import box, part_of

ZERO = Decimal(0)
BALANCE_WIDTH = 150


class BalanceBar(QWidget):
    """Two amounts on one scale from the middle: what lacks to the left, what is over to the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lack = self._over = ZERO
        self.setFixedSize(BALANCE_WIDTH, 12)

    def set_amounts(self, lack: Decimal, over: Decimal) -> None:
        """Both at least zero."""
        self._lack, self._over = lack, over
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle, whole = self.width() / 2, max(self._lack, self._over) or Decimal(1)
        box(painter, QRectF(0, 3, self.width(), 6), 3, color("sunken"))
        for amount, ink, sign in ((self._lack, "error.mark", -1), (self._over, "violet.mark", 1)):
            width = max(3.0, middle * part_of(amount, whole)) if amount else 0.0
            box(painter, QRectF(middle - width if sign < 0 else middle, 3, width, 6), 3, color(ink))
        painter.fillRect(QRectF(middle - 0.5, 0, 1, 12), color("muted"))


class CountSummary(QWidget):
    """«Посчитано 12 из 30», then shortage and surplus where the person may see them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.progress = ShareBar(name=tr("Ход подсчёта"))
        self.progress.setFixedWidth(120)
        self.progress.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.counted = Label("", FontRole.STRONG, tabular=True)
        self.more = muted()
        self.short = Label("", FontRole.STRONG, "error", tabular=True)
        self.balance = BalanceBar()
        self.surplus = Label("", FontRole.STRONG, "violet", tabular=True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(10)
        for widget in (self.progress, self.counted, self.more):
            line.addWidget(widget)
        line.addStretch(1)
        for widget in (self.short, self.balance, self.surplus):
            line.addWidget(widget)

    def show_sums(self, sums: CountSums) -> None:
        rest = sums.lines - sums.counted
        settled = sums.counted - sums.again
        self.progress.set_shares([Share(Decimal(settled), Tone.OK), Share(Decimal(sums.again), Tone.WARN)],
                                 Decimal(sums.lines or 1))
        self.counted.setText(tr("Посчитано {done} из {all}").format(done=sums.counted, all=sums.lines))
        parts = [tr("осталось {n}").format(n=rest) if rest else "",
                 tr("пересчитать {n}").format(n=sums.again) if sums.again else "",
                 tr("сверх списка {n}").format(n=sums.found) if sums.found else ""]
        self.more.setText(" · ".join(part for part in parts if part))
        self._show_differences(sums)

    def _show_differences(self, sums: CountSums) -> None:
        if sums.short_lines is None or sums.surplus_lines is None:
            self.short.setText("")
            self.surplus.setText("")
            self.more.setText(" · ".join(part for part in (self.more.text(), tr("количество по учёту скрыто")) if part))
        else:
            self.short.setText(_words(tr("Недостача"), sums.short_lines, sums.short_cost))
            self.surplus.setText(_words(tr("Излишки"), sums.surplus_lines, sums.surplus_cost))
            self.short.set_tone("error" if sums.short_lines else "muted")
            self.surplus.set_tone("violet" if sums.surplus_lines else "muted")
            by_cost = sums.short_cost is not None and sums.surplus_cost is not None
            self.balance.set_amounts(
                abs(sums.short_cost or ZERO) if by_cost else Decimal(sums.short_lines),
                (sums.surplus_cost or ZERO) if by_cost else Decimal(sums.surplus_lines))
        for widget in (self.short, self.balance, self.surplus):
            widget.setVisible(sums.short_lines is not None)


def _words(title: str, lines: int, cost: Decimal | None) -> str:
    """«Недостача 12 400,00 ₽ · 7 строк»."""
    if not lines:
        return tr("{title}: нет").format(title=title)
    rows = formatting.plural(lines, tr("строка"), tr("строки"), tr("строк"))
    return f"{title} {formatting.money(abs(cost), 'RUB')} · {rows}" if cost is not None else f"{title}: {rows}"
