"""The planned documents of an operation, to choose one or to do without."""

from collections.abc import Callable, Sequence
from functools import partial

from crm_contract.terminal import Operation, Task
from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.offers import task_note
from crm_desktop.terminal.pages import Choice, ChoiceScreen


def task_screen(operation: Operation, tasks: Sequence[Task], start: Callable[[Task], object],
                alone: Callable[[], object]) -> ChoiceScreen:
    screen = ChoiceScreen(operation.title, empty=tr("Документов нет: отсканируйте бумагу или вернитесь позже"))
    screen.foot = tr("Сканируйте документ или выберите его цифрой")
    choices = [Choice(f"{task.number}  {task.party}".strip(), task_note(task), partial(start, task)) for task in tasks]
    if operation.alone:
        choices.insert(0, Choice(tr("Без документа"), tr("что отсканируете, то и будет"), alone, "plus"))
    screen.show_choices(choices)
    return screen
