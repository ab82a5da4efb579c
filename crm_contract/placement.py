"""Goods that change their zone or bin inside of a warehouse: put-away, and moving between bins."""

from crm_contract.base import Request
from crm_contract.kinds import Accounting, Action, BasedOn, DocumentKind, LineColumn, Numbering, State, Workflow
from crm_contract.lists import Tone
from crm_contract.sales import ANNULLED, COMMENT, RESPONSIBLE, annul, unpost
from crm_contract.stock import FROM_WAREHOUSE

PLACEMENT = DocumentKind(
    code="placement", title="Размещение", title_plural="Размещения", short="РЗ", letter="Я", icon="rows",
    domain="stock", numbering=Numbering("РЗ-", "placement", gapless=True),
    fields=(FROM_WAREHOUSE, RESPONSIBLE, COMMENT),
    lines=(
        LineColumn.SKU, LineColumn.NAME, LineColumn.QUANTITY, LineColumn.UNIT, LineColumn.LOTS, LineColumn.BIN,
        LineColumn.BIN_TO, LineColumn.NOTE,
    ),
    workflow=Workflow(
        states=(State("draft", "Черновик"), State("placed", "Размещено", Tone.OK, Accounting.POSTED), ANNULLED),
        actions=(
            Action("post", "Разместить", ("draft",), "placed", primary=True, at_once=True, icon="check"),
            unpost("placed"), annul("draft"),
        ),
    ),
    based_on=(
        BasedOn("receipt", ("received",)), BasedOn("transfer", ("accepted",)), BasedOn("sales_return", ("returned",)),
        BasedOn("custody_return", ("returned",)),
    ),
)

KINDS: tuple[DocumentKind, ...] = (PLACEMENT,)


class PutAwayBody(Request):
    """A draft that places all that lies in no bin of a warehouse."""

    place_id: int
