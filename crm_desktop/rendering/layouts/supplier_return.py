"""Накладная на возврат поставщику: a primary document in a simple form (402-ФЗ, ст. 9, ч. 2) at the prices paid."""

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument
from crm_desktop.rendering.extras import Extra, extra
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
    title = heading("Накладная на возврат поставщику", document)
    width = PORTRAIT_WIDTH
    blocks: tuple[Block, ...] = (
        coded_title(title, document, width),
        key_values((
            ("Кто возвращает", party_text(document.seller)), ("Поставщик", party_text(document.buyer)),
            ("Основание", basis(document)), ("Причина", document.reason), ("Склад", document.place_from),
        ), width),
        Spacer(3),
        line_table(document, width, "Товар", total="Всего к возврату"),
        _closing(document, width),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)


def _closing(document: PrintDocument, width: float) -> KeepTogether:
    attorney = extra(document, Extra.POWER_OF_ATTORNEY)
    notes = (f"По доверенности: {attorney}" if attorney else "", document.comment)
    return KeepTogether((
        Spacer(2), *words_blocks(document), *(Paragraph(note) for note in notes if note), Spacer(5),
        two_sides(
            Signing("Возвратил", document.seller, document.author_title, short_name(document.author_name),
                    quoted_day(document.date)),
            Signing("Принял", document.buyer, "", "", quoted_day(None)), width),
    ))
