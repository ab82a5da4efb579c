"""The fields of a product."""

from typing import Any

from crm_contract.catalog import PRODUCT_KINDS, TRACKINGS, VAT_KINDS, ProductKind, Tracking
from crm_contract.lists import Choice
from crm_contract.requisites import check_barcode
from crm_contract.units import CONDITIONAL, PIECE, UNITS
from crm_contract.vat import VatKind
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.lists.picks import pick_search
from crm_desktop.widgets.choice_fields import ComboField
from crm_desktop.widgets.form import Form, cell
from crm_desktop.widgets.number_fields import QuantityEdit
from crm_desktop.widgets.ref_edit import RefEdit
from crm_desktop.widgets.text_fields import MultilineEdit, TextEdit

UNIT_CHOICES = tuple(Choice(unit.code, f"{unit.short} ({unit.name.lower()})") for unit in UNITS)


class BarcodesEdit(MultilineEdit):
    """One code per line; `value()` is a list. A scanner ends each code with Enter, which is a new line here."""

    def value(self) -> Any:
        return [line.strip() for line in self.editor.toPlainText().splitlines() if line.strip()]

    def set_value(self, value: Any) -> None:
        super().set_value("\n".join(value or ()))

    def is_empty(self) -> bool:
        return not self.value()

    def _own_error(self) -> str:
        found = [f"{code}: {message}" for code in self.value() if (message := check_barcode(code))]
        return "; ".join(found[:2])


class ProductForm(Form):
    """`body()` has the names of `ProductBody`, without the prices."""

    def __init__(self, app: AppContext) -> None:
        super().__init__([
            [cell("kind", ComboField(tr("Вид"), PRODUCT_KINDS, required=True), 5),
             cell("sku", TextEdit(tr("Артикул"), max_length=60), 7)],
            [cell("name", TextEdit(tr("Наименование"), required=True, max_length=300), 12)],
            [cell("full_name", TextEdit(tr("Наименование для печати"), max_length=500), 12)],
            [cell("group", RefEdit(tr("Группа"), pick_search(app, "product_group")), 7),
             cell("unit", ComboField(tr("Единица"), UNIT_CHOICES, required=True), 5)],
            [cell("vat_kind", ComboField(tr("НДС"), VAT_KINDS, required=True), 5),
             cell("min_stock", QuantityEdit(tr("Минимальный остаток")), 4),
             cell("country", TextEdit(tr("Страна, код"), max_length=3), 3)],
            [cell("tracking", ComboField(tr("Учёт номеров"), TRACKINGS, required=True), 9),
             cell("weight", QuantityEdit(tr("Вес единицы, кг")), 3)],
            [cell("barcodes", BarcodesEdit(tr("Штрихкоды, по одному в строке"), lines=3), 12)],
            [cell("note", MultilineEdit(tr("Примечание"), lines=3, max_length=2000), 12)],
        ])
        self.edited.connect(lambda name: self._follow_kind() if name == "kind" else None)

    def show_new(self) -> None:
        self.set_values({"kind": ProductKind.GOODS, "unit": PIECE, "vat_kind": VatKind.STANDARD,
                         "tracking": Tracking.NONE})

    def set_values(self, values: Any, *, clean: bool = True) -> None:
        super().set_values(values, clean=clean)
        self._arrange()

    def body(self) -> dict[str, Any]:
        values = self.values()
        values["group_id"] = values.pop("group")
        if self._is_service:
            values["tracking"] = Tracking.NONE
        return values

    def _follow_kind(self) -> None:
        """A service is counted in conditional units until somebody says otherwise."""
        unit = self.field("unit")
        if self._is_service and unit.value() == PIECE:
            unit.set_value(CONDITIONAL)
        self._arrange()

    @property
    def _is_service(self) -> bool:
        return self.field("kind").value() in (ProductKind.SERVICE, ProductKind.WORK)

    def _arrange(self) -> None:
        self.set_visible("min_stock", not self._is_service)
        self.set_visible("barcodes", not self._is_service)
        self.set_visible("tracking", not self._is_service)
        self.set_visible("weight", not self._is_service)
