"""Накладная на возврат от покупателя: a primary document in a simple form (402-ФЗ, ст. 9, ч. 2)

At the prices of the sale.
"""

from crm_contract.printing import PrintDocument
from crm_desktop.rendering.layouts.blocks import Signing, basis, coded_title, heading, key_values, party_text
from crm_desktop.rendering.layouts.line_table import handed_over, line_table
from crm_desktop.rendering.tree import PORTRAIT_WIDTH, Block, Sheet, Spacer


def build(document: PrintDocument) -> Sheet:
    title = heading("Накладная на возврат от покупателя", document)
    width = PORTRAIT_WIDTH
    blocks: tuple[Block, ...] = (
        coded_title(title, document, width),
        key_values((
            ("Кто возвращает", party_text(document.buyer)), ("Продавец", party_text(document.seller)),
            ("Основание", basis(document)), ("Причина", document.reason), ("Склад", document.place_from),
        ), width),
        Spacer(3),
        line_table(document, width, "Товар", total="Всего к возврату"),
        handed_over(document, width, Signing.by_hand("Возвратил", document.buyer),
                    Signing.by_author("Принял", document)),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)
