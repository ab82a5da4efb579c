"""«Откуда это число»: the moves behind a balance and who holds the reserve; each opens its document."""

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.stock import BalanceOrigin, ExpectedRead, Holder, MoveRead
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import LoadedPreview, Row
from crm_desktop.stock.reserve_actions import Reserve, may_move, may_release, open_menu
from crm_desktop.widgets.buttons import ButtonKind, IconButton
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.labels import ElidedLabel, Label, Link, caption

SHOWN_MOVES = 12


class OriginLines:
    """The newest moves of a balance, the last above; each opens its document."""

    def __init__(self, app: AppContext) -> None:
        self._app = app

    def lines(self, all_moves: Sequence[MoveRead]) -> list[QWidget]:
        return [self._move(move) for move in reversed(all_moves[-SHOWN_MOVES:])]

    def document(self, id: int | None, title: str) -> QWidget:
        if id is None:
            return Label(title or tr("без документа"))
        link = Link(title)
        link.clicked.connect(lambda: self._app.navigator.open("document", id))
        return link

    def _move(self, move: MoveRead) -> QWidget:
        after = tr("осталось {rest}").format(rest=formatting.quantity(move.balance_after))
        money_alone = not move.change and move.value is not None
        change = _change(move.value, " ₽") if money_alone and move.value is not None else _change(move.change)
        return _line(self.document(move.document_id, move.document), change,
                     f"{formatting.day(move.at)} · {tr('себестоимость') if money_alone else move.counterpart}", after)


def _spots(origin: BalanceOrigin) -> list[tuple[str, Decimal]]:
    """Bins with what lies in them, in the order of the walk; what lies in none ends the list."""
    spots = [(spot.code, spot.on_hand) for spot in origin.bins]
    rest = origin.closing - sum((count for _, count in spots), Decimal(0))
    return [*spots, (tr("Не размещено"), rest)] if rest else spots


class OriginPreview(LoadedPreview[BalanceOrigin]):
    """Opening + moves = closing, for the product and place of the current row."""

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self._lines = OriginLines(app)

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
        if origin.value is not None and origin.closing:
            unit = tr("{cost} ₽ за единицу").format(cost=formatting.money(origin.value / origin.closing))
            self.add_block("", [_line(Label(tr("Себестоимость"), FontRole.CAPTION, "muted"),
                                      Label(formatting.money(origin.value) + " ₽"), "", unit)])
        if origin.holders:
            self.add_block(tr("Кто держит резерв"), [self._holder(origin, holder) for holder in origin.holders])
        if origin.bins:
            self.add_block(tr("Где лежит"), [
                _line(Label(code), Label(formatting.quantity(count), FontRole.STRONG), "", "")
                for code, count in _spots(origin)])
        if origin.expected:
            self.add_block(tr("Ожидается"), [self._coming(coming) for coming in origin.expected])
        moves = origin.moves[-SHOWN_MOVES:]
        lines = self._lines.lines(moves)
        before = moves[0].balance_after - moves[0].change if moves else origin.opening
        lines.append(_line(Label(tr("Было раньше"), FontRole.CAPTION, "muted"),
                           Label(formatting.quantity(before)), "", ""))
        self.add_block(tr("Откуда это число"), lines)

    def _holder(self, origin: BalanceOrigin, holder: Holder) -> QWidget:
        until = tr("до {day}").format(day=formatting.day(holder.until)) if holder.until else ""
        shown = _line(self._lines.document(holder.document_id, holder.document),
                      Label(formatting.quantity(holder.quantity), FontRole.STRONG), holder.person, until)
        if not (may_move(self.app) or may_release(self.app)):
            return shown
        reserve = Reserve(holder.reservation_id, holder.version, origin.product.title, holder.quantity)
        dots = IconButton(Icon.DOTS_VERTICAL, tr("Что сделать с резервом"), ButtonKind.PLAIN, compact=True)
        dots.clicked.connect(lambda: open_menu(self.app, self, dots, reserve, self._ask_again))
        line = row(shown, dots, gap=4)
        line.setStretch(0, 1)
        holder_line = QWidget()
        holder_line.setLayout(line)
        return holder_line

    def _ask_again(self) -> None:
        """A reserve has changed: the balance is asked for anew."""
        key = self.key
        if key is not None:
            self.app.tasks.run(self, lambda: self.load(key), self.show_answer, key="preview")

    def _coming(self, coming: ExpectedRead) -> QWidget:
        due = tr("к {day}").format(day=formatting.day(coming.due)) if coming.due else tr("срок не указан")
        return _line(self._lines.document(coming.document_id, coming.document),
                     Label(formatting.quantity(coming.quantity), FontRole.STRONG), due, "")


def _change(change: Decimal, unit: str = "") -> Label:
    sign = "+" if change > 0 else ""
    text = formatting.money(change) if unit else formatting.quantity(change)
    return Label(sign + text + unit, FontRole.STRONG, "ok" if change > 0 else "error")


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
