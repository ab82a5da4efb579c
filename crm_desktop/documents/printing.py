"""Paper: the pages of the shown PDF as pictures at the printer's resolution, one after the other."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QRectF
from PySide6.QtGui import QImage, QPageLayout, QPainter
from PySide6.QtPrintSupport import QPrinter

from crm_desktop.documents.pdf_pages import POINTS_PER_INCH, PageSize, page_image
from crm_desktop.kit.i18n import tr
from crm_desktop.kit.tasks import Tasks

#: Finer than that no eye sees, and a page takes 35 MB already.
LARGEST_DPI = 300
_ALMOST = 0.01


class PrintJob(QObject):
    """Pictures are made in the render worker, painted here; `done` at the end.

    `scale` is how many pixels a point they have, 0 takes the printer's. `turns` lays wide pages across the paper;
    labels stand on their roll as they are.
    """

    def __init__(self, tasks: Tasks, printer: QPrinter, data: bytes, sizes: Sequence[PageSize],
                 done: Callable[[], object], parent: QObject, *, scale: float = 0, turns: bool = True) -> None:
        super().__init__(parent)
        self._tasks = tasks
        self._printer = printer
        self._data = data
        self._sizes = sizes
        self._done = done
        self._scale = scale or min(printer.resolution(), LARGEST_DPI) / POINTS_PER_INCH
        self._turns = turns
        self._painter = QPainter()
        self._pages = list(_asked_pages(printer, len(sizes)))
        self._next = 0

    def start(self) -> None:
        """Raises OSError when the printer does not take the job."""
        self._turn(self._pages[0])
        if not self._painter.begin(self._printer):
            raise OSError(0, tr("Принтер не принял задание"), self._printer.printerName())
        self._ask()

    def _ask(self) -> None:
        number = self._pages[self._next]
        data, scale = self._data, self._scale
        self._tasks.render(self, lambda: page_image(data, number, scale), self._paint)

    def _paint(self, image: QImage) -> None:
        paper = QRectF(self._painter.viewport())
        share = min(paper.width() / image.width(), paper.height() / image.height())
        if abs(share - 1) < _ALMOST:
            share = 1.0  # a row of dots that a scaling leaves out would make one bar of a barcode thinner
        area = QRectF(0, 0, image.width() * share, image.height() * share)
        area.moveCenter(paper.center())
        area.moveTopLeft(area.topLeft().toPoint().toPointF())
        self._painter.drawImage(area, image)
        self._next += 1
        if self._next < len(self._pages):
            self._turn(self._pages[self._next])
            self._printer.newPage()
            self._ask()
        else:
            self._painter.end()
            self._done()

    def _turn(self, number: int) -> None:
        if not self._turns:
            return
        size = self._sizes[number]
        turns = QPageLayout.Orientation
        self._printer.setPageOrientation(turns.Landscape if size.width > size.height else turns.Portrait)


def _asked_pages(printer: QPrinter, count: int) -> range:
    """The range chosen in the print dialog; all pages where none is."""
    if printer.printRange() is not QPrinter.PrintRange.PageRange or not printer.fromPage():
        return range(count)
    first = min(printer.fromPage(), count)
    return range(first - 1, max(first, min(printer.toPage() or count, count)))
