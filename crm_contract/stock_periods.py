"""Closed periods of the warehouses."""

from datetime import date, datetime

from pydantic import Field

from crm_contract.base import Answer, Ref, Request


class PeriodRead(Answer):
    """A closed period of a warehouse: up to the end of `until` nothing moves any more."""

    until: date
    closed_at: datetime
    closed_by: str


class WarehousePeriods(Answer):
    """A warehouse with what lies in it; its closed periods from the newest, the last dozen of them."""

    place: Ref
    branch: Ref | None
    closed_until: date | None
    periods: list[PeriodRead]
    may_close: bool
    may_reopen: bool


class DraftInside(Answer):
    """A document that would move goods in the period but is not posted; `id` None: beyond one's rights."""

    id: int | None
    title: str
    date: date
    author: str


class CloseBody(Request):
    """Closes a warehouse up to the end of a day; `closed_until` is what the sender has seen."""

    until: date
    closed_until: date | None = None


class ReopenBody(Request):
    """Opens the last closed period again; `closed_until` is what the sender has seen."""

    closed_until: date
    reason: str = Field(min_length=1, max_length=300)
