"""A reservation beside the list: who holds what until when, and letting it go."""

from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from crm_contract.base import Created
from crm_contract.permissions import Permission
from crm_contract.stock import ReleaseBody
from crm_contract.stock_lists import RESERVATION_STATES
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import IconLine, Preview, Row
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.dialogs import ask_reason


class ReservationPreview(Preview):
    """Everything comes with the row; only the release asks the server."""

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self._row: Row | None = None
        self._release = Button(tr("Снять резерв"), icon=Icon.LOCK)
        self._release.clicked.connect(self._ask)
        self.add_foot(self._release)

    def show_row(self, row: Row | None) -> None:
        self._row = row
        self.clear()
        self._release.setVisible(False)
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
        self._release.setVisible(state.code == "active" and self.app.session.can(Permission.STOCK_RESERVE))

    def _ask(self) -> None:
        row = self._row
        if row is not None:
            ask_reason(self.window(), tr("Снять резерв: {title}?").format(title=row["product"]["title"]),
                       tr("Снять резерв"), lambda reason: self._send(row["id"], row["version"], reason))

    def _send(self, id: int, version: int, reason: str) -> None:
        body = ReleaseBody(version=version, reason=reason)
        self.app.tasks.run(
            self, lambda: self.app.api.post(f"/api/stock/reservations/{id}/release", Created, body),
            lambda _: self._release.hide(), busy=self._release)
