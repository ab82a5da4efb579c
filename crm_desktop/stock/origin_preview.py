"""«Откуда это число»: the moves behind a balance and who holds the reserve; each opens its document."""

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.stock import BalanceOrigin, Holder, MoveRead
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.lists.preview import LoadedPreview, Row
from crm_desktop.widgets.labels import ElidedLabel, Label, Link, caption

SHOWN_MOVES = 12


class OriginPreview(LoadedPreview[BalanceOrigin]):
    """Opening + moves = closing, for the product and place of the current row."""

    def key_of(self, row: Row) -> tuple[int, int]:
        return int(row["product"]["id"]), int(row["place"]["id"])

    def heads_of(self, row: Row) -> tuple[str, str]:
        return row["product"]["title"], row["place"]["title"]

    def load(self, key: tuple[int, int]) -> BalanceOrigin:
        product, place = key
        return self.app.api.get("/api/stock/origin", BalanceOrigin, {"product_id": product, "place_id": place})

    def show_answer(self, origin: BalanceOrigin) -> None:
        self.clear()
        self.show_head(origin.product.title, origin.place.title)
        figures = QWidget()
        grid = QGridLayout(figures)
        grid.setContentsMargins(0, 0, 0, 0)
        for column, (title, value) in enumerate((
                (tr("На складе"), origin.closing), (tr("Резерв"), origin.reserved), (tr("Свободно"), origin.free))):
            grid.addWidget(caption(title), 0, column)
            tone = "error" if value < 0 else ("ok" if column == 2 and value > 0 else "")
            grid.addWidget(Label(formatting.quantity(value), FontRole.SECTION, tone), 1, column)
        self.add_block("", [figures])
        if origin.holders:
            self.add_block(tr("Кто держит резерв"), [self._holder(holder) for holder in origin.holders])
        moves = origin.moves[-SHOWN_MOVES:]
        lines = [self._move(move) for move in reversed(moves)]
        before = moves[0].balance_after - moves[0].change if moves else origin.opening
        lines.append(_line(Label(tr("Было раньше"), FontRole.CAPTION, "muted"),
                           Label(formatting.quantity(before)), "", ""))
        self.add_block(tr("Откуда это число"), lines)

    def _move(self, move: MoveRead) -> QWidget:
        after = tr("осталось {rest}").format(rest=formatting.quantity(move.balance_after))
        return _line(self._document(move.document_id, move.document), _change(move.change),
                     f"{formatting.day(move.at)} · {move.counterpart}", after)

    def _holder(self, holder: Holder) -> QWidget:
        until = tr("до {day}").format(day=formatting.day(holder.until)) if holder.until else ""
        return _line(self._document(holder.document_id, holder.document),
                     Label(formatting.quantity(holder.quantity), FontRole.STRONG), holder.person, until)

    def _document(self, id: int | None, title: str) -> QWidget:
        if id is None:
            return Label(title or tr("без документа"))
        link = Link(title)
        link.clicked.connect(lambda: self.app.navigator.open("document", id))
        return link


def _change(change: Decimal) -> Label:
    sign = "+" if change > 0 else ""
    return Label(sign + formatting.quantity(change), FontRole.STRONG, "ok" if change > 0 else "error")


def _line(first: QWidget, value: QWidget, second: str, note: str) -> QWidget:
    """Two lines: what and how many; below, grey, when and what was left."""
    line = QWidget()
    grid = QGridLayout(line)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setVerticalSpacing(0)
    grid.setColumnStretch(1, 1)
    grid.addWidget(first, 0, 0)
    grid.addWidget(value, 0, 2, Qt.AlignmentFlag.AlignRight)
    if second or note:
        grid.addWidget(ElidedLabel(second, FontRole.CAPTION, "muted"), 1, 0, 1, 2)
        grid.addWidget(caption(note), 1, 2, Qt.AlignmentFlag.AlignRight)
    return line
