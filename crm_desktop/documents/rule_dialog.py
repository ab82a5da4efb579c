"""The norm of stock of a product on a warehouse, or of many at once, in a dialog; saved at once."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_contract.base import Ref
from crm_contract.stock_rules import RuleChange, RuleRead, RulesBody, RulesSaved
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.lists.picks import pick_search
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.form import Form, Row, cell
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.number_fields import IntegerEdit, QuantityEdit
from crm_desktop.widgets.ref_edit import RefEdit

ROUTE = "/api/stock/rules"
_REFS = {"supplier_id": "supplier", "donor_id": "donor"}
_FIGURES = ("minimum", "target", "maximum", "pack", "lead_days")
Saved = Callable[[RulesSaved], object]


class RuleDialog(Dialog):
    """`rows` are the rules that are set alike, `(product, place)` with None for what is asked; a single `rule` shows
    what it is. Of several, what is left empty stays as it is."""

    def __init__(self, app: AppContext, parent: QWidget | None, heading: str,
                 rows: Sequence[tuple[int | None, int | None]], saved: Saved, rule: RuleRead | None = None,
                 product: Ref | None = None) -> None:
        super().__init__(parent, heading, width=560)
        self._app, self._rows, self._saved, self._rule = app, rows, saved, rule
        self._many = len(rows) > 1
        self.form = Form(self._fields(app, product))
        self.add(self.form)
        self._told = Label("", FontRole.BODY, "error", wrap=True)
        self._told.hide()
        self.add(self._told)
        self.add(Label(self._hint(), FontRole.CAPTION, "muted", wrap=True))
        self.form.finished.connect(self._save)
        self.add_button(tr("Отмена"))
        self.save = self.add_button(tr("Записать"), self._save, ButtonKind.PRIMARY)
        if rule is not None:
            self.form.set_values({name: getattr(rule, name) for name in _FIGURES}
                                 | {name: getattr(rule, field) for name, field in _REFS.items()})
        elif not self._many:
            self.form.set_values({"pack": Decimal(1)})

    def _fields(self, app: AppContext, product: Ref | None) -> list[Row]:
        one = not self._many
        rows: list[Row] = []
        if any(asked is None for asked, _ in self._rows):
            field = RefEdit(tr("Товар"), pick_search(app, "product"), required=True)
            field.set_value(product)
            rows.append([cell("product_id", field, 12)])
        if any(place is None for _, place in self._rows):
            rows.append([cell("place_id", RefEdit(tr("Склад"), pick_search(app, "warehouse"), required=True), 12)])
        return [
            *rows,
            [cell("minimum", QuantityEdit(tr("Минимум"), required=one), 4),
             cell("target", QuantityEdit(tr("Пополнять до"), required=one), 4),
             cell("maximum", QuantityEdit(tr("Максимум")), 4)],
            [cell("pack", QuantityEdit(tr("Кратно упаковке"), minimum=Decimal("0.001"), required=one), 4),
             cell("lead_days", IntegerEdit(tr("Срок поставки, дней"), maximum=365), 4)],
            [cell("donor_id", RefEdit(tr("Сначала со склада"), pick_search(app, "warehouse")), 6),
             cell("supplier_id", RefEdit(tr("Поставщик"), pick_search(app, "party")), 6)],
        ]

    def _hint(self) -> str:
        if self._many:
            return tr("Пустые поля у выбранных не изменятся.")
        return tr("Без склада и поставщика товар возьмут там, где есть лишнее, а остальное закажут у последнего"
                  " поставщика. Пустой срок — как возит поставщик.")

    def _save(self) -> None:
        if not self.form.validate():
            return
        values: dict[str, Any] = self.form.values()
        key = {"product_id": values.pop("product_id", None), "place_id": values.pop("place_id", None)}
        if self._many:
            values = {name: value for name, value in values.items() if value is not None}
            if not values:
                self._tell(tr("Заполните хотя бы одно поле."))
                return
        version = self._rule.version if self._rule is not None else None
        body = RulesBody(rules=[
            RuleChange(product_id=product or key["product_id"], place_id=place or key["place_id"], version=version,
                       **values) for product, place in self._rows])
        self._app.tasks.run(self, lambda: self._app.api.post(ROUTE, RulesSaved, body), self._done, self._failed,
                            busy=self.save)

    def _done(self, saved: RulesSaved) -> None:
        self.accept()
        self._saved(saved)

    def _failed(self, error: BaseException) -> None:
        problem = problem_of(error)
        left = self.form.set_errors(problem.field_errors)
        if left or not problem.field_errors:
            self._tell(problem.text)

    def _tell(self, text: str) -> None:
        self._told.setText(text)
        self._told.show()
        self.adjustSize()


def ask_rule(app: AppContext, parent: QWidget, saved: Saved, rule: RuleRead | None = None,
             product: Ref | None = None) -> RuleDialog:
    """One norm: a new one (of `product`, or of any), or `rule` as it is."""
    if rule is not None:
        heading, rows = f"{rule.product.title} — {rule.place.title}", [(rule.product.id, rule.place.id)]
    else:
        heading, rows = tr("Новая норма запаса"), [(product.id if product else None, None)]
        heading = f"{heading}: {product.title}" if product else heading
    return _opened(RuleDialog(app, parent, heading, rows, saved, rule))


def ask_rules(app: AppContext, parent: QWidget | None, rows: Sequence[tuple[int, int | None]],
              saved: Saved) -> RuleDialog:
    """Norms of several products alike; a place of None is asked for."""
    return _opened(RuleDialog(app, parent, tr("Нормы запаса: {n}").format(n=len(rows)), rows, saved))


def _opened(dialog: RuleDialog) -> RuleDialog:
    dialog.open()
    dialog.form.focus_first()
    return dialog
