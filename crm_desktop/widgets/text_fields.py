"""Fields for text: one line, many lines, one line with a check (ИНН, БИК, …), a phone."""

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QSizePolicy, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.widgets.field import Field
from crm_desktop.widgets.line_edit import InnerButton, LineEdit

Check = Callable[[str], str]


class TextEdit(Field):
    """One line of text. `value()` is stripped; an empty text is "" (never None)."""

    def __init__(self, title: str = "", *, required: bool = False, hint: str = "", max_length: int = 0,
                 leading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(title, required=required, hint=hint, parent=parent)
        self.editor = LineEdit(leading=leading)
        self.editor.setPlaceholderText(hint)
        if max_length:
            self.editor.setMaxLength(max_length)
        self._place_editor(self.editor)
        self.editor.textEdited.connect(self._mark_edited)
        self.editor.editingFinished.connect(self._leave)
        self.editor.entered.connect(self._enter)

    def value(self) -> Any:
        return self.editor.text().strip()

    def set_value(self, value: Any) -> None:
        text = "" if value is None else str(value)
        if text != self.editor.text():  # else what is selected stays so: a card may come again under the hands
            self.editor.setText(text)
            if self.editor.hasFocus():
                self.editor.selectAll()  # it came after the keyboard: typing replaces it, as after Tab
            else:
                self.editor.setCursorPosition(0)
        self.set_error("")

    def _enter(self) -> None:
        self._leave()
        self.advanced.emit()

    def _leave(self) -> None:
        """The person is done with this field; subclasses check and tidy here."""

    def _show_error(self, on: bool) -> None:
        self.editor.set_error(on)

    def _show_read_only(self, on: bool) -> None:
        self.editor.setReadOnly(on)


class PasswordEdit(TextEdit):
    """Hidden signs with an eye to look at them."""

    def __init__(self, title: str = "", *, required: bool = False, hint: str = "",
                 parent: QWidget | None = None) -> None:
        super().__init__(title, required=required, hint=hint, parent=parent)
        self.editor.setEchoMode(QLineEdit.EchoMode.Password)
        self._eye = InnerButton(Icon.EYE, tr("Показать пароль"))
        self._eye.clicked.connect(self._toggle)
        self.editor.add_trailing(self._eye)

    def value(self) -> str:
        return self.editor.text()

    def snapshot(self) -> Any:
        """Never in a draft."""
        return ""

    def _toggle(self) -> None:
        hidden = self.editor.echoMode() == QLineEdit.EchoMode.Password
        self.editor.setEchoMode(QLineEdit.EchoMode.Normal if hidden else QLineEdit.EchoMode.Password)
        self._eye.set_icon(Icon.EYE_SLASH if hidden else Icon.EYE)


class CheckedEdit(TextEdit):
    """One line with a check, made on leaving the field: `check(text)` returns "" or the message for the person.

    `tidy` brings the typed text to the form that is kept (digits only, upper case).
    """

    def __init__(self, title: str = "", check: Check = lambda text: "", *, tidy: Callable[[str], str] = str.strip,
                 required: bool = False, hint: str = "", max_length: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(title, required=required, hint=hint, max_length=max_length, parent=parent)
        self._check = check
        self._tidy = tidy
        self._mark = InnerButton(Icon.CHECK, tr("Проверено"))
        self._mark.hide()
        self.editor.add_trailing(self._mark)
        self.editor.textChanged.connect(self._mark.hide)

    def value(self) -> str:
        return self._tidy(self.editor.text())

    def set_value(self, value: Any) -> None:
        super().set_value(value)
        self._mark.setVisible(bool(self.value()) and not self._check(self.value()))

    def set_check(self, check: Check) -> None:
        """The rule may depend on another field (ИНН of a firm or of a person)."""
        self._check = check
        if self.value():
            self.set_error("")
            self._leave()

    def _own_error(self) -> str:
        return self._check(self.value()) if self.value() else ""

    def _leave(self) -> None:
        text = self.value()
        if text != self.editor.text():
            self.editor.setText(text)
        message = self._own_error()
        if message:
            self.set_error(message)
        self._mark.setVisible(bool(text) and not message)


class PhoneEdit(CheckedEdit):
    """A phone number, shown as `+7 900 000-12-10`."""

    def __init__(self, title: str = "", check: Check = lambda text: "", *, tidy: Callable[[str], str] | None = None,
                 required: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(title, check, tidy=tidy or tidy_phone, required=required, hint="+7", parent=parent)
        self.editor.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)


def tidy_phone(text: str) -> str:
    """Russian numbers in one form; others as they are typed."""
    digits = "".join(c for c in text if c.isdigit())
    if len(digits) == 10 and not text.strip().startswith("+"):
        digits = f"7{digits}"
    elif len(digits) == 11 and digits[0] == "8" and not text.strip().startswith("+"):
        digits = f"7{digits[1:]}"
    if len(digits) != 11 or digits[0] != "7" or any(c.isalpha() for c in text):
        return text.strip()
    return f"+7 {digits[1:4]} {digits[4:7]}-{digits[7:9]}-{digits[9:]}"


class MultilineEdit(Field):
    """Several lines; Enter is a new line, Tab leaves."""

    def __init__(self, title: str = "", *, required: bool = False, hint: str = "", lines: int = 3,
                 max_length: int = 0, parent: QWidget | None = None) -> None:
        super().__init__(title, required=required, hint=hint, parent=parent)
        self._max_length = max_length
        self.editor = _TextBox(lines)
        self.editor.setPlaceholderText(hint)
        self._place_editor(self.editor)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._loading = False
        self.editor.textChanged.connect(self._changed)

    def value(self) -> str:
        return self.editor.toPlainText().strip()

    def set_value(self, value: Any) -> None:
        text = "" if value is None else str(value)
        if text != self.value():
            self._loading = True
            self.editor.setPlainText(text)
            self._loading = False
        self.set_error("")

    def _changed(self) -> None:
        if self._loading:
            return
        self._mark_edited()
        if message := self._own_error():
            self.set_error(message)

    def _own_error(self) -> str:
        extra = len(self.value()) - self._max_length
        if not self._max_length or extra <= 0:
            return ""
        return tr("Текст длиннее {limit} знаков на {extra}").format(limit=self._max_length, extra=extra)

    def _show_error(self, on: bool) -> None:
        self.editor.setProperty("error", on)
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)

    def _show_read_only(self, on: bool) -> None:
        self.editor.setReadOnly(on)


class _TextBox(QPlainTextEdit):
    def __init__(self, lines: int) -> None:
        super().__init__()
        self._lines = lines
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        return QSize(200, self.fontMetrics().lineSpacing() * self._lines + fonts.px(14))

    def minimumSizeHint(self) -> QSize:
        return QSize(80, self.fontMetrics().lineSpacing() + fonts.px(14))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()  # Ctrl+Enter is the main action of the page
        else:
            super().keyPressEvent(event)
