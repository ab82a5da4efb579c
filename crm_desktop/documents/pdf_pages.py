"""Pages of a PDF as pictures. pdfium is not safe in several threads: call only from the render worker.

It is imported on first use, like the other heavy libraries.
"""

from dataclasses import dataclass

from PySide6.QtGui import QImage

POINTS_PER_INCH = 72


@dataclass(frozen=True, slots=True)
class PageSize:
    """In points, 1/72 inch."""

    width: float
    height: float


def page_sizes(data: bytes) -> list[PageSize]:
    """Raises pypdfium2.PdfiumError for what is not a PDF."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        return [PageSize(*pdf.get_page_size(number)) for number in range(len(pdf))]


def page_image(data: bytes, number: int, scale: float) -> QImage:
    """One page; `scale` in pixels per point."""
    import pypdfium2

    with pypdfium2.PdfDocument(data) as pdf:
        page = pdf[number]
        bitmap = page.render(scale=scale,  # type: ignore[arg-type]  # its hint is narrower than its words
                              rev_byteorder=True, prefer_bgrx=True, may_draw_forms=False)
        pixels = bytes(bitmap.buffer)
        image = QImage(pixels, bitmap.width, bitmap.height, bitmap.stride, QImage.Format.Format_RGBX8888)
        return image.copy()  # the other only looks at the bytes of Python
