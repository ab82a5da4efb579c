"""What an operation that is not finished is: its document, its lines, what it lacks, what is sent of it."""

import uuid

from pydantic import BaseModel, Field

from crm_contract.base import Ref
from crm_contract.lists import Tone
from crm_contract.terminal import OPERATIONS, AbsentLine, Operation, OperationBody, ScannedLine
from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.answers import Banner, Line, Step
from crm_desktop.terminal.place_count import place_counts


class State(BaseModel):
    """An operation that is not finished, whole: its file is the state after the last scan. `key` is its command's.

    `awaits_lot`: the next code that is nothing else is a serial number or lot of the current line.
    """

    key: str = Field(default_factory=lambda: uuid.uuid4().hex)
    command: str
    document_id: int | None = None
    version: int | None = None
    number: str = ""
    party: Ref | None = None
    party_name: str = ""
    person: Ref | None = None
    place: Ref | None = None
    place_to: Ref | None = None
    lines: list[Line] = []
    current: int = 0
    steps: list[Step] = []
    banner: Banner | None = None
    awaits_lot: bool = False
    again: list[Line] = []  # of a count: what is to be counted once more, with its place

    @property
    def operation(self) -> Operation:
        return OPERATIONS[self.command]

    @property
    def title(self) -> str:
        return self.number or self.operation.title

    @property
    def is_planned(self) -> bool:
        return self.document_id is not None

    @property
    def is_blocked(self) -> bool:
        return self.banner is not None and self.banner.tone is Tone.ERROR

    @property
    def line(self) -> Line | None:
        return self.lines[self.current] if self.current < len(self.lines) else None

    @property
    def is_empty(self) -> bool:
        return not any(line.scanned or line.typed for line in self.lines)

    @property
    def expects(self) -> bool:
        """Whether goods are told beforehand, by a document or by what an employee holds; of a count none are."""
        return (self.is_planned and not self.operation.counts) or self.operation.takes_back

    @property
    def undone(self) -> int:
        """Lines that are not complete."""
        return sum(not line.is_done for line in self.lines if line.line_id is not None)

    def missing(self) -> str:
        """What has to be known before it can be finished; empty when it may be."""
        if self.is_empty:
            return tr("Отсканируйте хотя бы один товар")
        if self.is_planned:
            return tr("Принимают всё: не отсканировано строк {n}").format(
                n=self.undone) if self.operation.whole and self.undone else ""
        if self.operation.party and self.party is None:
            return tr("Найдите поставщика (F2)")
        if self.operation.by_person and self.person is None:
            return tr("Отсканируйте бейдж сотрудника (или F2)")
        if self.operation.gives and self.place is None:
            return tr("Отсканируйте склад, откуда выдаёте")
        if self.operation.from_place and self.place is None:
            return tr("Отсканируйте место, откуда переносите")
        if self.operation.to_place and self.place_to is None:
            return tr("Отсканируйте место, куда кладёте")
        return ""

    def body(self) -> OperationBody:
        """What is sent."""
        return OperationBody(
            operation=self.command, document_id=self.document_id, version=self.version,
            party_id=self.party.id if self.party else None, employee_id=self.person.id if self.person else None,
            place_id=self.place.id if self.place else None,
            place_to_id=self.place_to.id if self.place_to else None,
            lines=[ScannedLine(line_id=line.line_id or None, product_id=line.product_id, quantity=line.scanned,
                               lots=line.lots, condition=line.condition)
                   for line in self.lines if line.scanned and not self.operation.counts],
            counts=place_counts(self.lines) if self.operation.counts else [],
            absent=[AbsentLine.model_validate({"line_id": line.line_id, "reason": line.reason})
                    for line in self.lines if line.reason and line.line_id and not line.is_done])

    def say(self, tone: Tone, title: str, detail: str = "", count: str = "", *, advice: str = "",
            rows: list[tuple[str, str, str]] | None = None) -> None:
        """What is red stays until it is understood."""
        if not self.is_blocked:
            self.banner = Banner(tone=tone, title=title, detail=detail, count=count, advice=advice, rows=rows or [])
