"""The operation under way: its screen, what opens over it, its file, and how it is finished.

Answers that come late change what is remembered, never what is shown: the next document may be in hand already.
"""

import logging
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal

from crm_contract.base import Ref
from crm_contract.custody import CONDITIONS
from crm_contract.lists import Tone
from crm_contract.terminal import ABSENT, TerminalPerson, TerminalPlace
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.terminal import beginning, operation, searching, storage
from crm_desktop.terminal.answers import Sound, sound_of
from crm_desktop.terminal.cache import Found
from crm_desktop.terminal.desk import Desk
from crm_desktop.terminal.operation import Open
from crm_desktop.terminal.pages import Choice, ChoiceScreen, PadScreen, Screen
from crm_desktop.terminal.queue import Entry
from crm_desktop.terminal.work_screen import WorkScreen

log = logging.getLogger(__name__)

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_DECIMALS = 3


class Work(QObject):
    """`left`: the home screen is asked for. `finished(title)`: an operation goes to the queue. `kept`: it is there.
    `changed`: what is not finished is another one now."""

    left = Signal()
    finished = Signal(str)
    kept = Signal()
    changed = Signal()

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self._desk = desk
        self.opened: Open | None = None
        self._behind: list[Open] = []  # finished, but not written: they come back when there is nothing else in hand
        self._user_id = 0
        self._screen: Screen | None = None
        self._is_unsaved = False
        #: Of employees who accept what an operation gives them, by its key. They are never on the disk.
        self.pins: dict[str, str] = {}

    @property
    def path(self) -> Path:
        """Of the operation that the person of the session has not finished."""
        return self._desk.folder / f"open-{self._desk.session.me.user_id}.json"

    @property
    def is_shown(self) -> bool:
        return self._screen is not None and self._desk.window.screen_now is self._screen

    def restore(self) -> None:
        """After a log-in: what this person has begun, from memory if they were just away."""
        if self._user_id == self._desk.session.me.user_id:
            return
        self._user_id, self._behind = self._desk.session.me.user_id, []
        self.pins.clear()
        self.opened = storage.read_model(self.path, Open)
        if self.opened is not None and self._desk.queue.has(self.opened.key):
            self.opened = None  # it was finished, and the power went before its file did

    # --- screens ---------------------------------------------------------------------------------------------------

    def open(self, opened: Open) -> None:
        """An operation that is begun and not finished goes on first: it is never lost by opening another."""
        begun = self.opened
        if begun is not None and not begun.is_empty:
            if (begun.command, begun.document_id) != (opened.command, opened.document_id):
                begun.say(Tone.WARN, tr("Сначала закончите это"), advice=tr("Проведите (F10) или отмените сканы (F4)."))
                self.show()
                self._show_now()
                return
        else:
            self.opened = opened
        self.show()

    def take(self, opened: Open, then: Callable[[], object]) -> None:
        """An operation that comes back from elsewhere; `then` is done on the disk once it is written."""
        self.open(opened)
        path, text = self.path, opened.model_dump_json()

        def keep() -> None:
            storage.write(path, text)
            then()

        self._desk.tasks.disk(self, keep, self._saved, self._not_saved)

    def show(self) -> None:
        if self.opened is None:
            return
        screen = WorkScreen(self.opened)
        screen.add_one.connect(lambda: self.act(Open.add_one))
        screen.absent.connect(self.ask_reason)
        screen.other_place.connect(lambda: self.act(Open.next_line))
        screen.undone.connect(lambda: self.act(Open.undo))
        screen.understood.connect(lambda: self.act(Open.understood))
        screen.quantity_asked.connect(self.ask_quantity)
        screen.search_asked.connect(self.search)
        screen.posted.connect(self.finish)
        screen.back.connect(self.left)
        for key in _ENTER:
            screen.keys[key] = lambda: self.act(Open.understood)
        self._go(screen)

    def _go(self, screen: Screen) -> None:
        self._screen = screen
        self._desk.window.go(screen)

    def _over(self, screen: Screen) -> None:
        """Shows a screen that leads back to the operation."""
        screen.back.connect(self.show)
        self._go(screen)

    def _come_back(self) -> None:
        """Closes what is open over the operation; a quantity that was typed is taken."""
        screen = self._desk.window.screen_now
        if isinstance(screen, PadScreen) and screen.text and not screen.is_hidden:
            screen.finish()
        elif not isinstance(screen, WorkScreen):
            self.show()

    # --- acts ------------------------------------------------------------------------------------------------------

    def scan(self, found: Found) -> None:
        """A code, on the screen of the operation or on what is open over it."""
        opened = self._ready()
        if opened is None:
            return
        if opened.operation.counts and found.place is not None:
            self._count_at(found.place)
        elif found.task is not None and opened.is_empty and not self._desk.queue.holds_document(found.task.id):
            self.open(beginning.open_task(found.task))
        elif self.act(lambda one: operation.scan(one, found)):
            self.finish()

    def _count_at(self, place: TerminalPlace) -> None:
        """The next place of a count: what was counted on the one before goes to the server."""
        opened = self.opened
        task = self._desk.cache.task(opened.document_id) if opened is not None and opened.document_id else None
        if opened is None:
            return
        if task is not None and task.place is not None and not self._desk.cache.is_inside(place, task.place.id):
            self.act(lambda one: one.say(
                Tone.ERROR, tr("Это место не считают"), place.code or place.name,
                advice=tr("Оно не входит в инвентаризацию: отсканируйте ячейку из неё.")))
            return
        ref = Ref(id=place.id, title=place.code or place.name)
        self.opened = beginning.counted_at(opened, ref, (place.code, place.name))
        if not opened.is_empty:
            self._send(opened)
        self.show()
        self._show_now()
        self._save()

    def act(self, act: Callable[[Open], bool | None]) -> bool:
        """One act on the operation, from a key, a button, a scan or a command; True when it is complete by it."""
        if act is Open.understood:
            self._come_back()
        opened = self.opened if act is Open.understood else self._ready()
        if opened is None:
            return False
        is_complete = bool(act(opened))
        self._show_now()
        self._save()
        return is_complete

    def _ready(self) -> Open | None:
        """What is under way, unless it is stopped: then the sound says so."""
        self._come_back()
        if self.opened is not None and self.opened.is_blocked:
            self._desk.sounds.play(Sound.ERROR)
            return None
        return self.opened

    def ask_quantity(self) -> None:
        opened = self._ready()
        if opened is None:
            return
        line = opened.line
        if line is None:
            self.act(Open.add_one)  # says what is to be done first
            return
        pad = PadScreen(tr("Количество"), tr("{name}, {unit}").format(name=line.name, unit=line.unit),
                        decimals=0 if line.whole else _DECIMALS)
        pad.entered.connect(self._take_quantity)
        self._over(pad)

    def _take_quantity(self, text: str) -> None:
        self.show()
        self.act(lambda opened: opened.set_quantity(Decimal(text.replace(",", "."))))

    def ask_reason(self) -> None:
        """Why the goods of the current line are not taken, by a digit."""
        opened = self._ready()
        if opened is None:
            return
        line = opened.line
        if opened.operation.counts and line is not None:
            self.act(lambda one: one.set_quantity(Decimal(0)))
            return
        if opened.operation.takes_back:
            self._ask_condition(opened)
            return
        if line is None or line.line_id is None or line.is_done:
            self.act(lambda one: one.absent(""))  # says why not
            return
        screen = ChoiceScreen(tr("Нет на месте"), "", line.name)
        screen.foot = tr("Почему не взято: выберите цифрой")
        screen.show_choices([Choice(words.capitalize(), "", partial(self._take_reason, reason))
                             for reason, words in ABSENT.items()])
        self._over(screen)

    def _ask_condition(self, opened: Open) -> None:
        if opened.line is None or not opened.line.scanned:
            self.act(lambda one: one.set_condition(""))  # says what is to be done first
            return
        screen = ChoiceScreen(tr("Состояние"), "", opened.line.name)
        screen.foot = tr("В каком состоянии вернули: выберите цифрой")
        screen.show_choices([Choice(choice.title, "", partial(self._take_condition, choice.code))
                             for choice in CONDITIONS])
        self._over(screen)

    def _take_condition(self, code: str) -> None:
        self.show()
        self.act(lambda opened: opened.set_condition(code))

    def _take_reason(self, reason: str) -> None:
        self.show()
        self.act(lambda opened: opened.absent(reason))

    def absent_now(self) -> None:
        """The printed command: no digit is asked for."""
        if self.opened is not None and self.opened.operation.counts:
            self.act(lambda opened: opened.set_quantity(Decimal(0)))
        else:
            self.act(lambda opened: opened.absent(next(iter(ABSENT))))

    def search(self) -> None:
        """Goods by words from memory; the supplier of a receipt without a document is asked first."""
        opened = self._ready()
        if opened is None:
            return
        if opened.operation.by_person and opened.person is None:
            self._over(searching.person_screen(self._desk.cache, self._take_person))
        elif not opened.is_planned and opened.operation.party and opened.party is None:
            self._over(searching.party_screen(self._desk.api, self._desk.tasks, self._take_party))
        else:
            self._over(searching.product_screen(self._desk.cache, self._take_product,
                                                blind=opened.operation.counts))

    def _take_product(self, found: Found) -> None:
        self.show()
        self.act(lambda opened: operation.scan(opened, found))

    def _take_person(self, person: TerminalPerson) -> None:
        self.show()
        self.act(lambda opened: opened.set_person(person))

    def _take_party(self, party: Ref) -> None:
        self.show()
        self.act(lambda opened: opened.set_party(party))

    def _show_now(self) -> None:
        """The screen, the frame and the sound say what the operation says: all of them, always."""
        opened, screen = self.opened, self._desk.window.screen_now
        if opened is None or not isinstance(screen, WorkScreen):
            return
        screen.refresh()
        self._desk.window.refresh()
        heard = sound_of(opened.banner)
        if heard is not None:
            self._desk.sounds.play(heard)

    # --- the file --------------------------------------------------------------------------------------------------

    def _save(self) -> None:
        opened = self.opened
        if opened is None:
            return
        path, text = self.path, opened.model_dump_json()
        self._desk.tasks.disk(self, lambda: storage.write(path, text), self._saved, self._not_saved)

    def _saved(self, _: object) -> None:
        self._is_unsaved = False

    def _not_saved(self, error: BaseException) -> None:
        """Said once, in red: until there is room again the scans live in memory alone."""
        log.warning("scans are not saved", exc_info=error)
        if self._is_unsaved or self.opened is None:
            return
        self._is_unsaved = True
        self.opened.say(Tone.ERROR, tr("Сканы не пишутся на диск"), problem_of(error).message,
                        advice=tr("Освободите место. Если выключится питание, собранное пропадёт."))
        self._show_now()

    def finish(self) -> None:
        """On the disk first: only then it is finished, and only then it is sent. The next can be begun meanwhile."""
        opened = self._ready()
        if opened is None:
            return
        if missing := opened.missing():
            self.act(lambda one: one.say(Tone.WARN, tr("Ещё не всё"), missing))
            return
        if opened.operation.gives:
            self._ask_pin(opened)
        else:
            self._end(opened, "")

    def _ask_pin(self, opened: Open) -> None:
        """The employee accepts with his PIN; F10 once more goes without: he accepts later."""
        pad = PadScreen(tr("Выдача сотруднику"), tr("{person}: ПИН-код, чтобы принять. F10 — примет позже").format(
            person=opened.party_name), hidden=True)
        pad.entered.connect(lambda pin: self._end(opened, pin))
        pad.keys[Qt.Key.Key_F10] = lambda: self._end(opened, "")
        self._over(pad)

    def _end(self, opened: Open, pin: str) -> None:
        if self.opened is not opened:
            return
        if pin:
            self.pins[opened.key] = pin
        self.opened = self._behind.pop(0) if self._behind else None
        self._send(opened)
        self.finished.emit(opened.title)

    def _send(self, opened: Open) -> None:
        me, path, queue = self._desk.session.me, self.path, self._desk.queue
        entry = Entry(key=opened.key, user_id=me.user_id, person=me.employee.title, body=opened.body(),
                      title=opened.title)

        def keep() -> None:
            queue.add(entry)
            try:
                storage.remove(path)
            except OSError as error:  # at the next start the queue or the server knows the key
                log.warning("%s stays on the disk: %s", path, error)

        queue.expect(entry)
        self._desk.tasks.disk(self, keep, lambda _: self._kept(), lambda error: self._not_kept(entry, opened, error))

    def _kept(self) -> None:
        self._desk.sounds.play(Sound.OK)
        self.kept.emit()

    def _not_kept(self, entry: Entry, opened: Open, error: BaseException) -> None:
        log.warning("%s is not kept", opened.title, exc_info=error)
        self._desk.queue.forget(opened.key)
        if entry.user_id != self._user_id:
            return  # its file is there, for the log-in of its person
        problem = problem_of(error)
        opened.banner = None
        opened.say(Tone.ERROR, tr("Не записано, не проведено"), problem.message, advice=problem.action)
        if self.opened is None:
            self.opened = opened
        else:
            self._behind.append(opened)
        self._desk.sounds.play(Sound.ERROR)
        self.changed.emit()
