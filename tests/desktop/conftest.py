"""Desktop tests run without a screen; `desk` and `live_server` try them on the real server."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from crm_desktop.kit.theme import Theme, ThemeMode
from tests.desktop.live import desk, live_server, settings

__all__ = ["desk", "live_server", "settings"]


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The real look: fonts, palette and style sheet, light."""
    QLocale.setDefault(QLocale("ru_RU"))
    return Theme(qapp, ThemeMode.LIGHT)


@pytest.fixture(autouse=True)
def _themed(request: pytest.FixtureRequest) -> Iterator[None]:
    """Each test with widgets starts in the light theme; pure tests need no application."""
    if "qtbot" not in request.fixturenames:
        yield
        return
    theme: Theme = request.getfixturevalue("theme")
    yield
    app = QApplication.instance()
    is_bare = isinstance(app, QApplication) and not app.styleSheet()  # a client dresses its own windows only
    if theme.mode is not ThemeMode.LIGHT or is_bare:
        theme.set_mode(ThemeMode.LIGHT)
