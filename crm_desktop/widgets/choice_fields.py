"""Fields for a choice: one of a short list, yes or no."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QWidget

from crm_contract.lists import Choice
from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.field import LABEL_GAP, Field
from crm_desktop.widgets.line_edit import OnKey


class ComboBox(QComboBox):
    """The restyled combo: the wheel scrolls the page, not the value; the popup is as wide as its words."""

    on_key: OnKey | None = None

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(6)
        self.setMaxVisibleItems(14)

    def set_error(self, on: bool) -> None:
        self.setProperty("error", on)
        self.style().unpolish(self)
        self.style().polish(self)

    def showPopup(self) -> None:
        texts = [self.itemText(number) for number in range(self.count())]
        widest = max((self.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
        self.view().setMinimumWidth(max(self.width(), widest + 48))
        super().showPopup()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.on_key is None or not self.on_key(event):
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


class ComboField(Field):
    """`value()` is the code of the choice, "" for none. `blank` is an empty first line; a required field has none."""

    def __init__(self, title: str = "", choices: Sequence[Choice] = (), *, required: bool = False,
                 blank: bool | None = None, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, required=required, hint=hint, parent=parent)
        self._blank = not required if blank is None else blank
        self.editor = ComboBox()
        self.editor.on_key = self._press
        self._place_editor(self.editor)
        self.set_choices(choices)
        self.editor.activated.connect(self._mark_edited)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Replaces the list; the value stays if it is still there."""
        value = self.value()
        self.editor.blockSignals(True)
        self.editor.clear()
        if self._blank:
            self.editor.addItem(self._hint or tr("не выбрано"), "")
        for choice in choices:
            self.editor.addItem(choice.title, str(choice.code))
        self.editor.blockSignals(False)
        self.set_value(value)

    def value(self) -> Any:
        return self.editor.currentData() or ""

    def set_value(self, value: Any) -> None:
        """A code that is not in the list shows nothing chosen."""
        number = self.editor.findData("" if value is None else str(value))
        self.editor.setCurrentIndex(number if number >= 0 else (0 if self._blank else -1))
        self.set_error("")

    def _press(self, event: QKeyEvent) -> bool:
        if event.key() == Qt.Key.Key_F4:
            self.editor.showPopup()
            return True
        return _advance(self, event)

    def _show_error(self, on: bool) -> None:
        self.editor.set_error(on)

    def _show_read_only(self, on: bool) -> None:
        self.editor.setEnabled(not on)


class CheckBox(QCheckBox):
    """Enter goes on to the next field like everywhere; Space toggles."""

    on_key: OnKey | None = None

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        fonts.set_role(self, FontRole.BODY)
        self.setAccessibleName(text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.on_key is None or not self.on_key(event):
            super().keyPressEvent(event)


class CheckField(Field):
    """Yes or no; the words stand right of the box, in line with the editors beside it."""

    def __init__(self, title: str = "", *, hint: str = "", parent: QWidget | None = None) -> None:
        super().__init__("", hint=hint, parent=parent)
        self._title = title
        self.editor = CheckBox(title)
        self.editor.setToolTip(hint)
        self.editor.setMinimumHeight(fonts.px(32))
        self._column.addSpacing(QFontMetrics(font(FontRole.CAPTION)).height() + LABEL_GAP)
        self.editor.on_key = lambda event: _advance(self, event)
        self._place_editor(self.editor)
        self.editor.setAccessibleName(title)
        self.editor.clicked.connect(self._mark_edited)

    def value(self) -> bool:
        return self.editor.isChecked()

    def set_value(self, value: Any) -> None:
        self.editor.setChecked(value in (True, "true", "1", 1))
        self.set_error("")

    def is_empty(self) -> bool:
        return False

    def _show_error(self, on: bool) -> None:
        """A box cannot be wrong by itself; the message below is enough."""

    def _show_read_only(self, on: bool) -> None:
        self.editor.setEnabled(not on)


def _advance(field: Field, event: QKeyEvent) -> bool:
    """Enter leaves the field; Ctrl+Enter is the main action of the page."""
    is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
    if not is_enter or event.modifiers() & Qt.KeyboardModifier.ControlModifier:
        return False
    field.advanced.emit()
    return True
