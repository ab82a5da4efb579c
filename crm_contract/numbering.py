"""How the numbers of a branch look: what stands before the digits, and how many digits."""

from pydantic import Field

from crm_contract.base import Answer, Ref, Request

MAX_PREFIX = 12
#: The prefix does not end with a digit: the digits at the end of a number are its place in the series.
PREFIX = r"^$|^.{0,11}[^0-9\s]$"


class NumberFormatRead(Answer):
    """`version` 0: as the kind declares it. `last` and `next` are numbers of this year, "" before the first one.

    The next number of a series that is not `gapless` may be higher: those drawn by refused commands are left out.
    """

    kind: str
    branch: Ref
    prefix: str
    width: int
    version: int
    gapless: bool
    last: str
    next: str


class NumberFormatBody(Request):
    prefix: str = Field(max_length=MAX_PREFIX, pattern=PREFIX)
    width: int = Field(ge=1, le=9)
    version: int
