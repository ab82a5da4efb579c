"""Labels as PDF: one on a page of a roll printer, or many on a sheet of A4. No Qt, no network.

All edges of bars lie on a grid of whole dots of a 203 dpi head, or a scanner reads nothing: bars of 2.3 dots come out
as 2 or 3. A symbol is drawn with its quiet zones inside of the label.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from math import floor
from typing import TYPE_CHECKING

from crm_desktop.rendering.bars import Bars, code128, ean13
from crm_desktop.rendering.qr import QUIET_MODULES, qr_code
from crm_desktop.rendering.tree import printable

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas

DOT = 0.125             # mm: 203 dpi, 8 dots a millimetre
_LEAST_BAR = 2          # dots: 0.25 mm, what a cheap scanner still reads
_WIDEST_BAR = 4
_LARGEST_SQUARE = 8     # dots of a module of a QR code
_EDGE = 0.5             # mm around a symbol that the printer may miss
_POINTS = 72 / 25.4
_SIZES = (13.0, 12.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.5, 6.0)
_BIG_SIZES = (64.0, 54.0, 46.0, 40.0, 34.0, 28.0, 24.0, 20.0, 17.0, 14.0, 12.0, 10.0, 8.5)
_LEADING = 1.12


class NoRoom(ValueError):
    """A label is too small for the symbol of its `code`."""

    def __init__(self, code: str) -> None:
        super().__init__(f"no symbol of this size holds {code!r}")
        self.code = code


@dataclass(frozen=True, slots=True)
class Media:
    """Labels on a page, in millimetres. A roll has one on a page of its size; a sheet is A4."""

    code: str
    title: str
    width: float
    height: float
    columns: int = 1
    rows: int = 1
    is_sheet: bool = False

    @property
    def page(self) -> tuple[float, float]:
        return (210.0, 297.0) if self.is_sheet else (self.width, self.height)

    @property
    def per_page(self) -> int:
        return self.columns * self.rows

    def place(self, index: int) -> tuple[float, float]:
        """Left and bottom edge of the label with this number on its page; sheets are centred."""
        width, height = self.page
        left = (width - self.columns * self.width) / 2
        top = (height + self.rows * self.height) / 2
        row, column = divmod(index, self.columns)
        return left + column * self.width, top - (row + 1) * self.height


def _sheet(columns: int, rows: int, width: float, height: float) -> Media:
    sizes = f"{width:g}×{height:g}".replace(".", ",")
    return Media(f"a4-{columns}x{rows}", f"Лист A4: {columns}×{rows}, {sizes} мм", width, height, columns, rows,
                 is_sheet=True)


MEDIA: tuple[Media, ...] = (
    *(Media(f"{width}x{height}", f"Рулон {width}×{height} мм", width, height)
      for width, height in ((58, 40), (58, 60), (43, 25), (100, 70))),
    _sheet(3, 8, 70, 37), _sheet(2, 8, 105, 37), _sheet(4, 10, 52.5, 29.7), _sheet(5, 13, 38, 21.2),
)
#: The sheet «Команды терминала»: large codes to be scanned from a wall.
WALL = Media("a4-wall", "Лист A4", 95, 32, 2, 8, is_sheet=True)


@dataclass(frozen=True, slots=True)
class Label:
    """`title` takes the room that is left and shrinks to it; `code` is what the scanner reads, `caption` what stands
    below it. `note` is a line under the title, `price` stands large beside it. `big`: a title to be read from afar.
    """

    title: str
    code: str
    caption: str = ""
    note: str = ""
    price: str = ""
    big: bool = False


def write_labels(labels: Sequence[Label], media: Media, start: int = 1, heading: str = "") -> bytes:
    """The PDF. `start` is the first free place of a begun sheet, from 1; `heading` stands above the labels of a sheet
    for a wall. May be called from any thread.

    Raises NoRoom for a code that needs a larger label, ValueError for no labels at all.
    """
    from reportlab.pdfgen.canvas import Canvas

    from crm_desktop.rendering.pdf_page import one_at_a_time, register_fonts

    if not labels:
        raise ValueError("no labels")
    output = BytesIO()
    with one_at_a_time:
        register_fonts()
        # A thousandth of a point too much would make a drawer of pages add a pixel and stretch every bar.
        width, height = (floor(side * _POINTS * 1000) / 1000 for side in media.page)
        canvas = Canvas(output, pagesize=(width, height), lang="ru-RU")
        canvas.setTitle(printable(heading) or "Этикетки")
        canvas.setCreator("Окно CRM")
        for number, (index, label) in enumerate(_placed(labels, media, start)):
            if index == 0 and number:
                canvas.showPage()
            x, y = media.place(index)
            if heading and not index:
                canvas.setFont("OknoSans-Bold", 17)
                canvas.drawCentredString(width / 2, (y + media.height + 4) * _POINTS, printable(heading))
            if heading:
                canvas.setStrokeGray(0.6)
                canvas.roundRect((x + 1) * _POINTS, (y + 0.8) * _POINTS, (media.width - 2) * _POINTS,
                                 (media.height - 1.6) * _POINTS, 6)
            _draw(canvas, label, x, y, media)
        canvas.showPage()
        canvas.save()
    return output.getvalue()


def page_count(count: int, media: Media, start: int = 1) -> int:
    return -(-(count + (start - 1 if media.is_sheet else 0)) // media.per_page)


def _placed(labels: Sequence[Label], media: Media, start: int) -> Iterator[tuple[int, Label]]:
    first = start - 1 if media.is_sheet else 0
    for number, label in enumerate(labels, first):
        yield number % media.per_page, label


# --- one label ---------------------------------------------------------------------------------------------------

@dataclass(frozen=True, slots=True)
class _Box:
    """Millimetres from the left bottom corner of the page."""

    x: float
    y: float
    width: float
    height: float


def _draw(canvas: "Canvas", label: Label, x: float, y: float, media: Media) -> None:
    pad = 3.0 if media.is_sheet else 1.8
    text = _Box(x + pad, y + pad, media.width - 2 * pad, media.height - 2 * pad)
    bars = symbol_of(label.code)
    dots = _bar_dots(bars, media.width) if bars else 0
    if bars and dots:
        rest = _draw_bars(canvas, label, bars, dots, _Box(x, text.y, media.width, text.height))
        _draw_words(canvas, label, _Box(text.x, rest, text.width, y + media.height - pad - rest), label.big)
    else:
        side = _draw_qr(canvas, label.code, x + pad, y, media.height)
        left = x + pad + side + 1
        caption = _Box(left, text.y, x + media.width - pad - left, text.height)
        low = _caption(canvas, label, caption, centred=False)
        _draw_words(canvas, label, _Box(left, low, caption.width, text.y + text.height - low), centred=False)


def symbol_of(code: str) -> Bars | None:
    """EAN-13 for thirteen right digits, Code 128 for other ASCII, None where only a QR code can hold the text."""
    from stdnum import ean

    if len(code) == 13 and ean.is_valid(code):
        return ean13(code)
    return code128(code) if code.isascii() and code.isprintable() else None


def _bar_dots(bars: Bars, width: float) -> int:
    """Dots of one module, the most that fit with the quiet zones; 0 when even the thinnest do not."""
    room = int((width - 2 * _EDGE) / DOT)
    dots = min(_WIDEST_BAR, room // bars.whole)
    return dots if dots >= _LEAST_BAR else 0


def _draw_bars(canvas: "Canvas", label: Label, bars: Bars, dots: int, box: _Box) -> float:
    """At the foot of the box with the caption below; where the words may begin."""
    low = _caption(canvas, label, box, centred=True)
    height = _on_grid(min(22.0, max(7.0, box.height * (0.3 if label.big else 0.38))))
    module = dots * DOT
    left = _on_grid(box.x + (box.width - bars.whole * module) / 2) + bars.quiet[0] * module
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for start, length in _runs(bars.pattern):
        path.rect((left + start * module) * _POINTS, low * _POINTS, length * module * _POINTS, height * _POINTS)
    canvas.drawPath(path, stroke=0, fill=1)
    return low + height + 1.0


def _runs(pattern: str) -> Iterator[tuple[int, int]]:
    """Start and length of each dark run."""
    start = 0
    while (start := pattern.find("1", start)) >= 0:
        end = pattern.find("0", start)
        end = len(pattern) if end < 0 else end
        yield start, end - start
        start = end


def _draw_qr(canvas: "Canvas", text: str, x: float, y: float, height: float) -> float:
    """In the middle of the height; the side it took. Raises NoRoom when the label is too low for it."""
    matrix = qr_code(text).matrix
    side = len(matrix) + 2 * QUIET_MODULES
    dots = min(_LARGEST_SQUARE, int((height - 2 * _EDGE) / DOT) // side)
    if dots < _LEAST_BAR:
        raise NoRoom(text)
    module = dots * DOT
    left, bottom = _on_grid(x - QUIET_MODULES * module / 2), _on_grid(y + (height - side * module) / 2)
    canvas.setFillGray(0)
    path = canvas.beginPath()
    for index, row in enumerate(matrix):
        up = bottom + (side - QUIET_MODULES - index - 1) * module
        for start, length in _runs("".join("1" if dark else "0" for dark in row)):
            path.rect((left + (QUIET_MODULES + start) * module) * _POINTS, up * _POINTS, length * module * _POINTS,
                      module * _POINTS)
    canvas.drawPath(path, stroke=0, fill=1)
    return left - x + side * module


def _on_grid(millimetres: float) -> float:
    return round(millimetres / DOT) * DOT


# --- words -------------------------------------------------------------------------------------------------------

def _caption(canvas: "Canvas", label: Label, box: _Box, centred: bool) -> float:
    """What the symbol says, for eyes; the height where it ends."""
    text = printable(label.caption) or label.code
    size = 10.0 if box.width > 80 and label.big else 6.5 if box.height < 30 else 8.0
    _line(canvas, text, "OknoSans", _fit(text, "OknoSans", size, box.width - 1, 4.5), box, box.y, centred)
    return box.y + size * 1.15 / _POINTS


def _draw_words(canvas: "Canvas", label: Label, box: _Box, centred: bool) -> None:
    """Title above, then the note; the price at the right of the note."""
    low = box.y
    price = printable(label.price)
    if price:
        size = _fit(price, "OknoSans-Bold", min(16.0, box.height * _POINTS * 0.4), box.width * 0.6, 7)
        _line(canvas, price, "OknoSans-Bold", size, box, box.y + 0.4, centred=False, right=True)
        low += size * 1.2 / _POINTS
    if label.note:
        note = printable(label.note)
        size = 7.0 if box.height < 18 else 8.5
        room = box.width * (0.55 if price else 1)
        _line(canvas, _cut(note, "OknoSans", size, room), "OknoSans", size, box, box.y + 0.6, centred)
        low = max(low, box.y + size * 1.3 / _POINTS)
    _title(canvas, label, _Box(box.x, low, box.width, box.y + box.height - low), centred)


def _title(canvas: "Canvas", label: Label, box: _Box, centred: bool) -> None:
    """The largest letters with which the whole title fits; the smallest ones are cut with an ellipsis."""
    text = printable(label.title)
    face = "OknoSans-Bold"
    size, lines = _laid_out(text, face, _BIG_SIZES if label.big else _SIZES, box)
    height = len(lines) * size * _LEADING / _POINTS
    top = box.y + box.height - ((box.height - height) / 2 if label.big else 0)
    for number, line in enumerate(lines):
        baseline = top - (number * size * _LEADING + size * 0.95) / _POINTS
        _line(canvas, line, face, size, box, baseline, centred)


def _laid_out(text: str, face: str, sizes: Sequence[float], box: _Box) -> tuple[float, list[str]]:
    for size in sizes:
        lines = _wrap(text, face, size, box.width)
        fits = len(lines) * size * _LEADING <= box.height * _POINTS
        if fits and all(_width(line, face, size) <= box.width for line in lines):
            return size, lines
    size = sizes[-1]
    lines = _wrap(text, face, size, box.width)
    most = max(1, int(box.height * _POINTS / (size * _LEADING)))
    if len(lines) > most:
        lines = [*lines[:most - 1], f"{lines[most - 1]} {lines[most]}"]
    return size, [_cut(line, face, size, box.width) for line in lines]


def _line(canvas: "Canvas", text: str, face: str, size: float, box: _Box, baseline: float, centred: bool,
          right: bool = False) -> None:
    canvas.setFillGray(0)
    canvas.setFont(face, size)
    y = baseline * _POINTS
    if centred:
        canvas.drawCentredString((box.x + box.width / 2) * _POINTS, y, text)
    elif right:
        canvas.drawRightString((box.x + box.width) * _POINTS, y, text)
    else:
        canvas.drawString(box.x * _POINTS, y, text)


def _width(text: str, face: str, size: float) -> float:
    """Millimetres."""
    from reportlab.pdfbase.pdfmetrics import stringWidth

    return stringWidth(text, face, size) / _POINTS


def _fit(text: str, face: str, size: float, room: float, least: float) -> float:
    natural = _width(text, face, size)
    return size if natural <= room else max(least, size * room / natural)


def _cut(text: str, face: str, size: float, room: float) -> str:
    if _width(text, face, size) <= room:
        return text
    while text and _width(f"{text}…", face, size) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _wrap(text: str, face: str, size: float, room: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and _width(f"{lines[-1]} {word}", face, size) <= room:
            lines[-1] = f"{lines[-1]} {word}"
        else:
            lines.append(word)
    return lines or [""]
