"""The Qt model over `LineRows`: a number column, the kind's columns, and the empty entry row at the end."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from crm_contract.catalog import Tracking
from crm_contract.kinds import LineColumn
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.line_rows import NUMERIC, Line, LineRows, parse_value

_Index = QModelIndex | QPersistentModelIndex
EDITABLE = frozenset({
    LineColumn.SKU, LineColumn.NAME, LineColumn.PAPER, LineColumn.QUANTITY, LineColumn.PRICE, LineColumn.DISCOUNT,
    LineColumn.VAT_RATE, LineColumn.CONDITION, LineColumn.NOTE, LineColumn.LOTS,
    LineColumn.BIN, LineColumn.BIN_TO,
})
PRODUCT = frozenset({LineColumn.SKU, LineColumn.NAME})


@cache
def column_title(column: LineColumn) -> str:
    return {
        LineColumn.SKU: tr("Артикул"), LineColumn.NAME: tr("Номенклатура"), LineColumn.QUANTITY: tr("Кол-во"),
        LineColumn.UNIT: tr("Ед."), LineColumn.FREE: tr("Свободно"), LineColumn.PRICE: tr("Цена"),
        LineColumn.DISCOUNT: tr("Скидка, %"), LineColumn.VAT_RATE: tr("НДС"), LineColumn.VAT: tr("Сумма НДС"),
        LineColumn.TOTAL: tr("Всего, ₽"), LineColumn.NOTE: tr("Примечание"),
        LineColumn.PAPER: tr("По документу"), LineColumn.LOTS: tr("Номера"),
        LineColumn.DIFFERENCE: tr("Разница"), LineColumn.CONDITION: tr("Состояние"),
        LineColumn.BIN: tr("Ячейка"), LineColumn.BIN_TO: tr("В ячейку"),
    }[column]


class LineModel(QAbstractTableModel):
    """Column 0 is the number of the line; `columns[n - 1]` is column n."""

    edited = Signal()

    def __init__(self, columns: Sequence[LineColumn], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = list(columns)
        self.rows = LineRows()
        self.rows.priced = LineColumn.PRICE in self.columns
        self.editable = True
        self.errors: dict[tuple[int, str], str] = {}

    # --- content ---------------------------------------------------------------------------------------------------

    def set_lines(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.rows.set(lines)
        self.errors.clear()
        self.endResetModel()

    def set_editable(self, on: bool) -> None:
        if on != self.editable:
            self.beginResetModel()
            self.editable = on
            self.endResetModel()

    def insert_lines(self, place: int, *lines: Line) -> None:
        self.beginInsertRows(QModelIndex(), place, place + len(lines) - 1)
        self.rows.insert(place, *lines)
        self.endInsertRows()
        self.edited.emit()

    def remove_lines(self, places: Sequence[int]) -> list[Line]:
        self.beginResetModel()
        gone = self.rows.remove(places)
        self.endResetModel()
        self.edited.emit()
        return gone

    def copy_line(self, place: int) -> None:
        self.beginInsertRows(QModelIndex(), place + 1, place + 1)
        self.rows.copy(place)
        self.endInsertRows()
        self.edited.emit()

    def move_line(self, place: int, step: int) -> bool:
        moved = self.rows.move(place, step)
        if moved:
            self.refresh()
            self.edited.emit()
        return moved

    def put(self, place: int, column: LineColumn, value: Any) -> None:
        if getattr(self.rows.lines[place], column.value) == value:
            return
        self.rows.put(place, column, value)
        self._forget_error(place, column)
        self.refresh()
        self.edited.emit()

    def put_product(self, place: int, data: Mapping[str, Any]) -> None:
        self.rows.put_product(place, data)
        self._forget_error(place)
        self.refresh()
        self.edited.emit()

    def set_bins(self, column: LineColumn, bins: Mapping[int, str]) -> None:
        """What was named and is not among them is of another warehouse: it is forgotten while one edits."""
        self.rows.bins[column] = dict(bins)
        if self.editable:
            for line in self.rows.lines:
                if getattr(line, column.value) not in bins:
                    setattr(line, column.value, None)
        self.refresh()

    def put_hints(self, hints: Mapping[int, Mapping[str, Any]]) -> None:
        """Fresh `free` (and, where given, other values) by product id: not an edit of the person."""
        for line in self.rows.lines:
            hint = hints.get(line.product_id or 0)
            for name in ("free", "price", "vat_rate"):
                if hint is not None and name in hint:
                    setattr(line, name, hint[name])
        self.refresh()

    def undo(self) -> bool:
        self.beginResetModel()
        done = self.rows.undo()
        self.endResetModel()
        if done:
            self.edited.emit()
        return done

    def refresh(self) -> None:
        """Sums of every line may differ: repaints all."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, self.columnCount() - 1))

    def set_errors(self, errors: Mapping[str, str]) -> dict[str, str]:
        """Takes `lines.2.quantity`-style paths (zero-based); returns what is not about lines."""
        self.errors.clear()
        left = {}
        for path, message in errors.items():
            parts = path.split(".")
            known = len(parts) >= 2 and parts[0] == "lines" and parts[1].isdigit()
            if known and int(parts[1]) < len(self.rows.lines):
                self.errors[self.rows.lines[int(parts[1])].key, parts[2] if len(parts) > 2 else ""] = message
            else:
                left[path] = message
        self.refresh()
        return left

    def error_of(self, place: int, column: LineColumn | None = None) -> str:
        """The message of a cell, or of anything in the line."""
        key = self.rows.lines[place].key
        if column is not None:
            name = "product_id" if column is LineColumn.NAME else column.value
            return self.errors.get((key, column.value), "") or self.errors.get((key, name), "")
        return next((message for (line, _), message in self.errors.items() if line == key), "")

    def set_error(self, place: int, column: LineColumn, message: str) -> None:
        self.errors[self.rows.lines[place].key, column.value] = message
        self.refresh()

    def _forget_error(self, place: int, column: LineColumn | None = None) -> None:
        key = self.rows.lines[place].key
        keep = {place: text for place, text in self.errors.items()
                if place[0] != key or (column is not None and place[1] != column.value)}
        self.errors = keep

    def title_of(self, column: LineColumn) -> str:
        """Beside what a paper says the quantity is what has come."""
        is_came = column is LineColumn.QUANTITY and LineColumn.PAPER in self.columns
        return tr("Принято") if is_came else column_title(column)

    def parse(self, column: LineColumn, text: str) -> Decimal | None:
        """A typed number of a column; raises ValueError with a message."""
        return parse_value(column, text, may_be_nothing=LineColumn.PAPER in self.columns)

    # --- Qt --------------------------------------------------------------------------------------------------------

    def is_ghost(self, row: int) -> bool:
        """The entry row: «Артикул, название или скан…»."""
        return self.editable and row == len(self.rows.lines)

    def column_at(self, section: int) -> LineColumn | None:
        return self.columns[section - 1] if section > 0 else None

    def section_of(self, column: LineColumn) -> int:
        return self.columns.index(column) + 1 if column in self.columns else -1

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self.rows.lines) + (1 if self.editable else 0)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self.columns) + 1

    def flags(self, index: _Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        base = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        column = self.column_at(index.column())
        if not self.editable or column not in EDITABLE:
            return base
        if self.is_ghost(index.row()) and column not in PRODUCT:
            return base
        if column is LineColumn.LOTS and self.rows.lines[index.row()].tracking == Tracking.NONE:
            return base
        return base | Qt.ItemFlag.ItemIsEditable

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column, ghost = self.column_at(index.column()), self.is_ghost(index.row())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return self._alignment(column)
        if role == Qt.ItemDataRole.ToolTipRole and not ghost:
            return self.error_of(index.row(), column) or None
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.EditRole):
            return None
        if ghost:
            return self._ghost_text(index, column, role)
        if column is None:
            # The number follows from the place, so it is no data of the line; the delegate paints it.
            return str(index.row() + 1) if role == Qt.ItemDataRole.AccessibleTextRole else None
        text = self.rows.text(self.rows.lines[index.row()], column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            error = self.error_of(index.row(), column)
            return f"{self.title_of(column)}: {text}" + (f". {error}" if error else "")
        return text

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column = self.column_at(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return "№" if column is None else self.title_of(column)
        return self._alignment(column) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def _ghost_text(self, index: _Index, column: LineColumn | None, role: int) -> str:
        is_entry = column in PRODUCT and role == Qt.ItemDataRole.AccessibleTextRole
        return tr("Новая строка: артикул, название или скан") if is_entry else ""

    @staticmethod
    def _alignment(column: LineColumn | None) -> Qt.AlignmentFlag:
        right = column is None or column in NUMERIC
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        return side | Qt.AlignmentFlag.AlignVCenter
