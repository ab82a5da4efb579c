"""The rows of the file as the server reads them now, page by page, with their problems and the mapping above."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.exchange import PRICE_FIELDS, Bucket, DryRun, DryRunQuery, ImportCounts, PreviewRow
from crm_contract.lists import Column, ListQuery, Page
from crm_desktop.exchange.mapping_header import MappingHeader
from crm_desktop.exchange.questions import Band, bands_of
from crm_desktop.exchange.rows_delegate import NUMBER_WIDTH, RowsDelegate
from crm_desktop.exchange.rows_view import RowsView
from crm_desktop.exchange.setup import ImportSetup
from crm_desktop.kit import fonts
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.empty import EmptyState
from crm_desktop.widgets.focus_order import tab_through
from crm_desktop.widgets.paged_model import PAGE_ROWS, PagedModel, PageDone, PageFailed
from crm_desktop.widgets.table_delegate import PADDING

WIDEST, NARROWEST, ELASTIC_NARROWEST = 240, 76, 170
_NUMBERS = frozenset({*PRICE_FIELDS, "stock", "min_stock", "payment_days"})
#: The columns that take the spare room.
_ELASTIC = frozenset({"name", "full_name", "legal_address", "actual_address", "contact", "note"})
DryRunDone = Callable[[DryRun], None]
#: Asks the server for a page of rows; must return at once.
DryRunLoader = Callable[[DryRunQuery, DryRunDone, PageFailed], None]
_Index = QModelIndex | QPersistentModelIndex


class RowsModel(PagedModel):
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A screen reader hears the problems of the row after its cells."""
        said = super().data(index, role)
        row = self.row(index.row()) if role == Qt.ItemDataRole.AccessibleTextRole and index.isValid() else None
        if row is None:
            return said
        bands: Sequence[Band] = row.data["bands"]
        return " ".join([said, *(f"{band.lead} {band.text}" for band in bands)])


