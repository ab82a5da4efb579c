"""Buying: orders to suppliers, what they are to bring, acts of discrepancy, suppliers' prices and articles."""

from datetime import date
from decimal import Decimal

from crm_contract.base import Answer, Ref
from crm_contract.kinds import (
    Accounting,
    Action,
    BasedOn,
    DocumentKind,
    Field,
    FieldType,
    LineColumn,
    Numbering,
    State,
    Workflow,
)
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Preset, Tone
from crm_contract.papers import TORG_2
from crm_contract.permissions import Permission
from crm_contract.sales import ANNULLED, COMMENT, RESPONSIBLE, VAT, annul
from crm_contract.vat import VatMode

#: How far the goods of a confirmed order have come: a fact, computed from posted receipts.
RECEIVING_STATES = (
    Choice("none", "Ждём", Tone.INFO), Choice("part", "Частично", Tone.WARN),
    Choice("overdue", "Опаздывает", Tone.ERROR), Choice("done", "Принят", Tone.OK), Choice("", "—"),
)

PURCHASE_ORDER = DocumentKind(
    code="purchase_order", title="Заказ поставщику", title_plural="Заказы поставщикам", short="ЗС", letter="Щ",
    icon="shopping-bag", domain="stock", numbering=Numbering("ЗС-", "purchase_order"), buys=True,
    fields=(
        # Made from a customer's order it may not know its supplier yet: it is demanded before it is confirmed.
        Field("party_id", "Поставщик", FieldType.REF, entity="party", span=4),
        Field("place_id", "Склад", FieldType.REF, required=True, entity="warehouse", span=3),
        Field("due_date", "Поставка до", FieldType.DATE, span=2), VAT,
        Field("supplier_number", "Номер у поставщика", span=3), RESPONSIBLE, COMMENT,
    ),
    lines=(
        LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.FREE, LineColumn.PRICE,
        LineColumn.VAT_RATE, LineColumn.VAT, LineColumn.TOTAL, LineColumn.NOTE,
    ),
    workflow=Workflow(
        states=(
            State("draft", "Черновик"),
            State("confirmed", "Подтверждён", Tone.INFO, Accounting.POSTED),
            State("closed_short", "Закрыт не полностью", Tone.WARN, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("confirm", "Подтвердить", ("draft",), "confirmed", primary=True, icon="check"),
            Action("close_short", "Закрыть не полностью", ("confirmed",), "closed_short", reason=True, icon="flag"),
            Action("reopen", "Открыть снова", ("closed_short",), "confirmed", reason=True, icon="arrow-u-up-left"),
            annul("draft", "confirmed"),
        ),
    ),
    # A draft too: what is not there at all cannot be reserved, so its order is not confirmed yet.
    based_on=(BasedOn("sales_order", ("draft", "confirmed")),),
    facts=("received",),
    list_fields=("due_date",),
)

DISCREPANCY = DocumentKind(
    code="discrepancy", title="Акт о расхождениях", title_plural="Акты о расхождениях", short="АР", letter="Х",
    icon="scales", domain="stock", numbering=Numbering("АР-", "discrepancy", gapless=True),
    fields=(
        # An act of a transfer has a sender of our own.
        Field("party_id", "Поставщик", FieldType.REF, entity="party", span=4),
        Field("place_id", "Склад", FieldType.REF, required=True, entity="warehouse", span=3),
        Field("outcome", "Чем закончилось", FieldType.CHOICE, span=3, default="", late=True, choices=(
            Choice("", "ещё не решено"), Choice("delivered", "Поставщик довёз", Tone.OK),
            Choice("corrected", "Исправил документы", Tone.OK), Choice("returned", "Излишек возвращён", Tone.OK),
            Choice("refused", "Поставщик не признал", Tone.ERROR), Choice("found", "Нашлось и принято", Tone.OK),
            Choice("sender", "Осталось у отправителя", Tone.OK), Choice("lost", "Списано", Tone.ERROR))),
        RESPONSIBLE, COMMENT,
    ),
    lines=(LineColumn.SKU, LineColumn.NAME, LineColumn.UNIT, LineColumn.PAPER, LineColumn.QUANTITY,
           LineColumn.DIFFERENCE, LineColumn.NOTE),
    forms=(TORG_2,),
    workflow=Workflow(
        states=(
            State("draft", "Составлен", Tone.WARN),
            State("claimed", "Передан", Tone.INFO, Accounting.POSTED),
            State("settled", "Урегулирован", Tone.OK, Accounting.POSTED),
            ANNULLED,
        ),
        actions=(
            Action("claim", "Передать", ("draft",), "claimed", primary=True, icon="paper-plane-tilt"),
            Action("settle", "Урегулирован", ("draft", "claimed"), "settled", primary=True, reason=True, icon="check"),
            annul("draft", "claimed", "settled"),
        ),
    ),
    based_on=(BasedOn("receipt", ("received",)), BasedOn("transfer_acceptance", ("accepted",))), crosses=True,
)

KINDS: tuple[DocumentKind, ...] = (PURCHASE_ORDER, DISCREPANCY)

SUPPLIER_ITEM_LIST = ListSpec(
    code="supplier_items", title="Цены поставщиков", default_sort="product",
    search_hint="Товар, артикул наш или поставщика", empty_title="Цен поставщиков пока нет",
    empty_hint="Они появятся сами, когда вы проведёте приходный ордер или загрузите УПД",
    columns=(
        Column("sku", "Артикул", ColumnType.NUMBER, 110),
        Column("product", "Номенклатура", ColumnType.REF, entity="product"),
        Column("party", "Поставщик", ColumnType.REF, 200, entity="party"),
        Column("code", "Артикул поставщика", ColumnType.NUMBER, 140),
        Column("name", "Название у поставщика", width=220, shown=False),
        Column("price", "Цена без НДС, ₽", ColumnType.MONEY, 130),
        Column("date", "На дату", ColumnType.DATE, 104),
        Column("document", "Документ", ColumnType.REF, 130, entity="document"),
    ),
    presets=(Preset("all", "Все цены"),),
)
PRICES_SEEN_BY = Permission.PRODUCT_COST


class SupplierItem(Answer):
    """What a supplier calls a product and what it cost last: `price` without VAT in roubles, None before the first."""

    party: Ref
    code: str
    name: str
    price: Decimal | None
    date: date | None
    document: Ref | None


class SupplierPrice(Answer):
    """The same for a line of a document with this supplier: `price` is in the document's VAT mode."""

    price: Decimal | None
    code: str
    date: date | None


def price_in_mode(net: Decimal, percent: Decimal, mode: VatMode) -> Decimal:
    """A price without VAT as a document of this mode wants it, rounded to kopecks where that is what it was."""
    if mode is VatMode.ON_TOP:
        return net
    exact = net * (100 + percent) / 100
    kopecks = exact.quantize(Decimal("0.01"))
    return kopecks if abs(exact - kopecks) < Decimal("0.001") else exact.quantize(Decimal("0.0001"))
