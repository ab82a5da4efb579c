"""What the home screen offers: words of its tiles and of the card above them. Pure."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date

from crm_contract.codes import Command
from crm_contract.lists import Tone
from crm_contract.terminal import OPERATIONS, Task
from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.home_screen import Next
from crm_desktop.terminal.operation import Open
from crm_desktop.terminal.queue import Entry

Run = Callable[[], object]


def tile_notes(tasks: Mapping[str, Sequence[Task]], today: date | None) -> dict[str, tuple[str, str]]:
    """By operation: how much waits, and what of it is due today or late."""
    notes = {Command.LOOKUP.value: (tr("остаток, ячейка, документ"), "")}
    words = {Command.TRANSFER.value: tr("из ячейки в ячейку"), Command.STOCKTAKING.value: tr("не назначена"),
             Command.CUSTODY_ISSUE.value: tr("инструмент, материалы"),
             Command.CUSTODY_RETURN.value: tr("от сотрудника")}
    for code, waiting in tasks.items():
        late = sum(task.due is not None and today is not None and task.due <= today for task in waiting)
        idle = words.get(code, tr("заданий нет"))
        notes[code] = (tr("документов: {n}").format(n=len(waiting)) if waiting else idle,
                       tr("срочно {n}").format(n=late) if late else "")
    return notes


def most_urgent(tasks: Sequence[Task]) -> Task | None:
    return min(tasks, key=lambda task: (task.due or date.max, task.id), default=None)


def refused(parked: Sequence[Entry], run: Run) -> Next:
    return Next(tr("Сервер не принял: {n}").format(n=len(parked)), f"{parked[0].title}: {parked[0].problem}",
                tr("Разобрать"), run, Tone.ERROR, "warning-circle")


def unfinished(opened: Open, run: Run) -> Next:
    title = opened.number or opened.operation.title
    return Next(tr("Не закончено: {title}").format(title=title), tr("сканы сохранены"), tr("Продолжить"), run,
                Tone.WARN, "hourglass")


def unaccepted(title: str, problem: str, run: Run) -> Next:
    return Next(tr("{title}: не принято").format(title=title), problem, tr("Набрать ПИН"), run, Tone.WARN, "signature")


def planned(task: Task, before: str, run: Run) -> Next:
    """The next task; `before` is what has just been done, told until the next thing is."""
    title = tr("Следующее задание: {what} {number}").format(
        what=OPERATIONS[task.operation].title.lower(), number=task.number)
    bin_name = task.lines[0].bin if task.lines else ""
    where = task.place.title if task.place is not None and not task.party else ""
    parts = (before or task.party or where, tr("строк {n}").format(n=len(task.lines)) if task.lines else "",
             tr("до {day}").format(day=f"{task.due:%d.%m}") if task.due else "",
             tr("начать с ячейки {bin}").format(bin=bin_name) if bin_name else "")
    return Next(title, " · ".join(part for part in parts if part), tr("Начать"), run)


def done(words: str, tone: Tone, run: Run) -> Next:
    return Next(words, tr("выберите операцию или сканируйте"), tr("Понятно"), run, tone, "check-circle")


def task_note(task: Task) -> str:
    due = tr("до {day}").format(day=f"{task.due:%d.%m.%Y}") if task.due else ""
    where = " → ".join(ref.title for ref in (task.place, task.place_to) if ref)
    lines = tr("строк {n}").format(n=len(task.lines)) if task.lines else ""
    if lines and OPERATIONS[task.operation].counts:
        lines = tr("пересчитать: {lines}").format(lines=lines)
    return " · ".join(part for part in (lines, where, due) if part)


def queue_words(entries: Sequence[Entry]) -> str:
    parked = sum(entry.is_parked for entry in entries)
    waiting = len(entries) - parked
    words = (tr("в очереди {n}").format(n=waiting) if waiting else "",
             tr("не приняты {n}").format(n=parked) if parked else "")
    return ", ".join(word for word in words if word) or tr("очередь пуста")
