"""Счёт на оплату: the bank block as in a payment order, lines, totals, payment QR, signatures."""

from crm_contract.persons import short_name
from crm_contract.printing import PrintDocument, PrintParty
from crm_desktop.rendering.extras import delivery
from crm_desktop.rendering.formats import NBSP, day
from crm_desktop.rendering.layouts.blocks import basis, heading, is_sole, key_values, party_text, row, title_block
from crm_desktop.rendering.layouts.line_table import line_table, words_blocks
from crm_desktop.rendering.payment_qr import payload
from crm_desktop.rendering.tree import (
    MUTED,
    PORTRAIT_WIDTH,
    Align,
    Block,
    Cell,
    Code,
    Columns,
    KeepTogether,
    Paragraph,
    Row,
    Sheet,
    Side,
    Spacer,
    Style,
    Table,
    VAlign,
)

_QR = 38.0


def build(document: PrintDocument) -> Sheet:
    title = heading("Счёт на оплату", document)
    width = PORTRAIT_WIDTH
    blocks: list[Block] = []
    if document.seller.bank:
        blocks += [_bank_block(document.seller, width), Spacer(5)]
    blocks += [
        title_block(title, width),
        key_values((
            ("Поставщик", party_text(document.seller)),
            ("Покупатель", party_text(document.buyer)),
            ("Грузополучатель", party_text(document.consignee) if document.consignee else ""),
            ("Основание", basis(document)),
            ("Доставка", delivery(document)),
            ("Адрес доставки", document.place),
        ), width),
        Spacer(3),
        line_table(document, width, "Товары, работы, услуги"),
        _bottom(document, width),
    ]
    return Sheet(title, title, tuple(blocks), document.seller.name, is_draft=document.is_draft)


def _bank_block(seller: PrintParty, width: float) -> Table:
    """Receiver's bank, БИК, accounts, ИНН, КПП and the receiver, placed as in a payment order."""
    bank = seller.bank
    assert bank is not None
    place = f" г. {bank.city}" if bank.city else ""
    left, label, value = (width - 66) / 2, 15.0, 51.0
    open_below = Side.LEFT | Side.TOP | Side.RIGHT
    open_above = Side.LEFT | Side.BOTTOM | Side.RIGHT
    caption = {"size": 7, "colour": MUTED, "span": 2, "border": open_above}
    return Table(
        (left, left, label, value),
        (
            row(Cell(f"{bank.name}{place}", span=2, border=open_below), Cell("БИК"), Cell(bank.bic)),
            row(Cell("Банк получателя", **caption), Cell("Сч. №"), Cell(bank.corr_account)),
            row(Cell(f"ИНН {seller.inn}"), Cell(f"КПП {seller.kpp}" if seller.kind == "legal" else "КПП"),
                Cell("Сч. №", rows=3), Cell(bank.account, rows=3)),
            row(Cell(seller.name, span=2, border=open_below)),
            row(Cell("Получатель", **caption)),
        ),
        border=Side.ALL, line=0.6, pad=(1.2, 0.7))


def _bottom(document: PrintDocument, width: float) -> KeepTogether:
    code = payload(document)
    side = width - _QR - 6 if code else width
    left: list[Block] = [*words_blocks(document)]
    if document.due_date:
        left.append(Paragraph(f"Оплатить не позднее {day(document.due_date)}."))
    if document.valid_until:
        left.append(Paragraph(f"Счёт действителен до {day(document.valid_until)}."))
    if document.comment:
        left.append(Paragraph(document.comment))
    if document.author_name:
        contacts = ", ".join(filter(None, (document.author_phone, document.author_email)))
        left.append(Paragraph(f"Менеджер: {document.author_name}{', ' + contacts if contacts else ''}", Style.SMALL))
    left += [Spacer(2), _signatures(document, side)]
    if not code:
        return KeepTogether((Spacer(2), *left))
    right = (Code(code, _QR, Align.CENTER), Paragraph("Оплата по QR-коду", Style.CAPTION))
    return KeepTogether((Spacer(2), Columns((side, _QR), (tuple(left), right), 6)))


def _signatures(document: PrintDocument, width: float) -> Table:
    seller = document.seller
    if is_sole(seller):
        people = [("Индивидуальный предприниматель", seller.director_name)]
    else:
        people = [(seller.director_title or "Руководитель", seller.director_name)]
        people.append(("Главный бухгалтер", seller.accountant_name))
    label, name, gap = 46.0, 34.0, 3.0
    rows: list[Row] = []
    for position, person in people:
        rows.append(row(
            Cell(position, valign=VAlign.BOTTOM),
            Cell("", border=Side.BOTTOM), Cell(),
            Cell(short_name(person), Align.CENTER, VAlign.BOTTOM, border=Side.BOTTOM), height=9))
    rows.append(row(Cell(f"М.{NBSP}П.", colour=MUTED, size=8), Cell(), Cell(), Cell()))
    return Table((label, width - label - name - gap, gap, name), tuple(rows), pad=(0, 0.5))
