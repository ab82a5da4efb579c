"""Serial numbers and lots: their list, and the way of one."""

import datetime as dt
from decimal import Decimal

from crm_contract.base import Answer, Ref
from crm_contract.lists import Choice, Column, ColumnType, ListSpec, Op, Preset, Tone

LOT_KINDS = (Choice("serial", "Номер", Tone.VIOLET), Choice("lot", "Партия", Tone.INFO))

LOT_LIST = ListSpec(
    code="lots", title="Номера и партии", default_sort="-id", search_hint="Номер, артикул или название",
    empty_title="Серийных номеров и партий нет",
    empty_hint="Выберите учёт номеров в карточке товара и назовите их в приходном ордере",
    columns=(
        Column("code", "Номер", ColumnType.NUMBER, 140),
        Column("kind", "Вид", ColumnType.STATE, 84, choices=LOT_KINDS),
        Column("sku", "Артикул", ColumnType.NUMBER, 110, shown=False),
        Column("product", "Номенклатура", ColumnType.REF, entity="product"),
        Column("place", "Где", ColumnType.REF, 160, entity="warehouse"),
        Column("on_hand", "На складе", ColumnType.QUANTITY, 100, sums=True),
        Column("expires", "Годен до", ColumnType.DATE, 104),
        Column("made_at", "Появился", ColumnType.DATETIME, 130, shown=False),
    ),
    presets=(
        Preset("all", "Все"),
        Preset("here", "Лежат у нас", (("on_hand", Op.GT, "0"),)),
        Preset("gone", "Ушли", (("on_hand", Op.EQ, "0"),)),
    ),
)


class LotMove(Answer):
    """One step of a lot, the places by their names. `party` is the other side of the document, where there is one."""

    at: dt.date
    document_id: int | None
    document: str
    source: str
    target: str
    party: str
    quantity: Decimal
    reversal: bool


class LotTrace(Answer):
    """Where a lot came from and where it went: all its moves that the reader may see, the oldest first."""

    id: int
    code: str
    serial: bool
    product: Ref
    expires: dt.date | None
    on_hand: Decimal
    moves: list[LotMove]
