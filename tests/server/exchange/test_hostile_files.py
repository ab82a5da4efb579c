"""Files that nobody means well with: each is answered in words, soon, and never by a failure of the server."""

import io
import struct
import time
import zipfile
from collections.abc import Callable, Iterator

import pytest

from tests.server.conftest import Person
from tests.server.exchange.workbooks import on_sheet, repack, xlsx

#: Seconds of processor time for one answer: the clock on the wall also counts what others do on this machine.
#: A list of 50,000 rows takes less.
PATIENCE = 2.0
PLAIN = [["Наименование", "ИНН"], ["ООО «Ветер»", "7736050003"]]


def package(**parts: bytes | str) -> bytes:
    """The good workbook with parts replaced or added; `__` stands for a slash and `_dot_` for a dot."""
    named = {name.replace("__", "/").replace("_dot_", "."): text for name, text in parts.items()}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(xlsx(PLAIN))) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in {*old.namelist(), *named}:
            new.writestr(name, named[name] if name in named else old.read(name))
    return out.getvalue()


def sheet(rows: str, *, after: str = "") -> bytes:
    """The good workbook with this inside `<sheetData>`, and after it."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return package(xl__worksheets__sheet1_dot_xml=f'<worksheet xmlns="{space}"><sheetData>{rows}</sheetData>{after}'
                                                  "</worksheet>")


def cells(*values: str, kind: str = "n", style: str = "0") -> bytes:
    return sheet("<row>" + "".join(f'<c t="{kind}" s="{style}"><v>{value}</v></c>' for value in values) + "</row>")


def inline(text: str) -> bytes:
    return sheet(f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>' * 3)


def styled(styles: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return package(xl__styles_dot_xml=f'<styleSheet xmlns="{space}">{styles}</styleSheet>')


def dates(value: str) -> bytes:
    """A cell in the format of a date."""
    data = styled('<cellXfs><xf numFmtId="14"/></cellXfs>')
    return repack(data, on_sheet(lambda _: zipfile.ZipFile(io.BytesIO(cells(value))).read("xl/worksheets/sheet1.xml")))


def central(offset: int, value: bytes) -> bytes:
    """The good workbook with bytes of the first entry of its central directory overwritten."""
    data = bytearray(xlsx(PLAIN))
    at = data.index(b"PK\x01\x02") + offset
    data[at:at + len(value)] = value
    return bytes(data)


def local(offset: int, value: bytes) -> bytes:
    data = bytearray(xlsx(PLAIN))
    data[offset:offset + len(value)] = value
    return bytes(data)


def end_record(offset: int, value: bytes) -> bytes:
    data = bytearray(xlsx(PLAIN))
    at = data.rindex(b"PK\x05\x06") + offset
    data[at:at + len(value)] = value
    return bytes(data)


def compressed_by(method: int) -> bytes:
    """A method that is declared and not used."""
    data = bytearray(xlsx(PLAIN))
    at = 0
    while (at := data.find(b"PK\x01\x02", at)) >= 0:
        data[at + 10:at + 12] = struct.pack("<H", method)
        at += 4
    at = 0
    while (at := data.find(b"PK\x03\x04", at)) >= 0:
        data[at + 8:at + 10] = struct.pack("<H", method)
        at += 4
    return bytes(data)


def merged(count: int, rows: int) -> bytes:
    merges = "".join(f'<mergeCell ref="A{n}:A{n + rows}"/>' for n in range(1, count))
    return sheet("".join(f'<row r="{n}"><c><v>{n}</v></c></row>' for n in range(1, count)),
                 after=f"<mergeCells>{merges}</mergeCells>")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "empty": lambda: b"",
    "spaces": lambda: b" \r\n\t ",
    "only the signature of an archive": lambda: b"PK\x03\x04",
    "archive cut short": lambda: xlsx(PLAIN)[:-40],
    "empty archive": lambda: b"PK\x05\x06" + bytes(18),
    "archive of directories": lambda: package(xl__worksheets__sheet1_dot_xml__="", xl__folder__=""),
    "name that is no UTF-8": lambda: central(8, struct.pack("<H", 0x800)).replace(b"[Content", b"\xff\xfeonten"),
    "version of the future": lambda: central(6, struct.pack("<H", 255)),
    "encrypted part": lambda: central(8, struct.pack("<H", 1)),
    "local and central name differ": lambda: local(30, b"zzz"),
    "offset of the directory": lambda: end_record(16, b"\xff\xff\xff\x7f"),
    "size of the directory": lambda: end_record(12, b"\xff\xff\xff\x7f"),
    "count of entries": lambda: end_record(8, b"\xff\xff\xff\xff"),
    "offset of a part": lambda: central(42, b"\xff\xff\xff\x7f"),
    "size of a part": lambda: central(20, b"\xff\xff\xff\x7f\xff\xff\xff\x7f"),
    "wrong checksum": lambda: central(16, b"\x00\x00\x00\x00"),
    "bzip2 that is none": lambda: compressed_by(12),
    "lzma that is none": lambda: compressed_by(14),
    "unknown compression": lambda: compressed_by(99),
    "two parts of one name": lambda: package(xl__Workbook_dot_xml="<x/>"),
    "no markup in the workbook": lambda: package(xl__workbook_dot_xml="text"),
    "unknown encoding": lambda: package(xl__workbook_dot_xml='<?xml version="1.0" encoding="щ"?><workbook/>'),
    "encoding of a codec": lambda: package(xl__workbook_dot_xml='<?xml version="1.0" encoding="hex"?><workbook/>'),
    "wide encoding": lambda: package(xl__workbook_dot_xml='<?xml version="1.0" encoding="cp932"?><workbook/>'),
    "entities": lambda: package(xl__workbook_dot_xml='<!DOCTYPE a [<!ENTITY b "c">]><workbook>&b;</workbook>'),
    "deep markup": lambda: sheet("<a>" * 200_000),
    "external links": lambda: package(xl___rels__workbook_dot_xml_dot_rels=(
        '<Relationships>'
        '<Relationship Id="rId1" Type="x/worksheet" Target="http://evil.example/a" TargetMode="External"/>'
        '<Relationship Id="rId2" Type="x/externalLink" Target="../../../../etc/passwd"/></Relationships>')),
    "relation to itself": lambda: package(xl___rels__workbook_dot_xml_dot_rels=(
        '<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="workbook.xml"/></Relationships>')),
    "row that is a superscript": lambda: sheet('<row r="²"><c><v>1</v></c></row>'),
    "row of many digits": lambda: sheet(f'<row r="{"9" * 6000}"><c><v>1</v></c></row>'),
    "last row of all": lambda: sheet('<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>2</v></c></row>'),
    "huge dimension": lambda: sheet("<row><c><v>1</v></c></row>", after='<dimension ref="A1:XFD1048576"/>'),
    "column of many letters": lambda: sheet(f'<row><c r="{"Z" * 300_000}1"><v>1</v></c></row>'),
    "columns that are no letters": lambda: sheet(
        '<row><c r="Ё-1"><v>1</v></c><c r="@5"><v>1</v></c><c><v>1</v></c></row>'),
    "last column of all": lambda: sheet('<row><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>' * 2000),
    "style that is a superscript": lambda: cells("5", style="²"),
    "style of many digits": lambda: cells("5", style="9" * 6000),
    "string that is a superscript": lambda: cells("²", kind="s"),
    "string of many digits": lambda: cells("9" * 6000, kind="s"),
    "superscript number": lambda: cells("²", "5²"),
    "numbers without measure": lambda: cells(
        "1E+999999999", "1e999999", "-1E-999999999", "9" * 6000, "sNaN", "Infinity"),
    "dates without measure": lambda: dates("1E+999999"),
    "dates that are none": lambda: dates("-1E+9999999999"),
    "many dates without measure": lambda: repack(dates("1"), on_sheet(lambda _: (
        "<worksheet><sheetData><row>" + '<c s="0"><v>1E+999999</v></c>' * 100
        + "</row></sheetData></worksheet>").encode())),
    "moment with a zone": lambda: cells("2026-01-01T00:00:00+03:00", "2026-01-01T00:00:00", "10:00", kind="d"),
    "half of a letter": lambda: inline("_xD800_ ООО _xDFFF_"),
    "zero character": lambda: inline("_x0000_ООО"),
    "format that is no number": lambda: styled('<numFmts><numFmt numFmtId="a" formatCode="0"/></numFmts>'),
    "style of no format": lambda: styled('<cellXfs><xf numFmtId=""/><xf numFmtId="²"/></cellXfs>'),
    "padding to a mile": lambda: styled(
        f'<numFmts><numFmt numFmtId="200" formatCode="{"0" * 900_000}"/></numFmts>'
        '<cellXfs><xf numFmtId="200"/></cellXfs>'),
    "merged from everywhere": lambda: merged(3000, 5000),
    "merged backwards": lambda: sheet("<row><c><v>1</v></c></row>", after=(
        '<mergeCells><mergeCell ref="B9:A1"/><mergeCell ref="A0:A99999999"/></mergeCells>')),
    "bomb": lambda: sheet("<row>" + "<c><v>1</v></c>" * 3_000_000 + "</row>"),
    "long cell": lambda: inline("ООО «" + "а" * 900_000),
    "long cell of brackets": lambda: inline("(" * 200_000),
    "long cell of numbers": lambda: inline("7736050003 " * 50_000),
    "long cell of commas": lambda: inline("ул. Лесная, д. 5, " * 30_000),
    "long cell of mails": lambda: inline("a@" * 200_000),
    "long cell of dots": lambda: inline("а." * 200_000),
    "long cell of spaces": lambda: inline("а" + " " * 400_000 + "б"),
    "old Excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "encrypted Excel": lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
    "OpenDocument": lambda: _archive({
        "mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"}),
    "archive in an archive": lambda: _archive({"a.xlsx": xlsx(PLAIN)}),
    "CSV in cp1251": lambda: "Наименование;ИНН\nООО «Ветер»;7736050003".encode("cp1251"),
    "CSV of an odd length in UTF-16": lambda: b"\xff\xfeA\x00B",
    "CSV of halves of letters": lambda: b"\xff\xfe" + b"\x00\xd8" * 50,
    "CSV with zeros": lambda: b"a;b\n" * 2000 + b"\x00;\x00\n",
    # No line to find a delimiter in: a fuzzer met one of these two.
    "byte order mark alone": lambda: b"\xef\xbb\xbf",
    "blank to Unicode only": "\u2003\u00a0\x1f".encode,
    "CSV of one quote": lambda: b'"' + b"a;b\n" * 100_000,
    "CSV of quotes": lambda: b'"' * 300_001,
    "CSV of delimiters": lambda: b";" * 3_000_000,
    "CSV of returns": lambda: b"a;b\rc;d\r\r\n\r" * 1000,
    "CSV of a million lines": lambda: b"\n" * 5_000_000 + b"a;b",
    "CSV of one long line": lambda: b"a" * 5_000_000,
    "random bytes": lambda: bytes(range(256)) * 40,
}


def _archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()


def send(person: Person, name: str, data: bytes, target: str = "parties") -> tuple[int, str, float]:
    began = time.process_time()
    answer = person.http.post("/api/imports/files", params={"target": target}, files={"file": (name, data)},
                              headers={"Authorization": f"Bearer {person.token}"})
    return answer.status_code, answer.text, time.process_time() - began


@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_file_is_answered_in_words_and_soon(boss: Person, name: str) -> None:
    data = HOSTILE[name]()
    for target in ("parties", "products"):
        status, text, seconds = send(boss, "список.xlsx", data, target)
        assert status in (200, 413, 422), f"{status} {text[:300]}"
        assert seconds < PATIENCE, f"{seconds:.1f} s"


def odd_names() -> Iterator[str]:
    yield from ("", ".", "..", "../../etc/passwd", "a" * 100_000, "con.xlsx", "\u202exslx.exe", "😀.csv", "a\x00b.csv")


@pytest.mark.parametrize("name", list(odd_names()))
def test_odd_file_names(boss: Person, name: str) -> None:
    assert send(boss, name, xlsx(PLAIN))[0] in (200, 400, 422)


_FORM = "multipart/form-data; boundary=a"
_PART = b"--a\r\nContent-Disposition: form-data"


@pytest.mark.parametrize(("kind", "body"), [
    ("multipart/form-data", b"x"), ("multipart/form-data; boundary=", b"x"), (_FORM, b"x"),
    (_FORM, b"--a\r\n\r\n--a--"), (_FORM, b"--a--"),
    (_FORM, _PART + b"\r\n\r\nb\r\n--a--"),
    (_FORM, _PART + b"; name=file\r\n\r\nb\r\n--a--"),
    (_FORM, _PART + b"; name=file; filename=\r\n\r\nb\r\n--a--"),
    (_FORM + "; charset=utf-7",
     _PART + b"; name=file; filename=\"+2AA-.csv\"\r\n\r\nb;c\r\n--a--"),
    (_FORM + "; charset=hex",
     _PART + b"; name=file; filename=\"zz.csv\"\r\n\r\nb;c\r\n--a--"),
    (_FORM,
     _PART + b"; name=file; filename=\"\xff\xfe.csv\"\r\n\r\nb;c\r\n--a--"),
    ("multipart/form-data; boundary=" + "a" * 5000, b"x"), ("multipart/form-data; boundary=\xd1\x89", b"x"),
    ("multipart/mixed; boundary=a", b"--a--"), ("text/plain", b"x"),
    ("application/x-www-form-urlencoded", b"file=%00%ff"),
    ("application/x-www-form-urlencoded", b"file=" + b"a" * 2_000_000),
    (_FORM, (_PART + b"; name=n\r\n\r\nb\r\n") * 1500 + b"--a--"),
    (_FORM,
     (_PART + b"; name=file; filename=b\r\n\r\nb\r\n") * 1500 + b"--a--"),
    (_FORM, b"--a\r\n" + b"X-Header: a\r\n" * 5000 + b"\r\nb\r\n--a--"),
    (_FORM, _PART + b"; name=n\r\n\r\n" + b"b" * 3_000_000),
])
def test_broken_forms(boss: Person, kind: str, body: bytes) -> None:
    answer = boss.http.post("/api/imports/files", params={"target": "parties"}, content=body, headers={
        b"Authorization": f"Bearer {boss.token}".encode(), b"Content-Type": kind.encode("latin-1")})
    assert answer.status_code in (200, 400, 413, 415, 422), answer.text[:300]
    assert answer.status_code == 200 or answer.json()["message"]
