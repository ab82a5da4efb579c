"""The line table of documents, worked by keyboard like in 1C.

Type or scan into the last row to add a line; Enter goes on, Tab to the next cell; Ins adds, F9 copies, Del removes
(Ctrl+Z brings back), F2 edits, Ctrl+D takes the value from above, Alt+Up/Down move the line, Ctrl+V pastes rows of a
spreadsheet.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_contract.kinds import LineColumn
from crm_contract.lists import Choice
from crm_contract.totals import Sums
from crm_contract.vat import VatMode, VatRate
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.line_model import EDITABLE, PRODUCT, LineModel
from crm_desktop.widgets.line_rows import (
    DIGITS,
    Line,
    PastedRow,
    line_body,
    line_from,
    pasted_cells,
    pasted_rows,
    snapshot_line,
)
from crm_desktop.widgets.line_view import LineView
from crm_desktop.widgets.suggest import Search, Suggestion

#: Looks up many texts at once for pasted rows: `resolve(texts, done)`, `done` gets a Suggestion or None for each.
Resolve = Callable[[Sequence[str], Callable[[Sequence[Suggestion | None]], None]], None]


class LineTable(QWidget):
    """Give it a search (and a resolve for pasting); read `lines()` and `totals()`."""

    changed = Signal()
    removed = Signal(int)              # how many lines went: the page offers the undo
    line_added = Signal(object)        # the new Line, so that the page can ask for its hints
    current_changed = Signal(object)   # a Line or None

    def __init__(self, columns: Sequence[LineColumn], search: Search | None = None, *, resolve: Resolve | None = None,
                 marks_shortage: bool = False, conditions: Sequence[Choice] = (),
                 parent: QWidget | None = None) -> None:
        """`marks_shortage` reddens lines that ask for more than is free (documents that take goods)."""
        super().__init__(parent)
        self.model = LineModel(columns, self)
        self.model.rows.conditions = conditions
        self.view = LineView(self.model, self)
        self.delegate = self.view.delegate
        self.delegate.search = search
        self.delegate.marks_shortage = marks_shortage
        self._resolve = resolve
        self._fresh: int | None = None
        self._worded: int | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.view)
        self.setFocusProxy(self.view)
        self.model.edited.connect(self.changed)
        self.delegate.product_picked.connect(self._on_picked)
        self.delegate.moved.connect(self._on_moved)
        self.delegate.text_entered.connect(self._on_text)
        self.view.step = self._tab
        self.delegate.refused.connect(self.model.set_error)
        self.view.acted.connect(self._act)
        self.view.selectionModel().currentRowChanged.connect(lambda: self.current_changed.emit(self.current_line()))

    # --- for the page ----------------------------------------------------------------------------------------------

    def set_lines(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """From `LineRead.model_dump()` of each line (or a draft's snapshot); there is nothing to undo then."""
        self.model.rows.bin_titles.update({
            place["id"]: place["title"] for data in lines for name in ("bin", "bin_to") if (place := data.get(name))})
        self.model.set_lines([line_from(data) for data in lines])
        self.view.fit()

    def value(self) -> list[dict[str, Any]]:
        """Dicts for `LineBody`; commits an open editor first."""
        self.view.commit()
        return [line_body(line) for line in self.model.rows.lines]

    def lines(self) -> list[Line]:
        return list(self.model.rows.lines)

    def snapshot(self) -> list[dict[str, Any]]:
        return [snapshot_line(line) for line in self.model.rows.lines]

    def restore(self, state: Sequence[Mapping[str, Any]]) -> None:
        self.set_lines(state)
        self.changed.emit()

    def totals(self) -> Sums:
        return self.model.rows.totals()

    def vat_by_rate(self) -> dict[str, Decimal]:
        return self.model.rows.vat_by_rate()

    def set_mode(self, mode: VatMode) -> None:
        """НДС сверху or в цене: the sums follow."""
        self.model.rows.mode = VatMode(mode)
        self.model.refresh()
        self.changed.emit()

    def set_rates(self, rates: Callable[[], Sequence[VatRate]]) -> None:
        """The rates lawful for the seller on the document's date, asked when a cell is edited."""
        self.delegate.rates = rates

    def set_bins(self, column: LineColumn, bins: Mapping[int, str]) -> None:
        """The codes of the zones and bins that the lines may name, by id; the column shows when there are any."""
        self.view.commit()
        self.model.set_bins(column, bins)
        self.view.fit()

    def set_search(self, search: Search) -> None:
        self.delegate.search = search

    def put_hints(self, hints: Mapping[int, Mapping[str, Any]]) -> None:
        """`{product_id: {"free": Decimal, "price": …, "vat_rate": …}}` from the server."""
        self.model.put_hints(hints)
        self.view.fit()  # numbers are asked for when the first product that has them comes

    def set_quantity(self, row: int, quantity: Decimal) -> None:
        """«Взять 2»."""
        self.model.put(row, LineColumn.QUANTITY, quantity)

    def add_product(self, data: Mapping[str, Any]) -> None:
        """From the pick list or a scan outside of the table: a new line, or one more of a line that is there."""
        product = data.get("product_id") or data.get("id")
        place = self.model.rows.place_of_product(int(product)) if product else None
        if place is not None:
            line = self.model.rows.lines[place]
            self.model.put(place, LineColumn.QUANTITY, line.quantity + Decimal(1))
        else:
            self._append(line_from({**data, "id": None, "product_id": product}))

    def set_read_only(self, on: bool) -> None:
        self.view.commit()
        self.model.set_editable(not on)
        self.view.fit()

    def set_errors(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Marks cells by `lines.2.quantity` paths, goes to the first; returns the rest."""
        left = self.model.set_errors(errors)
        for row in range(len(self.model.rows.lines)):
            for section in range(1, self.model.columnCount()):
                if self.model.error_of(row, self.model.column_at(section)):
                    self.view.setCurrentIndex(self.model.index(row, section))
                    self.view.setFocus(Qt.FocusReason.OtherFocusReason)
                    return left
        return left

    def shortages(self) -> list[tuple[int, Line]]:
        return [(number, line) for number, line in enumerate(self.model.rows.lines) if line.is_short]

    def current_line(self) -> Line | None:
        row = self.view.currentIndex().row()
        return self.model.rows.lines[row] if 0 <= row < len(self.model.rows.lines) else None

    def start_entry(self) -> None:
        """Ins: the entry row, ready to type."""
        if not self.model.editable:
            return
        section = next((self.model.section_of(c) for c in self.model.columns if c in PRODUCT), 1)
        self.view.edit_cell(len(self.model.rows.lines), section)

    def undo(self) -> bool:
        row, section = self.view.currentIndex().row(), max(1, self.view.currentIndex().column())
        done = self.model.undo()
        self.view.go(min(row, self.model.rowCount() - 1), section)
        return done

    # --- inside ----------------------------------------------------------------------------------------------------

    def _append(self, line: Line) -> int:
        place = len(self.model.rows.lines)
        self.model.insert_lines(place, line)
        self._fresh = line.key
        self.line_added.emit(line)
        return place

    def _on_picked(self, row: int, item: Suggestion) -> None:
        data = {"name": item.title, **item.data, "product_id": item.id, "id": None}
        if not self.model.is_ghost(row):
            self.model.put_product(row, data)
            self.line_added.emit(self.model.rows.lines[row])
            self.view.edit_cell(row, self.model.section_of(LineColumn.QUANTITY))
            return
        if data.get("scanned"):
            self.add_product({**data, "id": item.id})
            self.start_entry()
            return
        place = self._append(line_from(data))
        self.view.edit_cell(place, self.model.section_of(LineColumn.QUANTITY))

    def _on_text(self, text: str) -> None:
        """Free words typed into the entry row: a line without a product."""
        self._worded = self._append(Line(name=text))

    def _tab(self, by: int) -> bool:
        """Tab outside of an editor: the next cell; past the last one the focus leaves the table."""
        index = self.view.currentIndex()
        if not self.model.editable or not index.isValid():
            return False
        return self._step(index.row(), index.column(), by)

    def _on_moved(self, how: str) -> None:
        index = self.view.currentIndex()
        row, section = index.row(), index.column()
        worded, self._worded = self._worded, None
        if worded is not None and how in ("enter", "tab"):
            self.view.edit_cell(worded, self.model.section_of(LineColumn.QUANTITY))
        elif how in ("up", "down"):
            self.view.go(row + (1 if how == "down" else -1), section)
        elif how == "back":
            self._step(row, section, -1)
        elif how == "enter" and self._is_entry_done(row, section):
            self.start_entry()
        else:
            self._step(row, section, 1, open_editor=how == "enter")

    def _is_entry_done(self, row: int, section: int) -> bool:
        """Enter after the quantity of a line just added: the next line is entered."""
        lines = self.model.rows.lines
        fresh = row < len(lines) and lines[row].key == self._fresh
        return fresh and self.model.column_at(section) is LineColumn.QUANTITY and not self.model.error_of(row)

    def _step(self, row: int, section: int, by: int, *, open_editor: bool = False) -> bool:
        """To the next editable cell, through the ends of the lines; False when there is none."""
        count = self.model.columnCount()
        place = row * count + section + by
        while 0 <= place < self.model.rowCount() * count:
            index = self.model.index(*divmod(place, count))
            if self.model.flags(index) & Qt.ItemFlag.ItemIsEditable:
                if open_editor:
                    self.view.edit_cell(index.row(), index.column())
                else:
                    self.view.go(index.row(), index.column())
                return True
            place += by
        return False

    def _act(self, action: str) -> None:
        index = self.view.currentIndex()
        row, in_line = index.row(), 0 <= index.row() < len(self.model.rows.lines)
        if action == "copy":
            QGuiApplication.clipboard().setText(self._selected_text())
        elif action == "enter":
            self._enter(index)
        elif not self.model.editable:
            return
        elif action == "insert":
            self.start_entry()
        elif action == "duplicate" and in_line:
            self.model.copy_line(row)
            self.view.go(row + 1, self.model.section_of(LineColumn.QUANTITY))
        elif action == "delete" and in_line:
            self._delete()
        elif action == "above" and in_line and row > 0:
            self._copy_from_above(row, index.column())
        elif action == "undo":
            self.undo()
        elif action == "paste":
            self._paste(QGuiApplication.clipboard().text())
        elif action in ("up", "down") and in_line:
            step = 1 if action == "down" else -1
            if self.model.move_line(row, step):
                self.view.go(row + step, index.column())

    def _enter(self, index: QModelIndex) -> None:
        if self.model.flags(index) & Qt.ItemFlag.ItemIsEditable:
            self.view.edit_cell(index.row(), index.column())
        elif self.model.is_ghost(index.row()):
            self.start_entry()
        elif self.model.editable:
            self._step(index.row(), index.column(), 1)

    def _delete(self) -> None:
        rows = sorted({index.row() for index in self.view.selectionModel().selectedIndexes()
                       if index.row() < len(self.model.rows.lines)} or {self.view.currentIndex().row()})
        section = max(1, self.view.currentIndex().column())
        self.model.remove_lines(rows)
        self.view.go(min(rows[0], self.model.rowCount() - 1), section)
        self.removed.emit(len(rows))

    def _copy_from_above(self, row: int, section: int) -> None:
        column = self.model.column_at(section)
        if column is not None and column in EDITABLE and column not in PRODUCT:
            self.model.put(row, column, getattr(self.model.rows.lines[row - 1], column.value))
        self.view.go(min(row + 1, self.model.rowCount() - 1), section)

    def _selected_text(self) -> str:
        rows = sorted({index.row() for index in self.view.selectionModel().selectedIndexes()})
        lines = self.model.rows.lines
        picked = [lines[row] for row in rows if row < len(lines)]
        return "\n".join(
            "\t".join(self.model.rows.text(line, column) for column in self.model.columns) for line in picked)

    def _paste(self, text: str) -> None:
        """One column of numbers into a numeric column goes down from the current cell; else rows become lines."""
        index = self.view.currentIndex()
        column = self.model.column_at(index.column()) if index.isValid() else None
        cells = pasted_cells(text)
        is_column = all(len(row) == 1 for row in cells) and not self.model.is_ghost(index.row())
        if is_column and column is not None and column in DIGITS:
            self._paste_down(index.row(), column, [row[0] for row in cells])
            return
        rows = pasted_rows(text)
        if not rows:
            return
        first = len(self.model.rows.lines)
        made = [Line(name=row.text, quantity=row.quantity, price=row.price or Decimal(0)) for row in rows]
        self.model.insert_lines(first, *made)
        self.view.go(first, self.model.section_of(LineColumn.QUANTITY))
        keys = [line.key for line in made]
        self._doubt(keys, rows)
        if self._resolve is not None:
            self._resolve([row.text for row in rows], lambda found: self._resolved(keys, rows, found))

    def _doubt(self, keys: Sequence[int], rows: Sequence[PastedRow]) -> None:
        """A pasted quantity that is no number is not taken for one in silence."""
        places = {line.key: number for number, line in enumerate(self.model.rows.lines)}
        for key, row in zip(keys, rows, strict=True):
            place = places.get(key)
            if row.doubt and place is not None and self.model.rows.lines[place].quantity == row.quantity:
                self.model.set_error(place, LineColumn.QUANTITY, tr(
                    "Количество «{text}» не понято, поставлена 1: введите число больше нуля").format(text=row.doubt))

    def _paste_down(self, row: int, column: LineColumn, texts: list[str]) -> None:
        for number, text in enumerate(texts[: len(self.model.rows.lines) - row]):
            try:
                self.model.put(row + number, column, self.model.parse(column, text))
            except ValueError as error:
                self.model.set_error(row + number, column, str(error))

    def _resolved(self, keys: Sequence[int], rows: Sequence[PastedRow], found: Sequence[Suggestion | None]) -> None:
        """The server's answer for pasted rows; the person may have changed the table meanwhile."""
        places = {line.key: number for number, line in enumerate(self.model.rows.lines)}
        for key, item in zip(keys, found, strict=True):
            place = places.get(key)
            if place is None:
                continue
            line = self.model.rows.lines[place]
            if item is None:
                self.model.set_error(place, LineColumn.NAME, tr("Товар не найден: выберите из списка (F2, F4)"))
                continue
            data = {"name": item.title, **item.data, "product_id": item.id, "id": None}
            if line.price:
                data["price"] = line.price
            self.model.put_product(place, data)
            self.line_added.emit(self.model.rows.lines[place])
        self._doubt(keys, rows)
