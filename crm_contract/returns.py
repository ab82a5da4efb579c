"""What customers bring back."""

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
        LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.LOTS, LineColumn.PRICE,
        LineColumn.VAT_RATE, LineColumn.VAT, LineColumn.TOTAL, LineColumn.NOTE,
    ),
    workflow=Workflow(
        states=(State("draft", "Черновик"), State("returned", "Возвращён", Tone.OK, Accounting.POSTED), ANNULLED),
        actions=(
            Action("post", "Провести", ("draft",), "returned", primary=True, at_once=True, icon="check"),
            unpost("returned"), annul("draft"),
        ),
    ),
    based_on=(BasedOn("issue", ("issued", "delivered"), remaining=True),),
)

KINDS: tuple[DocumentKind, ...] = (SALES_RETURN,)
