"""The rules of an import: what to do with known records, how they are found, prices, what is remembered."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crm_contract.exchange import IMPORT_MODES, MATCH_CHOICES, PRICE_FIELDS, ImportMode, ImportTarget, MatchBy
from crm_contract.lists import Choice
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import Card, column
from crm_desktop.widgets.choice_fields import CheckBox, ComboField
from crm_desktop.widgets.text_fields import TextEdit


class RulesCard(Card):
    """Mode, match, prices, what is remembered. Writes into the setup; `changed` when the rows read differently."""

    changed = Signal()

    def __init__(self, setup: ImportSetup, parent: QWidget | None = None) -> None:
        super().__init__(tr("Правила"), parent=parent)
        self._setup = setup
        self._has_price_kinds = False
        is_party = setup.target is ImportTarget.PARTIES
        self._mode = ComboField(tr("Что делать"), IMPORT_MODES, blank=False)
        self._match = ComboField(tr("Искать клиента по") if is_party else tr("Искать товар по"),
                                 MATCH_CHOICES[setup.target], blank=False)
        self._prices = ComboField(tr("Цены записать в"), hint=tr("основной вид цен"))
        self._with_vat = CheckBox(tr("Цены в файле с НДС"))
        self._remember = CheckBox(tr("Запомнить сопоставление") if is_party else tr("Запомнить для поставщика"))
        self._name = TextEdit(hint=tr("Под каким именем"), max_length=120)
        self._skip_bad = CheckBox(tr("Ошибочные пропустить"))
        self._hidden = CheckBox(tr("Читать скрытые строки"))
        self.report = Button(tr("Скачать строки с причиной"), ButtonKind.QUIET, icon=Icon.DOWNLOAD)
        self.report.hide()
        self.add(column(self._mode, self._match, self._prices, gap=6))
        self.add(column(self._with_vat, self._remember, self._name, self._skip_bad, self._hidden, gap=6))
        self.body.addStretch(1)
        self.add(self.report)
        self._show()
        self._wire()

    def set_price_kinds(self, choices: Sequence[Choice]) -> None:
        self._prices.set_choices(choices)
        self._prices.set_value(self._setup.price_kind_id or "")
        self._has_price_kinds = len(choices) > 1
        self.show_mapping()

    def show_mapping(self) -> None:
        """The rules about prices stand only while a column holds one."""
        priced = self._setup.has_any(PRICE_FIELDS)
        self._prices.setVisible(priced and self._has_price_kinds)
        self._with_vat.setVisible(priced)

    def _show(self) -> None:
        setup = self._setup
        self._mode.set_value(setup.mode)
        self._match.set_value(setup.match_by)
        self._prices.set_value(setup.price_kind_id or "")
        self._with_vat.setChecked(setup.prices_include_vat)
        self._remember.setChecked(bool(setup.remember_as))
        self._name.set_value(setup.remember_as)
        self._name.setVisible(bool(setup.remember_as))
        self._skip_bad.setChecked(setup.skip_bad)
        self._hidden.setChecked(setup.include_hidden)
        self._hidden.setVisible(bool(setup.sheet.hidden_rows))
        self.show_mapping()

    def _wire(self) -> None:
        for field in (self._mode, self._match, self._prices):
            field.edited.connect(self._take)
        for box in (self._with_vat, self._skip_bad, self._hidden):
            box.toggled.connect(self._take)
        self._remember.toggled.connect(self._on_remember)
        self._name.edited.connect(self._take_name)

    def _take(self) -> None:
        setup = self._setup
        setup.mode, setup.match_by = ImportMode(self._mode.value()), MatchBy(self._match.value())
        setup.price_kind_id = int(self._prices.value()) if self._prices.value() else None
        setup.prices_include_vat = self._with_vat.isChecked()
        setup.skip_bad, setup.include_hidden = self._skip_bad.isChecked(), self._hidden.isChecked()
        self.changed.emit()

    def _on_remember(self, on: bool) -> None:
        if on and not self._name.value():
            self._name.set_value(self._setup.suggested_name)
        self._name.setVisible(on)
        self._take_name()

    def _take_name(self) -> None:
        """The name is only told at the load: the rows read the same."""
        self._setup.remember_as = self._name.value() if self._remember.isChecked() else ""
