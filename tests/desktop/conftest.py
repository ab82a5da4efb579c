"""Desktop tests run without a screen."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from crm_desktop.kit.theme import Theme, ThemeMode


@pytest.fixture(scope="session")
def theme(qapp: QApplication) -> Theme:
    """The real look: fonts, palette and style sheet, light."""
    QLocale.setDefault(QLocale("ru_RU"))
    return Theme(qapp, ThemeMode.LIGHT)


@pytest.fixture(autouse=True)
def _themed(theme: Theme) -> Iterator[None]:
    """Each test starts in the light theme at 100 %."""
    yield
    if theme.mode is not ThemeMode.LIGHT:
        theme.set_mode(ThemeMode.LIGHT)
