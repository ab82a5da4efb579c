"""A small scanner: reads Code 128 and EAN-13 off a drawn page, and tells the dots of a bar and the quiet zones."""

from dataclasses import dataclass
from itertools import groupby, pairwise

import pypdfium2
from PIL.Image import Image

from crm_desktop.rendering.labels import DOT

PIXELS = 4  # of one dot of the printer

# ISO/IEC 15417, table 1: widths of bar, space, bar, space, bar, space by value.
_TABLE = """
212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231
113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321
232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121
211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124
121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241
114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141
114131 311141 411131 211412 211214 211232
"""
_WIDTHS: list[str] = [*_TABLE.split()]
_STOP = "2331112"
_CODE_C, _CODE_B, _CODE_A, _START_A, _START_B, _START_C = 99, 100, 101, 103, 104, 105
# GS1 General Specifications, figure 5.2.1.2-1: widths of the digits in set A, from the left.
_EAN = ("3211", "2221", "2122", "1411", "1132", "1231", "1114", "1312", "1213", "3112")
_FIRST = ("AAAAAA", "AABABB", "AABBAB", "AABBBA", "ABAABB", "ABBAAB", "ABBBAA", "ABABAB", "ABABBA", "ABBABA")


@dataclass(frozen=True)
class Scan:
    """`dots` of the narrowest bar; `quiet` white modules before and after."""

    text: str
    dots: int
    quiet: tuple[float, float]


@dataclass(frozen=True)
class Area:
    """Millimetres from the left top corner of a page."""

    left: float
    top: float
    width: float
    height: float


def picture_of(pdf: bytes, area: Area, page: int = 0) -> Image:
    """Grey, `PIXELS` to a dot."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        bitmap = document[page].render(scale=PIXELS / DOT * 25.4 / 72, grayscale=True)  # type: ignore[arg-type]
        whole = bitmap.to_pil()
    finally:
        document.close()
    sides = (area.left, area.top, area.left + area.width, area.top + area.height)
    left, top, right, bottom = (round(side * PIXELS / DOT) for side in sides)
    return whole.crop((left, top, right, bottom))


def scan(pdf: bytes, area: Area, page: int = 0) -> Scan:
    """The one symbol of an area. Raises ValueError when nothing is read there."""
    picture = picture_of(pdf, area, page)
    rows = (picture.crop((0, y, picture.width, y + 1)).tobytes() for y in range(0, picture.height, 8))
    scans = [found for row in rows if (found := _scan_row(row)) is not None]
    if not scans:
        raise ValueError("no symbol on this label")
    if len(set(scans)) != 1:
        raise ValueError(f"the rows read differently: {set(scans)}")
    return scans[0]


def _scan_row(row: bytes) -> Scan | None:
    runs = [(dark, len(list(run))) for dark, run in groupby(row, lambda level: level < 128)]
    if len(runs) < 40 or runs[0][0] or runs[-1][0]:
        return None
    lengths = [length for _, length in runs]
    bars = lengths[1:-1]
    if any(length % PIXELS for length in bars):
        return None  # a row through letters, or bars off the grid of dots
    module = min(bars)
    if any(length % module for length in bars) or max(bars) > 4 * module:
        return None
    widths = "".join(str(length // module) for length in bars)
    text = _code128(widths) or _ean(widths)
    quiet = (lengths[0] / module, lengths[-1] / module)
    return Scan(text, module // PIXELS, quiet) if text else None


def _code128(widths: str) -> str:
    if not widths.endswith(_STOP) or (len(widths) - len(_STOP)) % 6:
        return ""
    symbols = [widths[at:at + 6] for at in range(0, len(widths) - len(_STOP), 6)]
    if any(symbol not in _WIDTHS for symbol in symbols):
        return ""
    start, *values, check = (_WIDTHS.index(symbol) for symbol in symbols)
    if (start + sum(place * value for place, value in enumerate(values, 1))) % 103 != check:
        raise ValueError("Code 128 with a wrong control symbol")
    set_, text = start, ""
    for value in values:
        if set_ == _START_C and value < 100:
            text += f"{value:02}"
        elif value in (_CODE_A, _CODE_B, _CODE_C):
            set_ = {_CODE_A: _START_A, _CODE_B: _START_B, _CODE_C: _START_C}[value]
        else:
            text += chr(value + 32)
    return text


def _ean(widths: str) -> str:
    if len(widths) != 59 or not (widths.startswith("111") and widths.endswith("111") and widths[27:32] == "11111"):
        return ""
    digits = [widths[at:at + 4] for at in (*range(3, 27, 4), *range(32, 56, 4))]
    sets = "".join("A" if digit in _EAN else "B" for digit in digits[:6])
    plain = [digit if digit in _EAN else digit[::-1] for digit in digits]
    if any(digit not in _EAN for digit in plain) or sets not in _FIRST:
        return ""
    return str(_FIRST.index(sets)) + "".join(str(_EAN.index(digit)) for digit in plain)


assert all(sum(map(int, widths)) == 11 for widths in _WIDTHS)
assert len(set(_WIDTHS)) == 106
assert all(len(a) == len(b) for a, b in pairwise(_EAN))
