"""How the documents of a branch are numbered: prefix, digits, and the next number as it will look."""

import re
from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.base import Created
from crm_contract.documents import KINDS
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
    """The fields of one kind and the preview of its next number."""

    def __init__(self, format: NumberFormatRead, changed: Callable[[], object], *, read_only: bool) -> None:
        self.saved = format
        self.title = Label(KINDS[format.kind].title, FontRole.BODY)
        self.prefix = CheckedEdit("", check_prefix, max_length=MAX_PREFIX)
        self.width = IntegerEdit("", minimum=1, maximum=9)
        self.next = Label("", FontRole.STRONG, tabular=True)
        self.last = Label(format.last or tr("ещё не было"), FontRole.BODY, "muted", tabular=True)
        self.prefix.editor.setAccessibleName(tr("Приставка: {kind}").format(kind=self.title.text()))
        self.width.editor.setAccessibleName(tr("Цифр: {kind}").format(kind=self.title.text()))
        self.prefix.set_value(format.prefix)
        self.width.set_value(format.width)
        for field in (self.prefix, self.width):
            field.set_read_only(read_only)
            field.edited.connect(self._show_next)
            field.edited.connect(changed)
        self.prefix.editor.textEdited.connect(lambda text: self._show_next())
        self._show_next()

    @property
    def is_changed(self) -> bool:
        return (self.prefix.value(), self.width.value()) != (self.saved.prefix, self.saved.width)

    def body(self) -> NumberFormatBody:
        return NumberFormatBody(prefix=self.prefix.value(), width=self.width.value() or 1, version=self.saved.version)

    def _show_next(self) -> None:
        digits = re.search(r"[0-9]+$", self.saved.next)
        number = int(digits[0]) if digits else 1
        self.next.setText(f"{self.prefix.value()}{number:0{self.width.value() or 1}}")


class NumberingPage(FormPage):
    watches = frozenset({"number_format", "branch"})

    def __init__(self, app: AppContext) -> None:
        super().__init__(app, tr("Нумерация"), Permission.SETTINGS_EDIT)
        self._formats: Sequence[NumberFormatRead] = ()
        self.rows: list[NumberRow] = []
        self.branch = ComboField(tr("Филиал"), required=True)
        self.branch.edited.connect(self._show_branch)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnMinimumWidth(0, fonts.px(190))
        card = Card()
        card.add(self.branch)
        card.add(self._grid)
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
        changed = any(row.is_changed for row in self.rows)
        self.branch.set_read_only(changed)
        return changed

    def focus_start(self) -> None:
        self.branch.setFocus()

    def validate(self) -> bool:
        bad = [row for row in self.rows if not (row.prefix.validate() and row.width.validate())]
        return not bad

    def sending(self) -> Callable[[], list[NumberFormatRead]]:
        bodies = [(row.saved, row.body()) for row in self.rows if row.is_changed]

        def send() -> list[NumberFormatRead]:
            for saved, body in bodies:
                self.app.api.put(f"/api/numbering/{saved.kind}/{saved.branch.id}", Created, body)
            return self.read()

        return send

    def _show_branch(self) -> None:
        self._show_rows()
        self.check_dirty()

    def _show_rows(self) -> None:
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for column, title in enumerate((tr("Вид документа"), tr("Приставка"), tr("Цифр"), tr("Последний"),
                                        tr("Следующий"))):
            self._grid.addWidget(caption(title), 0, column)
        self.rows = [NumberRow(format, self.check_dirty, read_only=not self.may_edit) for format in self._formats
                     if str(format.branch.id) == self.branch.value()]
        for number, row in enumerate(self.rows, 1):
            row.prefix.setFixedWidth(fonts.px(110))
            row.width.setFixedWidth(fonts.px(76))
            widgets: tuple[QWidget, ...] = (row.title, row.prefix, row.width, row.last, row.next)
            for column, widget in enumerate(widgets):
                self._grid.addWidget(widget, number, column)
