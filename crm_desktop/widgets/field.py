"""What all fields share: the label with a red star, the editor, the error below it, the signals of editing."""

from abc import abstractmethod
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.theme import color
from crm_desktop.widgets.labels import Label

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
        self._heading = _Heading(title) if title else None
        if self._heading is not None:
            self._column.addWidget(self._heading)
            self._column.addSpacing(LABEL_GAP)
            self._heading.show_star(required)
        self._error: Label | None = None  # most fields are never wrong

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
        if self._error is None:
            self._error = Label("", FontRole.CAPTION_MEDIUM, "error", wrap=True, parent=self)
            self._column.insertWidget(self._column.count() - 1, self._error)
        self._error.setText(text)
        self._error.setVisible(bool(text))
        self._show_error(bool(text))
        self.setAccessibleDescription(text)
        self.updateGeometry()

    def set_read_only(self, on: bool) -> None:
        self._read_only = on
        self._show_read_only(on)
        self._show_star()

    def set_required(self, on: bool) -> None:
        self._required = on
        self._show_star()

    def set_title(self, text: str) -> None:
        self._title = text
        if self._heading is not None:
            self._heading.setText(text)
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
        self._column.addStretch(1)
        if self._heading is not None:
            self._heading.setBuddy(editor)
        editor.setAccessibleName(self._title or self._hint)
        editor.setAccessibleDescription(tr("обязательное поле") if self._required else "")
        self.setFocusProxy(editor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _mark_edited(self) -> None:
        self.set_error("")
        self.edited.emit()

    def _show_star(self) -> None:
        if self._heading is not None:
            self._heading.show_star(self._required and not self._read_only)


class _Heading(Label):
    """The name of a field, with a red star where it is required. Painted, not a second label: forms have many."""

    STAR = " *"

    def __init__(self, title: str) -> None:
        super().__init__(title, FontRole.CAPTION, "muted")
        self._has_star = False

    def show_star(self, on: bool) -> None:
        if on != self._has_star:
            self._has_star = on
            room = QFontMetrics(font(FontRole.CAPTION_STRONG)).horizontalAdvance(self.STAR)
            self.setContentsMargins(0, 0, room if on else 0, 0)
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._has_star:
            painter = QPainter(self)
            painter.setFont(font(FontRole.CAPTION_STRONG))
            painter.setPen(color("error"))
            left = self.fontMetrics().horizontalAdvance(self.text())
            painter.drawText(self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.STAR)
