"""What an operation answers to a scan or a key: a banner, its sound, and the words that several answers share."""

from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel

from crm_contract.base import Ref
from crm_contract.catalog import Tracking
from crm_contract.custody import CONDITIONS
from crm_contract.documents import LineLot
from crm_contract.lists import Tone
from crm_contract.totals import plain
from crm_desktop.kit.i18n import tr


class Sound(StrEnum):
    OK = "ok"
    WARN = "warn"
    ERROR = "error"


class Banner(BaseModel):
    """What the last scan means. `advice` says what to do; `rows` are what was scanned and what was expected."""

    tone: Tone
    title: str
    detail: str = ""
    count: str = ""
    advice: str = ""
    rows: list[tuple[str, str, str]] = []


def sound_of(banner: Banner | None) -> Sound | None:
    if banner is None:
        return None
    return {Tone.OK: Sound.OK, Tone.WARN: Sound.WARN, Tone.ERROR: Sound.ERROR}.get(banner.tone)


class Line(BaseModel):
    """`line_id` is None for goods that nobody planned, 0 for those that an employee holds. `reason` (of ABSENT): looked
    for and not found.

    `lots` are the serial numbers or lots that were scanned, of `scanned` pieces together. `typed`: the quantity of a
    count is all there is.
    """

    line_id: int | None
    product_id: int
    sku: str
    name: str
    unit: str
    bin: str = ""
    planned: Decimal = Decimal(0)
    scanned: Decimal = Decimal(0)
    reason: str = ""
    whole: bool = False
    tracking: Tracking = Tracking.NONE
    lots: list[LineLot] = []
    typed: bool = False
    condition: str = ""

    @property
    def is_done(self) -> bool:
        return self.line_id is not None and self.scanned >= self.planned

    @property
    def sku_words(self) -> str:
        return tr("арт. {sku}").format(sku=self.sku) if self.sku else ""

    @property
    def place_words(self) -> str:
        return tr("ячейка {bin}").format(bin=self.bin) if self.bin else ""

    @property
    def lot_words(self) -> str:
        """The number that was scanned last."""
        return tr("№ {code}").format(code=self.lots[-1].code) if self.lots else ""

    @property
    def count_words(self) -> str:
        if self.line_id is None:
            return plain(self.scanned)
        return tr("{scanned} из {planned}").format(scanned=plain(self.scanned), planned=plain(self.planned))

    @property
    def condition_words(self) -> str:
        return next((choice.title for choice in CONDITIONS if choice.code == self.condition), "")

    @property
    def left_words(self) -> str:
        left = self.planned - self.scanned
        return tr("взять ещё {left}").format(left=plain(left)) if left > 0 else ""


class Step(BaseModel):
    """How things were before an act, to be taken back. `made`: the act made the line; `lot` was added by it."""

    current: int = 0
    line: int | None = None
    made: bool = False
    before: Decimal = Decimal(0)
    reason: str = ""
    typed: bool = False
    condition: str = ""
    lot: str = ""
    lot_quantity: Decimal = Decimal(0)
    place: Ref | None = None
    place_to: Ref | None = None
    party: Ref | None = None
    person: Ref | None = None

    def put_back(self, line: Line) -> None:
        """The line as it was before the act."""
        line.scanned, line.reason, line.typed, line.condition = self.before, self.reason, self.typed, self.condition
        if not self.lot:
            return
        had = next((lot.quantity for lot in line.lots if lot.code == self.lot), Decimal(0)) - self.lot_quantity
        line.lots = [lot for lot in line.lots if lot.code != self.lot]
        if had > 0:
            line.lots.append(LineLot(code=self.lot, quantity=had))


def joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)
