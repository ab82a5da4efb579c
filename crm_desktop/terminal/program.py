"""The running terminal: who works, which screen is shown, what is kept on the disk and sent to the server.

The screen never waits: a scan is answered from memory, files are written by the disk's thread, the server is asked by
the others.
"""

import logging
from collections.abc import Callable
from decimal import Decimal
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from crm_contract.access import Me
from crm_contract.base import Ref
from crm_contract.codes import CodeKind, Command
from crm_contract.lists import Tone
from crm_contract.persons import short_name
from crm_contract.terminal import OPERATIONS, CodeMeaning, Task
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.changes import ChangeListener
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.session import Session
from crm_desktop.kit.tasks import Tasks
from crm_desktop.terminal import offers, operation, searching, storage
from crm_desktop.terminal.cache import Cache, Found
from crm_desktop.terminal.entrance import Entrance
from crm_desktop.terminal.home_screen import HomeScreen, Next
from crm_desktop.terminal.look_screen import LookScreen
from crm_desktop.terminal.operation import Open, Sound
from crm_desktop.terminal.pages import PadScreen
from crm_desktop.terminal.parked import parked_screen
from crm_desktop.terminal.queue import Entry, Queue, Sent
from crm_desktop.terminal.refreshing import Refresher
from crm_desktop.terminal.sender import Sender
from crm_desktop.terminal.sounds import Sounds
from crm_desktop.terminal.task_screen import task_screen
from crm_desktop.terminal.window import TerminalWindow
from crm_desktop.terminal.work_screen import WorkScreen

