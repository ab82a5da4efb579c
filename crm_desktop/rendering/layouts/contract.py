"""Договор поставки и монтажа: the text, requisites of both sides, signatures, the specification as appendix 1.

A sole proprietor, a person and a firm are named as the law names them. Names are not declined by machine: the genitive
comes from `PrintDocument.extra`, else the phrase is built so that it needs none.
"""

from crm_contract.printing import PrintDocument, PrintParty
from crm_desktop.rendering.extras import Extra, extra
from crm_desktop.rendering.formats import NBSP, is_feminine, long_day, number_of
from crm_desktop.rendering.layouts.blocks import Signing, bank_lines, identity, row, two_sides, unbroken
from crm_desktop.rendering.layouts.contract_text import sections
from crm_desktop.rendering.layouts.line_table import line_table, words_blocks
from crm_desktop.rendering.tree import (
    MUTED,
    PORTRAIT_WIDTH,
    Align,
    Block,
    Cell,
    KeepTogether,
    PageBreak,
    Paragraph,
    Run,
    Sheet,
    Spacer,
    Style,
    Table,
)

_CLAUSE_INDENT = 9.0


def build(document: PrintDocument) -> Sheet:
    title = f"Договор {number_of(document.number, document.date)}"
    blocks: list[Block] = [
        Paragraph(f"Договор №{NBSP}{document.number}", Style.TITLE, Align.CENTER),
        Paragraph("поставки и монтажа оборудования", Style.SUBTITLE, Align.CENTER),
        _place_and_day(document),
        Spacer(3),
        Paragraph(_preamble(document), Style.CLAUSE),
    ]
    for number, section in enumerate(sections(document), 1):
        blocks.append(Paragraph(f"{number}. {section.title}", Style.HEADING))
        blocks += [
            Paragraph(clause, Style.CLAUSE, indent=_CLAUSE_INDENT, label=f"{number}.{index}.")
            for index, clause in enumerate(section.clauses, 1)
        ]
    blocks.append(_closing(document, len(sections(document)) + 1))
    if document.lines:
        blocks += [PageBreak(), *_specification(document)]
    return Sheet(title, title, tuple(blocks), document.seller.name, is_draft=document.is_draft)


def _place_and_day(document: PrintDocument) -> Table:
    bank = document.seller.bank
    city = extra(document, Extra.CITY, bank.city if bank else "")
    return Table(
        (PORTRAIT_WIDTH / 2, PORTRAIT_WIDTH / 2),
        (row(Cell(f"г.{NBSP}{city}" if city else ""), Cell(long_day(document.date), Align.RIGHT)),),
        size=9.5, pad=(0, 0.5))


def _preamble(document: PrintDocument) -> tuple[Run, ...]:
    seller = _introduced(document.seller, "Исполнитель", extra(document, Extra.SELLER_DIRECTOR_GENITIVE))
    buyer = _introduced(document.buyer, "Заказчик", extra(document, Extra.BUYER_DIRECTOR_GENITIVE))
    return (
        *seller, Run(", с одной стороны, и "), *buyer,
        Run(", с другой стороны, вместе именуемые «Стороны», заключили настоящий договор (далее – «Договор») "
            "о нижеследующем."),
    )


def _introduced(party: PrintParty, role: str, director_genitive: str) -> tuple[Run, ...]:
    """«ООО „…“, именуемое в дальнейшем „Заказчик“, в лице …»"""
    named = Run(party.full_name or party.name, bold=True)
    if party.kind != "legal":
        ending = "ая" if is_feminine(party.director_name or party.full_name) else "ый"
        return named, Run(f", именуем{ending} в дальнейшем «{role}»")
    basis = party.director_basis or "Устава"
    if director_genitive:
        acting = "действующей" if is_feminine(party.director_name) else "действующего"
        represented = f"в лице {director_genitive}, {acting} на основании {basis}"
    else:
        represented = (
            f"от имени которого на основании {basis} действует "
            f"{_lower_first(party.director_title or 'руководитель')} {party.director_name or '_' * 40}")
    return named, Run(f", именуемое в дальнейшем «{role}», {represented}")


def _lower_first(text: str) -> str:
    return text[:1].lower() + text[1:]


def _requisites(party: PrintParty) -> str:
    lines = [identity(party).replace(", ", "\n"), f"Адрес: {party.address}" if party.address else ""]
    lines += bank_lines(party)
    lines += [f"Тел. {unbroken(party.phone)}" if party.phone else "", party.email]
    return "\n".join(line for line in lines if line)


def _closing(document: PrintDocument, number: int) -> KeepTogether:
    half = PORTRAIT_WIDTH / 2
    parties = (("Исполнитель", document.seller), ("Заказчик", document.buyer))
    requisites = Table(
        (half - 6, 12, half - 6),
        (
            row(*_beside(*(Cell(role, bold=True) for role, _ in parties))),
            row(*_beside(*(Cell(party.full_name or party.name, bold=True) for _, party in parties))),
            row(*_beside(*(Cell(_requisites(party)) for _, party in parties))),
        ),
        pad=(0, 0.8))
    return KeepTogether((
        Paragraph(f"{number}. Адреса, реквизиты и подписи Сторон", Style.HEADING),
        requisites,
        Spacer(4),
        _signatures(document),
    ))


def _beside(left: Cell, right: Cell) -> tuple[Cell, ...]:
    return left, Cell(), right


def _signatures(document: PrintDocument) -> Table:
    return two_sides(
        Signing.by_head("От Исполнителя", document.seller), Signing.by_head("От Заказчика", document.buyer),
        PORTRAIT_WIDTH)


def _specification(document: PrintDocument) -> list[Block]:
    return [
        Paragraph(
            (Run(f"Приложение №{NBSP}1\n", bold=True),
             Run(f"к Договору {number_of(document.number, document.date)}", colour=MUTED)),
            align=Align.RIGHT),
        Spacer(2),
        Paragraph("Спецификация", Style.TITLE, Align.CENTER),
        line_table(document, PORTRAIT_WIDTH, "Наименование товаров и работ", total="Всего"),
        KeepTogether((Spacer(2), *words_blocks(document), Spacer(5), _signatures(document))),
    ]
