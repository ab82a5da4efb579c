"""Icons: glyphs of the Phosphor font, drawn when they are painted, so they follow theme, size and screen by themselves.

The font file and its map travel inside the `qtawesome` package, which is not imported (its import costs more than
the whole start of a window).
"""

import json
from enum import StrEnum
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QIcon, QIconEngine, QPainter, QPixmap

from crm_desktop.kit.theme import color

_VERSION = "1.3.0"


class Icon(StrEnum):
    """Every icon the client names itself. Document kinds and actions name theirs in the contract."""

    ARROW_LEFT = "arrow-left"
    ARROW_RIGHT = "arrow-right"
    ARROWS_CLOCKWISE = "arrows-clockwise"
    BACK = "caret-left"
    BARCODE = "barcode"
    BRANCH = "git-branch"
    BUILDING = "buildings"
    CALENDAR_BLANK = "calendar-blank"
    CALENDAR_CHECK = "calendar-check"
    CARET_DOWN = "caret-down-bold"
    CARET_LEFT = "caret-left-bold"
    CARET_RIGHT = "caret-right-bold"
    CARET_UP = "caret-up-bold"
    CHAT = "chat-text"
    CHECK = "check"
    CHECK_BOLD = "check-bold"
    CHECK_CIRCLE = "check-circle"
    CHECK_CIRCLE_FILL = "check-circle-fill"
    CIRCLE = "circle"
    CIRCLE_HALF = "circle-half-fill"
    CLOCK = "clock"
    CLOSE = "x"
    COLUMNS = "columns"
    COPY = "copy"
    CUBE = "cube"
    DOTS = "dots-three"
    DOTS_VERTICAL = "dots-three-vertical"
    DOWNLOAD = "download-simple"
    ENVELOPE = "envelope-simple"
    EXPORT = "export"
    EYE = "eye"
    EYE_SLASH = "eye-slash"
    FILE = "file"
    FILE_PDF = "file-pdf"
    FILE_TEXT = "file-text"
    FLOPPY = "floppy-disk"
    FORWARD = "caret-right"
    FUNNEL = "funnel"
    GEAR = "gear-six"
    HISTORY = "clock-counter-clockwise"
    HOURGLASS = "hourglass"
    HOUSE = "house"
    INFO = "info"
    KEYBOARD = "keyboard"
    LIST = "list"
    LIST_PLUS = "list-plus"
    LOCK = "lock"
    MAP_PIN = "map-pin"
    MINUS = "minus"
    MONEY = "money"
    OPEN = "arrow-square-out"
    PACKAGE = "package"
    PAPERCLIP = "paperclip"
    PEN_FILL = "pencil-simple-fill"
    PENCIL = "pencil-simple"
    PHONE = "phone"
    PLUS = "plus"
    PLUS_CIRCLE = "plus-circle"
    PRINTER = "printer"
    PROHIBIT = "prohibit"
    QUESTION = "question"
    RECEIPT = "receipt"
    ROWS = "rows"
    SEARCH = "magnifying-glass"
    SEND = "paper-plane-tilt"
    SHIELD_CHECK = "shield-check"
    SIDEBAR = "caret-double-left"
    SIDEBAR_OPEN = "caret-double-right"
    SIGN_OUT = "sign-out"
    SLIDERS = "sliders-horizontal"
    STOP = "stop"
    TRAY = "tray"
    TREE = "tree-structure"
    TRASH = "trash"
    UNDO = "arrow-counter-clockwise"
    UPLOAD = "upload-simple"
    USER = "user"
    USER_BADGE = "identification-badge"
    USER_CIRCLE = "user-circle"
    USERS = "users"
    WARNING_CIRCLE = "warning-circle"
    WARNING_CIRCLE_FILL = "warning-circle-fill"
    WARNING_FILL = "warning-fill"
    WIFI_SLASH = "wifi-slash"
    X_CIRCLE_FILL = "x-circle-fill"


#: Names of newer Phosphor versions that this one lacks, and what stands in.
SUBSTITUTES = {
    "arrows-split": "git-fork", "coins": "coin", "file-xls": "table", "kanban": "columns", "plug": "link",
    "seal-check": "circle-wavy-check", "signature": "pen-nib", "user-switch": "user-gear",
}


def icon(name: str, role: str = "muted") -> QIcon:
    """A cached icon by Phosphor name; `role` is a colour of `Tokens.color`. Raises KeyError for an unknown name."""
    return _icon(str(name), role)


@cache
def _icon(name: str, role: str) -> QIcon:
    return QIcon(_GlyphEngine(glyph(name), role))


def draw_icon(painter: QPainter, rect: QRect | QRectF, name: str, pen: QColor | str) -> None:
    """Paints an icon centred in a square; `pen` is a colour or a token name."""
    _draw(painter, QRectF(rect), glyph(name), color(pen) if isinstance(pen, str) else pen)


def glyph(name: str) -> str:
    """The character of an icon. Raises KeyError for an unknown name."""
    codes = _charmap()
    return chr(int(codes[SUBSTITUTES.get(name, name)], 16))


def is_known(name: str) -> bool:
    return SUBSTITUTES.get(name, name) in _charmap()


def _draw(painter: QPainter, rect: QRectF, text: str, pen: QColor) -> None:
    painter.save()
    painter.setFont(_font(max(1, round(min(rect.width(), rect.height())))))
    painter.setPen(pen)
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextDontClip, text)
    painter.restore()


@cache
def _folder() -> Path:
    spec = find_spec("qtawesome")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("qtawesome")
    return Path(spec.origin).parent / "fonts"


@cache
def _charmap() -> dict[str, str]:
    return json.loads((_folder() / f"phosphor-charmap-{_VERSION}.json").read_text("utf-8"))


@cache
def _family() -> str:
    number = QFontDatabase.addApplicationFont(str(_folder() / f"phosphor-{_VERSION}.ttf"))
    return QFontDatabase.applicationFontFamilies(number)[0]


@cache
def _font(pixels: int) -> QFont:
    made = QFont(_family())
    made.setPixelSize(pixels)
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


class _GlyphEngine(QIconEngine):
    """Paints one glyph in the colour that its role has now."""

    def __init__(self, text: str, role: str) -> None:
        super().__init__()
        self._text = text
        self._role = role

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        role = "disabled" if mode == QIcon.Mode.Disabled else self._role
        _draw(painter, QRectF(rect), self._text, color(role))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(Qt.GlobalColor.transparent)
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _GlyphEngine(self._text, self._role)
