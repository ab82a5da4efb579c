"""Reserves that change hands: who waits for goods, who may be given what another order holds."""

from datetime import date
from decimal import Decimal

from pydantic import Field

from crm_contract.base import Answer, Request
from crm_contract.kinds import Field as HeaderField
from crm_contract.kinds import FieldType
from crm_contract.lists import Choice, Tone

HIGH = "high"
#: Who is served first when goods come or become free; then the older order.
PRIORITIES = (Choice("normal", "Обычный"), Choice(HIGH, "Высокий", Tone.WARN))
PRIORITY = HeaderField("priority", "Приоритет", FieldType.CHOICE, choices=PRIORITIES, default="normal", span=2,
                       late=True)


class MoveReserveBody(Request):
    """Gives goods that are reserved to another document; `quantity` None: all that is held and needed there."""

    version: int
    document_id: int
    quantity: Decimal | None = Field(default=None, gt=0, max_digits=15, decimal_places=3)
    reason: str = Field(min_length=1, max_length=300)


class ReserveMoved(Answer):
    """`reservation_id` is the new reserve of the document that was given the goods."""

    reservation_id: int
    quantity: Decimal


class ReserveTarget(Answer):
    """A document that lacks the goods of a reserve; `wanted` is how much."""

    document_id: int
    document: str
    party: str
    person: str
    due: date | None
    high: bool
    wanted: Decimal
