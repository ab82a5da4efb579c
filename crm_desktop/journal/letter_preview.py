"""A letter beside the list: who got it and by which rule, what failed, sending again."""

from PySide6.QtWidgets import QWidget

from crm_contract.base import Created
from crm_contract.mailing import LETTER_STATES, LetterRead, LetterRecipientRead, LetterState
from crm_desktop.kit import formatting
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon
from crm_desktop.lists.preview import IconLine, LoadedPreview
from crm_desktop.widgets.buttons import Button
from crm_desktop.widgets.cards import column, row
from crm_desktop.widgets.labels import ElidedLabel, Label
from crm_desktop.widgets.pills import Pill

SHOWN_TEXT = 600


class LetterPreview(LoadedPreview[LetterRead]):
    head = "subject"

    def __init__(self, app: AppContext, parent: QWidget | None = None) -> None:
        super().__init__(app, parent)
        self._retry = Button(tr("Отправить снова"), icon=Icon.ARROWS_CLOCKWISE)
        self._retry.clicked.connect(self._send_again)
        self._retry.hide()
        self.add_foot(self._retry)

    def leave_row(self) -> None:
        self._retry.hide()

    def load(self, key: int) -> LetterRead:
        return self.app.api.get(f"/api/letters/{key}", LetterRead)

    def show_answer(self, letter: LetterRead) -> None:
        self.clear()
        state = next(choice for choice in LETTER_STATES if choice.code == letter.state)
        self.show_head(letter.subject, letter.author, state.title, state.tone)
        facts: list[QWidget] = [IconLine(Icon.CLOCK, formatting.day_time(letter.queued_at))]
        facts += [IconLine(Icon.PAPERCLIP, name) for name in letter.files]
        self.add_block("", facts)
        if letter.recipients:
            self.add_block(tr("Кому"), [_recipient(recipient) for recipient in letter.recipients])
        if letter.error:
            self.add_block(tr("Ошибка"), [Label(letter.error, FontRole.CAPTION, "error", wrap=True)])
        if letter.text:
            self.add_block(tr("Текст"), [Label(letter.text[:SHOWN_TEXT], FontRole.CAPTION, wrap=True)])
        self._retry.setVisible(letter.state is LetterState.FAILED)

    def _send_again(self) -> None:
        id = self.key
        if id is not None:
            self.app.tasks.run(self, lambda: self.app.api.post(f"/api/letters/{id}/retry", Created),
                               lambda _: self._retry.hide(), busy=self._retry)


def _recipient(recipient: LetterRecipientRead) -> QWidget:
    state = next(choice for choice in LETTER_STATES if choice.code == recipient.state)
    first = row(ElidedLabel(recipient.name or recipient.email, FontRole.MEDIUM), None, Pill(state.title, state.tone))
    first.setStretch(0, 1)
    reason = ElidedLabel(recipient.error or recipient.why, FontRole.CAPTION, "error" if recipient.error else "muted")
    holder = QWidget()
    holder.setLayout(column(first, ElidedLabel(recipient.email, FontRole.CAPTION, "muted"), reason, gap=1))
    return holder
