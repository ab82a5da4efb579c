"""What the server refused: its words, and the two things that can be done about it."""

from collections.abc import Callable

from PySide6.QtCore import Qt

from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.pages import Choice, ChoiceScreen
from crm_desktop.terminal.queue import Entry, Queue


def parked_screen(queue: Queue, *, retry: Callable[[str], object], drop: Callable[[str], object]) -> ChoiceScreen:
    """The list, then one of them with its acts; dropping is asked twice and names what is lost."""
    screen = ChoiceScreen(tr("Не принято сервером"), empty=tr("Всё принято"))

    def show_list() -> None:
        screen.foot = tr("Выберите операцию цифрой: что с ней сделать")
        screen.show_choices([Choice(f"{entry.title} · {entry.person}", entry.problem, lambda e=entry: show_one(e),
                                    "warning-circle", "danger")
                             for entry in queue.entries() if entry.is_parked])

    def show_one(entry: Entry, *, sure: bool = False) -> None:
        pieces = len(entry.body.lines)
        lost = tr("Точно удалить? Строк: {n}, они не будут проведены").format(n=pieces)
        screen.show_choices([
            Choice(entry.problem, entry.advice, show_list, "warning-circle"),
            Choice(tr("Отправить ещё раз"), tr("по документу, каким он стал сейчас"), lambda: retry(entry.key),
                   "arrow-clockwise"),
            Choice(lost if sure else tr("Удалить"), tr("собранное не будет проведено"),
                   (lambda: drop(entry.key)) if sure else lambda: show_one(entry, sure=True), "trash", "danger"),
        ])

    screen.keys.pop(Qt.Key.Key_Return)  # Enter opened this list: pressed twice it must not act on the first line
    show_list()
    return screen
