"""Pages of a PDF below each other: zoom, fit to the width, page by page; sharp on any screen.

Pictures are made in the background for the pages in sight only; until one comes, the page is white paper.
"""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from crm_desktop.documents.pdf_pages import PageSize, page_image
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.tasks import Tasks
from crm_desktop.kit.theme import color

EDGE = 20
GAP = 16
KEPT_PAGES = 8
STEP = 60
SCREEN_POINTS = 96 / 72      # logical pixels of a point at 100 %
ZOOMS = (50, 75, 100, 125, 150, 200, 300)
REDRAW_MS = 60


class PdfView(QAbstractScrollArea):
    """`page_changed(page, count)`, `zoom_changed(percent, is_fit)`."""

    page_changed = Signal(int, int)
    zoom_changed = Signal(int, bool)

    def __init__(self, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._data = b""
        self._sizes: Sequence[PageSize] = ()
        self._zoom = 100
        self._fit = True
        self._images: dict[tuple[int, int], QImage] = {}
        self._asked: set[tuple[int, int]] = set()
        self._page = 0
        self.setFrameShape(QAbstractScrollArea.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Просмотр документа"))
        self._redraw = QTimer(self, singleShot=True, interval=REDRAW_MS)
        self._redraw.timeout.connect(self._ask)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll)

    @property
    def page_count(self) -> int:
        return len(self._sizes)

    @property
    def page(self) -> int:
        return self._page

    @property
    def zoom(self) -> int:
        """Percent of the true size."""
        return round(self._scale() / SCREEN_POINTS * 100)

    def show_pdf(self, data: bytes, sizes: Sequence[PageSize]) -> None:
        self._data, self._sizes = data, sizes
        self._images.clear()
        self._asked.clear()
        self._lay_out()
        self.verticalScrollBar().setValue(0)
        self._page = 0
        self._tell()

    def is_sharp(self) -> bool:
        """The pictures of all pages in sight are there."""
        return bool(self._sizes) and all((number, self._key()) in self._images for number in self._in_sight())

    def set_zoom(self, percent: int) -> None:
        self._fit, self._zoom = False, min(max(percent, ZOOMS[0]), ZOOMS[-1])
        self._keep_place(self._lay_out)

    def fit_width(self) -> None:
        self._fit = True
        self._keep_place(self._lay_out)

    def zoom_step(self, by: int) -> None:
        """To the next step up or down."""
        now = self.zoom
        steps = [z for z in ZOOMS if z > now] if by > 0 else [z for z in reversed(ZOOMS) if z < now]
        if steps:
            self.set_zoom(steps[0])

    def go_to(self, page: int) -> None:
        if 0 <= page < len(self._sizes):
            self.verticalScrollBar().setValue(self._places()[page].top() - EDGE)

    # --- Qt --------------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), color("sunken"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        offset = QPoint(self.horizontalScrollBar().value(), self.verticalScrollBar().value())
        for number, place in enumerate(self._places()):
            area = place.translated(-offset)
            if not area.intersects(event.rect()):
                continue
            painter.setPen(color("button_border"))
            painter.setBrush(QColor("white"))
            painter.drawRect(QRectF(area).adjusted(-0.5, -0.5, 0.5, 0.5))
            image = self._images.get((number, self._key()))
            if image is None:
                self._redraw.start()  # also when the window came to a screen of another density
                image = self._blurred(number)
            if image is not None:
                painter.drawImage(area, image)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._keep_place(self._lay_out)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        bar = self.verticalScrollBar()
        moves: dict[int, Callable[[], object]] = {
            Qt.Key.Key_PageDown: lambda: self.go_to(self._page + 1),
            Qt.Key.Key_PageUp: lambda: self.go_to(self._page - 1),
            Qt.Key.Key_Home: lambda: self.go_to(0), Qt.Key.Key_End: lambda: self.go_to(len(self._sizes) - 1),
            Qt.Key.Key_Down: lambda: bar.setValue(bar.value() + STEP),
            Qt.Key.Key_Up: lambda: bar.setValue(bar.value() - STEP),
            Qt.Key.Key_Plus: lambda: self.zoom_step(1), Qt.Key.Key_Equal: lambda: self.zoom_step(1),
            Qt.Key.Key_Minus: lambda: self.zoom_step(-1), Qt.Key.Key_0: self.fit_width,
        }
        run = moves.get(event.key())
        if run is None:
            super().keyPressEvent(event)
        else:
            run()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom_step(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _scale(self) -> float:
        """Logical pixels per point."""
        if not self._fit or not self._sizes:
            return SCREEN_POINTS * self._zoom / 100
        widest = max(size.width for size in self._sizes)
        return max(0.2, (self.viewport().width() - 2 * EDGE) / widest)

    def _key(self) -> int:
        """Pictures are kept by what they were made for: device pixels per point, in thousandths."""
        return round(self._scale() * self.devicePixelRatioF() * 1000)

    def _places(self) -> list[QRect]:
        """Where the pages lie on the whole sheet."""
        scale, top = self._scale(), EDGE
        widest = max((round(size.width * scale) for size in self._sizes), default=0)
        room = max(self.viewport().width(), widest + 2 * EDGE)
        places = []
        for size in self._sizes:
            width, height = round(size.width * scale), round(size.height * scale)
            places.append(QRect((room - width) // 2, top, width, height))
            top += height + GAP
        return places

    def _lay_out(self) -> None:
        places = self._places()
        width = max((place.width() for place in places), default=0) + 2 * EDGE
        height = places[-1].bottom() + EDGE if places else 0
        view = self.viewport().size()
        bar, side = self.verticalScrollBar(), self.horizontalScrollBar()
        bar.setRange(0, max(0, height - view.height()))
        bar.setPageStep(view.height())
        bar.setSingleStep(40)
        side.setRange(0, 0 if self._fit else max(0, width - view.width()))
        side.setPageStep(view.width())
        self.viewport().update()
        self.zoom_changed.emit(self.zoom, self._fit)
        self._redraw.start()

    def _keep_place(self, change: Callable[[], None]) -> None:
        bar = self.verticalScrollBar()
        share = bar.value() / bar.maximum() if bar.maximum() else 0.0
        change()
        bar.setValue(round(share * bar.maximum()))

    def _on_scroll(self) -> None:
        self.viewport().update()
        self._redraw.start()
        middle = self.verticalScrollBar().value() + self.viewport().height() // 3
        page = next((n for n, place in reversed(list(enumerate(self._places()))) if place.top() <= middle), 0)
        if page != self._page:
            self._page = page
            self._tell()

    def _tell(self) -> None:
        self.page_changed.emit(self._page + 1, len(self._sizes))

    def _in_sight(self) -> list[int]:
        top = self.verticalScrollBar().value()
        bottom = top + self.viewport().height()
        return [number for number, place in enumerate(self._places()) if place.top() < bottom and place.bottom() > top]

    def _ask(self) -> None:
        """Pictures for the pages in sight that are not there yet."""
        key, data = self._key(), self._data
        for number in self._in_sight():
            if (number, key) in self._images or (number, key) in self._asked:
                continue
            self._asked.add((number, key))
            self._tasks.render(self, lambda number=number: page_image(data, number, key / 1000),
                               lambda image, number=number: self._take(data, number, key, image))

    def _take(self, data: bytes, number: int, key: int, image: QImage) -> None:
        self._asked.discard((number, key))
        if data is not self._data:
            return
        self._images[number, key] = image
        while len(self._images) > KEPT_PAGES:
            del self._images[next(iter(self._images))]
        self.viewport().update()

    def _blurred(self, number: int) -> QImage | None:
        """A picture of another zoom, until the sharp one comes."""
        return next((image for (page, _), image in self._images.items() if page == number), None)
