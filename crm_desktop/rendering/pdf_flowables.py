"""The pieces reportlab does not have: text that shrinks to its cell, a count of sheets, a QR code, a table that keeps
its last lines with the signatures."""

from collections.abc import Callable, Iterator
from itertools import groupby
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.units import mm
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.platypus import Flowable, KeepTogether, PageBreak, Table

from crm_desktop.rendering.pdf_page import PagedCanvas
from crm_desktop.rendering.qr import QUIET_MODULES, qr_code
from crm_desktop.rendering.tree import Align, Code, SheetCount

_SMALLEST = 0.5  # a sum never shrinks below half of its size


class FitText(Flowable):
    """One line of text; letters shrink until it fits the width of the cell."""

    def __init__(self, text: str, font: str, size: float, leading: float, colour: str, align: Align) -> None:
        super().__init__()
        self.text, self.font, self.colour, self.align = text, font, colour, align
        self._asked, self._leading = size, leading

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (reportlab's names)
        natural = stringWidth(self.text, self.font, self._asked)
        ratio = min(1.0, aW / natural) if natural else 1.0
        self.size = self._asked * max(_SMALLEST, ratio)
        self.width, self.height = aW, self._leading
        return aW, self._leading

    def draw(self) -> None:
        canvas = self.canv
        canvas.setFont(self.font, self.size)
        canvas.setFillColor(HexColor(f"#{self.colour}"))
        baseline = self._leading - self._asked  # where a Paragraph of the same size has it
        if self.align is Align.RIGHT:
            canvas.drawRightString(self.width, baseline, self.text)
        elif self.align is Align.CENTER:
            canvas.drawCentredString(self.width / 2, baseline, self.text)
        else:
            canvas.drawString(0, baseline, self.text)


class SheetCountText(Flowable):
    """Two lines kept free for «Документ составлен на / N листах»."""

    def __init__(self, count: SheetCount, size: float) -> None:
        super().__init__()
        self.lead, self.size = count.lead, size

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (reportlab's names)
        self.width, self.height = aW, self.size * 2.5
        return self.width, self.height

    def draw(self) -> None:
        canvas = self.canv
        if not isinstance(canvas, PagedCanvas):
            raise TypeError("the number of sheets needs a PagedCanvas")
        canvas.count_sheets_here(self.lead, self.size)


class QrCode(Flowable):
    """Drawn as vector squares: sharp on any printer."""

    def __init__(self, code: Code) -> None:
        super().__init__()
        self.hAlign = "LEFT" if code.align is Align.LEFT else "RIGHT" if code.align is Align.RIGHT else "CENTER"
        self._rows = tuple(bytes(row) for row in qr_code(code.payload).matrix)
        self.width = self.height = code.size * mm

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (reportlab's names)
        return self.width, self.height

    def draw(self) -> None:
        side = len(self._rows) + 2 * QUIET_MODULES
        canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(HexColor("#000000"))
        canvas.scale(self.width / side, self.height / side)
        # A literal path in whole modules: a thousand squares through `path.rect` take ten times as long.
        canvas.addLiteral(f"{' '.join(self._squares(side))} f")
        canvas.restoreState()

    def _squares(self, side: int) -> Iterator[str]:
        for index, row in enumerate(self._rows):
            y = side - QUIET_MODULES - index - 1
            for dark, run in groupby(range(len(row)), row.__getitem__):
                columns = list(run)
                if dark:
                    yield f"{QUIET_MODULES + columns[0]} {y} {len(columns)} 1 re"


class Kept(KeepTogether):
    """Flowables on one page, which also tells what it holds."""

    def __init__(self, parts: list[Flowable]) -> None:
        super().__init__(parts)
        self.parts = parts


class PageFoot(Flowable):
    """Sums up the lines of a page; `make(first, last)` gives the table that does it for lines first <= n < last."""

    def __init__(self, make: Callable[[int, int], Table], first: int, last: int) -> None:
        super().__init__()
        self._make = make
        self.first, self.last = first, last

    def upto(self, line: int) -> "PageFoot":
        """The foot of the page that ends before `line`; this one goes on from there."""
        foot = PageFoot(self._make, self.first, line)
        self.first = line
        return foot

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (reportlab's names)
        self._table = self._make(self.first, self.last)
        return self._table.wrap(aW, aH)

    def draw(self) -> None:
        self._table.drawOn(self.canv, 0, 0)


class LineTable(Table):
    """A table that breaks between its rows, and inside a row only when the row is taller than a page.

    The last `tail` rows move to the next page when `reserve` points do not fit below them. `page` is the height
    between the margins; 0 lets the table break anywhere. `foot` follows the table on its last page, and one like it
    closes each page before.
    """

    reserve: float = 0
    tail: int = 1
    page: float = 0
    foot: PageFoot | None = None

    _argH: list[float]
    _cellvalues: list[Any]
    _rowHeights: list[float]

    def wrap(self, aW: float, aH: float) -> tuple[float, float]:  # noqa: N803 (reportlab's names)
        width, height = super().wrap(aW, aH)
        if height <= aH < height + self.reserve and self._tail_can_move():
            return width, aH + 1  # makes the frame ask for a split
        return width, height

    def _calc_height(self, *args: Any, **kwargs: Any) -> None:
        """Heights do not depend on the page: measured once, not again for each of the pages that follow."""
        super()._calc_height(*args, **kwargs)  # type: ignore[attr-defined]
        self._argH = self._rowHeights

    def split(self, avail_width: float, avail_height: float) -> list[Flowable]:
        self._calc(avail_width, avail_height)  # type: ignore[attr-defined]
        heights = self._rowHeights
        avail_height -= self.foot.wrap(avail_width, avail_height)[1] if self.foot else 0
        if avail_height < sum(heights[:self.repeatRows + 1]) <= self.page:
            return []  # not even one line fits: the whole table goes to the next page
        if len(heights) > self.repeatRows + self.tail:  # the tail does not break
            avail_height = min(avail_height, sum(heights[:-self.tail]) + 0.1)
        parts = super().split(avail_width, avail_height)
        if len(parts) != 2 or not isinstance(last := parts[1], LineTable):
            return parts
        last.tail, last.reserve, last.page, last.foot = self.tail, self.reserve, self.page, self.foot
        if self.foot is None:
            return [parts[0], PageBreak(), last]
        lines = len(self._cellvalues) - len(last._cellvalues)
        return [parts[0], self.foot.upto(self.foot.first + lines), PageBreak(), last]

    def _tail_can_move(self) -> bool:
        """At least one line must stay, and head, tail and reserve must fit the next page."""
        heights = self._rowHeights
        need = sum(heights[:self.repeatRows]) + sum(heights[-self.tail:]) + self.reserve
        return len(heights) > self.repeatRows + self.tail and need <= self.page
