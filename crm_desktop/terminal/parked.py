"""What the server refused: its words, and what can be done about it."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.pages import Choice, ChoiceScreen
from crm_desktop.terminal.queue import Entry, Queue

Act = Callable[[Entry], object]


@dataclass(frozen=True, slots=True)
class Acts:
    """`retry`: sends it again on the document as it is now. `reopen`: its scans are work in hand again."""

    retry: Act
    reopen: Act
    drop: Act


class ParkedScreen(ChoiceScreen):
    """The list, then one of them with its acts. Dropping is asked twice, the second time under another digit."""

    def __init__(self, queue: Queue, acts: Acts, parent: QWidget | None = None) -> None:
        super().__init__(tr("Не принято сервером"), empty=tr("Всё принято"), parent=parent)
        self._queue, self._acts = queue, acts
        for key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keys.pop(key)  # Enter opened this list: pressed twice it must not act on the first line
        self.show_list()

    def show_list(self) -> None:
        self.foot = tr("Выберите операцию цифрой: что с ней сделать")
        self.show_choices([Choice(f"{entry.title} · {entry.person}", entry.problem, lambda e=entry: self.show_one(e),
                                  "warning-circle", "danger")
                           for entry in self._queue.entries() if entry.is_parked])

    def show_one(self, entry: Entry, problem: str = "", advice: str = "") -> None:
        """`problem` is what came of the last thing that was tried here."""
        whose = tr("уйдёт, когда войдёт {person}").format(person=entry.person)
        self.show_choices([
            Choice(problem or entry.problem, advice or entry.advice, self.show_list, "warning-circle"),
            Choice(tr("Отправить ещё раз"), tr("по документу, каким он стал сейчас · {whose}").format(whose=whose),
                   lambda: self._acts.retry(entry), "arrow-clockwise"),
            Choice(tr("Собрать заново"), tr("сканы вернутся в работу: исправьте и проведите"),
                   lambda: self._acts.reopen(entry), "arrow-u-up-left"),
            Choice(tr("Удалить"), tr("собранное не будет проведено"), lambda: self._ask(entry), "trash", "danger")])

    def _ask(self, entry: Entry) -> None:
        lost = tr("Точно удалить? Строк: {n}, они не будут проведены").format(n=len(entry.body.lines))
        self.show_choices([
            Choice(tr("Не удалять"), entry.title, lambda: self.show_one(entry), "arrow-u-up-left"),
            Choice(lost, tr("вернуть будет нельзя"), lambda: self._acts.drop(entry), "trash", "danger")])
