"""The view of the rows of the file: links of the bands by mouse and keyboard, a cell corrected in its place."""

from typing import Any

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QLineEdit, QWidget

from crm_contract.exchange import PreviewRow, RowProblem
from crm_desktop.exchange.questions import Act, Band, faulty, first_open, primary_link
from crm_desktop.exchange.rows_delegate import LinkPlace, RowsDelegate
from crm_desktop.widgets.paged_model import PagedModel
from crm_desktop.widgets.table_view import ListView

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class RowsView(ListView):
    """Space answers by the proposal, Enter opens the answers, F2 corrects the cell, Del leaves the row out.

    Tab walks through the links of the current row before it leaves the table.
    """

    act_asked = Signal(object, object, object)      # PreviewRow, RowProblem or None, Act
    answers_asked = Signal(object, object, QPoint)  # PreviewRow, RowProblem or None, where
    value_given = Signal(object, str)               # RowProblem, the typed text

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._editor: QLineEdit | None = None
        self._edited_problem: RowProblem | None = None

    def set_up_rows(self, model: PagedModel, delegate: RowsDelegate, name: str) -> None:
        self._rows = model
        self._bands = delegate
        self.set_up(model, delegate, name)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.selectionModel().currentRowChanged.connect(self._forget_link)
        model.modelReset.connect(self._forget_link)
        self.verticalScrollBar().valueChanged.connect(self._end_editing)
        self.horizontalScrollBar().valueChanged.connect(self._end_editing)
        self.opened.connect(lambda index: self.ask_answers())
        self.menu_asked.connect(self._ask_at)

    def set_header_height(self) -> None:
        """The header became higher or lower."""
        self.updateGeometries()

    def row_at(self, number: int) -> PreviewRow | None:
        row = self._rows.row(number)
        return row.data["row"] if row is not None else None

    def current(self) -> PreviewRow | None:
        index = self.currentIndex()
        return self.row_at(index.row()) if index.isValid() else None

    def ask_answers(self, problem: RowProblem | None = None) -> None:
        """The menu of answers to the current row, below it."""
        row = self.current()
        if row is not None:
            area = self._bands.cell_area(self, self.currentIndex().row(), 1)
            self.answers_asked.emit(row, problem or self._current_problem(row),
                                    self.viewport().mapToGlobal(QPoint(max(area.left(), 60), area.bottom() + 2)))

    def edit_cell(self, problem: RowProblem | None = None) -> None:
        """A field over the faulty cell; Enter gives the value, Esc leaves it."""
        row, index = self.current(), self.currentIndex()
        if row is None:
            return
        problem = problem or faulty(row, index.column() - 1) or self._current_problem(row)
        if problem is None or problem.column is None:
            return
        section = problem.column + 1
        self.scrollTo(self._rows.index(index.row(), section))
        self._end_editing()
        editor = QLineEdit(self.viewport())
        editor.setProperty("role", "cell")
        editor.setAccessibleName(problem.message)
        editor.setText(problem.proposed_value or (row.cells[problem.column] if problem.column < len(row.cells) else ""))
        area = self._bands.cell_area(self, index.row(), section)
        editor.setGeometry(area.adjusted(0, 0, max(0, 120 - area.width()), 0))
        editor.returnPressed.connect(self._give_value)
        editor.editingFinished.connect(self._end_editing)
        self._editor, self._edited_problem = editor, problem
        editor.show()
        editor.selectAll()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)

    # --- keys ------------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = event.key(), event.modifiers() == Qt.KeyboardModifier.NoModifier
        if self._editor is not None and key == Qt.Key.Key_Escape:
            self._end_editing()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        elif plain and self._bands.focused_link is not None and key in (*_ENTER, Qt.Key.Key_Space):
            self._follow_focused()
        elif plain and key == Qt.Key.Key_Space:
            self._answer_first()
        elif plain and key == Qt.Key.Key_F2:
            self.edit_cell()
        elif plain and key == Qt.Key.Key_Delete:
            self._act(self.current(), None, Act.SKIP)
        else:
            super().keyPressEvent(event)

    def focusNextPrevChild(self, next: bool) -> bool:
        number = self.currentIndex().row()
        places = self._bands.link_places(self, number) if number >= 0 and self.hasFocus() else []
        at = self._bands.focused_link[1] if self._bands.focused_link is not None else -1 if next else len(places)
        at += 1 if next else -1
        if self._bands.focused_link is None and not next:
            return super().focusNextPrevChild(next)
        if 0 <= at < len(places):
            self._focus_link((number, at))
            self.scrollTo(self.currentIndex())
            return True
        self._focus_link(None)
        return True if not next else super().focusNextPrevChild(next)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._focus_link(None)

    # --- mouse -----------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._end_editing()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        found = self._link_at(event.position().toPoint())
        if found is not None and event.button() == Qt.MouseButton.LeftButton:
            self._follow(*found)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        row = self.row_at(index.row()) if index.isValid() else None
        on_cell = index.isValid() and self._bands.cell_area(self, index.row(), index.column()).contains(
            event.position().toPoint())
        problem = faulty(row, index.column() - 1) if row is not None and on_cell else None
        if problem is not None:
            self.edit_cell(problem)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        found = self._link_at(event.position().toPoint())
        key = (found[0], self._bands.link_places(self, found[0]).index(found[1])) if found is not None else None
        if key != self._bands.hovered_link:
            self._bands.hovered_link = key
            self.viewport().update()
        if key is not None:
            self.viewport().setCursor(Qt.CursorShape.PointingHandCursor)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _act(self, row: PreviewRow | None, problem: RowProblem | None, act: Act) -> None:
        if row is not None:
            self.act_asked.emit(row, problem, act)

    def _answer_first(self) -> None:
        row = self.current()
        problem = first_open(row) if row is not None else None
        if row is not None and problem is not None:
            self._act(row, problem, primary_link(problem).act)

    def _current_problem(self, row: PreviewRow) -> RowProblem | None:
        bands: list[Band] = self._rows.row(self.currentIndex().row()).data["bands"]  # type: ignore[union-attr]
        return first_open(row) or next((band.problem for band in bands if band.problem is not None), None)

    def _follow_focused(self) -> None:
        if self._bands.focused_link is not None:
            number, at = self._bands.focused_link
            places = self._bands.link_places(self, number)
            if at < len(places):
                self._follow(number, places[at])

    def _follow(self, number: int, place: LinkPlace) -> None:
        row = self.row_at(number)
        if row is None:
            return
        self._focus_link(None)  # the row will say something else: a second Enter must not follow that
        if place.link.act is Act.MORE:
            self.answers_asked.emit(row, place.band.problem, self.viewport().mapToGlobal(place.area.bottomLeft()))
        else:
            self._act(row, place.band.problem, place.link.act)

    def _ask_at(self, at: QPoint) -> None:
        row = self.current()
        if row is not None:
            self.answers_asked.emit(row, self._current_problem(row), at)

    def _link_at(self, at: QPoint) -> tuple[int, LinkPlace] | None:
        number = self.rowAt(at.y())
        if number < 0:
            return None
        return next(((number, place) for place in self._bands.link_places(self, number) if place.area.contains(at)),
                    None)

    def _focus_link(self, key: tuple[int, int] | None) -> None:
        if key != self._bands.focused_link:
            self._bands.focused_link = key
            self.viewport().update()

    def _forget_link(self, *_: Any) -> None:
        self._focus_link(None)
        self._end_editing()

    def _give_value(self) -> None:
        editor, problem = self._editor, self._edited_problem
        if editor is not None and problem is not None:
            text = editor.text().strip()
            self._end_editing()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.value_given.emit(problem, text)

    def _end_editing(self, *_: Any) -> None:
        editor, self._editor, self._edited_problem = self._editor, None, None
        if editor is not None:
            editor.hide()
            editor.deleteLater()
