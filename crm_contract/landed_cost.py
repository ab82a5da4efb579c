"""Landed cost: what the way of goods has cost (delivery, customs, loading) becomes a part of their cost.

ФСБУ 5/2019, п. 11: costs of delivery and of bringing stock to its place are a part of its cost.
"""

from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

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
from crm_contract.lists import Choice, Tone
from crm_contract.sales import ANNULLED, COMMENT, RESPONSIBLE, VAT, annul, unpost
from crm_contract.totals import money


class SpreadBy(StrEnum):
    """What decides how much of the costs a line of goods bears."""

    SUM = "sum"
    WEIGHT = "weight"
    QUANTITY = "quantity"


SPREADS = (Choice(SpreadBy.SUM, "По сумме"), Choice(SpreadBy.WEIGHT, "По весу"),
           Choice(SpreadBy.QUANTITY, "По количеству"))

LANDED_COST = DocumentKind(
    code="landed_cost", title="Дополнительные расходы", title_plural="Дополнительные расходы",
    section="Допрасходы", short="ДР", letter="Ф", icon="truck", domain="stock",
    numbering=Numbering("ДР-", "landed_cost", gapless=True), buys=True,
    fields=(
        Field("party_id", "Кто оказал услуги", FieldType.REF, required=True, entity="party", span=4),
        Field("spread", "Распределить", FieldType.CHOICE, required=True, default=SpreadBy.SUM, span=2,
              choices=SPREADS),
        VAT,
        Field("more_receipts", "Ещё ордера, номера через запятую", span=4),
        Field("supplier_number", "Номер документа", span=2),
        Field("supplier_date", "Дата документа", FieldType.DATE, span=2),
        RESPONSIBLE,
        COMMENT,
    ),
    lines=(
        LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.PRICE, LineColumn.VAT_RATE, LineColumn.VAT,
        LineColumn.TOTAL, LineColumn.NOTE,
    ),
    workflow=Workflow(
        states=(State("draft", "Черновик"), State("spread", "Распределены", Tone.OK, Accounting.POSTED), ANNULLED),
        actions=(Action("post", "Распределить", ("draft",), "spread", primary=True, icon="check"),
                 unpost("spread"), annul("draft")),
    ),
    based_on=(BasedOn("receipt", ("received",)),),
    list_fields=("spread",),
)

KINDS: tuple[DocumentKind, ...] = (LANDED_COST,)


def spread(amount: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of an amount in kopecks by non-negative weights: they add up to it exactly. Raises ValueError without any
    weight."""
    whole = sum(weights, Decimal(0))
    if whole <= 0:
        raise ValueError("nothing to spread by")
    shares: list[Decimal] = []
    upto = given = Decimal(0)
    for weight in weights:
        upto += weight
        share = money(amount * upto / whole) - given
        given += share
        shares.append(share)
    return shares


class AddedCost(Answer):
    """What one document has added to the cost of a line; `document_id` None: beyond one's rights."""

    document_id: int | None
    document: str
    amount: Decimal


class CostLine(Answer):
    """Goods of a receipt: `paid` to the supplier (without VAT where it comes back), `added` later, roubles."""

    line_id: int
    product: Ref
    unit: str
    quantity: Decimal
    paid: Decimal
    added: list[AddedCost]
    full: Decimal


class FullCost(Answer):
    """What the goods of a receipt cost with all that was spent on their way."""

    lines: list[CostLine]
    paid: Decimal
    added: Decimal
    full: Decimal
