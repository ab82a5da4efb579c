"""Ctrl+K: commands, sections and records in one list, by keyboard alone; `=2*350` is worked out."""

from collections.abc import Callable, Sequence
from time import monotonic

from PySide6.QtCore import QEvent, QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QGuiApplication, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.documents import KINDS
from crm_contract.lists import Hit
from crm_desktop.kit import fonts, formatting
from crm_desktop.kit.api_client import ApiClient
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.tasks import Tasks
from crm_desktop.kit.theme import color
from crm_desktop.shell.calculator import calculate
from crm_desktop.shell.palette_items import PaletteGroup, PaletteItem, filtered, hit_groups, likeliest_first
from crm_desktop.shell.palette_list import PaletteList
from crm_desktop.widgets.labels import Label, caption, rule
from crm_desktop.widgets.line_edit import LineEdit
from crm_desktop.widgets.painting import box
from crm_desktop.widgets.pills import KeyCap

WIDTH, TOP, HEIGHT = 680, 72, 556
SEARCH_PAUSE_MS = 140
MIN_CHARS = 2
PERSONS = ("contact", "employee")
COMMANDS, PEOPLE, NUMBERS, SUM = ">", "@", "#", "="
_OWN_KEYS = (Qt.Key.Key_Escape, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter)
OpenHit = Callable[[Hit], Callable[[], None]]


