"""The editor of an article or a name in the line table: type-ahead in a cell, ready for a scanner."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.line_edit import LineEdit
from crm_desktop.widgets.suggest import MIN_CHARS, Search, SearchRunner, Suggestion, SuggestPopup


class ProductEditor(LineEdit):
    """Type-ahead inside a cell. A scanner types fast and ends with Enter: a single find is then taken at once."""

    picked = Signal(int, object)

    def __init__(self, parent: QWidget, search: Search | None, row: int) -> None:
        super().__init__(parent=parent)
        self._row = row
        self._entered = False
        self._popup: SuggestPopup | None = None
        self._runner = SearchRunner(search, self) if search is not None else None
        if self._runner is not None:
            self._runner.found.connect(self._show)
            self.textEdited.connect(self._typed)
        self.setPlaceholderText(tr("Артикул, название или скан…"))

    def press(self, event: QKeyEvent) -> bool:
        """Keys of the open list, F4 for the list of everything."""
        if self._popup is not None and self._popup.press(event):
            return True
        if event.key() == Qt.Key.Key_F4 and self._runner is not None:
            self._runner.now(self.text().strip())
            return True
        return False

    def search_on_enter(self) -> bool:
        """True while the answer is still to come: Enter then takes a single find, or the row stays open."""
        if self._runner is None or not self._runner.is_waiting:
            return False
        self._entered = True
        self._runner.now(self.text().strip())
        return True

    def finish(self) -> None:
        if self._runner is not None:
            self._runner.cancel()
        if self._popup is not None:
            self._popup.hide()

    def _typed(self, text: str) -> None:
        self._entered = False
        if len(text.strip()) >= MIN_CHARS and self._runner is not None:
            self._runner.type(text.strip())
        else:
            self.finish()

    def _show(self, text: str, items: Sequence[Suggestion]) -> None:
        entered, self._entered = self._entered, False
        if entered and len(items) == 1:
            self._pick(items[0])
            return
        if self._popup is None:
            self._popup = SuggestPopup(self)
            self._popup.picked.connect(self._pick)
        if items:
            self._popup.show_items(items, self)
        else:
            self._popup.show_note(tr("Не найдено. Enter оставит строку со словами"), self)

    def _pick(self, item: Suggestion) -> None:
        self.finish()
        self.picked.emit(self._row, item)
