"""Who works at the terminal: a badge, then the digits of its PIN. A pause is the same screen."""

from PySide6.QtCore import QObject, Signal

from crm_contract.access import BadgeLoginBody, LoginAnswer, Me
from crm_contract.codes import CodeKind, OwnCode
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.session import Session
from crm_desktop.kit.tasks import Tasks
from crm_desktop.terminal.pages import LoginScreen, PadScreen
from crm_desktop.terminal.window import TerminalWindow

_KEY = "login"


class Entrance(QObject):
    """`opened(token, me)` after a good log-in. While its screen is shown the rest goes on: what is finished is sent."""

    opened = Signal(str, object)
    refused = Signal()

    def __init__(self, window: TerminalWindow, api: ApiClient, session: Session, tasks: Tasks, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._api, self._session, self._tasks = window, api, session, tasks
        self._closed: tuple[str, str] | None = None

    def show(self, problem: str = "", advice: str = "") -> None:
        """The answer to a log-in that somebody has turned away from is not waited for any more."""
        self._tasks.cancel(self, _KEY)
        screen = LoginScreen()
        screen.ask(*(self._closed or (problem, advice)))
        self._window.lock()
        self._window.go(screen)

    def close(self, problem: str, advice: str) -> None:
        """Nobody comes in here as long as the program runs."""
        self._closed = (problem, advice)
        self.show()

    def by_token(self, token: str) -> None:
        """A session that was opened elsewhere (the demo company)."""
        self._session.set_token(token)
        self._tasks.run(self, lambda: self._api.get("/api/me", Me), lambda me: self.opened.emit(token, me),
                        self._failed, key=_KEY)

    def scan(self, own: OwnCode | None) -> None:
        if own is not None and own.kind is CodeKind.BADGE and self._closed is None:
            self.ask_pin(str(own))
            return
        self.refused.emit()
        if isinstance(self._window.screen_now, LoginScreen):
            self.show(tr("Это не бейдж"), tr("Отсканируйте свой бейдж."))

    def ask_pin(self, badge: str) -> None:
        self._tasks.cancel(self, _KEY)
        pad = PadScreen(tr("Терминал склада"), tr("ПИН-код"), hidden=True)
        pad.is_entrance = True
        pad.entered.connect(lambda pin: self._log_in(badge, pin))
        pad.back.connect(self.show)
        self._window.go(pad)

    def _log_in(self, badge: str, pin: str) -> None:
        body = BadgeLoginBody(badge=badge, pin=pin, client=tr("терминал склада"))
        self._tasks.run(self, lambda: self._api.post("/api/login/badge", LoginAnswer, body),
                        lambda answer: self.opened.emit(answer.token, answer.me), self._failed, key=_KEY)

    def _failed(self, error: BaseException) -> None:
        problem = problem_of(error)
        self.refused.emit()
        self.show(problem.message, problem.action)
