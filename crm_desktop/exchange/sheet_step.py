"""Step «Лист и заголовок»: which sheet is read and which of its rows are the heading."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.exchange import SheetAnalysis
from crm_contract.lists import Choice, Column, ListQuery, Page, Tone
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.cards import CARD_GAP, Card
from crm_desktop.widgets.choice_fields import CheckBox, ComboField
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.number_fields import IntegerEdit
from crm_desktop.widgets.paged_table import PagedTable

SIDE_WIDTH = 268
NEAR_TOP = 10


class SheetStep(QWidget):
    """Enter or a double click on a row makes it the heading. `changed` is of the sheet, `heading_changed` of that."""

    changed = Signal()
    heading_changed = Signal()

    def __init__(self, setup: ImportSetup, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = setup
        self.table: PagedTable | None = None
        self._card = Card(tr("Начало листа"), note=" ", ruled=True, margins=False)
        sheets = [Choice(sheet.name, sheet_words(sheet)) for sheet in setup.analysis.sheets]
        self.sheet = ComboField(tr("Лист"), sheets, blank=False)
        self.heading = IntegerEdit(tr("Строка заголовка (0 – его нет)"), minimum=0)
        self.two_rows = CheckBox(tr("Заголовок из двух строк"))
        self._words = Label("", FontRole.CAPTION, "muted", wrap=True)
        self._notes = Label("", FontRole.CAPTION, "muted", wrap=True)
        self._lay_out()
        self._show()
        self.sheet.edited.connect(self._on_sheet)
        self.heading.edited.connect(self._on_heading)
        self.two_rows.toggled.connect(self._on_heading)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        rules = Card(tr("Что читать"))
        for widget in (self.sheet, self.heading, self.two_rows, self._words, self._notes):
            rules.add(widget)
        rules.setFixedWidth(SIDE_WIDTH)
        rules.body.addStretch(1)
        self._tables = QVBoxLayout()
        self._card.add(self._tables, 1)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(CARD_GAP)
        line.addWidget(self._card, 1)
        line.addWidget(rules)

    def _show(self) -> None:
        setup, sheet = self._setup, self._setup.sheet
        self.sheet.set_value(setup.sheet_name)
        self.heading.set_value(setup.header_row)
        self.two_rows.blockSignals(True)
        self.two_rows.setChecked(setup.header_height == 2)
        self.two_rows.blockSignals(False)
        self.two_rows.setEnabled(bool(setup.header_row))
        self._card.set_note(tr("Enter на строке делает её заголовком"))
        hidden = formatting.plural(sheet.hidden_rows, tr("скрытая строка"), tr("скрытые строки"), tr("скрытых строк"))
        self._words.setText(tr("Строк с данными: {count}").format(count=formatting.integer(sheet.rows))
                            + (f", {hidden}" if sheet.hidden_rows else ""))
        self._notes.setText("\n".join(setup.analysis.notes))
        self._notes.setVisible(bool(setup.analysis.notes))
        if self.table is None:
            self._show_table()
        else:
            self.table.view.viewport().update()

    def _show_table(self) -> None:
        if self.table is not None:
            self.table.hide()
            self.table.deleteLater()
        sheet = self._setup.sheet
        width = max((len(row.cells) for row in sheet.top), default=len(sheet.columns))
        letters = [column.letter for column in sheet.columns]
        letters += [str(number + 1) for number in range(len(letters), width)]
        columns = [Column("id", tr("№"), width=52, sortable=False, filterable=False)]
        columns += [Column(f"c{number}", letter, sortable=False, filterable=False)
                    for number, letter in enumerate(letters)]
        self.table = PagedTable(columns, self._load, name=tr("Начало листа"), row_tone=self._tone,
                                cell_ink=self._ink)
        self.table.restore_layout({"widths": self._widths(width)})
        self.table.setProperty("role", "")
        self.table.opened.connect(lambda row: self._choose(int(row["id"])))
        self._tables.addWidget(self.table)
        self.table.load()
        self.table.select_id(self._setup.header_row)
        if self._setup.header_row <= NEAR_TOP:
            self.table.view.scrollToTop()

    def _widths(self, count: int) -> dict[str, int]:
        """As the cells need, within bounds: a sheet scrolls sideways, as it does in Excel."""
        metrics, rows = self.fontMetrics(), self._setup.sheet.top
        widths = {}
        for number in range(count):
            needed = sorted(metrics.horizontalAdvance(row.cells[number]) for row in rows if number < len(row.cells))
            middle = needed[len(needed) * 4 // 5 - 1] if needed else 0
            widths[f"c{number}"] = min(max(middle + 30, fonts.px(72)), fonts.px(220))
        return widths

    def _load(self, query: ListQuery, done: Callable[[Page], None], failed: object) -> None:
        rows = [{"id": row.number, **{f"c{number}": text for number, text in enumerate(row.cells)}}
                for row in self._setup.sheet.top]
        done(Page(rows=rows, total=len(rows), total_exact=True))

    def _ink(self, row: dict[str, Any], name: str) -> str:
        return "accent" if self._tone(row) is not None else "muted" if name == "id" else "text"

    def _tone(self, row: dict[str, Any]) -> Tone | None:
        setup = self._setup
        return Tone.INFO if 0 <= int(row["id"]) - setup.header_row < setup.header_height and setup.header_row else None

    def _on_sheet(self) -> None:
        self._setup.choose_sheet(self.sheet.value())
        self._show_table()
        self._show()
        self.changed.emit()

    def _choose(self, row: int) -> None:
        self.heading.set_value(row)
        self._on_heading()

    def _on_heading(self) -> None:
        row = self.heading.value()
        self._setup.set_heading(int(row or 0), 2 if self.two_rows.isChecked() and row else 1)
        self._show()
        self.heading_changed.emit()


def sheet_words(sheet: SheetAnalysis) -> str:
    """«Прайс · 1 246 строк», «Черновик · скрыт»."""
    rows = formatting.plural(sheet.rows, tr("строка"), tr("строки"), tr("строк"))
    return " · ".join([sheet.name, rows, *([tr("скрыт")] if sheet.hidden else [])])
