"""Who gets the letter and why: rows chosen by the rule, the ones that cannot be sent to, addresses typed by hand."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_contract.mailing import LetterTo, Recipient, RecipientsAnswer
from crm_contract.parties import ContactRole
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.kit.theme import color
from crm_desktop.widgets.bars import InlineBar
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import CheckBox
from crm_desktop.widgets.labels import ElidedLabel, Label, section
from crm_desktop.widgets.line_edit import LineEdit
from crm_desktop.widgets.painting import box
from crm_desktop.widgets.pills import Pill

BY_HAND = tr("добавлен отправителем")


class RecipientList(QWidget):
    """`changed`: another set is chosen."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: list[RecipientRow] = []
        self._roles: dict[str, ContactRole] = {}
        self._add = Button(tr("Добавить"), ButtonKind.QUIET, icon=Icon.PLUS, compact=True)
        self._add.clicked.connect(self._type_address)
        self._typed = LineEdit()
        self._typed.setPlaceholderText(tr("Адрес почты, Enter добавит"))
        self._typed.setAccessibleName(tr("Адрес почты"))
        self._typed.entered.connect(self._take_address)
        self._typed.hide()
        self._rule = QVBoxLayout()
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        stack = QVBoxLayout(self)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.setSpacing(6)
        stack.addLayout(row(section(tr("Получатели")), None, self._add))
        stack.addLayout(self._rule)
        stack.addLayout(self._list)
        stack.addWidget(self._typed)

    def show_answer(self, answer: RecipientsAnswer, roles: Sequence[ContactRole]) -> None:
        """`roles` give the words and the colours of the roles that contacts have by code."""
        self._roles = {role.code: role for role in roles}
        self._clear(self._rule)
        self._clear(self._list)
        self._rows.clear()
        if answer.rule:
            self._rule.addWidget(InlineBar(answer.rule, Tone.INFO))
        if not answer.recipients:
            self._list.addWidget(Label(tr("У клиента нет контактов. Добавьте адрес."), tone="warn", wrap=True))
        for recipient in answer.recipients:
            self._append(RecipientRow(recipient, self._roles))
        self.changed.emit()

    def chosen(self) -> list[LetterTo]:
        found = [line.recipient for line in self._rows if line.is_chosen]
        return [LetterTo(contact_id=item.contact_id, email=item.email, why=item.why if item.chosen else BY_HAND)
                for item in found]

    def _append(self, made: "RecipientRow") -> None:
        made.toggled.connect(self.changed)
        self._rows.append(made)
        self._list.addWidget(made)

    def _type_address(self) -> None:
        self._typed.show()
        self._typed.setFocus(Qt.FocusReason.TabFocusReason)

    def _take_address(self) -> None:
        address = self._typed.text().strip()
        name, _, domain = address.partition("@")
        known = {line.recipient.email.lower() for line in self._rows}
        wrong = not name or "." not in domain or " " in address or address.lower() in known
        self._typed.set_error(wrong)
        if wrong:
            return
        self._append(RecipientRow(Recipient(contact_id=None, name=address, position="", roles=[], email=address,
                                            chosen=True, why=BY_HAND), {}))
        self._typed.clear()
        self._typed.hide()
        self.changed.emit()

    @staticmethod
    def _clear(layout: QVBoxLayout) -> None:
        while (item := layout.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()


class RecipientRow(QWidget):
    """A box with a check: the name and its roles, the address, and why it is chosen or cannot be."""

    toggled = Signal()

    def __init__(self, recipient: Recipient, roles: Mapping[str, ContactRole], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.recipient = recipient
        self.check = CheckBox()
        self.check.setChecked(recipient.chosen and not recipient.blocked)
        self.check.setEnabled(not recipient.blocked)
        self.check.setAccessibleName(f"{recipient.name} {recipient.email} {recipient.blocked or recipient.why}".strip())
        self.check.toggled.connect(self._on_toggled)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        name = ElidedLabel(recipient.name, FontRole.STRONG, "muted" if recipient.blocked else "text")
        self._why = Label("", FontRole.CAPTION_MEDIUM)
        address = ElidedLabel(recipient.email or tr("нет адреса"), FontRole.CAPTION,
                              "muted" if recipient.email else "error")
        first = row(name, *(_pill(role, roles) for role in recipient.roles[:2]), None, gap=8)
        second = row(address, None, self._why, gap=8)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(first)
        words.addLayout(second)
        line = QHBoxLayout(self)
        line.setContentsMargins(10, 7, 12, 7)
        line.setSpacing(10)
        line.addWidget(self.check, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(words, 1)
        self._show_why()

    @property
    def is_chosen(self) -> bool:
        return self.check.isChecked() and self.check.isEnabled()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.check.isEnabled() and self.rect().contains(event.position().toPoint()):
            self.check.toggle()

    def paintEvent(self, event: QPaintEvent) -> None:
        ground = color("soft" if self.is_chosen else "surface")
        box(QPainter(self), QRectF(self.rect()), 6, ground, color("accent" if self.is_chosen else "border"))

    def _on_toggled(self) -> None:
        self._show_why()
        self.update()
        self.toggled.emit()

    def _show_why(self) -> None:
        """The reason follows the check: by the rule, by hand, not by the rule, or impossible."""
        recipient = self.recipient
        if recipient.blocked:
            text, tone = recipient.blocked, "error"
        elif self.is_chosen:
            text, tone = (recipient.why if recipient.chosen else "") or tr("выбран вами"), "ok"
        elif recipient.chosen:
            text, tone = tr("снят вами"), "muted"
        else:
            text, tone = recipient.why or tr("правило не выбирает"), "muted"
        self._why.setText(text)
        self._why.set_tone(tone)


def _pill(code: str, roles: Mapping[str, ContactRole]) -> Pill:
    role = roles.get(code)
    return Pill(role.title, role.tone) if role is not None else Pill(code, Tone.NEUTRAL)


def button_text(count: int) -> str:
    """«Отправить 1 получателю», «Отправить 2 получателям»."""
    if count == 0:
        return tr("Отправить")
    one = count % 10 == 1 and count % 100 != 11
    return (tr("Отправить {count} получателю") if one else tr("Отправить {count} получателям")).format(count=count)
