"""Names of files that came from outside, made safe for every system the file may be saved on."""

import re
import unicodedata
from urllib.parse import quote

MAX_NAME_BYTES = 200
UNNAMED = "файл"

_FORBIDDEN = re.compile(r'[<>:"|?*]')
#: Control, format (marks of direction, joiners), private and broken characters, separators of lines.
_DROPPED = frozenset({"Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp"})
#: Devices of Windows, with or without an extension; it also reads superscript digits.
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])\s*(\..*)?", re.IGNORECASE)
_MAX_EXTENSION = 20


def clean_name(raw: str) -> str:
    """One name without a folder, a drive, invisible characters or a meaning of its own to an operating system."""
    text = "".join(c for c in raw if unicodedata.category(c) not in _DROPPED)
    text = unicodedata.normalize("NFC", text)
    text = re.split(r"[/\\]", text)[-1]
    text = re.sub(r"^[A-Za-z]:", "", text)
    text = _FORBIDDEN.sub("_", text)
    text = re.sub(r"\s+", " ", text).strip(" ").rstrip(". ")
    if not text.strip("._ "):
        return UNNAMED
    if _DEVICE.fullmatch(text):
        text = f"_{text}"
    return _shorten(text)


def _shorten(name: str) -> str:
    """At most `MAX_NAME_BYTES` of UTF-8, which Linux counts; the extension stays."""
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _MAX_EXTENSION:
        stem, dot, extension = name, "", ""
    room = MAX_NAME_BYTES - len((dot + extension).encode())
    return stem.encode()[:room].decode(errors="ignore").rstrip(". ") + dot + extension


def content_disposition(name: str) -> str:
    """The header that saves a file under its name (RFC 6266): Latin letters for old programs, UTF-8 by RFC 5987."""
    plain = "".join(c if c.isascii() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
