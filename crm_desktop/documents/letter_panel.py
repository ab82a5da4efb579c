"""The right half of «Печать и отправка»: recipients, formats, subject and text."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.mailing import LetterTo, RecipientsAnswer
from crm_contract.parties import ContactRole
from crm_desktop.documents.files import size_text
from crm_desktop.documents.recipients import RecipientList
from crm_desktop.documents.sending import Paper
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.theme import color
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import CheckBox
from crm_desktop.widgets.labels import Label, section
from crm_desktop.widgets.painting import box
from crm_desktop.widgets.scrolled import scrolled
from crm_desktop.widgets.text_fields import MultilineEdit, TextEdit


class LetterPanel(QWidget):
    """`changed`: recipients or formats."""

    changed = Signal()

    def __init__(self, formats: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recipients = RecipientList()
        self.recipients.changed.connect(self.changed)
        self._boxes: dict[str, FormatBox] = {}
        self._formats = QHBoxLayout()
        self._formats.setSpacing(8)
        self._subject = TextEdit(tr("Тема"), required=True, max_length=300)
        self._text = MultilineEdit(tr("Текст"), lines=6, max_length=20000)
        self._files = Label("", FontRole.CAPTION, "muted", wrap=True)
        content = QWidget()
        stack = QVBoxLayout(content)
        stack.setContentsMargins(20, 12, 20, 12)
        stack.setSpacing(10)
        stack.addWidget(self.recipients)
        stack.addWidget(section(tr("Форматы")))
        stack.addLayout(self._formats)
        stack.addWidget(section(tr("Письмо")))
        stack.addWidget(self._subject)
        stack.addWidget(self._text)
        stack.addWidget(self._files)
        stack.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(scrolled(content))
        self.set_formats(formats)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("surface"))
        painter.fillRect(0, 0, 1, self.height(), color("border"))

    def set_formats(self, formats: Sequence[str]) -> None:
        if list(formats) == list(self._boxes):
            return
        for old in self._boxes.values():
            self._formats.removeWidget(old)
            old.hide()
            old.deleteLater()
        self._boxes = {}
        notes = {"pdf": tr("для печати"), "docx": tr("для правки"), "xlsx": tr("для сверки")}
        for output in formats:
            made = FormatBox(output.upper(), notes.get(output, ""), checked=output == "pdf")
            made.check.toggled.connect(self.changed)
            self._boxes[output] = made
            self._formats.addWidget(made, 1)

    def show_answer(self, answer: RecipientsAnswer, roles: Sequence[ContactRole]) -> None:
        """What the server proposes; a subject or a text that is typed already stays."""
        if not self._subject.value():
            self._subject.set_value(answer.subject)
        if not self._text.value():
            self._text.set_value(answer.text)
        self.recipients.show_answer(answer, roles)

    def show_files(self, papers: Sequence[Paper]) -> None:
        self._files.setText("; ".join(f"{paper.name}, {size_text(len(paper.data))}" for paper in papers))

    def to(self) -> list[LetterTo]:
        return self.recipients.chosen()

    def outputs(self) -> list[str]:
        return [output for output, made in self._boxes.items() if made.check.isChecked()]

    def subject(self) -> str:
        return self._subject.value()

    def text(self) -> str:
        return self._text.value()

    def validate(self) -> bool:
        bad = [field for field in (self._subject, self._text) if not field.validate()]
        if bad:
            bad[0].setFocus(Qt.FocusReason.TabFocusReason)
        return not bad

    def set_errors(self, errors: Mapping[str, str]) -> dict[str, str]:
        left = dict(errors)
        for name, field in (("subject", self._subject), ("text", self._text)):
            if message := left.pop(name, ""):
                field.set_error(message)
        return left


class FormatBox(QWidget):
    """A format to attach: the whole box can be clicked."""

    def __init__(self, title: str, note: str, *, checked: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.check = CheckBox()
        self.check.setChecked(checked)
        self.check.setAccessibleName(f"{title} {note}")
        self.check.toggled.connect(self.update)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(Label(title, FontRole.STRONG))
        words.addWidget(Label(note, FontRole.CAPTION, "muted"))
        line = row(self.check, words, None, gap=10)
        line.setContentsMargins(10, 6, 8, 6)
        self.setLayout(line)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.rect().contains(event.position().toPoint()):
            self.check.toggle()

    def paintEvent(self, event: QPaintEvent) -> None:
        on = self.check.isChecked()
        box(QPainter(self), QRectF(self.rect()), 6, color("soft" if on else "surface"),
            color("accent" if on else "button_border"))
