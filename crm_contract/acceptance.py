"""The paper by which a warehouse takes over what was sent to it, when that is not what has come."""

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
from crm_contract.lists import Tone
from crm_contract.sales import ANNULLED, COMMENT, RESPONSIBLE, annul, unpost

TRANSFER_ACCEPTANCE = DocumentKind(
    code="transfer_acceptance", title="Приёмка перемещения", title_plural="Приёмки перемещений",
    section="Приёмки с пути", short="ПП", letter="Г", icon="package", domain="stock",
    numbering=Numbering("ПП-", "transfer_acceptance", gapless=True), crosses=True,
    fields=(
        Field("place_id", "Склад", FieldType.REF, required=True, entity="warehouse", span=3), RESPONSIBLE, COMMENT,
    ),
    lines=(
        LineColumn.SKU, LineColumn.NAME, LineColumn.PAPER, LineColumn.QUANTITY, LineColumn.DIFFERENCE, LineColumn.UNIT,
        LineColumn.LOTS, LineColumn.BIN, LineColumn.NOTE,
    ),
    workflow=Workflow(
        states=(State("draft", "Черновик"), State("accepted", "Принято", Tone.OK, Accounting.POSTED), ANNULLED),
        actions=(
            Action("post", "Принять", ("draft",), "accepted", primary=True, icon="check"),
            unpost("accepted"), annul("draft"),
        ),
    ),
    based_on=(BasedOn("transfer", ("in_transit", "part"), remaining=True, there=True),),
)

KINDS: tuple[DocumentKind, ...] = (TRANSFER_ACCEPTANCE,)
