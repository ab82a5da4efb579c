"""Norms of stock of a product on its card: by warehouse, saved at once by those who may set them."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crm_contract.base import Ref
from crm_contract.permissions import Permission
from crm_contract.stock_rules import RuleRead
from crm_desktop.documents.rule_dialog import ask_rule
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import Card, row
from crm_desktop.widgets.labels import Label, Link, caption
from crm_desktop.widgets.rows_card import stacked


class RulesCard(Card):
    """`saved`: a norm was set, the page may read them anew. Without norms only those see it who may set them."""

    saved = Signal()

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(tr("Нормы запаса"), ruled=True, parent=parent)
        self._app = app
        self._product: Ref | None = None
        self._may_edit = app.session.can(Permission.STOCK_RULES)
        self.add_rule = Button(tr("Норма"), ButtonKind.QUIET, icon=Icon.PLUS, compact=True)
        self.add_rule.clicked.connect(lambda: self._ask(None))
        self.add_action(self.add_rule)
        self.add_rule.setVisible(self._may_edit)
        self.setVisible(False)

    def show_rules(self, product: Ref, rules: Sequence[RuleRead]) -> None:
        while (old := self.body.takeAt(0)) is not None:
            if (widget := old.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._product = product
        self.setVisible(bool(rules) or self._may_edit)
        for rule in rules:
            self.add(self._line(rule))
        if not rules:
            self.add(caption(tr("Без нормы товар не попадёт в «Пополнение»")))

    def _line(self, rule: RuleRead) -> QWidget:
        place: QWidget = Label(rule.place.title, FontRole.MEDIUM)
        if self._may_edit:
            place = Link(rule.place.title)
            place.clicked.connect(lambda: self._ask(rule))
        pack = tr("кратно {n}").format(n=formatting.quantity(rule.pack)) if rule.pack != 1 else ""
        where = tr("со склада {name}").format(name=rule.donor.title) if rule.donor else ""
        words = " · ".join(part for part in (where, rule.supplier.title if rule.supplier else "", pack) if part)
        figures = tr("от {low} до {high}").format(
            low=formatting.quantity(rule.minimum), high=formatting.quantity(rule.target))
        if rule.maximum is not None:
            figures = tr("{figures}, не больше {most}").format(
                figures=figures, most=formatting.quantity(rule.maximum))
        line = QWidget()
        line.setLayout(row(stacked(place, caption(words)) if words else place, None,
                           Label(figures, FontRole.STRONG)))
        return line

    def _ask(self, rule: RuleRead | None) -> None:
        ask_rule(self._app, self.window(), lambda _: self.saved.emit(), rule, self._product)
