"""What a scanned text says: plain codes, GTINs and GS1 element strings (General Specifications, 3 and 7.8).

Read are (01) GTIN, (10) batch, (17) use by, (21) serial number, (37) count of units; other identifiers of a known
length are passed over, so that what stands behind them is found.
"""

from dataclasses import dataclass
from datetime import date

GS = "\x1d"
#: Symbology identifiers that a scanner may put before a GS1 code: DataMatrix, Code 128, QR, DataBar.
_PREFIXES = ("]d2", "]C1", "]Q3", "]e0")
#: Identifiers whose data have a fixed length; the others end at GS or at the end of the code.
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6, "20": 2}
_LONGEST = {"10": 20, "21": 20, "37": 8, "30": 8, "22": 20, "240": 30, "241": 30, "91": 90, "92": 90, "93": 90}


@dataclass(frozen=True, slots=True)
class Scanned:
    """`code` is what products are looked up by (a GTIN as EAN-13 where it is one); `raw` is the whole text."""

    raw: str
    code: str
    serial: str = ""
    batch: str = ""
    use_by: date | None = None
    count: int = 0


def read(text: str) -> Scanned:
    """A code that is no GS1 element string is itself. A GTIN with a wrong check digit is not taken for one."""
    marked = text.startswith(_PREFIXES) or text.startswith(GS)
    body = text
    for prefix in _PREFIXES:
        body = body.removeprefix(prefix)
    body = body.removeprefix(GS)
    found = _elements(body) if marked or _looks_like_gs1(body) else None
    if found is None and _looks_like_gs1(body):
        found = {"01": body[2:16]}  # a scanner that swallows GS: what follows cannot be told apart, the goods can
    if found is None:
        return Scanned(text, short_gtin(body) if is_gtin(body) else body)
    gtin = found.get("01") or found.get("02", "")
    return Scanned(text, short_gtin(gtin) if gtin else body, found.get("21", ""), found.get("10", ""),
                   _day(found.get("17", "")), int(found.get("37", "0")))


def is_gtin(code: str) -> bool:
    """8, 12, 13 or 14 digits of which the last checks the others."""
    if len(code) not in (8, 12, 13, 14) or not (code.isascii() and code.isdigit()):
        return False
    return check_digit(code[:-1]) == code[-1]


def check_digit(digits: str) -> str:
    """The last digit of a GTIN: weights 3 and 1 from the right, up to the next ten (GS1 GS 7.9)."""
    total = sum(int(d) * (3, 1)[n % 2] for n, d in enumerate(reversed(digits)))
    return str(-total % 10)


def short_gtin(gtin: str) -> str:
    """GTIN-14 of a single piece is the EAN-13 on it; a pack (first digit 1–8) keeps its own fourteen digits."""
    return gtin[1:] if len(gtin) == 14 and gtin[0] == "0" else gtin


def _looks_like_gs1(body: str) -> bool:
    """Without a prefix: the mandatory beginning (01) and a GTIN that checks."""
    return len(body) > 16 and body.startswith("01") and is_gtin(body[2:16])


def _elements(body: str) -> dict[str, str] | None:
    """Data by identifier; None when the text does not follow the grammar."""
    found: dict[str, str] = {}
    while body:
        ai = next((body[:n] for n in (2, 3) if body[:n] in _FIXED or body[:n] in _LONGEST), "")
        if not ai:
            return None
        body = body[len(ai):]
        if ai in _FIXED:
            data, body = body[:_FIXED[ai]], body[_FIXED[ai]:].removeprefix(GS)
            if len(data) != _FIXED[ai] or not data.isdigit():
                return None
        else:
            data, _, body = body.partition(GS)
            if not data or len(data) > _LONGEST[ai] or (ai in ("30", "37") and not data.isdigit()):
                return None
        if ai in ("01", "02") and not is_gtin(data):
            return None
        found[ai] = data
    return found or None


def _day(text: str) -> date | None:
    """ГГММДД; day 00 is the last of the month, years of the nearest fifty (GS1 GS 7.12). None for nonsense."""
    if len(text) != 6:
        return None
    year, month, day = 2000 + int(text[:2]), int(text[2:4]), int(text[4:])
    try:
        if day:
            return date(year, month, day)
        return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
    except ValueError:
        return None
