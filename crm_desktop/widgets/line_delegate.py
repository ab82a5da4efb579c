"""Paints the cells of the line table and makes their editors."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QComboBox,
    QCompleter,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from crm_contract.kinds import LineColumn
from crm_contract.lists import Tone
from crm_contract.vat import VatRate
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.theme import color
from crm_desktop.widgets.choice_fields import ComboBox
from crm_desktop.widgets.line_edit import LineEdit
from crm_desktop.widgets.line_model import PRODUCT, LineModel, column_title
from crm_desktop.widgets.line_rows import DIGITS, NUMERIC, Line
from crm_desktop.widgets.lots_editor import LotsEditor
from crm_desktop.widgets.painting import box, draw_key_cap, elided, key_cap_size
from crm_desktop.widgets.product_editor import ProductEditor
from crm_desktop.widgets.suggest import Search, Suggestion

PADDING = 10
BAR = 3
_Index = QModelIndex | QPersistentModelIndex
_LEAVING = {
    Qt.Key.Key_Return: "enter", Qt.Key.Key_Enter: "enter", Qt.Key.Key_Tab: "tab", Qt.Key.Key_Backtab: "back",
    Qt.Key.Key_Up: "up", Qt.Key.Key_Down: "down",
}
#: Keys that a page of numbers keeps for itself: a scanner ends each number with Enter.
_OF_THE_TEXT = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Up, Qt.Key.Key_Down})
BINS = frozenset({LineColumn.BIN, LineColumn.BIN_TO})
_BOLD = frozenset({LineColumn.QUANTITY, LineColumn.TOTAL})


class LineDelegate(QStyledItemDelegate):
    """`moved(forward by Enter or Tab)`: the editor is closed, the view goes on. `product_picked(row, suggestion)`."""

    moved = Signal(str)
    product_picked = Signal(int, object)
    text_entered = Signal(str)
    refused = Signal(int, object, str)

    def __init__(self, view: QTableView, model: LineModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self.search: Search | None = None
        self.rates: Callable[[], Sequence[VatRate]] = lambda: ()
        self.marks_shortage = False

    # --- painting --------------------------------------------------------------------------------------------------

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        area: QRect = option.rect
        column = self._model.column_at(index.column())
        painter.fillRect(area, color("surface"))  # the style has filled a chosen line with the accent
        painter.fillRect(area.left(), area.bottom(), area.width(), 1, color("rule"))
        if self._model.is_ghost(index.row()):
            self._paint_ghost(painter, area, option, index, column)
        else:
            line = self._model.rows.lines[index.row()]
            self._paint_ground(painter, area, option, index)
            self._paint_text(painter, area.adjusted(PADDING, 0, -PADDING, 0), index, column, line)
            if column is not None and self._model.error_of(index.row(), column):
                box(painter, QRectF(area).adjusted(2, 2, -2, -3), 5, None, color("error"), 2)
        if option.state & QStyle.StateFlag.State_HasFocus and self._view.hasFocus():
            box(painter, QRectF(area).adjusted(1, 1, -1, -2), 5, None, color("accent"), 2)

    def is_marked(self, row: int) -> bool:
        """A line in error: refused by the server, or short of goods."""
        line = self._model.rows.lines[row]
        return bool(self._model.error_of(row)) or (self.marks_shortage and line.is_short)

    def _paint_ground(self, painter: QPainter, area: QRect, option: QStyleOptionViewItem, index: _Index) -> None:
        marked = self.is_marked(index.row())
        if marked:
            painter.fillRect(area.adjusted(0, 0, 0, -1), color("error.fill"))
        elif option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area.adjusted(0, 0, 0, -1), color("soft"))
        if marked and index.column() == 0:
            painter.fillRect(area.left(), area.top(), BAR, area.height() - 1, color("error.mark"))

    def _paint_text(
        self, painter: QPainter, area: QRect, index: _Index, column: LineColumn | None, line: Line
    ) -> None:
        text = str(index.row() + 1) if column is None else str(index.data(Qt.ItemDataRole.DisplayRole) or "")
        strong = column in _BOLD or (column is LineColumn.FREE and self.marks_shortage and line.is_short)
        painter.setFont(font(FontRole.STRONG if strong else FontRole.BODY, tabular=column is None or column in NUMERIC))
        painter.setPen(self._ink(column, line))
        align = index.data(Qt.ItemDataRole.TextAlignmentRole)
        painter.drawText(area, align, elided(painter.fontMetrics(), text, area.width()))

    def _ink(self, column: LineColumn | None, line: Line) -> QColor:
        if column is None or column in (LineColumn.UNIT, LineColumn.VAT_RATE):
            return color("muted")
        if column is LineColumn.FREE:
            return color("error" if line.is_short and self.marks_shortage else "ok" if line.free else "muted")
        if column in (LineColumn.PAPER, LineColumn.DIFFERENCE) and line.difference:
            return color("error" if line.difference < 0 else "warn")
        if column is LineColumn.LOTS:
            return color("ok" if line.named == line.quantity else "warn")
        if column is LineColumn.DISCOUNT and not line.discount:
            return color("faint")
        if column is LineColumn.CONDITION:
            tone = self._model.rows.condition_of(line).tone
            return color(tone.value if tone in (Tone.WARN, Tone.ERROR) else "text")
        if column is LineColumn.NAME and line.product_id is None:
            return color("warn") if line.unit and not line.is_service and self.marks_shortage else color("text")
        return color("text")

    def _paint_ghost(self, painter: QPainter, area: QRect, option: QStyleOptionViewItem, index: _Index,
                     column: LineColumn | None) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area.adjusted(0, 0, 0, -1), color("soft"))
        if column is None:
            painter.setFont(font(FontRole.BODY))
            painter.setPen(color("muted"))
            right = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight
            painter.drawText(area.adjusted(0, 0, -PADDING, 0), right, str(index.row() + 1))

    def paint_invitation(self, painter: QPainter, area: QRect) -> None:
        """What may be typed into the entry row, over its cells: `area` begins at the first of them."""
        painter.setFont(font(FontRole.BODY))
        painter.setPen(color("muted"))
        left = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(area.adjusted(PADDING, 0, 0, 0), left, tr("Артикул, название или скан…"))

    def paint_hints(self, painter: QPainter, area: QRect) -> None:
        """Keys at the right end of the entry row."""
        right = area.right() - 14
        hints = (("Ctrl+D", tr("как выше")), ("F9", tr("копия")), ("F2", tr("изменить")))
        for key, word in hints:
            painter.setFont(font(FontRole.CAPTION))
            painter.setPen(color("muted"))
            width = painter.fontMetrics().horizontalAdvance(word)
            flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
            painter.drawText(QRect(right - width, area.top(), width + 2, area.height()), flags, word)
            cap = key_cap_size(key)
            right -= width + 6 + cap.width()
            draw_key_cap(painter, QRectF(right, area.center().y() - cap.height() / 2, cap.width(), cap.height()), key)
            right -= 14

    # --- editing ---------------------------------------------------------------------------------------------------

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: _Index) -> QWidget:
        column = self._model.column_at(index.column())
        if column is LineColumn.VAT_RATE or column is LineColumn.CONDITION:
            return self._choice_editor(parent, column)
        if column is LineColumn.LOTS:
            return LotsEditor(parent, self._model.rows.lines[index.row()])
        editor: LineEdit
        if column in PRODUCT:
            editor = ProductEditor(parent, self.search, index.row())
            editor.picked.connect(self._on_picked)
        else:
            editor = LineEdit(parent=parent)
        if column is LineColumn.BIN or column is LineColumn.BIN_TO:
            editor.setCompleter(self._bin_completer(column, editor))
        editor.setProperty("role", "cell")
        editor.setAccessibleName(self._model.title_of(column) if column is not None else "")
        if column in NUMERIC:
            editor.setAlignment(Qt.AlignmentFlag.AlignRight)
        editor.setFont(font(FontRole.STRONG if column in _BOLD else FontRole.BODY, tabular=column in NUMERIC))
        return editor

    def setEditorData(self, editor: QWidget, index: _Index) -> None:
        if isinstance(editor, QComboBox):
            line, column = self._model.rows.lines[index.row()], self._model.column_at(index.column())
            editor.setCurrentIndex(max(0, editor.findData(getattr(line, column.value) if column is not None else "")))
        elif isinstance(editor, LineEdit):
            editor.setText(str(index.data(Qt.ItemDataRole.EditRole) or ""))
            editor.selectAll()

    def setModelData(self, editor: QWidget, model: QAbstractItemModel, index: _Index) -> None:
        column = self._model.column_at(index.column())
        if column is None:
            return
        if isinstance(editor, QComboBox):
            self._model.put(index.row(), column, editor.currentData())
        elif isinstance(editor, LotsEditor):
            self._take_lots(index.row(), editor)
        elif isinstance(editor, ProductEditor):
            editor.finish()
            self._take_text(index.row(), column, editor.text().strip())
        elif isinstance(editor, LineEdit):
            self._take_value(index.row(), column, editor.text())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: _Index) -> None:
        area: QRect = option.rect.adjusted(1, 1, -1, -2)
        if isinstance(editor, LotsEditor):
            editor.setGeometry(editor.place(area))
            return
        if self._model.is_ghost(index.row()):
            name = self._model.section_of(LineColumn.NAME)
            last = self._view.visualRect(self._model.index(index.row(), max(name, index.column())))
            area.setRight(max(area.right(), last.right()))
        if isinstance(editor, QComboBox):
            area.setLeft(area.right() - max(area.width(), 104))
        editor.setGeometry(area)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        is_press = event.type() == QEvent.Type.KeyPress
        if is_press and isinstance(event, QKeyEvent) and isinstance(watched, QWidget) and self._press(watched, event):
            return True
        return super().eventFilter(watched, event)

    def _press(self, editor: QWidget, event: QKeyEvent) -> bool:
        """Keys that leave the editor; True when the key was one of them."""
        if isinstance(editor, ProductEditor) and editor.press(event):
            return True
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            return False
        if isinstance(editor, LotsEditor) and event.key() in _OF_THE_TEXT:
            return False
        if event.key() == Qt.Key.Key_Escape:
            if isinstance(editor, ProductEditor):
                editor.finish()
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
            return True
        how = _LEAVING.get(Qt.Key(event.key()), "")
        if how in ("up", "down") and isinstance(editor, QComboBox):
            return False
        return bool(how) and self._leave(editor, how)

    def _leave(self, editor: QWidget, how: str) -> bool:
        if isinstance(editor, ProductEditor) and how == "enter" and editor.search_on_enter():
            return True
        self.commitData.emit(editor)
        self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.NoHint)
        self.moved.emit(how)
        return True

    def _take_value(self, row: int, column: LineColumn, text: str) -> None:
        value: Any = text.strip()
        if column in BINS:
            self._take_bin(row, column, value)
            return
        if column in DIGITS:
            try:
                value = self._model.parse(column, text)
            except ValueError as error:
                self.refused.emit(row, column, str(error))
                return
        self._model.put(row, column, value)

    def _take_bin(self, row: int, column: LineColumn, code: str) -> None:
        """A typed or scanned code; nothing: wherever the goods lie."""
        bins = self._model.rows.bins[column]
        found = next((id for id, title in bins.items() if title.casefold() == code.casefold()), None)
        if code and found is None:
            self.refused.emit(row, column, tr("Ячейки «{code}» на складе нет").format(code=code))
            return
        self._model.put(row, column, found)

    def _take_lots(self, row: int, editor: LotsEditor) -> None:
        """What cannot be read stays typed: the cell is marked and opens with it again."""
        line = self._model.rows.lines[row]
        try:
            lots = editor.lots()
        except ValueError as error:
            line.lots_typed = editor.toPlainText()
            self.refused.emit(row, LineColumn.LOTS, str(error))
            return
        line.lots_typed = ""
        self._model.put(row, LineColumn.LOTS, lots)

    def _take_text(self, row: int, column: LineColumn, text: str) -> None:
        """A name without a product: a line in free words. The article alone means nothing."""
        if self._model.is_ghost(row):
            if text:
                self.text_entered.emit(text)
        elif column is LineColumn.NAME and text:
            self._model.put(row, column, text)

    def _bin_completer(self, column: LineColumn, editor: QWidget) -> QCompleter:
        """Codes that contain what is typed."""
        completer = QCompleter(list(self._model.rows.bins[column].values()), editor)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        return completer

    def _choice_editor(self, parent: QWidget, column: LineColumn) -> QWidget:
        combo = ComboBox(parent)
        for choice in self.rates() if column is LineColumn.VAT_RATE else self._model.rows.conditions:
            combo.addItem(choice.title, choice.code)
        combo.setAccessibleName(column_title(column))
        return combo

    def _on_picked(self, row: int, item: Suggestion) -> None:
        editor = self.sender()
        if isinstance(editor, QWidget):
            self.closeEditor.emit(editor, QStyledItemDelegate.EndEditHint.RevertModelCache)
        self.product_picked.emit(row, item)
