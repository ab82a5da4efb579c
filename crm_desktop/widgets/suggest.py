"""Type-ahead: a list of found things below an editor, driven from the editor by the keyboard.

The app gives `search(text, done)`; it may answer at any time, the answer to an older text is dropped.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QRect,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from crm_contract.base import Ref
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.theme import color
from crm_desktop.widgets.labels import Label
from crm_desktop.widgets.painting import box, elided
from crm_desktop.widgets.popup import Popup

DEBOUNCE_MS = 200
MIN_CHARS = 2
MAX_SHOWN = 8
_Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One found thing. `subtitle` is the grey second line, `note` stands at the right («14 шт»)."""

    id: int
    title: str
    subtitle: str = ""
    note: str = ""
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def ref(self) -> Ref:
        return Ref(id=self.id, title=self.title)


Done = Callable[[Sequence[Suggestion]], None]
Search = Callable[[str, Done], None]


class SuggestPopup(Popup):
    """The list itself; never takes the focus from the editor."""

    picked = Signal(object)

    def __init__(self, owner: QWidget) -> None:
        super().__init__(owner, focusing=False)
        self._model = _SuggestionModel(self)
        self._view = QListView()
        self._view.setFrameShape(QListView.Shape.NoFrame)
        self._view.setModel(self._model)
        self._view.setItemDelegate(_SuggestionDelegate(self._view))
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._view.setMouseTracking(True)
        self._view.setAccessibleName(tr("Найденное"))
        self._view.clicked.connect(lambda index: self._pick(index.row()))
        self._view.entered.connect(self._view.setCurrentIndex)
        self._note = Label("", FontRole.CAPTION, "muted")
        self._note.setContentsMargins(8, 6, 8, 6)
        self.body.addWidget(self._view)
        self.body.addWidget(self._note)

    def show_items(self, items: Sequence[Suggestion], anchor: QWidget, *, note: str = "") -> None:
        self._model.set_items(items)
        self._view.setVisible(bool(items))
        self._note.setText(note)
        self._note.setVisible(bool(note))
        if items:
            self._view.setCurrentIndex(self._model.index(0, 0))
        rows = min(len(items), MAX_SHOWN)
        height = sum(self._view.sizeHintForRow(number) for number in range(rows)) + 2
        self._view.setFixedHeight(height if items else 0)
        self._view.setFixedWidth(max(anchor.width() - 12, 320))
        self.adjustSize()
        self.show_below(anchor, width=max(anchor.width(), 320))

    def show_note(self, note: str, anchor: QWidget) -> None:
        """«Ищу…», «Ничего не найдено»."""
        self.show_items((), anchor, note=note)

    def current(self) -> Suggestion | None:
        index = self._view.currentIndex()
        return self._model.items[index.row()] if index.isValid() and self.isVisible() else None

    def press(self, event: QKeyEvent) -> bool:
        """Handles a key of the editor while the list is open; True when it was for the list."""
        if not self.isVisible():
            return False
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: MAX_SHOWN,
                Qt.Key.Key_PageUp: -MAX_SHOWN}.get(Qt.Key(event.key()))
        if step is not None and self._model.items:
            row = min(max(self._view.currentIndex().row() + step, 0), len(self._model.items) - 1)
            self._view.setCurrentIndex(self._model.index(row, 0))
            return True
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
            return True
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.current() is not None:
            self._pick(self._view.currentIndex().row())
            return True
        return False

    def _pick(self, row: int) -> None:
        item = self._model.items[row]
        self.hide()
        self.picked.emit(item)


class SearchRunner(QObject):
    """Debounces typing and drops stale answers."""

    found = Signal(str, object)
    started = Signal()

    def __init__(self, search: Search, parent: QObject, *, pause_ms: int = DEBOUNCE_MS) -> None:
        super().__init__(parent)
        self._search = search
        self._number = 0
        self._asked = 0
        self._text = ""
        self._timer = QTimer(self, singleShot=True, interval=pause_ms)
        self._timer.timeout.connect(self._run)

    def type(self, text: str) -> None:
        """Searches a little later, for the last text only."""
        self.cancel()
        self._text = text
        self._timer.start()

    def now(self, text: str) -> None:
        self.cancel()
        self._text = text
        self._run()

    def cancel(self) -> None:
        self._timer.stop()
        self._number += 1

    @property
    def is_waiting(self) -> bool:
        """The answer to what is typed is still to come."""
        return self._timer.isActive() or (self._asked != 0 and self._asked == self._number)

    def _run(self) -> None:
        number, text = self._number, self._text
        self._asked = number
        self.started.emit()

        def done(items: Sequence[Suggestion]) -> None:
            if number == self._number:
                self._asked = 0
                self.found.emit(text, items)

        self._search(text, done)


class _SuggestionModel(QAbstractListModel):
    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.items: list[Suggestion] = []

    def set_items(self, items: Sequence[Suggestion]) -> None:
        self.beginResetModel()
        self.items = list(items)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        return 0 if parent.isValid() else len(self.items)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        item = self.items[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return item.title
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{item.title} {item.subtitle} {item.note}".strip()
        return item if role == Qt.ItemDataRole.UserRole else None


class _SuggestionDelegate(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        item: Suggestion = index.data(Qt.ItemDataRole.UserRole)
        return QSize(200, fonts.px(46 if item.subtitle else 32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        item: Suggestion = index.data(Qt.ItemDataRole.UserRole)
        area = QRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected:
            box(painter, area, 6, color("soft"))
        area.adjust(10, 0, -10, 0)
        if item.note:
            painter.setFont(font(FontRole.CAPTION))
            painter.setPen(color("muted"))
            painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, item.note)
            area.setRight(area.right() - painter.fontMetrics().horizontalAdvance(item.note) - 12)
        lines = [(item.title, FontRole.MEDIUM, "text"), (item.subtitle, FontRole.CAPTION, "muted")]
        lines = [line for line in lines if line[0]]
        edge = 4 if len(lines) > 1 else 0
        height = (area.height() - 2 * edge) // len(lines)
        for number, (text, role, ink) in enumerate(lines):
            place = QRect(area.left(), area.top() + edge + number * height, area.width(), height)
            painter.setFont(font(role))
            painter.setPen(color(ink))
            painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft,
                             elided(painter.fontMetrics(), text, area.width()))


