"""The open pages: a tab bar with dirty dots and crosses, and the stack below it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QTabBar, QVBoxLayout, QWidget

from crm_desktop.kit import fonts
from crm_desktop.kit.fonts import FontRole, font
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.icons import Icon, draw_icon
from crm_desktop.kit.page import Page
from crm_desktop.kit.theme import color
from crm_desktop.shell.page_stack import PageStack
from crm_desktop.widgets.painting import elided

BAR_HEIGHT = 36
LONGEST_TAB = 240
PADDING = 12
CROSS = 14
REMEMBERED = 20


@dataclass(frozen=True, slots=True)
class ClosedTab:
    """Enough to open a page again."""

    entity: str
    id: int | None
    state: dict[str, Any]
    title: str


class TabBar(QTabBar):
    """Middle click and the cross close; the wheel and the arrows walk."""

    close_asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._dirty: set[QWidget] = set()
        self._pages: list[Page] = []
        self._hot = -1
        self.setDrawBase(False)
        self.setExpanding(False)
        self.setMovable(True)
        self.setUsesScrollButtons(True)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setElideMode(Qt.TextElideMode.ElideRight)
        self.setAccessibleName(tr("Открытые страницы"))
        fonts.set_role(self, FontRole.MEDIUM)

    def page_at(self, number: int) -> Page | None:
        data = self.tabData(number)
        return data if isinstance(data, Page) else None

    def number_of(self, page: Page) -> int:
        return next((number for number in range(self.count()) if self.tabData(number) is page), -1)

    def can_be_closed(self, number: int) -> bool:
        page = self.page_at(number)
        return page is not None and page.place()[0] != "home"

    def tabSizeHint(self, index: int) -> QSize:
        width = self.fontMetrics().horizontalAdvance(self.tabText(index)) + 2 * PADDING + 4
        page = self.page_at(index)
        if page is not None and page.dirty:
            width += 14
        if self.can_be_closed(index):
            width += CROSS + 8
        return QSize(min(width, LONGEST_TAB), fonts.px(BAR_HEIGHT))

    def minimumTabSizeHint(self, index: int) -> QSize:
        return self.tabSizeHint(index)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        number = self.tabAt(at)
        on_cross = number >= 0 and self.can_be_closed(number) and self._cross(number).contains(at)
        if event.button() == Qt.MouseButton.MiddleButton or (
                event.button() == Qt.MouseButton.LeftButton and on_cross):
            if number >= 0 and self.can_be_closed(number):
                self.close_asked.emit(number)
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        number = self.tabAt(event.position().toPoint())
        self._hover(number)
        if number >= 0:
            page = self.page_at(number)
            self.setToolTip(page.title if page is not None else "")

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        for number in range(self.count()):
            self._paint_tab(painter, number)

    def _paint_tab(self, painter: QPainter, number: int) -> None:
        area = self.tabRect(number)
        current = number == self.currentIndex()
        page = self.page_at(number)
        if current:
            painter.fillRect(area.adjusted(0, 4, 0, 0), color("surface"))
            painter.fillRect(area.left(), area.top() + 4, area.width(), 2, color("accent"))
        elif number == self._hot:
            painter.fillRect(area.adjusted(0, 6, 0, 0), color("hover"))
        painter.setFont(font(FontRole.STRONG if current else FontRole.MEDIUM))
        painter.setPen(color("text" if current else "muted"))
        right = PADDING + (CROSS + 8 if self.can_be_closed(number) else 0) + (14 if page and page.dirty else 0)
        words = area.adjusted(PADDING, 4, -right + 4, 0)
        text = elided(painter.fontMetrics(), self.tabText(number), words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, text)
        if page is not None and page.dirty:
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(color("warn.mark"))
            left = words.left() + painter.fontMetrics().horizontalAdvance(text) + 8
            painter.drawEllipse(QRectF(left, words.center().y() - 2, 6, 6))
            painter.restore()
        if self.can_be_closed(number):
            draw_icon(painter, QRectF(self._cross(number)), Icon.CLOSE, "text" if number == self._hot else "muted")
        if current and self.hasFocus():
            painter.setPen(color("accent"))
            painter.drawRoundedRect(area.adjusted(2, 8, -3, -3), 4, 4)

    def _cross(self, number: int) -> QRect:
        area = self.tabRect(number)
        return QRect(area.right() - PADDING - CROSS + 2, area.center().y() - CROSS // 2 + 2, CROSS, CROSS)

    def _hover(self, number: int) -> None:
        if number != self._hot:
            self._hot = number
            self.update()


class PageDeck(QWidget):
    """Tabs with their pages. Refreshes what others changed: the page in front now, the others when they come up."""

    current_changed = Signal(object)
    status_changed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = TabBar()
        self.stack = PageStack()
        self._stale: dict[Page, set[int] | None] = {}
        self._closed: list[ClosedTab] = []
        self._shown: list[Page] = []
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        strip = _Strip(self.bar)
        outer.addWidget(strip)
        outer.addWidget(self.stack, 1)
        self.stack.shown.connect(self._on_shown)
        self.bar.currentChanged.connect(self._on_current)
        self.bar.close_asked.connect(self.close_number)

    # --- for the shell ---------------------------------------------------------------------------------------------

    def pages(self) -> list[Page]:
        return [page for number in range(self.bar.count()) if (page := self.bar.page_at(number)) is not None]

    def current(self) -> Page | None:
        return self.bar.page_at(self.bar.currentIndex())

    def find_page(self, entity: str, id: int | None) -> Page | None:
        return next((page for page in self.pages() if page.place() == (entity, id)), None)

    def add(self, page: Page, *, in_front: bool = True) -> None:
        page.title_changed.connect(lambda text, page=page: self._retitle(page, text))
        page.dirty_changed.connect(lambda on, page=page: self._retitle(page, page.title))
        page.status_changed.connect(lambda text, page=page: self._on_status(page, text))
        page.closed.connect(lambda page=page: self._remove(page))
        self.bar.blockSignals(True)
        number = self.bar.addTab(page.title)
        self.bar.setTabData(number, page)
        self.bar.blockSignals(False)
        if in_front or self.bar.count() == 1:
            self.show_page(page)

    def show_page(self, page: Page) -> None:
        number = self.bar.number_of(page)
        if number == self.bar.currentIndex():
            self._on_current(number)
        else:
            self.bar.setCurrentIndex(number)

    def focus_page(self) -> None:
        """Work goes on in the page in front; one that is still coming takes the keyboard by itself."""
        page = self.current()
        if page is not None and self.stack.has_shown(page):
            page.activate()

    def step(self, by: int) -> None:
        """Ctrl+Tab and Ctrl+Shift+Tab."""
        if self.bar.count():
            self.bar.setCurrentIndex((self.bar.currentIndex() + by) % self.bar.count())

    def close_current(self) -> None:
        self.close_number(self.bar.currentIndex())

    def close_number(self, number: int) -> None:
        page = self.bar.page_at(number)
        if page is None or not self.bar.can_be_closed(number):
            return
        if page.would_lose:
            self.show_page(page)
        page.can_close(lambda may: self._remove(page) if may else None)

    def take_closed(self) -> ClosedTab | None:
        """The last closed tab, for Ctrl+Shift+T."""
        return self._closed.pop() if self._closed else None

    def close_all(self, done: Callable[[bool], None]) -> None:
        """Asks the pages that would lose something one after another; `done(False)` as soon as one stays."""
        full = [page for page in self.pages() if page.would_lose]
        if not full:
            done(True)
            return
        self.show_page(full[0])

        def answered(may: bool) -> None:
            if not may:
                done(False)
                return
            if self.bar.number_of(full[0]) >= 0:
                self._remove(full[0])
            self.close_all(done)

        full[0].can_close(answered)

    def state(self) -> list[dict[str, Any]]:
        """The tabs worth opening at the next start."""
        kept = []
        for page in self.pages():
            entity, id = page.place()
            if entity:
                kept.append({"entity": entity, "id": id, "state": page.state(), "title": page.title,
                             "current": page is self.current()})
        return kept

    def on_changed(self, entity: str, ids: list[int]) -> None:
        """Somebody changed these records (an empty list: any of them)."""
        for page in self.pages():
            if entity in page.watches:
                known = self._stale.get(page, set())
                self._stale[page] = known | set(ids) if ids and known is not None else None
        self._refresh_current()

    def refresh_all(self) -> None:
        """The connection came back: nobody knows what was missed."""
        for page in self.pages():
            self._stale[page] = None
        self._refresh_current()

    # --- inside ----------------------------------------------------------------------------------------------------

    def _refresh_current(self) -> None:
        page = self.current()
        if page is not None and page in self._stale:
            ids = self._stale.pop(page)
            page.refresh(sorted(ids) if ids else None)

    def _on_current(self, number: int) -> None:
        page = self.bar.page_at(number)
        if page is None:
            self.current_changed.emit(None)
            return
        if page in self._shown:
            self._shown.remove(page)
        self._shown.append(page)
        self.stack.show_page(page)
        self.current_changed.emit(page)
        self.status_changed.emit(page.status)

    def _on_shown(self, page: Page) -> None:
        page.activate()
        self._refresh_current()

    def _on_status(self, page: Page, text: str) -> None:
        if page is self.current():
            self.status_changed.emit(text)

    def _retitle(self, page: Page, text: str) -> None:
        number = self.bar.number_of(page)
        if number >= 0:
            self.bar.setTabText(number, text)
            self.bar.update()
            if page is self.current():
                self.current_changed.emit(page)

    def _remove(self, page: Page) -> None:
        number = self.bar.number_of(page)
        if number < 0:
            return
        entity, id = page.place()
        if entity:
            self._closed = [*self._closed, ClosedTab(entity, id, page.state(), page.title)][-REMEMBERED:]
        self._stale.pop(page, None)
        self._shown = [other for other in self._shown if other is not page]
        was_current = page is self.current()
        self.bar.blockSignals(True)
        self.bar.removeTab(number)
        self.bar.blockSignals(False)
        self.stack.remove_page(page)
        page.deleteLater()
        if was_current and self._shown:
            self.show_page(self._shown[-1])  # back to where the person came from
        elif was_current:
            self._on_current(self.bar.currentIndex())


class _Strip(QWidget):
    """The ground of the tab bar with a line below it, which the current tab interrupts."""

    def __init__(self, bar: TabBar) -> None:
        super().__init__()
        self._bar = bar
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        inner = QVBoxLayout(self)
        inner.setContentsMargins(8, 0, 8, 0)
        inner.addWidget(bar)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), color("window"))
        painter.fillRect(0, self.height() - 1, self.width(), 1, color("border"))
