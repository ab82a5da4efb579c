"""The one window: head, screen, foot. Every key and every scan comes here first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.frame import Foot, Head
from crm_desktop.terminal.pages import ChoiceScreen, Screen
from crm_desktop.terminal.scanner import Scanner


class TerminalWindow(QWidget):
    scanned = Signal(str)
    broken = Signal()
    paused = Signal()
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(tr("Терминал склада"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(1024, 600)
        self.head, self.foot = Head(), Foot()
        self.queue_words = ""
        self.is_locked = False
        self._body = QStackedLayout()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addLayout(self._body, 1)
        layout.addWidget(self.foot)
        self._scanner: Scanner | None = None

    @property
    def screen_now(self) -> Screen:
        screen = self._body.currentWidget()
        assert isinstance(screen, Screen)
        return screen

    def lock(self) -> None:
        """Nobody works: only the screens of the entrance are shown, whatever answer comes late."""
        self.is_locked = True
        self.head.person = ""

    def unlock(self, person: str) -> None:
        self.is_locked = False
        self.head.person = person

    def go(self, screen: Screen) -> None:
        """Shows a screen; the one before it goes when the event that it is in has ended."""
        if self.is_locked and not screen.is_entrance:
            screen.deleteLater()
            return
        before = self._body.currentWidget()
        self._body.addWidget(screen)
        self._body.setCurrentWidget(screen)
        if before is not None and before is not screen:
            self._body.removeWidget(before)
            before.hide()
            before.deleteLater()
        field = screen.field if isinstance(screen, ChoiceScreen) else None
        (field or self).setFocus()
        self.refresh()

    def refresh(self) -> None:
        """Head and foot say what the screen says now."""
        screen = self.screen_now
        self.head.say(*screen.head)
        back = tr("Esc — назад") if screen.has_back else ""
        keys = [] if screen.stopped else [self.queue_words, back, tr("F11 — пауза")]
        self.foot.say(screen.foot, " · ".join(part for part in keys if part), stopped=screen.stopped)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        handle = self.windowHandle()
        if self._scanner is None and handle is not None:
            self._scanner = Scanner(handle, self)
            self._scanner.scanned.connect(self.scanned)
            self._scanner.broken.connect(self.broken)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_F11:
            self.paused.emit()
        elif not self.screen_now.key(event):
            super().keyPressEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        self.left.emit()
        event.accept()