class RowsTable(QWidget):
    """Made for one sheet under one heading. `loader` brings pages; `counted` tells the counts of each answer."""

    mapped = Signal(int, str)
    counted = Signal(object)
    loading_changed = Signal(bool)
    failed = Signal(object)
    current_changed = Signal(object)    # PreviewRow or None

    def __init__(self, setup: ImportSetup, loader: DryRunLoader, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._setup = setup
        self._loader = loader
        self._only: list[Bucket] = []
        self._code = ""
        headings = setup.headings()
        columns = [Column("number", tr("№ строки"), width=NUMBER_WIDTH, sortable=False)]
        columns += [Column(f"c{guess.column}", headings[number] or guess.letter, sortable=False)
                    for number, guess in enumerate(setup.columns)]
        self.model = RowsModel(columns, self._load, self)
        self.view = RowsView(self)
        self.delegate = RowsDelegate(self.view, self._is_number)
        self.header = MappingHeader(self.view, setup.target, setup.columns, headings)
        self.view.setHorizontalHeader(self.header)
        self.view.set_up_rows(self.model, self.delegate, tr("Строки файла"))
        for column in setup.blank_columns():
            self.header.hideSection(column + 1)
        self._empty = EmptyState(tr("Таких строк нет"), parent=self.view)
        self._empty.setAutoFillBackground(True)
        self._empty.setBackgroundRole(QPalette.ColorRole.Base)
        self._empty.hide()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.view)
        self.setFocusProxy(self.view)
        tab_through(*self.header.combos, self.view)
        self._wire()

    # --- for the step ----------------------------------------------------------------------------------------------

    def load(self) -> None:
        self.model.reload()

    def refresh(self) -> None:
        """The options changed: the old rows stay until the new ones are here."""
        self.show_mapping()
        self.model.refresh()

    def set_filter(self, only: Sequence[Bucket], code: str = "") -> None:
        if (list(only), code) != (self._only, self._code):
            self._only, self._code = list(only), code
            self.model.reload()

    def set_mapping_edited(self, on: bool) -> None:
        self.header.set_edited(on)
        self.view.set_header_height()

    def show_mapping(self) -> None:
        self.header.set_mapping(self._setup.mapping, is_missing=bool(self._setup.missing()))
        self._fit()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _wire(self) -> None:
        self.header.mapped.connect(self.mapped)
        self.model.modelReset.connect(self._after_reset)
        self.model.dataChanged.connect(lambda first, last, *_: self._fit_heights(first.row(), last.row()))
        self.model.arrived.connect(self._tell_current)
        self.model.loading_changed.connect(self.loading_changed)
        self.model.failed.connect(self.failed)
        self.view.resized.connect(self._fit)
        self.view.selectionModel().currentRowChanged.connect(self._tell_current)

    def _load(self, query: ListQuery, done: PageDone, failed: PageFailed) -> None:
        code, answers, is_ready = self._code, self._setup.answers, not self._setup.missing()

        def arrived(run: DryRun) -> None:
            self.counted.emit(run.counts)
            # Without a column for the name every row would say that it has none.
            rows = [_as_data(row, bands_of(row, answers, code) if is_ready else ()) for row in run.rows]
            done(Page(rows=rows, total=run.rows_total, total_exact=True))

        self._loader(DryRunQuery(options=self._setup.options(), only=self._only, code=code, offset=query.offset,
                                 limit=query.limit), arrived, failed)

    def _after_reset(self) -> None:
        empty = self.model.total == 0
        self._empty.setVisible(empty)
        if empty:
            self._empty.setGeometry(self.view.viewport().geometry())
            self._empty.raise_()
        if self.model.total:
            self._fit_heights(0, min(self.model.rowCount(), PAGE_ROWS) - 1)  # a reset brings the first page
            if not self.view.currentIndex().isValid():
                self.view.selectRow(0)

    def _fit_heights(self, first: int, last: int) -> None:
        """Room for the bands of rows that came; what is on the screen stays where it is."""
        view, header = self.view, self.view.verticalHeader()
        anchor = view.rowAt(0)
        before = header.sectionPosition(anchor) if anchor >= 0 else 0
        for number in range(first, last + 1):
            row = self.model.row(number)
            if row is None:
                continue
            height = self.delegate.height_of(row.data["bands"])
            if header.sectionSize(number) != height:
                header.resizeSection(number, height)
        moved = header.sectionPosition(anchor) - before if anchor >= 0 else 0
        if moved:
            view.verticalScrollBar().setValue(view.verticalScrollBar().value() + moved)

    def _tell_current(self, *_: Any) -> None:
        self.current_changed.emit(self.view.current())

    def _is_number(self, section: int) -> bool:
        return section > 0 and self._setup.mapping.get(self._setup.columns[section - 1].column) in _NUMBERS

    def _fit(self) -> None:
        """Each column as its samples and its field need; the names and addresses share the rest."""
        columns = {section: column.column for section, column in enumerate(self._setup.columns, start=1)
                   if not self.header.isSectionHidden(section)}
        scale = max(1, fonts.px(100)) / 100
        widths = {0: fonts.px(NUMBER_WIDTH)}
        for section, column in columns.items():
            words = self._words_width(section, column) + 2 * PADDING + 6
            wanted = max(words, self.header.combo_width(section), round(NARROWEST * scale))
            widths[section] = min(wanted, round(WIDEST * scale))
        elastic = [section for section, column in columns.items()
                   if self._setup.mapping.get(column) in _ELASTIC] or list(columns)
        spare = self.view.viewport().width() - sum(widths.values())
        if spare < 0 and elastic and widths[elastic[0]] + spare >= round(ELASTIC_NARROWEST * scale):
            widths[elastic[0]] += spare  # a long name gives way before the table scrolls sideways
        for place, section in enumerate(elastic):
            if spare > 0:
                widths[section] += spare // len(elastic) + (spare % len(elastic) if not place else 0)
        for section, width in widths.items():
            self.header.resizeSection(section, width)
        self.view.relayout()

    def _words_width(self, section: int, column: int) -> int:
        """What most cells of a column need; numbers need all of it."""
        metrics = self.view.fontMetrics()
        needed = sorted(metrics.horizontalAdvance(row.cells[column]) for row in self._setup.sheet.sample
                        if column < len(row.cells) and row.cells[column])
        if not needed:
            return 0
        return needed[-1] if self._is_number(section) else needed[len(needed) * 4 // 5 - 1]

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange and hasattr(self, "delegate"):
            self.delegate.refresh_fonts()
            self._fit()
            self._fit_heights(0, self.model.rowCount() - 1)


def _as_data(row: PreviewRow, bands: Sequence[Band]) -> dict[str, Any]:
    cells = {f"c{column}": text for column, text in enumerate(row.cells)}
    return {"id": row.number, "number": str(row.number), **cells, "row": row, "bands": bands}


def counts_of(counts: ImportCounts, *buckets: Bucket) -> int:
    return sum(counts.buckets.get(bucket, 0) for bucket in buckets)
