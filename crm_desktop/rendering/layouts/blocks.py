"""Blocks that several forms share: who the parties are, the basis, the table of lines, the signatures."""

from collections.abc import Sequence
from dataclasses import dataclass

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintPaper, PrintParty
from crm_desktop.rendering.formats import NBSP, number_of, quoted_day
from crm_desktop.rendering.tree import (
    MUTED,
    Align,
    Block,
    Cell,
    Code,
    Columns,
    Row,
    Run,
    Side,
    Table,
    Text,
    VAlign,
)

GREY_LINE = "6F7882"
CODE_SIZE = 18.0


def row(*cells: Cell, height: float = 0) -> Row:
    return Row(cells, height)


def unbroken(text: str) -> str:
    """A phone number must not break over two lines."""
    return text.replace(" ", NBSP)


def is_sole(party: PrintParty) -> bool:
    return party.kind == "sole"


def inn_kpp(party: PrintParty) -> str:
    """`7707083893/770701001`; a sole proprietor and a person have no КПП."""
    return f"{party.inn}/{party.kpp}" if party.kpp and party.kind == "legal" else party.inn


def identity(party: PrintParty) -> str:
    """«ИНН …, КПП …, ОГРН …»"""
    registration = "ОГРНИП" if is_sole(party) else "ОГРН"
    parts = [
        f"ИНН{NBSP}{party.inn}" if party.inn else "",
        f"КПП{NBSP}{party.kpp}" if party.kpp and party.kind == "legal" else "",
        f"{registration}{NBSP}{party.ogrn}" if party.ogrn else "",
    ]
    return ", ".join(part for part in parts if part)


def party_text(party: PrintParty, with_contacts: bool = True) -> Text:
    """One paragraph: the name in bold, then the requisites."""
    parts = [identity(party), party.address]
    if with_contacts:
        parts += [f"тел.{NBSP}{unbroken(party.phone)}" if party.phone else "", party.email]
    rest = ", ".join(part for part in parts if part)
    return (Run(party.full_name or party.name, bold=True), Run(f", {rest}" if rest else ""))


def bank_lines(party: PrintParty) -> list[str]:
    """«Р/с …», «в …», «К/с …», «БИК …»; empty without an account."""
    bank = party.bank
    if bank is None:
        return []
    place = f", г.{NBSP}{bank.city}" if bank.city else ""
    lines = [f"р/с {bank.account}", f"в {bank.name}{place}"]
    if bank.corr_account:
        lines.append(f"к/с {bank.corr_account}")
    return [*lines, f"БИК {bank.bic}"]


def paper(reference: PrintPaper) -> str:
    """«Договор № 12 от 14.03.2026»"""
    return f"{reference.title} {number_of(reference.number, reference.date)}".strip()


def basis(document: PrintDocument) -> str:
    """The contract and the other papers the document rests on, without doubles."""
    papers = ([document.contract] if document.contract else []) + document.basis
    return "; ".join(dict.fromkeys(paper(reference) for reference in papers))


def heading(title: str, document: PrintDocument) -> str:
    """«Счёт на оплату № СЧ-000418 от 02.11.2026»"""
    return f"{title} {number_of(document.number, document.date)}"


def key_values(rows: Sequence[tuple[str, Text]], width: float, label_width: float = 28, size: float = 9) -> Table:
    """Labels on the left in grey, values beside them; empty values are left out."""
    return Table(
        (label_width, width - label_width),
        tuple(row(Cell(label, colour=MUTED), Cell(value)) for label, value in rows if value),
        size=size, pad=(0, 0.8))


def signatory(party: PrintParty) -> tuple[str, str]:
    """Position and «Фамилия И. О.» of who signs for a party."""
    if is_sole(party):
        title = party.director_title or "Индивидуальный предприниматель"
    else:
        title = party.director_title or ("Руководитель" if party.kind == "legal" else "")
    return title, short_name(party.director_name)


@dataclass(frozen=True, slots=True)
class Signing:
    """One side of a paper signed by two: `position` and `name` empty are filled in by hand."""

    title: str
    party: PrintParty
    position: str
    name: str
    dated: str = ""

    @classmethod
    def by_author(cls, title: str, document: PrintDocument) -> "Signing":
        """Our side: whoever made the paper hands the goods over, or takes them."""
        return cls(title, document.seller, document.author_title, short_name(document.author_name),
                   quoted_day(document.date))

    @classmethod
    def by_hand(cls, title: str, party: PrintParty) -> "Signing":
        """The other side writes position, name and day in by hand."""
        return cls(title, party, "", "", quoted_day(None))

    @classmethod
    def by_head(cls, title: str, party: PrintParty, dated: str = "") -> "Signing":
        return cls(title, party, *signatory(party), dated)


def two_sides(left: Signing, right: Signing, width: float) -> Table:
    """Both signatures side by side, their lines on one level."""
    half, gap = (width - 12) / 2, 2.5
    side = (0.38 * half, gap, 0.3 * half - 2 * gap, gap, 0.32 * half)
    sides = (left, right)
    caption = {"align": Align.CENTER, "size": 6.5, "colour": MUTED}
    line = {"align": Align.CENTER, "valign": VAlign.BOTTOM, "border": Side.BOTTOM}
    rows = [
        [[Cell(one.title, bold=True, span=5)] for one in sides],
        [[Cell(one.party.name or one.party.full_name, span=5)] for one in sides],
        [[Cell(one.position, **line), Cell(), Cell("", **line), Cell(), Cell(one.name, **line)] for one in sides],
        [[Cell("должность", **caption), Cell(), Cell("подпись", **caption), Cell(),
          Cell("расшифровка подписи", **caption)] for _ in sides],
        [[Cell(one.dated, span=3), Cell(), Cell("" if one.party.kind == "person" else f"М.{NBSP}П.", Align.RIGHT,
                                                colour=MUTED)] for one in sides],
    ]
    heights = (0, 0, 9, 0, 7)
    return Table(
        (*side, 12, *side),
        tuple(row(*first, Cell(), *second, height=height)
              for (first, second), height in zip(rows, heights, strict=True)),
        size=9.5, pad=(0.2, 0.5), valign=VAlign.BOTTOM)


def title_block(title: str, width: float, subtitle: str = "") -> Table:
    """The name of the paper over a heavy line."""
    cells = [row(Cell(title, bold=True, size=14, border=Side.NONE))]
    if subtitle:
        cells.append(row(Cell(subtitle, size=10, border=Side.NONE, colour=MUTED)))
    cells.append(row(Cell("", border=Side.NONE, thick=Side.TOP), height=2.5))
    return Table((width,), tuple(cells), pad=(0, 0.9))


def coded_title(title: str, document: PrintDocument, width: float) -> Block:
    """The name of a warehouse paper, and its own barcode for the terminal beside it."""
    if not document.code:
        return title_block(title, width)
    left = width - CODE_SIZE - 4
    return Columns((left, CODE_SIZE), ((title_block(title, left),), (Code(document.code, CODE_SIZE),)), gap=4)
