"""The reference field: type two letters, pick with Enter; F4 opens the list, Shift+F4 clears, F8 makes a new one."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from crm_contract.base import Ref
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.line_edit import InnerButton, LineEdit
from crm_desktop.widgets.pills import KeyCap
from crm_desktop.widgets.suggest import MIN_CHARS, Search, SearchRunner, Suggestion, SuggestPopup

Picked = Callable[[Ref], None]
Pick = Callable[[Picked], None]


class RefEdit(Field):
    """`value()` is the id or None; `ref()` has the words too. `chosen` gives the picked Suggestion with its data."""

    chosen = Signal(object)
    open_requested = Signal(int)

    def __init__(
        self, title: str = "", search: Search | None = None, *, pick: Pick | None = None,
        create: Pick | None = None, can_open: bool = False, required: bool = False, hint: str = "",
        parent: QWidget | None = None,
    ) -> None:
        """`pick(done)` opens the pick list of the app (F4); without it F4 shows the search of an empty text.
        `create(done)` makes a new record in place (F8). With `can_open` an arrow opens the chosen record (F2)."""
        super().__init__(title, required=required, hint=hint, parent=parent)
        self._ref: Ref | None = None
        #: Enter with a text that nothing is offered for yet: True when its owner took the text.
        self.on_text: Callable[[str], bool] | None = None
        self._entered = False
        self._pick = pick
        self._create = create
        self.editor = LineEdit()
        self.editor.setPlaceholderText(hint)
        self.editor.on_key = self._press
        self.editor.tabbed.connect(self._take_current)
        self.editor.focused.connect(self.editor.selectAll)
        self.editor.left.connect(self._leave)
        self._key = KeyCap("F4")
        self._key.setParent(self.editor)
        self.editor.add_trailing(self._key)
        self._arrow = InnerButton(Icon.OPEN, tr("Открыть (F2)"))
        self._arrow.clicked.connect(self._open)
        self._can_open = can_open
        self.editor.add_trailing(self._arrow)
        self._arrow.setVisible(False)
        self._place_editor(self.editor)
        self._runner = SearchRunner(search or _find_nothing, self)
        self._runner.found.connect(self._show_found)
        self._popup: SuggestPopup | None = None
        self.editor.textEdited.connect(self._typed)
        self.editor.entered.connect(self._enter)

    def value(self) -> int | None:
        return self._ref.id if self._ref else None

    def ref(self) -> Ref | None:
        return self._ref

    def set_value(self, value: Any) -> None:
        """A Ref, its dict, or None."""
        self._ref = Ref.model_validate(value) if isinstance(value, dict) else value
        self._show_ref()
        self.set_error("")

    def clear(self) -> None:
        """By the person: forgets the reference."""
        if self.is_read_only or (self._ref is None and not self.editor.text()):
            return
        self.set_value(None)
        self._mark_edited()

    def snapshot(self) -> Any:
        return self._ref.model_dump() if self._ref else None

    def _own_error(self) -> str:
        if self.editor.text().strip() and self._ref is None:
            return tr("Выберите из найденного или очистите поле (Shift+F4)")
        return ""

    def show_list(self) -> None:
        """What F4 does."""
        if self.is_read_only:
            return
        if self._pick is not None:
            self._hide_popup()
            self._pick(self._take_ref)
        else:
            self._runner.now("")

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """Once there is a list."""
        is_open = self._popup is not None and self._popup.isVisible()
        if (is_open and event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
                and event.key() == Qt.Key.Key_Escape):
            event.accept()  # Esc closes the list, not the card
        return False

    def _take_current(self) -> None:
        """Tab takes what is marked in the open list."""
        if self._popup is not None and (item := self._popup.current()) is not None:
            self._accept(item)

    def _takes_text(self) -> bool:
        """A list that answers an older text is no offer."""
        text = self.editor.text().strip()
        if self.on_text is None or self._ref is not None or not text:
            return False
        offered = self._popup is not None and self._popup.current() is not None and not self._runner.is_waiting
        if offered or not self.on_text(text):
            return False
        self._runner.cancel()
        self._hide_popup()
        return True

    def _press(self, event: QKeyEvent) -> bool:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._takes_text():
            return True
        if self._popup is not None and self._popup.press(event):
            return True
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        key = event.key()
        if key == Qt.Key.Key_F4 and not event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.clear() if shift else self.show_list()
            return True
        if key == Qt.Key.Key_Down and not self.is_read_only:
            self._runner.now(self.editor.text().strip() if self._ref is None else "")
            return True
        if key == Qt.Key.Key_F2 and self._ref is not None and self._can_open:
            self._open()
            return True
        if key == Qt.Key.Key_F8 and self._create is not None and not self.is_read_only:
            self._create(self._take_ref)
            return True
        return False

    def _typed(self, text: str) -> None:
        if self._ref is not None:
            self._ref = None
            self._arrow.setVisible(False)
        self._mark_edited()
        if len(text.strip()) >= MIN_CHARS:
            self._runner.type(text.strip())
        else:
            self._runner.cancel()
            self._hide_popup()

    def _show_found(self, text: str, items: Sequence[Suggestion]) -> None:
        entered, self._entered = self._entered, False
        if not self.editor.hasFocus() and self.editor.isActiveWindow():
            return
        if entered and len(items) == 1:
            self._choose(items[0])
            return
        popup = self._ensure_popup()
        if items:
            popup.show_items(items, self.editor, note=tr("F8 создать новый") if self._create else "")
        elif self._create is not None:
            popup.show_note(tr("Не найдено · F8 создать «{text}»").format(text=text), self.editor)
        else:
            popup.show_note(tr("Ничего не найдено"), self.editor)

    def _ensure_popup(self) -> SuggestPopup:
        if self._popup is None:
            self._popup = SuggestPopup(self.editor)
            self._popup.picked.connect(self._choose)
            self.editor.installEventFilter(self)
        return self._popup

    def _hide_popup(self) -> None:
        if self._popup is not None:
            self._popup.hide()

    def _choose(self, item: Suggestion) -> None:
        self._accept(item)
        self.advanced.emit()

    def _accept(self, item: Suggestion) -> None:
        self._runner.cancel()
        self._hide_popup()
        self.set_value(item.ref)
        self._mark_edited()
        self.chosen.emit(item)

    def _take_ref(self, ref: Ref) -> None:
        self.set_value(ref)
        self._mark_edited()
        self.chosen.emit(Suggestion(ref.id, ref.title))
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _enter(self) -> None:
        text = self.editor.text().strip()
        if self._ref is None and text:
            self._entered = True  # Enter before the list came: a single find is taken at once, else Enter picks
            self._runner.now(text)
        else:
            self.advanced.emit()

    def _leave(self) -> None:
        self._runner.cancel()
        self._hide_popup()
        if self._ref is not None:
            self._show_ref()

    def _open(self) -> None:
        if self._ref is not None:
            self.open_requested.emit(self._ref.id)

    def _show_ref(self) -> None:
        self.editor.setText(self._ref.title if self._ref else "")
        self.editor.setCursorPosition(0)
        self.editor.setToolTip(self._ref.title if self._ref else "")
        self._arrow.setVisible(self._can_open and self._ref is not None)

    def _show_error(self, on: bool) -> None:
        self.editor.set_error(on)

    def _show_read_only(self, on: bool) -> None:
        self.editor.setReadOnly(on)
        self._key.setVisible(not on)


def _find_nothing(text: str, done: Callable[[Sequence[Suggestion]], None]) -> None:
    done(())
