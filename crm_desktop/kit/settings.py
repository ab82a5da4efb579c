"""What a person arranged for themselves on this computer: geometry, tabs, columns, theme. Never business data."""

import json
from typing import Any

from PySide6.QtCore import QByteArray, QRect, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

ORGANIZATION = "Okno"
APPLICATION = "OknoCRM"


class Settings:
    """One group per user, so that two people at one computer keep their own tables."""

    def __init__(self, user: str = "", store: QSettings | None = None) -> None:
        self._store = store or QSettings(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, ORGANIZATION, APPLICATION)
        self._user = user

    def for_user(self, login: str) -> "Settings":
        return Settings(login, self._store)

    def get(self, name: str, default: Any = None) -> Any:
        """A JSON value; a broken or missing entry gives the default."""
        text = self._store.value(self._key(name))
        if not isinstance(text, str):
            return default
        try:
            return json.loads(text)
        except json.JSONDecodeError:
            return default

    def set(self, name: str, value: Any) -> None:
        """Any JSON value; None removes the entry. Written to disk by Qt a little later."""
        if value is None:
            self._store.remove(self._key(name))
        else:
            self._store.setValue(self._key(name), json.dumps(value, ensure_ascii=False))

    def sync(self) -> None:
        self._store.sync()

    def save_window(self, name: str, window: QWidget) -> None:
        self._store.setValue(self._key(f"window/{name}"), window.saveGeometry())

    def restore_window(self, name: str, window: QWidget) -> bool:
        """False when nothing was kept. A window left on a monitor that is gone comes to one that is here."""
        data = self._store.value(self._key(f"window/{name}"))
        if not isinstance(data, QByteArray) or not window.restoreGeometry(data):
            return False
        keep_on_screen(window)
        return True

    def _key(self, name: str) -> str:
        return f"users/{self._user}/{name}" if self._user else f"computer/{name}"


def keep_on_screen(window: QWidget) -> None:
    """Moves and shrinks a window so that all of it is on the screen where most of it was, or on the main one."""
    frame = window.frameGeometry()
    screens = QGuiApplication.screens()
    best = max(screens, key=lambda screen: _area(screen.availableGeometry().intersected(frame)))
    if not _area(best.availableGeometry().intersected(frame)):
        best = QGuiApplication.primaryScreen()
    room = best.availableGeometry()
    if room.contains(frame):
        return
    width, height = min(frame.width(), room.width()), min(frame.height(), room.height())
    left = min(max(frame.left(), room.left()), room.right() - width + 1)
    top = min(max(frame.top(), room.top()), room.bottom() - height + 1)
    window.resize(width, height)
    window.move(left, top)


def _area(rect: QRect) -> int:
    return rect.width() * rect.height() if rect.isValid() else 0
