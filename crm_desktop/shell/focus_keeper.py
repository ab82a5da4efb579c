"""The keyboard stays with the page when the widget that had it is disabled or hidden."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QWidget


class FocusKeeper(QObject):
    """Qt gives the focus of a disabled or hidden widget to the next one of the window, which may be the rail: what is
    typed next would be lost. `current` is the page in front."""

    def __init__(self, window: QWidget, current: Callable[[], QWidget | None]) -> None:
        super().__init__(window)
        self._window = window
        self._current = current
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._follow)

    def _follow(self, old: QWidget | None, now: QWidget | None) -> None:
        page = self._current()
        if page is None or old is None or now is None or now.window() is not self._window:
            return
        has_left = page.isAncestorOf(old) and now is not page and not page.isAncestorOf(now)
        if has_left and not (old.isEnabled() and old.isVisible()):
            page.setFocus(Qt.FocusReason.OtherFocusReason)
