"""The look of the program: tokens -> palette and one style sheet; follows the system or the user's choice, live."""

from enum import StrEnum
from functools import cache
from string import Template
from weakref import WeakSet

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from crm_contract.lists import Tone
from crm_desktop.kit import fonts
from crm_desktop.kit.resource_files import resource
from crm_desktop.kit.tokens import DARK, LIGHT, Tokens, ToneColors

_current: Tokens = LIGHT


class ThemeMode(StrEnum):
    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def tokens() -> Tokens:
    """The colours now. Painting code asks each time and keeps nothing."""
    return _current


def color(name: str) -> QColor:
    """A colour now by token name: `accent`, `warn`, `warn.fill`, `warn.mark`."""
    return _color(_current.color(name))


def tone(value: Tone) -> ToneColors:
    return _current.tone(value)


@cache
def _color(code: str) -> QColor:
    return QColor(code)


class Theme(QObject):
    """Owns palette, style sheet, fonts and their changes. One per process, made before the first window."""

    changed = Signal()

    def __init__(self, app: QApplication, mode: ThemeMode = ThemeMode.SYSTEM, font_scale: float = 1.0, *,
                 by_window: bool = False) -> None:
        """`by_window`: the style sheet is not the application's but of the windows given to `dress`, and of what they
        open. With a sheet of the application Qt styles all of a page again whenever a part of it is put into a larger
        one: opening a page took twice the time."""
        super().__init__(app)
        self._app = app
        self._mode = mode
        self._windows: WeakSet[QWidget] | None = WeakSet() if by_window else None
        app.setStyle("Fusion")
        fonts.install(app)
        if font_scale != 1.0:
            fonts.set_scale(app, font_scale)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
        self._apply()

    @property
    def mode(self) -> ThemeMode:
        return self._mode

    @property
    def is_dark(self) -> bool:
        return _current.dark

    def dress(self, window: QWidget) -> None:
        """For each window without a parent, before it is shown."""
        if self._windows is not None:
            self._windows.add(window)
            window.setStyleSheet(style_sheet(_current))

    def set_mode(self, mode: ThemeMode) -> None:
        """Changes the look of all open windows at once."""
        self._mode = mode
        hints = QGuiApplication.styleHints()
        # The frame of the window follows too, where the system can do it.
        hints.setColorScheme({
            ThemeMode.LIGHT: Qt.ColorScheme.Light, ThemeMode.DARK: Qt.ColorScheme.Dark,
        }.get(mode, Qt.ColorScheme.Unknown))
        self._apply()

    def set_font_scale(self, value: float) -> None:
        fonts.set_scale(self._app, value)
        self._set_sheet()
        self.changed.emit()

    def _system_changed(self) -> None:
        if self._mode is ThemeMode.SYSTEM:
            self._apply()

    def _apply(self) -> None:
        global _current  # noqa: PLW0603  one process has one theme, like its palette
        _current = DARK if self._wants_dark() else LIGHT
        self._app.setPalette(palette(_current))
        self._set_sheet()
        self.changed.emit()

    def _set_sheet(self) -> None:
        sheet = style_sheet(_current)
        self._app.setStyleSheet(sheet if self._windows is None else "")
        for window in list(self._windows or ()):
            if isValid(window):
                window.setStyleSheet(sheet)

    def _wants_dark(self) -> bool:
        if self._mode is ThemeMode.SYSTEM:
            return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return self._mode is ThemeMode.DARK


def palette(colors: Tokens) -> QPalette:
    """The palette for Fusion; item views take their colours from here, never from the style sheet."""
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: colors.window, QPalette.ColorRole.WindowText: colors.text,
        QPalette.ColorRole.Base: colors.surface, QPalette.ColorRole.AlternateBase: colors.window,
        QPalette.ColorRole.Text: colors.text, QPalette.ColorRole.PlaceholderText: colors.faint,
        QPalette.ColorRole.Button: colors.surface, QPalette.ColorRole.ButtonText: colors.text,
        QPalette.ColorRole.BrightText: colors.error.text, QPalette.ColorRole.Highlight: colors.accent,
        QPalette.ColorRole.HighlightedText: colors.on_accent, QPalette.ColorRole.Link: colors.accent,
        QPalette.ColorRole.LinkVisited: colors.accent, QPalette.ColorRole.ToolTipBase: colors.toast,
        QPalette.ColorRole.ToolTipText: colors.on_toast, QPalette.ColorRole.Accent: colors.accent,
        QPalette.ColorRole.Light: colors.surface, QPalette.ColorRole.Midlight: colors.rule,
        QPalette.ColorRole.Mid: colors.border, QPalette.ColorRole.Dark: colors.ctrl,
        QPalette.ColorRole.Shadow: colors.scrim,
    }
    for role, code in roles.items():
        made.setColor(role, QColor(code))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        made.setColor(QPalette.ColorGroup.Disabled, role, QColor(colors.disabled))
    return made


def style_sheet(colors: Tokens) -> str:
    """`resources/styles/app.qss` with the colours of a theme and the sizes of the font scale put in."""
    template = Template(resource("styles", "app.qss").read_text("utf-8"))
    names = {name: code for name in Tokens.__dataclass_fields__ if isinstance(code := getattr(colors, name), str)}
    for name in ("ok", "warn", "error", "info", "violet", "neutral"):
        names[name] = colors.color(name)
        names[f"{name}_fill"] = colors.color(f"{name}.fill")
        names[f"{name}_mark"] = colors.color(f"{name}.mark")
    control = fonts.px(32)
    return template.substitute(
        names, images=resource("icons", "dark" if colors.dark else "light").as_posix(),
        control=control - 2, control_focus=control - 4, compact=fonts.px(28))
