"""The running terminal: who works, which screen is shown, what is sent to the server.

The screen never waits: a scan is answered from memory, files are written by the disk's thread, the server is asked by
the others.
"""

import logging
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QLockFile, QObject
from PySide6.QtWidgets import QApplication

from crm_contract.access import Me
from crm_contract.codes import CodeKind, Command
from crm_contract.lists import Tone
from crm_contract.persons import short_name
from crm_contract.terminal import OPERATIONS, TILES, CodeMeaning, Task
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.changes import ChangeListener
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.session import Session
from crm_desktop.kit.tasks import Tasks
from crm_desktop.terminal import beginning, offers, recovery
from crm_desktop.terminal.acceptance import Acceptance
from crm_desktop.terminal.answers import Sound
from crm_desktop.terminal.cache import Cache, Found
from crm_desktop.terminal.desk import Desk
from crm_desktop.terminal.entrance import Entrance
from crm_desktop.terminal.home_screen import HomeScreen, Next
from crm_desktop.terminal.look_screen import LookScreen
from crm_desktop.terminal.operation import Open
from crm_desktop.terminal.parked import Acts, ParkedScreen
from crm_desktop.terminal.queue import Queue, Sent
from crm_desktop.terminal.refreshing import Refresher
from crm_desktop.terminal.sender import Sender
from crm_desktop.terminal.sounds import Sounds
from crm_desktop.terminal.task_screen import task_screen
from crm_desktop.terminal.window import TerminalWindow
from crm_desktop.terminal.work import Work

log = logging.getLogger(__name__)


