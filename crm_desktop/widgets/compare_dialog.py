"""Two people changed one record: each differing field side by side, «ваше» and «чужое», with a choice for each."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QGridLayout, QWidget

from crm_contract.lists import Choice
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.widgets.buttons import ButtonKind
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.labels import Label, caption
from crm_desktop.widgets.scrolled import scrolled
from crm_desktop.widgets.segmented import Segmented

MINE, THEIRS = "mine", "theirs"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that both changed; the texts as a person reads them."""

    name: str
    title: str
    mine: str
    theirs: str


def compare(parent: QWidget, differences: Sequence[Difference], by: str,
            done: Callable[[dict[str, str]], object]) -> Dialog:
    """`done({name: "mine" | "theirs"})` after «Сохранить выбранное». Nobody's text is lost before that."""
    dialog = Dialog(parent, tr("Запись изменили, пока вы её правили"), width=680)
    dialog.add_text(tr("{by} уже сохранил(а) другие значения. Выберите по каждому полю, что оставить.").format(by=by))
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(10)
    grid.setColumnStretch(1, 1)
    grid.setColumnStretch(2, 1)
    for column, text in enumerate((tr("Поле"), tr("Ваше"), tr("Чужое"), tr("Оставить"))):
        grid.addWidget(caption(text), 0, column)
    choices: dict[str, Segmented] = {}
    for row, difference in enumerate(differences, start=1):
        choice = Segmented([Choice(MINE, tr("Ваше")), Choice(THEIRS, tr("Чужое"))], MINE, name=difference.title)
        choices[difference.name] = choice
        grid.addWidget(Label(difference.title, FontRole.STRONG, wrap=True), row, 0)
        grid.addWidget(Label(difference.mine or tr("пусто"), wrap=True), row, 1)
        grid.addWidget(Label(difference.theirs or tr("пусто"), wrap=True), row, 2)
        grid.addWidget(choice, row, 3)
    content = QWidget()
    content.setLayout(grid)
    dialog.add(scrolled(content))

    def save() -> None:
        dialog.accept()
        done({name: choice.value() for name, choice in choices.items()})

    dialog.add_button(tr("Вернуться к правке"))
    dialog.add_button(tr("Сохранить выбранное"), save, ButtonKind.PRIMARY)
    dialog.resize(760, 420)
    dialog.open()
    return dialog
