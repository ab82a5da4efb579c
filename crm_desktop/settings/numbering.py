"""How the documents of a branch are numbered: prefix, digits, and the next number as it will look."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.base import Created
from crm_contract.documents import KINDS
from crm_contract.kinds import DocumentKind
from crm_contract.lists import Choice
from crm_contract.numbering import MAX_PREFIX, PREFIX, NumberFormatBody, NumberFormatRead
from crm_contract.permissions import Permission
from crm_desktop.kit import fonts
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.settings.form_page import FormPage
from crm_desktop.settings.record import lay_out
from crm_desktop.widgets.cards import Card
from crm_desktop.widgets.choice_fields import ComboField
from crm_desktop.widgets.labels import Label, caption
from crm_desktop.widgets.number_fields import IntegerEdit
from crm_desktop.widgets.text_fields import CheckedEdit

HINT = tr("Действует для следующих номеров, выданные не меняются. Счёт идёт отдельно по филиалам и годам; "
          "приставка не может заканчиваться цифрой. Если приставки филиалов разные, номер говорит, чей документ.")


def check_prefix(text: str) -> str:
    return "" if re.fullmatch(PREFIX, text) else tr("Не больше 12 знаков, последний — не цифра")


class NumberRow:
    """The fields of one kind and the preview of its next number. Nothing can be typed before the first answer."""

    def __init__(self, kind: DocumentKind, changed: Callable[[], object]) -> None:
        self.saved: NumberFormatRead | None = None
        self.title = Label(kind.title, FontRole.BODY)
        self.prefix = CheckedEdit("", check_prefix, max_length=MAX_PREFIX)
        self.width = IntegerEdit("", minimum=1, maximum=9)
        self.next = Label("", FontRole.STRONG, tabular=True)
        self.last = Label("", FontRole.BODY, "muted", tabular=True)
        self.prefix.editor.setAccessibleName(tr("Приставка: {kind}").format(kind=self.title.text()))
        self.width.editor.setAccessibleName(tr("Цифр: {kind}").format(kind=self.title.text()))
        for field in (self.prefix, self.width):
            field.set_read_only(True)
            field.edited.connect(self._show_next)
            field.edited.connect(changed)
        self.prefix.editor.textEdited.connect(lambda text: self._show_next())

    def show_format(self, format: NumberFormatRead, *, read_only: bool) -> None:
        """What is shown now is what is saved."""
        self.saved = format
        self.last.setText(format.last or tr("ещё не было"))
        self.prefix.set_value(format.prefix)
        self.width.set_value(format.width)
        for field in (self.prefix, self.width):
            field.set_read_only(read_only)
        self._show_next()

    @property
    def is_changed(self) -> bool:
        saved = self.saved
        return saved is not None and (self.prefix.value(), self.width.value()) != (saved.prefix, saved.width)

    def body(self, version: int) -> NumberFormatBody:
        return NumberFormatBody(prefix=self.prefix.value(), width=self.width.value() or 1, version=version)

    def _show_next(self) -> None:
        digits = re.search(r"[0-9]+$", self.saved.next if self.saved is not None else "")
        number = int(digits[0]) if digits else 1
        self.next.setText(f"{self.prefix.value()}{number:0{self.width.value() or 1}}")


class NumberingPage(FormPage):
    watches = frozenset({"number_format", "branch"})

    def __init__(self, app: AppContext) -> None:
        super().__init__(app, tr("Нумерация"), Permission.SETTINGS_EDIT)
        self._formats: Sequence[NumberFormatRead] = ()
        self.rows = {code: NumberRow(kind, self.check_dirty) for code, kind in KINDS.items()}
        self.branch = ComboField(tr("Филиал"), required=True)
        self.branch.edited.connect(self._show_branch)
        card = Card()
        card.add(self.branch)
        card.add(self._lay_rows())
        card.add(Label(HINT, FontRole.CAPTION, "muted", wrap=True))
        lay_out(self, self.header, self.messages, [[card]])

    def read(self) -> list[NumberFormatRead]:
        return self.app.api.get("/api/numbering", list[NumberFormatRead])

    def show_answer(self, answer: Sequence[NumberFormatRead]) -> None:
        self._formats = answer
        branches = {str(format.branch.id): format.branch.title for format in answer}
        self.branch.set_choices([Choice(code, title) for code, title in branches.items()])
        if not self.branch.value() and branches:
            own = str(self.app.session.me.branch.id)
            self.branch.set_value(own if own in branches else next(iter(branches)))
        self._show_rows()

    def is_changed(self) -> bool:
        changed = any(row.is_changed for row in self.rows.values())
        self.branch.set_read_only(changed)
        return changed

    def focus_start(self) -> None:
        self.branch.setFocus()

    def validate(self) -> bool:
        bad = [row for row in self.rows.values() if not (row.prefix.validate() and row.width.validate())]
        return not bad

    def sending(self) -> Callable[[], list[NumberFormatRead]]:
        bodies = [(row.saved, row.body(row.saved.version)) for row in self.rows.values()
                  if row.saved is not None and row.is_changed]

        def send() -> list[NumberFormatRead]:
            for saved, body in bodies:
                self.app.api.put(f"/api/numbering/{saved.kind}/{saved.branch.id}", Created, body)
            return self.read()

        return send

    def _show_branch(self) -> None:
        self._show_rows()
        self.check_dirty()

    def _show_rows(self) -> None:
        for format in self._formats:
            if str(format.branch.id) == self.branch.value() and format.kind in self.rows:
                self.rows[format.kind].show_format(format, read_only=not self.may_edit)

    def _lay_rows(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(0, 1)
        grid.setColumnMinimumWidth(0, fonts.px(190))
        for column, title in enumerate((tr("Вид документа"), tr("Приставка"), tr("Цифр"), tr("Последний"),
                                        tr("Следующий"))):
            grid.addWidget(caption(title), 0, column)
        for number, row in enumerate(self.rows.values(), 1):
            row.prefix.setFixedWidth(fonts.px(110))
            row.width.setFixedWidth(fonts.px(76))
            widgets: tuple[QWidget, ...] = (row.title, row.prefix, row.width, row.last, row.next)
            for column, widget in enumerate(widgets):
                grid.addWidget(widget, number, column)
        return grid
