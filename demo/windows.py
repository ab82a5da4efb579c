"""The client on the demo company: opened for a person when there is a display, else driven off-screen for pictures."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QEventLoop, QSettings, QTimer
from PySide6.QtWidgets import QApplication

from crm_desktop.app import Client, Options
from crm_desktop.kit.settings import Settings

WAIT_MS = 15_000
SETTLE_MS = 900


@dataclass(frozen=True)
class Stop:
    """One page to look at: what the navigator opens and the picture's name."""

    name: str
    entity: str
    record: int | None = None


def has_display() -> bool:
    """Whether a person can see windows; HEADLESS=1 says no."""
    if os.environ.get("HEADLESS") == "1":
        return False
    return os.name == "nt" or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def show(url: str, token: str) -> None:
    """Opens the client logged in; returns when the person closes it."""
    qapp = QApplication([])
    client = Client(qapp, Options(server=url, token=token))
    client.start()
    qapp.exec()


def photograph(url: str, token: str, stops: list[Stop], folder: Path) -> list[Path]:
    """Opens each page in the real windows, off-screen at 1366×768, light and dark; answers the pictures."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    qapp = QApplication([])
    pictures = []
    for theme in ("light", "dark"):
        settings = Settings(store=QSettings(str(folder / f"client-{theme}.ini"), QSettings.Format.IniFormat))
        settings.set("theme", theme)
        client = Client(qapp, Options(server=url, token=token), settings, folder / "client")
        client.start()
        _wait(lambda: client.window is not None)  # noqa: B023 - waited for inside the turn
        window = client.window
        assert window is not None
        window.resize(1366, 768)
        for stop in stops:
            window.app.navigator.open(stop.entity, stop.record)
            _settle()
            path = folder / f"{stop.name}-{theme}.png"
            if not window.grab().save(str(path)):
                raise RuntimeError(f"the picture {path} was not written")
            pictures.append(path)
        client.changes.stop()
        client.tasks.shutdown()
        window.hide()
    return pictures


def _settle() -> None:
    """Lets answers arrive and pages draw."""
    loop = QEventLoop()
    QTimer.singleShot(SETTLE_MS, loop.quit)
    loop.exec()


def _wait(done: Callable[[], bool]) -> None:
    """Raises RuntimeError when it is not done in time."""
    for _ in range(WAIT_MS // SETTLE_MS):
        _settle()
        if done():
            return
    raise RuntimeError("the client's window did not appear")
