"""Расходная накладная: goods leave the warehouse; a primary document in a simple form (402-ФЗ, ст. 9, ч. 2)."""

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument
from crm_desktop.rendering.extras import Extra, delivery, extra
from crm_desktop.rendering.formats import quoted_day
from crm_desktop.rendering.layouts.blocks import (
    Signing,
    basis,
    coded_title,
    heading,
    key_values,
    party_text,
    two_sides,
)
from crm_desktop.rendering.layouts.line_table import line_table, words_blocks
from crm_desktop.rendering.tree import PORTRAIT_WIDTH, Block, KeepTogether, Paragraph, Sheet, Spacer


def build(document: PrintDocument) -> Sheet:
    title = heading("Расходная накладная", document)
    width = PORTRAIT_WIDTH
    blocks: tuple[Block, ...] = (
        coded_title(title, document, width),
        key_values((
            ("Поставщик", party_text(document.seller)),
            ("Грузоотправитель", party_text(document.consignor) if document.consignor else ""),
            ("Покупатель", party_text(document.buyer)),
            ("Грузополучатель", party_text(document.consignee) if document.consignee else ""),
            ("Основание", basis(document)),
            ("Склад", document.place_from),
            ("Объект", document.place),
            ("Доставка", delivery(document)),
        ), width),
        Spacer(3),
        line_table(document, width, "Товар", total="Всего"),
        _closing(document, width),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)


def _closing(document: PrintDocument, width: float) -> KeepTogether:
    """Whoever made the paper hands the goods over; the receiver writes position and name in by hand."""
    attorney = extra(document, Extra.POWER_OF_ATTORNEY)
    blocks: list[Block] = [Spacer(2), *words_blocks(document)]
    if attorney:
        blocks.append(Paragraph(f"По доверенности: {attorney}"))
    if document.comment:
        blocks.append(Paragraph(document.comment))
    blocks += [
        Spacer(5),
        two_sides(
            Signing("Отпустил", document.seller, document.author_title, short_name(document.author_name),
                    quoted_day(document.date)),
            Signing("Получил", document.buyer, "", "", quoted_day(None)),
            width),
    ]
    return KeepTogether(tuple(blocks))
