"""What all fields share: the label with a red star, the editor, the error below it, the signals of editing."""

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.labels import Label, caption

LABEL_GAP = 2
ERROR_GAP = 2


class Field(QWidget):
    """Base of every field of a form.

    `edited`: the person changed the value (never sent by `set_value`). `advanced`: the field is done, move on.
    A subclass makes its editor, calls `_place_editor`, and implements the four abstract methods.
    """

    edited = Signal()
    advanced = Signal()

    def __init__(self, title: str = "", *, required: bool = False, hint: str = "",
                 parent: QWidget | None = None) -> None:
        """`hint` is shown as a placeholder where the editor has one, else as a tooltip."""
        super().__init__(parent)
        self._title = title
        self._required = required
        self._hint = hint
        self._read_only = False
        self._error_text = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._label = caption(title)
        # With a parent from the start: shown without one it would be a window of its own for a moment.
        self._star = Label(" *", FontRole.CAPTION_STRONG, "error", parent=self)
        self._star.setVisible(required)
        heading = QHBoxLayout()
        heading.setSpacing(0)
        heading.addWidget(self._label)
        heading.addWidget(self._star)
        heading.addStretch(1)
        if title:
            self._column.addLayout(heading)
            self._column.addSpacing(LABEL_GAP)
        self._error = Label("", FontRole.CAPTION_MEDIUM, "error", wrap=True)
        self._error.hide()

    @abstractmethod
    def value(self) -> Any:
        """What the contract takes; None when empty."""

    @abstractmethod
    def set_value(self, value: Any) -> None:
        """Shows a value and forgets the error; sends no `edited`."""

    @abstractmethod
    def _show_error(self, on: bool) -> None:
        """Marks the editor red."""

    @abstractmethod
    def _show_read_only(self, on: bool) -> None:
        """Makes the editor refuse typing and look like it."""

    @property
    def title(self) -> str:
        return self._title

    @property
    def required(self) -> bool:
        return self._required

    @property
    def is_read_only(self) -> bool:
        return self._read_only

    def is_empty(self) -> bool:
        return self.value() in (None, "")

    def error(self) -> str:
        return self._error_text

    def set_error(self, text: str) -> None:
        """Shows an error below the editor, or takes it away."""
        if text == self._error_text:
            return
        self._error_text = text
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._show_error(bool(text))
        self.setAccessibleDescription(text)
        self.updateGeometry()

    def set_read_only(self, on: bool) -> None:
        self._read_only = on
        self._show_read_only(on)
        self._star.setVisible(self._required and not on)

    def set_required(self, on: bool) -> None:
        self._required = on
        self._star.setVisible(on and not self._read_only)

    def set_title(self, text: str) -> None:
        self._title = text
        self._label.setText(text)
        self.setAccessibleName(text)

    def validate(self) -> bool:
        """Shows and tells whether the value is fit to save. An error of the server does not block the next try."""
        message = self._own_error()
        if not message and self._required and self.is_empty():
            message = tr("Заполните поле")
        self.set_error(message)
        return not message

    def _own_error(self) -> str:
        """What the field itself finds wrong with what was typed."""
        return ""

    def snapshot(self) -> Any:
        """The state as JSON for a draft."""
        return self.value()

    def restore(self, state: Any) -> None:
        """The reverse of `snapshot`."""
        self.set_value(state)

    def sizeHint(self) -> QSize:
        return QSize(180, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        return QSize(fonts.px(72), super().minimumSizeHint().height())

    def _place_editor(self, editor: QWidget) -> None:
        """Puts the editor under the label, names it for a screen reader and gives it the focus of the field."""
        self._column.addWidget(editor)
        self._column.addSpacing(ERROR_GAP)
        self._column.addWidget(self._error)
        self._column.addStretch(1)
        self._label.setBuddy(editor)
        editor.setAccessibleName(self._title or self._hint)
        self.setFocusProxy(editor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _mark_edited(self) -> None:
        self.set_error("")
        self.edited.emit()
