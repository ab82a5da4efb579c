"""Акт о выполненных работах и оказанных услугах: a primary document (402-ФЗ, ст. 9, ч. 2)."""

from crm_contract.printing import PrintDocument
from crm_desktop.rendering.extras import Extra, extra
from crm_desktop.rendering.formats import quoted_day
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
from crm_desktop.rendering.tree import PORTRAIT_WIDTH, Block, KeepTogether, Paragraph, Sheet, Spacer

_ACCEPTANCE = (
    "Работы выполнены, услуги оказаны полностью и в согласованный срок. "
    "Заказчик претензий по объёму, качеству и срокам не имеет."
)


def build(document: PrintDocument) -> Sheet:
    title = heading("Акт", document)
    width = PORTRAIT_WIDTH
    blocks: tuple[Block, ...] = (
        title_block(title, width, "о приёмке выполненных работ и оказанных услуг"),
        key_values((
            ("Исполнитель", party_text(document.seller)),
            ("Заказчик", party_text(document.buyer)),
            ("Основание", basis(document)),
            ("Объект", document.place),
            ("Период", extra(document, Extra.PERIOD)),
            ("Содержание", document.title),
        ), width),
        Spacer(3),
        line_table(document, width, "Наименование работ, услуг", total="Всего"),
        _closing(document, width),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)


def _closing(document: PrintDocument, width: float) -> KeepTogether:
    blocks: list[Block] = [Spacer(2), *words_blocks(document), Spacer(1), Paragraph(_ACCEPTANCE)]
    if document.comment:
        blocks.append(Paragraph(document.comment))
    blocks += [
        Spacer(5),
        two_sides(
            Signing.by_head("Исполнитель: работу сдал", document.seller, quoted_day(document.date)),
            Signing.by_head("Заказчик: работу принял", document.buyer, quoted_day(None)),
            width),
    ]
    return KeepTogether(tuple(blocks))
