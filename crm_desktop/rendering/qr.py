"""QR codes of the printed forms."""

from functools import lru_cache

from segno import QRCode, make

QUIET_MODULES = 4  # the white border, ISO/IEC 18004

#: Any of the eight masks can be read; trying them all takes longer than the rest of an invoice. This one scores best
#: on payment codes in UTF-8.
_MASK = 2


@lru_cache(maxsize=32)
def qr_code(payload: str) -> QRCode:
    """Level M, UTF-8 bytes."""
    return make(payload, error="m", micro=False, boost_error=False, encoding="utf-8", mask=_MASK)
