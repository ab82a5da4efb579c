"""What one choice on the page means for the rest of it: party, place, date, prices, VAT."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from crm_contract.base import Ref
from crm_contract.custody import HeldLine
from crm_contract.documents import FreeElsewhere, LineHintQuery
from crm_contract.vat import VatMode
from crm_desktop.documents.new_document import after_party
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.bars import Toast
from crm_desktop.widgets.suggest import Suggestion

if TYPE_CHECKING:
    from crm_desktop.documents.editor import DocumentEditor
    from crm_desktop.documents.lines_card import LinesCard

PRICES = "prices"


class Reactions(QObject):
    def __init__(self, page: "DocumentEditor") -> None:
        super().__init__(page)
        self._page = page
        self._offered: list[tuple[int | None, Decimal]] = []
        page.form.edited.connect(self._on_edited)
        page.form.party_chosen.connect(self._on_party)
        if page.lines is not None:
            page.lines.place_asked.connect(self.take_place)

    def line_question(self, ids: Sequence[int]) -> LineHintQuery:
        """What to ask of these products, by the header as it is now."""
        form, document = self._page.form, self._page.document
        organization = document.organization if document is not None else None
        return LineHintQuery(
            product_ids=list(ids), place_id=form.id_of("place_id"), party_id=form.id_of("party_id"),
            price_kind_id=form.id_of("price_kind_id"), date=form.day(), kind=self._page.kind.code,
            vat_mode=VatMode(form.values().get("vat_mode") or VatMode.INCLUDED),
            organization_id=organization.id if organization is not None else None)

    def follow_mode(self, *, quietly: bool = False) -> None:
        """The sums of the lines follow «НДС сверху» or «в цене»; quietly: it is no change by the person."""
        mode = self._page.form.values().get("vat_mode")
        if self._page.lines is not None and mode:
            self._page.lines.set_mode(VatMode(mode), quietly=quietly)

    def take_place(self, place: FreeElsewhere) -> None:
        """The whole document takes its goods from another place; undone by one click."""
        form = self._page.form
        before = form.fields()["place_id"].snapshot()
        form.take("place_id", Ref(id=place.place_id, title=place.place))
        toast = Toast(self._page.window(), tr("Склад документа: {place}").format(place=place.place),
                      action=tr("Вернуть"))
        toast.undone.connect(lambda: form.take("place_id", before))

    def reprice(self) -> None:
        """All lines take the prices of the chosen kind."""
        self._page.messages.dismiss(PRICES)
        if self._page.lines is not None:
            self._page.lines.hints.refresh(prices=True)
            self._page.lines.changed.emit()

    def offer_held(self) -> None:
        """What the chosen employee holds becomes the lines, unless the person has typed some."""
        page, lines = self._page, self._page.lines
        holder = page.form.id_of("employee_id")
        if lines is None or holder is None or not page.kind.takes_held or not self._is_offer(lines):
            return
        api, asked = page.api, page.asked.get("product_id")

        def take(held: Sequence[HeldLine]) -> None:
            if page.form.id_of("employee_id") == holder and self._is_offer(lines):
                chosen = [line for line in held if asked in (None, line.product_id)]
                self._offered = [(line.product_id, line.quantity) for line in chosen]
                lines.table.restore([line.model_dump() for line in chosen])

        page.app.tasks.run(page, lambda: api.held_lines(holder), take, key="held")

    def _is_offer(self, lines: "LinesCard") -> bool:
        """The lines are those that were offered: nobody has typed anything."""
        return [(line.product_id, line.quantity) for line in lines.table.lines()] == self._offered

    def _on_edited(self, name: str) -> None:
        lines = self._page.lines
        if lines is None:
            return
        if name == "vat_mode":
            self.follow_mode()
        elif name in ("place_id", "date") or (name == "party_id" and self._page.kind.buys):
            lines.hints.refresh()
        elif name == "employee_id":
            self.offer_held()
        elif name == "price_kind_id" and lines.table.lines():
            self._page.messages.show_message(
                tr("Вид цен изменён."), key=PRICES, buttons=True,
                actions=[(tr("Пересчитать цены в строках"), self.reprice)])

    def _on_party(self, found: Suggestion) -> None:
        page = self._page
        api, kind = page.api, page.kind

        def take(values: Mapping[str, Any]) -> None:
            if page.form.id_of("party_id") == found.id:
                for name, value in values.items():
                    page.form.take(name, value)

        page.app.tasks.run(page, lambda: after_party(api, kind, found.id, found.data), take, key="party")
