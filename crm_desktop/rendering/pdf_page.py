"""What every page of a PDF carries: the fonts, the head of the following pages, the mark of a draft."""

from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import fontpkg_pt_sans
from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from crm_desktop.rendering.tree import HAIRLINE, MUTED, Sheet, printable
from crm_desktop.rendering.words import sheets

REGULAR = "OknoSans"
BOLD = "OknoSans-Bold"
#: reportlab cuts the letters a file needs out of a font object that all files share.
one_at_a_time = Lock()
_FACES = {REGULAR: "PT_Sans-Web-Regular.ttf", BOLD: "PT_Sans-Web-Bold.ttf"}


def register_fonts() -> None:
    """Once per process; the two faces travel with the `fontpkg-pt-sans` package."""
    if REGULAR in pdfmetrics.getRegisteredFontNames():
        return
    folder = Path(fontpkg_pt_sans.__file__).parent / "files"
    for name, face in _FACES.items():
        pdfmetrics.registerFont(TTFont(name, folder / face))


@dataclass(frozen=True, slots=True)
class _SheetCountAt:
    """Where on a page the number of sheets has to be written once it is known."""

    page: int
    x: float
    y: float
    lead: str
    size: float


class PagedCanvas(Canvas):
    """A canvas that draws what depends on the number of pages after the last page is laid out.

    The pages are kept as states of the canvas and written out by `save`.
    """

    sheet: Sheet  # set by `canvas_for`

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._pages: list[dict[str, Any]] = []
        self._counts: list[_SheetCountAt] = []

    def count_sheets_here(self, lead: str, size: float) -> None:
        """Promises «Документ составлен на N листах» at the current origin."""
        x, y = self.absolutePosition(0, 0)
        self._counts.append(_SheetCountAt(len(self._pages) + 1, x, y, lead, size))

    def showPage(self) -> None:
        self._pages.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        pages, counts = self._pages, self._counts
        for index, state in enumerate(pages, 1):
            self.__dict__.update(state)
            self._draw_head(index, len(pages))
            for count in counts:
                if count.page == index:
                    self._draw_count(count, len(pages))
            Canvas.showPage(self)
        Canvas.save(self)

    def _draw_head(self, page: int, total: int) -> None:
        sheet = self.sheet
        width, height = sheet.size
        right = (width - sheet.margins.right) * mm
        y = (height - sheet.margins.top + 2.5) * mm
        self.setFillColor(HexColor(f"#{MUTED}"))
        if page > 1:
            self.setFont(REGULAR, 7.5)
            self.drawString(sheet.margins.left * mm, y, printable(sheet.running))
            label = f"Лист {page} из {total}"
            self.drawRightString(right, y, label)
            self.setStrokeColor(HexColor(f"#{HAIRLINE}"))
            self.setLineWidth(0.4)
            self.line(sheet.margins.left * mm, y - 2.5, right, y - 2.5)
            right -= pdfmetrics.stringWidth(label, REGULAR, 7.5) + 4 * mm
        if sheet.is_draft:
            self._draw_draft_mark(right, y, framed=page == 1)

    def _draw_draft_mark(self, right: float, y: float, framed: bool) -> None:
        label, size = "Черновик", 8
        width = pdfmetrics.stringWidth(label, BOLD, size) + 9
        self.setStrokeColor(HexColor(f"#{HAIRLINE}"))
        self.setLineWidth(0.6)
        if framed:
            self.roundRect(right - width, y - 3, width, size + 3.5, 3)
        self.setFont(BOLD, size)
        self.drawCentredString(right - width / 2, y, label)

    def _draw_count(self, count: _SheetCountAt, total: int) -> None:
        self.setFillColor(HexColor("#000000"))
        self.setFont(REGULAR, count.size)
        self.drawString(count.x, count.y + count.size * 1.22, count.lead)
        self.drawString(count.x, count.y, sheets(total))


def canvas_for(sheet: Sheet) -> type[PagedCanvas]:
    """The canvas class for one build: reportlab makes the canvas itself and takes a class, not an object."""
    return type("SheetCanvas", (PagedCanvas,), {"sheet": sheet})
