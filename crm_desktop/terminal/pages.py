"""What every screen of the terminal is, and the small ones: log-in, a list to choose from, digits to press."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crm_contract.lists import Tone
from crm_desktop.kit.fonts import FontRole, set_role
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color, tone
from crm_desktop.terminal.look import CENTER, GAP, MARGIN, TARGET, BigButton, write
from crm_desktop.widgets.painting import box

Keys = dict[Qt.Key, Callable[[], object]]


class Screen(QWidget):
    """`keys` are the keys that work here; `head` and `foot` what the frame says."""

    back = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head: tuple[str, str, str] = ("", "", "")
        self.foot = ""
        self.stopped = False
        self.has_back = True
        self.is_entrance = False
        self.keys: Keys = {}

    def key(self, event: QKeyEvent) -> bool:
        """True when the key means something here."""
        run = self.keys.get(Qt.Key(event.key()))
        if run is None:
            return False
        run()
        return True


class Notice(QWidget):
    """A large text in the middle: the log-in, an empty list."""

    def __init__(self, icon: str, title: str, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.icon, self.title, self.text = icon, title, text
        self.tone = Tone.INFO

    def say(self, title: str, text: str, tone: Tone = Tone.INFO) -> None:
        self.title, self.text, self.tone = title, text, tone
        self.setAccessibleName(f"{title}. {text}")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colors = tone(self.tone)
        middle = self.rect().center()
        picture = QRect(middle.x() - 60, middle.y() - 150, 120, 120)
        box(painter, picture, 24, color(f"{_NAMES[self.tone]}.fill"))
        draw_icon(painter, picture.adjusted(28, 28, -28, -28), self.icon, color(_NAMES[self.tone]))
        row = self.rect().adjusted(MARGIN, 0, -MARGIN, 0)
        row.setTop(middle.y() + 4)
        row.setHeight(44)
        write(painter, row, self.title, FontRole.TERMINAL_LARGE, "text", CENTER)
        row.setTop(middle.y() + 54)
        row.setHeight(72)
        write(painter, row, self.text, FontRole.TERMINAL_ITEM, colors.text if self.tone is Tone.ERROR else "muted",
              Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, wrap=True)


_NAMES = {Tone.INFO: "info", Tone.ERROR: "error", Tone.WARN: "warn", Tone.OK: "ok", Tone.NEUTRAL: "neutral",
          Tone.VIOLET: "violet"}


class LoginScreen(Screen):
    """The badge opens the digits of the PIN; a pause looks the same."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = (tr("Терминал склада"), "", "")
        self.has_back, self.is_entrance = False, True
        self.notice = Notice("identification-badge", "", "")
        layout = QVBoxLayout(self)
        layout.addWidget(self.notice)
        self.ask()

    def ask(self, problem: str = "", advice: str = "") -> None:
        if problem:
            self.notice.say(problem, advice, Tone.ERROR)
        else:
            self.notice.say(tr("Отсканируйте свой бейдж"), tr("Затем наберите ПИН-код и нажмите Enter"))
        self.foot = tr("Отсканируйте бейдж. Бейдж и ПИН-код выдаёт администратор")