class Palette(QWidget):
    """Covers the window while it is open. `static` gives the sections and commands of this moment."""

    closed = Signal()

    def __init__(self, window: QWidget, api: ApiClient, tasks: Tasks, static: Callable[[], list[PaletteGroup]],
                 recent: Callable[[], list[PaletteItem]], open_hit: OpenHit, icon_of: Callable[[Hit], str]) -> None:
        super().__init__(window)
        self._host = window
        self._api = api
        self._tasks = tasks
        self._static = static
        self._recent = recent
        self._open_hit = open_hit
        self._icon_of = icon_of
        self._groups: list[PaletteGroup] = []
        self._asked_at = 0.0  # monotonic seconds
        self._timer = QTimer(self, singleShot=True, interval=SEARCH_PAUSE_MS)
        self._timer.timeout.connect(self._search)
        self._panel = _Panel(self)
        self._edit = self._panel.edit
        self._list = self._panel.list
        self._edit.textChanged.connect(self._typed)
        self._edit.installEventFilter(self)
        self._list.picked.connect(self._run)
        window.installEventFilter(self)
        self.setAccessibleName(tr("Поиск и команды"))
        self.hide()

    def open_palette(self, text: str = "") -> None:
        self._groups = self._static()
        self.setGeometry(self._host.rect())
        self._place()
        self.show()
        self.raise_()
        self._edit.setText(text)
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._typed()

    def close_palette(self) -> None:
        if self.isHidden():
            return
        self._timer.stop()
        self._tasks.cancel(self, "search")
        self.hide()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._host.rect())
            self._place()
        if watched is not self._edit or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride and event.key() in _OWN_KEYS:
            event.accept()  # Esc closes the palette, not what lies below it
        return event.type() == QEvent.Type.KeyPress and self._press(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if not self._panel.geometry().contains(event.position().toPoint()):
            self.close_palette()

    def paintEvent(self, event: QPaintEvent) -> None:
        shade = QColor(color("scrim"))
        shade.setAlpha(110)
        QPainter(self).fillRect(self.rect(), shade)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _press(self, event: QKeyEvent) -> bool:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: 6,
                Qt.Key.Key_PageUp: -6}.get(Qt.Key(event.key()))
        if step is not None:
            self._list.move_by(step)
        elif event.key() == Qt.Key.Key_Escape:
            self.close_palette()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._list.pick_current()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab):
            self._list.move_by(1 if event.key() == Qt.Key.Key_Tab else -1)
        else:
            return False
        return True

    def _typed(self) -> None:
        text = self._edit.text().strip()
        self._timer.stop()
        self._tasks.cancel(self, "search")
        self._panel.set_time("")
        if text.startswith(SUM):
            self._list.set_groups(self._sum(text[1:]), "")
            return
        self._list.set_groups(self._local(text), self._words(text))
        if len(self._words(text)) >= MIN_CHARS and not text.startswith(COMMANDS):
            self._timer.start()

    def _local(self, text: str) -> list[PaletteGroup]:
        words = self._words(text)
        if text.startswith((PEOPLE, NUMBERS)):
            return []
        if not words:
            recent = PaletteGroup(tr("Недавние"), self._recent()[:6])
            return [*([recent] if recent.items and not text else []), *self._groups]
        return filtered(self._groups, words)

    def _search(self) -> None:
        text = self._edit.text().strip()
        words = self._words(text)
        self._asked_at = monotonic()
        self._tasks.run(self, lambda: self._api.get("/api/search", list[Hit], {"q": words}),
                        lambda hits: self._found(text, hits), lambda error: self._failed(text), key="search")

    def _found(self, text: str, hits: Sequence[Hit]) -> None:
        self._panel.set_time(tr("{ms} мс").format(ms=round((monotonic() - self._asked_at) * 1000)))  # 1000 ms per _s
        if text.startswith(PEOPLE):
            hits = [hit for hit in hits if hit.kind in PERSONS]
        elif text.startswith(NUMBERS):
            hits = [hit for hit in hits if hit.entity in KINDS]
        words = self._words(text)
        groups = likeliest_first(hit_groups(hits, self._open_hit, self._icon_of), words)
        # commands stay where they were seen: an Enter already on its way does what the person read
        self._list.set_groups([*self._local(text), *groups], words)

    def _failed(self, text: str) -> None:
        self._panel.set_time(tr("поиск недоступен"))

    def _sum(self, text: str) -> list[PaletteGroup]:
        try:
            value = calculate(text)
        except ValueError:
            return []
        shown = formatting.quantity(value, 4)

        def copy() -> None:
            QGuiApplication.clipboard().setText(shown.replace(formatting.NBSP, ""))

        item = PaletteItem(shown, copy, tr("Скопировать результат"), Icon.COPY)
        return [PaletteGroup(tr("Калькулятор"), [item])]

    def _run(self, item: PaletteItem) -> None:
        self.close_palette()
        item.run()

    @staticmethod
    def _words(text: str) -> str:
        return text.lstrip(f"{COMMANDS}{PEOPLE}{NUMBERS}").strip()

    def _place(self) -> None:
        width = min(WIDTH, self.width() - 32)
        top = min(TOP, max(8, (self.height() - HEIGHT) // 2))
        self._panel.setGeometry((self.width() - width) // 2, top, width, min(HEIGHT, self.height() - top - 16))


class _Panel(QWidget):
    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.edit = LineEdit()
        self.edit.setProperty("role", "bare")
        self.edit.setPlaceholderText(tr("Клиент, документ, товар или команда"))
        self.edit.setAccessibleName(tr("Поиск и команды"))
        fonts.set_role(self.edit, FontRole.TITLE)
        self.list = PaletteList()
        self._time = Label("", FontRole.CAPTION, "muted")
        head = QHBoxLayout()
        head.setContentsMargins(56, 14, 24, 14)
        head.setSpacing(12)
        head.addWidget(self.edit, 1)
        head.addWidget(self._time)
        head.addWidget(KeyCap("Esc"))
        outer = QVBoxLayout(self)
        outer.setContentsMargins(1, 1, 1, 1)
        outer.setSpacing(0)
        outer.addLayout(head)
        outer.addWidget(rule())
        outer.addWidget(self.list, 1)
        outer.addWidget(rule())
        outer.addLayout(self._foot())

    def set_time(self, text: str) -> None:
        self._time.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        box(painter, self.rect(), 10, color("surface"), color("button_border"))
        draw_icon(painter, QRectF(20, 18, 22, 22), Icon.SEARCH, "accent")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()

    @staticmethod
    def _foot() -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(20, 9, 20, 9)
        foot.setSpacing(6)
        for key, words in ((COMMANDS, tr("команда")), (PEOPLE, tr("человек")), (NUMBERS, tr("номер")),
                           (SUM, tr("посчитать"))):
            foot.addWidget(KeyCap(key))
            foot.addWidget(caption(words))
            foot.addSpacing(8)
        foot.addStretch(1)
        foot.addWidget(KeyCap("↑↓"))
        foot.addWidget(caption(tr("выбрать")))
        foot.addSpacing(8)
        foot.addWidget(KeyCap("Enter"))
        foot.addWidget(caption(tr("открыть")))
        return foot
