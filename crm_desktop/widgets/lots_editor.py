"""The cell of serial numbers and lots: a small page over the table, one number in a line.

A scanner ends each number with Enter, a column is pasted as it is. A lot is «партия; количество; годен до»; for a
serial number the rest of the line is not needed.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QRect
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from crm_contract.catalog import Tracking
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.typed_input import parse_date, parse_decimal
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.line_rows import Line

WIDTH, ROWS, FOOT = 320, 7, 26


class LotsEditor(QPlainTextEdit):
    """`lots()` answers rows of `LineLot` as JSON, or raises ValueError with a message for the person."""

    def __init__(self, parent: QWidget, line: Line) -> None:
        super().__init__(parent)
        self._table = parent
        self._line = line
        self.setAccessibleName(tr("Номера или партии, по одному в строке"))
        self.setPlaceholderText(tr("Сканируйте или вставьте столбец:\nпо одному номеру в строке")
                                if line.tracking == Tracking.SERIAL
                                else tr("партия; количество; годен до\nпо одной партии в строке"))
        self.setTabChangesFocus(True)
        self.setFont(font(FontRole.BODY, tabular=True))
        self.setViewportMargins(0, 0, 0, fonts.px(FOOT))
        self.setPlainText(line.lots_typed or "\n".join(lot_words(lot, line.tracking) for lot in line.lots))
        self._foot = Label("", FontRole.CAPTION, "muted", parent=self)
        self._foot.setContentsMargins(8, 0, 8, 0)
        self.textChanged.connect(self._count)
        self._count()

    def lots(self) -> list[dict[str, Any]]:
        return parse_lots(self.toPlainText(), self._line.tracking)

    def place(self, cell: QRect) -> QRect:
        """Over the cell and below it, within the table."""
        room = self._table.rect()
        area = QRect(cell.topLeft(), cell.size())
        area.setWidth(max(cell.width(), fonts.px(WIDTH)))
        area.setHeight(min(room.height(), self.fontMetrics().lineSpacing() * ROWS + fonts.px(FOOT) + 14))
        area.moveRight(min(area.right(), room.right()))
        area.moveBottom(min(area.bottom(), room.bottom()))
        return area

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        height = fonts.px(FOOT)
        self._foot.setGeometry(2, self.height() - height - 2, self.width() - 4, height)

    def _count(self) -> None:
        """How many are named, and whether that is right."""
        try:
            named = sum((Decimal(lot["quantity"]) for lot in self.lots()), Decimal(0))
        except ValueError as error:
            self._tell(str(error), "error")
            return
        self._tell(tr("{named} из {all}  ·  Tab — готово").format(
            named=formatting.quantity(named), all=formatting.quantity(self._line.quantity)),
            "ok" if named == self._line.quantity else "warn")

    def _tell(self, text: str, tone: str) -> None:
        self._foot.setText(text)
        self._foot.set_tone(tone)


def lot_words(lot: dict[str, Any], tracking: str) -> str:
    """A line of the editor."""
    if tracking == Tracking.SERIAL:
        return str(lot["code"])
    words = f"{lot['code']}; {formatting.quantity(Decimal(lot['quantity']))}"
    return f"{words}; {formatting.day(date.fromisoformat(lot['expires']))}" if lot["expires"] else words


def parse_lots(text: str, tracking: str) -> list[dict[str, Any]]:
    """The lines of the editor; raises ValueError that names the line."""
    found: dict[str, dict[str, Any]] = {}
    for number, row in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in row.replace("\t", ";").split(";")]
        if not cells[0]:
            continue
        lot = _parse_lot(cells, tracking, number)
        if lot["code"] in found:
            raise ValueError(tr("Строка {number}: {code} уже есть").format(number=number, code=cells[0]))
        found[lot["code"]] = lot
    return list(found.values())


def _parse_lot(cells: Sequence[str], tracking: str, number: int) -> dict[str, Any]:
    quantity, expires = Decimal(1), None
    if tracking == Tracking.LOT:
        try:
            quantity = parse_decimal(cells[1], 3) or Decimal(0) if len(cells) > 1 else Decimal(1)
            expires = parse_date(cells[2], date.today()) if len(cells) > 2 and cells[2] else None
        except ValueError as error:
            raise ValueError(tr("Строка {number}: {error}").format(number=number, error=error)) from None
        if quantity <= 0:
            raise ValueError(tr("Строка {number}: количество больше нуля").format(number=number))
    return {"code": cells[0][:80], "quantity": str(quantity), "expires": expires.isoformat() if expires else None}
