"""The log-in: a window at the start, a dialog over the open pages when the session expired."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from time import monotonic

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QLinearGradient, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract import DEFAULT_PORT, VERSION
from crm_contract.access import LoginAnswer, LoginBody
from crm_contract.errors import ErrorCode
from crm_contract.lists import Tone
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.api_client import ApiClient, ApiError
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.problems import problem_of
from crm_desktop.kit.settings import Settings
from crm_desktop.kit.tasks import Tasks
from crm_desktop.kit.theme import color
from crm_desktop.shell.brand import Brand
from crm_desktop.shell.status_line import Dot
from crm_desktop.widgets.buttons import Button, ButtonKind
from crm_desktop.widgets.cards import row
from crm_desktop.widgets.choice_fields import CheckBox
from crm_desktop.widgets.dialogs import Dialog
from crm_desktop.widgets.labels import Label, Link
from crm_desktop.widgets.painting import box
from crm_desktop.widgets.text_fields import PasswordEdit, TextEdit

FORM_WIDTH = 380
SERVER_PAUSE_MS = 500
DEFAULT_SERVER = f"http://127.0.0.1:{DEFAULT_PORT}"


@dataclass(frozen=True, slots=True)
class ServerMeta:
    """What a server says before the log-in; `ms` is how long the answer took."""

    version: str
    min_client_version: str
    ms: int


class LoginForm(QWidget):
    """`logged_in(LoginAnswer)`. With `fixed_login` only the password is asked (the session expired)."""

    logged_in = Signal(object)

    def __init__(self, api: ApiClient, tasks: Tasks, settings: Settings, *, server: str = "", login: str = "",
                 fixed_login: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._api = api
        self._tasks = tasks
        self._settings = settings
        self._fixed = fixed_login
        self.server = TextEdit(tr("Сервер"), hint="https://crm.company.ru", max_length=200)
        self.server.set_value(server or settings.get("login/server", DEFAULT_SERVER))
        self.login = TextEdit(tr("Пользователь"), max_length=100, leading=Icon.USER)
        self.login.set_value(login or settings.get("login/name", ""))
        self.password = PasswordEdit(tr("Пароль"))
        self.remember = CheckBox(tr("Запомнить, кроме пароля"))
        self.remember.setChecked(bool(settings.get("login/remember", True)))
        self.enter = Button(tr("Войти"), ButtonKind.PRIMARY, key="Enter")
        self._dot = Dot()
        self._server_state = Label("", FontRole.CAPTION, "muted", wrap=True)
        self._pause = QTimer(self, singleShot=True, interval=SERVER_PAUSE_MS)
        self._pause.timeout.connect(self.ask_server)
        self._lay_out()
        self.server.edited.connect(self._pause.start)
        self.server.advanced.connect(self.login.setFocus)
        self.login.advanced.connect(self.password.setFocus)
        self.password.advanced.connect(self.submit)
        self.enter.clicked.connect(self.submit)
        self.ask_server()

    def focus(self) -> None:
        first = next((field for field in (self.server, self.login, self.password) if field.is_empty()), self.password)
        first.setFocus(Qt.FocusReason.OtherFocusReason)

    def ask_server(self) -> None:
        """Who answers at this address, how fast, and may this client talk to it."""
        address = normal_address(self.server.value())
        if not address:
            return
        self._show_server(tr("Проверяю…"), Tone.NEUTRAL)
        self._api.set_base_url(address)
        self._tasks.run(self, lambda: read_meta(self._api), self._on_meta, self._on_no_server, key="meta")

    def submit(self) -> None:
        empty = [field for field in (self.server, self.login, self.password) if field.is_empty()]
        for field in empty:
            field.set_error(tr("Заполните поле"))
        if empty:
            empty[0].setFocus()
            return
        self._api.set_base_url(normal_address(self.server.value()))
        body = LoginBody(login=self.login.value(), password=self.password.value(), client=f"desktop {VERSION}")
        self._tasks.run(self, lambda: self._api.post("/api/login", LoginAnswer, body), self._on_login,
                        self._on_refused, key="login", busy=self.enter)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.setFixedWidth(round(FORM_WIDTH * max(1.0, fonts.scale())))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        state = row(self._dot, self._server_state, gap=6)
        state.setStretch(1, 1)
        if self._fixed:
            self.login.set_read_only(True)
            self.server.hide()
            self._dot.hide()
            self._server_state.hide()
            self.remember.hide()
        else:
            column.addWidget(self.server)
            column.addLayout(state)
        for widget in (self.login, self.password, self.enter, self.remember):
            column.addWidget(widget)
        self.enter.setSizePolicy(self.server.sizePolicy())
        self.enter.setMinimumHeight(fonts.px(44))
        self.enter.setVisible(not self._fixed)

    def _on_meta(self, meta: ServerMeta) -> None:
        if older(VERSION, meta.min_client_version):
            self._show_server(tr("Версия программы {own} устарела: сервер принимает не ниже {least}. "
                                 "Обновите программу").format(own=VERSION, least=meta.min_client_version), Tone.ERROR)
            return
        same = "" if meta.version == VERSION else tr(" · у программы {own}").format(own=VERSION)
        self._show_server(tr("На связи, отклик {ms} мс · версия {version}{same}").format(
            ms=meta.ms, version=meta.version, same=same), Tone.OK if not same else Tone.WARN)

    def _on_no_server(self, error: BaseException) -> None:
        self._show_server(problem_of(error).message + ". " + tr("Проверьте адрес и сеть"), Tone.ERROR)

    def _show_server(self, text: str, tone: Tone) -> None:
        self._dot.set_tone(tone)
        self._server_state.setText(text)
        self._server_state.set_tone("error" if tone is Tone.ERROR else "muted")

    def _on_login(self, answer: LoginAnswer) -> None:
        self._settings.set("login/remember", self.remember.isChecked())
        if self.remember.isChecked() and not self._fixed:
            self._settings.set("login/server", self._api.base_url)
            self._settings.set("login/name", self.login.value())
        self.password.set_value("")
        self.logged_in.emit(answer)

    def _on_refused(self, error: BaseException) -> None:
        problem = problem_of(error)
        text = problem.text
        wrong = isinstance(error, ApiError) and error.body.code is ErrorCode.BAD_CREDENTIALS
        if wrong and has_cyrillic(self.password.value()):
            text = tr("В пароле русские буквы: проверьте раскладку клавиатуры. ") + text
        self.password.set_error(text)
        self.password.setFocus()
        self.password.editor.selectAll()


class LoginWindow(QWidget):
    """The window of the start: what the program is at the left, the form at the right."""

    logged_in = Signal(object)
    theme_asked = Signal()
    left = Signal()  # closed by the person

    def __init__(self, api: ApiClient, tasks: Tasks, settings: Settings, *, server: str = "",
                 login: str = "") -> None:
        super().__init__()
        self.setObjectName("page")
        self.setWindowTitle(tr("Окно CRM: вход"))
        self.setMinimumSize(760, 560)
        self.resize(1100, 700)
        self.form = LoginForm(api, tasks, settings, server=server, login=login)
        self.form.logged_in.connect(self.logged_in)
        heading = Label(tr("Вход"), FontRole.FIGURE_LARGE)
        day = formatting.day_in_words(date.today())
        today = Label(day[:1].upper() + day[1:], FontRole.BODY, "muted")
        theme = Link(tr("Сменить тему"), FontRole.CAPTION)
        theme.clicked.connect(self.theme_asked)
        right = QVBoxLayout()
        right.setContentsMargins(24, 24, 24, 16)
        right.addStretch(2)
        today.setContentsMargins(0, 0, 0, 14)
        right.addWidget(_centered(heading, today, self.form))
        right.addStretch(3)
        right.addLayout(row(None, theme))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(_Front(), 41)
        line.addLayout(right, 59)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.form.focus()

    def closeEvent(self, event: QCloseEvent) -> None:
        super().closeEvent(event)
        self.left.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        QPainter(self).fillRect(self.rect(), color("surface"))


def ask_again(parent: QWidget, api: ApiClient, tasks: Tasks, settings: Settings, login: str,
              done: Callable[[LoginAnswer], None], gave_up: Callable[[], None]) -> Dialog:
    """The session expired: the pages stay, the waiting calls go on after the password."""
    dialog = Dialog(parent, tr("Войдите ещё раз"))
    dialog.add_text(tr("Сеанс закончился. Открытые страницы и введённое остались на месте."))
    form = LoginForm(api, tasks, settings, server=api.base_url, login=login, fixed_login=True)
    dialog.add(form)

    def logged_in(answer: LoginAnswer) -> None:
        dialog.accept()
        done(answer)

    form.logged_in.connect(logged_in)
    dialog.rejected.connect(gave_up)
    dialog.add_button(tr("Выйти"))
    dialog.add_button(tr("Войти"), form.submit, ButtonKind.PRIMARY)
    dialog.open()
    form.focus()
    return dialog


def read_meta(api: ApiClient) -> ServerMeta:
    started = monotonic()
    meta = api.get("/api/meta", dict[str, str])
    ms = round((monotonic() - started) * 1000)  # thousandths of a second
    return ServerMeta(meta.get("version", ""), meta.get("min_client_version", "0"), ms)


def normal_address(text: str) -> str:
    """What people type (`crm.company.ru:8765`) as an address; http only on this computer."""
    text = text.strip().rstrip("/")
    if not text or "://" in text:
        return text
    host = text.split(":")[0]
    return f"{'http' if host in ('localhost', '127.0.0.1') else 'https'}://{text}"


def older(version: str, least: str) -> bool:
    def parts(text: str) -> list[int]:
        return [int(part) if part.isdigit() else 0 for part in text.split(".")]

    return parts(version) < parts(least)


def has_cyrillic(text: str) -> bool:
    return any("а" <= sign <= "я" or sign == "ё" for sign in text.lower())


def _centered(*widgets: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for widget in widgets:
        column.addWidget(widget)
    holder.setFixedWidth(widgets[-1].width())
    outer = QWidget()
    line = QHBoxLayout(outer)
    line.addStretch(1)
    line.addWidget(holder)
    line.addStretch(1)
    return outer


class _Front(QWidget):
    """The dark half: the mark, what the program does, its version. The same in both themes."""

    LINES = (
        (Icon.CHECK_CIRCLE, tr("От обращения до оплаты без двойного ввода")),
        (Icon.FILE_TEXT, tr("Документы, письма и остатки рядом с клиентом")),
        (Icon.SHIELD_CHECK, tr("Введённое не теряется при обрыве связи")),
    )

    def __init__(self) -> None:
        super().__init__()
        brand = Brand(large=True, ink="#FFFFFF")
        column = QVBoxLayout(self)
        column.setContentsMargins(56, 52, 24, 40)
        column.addWidget(brand)
        column.addStretch(1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        ground = QLinearGradient(0, 0, self.width() / 2, self.height())
        ground.setColorAt(0, QColor("#0B1B30"))
        ground.setColorAt(1, QColor("#123A6B"))
        painter.fillRect(self.rect(), ground)
        self._paint_panes(painter)
        white = QColor("#FFFFFF")
        painter.setPen(white)
        painter.setFont(font(FontRole.FIGURE_LARGE))
        middle = self.height() * 2 // 5
        area = QRectF(56, middle - 80, self.width() - 80, 90)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap,
                         tr("Клиенты, склад и выезды\nв одном окне"))
        painter.setFont(font(FontRole.MEDIUM))
        for number, (icon, text) in enumerate(self.LINES):
            top = middle + 34 + number * 38
            draw_icon(painter, QRectF(56, top, 22, 22), icon, QColor("#8CBCFF"))
            painter.setPen(QColor("#D9E6F7"))
            painter.drawText(QRectF(90, top, self.width() - 100, 22), Qt.AlignmentFlag.AlignVCenter, text)
        painter.setPen(QColor("#A9C8EE"))
        painter.setFont(font(FontRole.CAPTION))
        painter.drawText(QRectF(56, self.height() - 58, 400, 22), Qt.AlignmentFlag.AlignVCenter,
                         tr("Версия {version}").format(version=VERSION))

    def _paint_panes(self, painter: QPainter) -> None:
        pane = QColor(255, 255, 255, 18)
        left, top = self.width() * 0.52, self.height() * 0.66
        box(painter, QRectF(left, top, self.width(), self.height()), 14, pane)
        for column in range(2):
            for line in range(2):
                box(painter, QRectF(left + 40 + column * 172, top + 40 + line * 172, 160, 160), 12, pane)