class PadScreen(Screen):
    """Digits for a quantity or a PIN, by keys or by touch; `decimals` digits after the comma."""

    entered = Signal(str)

    def __init__(self, title: str, note: str, *, hidden: bool = False, decimals: int = 0,
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = (title, "", "")
        self.foot = tr("Наберите цифры и нажмите Enter")
        self._title, self._note, self._decimals = title, note, decimals
        self.is_hidden = hidden
        self.text = ""
        self._view = _PadView(self)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(MARGIN, 16, MARGIN, 16)
        outer.setSpacing(MARGIN)
        outer.addWidget(self._view, 1)
        pad = QGridLayout()
        pad.setSpacing(GAP)
        outer.addLayout(pad, 1)
        for n, char in enumerate("789456123"):
            self._button(pad, char, n // 3, n % 3, lambda c=char: self.put(c))
        self._button(pad, "," if decimals else "C", 3, 0, lambda: self.put(",") if decimals else self.clear())
        self._button(pad, "0", 3, 1, lambda: self.put("0"))
        self._button(pad, "←", 3, 2, self.rub)
        cancel = BigButton(tr("Отмена"), "Esc")
        cancel.clicked.connect(self.back)
        done = BigButton(tr("Готово"), "Enter", kind="primary")
        done.clicked.connect(self.finish)
        bottom = QHBoxLayout()
        bottom.setSpacing(GAP)
        bottom.addWidget(cancel)
        bottom.addWidget(done)
        pad.addLayout(bottom, 4, 0, 1, 3)
        self.keys = {Qt.Key.Key_Backspace: self.rub, Qt.Key.Key_Return: self.finish, Qt.Key.Key_Enter: self.finish,
                     Qt.Key.Key_Escape: self.back.emit}

    @property
    def shown(self) -> tuple[str, str, str]:
        """Title, note and what was typed, as it is shown."""
        return self._title, self._note, "•" * len(self.text) if self.is_hidden else self.text

    def key(self, event: QKeyEvent) -> bool:
        text = event.text()
        if text and text in "0123456789.,":
            self.put(text)
            return True
        return super().key(event)

    def put(self, char: str) -> None:
        char = "," if char == "." else char
        if char == "," and (not self._decimals or "," in self.text or not self.text):
            return
        if len(self.text.partition(",")[2]) >= self._decimals and "," in self.text:
            return
        if len(self.text) < 10:
            self.text += char
            self._view.update()

    def rub(self) -> None:
        self.text = self.text[:-1]
        self._view.update()

    def clear(self) -> None:
        self.text = ""
        self._view.update()

    def finish(self) -> None:
        if self.text:
            self.entered.emit(self.text.rstrip(","))

    @staticmethod
    def _button(pad: QGridLayout, text: str, row: int, column: int, run: Callable[[], object]) -> None:
        button = BigButton(text)
        button.clicked.connect(run)
        pad.addWidget(button, row, column)


class _PadView(QWidget):
    """What is typed, large."""

    def __init__(self, screen: PadScreen) -> None:
        super().__init__(screen)
        self._screen = screen

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        title, note, text = self._screen.shown
        box(painter, self.rect(), 12, color("surface"), color("border"), 1)
        area = self.rect().adjusted(32, 0, -32, 0)
        middle = area.center().y()
        area.setTop(16)
        area.setHeight(middle - 80)
        write(painter, area, note or title, FontRole.TERMINAL_TITLE, "text",
              Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, wrap=True)
        field = self.rect().adjusted(32, 0, -32, 0)
        field.setTop(middle - 50)
        field.setHeight(100)
        box(painter, field, 12, color("window"), color("accent"), 3)
        write(painter, field, text, FontRole.TERMINAL_FIGURE, "text", CENTER, tabular=True)


@dataclass(frozen=True, slots=True)
class Choice:
    """A line of a list: what it says and what it does."""

    title: str
    note: str
    run: Callable[[], object]
    icon: str = ""
    kind: str = "plain"


class ChoiceScreen(Screen):
    """A list by pages, chosen by digit or touch; with a `search` it is looked for by words."""

    searched = Signal(str)

    def __init__(self, title: str, number: str = "", subtitle: str = "", *, search: str = "", empty: str = "",
                 parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = (title, number, subtitle)
        self.foot = tr("Выберите строку цифрой или касанием")
        self._empty = empty or tr("Здесь пусто")
        self._choices: Sequence[Choice] = ()
        self._page = 0
        self._rows_a_page = 5 if search else 6
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 16, MARGIN, 16)
        outer.setSpacing(GAP)
        self.field: QLineEdit | None = None
        if search:
            self.field = QLineEdit()
            self.field.setPlaceholderText(search)
            self.field.setAccessibleName(search)
            self.field.setProperty("role", "terminal")
            self.field.setFixedHeight(TARGET)
            set_role(self.field, FontRole.TERMINAL_TITLE)
            self.field.textChanged.connect(self.searched)
            outer.addWidget(self.field)
            self.foot = tr("Наберите часть названия, Enter — первая строка")
        self.rows = QGridLayout()
        self.rows.setSpacing(GAP)
        outer.addLayout(self.rows, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(GAP)
        back = BigButton(tr("Назад"), "Esc")
        back.clicked.connect(self.back)
        self.more = BigButton(tr("Дальше"), "PgDn")
        self.more.clicked.connect(self.next_page)
        bottom.addWidget(back)
        bottom.addWidget(self.more)
        outer.addLayout(bottom)
        digits = {Qt.Key(Qt.Key.Key_1 + n): (lambda n=n: self.choose(n)) for n in range(self._rows_a_page)}
        self.keys = {Qt.Key.Key_Escape: self.back.emit, Qt.Key.Key_PageDown: self.next_page,
                     Qt.Key.Key_Return: lambda: self.choose(0), Qt.Key.Key_Enter: lambda: self.choose(0)}
        if not search:
            self.keys |= digits
        self.show_choices(())

    def show_choices(self, choices: Sequence[Choice]) -> None:
        self._choices = choices
        self._page = 0
        self._fill()

    def next_page(self) -> None:
        pages = max(1, -(-len(self._choices) // self._rows_a_page))
        self._page = (self._page + 1) % pages
        self._fill()

    def choose(self, number: int) -> None:
        shown = self._shown()
        if number < len(shown):
            shown[number].run()

    def _shown(self) -> Sequence[Choice]:
        return self._choices[self._page * self._rows_a_page:(self._page + 1) * self._rows_a_page]

    def _fill(self) -> None:
        while (item := self.rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        shown = self._shown()
        for n, choice in enumerate(shown):
            digit = "" if self.field is not None else str(n + 1)
            button = BigButton(choice.title, digit, choice.icon, kind=choice.kind, note=choice.note)
            button.clicked.connect(choice.run)
            self.rows.addWidget(button, n, 0)
        if not shown:
            self.rows.addWidget(Notice(Icon.INFO, self._empty, ""), 0, 0)
        for n in range(self._rows_a_page):
            self.rows.setRowStretch(n, 1)
        self.more.setVisible(len(self._choices) > self._rows_a_page)
