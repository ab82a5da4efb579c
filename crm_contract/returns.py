"""What customers bring back."""

from crm_contract.kinds import BasedOn, DocumentKind, Field, FieldType, LineColumn, Numbering
from crm_contract.lists import Choice, Tone
from crm_contract.papers import SALES_RETURN_FORM
from crm_contract.sales import COMMENT, RESPONSIBLE, VAT
from crm_contract.stock import RETURNED

SALES_RETURN = DocumentKind(
    code="sales_return", title="Возврат от клиента", title_plural="Возвраты от клиентов", section="Возвраты клиентов",
    short="ВК", letter="Н", icon="arrow-u-down-left", domain="stock",
    numbering=Numbering("ВК-", "sales_return", gapless=True),
    fields=(
        Field("party_id", "Клиент", FieldType.REF, required=True, entity="party", span=4),
        Field("place_id", "На склад", FieldType.REF, required=True, entity="warehouse", span=3), VAT,
        Field("reason", "Причина", FieldType.CHOICE, required=True, default="defect", span=3, choices=(
            Choice("defect", "Брак", Tone.ERROR), Choice("mistake", "Не тот товар", Tone.WARN),
            Choice("surplus", "Не понадобился"), Choice("agreed", "По договорённости"))),
        RESPONSIBLE, COMMENT,
    ),
    lines=(
        LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.LOTS, LineColumn.BIN,
        LineColumn.PRICE, LineColumn.VAT_RATE, LineColumn.VAT, LineColumn.TOTAL, LineColumn.NOTE,
    ),
    workflow=RETURNED,
    based_on=(BasedOn("issue", ("issued", "delivered"), remaining=True),),
    forms=(SALES_RETURN_FORM,),
)

KINDS: tuple[DocumentKind, ...] = (SALES_RETURN,)
