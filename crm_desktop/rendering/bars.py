"""Linear barcodes as modules, to be drawn in whole dots: Code 128 (ISO/IEC 15417), EAN-13 (ISO/IEC 15420)."""

from dataclasses import dataclass
from string import ascii_uppercase

_L = ("0001101", "0011001", "0010011", "0111101", "0100011", "0110001", "0101111", "0111011", "0110111", "0001011")
#: Which digits of the left half are of the set G, by the first digit.
_SETS = ("LLLLLL", "LLGLGG", "LLGGLG", "LLGGGL", "LGLLGG", "LGGLLG", "LGGGLL", "LGLGLG", "LGLGGL", "LGGLGL")


@dataclass(frozen=True, slots=True)
class Bars:
    """`pattern` is a string of modules, `1` dark; `quiet` the white modules that must stand before and after it."""

    pattern: str
    quiet: tuple[int, int]

    @property
    def modules(self) -> int:
        return len(self.pattern)

    @property
    def whole(self) -> int:
        """Modules with both quiet zones."""
        return self.modules + sum(self.quiet)


def code128(text: str) -> Bars:
    """Raises ValueError for what is not printable ASCII."""
    from reportlab.graphics.barcode.code128 import Code128

    if not text or not text.isascii() or not text.isprintable():
        raise ValueError(f"Code 128 holds printable ASCII, not {text!r}")
    symbol = Code128(text, quiet=0)
    symbol.validate()
    symbol.encode()
    # reportlab writes «B» for a bar and «b» for a space of two modules
    pattern = "".join(("1" if letter in ascii_uppercase else "0") * (ord(letter.lower()) - ord("a") + 1)
                      for letter in symbol.decompose())
    return Bars(pattern, (10, 10))


def ean13(digits: str) -> Bars:
    """Raises ValueError for what is not thirteen digits; the control digit is the caller's affair."""
    if len(digits) != 13 or not (digits.isascii() and digits.isdigit()):
        raise ValueError(f"EAN-13 is thirteen digits, not {digits!r}")
    left = "".join(_digit(digit, set_) for digit, set_ in zip(digits[1:7], _SETS[int(digits[0])], strict=True))
    right = "".join(_inverted(_L[int(digit)]) for digit in digits[7:])
    return Bars(f"101{left}01010{right}101", (11, 7))


def _digit(digit: str, set_: str) -> str:
    code = _L[int(digit)]
    return code if set_ == "L" else _inverted(code)[::-1]


def _inverted(code: str) -> str:
    return code.translate(str.maketrans("01", "10"))
