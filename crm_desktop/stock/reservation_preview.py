"""A reservation beside the list: who holds what until when, letting it go and giving it to another order."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from crm_contract.stock_lists import RESERVATION_STATES
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import IconLine, Preview, Row
from crm_desktop.stock.reserve_actions import Reserve, ask_move, ask_release, may_move, may_release
from crm_desktop.widgets.buttons import Button


class ReservationPreview(Preview):
    """Everything comes with the row; only its actions ask the server."""

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self._row: Row | None = None
        self._release = Button(tr("Снять"), icon=Icon.LOCK)
        self._release.setToolTip(tr("Снять резерв: товар снова свободен"))
        self._release.clicked.connect(lambda: self._do(ask_release))
        self._move = Button(tr("Передать"), icon=Icon.SEND)
        self._move.setToolTip(tr("Передать резерв другому заказу"))
        self._move.clicked.connect(lambda: self._do(ask_move))
        for button in (self._move, self._release):
            self.add_foot(button)

    def show_row(self, row: Row | None) -> None:
        self._row = row
        self.clear()
        self._gone()
        if row is None:
            self.show_head("")
            return
        state = next((choice for choice in RESERVATION_STATES if choice.code == row["state"]), RESERVATION_STATES[0])
        self.show_head(row["product"]["title"], row["place"]["title"], state.title, state.tone)
        rest = formatting.quantity(Decimal(row["rest"]))
        lines = [IconLine(Icon.PACKAGE, tr("Держит {rest}").format(rest=rest), strong=True)]
        if row.get("until"):
            lines.append(IconLine(Icon.CALENDAR_BLANK, tr("До {day}").format(
                day=formatting.day(date.fromisoformat(row["until"])))))
        for icon, name in ((Icon.USER, "person"), (Icon.FILE_TEXT, "document")):
            if row.get(name):
                lines.append(IconLine(icon, row[name]["title"]))
        if row.get("note"):
            lines.append(IconLine(Icon.CHAT, row["note"]))
        self.add_block("", lines)
        self._release.setVisible(state.code == "active" and may_release(self.app))
        self._move.setVisible(state.code == "active" and may_move(self.app))

    def _do(self, act: Callable[..., object]) -> None:
        row = self._row
        if row is not None:
            reserve = Reserve(row["id"], row["version"], row["product"]["title"], Decimal(row["rest"]))
            act(self.app, self, reserve, self._gone)

    def _gone(self) -> None:
        self._release.hide()
        self._move.hide()