class Terminal(QObject):
    """`start` shows the log-in; everything after that is signals."""

    def __init__(self, qapp: QApplication, server: str, folder: Path, token: str = "") -> None:
        super().__init__(qapp)
        self._qapp = qapp
        self._token = token
        self.session = Session(self)
        self.api = ApiClient(server, self.session)
        self.tasks = Tasks(lambda _, error: self._failed(error), parent=self)
        self.changes = ChangeListener(self.api, parent=self)
        folder = folder / urlsplit(self.api.base_url).netloc.replace(":", "_")
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(folder / "terminal.lock"))
        self._lock.setStaleLockTime(0)  # a program that runs for days is not gone; one that was killed is noticed
        self._lock.tryLock(0)
        self.sounds = Sounds(folder / "sounds")
        self.cache = Cache(folder)
        self.queue = Queue(folder / "queue")
        self.window = TerminalWindow()
        desk = Desk(folder, self.window, self.sounds, self.session, self.api, self.tasks, self.cache, self.queue)
        self.work = Work(desk, self)
        self.entrance = Entrance(self.window, self.api, self.session, self.tasks, self)
        self.outbox = Sender(self.queue, self.api, self.tasks, self.session, self)
        self.memory = Refresher(self.cache, self.queue, self.api, self.tasks, self.session, self)
        self.acceptance = Acceptance(desk, self)
        self._last_done: tuple[str, Tone] = ("", Tone.OK)
        self._refused: set[str] = set()  # keys of what the server refused and was told with a sound
        self._connect()

    def _connect(self) -> None:
        self.entrance.opened.connect(self.enter)
        self.entrance.refused.connect(lambda: self.sounds.play(Sound.ERROR))
        self.work.left.connect(self.go_home)
        self.work.finished.connect(self._finished)
        self.work.kept.connect(self.outbox.send)
        self.work.changed.connect(self._show_counts)
        self.outbox.tried.connect(self._sent)
        self.outbox.failed.connect(self._failed)
        self.acceptance.told.connect(self._say)
        self.acceptance.left.connect(self.go_home)
        self.memory.refreshed.connect(self._show_counts)
        self.memory.failed.connect(self._failed)
        self.window.scanned.connect(self.scan)
        self.window.broken.connect(self._broken)
        self.window.paused.connect(self.entrance.show)
        self.window.left.connect(self.quit)
        self.changes.online.connect(lambda: self._link(online=True))
        self.changes.offline.connect(lambda: self._link(online=False))
        self.changes.changed.connect(lambda entity, ids, _: self.memory.changed(entity, ids))
        self.changes.reset.connect(self.memory.everything)
        self.changes.session_expired.connect(self._expired)

    def start(self, *, full_screen: bool = True) -> None:
        self.entrance.show()
        self.window.resize(1366, 768)
        (self.window.showFullScreen if full_screen else self.window.show)()
        if not self._lock.isLocked():
            self.entrance.close(*self._why_closed())
        elif self._token:
            self.entrance.by_token(self._token)

    def _why_closed(self) -> tuple[str, str]:
        if self._lock.error() is QLockFile.LockError.LockFailedError:
            return (tr("Терминал на этом компьютере уже запущен"),
                    tr("Закройте это окно и работайте в первом: иначе сканы смешаются."))
        return (tr("Терминал не может писать на диск"),
                tr("Позовите администратора: у программы нет прав на папку, или на диске нет места."))

    def quit(self) -> None:
        self.outbox.stop()
        self.changes.stop()
        self.tasks.shutdown()
        self._lock.unlock()
        self._qapp.quit()

    # --- who works -------------------------------------------------------------------------------------------------

    def enter(self, token: str, me: Me) -> None:
        self.changes.stop()
        self.session.open(token, me)
        self.window.unlock(short_name(me.employee.title, initials=1))
        self.work.restore()
        self.changes.start()
        self.go_home()
        self.work.show()
        self.memory.load()
        self.outbox.send()

    def _expired(self) -> None:
        """Whoever works is asked to come in again; whoever is at the entrance is left alone."""
        self.changes.stop()
        self.session.close()
        if not self.window.is_locked:
            self.entrance.show(tr("Сеанс закончился"), tr("Отсканируйте бейдж ещё раз. Собранное сохранено."))

    def tasks_of(self, code: str) -> list[Task]:
        """Planned work of a tile, without what is on its way to the server already."""
        return [task for task in self.cache.tasks if task.operation in OPERATIONS
                and OPERATIONS[task.operation].tile == code and not self.queue.holds_document(task.id)]

    def _link(self, *, online: bool) -> None:
        self.window.head.online = online
        self.window.head.update()
        if online:
            self.outbox.send()

    # --- screens ---------------------------------------------------------------------------------------------------

    def go_home(self) -> None:
        if self.window.is_locked:
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
        screen.show_counts(offers.tile_notes({code: self.tasks_of(code) for code in TILES},
                                             self.cache.day.today if self.cache.day else None))
        screen.card.offer(self._next())

    def _next(self) -> Next | None:
        """The most urgent thing: what was refused, what is not finished, what is planned, what was done."""
        parked = [entry for entry in self.queue.entries() if entry.is_parked]
        if parked:
            self._tell_refused({entry.key for entry in parked})
            return offers.refused(parked, self.show_parked)
        if self.acceptance.again is not None:
            return offers.unaccepted(*self.acceptance.again, self.acceptance.ask)
        if self.work.opened is not None:
            return offers.unfinished(self.work.opened, self.work.show)
        task = offers.most_urgent([task for code in TILES for task in self.tasks_of(code)])
        words, tone = self._last_done
        if task is not None and tone is not Tone.ERROR:
            return offers.planned(task, words, partial(self.open_task, task))
        return offers.done(words, tone, self._forget_done) if words else None

    def _tell_refused(self, keys: set[str]) -> None:
        """The low sound comes with the red card, not in the middle of other work."""
        if keys - self._refused:
            self.sounds.play(Sound.ERROR)
        self._refused = keys

    def _forget_done(self) -> None:
        self._say("", Tone.OK)

    def _say(self, words: str, tone: Tone) -> None:
        """On the card of the home screen; the low sound is heard with it or not at all."""
        self._last_done = (words, tone)
        if tone is Tone.ERROR and isinstance(self.window.screen_now, HomeScreen):
            self.sounds.play(Sound.ERROR)
        self._show_counts()

    def begin(self, code: str) -> None:
        """A tile or a printed command of an operation."""
        if code == Command.LOOKUP.value:
            self.show_look()
            return
        found = OPERATIONS.get(code)
        if found is None:
            self.sounds.play(Sound.ERROR)
            self._say(tr("Эта команда терминалу не знакома"), Tone.WARN)
            return
        tasks = self.tasks_of(code)
        if found.alone and not tasks:
            self._open_alone(code)
            return
        screen = task_screen(found, tasks, self.open_task, lambda: self._open_alone(code))
        screen.back.connect(self.go_home)
        self.window.go(screen)

    def _open_alone(self, code: str) -> None:
        self.work.open(beginning.alone(code, self.cache.warehouses))

    def open_task(self, task: Task) -> None:
        if self.queue.holds_document(task.id):
            self.sounds.play(Sound.WARN)
            self._say(tr("{number}: уже закончено").format(number=task.number), Tone.WARN)
            return
        self.work.open(beginning.open_task(task))

    def show_look(self) -> None:
        screen = LookScreen()
        screen.back.connect(self.go_home)
        self.window.go(screen)

    def show_parked(self) -> None:
        screen = ParkedScreen(self.queue, Acts(
            retry=lambda entry: recovery.retry(screen, entry, self.queue, self.cache, self.memory, self.tasks,
                                               self._retried),
            reopen=lambda entry: recovery.reopen(screen, entry, self.work, self.queue, self.cache),
            drop=lambda entry: self.tasks.disk(screen, lambda: self.queue.drop(entry.key), lambda _: self.go_home())))
        screen.back.connect(self.go_home)
        self.window.go(screen)

    def _retried(self) -> None:
        self.go_home()
        self.outbox.send()

    # --- scans -----------------------------------------------------------------------------------------------------

    def scan(self, code: str) -> None:
        """A code from the scanner, on any screen."""
        found = self.cache.find(code)
        own = found.own
        if self.window.is_locked:
            self.entrance.scan(own)
        elif own is not None and own.kind is CodeKind.COMMAND:
            self._command(own.payload)
        elif self.work.is_shown:
            self.work.scan(found)
        elif found.task is not None:
            self.open_task(found.task)
        else:
            self._look_up(found)

    def _command(self, payload: str) -> None:
        work = self.work
        acts = {Command.POST: work.finish, Command.UNDO: lambda: work.act(Open.undo),
                Command.UNDERSTOOD: lambda: work.act(Open.understood), Command.ABSENT: work.absent_now,
                Command.OTHER_PLACE: lambda: work.act(Open.next_line)}
        free = {Command.PAUSE: self.entrance.show, Command.HOME: self.go_home}
        blocked = work.is_shown and work.opened is not None and work.opened.is_blocked
        if payload in acts and not work.is_shown:
            self.sounds.play(Sound.WARN)
            self._say(tr("Сначала откройте операцию"), Tone.WARN)
        elif blocked and payload not in (Command.UNDERSTOOD, Command.PAUSE):
            self.sounds.play(Sound.ERROR)
        elif payload in acts or payload in free:
            (acts | free)[Command(payload)]()
        else:
            self.begin(payload)

    def _broken(self) -> None:
        if self.work.is_shown:
            self.work.act(Open.broken)
        else:
            self.sounds.play(Sound.WARN)
            self._say(tr("Код прочитан не до конца: отсканируйте ещё раз"), Tone.WARN)

    def _look_up(self, found: Found) -> None:
        screen = self.window.screen_now
        if not isinstance(screen, LookScreen):
            self.show_look()
            screen = self.window.screen_now
        assert isinstance(screen, LookScreen)
        meaning = screen.ask(self.api, self.tasks, found)
        self.sounds.play(Sound.OK if meaning is not CodeMeaning.UNKNOWN else Sound.WARN)

    # --- what is sent ----------------------------------------------------------------------------------------------

    def _finished(self, title: str) -> None:
        self._last_done = (tr("{title}: отправляется").format(title=title), Tone.OK)
        self.go_home()

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
            pin = self.work.pins.pop(sent.entry.key, "")
            if pin:
                self.acceptance.accept(sent.done, pin)
        self._show_counts()
        if not sent.offline:
            self.memory.soon()

    def _failed(self, error: BaseException) -> None:
        """Work in the background that nobody waits for: told on the home screen."""
        log.warning("background work failed", exc_info=error)
        problem = problem_of(error)
        self._say(f"{problem.message}. {problem.action}", Tone.ERROR)
