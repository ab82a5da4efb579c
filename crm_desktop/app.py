"""The composition root of the client: makes the parts, logs in, shows the window, ends cleanly."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QApplication, QWidget

from crm_contract.access import LoginAnswer, Me
from crm_contract.errors import ErrorBody, ErrorCode
from crm_desktop.kit.api_client import ApiClient, ApiError
from crm_desktop.kit.changes import ChangeListener
from crm_desktop.kit.crash import CrashGuard
from crm_desktop.kit.drafts import Drafts
from crm_desktop.kit.errors import ErrorDoor
from crm_desktop.kit.feature import AppContext
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.navigator import Navigator
from crm_desktop.kit.problems import Problem, ProblemKind, problem_of
from crm_desktop.kit.session import Session
from crm_desktop.kit.settings import APPLICATION, ORGANIZATION, Settings
from crm_desktop.kit.shortcuts import Shortcuts
from crm_desktop.kit.tasks import Tasks
from crm_desktop.kit.theme import Theme, ThemeMode
from crm_desktop.settings.password import ask_own_password
from crm_desktop.shell import features, menus
from crm_desktop.shell.brand import NAME, window_icon
from crm_desktop.shell.login import DEFAULT_SERVER, LoginWindow, ask_again
from crm_desktop.shell.main_window import SHORTCUTS, MainWindow
from crm_desktop.widgets.dialogs import Dialog, show_problem

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says; a token opens the window without the log-in."""

    server: str = ""
    login: str = ""
    token: str = ""


