"""The first screen: eight operations by digit, and above them the most urgent thing to do."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crm_contract.codes import Command
from crm_contract.lists import Tone
from crm_desktop.kit.fonts import FontRole
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.theme import color
from crm_desktop.terminal.look import GAP, MARGIN, BigButton, Tile, write
from crm_desktop.terminal.pages import Screen
from crm_desktop.widgets.painting import box


@dataclass(frozen=True, slots=True)
class TileSpec:
    command: Command
    title: str
    icon: str
    tint: Tone


def tiles() -> Sequence[TileSpec]:
    return (
        TileSpec(Command.RECEIPT, tr("Приём"), "truck", Tone.INFO),
        TileSpec(Command.ISSUE, tr("Выдача"), "export", Tone.INFO),
        TileSpec(Command.PICKING, tr("Сборка резерва"), "stack", Tone.VIOLET),
        TileSpec(Command.TRANSFER, tr("Перемещение"), "arrows-left-right", Tone.INFO),
        TileSpec(Command.CUSTODY_ISSUE, tr("Выдача сотруднику"), "identification-badge", Tone.INFO),
        TileSpec(Command.CUSTODY_RETURN, tr("Возврат"), "arrow-u-down-left", Tone.WARN),
        TileSpec(Command.STOCKTAKING, tr("Инвентаризация"), "clipboard-text", Tone.VIOLET),
        TileSpec(Command.LOOKUP, tr("Что это?"), "question", Tone.NEUTRAL),
    )


@dataclass(frozen=True, slots=True)
class Next:
    """The card above the tiles: an offer with one button."""

    title: str
    note: str
    button: str
    run: Callable[[], object]
    tone: Tone = Tone.INFO
    icon: str = "stack"


class HomeScreen(Screen):
    chosen = Signal(str)

    def __init__(self, place: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.head = (tr("Терминал склада"), "", place)
        self.has_back = False
        self.foot = tr("Сканируйте документ, товар, ячейку, бейдж или команду")
        outer = QVBoxLayout(self)
        outer.setContentsMargins(MARGIN, 16, MARGIN, 16)
        outer.setSpacing(16)
        self.card = NextCard()
        outer.addWidget(self.card)
        grid = QGridLayout()
        grid.setSpacing(16)
        outer.addLayout(grid, 1)
        self.tiles: dict[str, Tile] = {}
        for n, spec in enumerate(tiles()):
            tile = Tile(spec.title, str(n + 1), spec.icon, spec.tint)
            tile.clicked.connect(lambda checked=False, code=spec.command.value: self.chosen.emit(code))
            grid.addWidget(tile, n // 4, n % 4)
            self.tiles[spec.command.value] = tile
            self.keys[Qt.Key(Qt.Key.Key_1 + n)] = lambda code=spec.command.value: self.chosen.emit(code)
        self.keys |= {Qt.Key.Key_Return: self.card.press, Qt.Key.Key_Enter: self.card.press}

    def show_counts(self, notes: dict[str, tuple[str, str]]) -> None:
        """By operation: what waits, and what is urgent of it."""
        for code, (note, urgent) in notes.items():
            tile = self.tiles[code]
            tile.urgent = urgent
            tile.set_texts(tile.text(), note)


class NextCard(QWidget):
    """Empty it keeps its place, so that tiles do not jump under the glove."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(100)
        self._next: Next | None = None
        self.button = BigButton("", "Enter", kind="primary")
        self.button.setFixedSize(310, 72)
        self.button.clicked.connect(self.press)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(20, 14, 20, 14)
        layout.setSpacing(GAP)
        layout.addStretch(1)
        layout.addWidget(self.button)
        self.offer(None)

    def offer(self, offered: Next | None) -> None:
        self._next = offered
        self.button.setVisible(offered is not None)
        if offered is not None:
            self.button.set_texts(offered.button)
            self.button.kind = "danger" if offered.tone is Tone.ERROR else "primary"
            self.setAccessibleName(f"{offered.title}. {offered.note}")
        self.update()

    def press(self) -> None:
        if self._next is not None:
            self._next.run()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        offered = self._next
        if offered is None:
            box(painter, self.rect(), 12, color("surface"), color("border"), 1)
            write(painter, self.rect().adjusted(24, 0, -24, 0), tr("Заданий нет: выберите операцию или сканируйте"),
                  FontRole.TERMINAL_ITEM, "muted")
            return
        name = {Tone.ERROR: "error", Tone.OK: "ok", Tone.WARN: "warn"}.get(offered.tone, "info")
        border = "accent" if offered.tone is Tone.INFO else f"{name}.mark"
        box(painter, self.rect(), 12, color("surface"), color(border), 2)
        picture = QRect(20, 20, 60, 60)
        box(painter, picture, 8, color(f"{name}.fill"))
        draw_icon(painter, picture.adjusted(15, 15, -15, -15), offered.icon or Icon.INFO, color(name))
        room = self.width() - 100 - 360
        write(painter, QRect(100, 14, room, 36), offered.title, FontRole.TERMINAL_TITLE,
              "error" if offered.tone is Tone.ERROR else "text")
        write(painter, QRect(100, 52, room, 34), offered.note, FontRole.TERMINAL, "muted")
