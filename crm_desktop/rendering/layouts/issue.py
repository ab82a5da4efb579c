"""Расходная накладная: goods leave the warehouse; a primary document in a simple form (402-ФЗ, ст. 9, ч. 2)."""

from crm_contract.printing import PrintDocument
from crm_desktop.rendering.extras import delivery
from crm_desktop.rendering.layouts.blocks import Signing, basis, coded_title, heading, key_values, party_text
from crm_desktop.rendering.layouts.line_table import handed_over, line_table
from crm_desktop.rendering.tree import PORTRAIT_WIDTH, Block, Sheet, Spacer


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
        handed_over(document, width, Signing.by_author("Отпустил", document),
                    Signing.by_hand("Получил", document.buyer)),
    )
    return Sheet(title, title, blocks, document.seller.name, is_draft=document.is_draft)
