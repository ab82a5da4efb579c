"""Заказ покупателя: what is ordered, by when and on what terms, signed by both sides."""

from crm_contract.printing import PrintDocument
from crm_desktop.rendering.extras import delivery
from crm_desktop.rendering.formats import day
from crm_desktop.rendering.layouts.blocks import (
    Signing,
    basis,
    heading,
    key_values,
    party_text,
    title_block,
    two_sides,
)
from crm_desktop.rendering.layouts.line_table import line_table, words_blocks
from crm_desktop.rendering.tree import PORTRAIT_WIDTH, Block, KeepTogether, Paragraph, Sheet, Spacer, Style


def build(document: PrintDocument) -> Sheet:
    title = heading("Заказ покупателя", document)
    width = PORTRAIT_WIDTH
    blocks: tuple[Block, ...] = (
        title_block(title, width, document.title),
        key_values((
            ("Поставщик", party_text(document.seller)),
            ("Покупатель", party_text(document.buyer)),
            ("Грузополучатель", party_text(document.consignee) if document.consignee else ""),
            ("Основание", basis(document)),
            ("Отгрузить до", day(document.due_date) if document.due_date else ""),
            ("Доставка", delivery(document)),
            ("Адрес доставки", document.place),
        ), width),
        Spacer(3),
        line_table(document, width, total="Всего"),
        _closing(document, width),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)


def _closing(document: PrintDocument, width: float) -> KeepTogether:
    blocks: list[Block] = [Spacer(2), *words_blocks(document)]
    if document.comment:
        blocks.append(Paragraph(document.comment))
    if document.author_name:
        contacts = ", ".join(filter(None, (document.author_phone, document.author_email)))
        blocks.append(Paragraph(f"Менеджер: {document.author_name}{', ' + contacts if contacts else ''}", Style.SMALL))
    blocks += [
        Spacer(5),
        two_sides(
            Signing.by_head("Поставщик", document.seller),
            Signing.by_head("Покупатель", document.buyer),
            width),
    ]
    return KeepTogether(tuple(blocks))
