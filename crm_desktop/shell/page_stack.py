"""The pages of the open tabs. A new page comes to the screen in two turns of the loop, so that neither is felt."""

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QStackedWidget, QWidget

from crm_desktop.kit.i18n import tr
from crm_desktop.kit.page import Page


class PageStack(QStackedWidget):
    """`shown(page)`: the page is on the screen, for the first time or again.

    Making a page and putting it on the screen (styles, layout, the first painting) cost about the same. The tab is
    painted between the two; keys that are pressed meanwhile go to the page that comes.
    """

    shown = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._coming: Page | None = None
        self._place = _Place(self)
        self.addWidget(self._place)
        self._turn = QTimer(self, singleShot=True, interval=0)
        self._turn.timeout.connect(self.finish)

    def show_page(self, page: Page) -> None:
        """A page that has been here before shows at once."""
        if self.indexOf(page) >= 0:
            self._forget()
            self._bring(page)
        else:
            self._coming = page
            self.setCurrentWidget(self._place)
            self._place.setFocus()
            self._turn.start()

    def has_shown(self, page: Page) -> bool:
        return self.currentWidget() is page

    def finish(self) -> None:
        """Puts the page that comes on the screen now."""
        page = self._coming
        self._forget()
        if page is not None:
            self.addWidget(page)
            self._bring(page)

    def remove_page(self, page: Page) -> None:
        if page is self._coming:
            self._forget()
        self.removeWidget(page)

    def _bring(self, page: Page) -> None:
        self.setCurrentWidget(page)
        self.shown.emit(page)

    def _forget(self) -> None:
        self._coming = None
        self._turn.stop()


class _Place(QWidget):
    """Stands where a page is about to be, with the keyboard: the page gets what is typed."""

    def __init__(self, stack: PageStack) -> None:
        super().__init__(stack)
        self._stack = stack
        self.setObjectName("page")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Страница открывается"))

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ShortcutOverride:  # before the key itself: its shortcut may be the page's
            self._stack.finish()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        self._stack.finish()
        target = QApplication.focusWidget()
        if target is not None and target is not self:
            QApplication.sendEvent(target, event.clone())