log = logging.getLogger(__name__)

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Terminal(QObject):
    """`start` shows the log-in; everything after that is signals."""

    def __init__(self, qapp: QApplication, server: str, folder: Path, token: str = "") -> None:
        super().__init__(qapp)
        self._qapp = qapp
        self._token = token
        self.session = Session(self)
        self.api = ApiClient(server, self.session)
        self.tasks = Tasks(self._failed, parent=self)
        self.changes = ChangeListener(self.api, parent=self)
        self._folder = folder / urlsplit(self.api.base_url).netloc.replace(":", "_")
        self.sounds = Sounds(self._folder / "sounds")
        self.cache = Cache(self._folder / "catalogue.json")
        self.queue = Queue(self._folder / "queue")
        self.window = TerminalWindow()
        self.opened: Open | None = None
        self.entrance = Entrance(self.window, self.api, self.session, self.tasks, self)
        self.entrance.opened.connect(self.enter)
        self.entrance.refused.connect(lambda: self.sounds.play(Sound.ERROR))
        self.outbox = Sender(self.queue, self.api, self.tasks, self.session, self)
        self.outbox.tried.connect(self._sent)
        self.outbox.failed.connect(lambda error: self._failed(self, error))
        self._last_done: tuple[str, Tone] = ("", Tone.OK)
        self.memory = Refresher(self.cache, self.api, self.tasks, self.session, self)
        self.memory.refreshed.connect(self._show_counts)
        self.window.scanned.connect(self.scan)
        self.window.broken.connect(self._broken)
        self.window.paused.connect(self.entrance.show)
        self.window.left.connect(self.quit)
        self.changes.online.connect(lambda: self._link(online=True))
        self.changes.offline.connect(lambda: self._link(online=False))
        self.changes.changed.connect(lambda *_: self.memory.soon())
        self.changes.session_expired.connect(self._expired)

    def start(self, *, full_screen: bool = True) -> None:
        self.entrance.show()
        self.window.resize(1366, 768)
        (self.window.showFullScreen if full_screen else self.window.show)()
        if self._token:
            self.entrance.by_token(self._token)

    def quit(self) -> None:
        self.outbox.stop()
        self.changes.stop()
        self.tasks.shutdown()
        self._qapp.quit()

    # --- who works -------------------------------------------------------------------------------------------------

    def enter(self, token: str, me: Me) -> None:
        self.changes.stop()
        self.session.open(token, me)
        self.window.head.person = short_name(me.employee.title, initials=1)
        self.opened = storage.read_model(self._open_path, Open)
        if self.opened is not None and self.queue.has(self.opened.key):
            self.opened = None  # it was finished, and the power went before its file did
        self.changes.start()
        self.go_home()
        if self.opened is not None:
            self.show_work()
        self.memory.load()
        self.outbox.send()

    def _expired(self) -> None:
        self.entrance.show(tr("Сеанс закончился"), tr("Отсканируйте бейдж ещё раз. Собранное сохранено."))

    @property
    def _open_path(self) -> Path:
        return self._folder / f"open-{self.session.me.user_id}.json"

    def tasks_of(self, code: str) -> list[Task]:
        """Planned work of an operation, without what is on its way to the server already."""
        return [task for task in self.cache.tasks if task.operation == code and not self.queue.holds_document(task.id)]

    def _link(self, *, online: bool) -> None:
        self.window.head.online = online
        self.window.head.update()
        if online:
            self.outbox.send()

    # --- screens ---------------------------------------------------------------------------------------------------

    def go_home(self) -> None:
        if not self.session.is_open:
            self.entrance.show()
            return
        places = [place.name for place in self.cache.warehouses]
        screen = HomeScreen(" · ".join([*places[:1], self.session.me.branch.title]))
        screen.chosen.connect(self.begin)
        self.window.go(screen)
        self._show_counts()

    def _show_counts(self) -> None:
        screen = self.window.screen_now
        self.window.queue_words = offers.queue_words(self.queue.entries())
        self.window.refresh()
        if not isinstance(screen, HomeScreen):
            return
        screen.show_counts(offers.tile_notes({code: self.tasks_of(code) for code in OPERATIONS},
                                             self.cache.day.today if self.cache.day else None))
        screen.card.offer(self._next())

    def _next(self) -> Next | None:
        """The most urgent thing: what was refused, what is not finished, what is planned, what was done."""
        parked = [entry for entry in self.queue.entries() if entry.is_parked]
        if parked:
            return offers.refused(parked, self.show_parked)
        if self.opened is not None:
            return offers.unfinished(self.opened, self.show_work)
        task = offers.most_urgent([task for code in OPERATIONS for task in self.tasks_of(code)])
        words, tone = self._last_done
        if task is not None:
            return offers.planned(task, words, partial(self.open_task, task))
        return offers.done(words, tone, self._forget_done) if words else None

    def _forget_done(self) -> None:
        self._last_done = ("", Tone.OK)
        self._show_counts()

    def begin(self, code: str) -> None:
        """A tile or a printed command of an operation."""
        if code == Command.LOOKUP.value:
            self.show_look()
            return
        found = OPERATIONS.get(code)
        if found is None:
            return
        tasks = self.tasks_of(code)
        if found.alone and not tasks:
            self.open(Open(command=code))
            return
        screen = task_screen(found, tasks, self.open_task, lambda: self.open(Open(command=code)))
        screen.back.connect(self.go_home)
        self.window.go(screen)

    def open_task(self, task: Task) -> None:
        self.open(operation.open_task(task))

    def open(self, opened: Open) -> None:
        """An operation that is begun and not finished goes on first: it is never lost by opening another."""
        if self.opened is not None and not self.opened.is_empty:
            if self.opened.document_id != opened.document_id:
                self.opened.refuse(tr("Сначала закончите это"), tr("Проведите (F10) или отмените сканы (F4)."))
            opened = self.opened
        self.opened = opened
        self.show_work()

    def show_work(self) -> None:
        if self.opened is None:
            return
        screen = WorkScreen(self.opened)
        screen.add_one.connect(lambda: self._change(Open.add_one))
        screen.absent.connect(lambda: self._change(Open.absent))
        screen.other_place.connect(lambda: self._change(Open.next_line))
        screen.undone.connect(lambda: self._change(Open.undo))
        screen.understood.connect(lambda: self._change(Open.understood))
        screen.quantity_asked.connect(self._ask_quantity)
        screen.search_asked.connect(self.show_search)
        screen.posted.connect(self.finish)
        screen.back.connect(self.go_home)
        for key in _ENTER:
            screen.keys[key] = lambda: self._change(Open.understood)
        self.window.go(screen)

    def show_look(self) -> None:
        screen = LookScreen()
        screen.back.connect(self.go_home)
        self.window.go(screen)

    def show_parked(self) -> None:
        screen = parked_screen(self.queue, retry=self._retry, drop=lambda key: self.tasks.disk(
            self, lambda: self.queue.drop(key), lambda _: self.go_home()))
        screen.back.connect(self.go_home)
        self.window.go(screen)

    # --- scans -----------------------------------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """A code from the scanner, on any screen."""
        found = self.cache.find(code)
        own = found.own
        if not self.window.head.person:
            if own is not None and own.kind is CodeKind.BADGE:
                self.entrance.ask_pin(str(own))
            else:
                self.sounds.play(Sound.ERROR)
            return
        if own is not None and own.kind is CodeKind.COMMAND:
            self._command(own.payload)
            return
        screen = self.window.screen_now
        if isinstance(screen, WorkScreen) and self.opened is not None:
            if self.opened.is_blocked:
                self.sounds.play(Sound.ERROR)
            elif self.opened.is_empty and self.opened.is_planned and found.task is not None:
                self.open_task(found.task)
            elif operation.scan(self.opened, found):
                self._changed()
                self.finish()
            else:
                self._changed()
        elif found.task is not None:
            self.open_task(found.task)
        else:
            self._look_up(found)

    def _command(self, payload: str) -> None:
        acts = {Command.POST: self.finish, Command.UNDO: lambda: self._change(Open.undo),
                Command.UNDERSTOOD: lambda: self._change(Open.understood),
                Command.ABSENT: lambda: self._change(Open.absent),
                Command.OTHER_PLACE: lambda: self._change(Open.next_line), Command.PAUSE: self.entrance.show,
                Command.HOME: self.go_home}
        blocked = self.opened is not None and self.opened.is_blocked and isinstance(self.window.screen_now, WorkScreen)
        if blocked and payload not in (Command.UNDERSTOOD, Command.PAUSE):
            self.sounds.play(Sound.ERROR)
        elif payload in acts:
            acts[Command(payload)]()
        else:
            self.begin(payload)

    def _change(self, act: Callable[[Open], object]) -> None:
        """One act on the open operation, from a key, a button or a command."""
        if self.opened is None or not isinstance(self.window.screen_now, WorkScreen):
            return
        if self.opened.is_blocked and act is not Open.understood:
            return
        act(self.opened)
        self._changed(sound=act is not Open.understood)

    def _changed(self, *, sound: bool = True) -> None:
        opened, screen = self.opened, self.window.screen_now
        if opened is None:
            return
        if isinstance(screen, WorkScreen):
            screen.refresh()
            self.window.refresh()
        heard = operation.sound_of(opened.banner)
        if sound and heard is not None:
            self.sounds.play(heard)
        path, text = self._open_path, opened.model_dump_json()
        self.tasks.disk(self, lambda: storage.write(path, text), lambda _: None)

    def _broken(self) -> None:
        self._change(Open.broken)

    def _look_up(self, found: Found) -> None:
        screen = self.window.screen_now
        if not isinstance(screen, LookScreen):
            self.show_look()
            screen = self.window.screen_now
        assert isinstance(screen, LookScreen)
        meaning = screen.ask(self.api, self.tasks, found)
        self.sounds.play(Sound.OK if meaning is not CodeMeaning.UNKNOWN else Sound.WARN)

    # --- quantities and words ---------------------------------------------------------------------------------------

    def _ask_quantity(self) -> None:
        opened = self.opened
        if opened is None or opened.line is None or opened.is_blocked:
            return
        line = opened.line
        pad = PadScreen(tr("Количество"), tr("{name}, {unit}").format(name=line.name, unit=line.unit), decimal=True)
        pad.entered.connect(self._quantity)
        pad.back.connect(self.show_work)
        self.window.go(pad)

    def _quantity(self, text: str) -> None:
        self.show_work()
        self._change(lambda opened: opened.set_quantity(Decimal(text.replace(",", "."))))

    def show_search(self) -> None:
        """Goods by words from memory; the supplier of a receipt without a document is asked first."""
        opened = self.opened
        if opened is None or opened.is_blocked:
            return
        if not opened.is_planned and opened.operation.party and opened.party is None:
            screen = searching.party_screen(self.api, self.tasks, self._take_party)
        else:
            screen = searching.product_screen(self.cache, self._take_product)
        screen.back.connect(self.show_work)
        self.window.go(screen)

    def _take_product(self, found: Found) -> None:
        self.show_work()
        self._change(lambda opened: operation.scan(opened, found))

    def _take_party(self, party: Ref) -> None:
        self.show_work()
        self._change(lambda opened: opened.set_party(party))

    # --- finishing -------------------------------------------------------------------------------------------------

    def finish(self) -> None:
        """On the disk first: only then it is finished, and only then it is sent."""
        opened = self.opened
        if opened is None or opened.is_blocked or not isinstance(self.window.screen_now, WorkScreen):
            return
        missing = opened.missing()
        if missing:
            opened.refuse(tr("Ещё не всё"), missing)
            self._changed()
            return
        me, path = self.session.me, self._open_path
        entry = Entry(number=0, key=opened.key, user_id=me.user_id, person=me.employee.title, body=opened.body(),
                      title=opened.number or opened.operation.title)

        def keep() -> None:
            self.queue.add(entry)
            storage.remove(path)

        self.opened = None
        self.tasks.disk(self, keep, lambda _: self._kept(opened), lambda error: self._not_kept(opened, error))

    def _kept(self, opened: Open) -> None:
        title = opened.number or opened.operation.title
        self._last_done = (tr("{title}: отправляется").format(title=title), Tone.OK)
        self.sounds.play(Sound.OK)
        self._sending()

    def _sending(self) -> None:
        self.go_home()
        self.outbox.send()

    def _not_kept(self, opened: Open, error: BaseException) -> None:
        self.opened = opened
        problem = problem_of(error)
        opened.refuse(problem.message, problem.action)
        self.show_work()
        self.sounds.play(Sound.ERROR)

    def _sent(self, sent: Sent) -> None:
        """What one attempt of the sender came to."""
        if sent.expired:
            self._expired()
            return
        if sent.done is not None:
            words = sent.done.words or tr("проведено")
            rest = tr(", остаток в {number}").format(number=sent.done.rest.title) if sent.done.rest else ""
            self._last_done = (f"{sent.done.document.title}: {words}{rest}",
                               Tone.OK if sent.done.posted else Tone.WARN)
        elif not sent.offline:
            self.sounds.play(Sound.ERROR)
        self._show_counts()
        if not sent.offline:
            self.memory.soon()

    def _retry(self, key: str) -> None:
        """Sent again on the document as it is now: what was planned may have changed meanwhile."""
        entry = next(entry for entry in self.queue.entries() if entry.key == key)

        def again() -> None:
            task = self.cache.task(entry.body.document_id) if entry.body.document_id else None
            version = task.version if task else None
            self.tasks.disk(self, lambda: self.queue.retry(key, version), lambda _: self._sending())

        self.memory.day_now(again, lambda error: self._failed(self, error))

    def _failed(self, owner: QObject, error: BaseException) -> None:
        """Work in the background that nobody waits for."""
        log.warning("background work failed", exc_info=error)
        problem = problem_of(error)
        self._last_done = (f"{problem.message}. {problem.action}", Tone.ERROR)
        self.sounds.play(Sound.ERROR)
        self._show_counts()
