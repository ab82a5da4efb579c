"""Prices of a product: by price kind, each from a day on."""

from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

from PySide6.QtWidgets import QWidget

from crm_contract.base import Ref
from crm_contract.catalog import PriceKindRead, PriceRead
from crm_contract.lists import Choice
from crm_desktop.kit import formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import ComboField
from crm_desktop.widgets.date_field import DateEdit
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.labels import Label, caption
from crm_desktop.widgets.number_fields import AmountEdit
from crm_desktop.widgets.rows_card import RowsCard


class PricesCard(RowsCard[PriceRead]):
    def __init__(self, parent: QWidget | None = None) -> None:
        self._kinds: list[PriceKindRead] = []
        super().__init__(PriceRead, tr("Цены"), tr("Цена"), tr("Без цены товар попадёт в документ по нулю"),
                         self._price, self._ask, parent)

    def set_kinds(self, kinds: Sequence[PriceKindRead]) -> None:
        self._kinds = list(kinds)

    def _price(self, price: PriceRead) -> QWidget:
        holder = QWidget()
        holder.setLayout(row(
            Label(price.price_kind.title, FontRole.MEDIUM),
            caption(tr("с {day}").format(day=formatting.day(price.valid_from))), None,
            Label(f"{formatting.price(price.price)}{formatting.NBSP}₽", FontRole.STRONG)))
        return holder

    def _ask(self, price: PriceRead | None, done: Callable[[PriceRead], None]) -> Dialog:
        dialog = Dialog(self.window(), tr("Цена"), width=420)
        kinds = [Choice(str(kind.id), kind.title) for kind in self._kinds]
        form = Form([
            [cell("kind", ComboField(tr("Вид цен"), kinds, required=True), 12)],
            [cell("price", AmountEdit(tr("Цена, ₽"), required=True, digits=4, minimum=Decimal(0)), 6),
             cell("valid_from", DateEdit(tr("Действует с"), required=True), 6)],
        ])
        main = next((kind for kind in self._kinds if kind.main), None)
        form.set_values({
            "kind": price.price_kind.id if price else (main.id if main else None),
            "price": price.price if price else None, "valid_from": price.valid_from if price else date.today()})
        dialog.add(form)

        def save() -> None:
            if form.validate():
                dialog.accept()
                done(self._made(form))

        form.finished.connect(save)
        dialog.add_button(tr("Отмена"))
        dialog.add_button(tr("Готово"), save, ButtonKind.PRIMARY)
        dialog.open()
        form.field("price").setFocus()
        return dialog

    def _made(self, form: Form) -> PriceRead:
        kind = next(kind for kind in self._kinds if str(kind.id) == form.field("kind").value())
        return PriceRead(price_kind=Ref(id=kind.id, title=kind.title), price=form.field("price").value(),
                         valid_from=form.field("valid_from").value())
