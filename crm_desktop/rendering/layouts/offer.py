"""Коммерческое предложение: a letter on the seller's head, the table, the terms, the manager's contacts."""

from crm_contract.printing import PrintDocument, PrintParty
from crm_desktop.rendering.extras import Extra, delivery, extra
from crm_desktop.rendering.formats import NBSP, day, long_day
from crm_desktop.rendering.layouts.blocks import basis, heading, identity, key_values, row, signatory, unbroken
from crm_desktop.rendering.layouts.line_table import line_table, vat_phrase
from crm_desktop.rendering.tree import (
    ACCENT,
    MUTED,
    PORTRAIT_WIDTH,
    Align,
    Block,
    Cell,
    Columns,
    KeepTogether,
    Paragraph,
    Rule,
    Run,
    Sheet,
    Side,
    Spacer,
    Style,
    Table,
    VAlign,
)
from crm_desktop.rendering.words import amount_in_words

_GREETING = "Предлагаем поставку оборудования и выполнение работ на следующих условиях:"


def build(document: PrintDocument) -> Sheet:
    title = heading("Коммерческое предложение", document)
    width = PORTRAIT_WIDTH
    blocks: tuple[Block, ...] = (
        _head(document.seller, width),
        Rule(1.6, ACCENT, before=2, after=5),
        _addressee(document, width),
        Spacer(6),
        *_title(document),
        Paragraph(extra(document, Extra.INTRODUCTION, _GREETING)),
        Spacer(1.5),
        line_table(document, width, airy=True, with_discount=True),
        _closing(document, width),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)


def _head(seller: PrintParty, width: float) -> Columns:
    """Name on the left, how to reach the seller on the right."""
    contacts = [seller.address, ", ".join(filter(None, (unbroken(seller.phone), seller.email)))]
    left = (Paragraph(seller.name, Style.BRAND), Paragraph(identity(seller), Style.SMALL))
    right = tuple(Paragraph(line, Style.SMALL, Align.RIGHT) for line in contacts if line)
    return Columns((92, width - 98), (left, right))


def _addressee(document: PrintDocument, width: float) -> Columns:
    """Date and number on the left, to whom on the right, as in a business letter."""
    buyer = document.buyer
    left = [Paragraph(f"Исх. №{NBSP}{document.number}"), Paragraph(long_day(document.date))]
    if document.revision > 1:
        left.append(Paragraph(f"Версия {document.revision}, заменяет предыдущие", Style.SMALL))
    right = [Paragraph(buyer.full_name or buyer.name, Style.STRONG)]
    attention = extra(document, Extra.ATTENTION)
    if attention:
        right.append(Paragraph(attention))
    elif buyer.kind == "legal" and buyer.director_name:
        right.append(Paragraph(f"{buyer.director_title}{NBSP}– {buyer.director_name}".strip(" –" + NBSP)))
    right += [Paragraph(line, Style.SMALL) for line in (identity(buyer), buyer.address) if line]
    return Columns((72, width - 88), (tuple(left), tuple(right)), 16)


def _title(document: PrintDocument) -> list[Block]:
    blocks: list[Block] = [Paragraph(f"Коммерческое предложение №{NBSP}{document.number}", Style.TITLE)]
    if document.title:
        blocks.append(Paragraph(document.title, Style.SUBTITLE))
    return blocks


def _closing(document: PrintDocument, width: float) -> KeepTogether:
    words = amount_in_words(document.gross, document.currency)
    blocks: list[Block] = [
        Spacer(2),
        Paragraph((Run("Всего: ", bold=False), Run(words, bold=True), Run(f", {vat_phrase(document)}"))),
        Spacer(1),
    ]
    terms = _terms(document)
    if terms:
        blocks += [Paragraph("Условия", Style.HEADING), key_values(terms, width, 34)]
    blocks += [Spacer(5), _signature(document, width)]
    if document.author_name:
        blocks += [Spacer(4), *_manager(document)]
    return KeepTogether(tuple(blocks))


def _terms(document: PrintDocument) -> list[tuple[str, str]]:
    months = extra(document, Extra.WARRANTY_MONTHS)
    terms = [
        ("Действует до", day(document.valid_until) if document.valid_until else ""),
        ("Оплата", extra(document, Extra.PAYMENT_TERMS)),
        ("Срок и доставка", extra(document, Extra.DELIVERY_TERMS, delivery(document))),
        ("Объект", document.place),
        ("Гарантия", f"{months} мес." if months else ""),
        ("Основание", basis(document)),
        ("Примечание", document.comment),
    ]
    return [term for term in terms if term[1]]


def _signature(document: PrintDocument, width: float) -> Table:
    position, name = signatory(document.seller)
    label, line, gap = 58.0, 46.0, 3.0
    return Table(
        (label, line, gap, width - label - line - gap),
        (row(Cell(position, valign=VAlign.BOTTOM), Cell("", border=Side.BOTTOM), Cell(),
             Cell(name, valign=VAlign.BOTTOM), height=9),),
        pad=(0, 0.5), size=9.5)


def _manager(document: PrintDocument) -> list[Block]:
    lines = (
        document.author_name,
        document.author_title,
        ", ".join(filter(None, (unbroken(document.author_phone), document.author_email))),
    )
    text = "\n".join(line for line in lines if line)
    return [Paragraph((Run("Ваш менеджер\n", colour=MUTED), Run(text)), Style.SMALL)]