class Client(QObject):
    """The running program. `start` shows the first window; everything after that is signals."""

    def __init__(self, qapp: QApplication, options: Options, settings: Settings | None = None,
                 data_folder: Path | None = None) -> None:
        super().__init__(qapp)
        prepare_application(qapp)
        self._qapp = qapp
        self._options = options
        self.settings = settings or Settings()
        self._folder = data_folder or default_folder()
        self.theme = Theme(qapp, ThemeMode(self.settings.get("theme", ThemeMode.SYSTEM)),
                           self.settings.get("font_scale", 1), by_window=True)
        self.session = Session(self)
        server = options.server or self.settings.get("login/server") or DEFAULT_SERVER
        self.api = ApiClient(server, self.session)
        self.door = ErrorDoor(self)
        self.tasks = Tasks(self.door.handle, is_expired=self._is_expired, parent=self)
        self.changes = ChangeListener(self.api, parent=self)
        self.crashes = CrashGuard(self._folder, self._show_problem)
        self.login_window: LoginWindow | None = None
        self.window: MainWindow | None = None
        self._relogin: Dialog | None = None
        self._shown_problems: set[str] = set()
        self._wire()

    def start(self) -> None:
        self.crashes.install()
        if self._options.token:
            self._enter_by_token(self._options.token)
        else:
            self.show_login()

    # --- log-in ----------------------------------------------------------------------------------------------------

    def show_login(self) -> None:
        self.login_window = LoginWindow(self.api, self.tasks, self.settings, server=self._options.server,
                                        login=self._options.login)
        self.login_window.logged_in.connect(self._on_login)
        self.login_window.theme_asked.connect(self._toggle_theme)
        self.login_window.left.connect(lambda: self.quit() if self.window is None else None)
        self.theme.dress(self.login_window)
        self.login_window.show()

    def _enter_by_token(self, token: str) -> None:
        """A token of `make demo`: asks who it belongs to; a stale one falls back to the form."""
        self.session.set_token(token)

        def failed(error: BaseException) -> None:
            log.warning("token refused: %s", error)
            self.session.close()
            self.show_login()

        self.tasks.run(self, lambda: self.api.get("/api/me", Me), lambda me: self._enter(token, me), failed)

    def _on_login(self, answer: LoginAnswer) -> None:
        self._with_own_password(answer, self.login_window, lambda: self._enter(answer.token, answer.me), lambda: None)

    def _with_own_password(self, answer: LoginAnswer, window: QWidget | None, go_on: Callable[[], object],
                           gave_up: Callable[[], object]) -> None:
        """A password that the administrator gave is changed first; until then the server answers nothing else."""
        self.session.open(answer.token, answer.me)
        if not answer.me.must_change_password:
            go_on()
            return
        dialog = ask_own_password(self.tasks, self.api, window, tr("Придумайте свой пароль"), go_on)
        dialog.rejected.connect(gave_up)
        if window is None:
            self.theme.dress(dialog)

    def _enter(self, token: str, me: Me) -> None:
        self.session.open(token, me)
        host = urlsplit(self.api.base_url).netloc.replace(":", "_")
        shortcuts = Shortcuts(self)
        shortcuts.register(*SHORTCUTS)
        for feature in features.FEATURES:
            shortcuts.register(*feature.shortcuts)
        context = AppContext(
            self.api, self.tasks, self.session, self.settings.for_user(f"{me.login}@{host}"),
            Drafts(self._folder / "drafts" / host / me.login), Navigator(self), shortcuts)
        window = MainWindow(context, self.changes)
        window.theme_asked.connect(self._toggle_theme)
        window.keys_asked.connect(lambda: menus.keys_dialog(shortcuts, window))
        window.person_asked.connect(lambda chip: self._open_person_menu(context, chip))
        window.log_out_asked.connect(self.log_out)
        window.left.connect(self.quit)
        self.window = window
        self.theme.dress(window)
        window.start()
        window.show_drafts(len(context.drafts.list()))
        window.show()
        self.changes.start()
        if self.login_window is not None:
            self.login_window.close()
            self.login_window.deleteLater()
            self.login_window = None

    def log_out(self) -> None:
        """Asks the dirty pages, forgets the token and the drafts, shows the log-in."""
        if self.window is None:
            return
        self.window.deck.close_all(lambda may: self._finish_log_out() if may else None)

    def _finish_log_out(self) -> None:
        window = self.window
        if window is None:
            return
        self.changes.stop()
        window.keep()
        window.app.drafts.clear()
        self.tasks.run(self, lambda: self.api.post("/api/logout"), lambda _: self._closed(), lambda _: self._closed())

    def _closed(self) -> None:
        self.session.close()
        self.show_login()
        if self.window is not None:
            self.window.hide()
            self.window.deleteLater()
            self.window = None

    def quit(self) -> None:
        self.changes.stop()
        self.tasks.shutdown()
        self.crashes.uninstall()
        self._qapp.quit()

    # --- failures --------------------------------------------------------------------------------------------------

    def _wire(self) -> None:
        self.door.unplaced.connect(self._show_problem)
        self.door.crashed.connect(self._show_problem)
        self.door.update_needed.connect(self._show_problem)
        self.door.login_needed.connect(lambda problem: self._ask_login())
        self.door.offline.connect(self._show_offline)
        self.tasks.login_needed.connect(self._ask_login)
        self.changes.session_expired.connect(self._ask_login)

    def _is_expired(self, error: BaseException) -> bool:
        """Only inside the program; at the log-in a refusal is the answer."""
        return self.window is not None and problem_of(error).kind is ProblemKind.LOGIN and isinstance(error, ApiError)

    def _ask_login(self) -> None:
        if self.window is None or self._relogin is not None:
            return
        me = self.session.me

        def done(answer: LoginAnswer) -> None:
            self._with_own_password(answer, self.window, resumed, gave_up)

        def resumed() -> None:
            self._relogin = None
            self.tasks.resume()
            self.changes.start()

        def gave_up() -> None:
            self._relogin = None
            self._closed()
            self.tasks.give_up(ApiError(ErrorBody(code=ErrorCode.NOT_AUTHENTICATED, message=tr("Вход отменён")), 401))

        self._relogin = ask_again(self.window, self.api, self.tasks, self.settings, me.login, done, gave_up)

    def _show_problem(self, problem: Problem) -> None:
        """One dialog per kind of failure at a time, so that a broken server does not bury the person."""
        if problem.code in self._shown_problems:
            return
        self._shown_problems.add(problem.code)
        dialog = show_problem(self.window or self.login_window, problem)
        if dialog.parent() is None:
            self.theme.dress(dialog)
        dialog.finished.connect(lambda: self._shown_problems.discard(problem.code))

    def _show_offline(self, problem: Problem) -> None:
        if self.window is not None:
            self.window.messages.show_problem(problem)

    # --- look ------------------------------------------------------------------------------------------------------

    def _toggle_theme(self) -> None:
        self._set_theme(ThemeMode.LIGHT if self.theme.is_dark else ThemeMode.DARK)

    def _set_theme(self, mode: ThemeMode) -> None:
        self.settings.set("theme", mode)
        self.theme.set_mode(mode)

    def _set_scale(self, scale: float) -> None:
        self.settings.set("font_scale", scale)
        self.theme.set_font_scale(scale)

    def _open_person_menu(self, context: AppContext, chip: QWidget) -> None:
        if self.window is not None:
            menu = menus.person_menu(context, self.window, self.theme, set_theme=self._set_theme,
                                     set_scale=self._set_scale, log_out=self.log_out)
            menu.open_below(chip, align_right=True)


def prepare_application(qapp: QApplication) -> None:
    """Names and icon of the process; before the first window."""
    qapp.setOrganizationName(ORGANIZATION)
    qapp.setApplicationName(APPLICATION)
    qapp.setApplicationDisplayName(NAME)
    qapp.setQuitOnLastWindowClosed(False)
    qapp.setWindowIcon(window_icon())


def default_folder() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation))
