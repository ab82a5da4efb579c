"""An operation under the scanner: what is planned, what was scanned, what the last scan means. No widgets, no network.

Planned and scanned quantities are two fields. A red answer stops everything until it is understood.
"""

import uuid
from decimal import Decimal
from enum import StrEnum

from pydantic import BaseModel, Field

from crm_contract.base import Ref
from crm_contract.lists import Tone
from crm_contract.terminal import (
    OPERATIONS,
    Operation,
    OperationBody,
    ScannedLine,
    Task,
    TerminalPlace,
    TerminalProduct,
)
from crm_contract.totals import plain
from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.cache import Found


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


class Line(BaseModel):
    """`line_id` is None for goods that nobody planned. `absent`: looked for and not found."""

    line_id: int | None
    product_id: int
    sku: str
    name: str
    unit: str
    bin: str = ""
    planned: Decimal = Decimal(0)
    scanned: Decimal = Decimal(0)
    absent: bool = False

    @property
    def is_done(self) -> bool:
        return self.line_id is not None and self.scanned >= self.planned


class Step(BaseModel):
    """One scan, to be undone: the scanned quantity of a line before it."""

    line: int
    before: Decimal


class Open(BaseModel):
    """An operation that is not finished, whole: its file is the state after the last scan. `key` is its command's."""

    key: str = Field(default_factory=lambda: uuid.uuid4().hex)
    command: str
    document_id: int | None = None
    version: int | None = None
    number: str = ""
    party: Ref | None = None
    party_name: str = ""
    place: Ref | None = None
    place_to: Ref | None = None
    lines: list[Line] = []
    current: int = 0
    steps: list[Step] = []
    banner: Banner | None = None

    @property
    def operation(self) -> Operation:
        return OPERATIONS[self.command]

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
        return not any(line.scanned for line in self.lines)

    @property
    def undone(self) -> int:
        """Lines that are not complete."""
        return sum(not line.is_done for line in self.lines if line.line_id is not None)

    # --- scans -----------------------------------------------------------------------------------------------------

    def scan_product(self, product: TerminalProduct, quantity: Decimal = Decimal(1)) -> None:
        index = self._line_of(product.id)
        if index is None:
            if self.is_planned and not self.operation.surplus:
                self._wrong(product)
                return
            self.lines.append(Line(line_id=None, product_id=product.id, sku=product.sku, name=product.name,
                                   unit=product.unit))
            index = len(self.lines) - 1
        self._count(index, self.lines[index].scanned + quantity)

    def add_one(self) -> None:
        if self.line is not None:
            self._count(self.current, self.line.scanned + 1)

    def set_quantity(self, quantity: Decimal) -> None:
        """The quantity of the current line as it was counted by hand, instead of scan by scan."""
        if self.line is not None:
            self._count(self.current, quantity)

    def scan_place(self, place: TerminalPlace) -> bool:
        """A bin leads to its line; a warehouse is where from or where to. True when a transfer is complete by it."""
        ref = Ref(id=place.id, title=place.name)
        if self.is_planned:
            self._go_to_bin(place)
            return False
        if self.operation.from_place and self.place is None:
            self.place = ref
            self._say(Tone.OK, tr("Откуда: {place}").format(place=place.name), tr("сканируйте товар"))
            return False
        if self.operation.from_place and self.place is not None and self.place.id == place.id:
            self._say(Tone.ERROR, tr("Это то же место"), tr("Сейчас товар уже здесь."),
                      advice=tr("Отсканируйте место, куда его переносите."))
            return False
        self.place_to = ref
        self._say(Tone.OK, tr("Куда: {place}").format(place=place.name))
        return self.operation.from_place and not self.is_empty

    def absent(self) -> None:
        """The goods of the current line are not where they should be: the next line comes."""
        if self.line is None:
            return
        line = self.line
        line.absent = True
        self._say(Tone.WARN, tr("Нет на месте"), line.name, advice=tr("Строка останется несобранной."))
        self._next()

    def next_line(self) -> None:
        """«Другая ячейка»: the next line that is not complete."""
        self._next()
        if self.line is not None:
            self._say(Tone.INFO, self.line.name, _where(self.line), _count_words(self.line))

    def undo(self) -> None:
        if not self.steps:
            self._say(Tone.INFO, tr("Отменять нечего"))
            return
        step = self.steps.pop()
        line = self.lines[step.line]
        line.scanned = step.before
        self.current = step.line
        if line.line_id is None and not line.scanned:
            self.lines.pop(step.line)
            self.current = max(0, step.line - 1)
        self._say(Tone.INFO, tr("Скан отменён"), line.name, _count_words(line))

    def unknown(self, code: str) -> None:
        self._say(Tone.ERROR, tr("Код не найден"), tr("Скан не засчитан. Количество не изменилось."),
                  rows=[(tr("Отсканировано"), code[:40], "")],
                  advice=tr("Отложите товар и найдите его по названию (F2)."))

    def broken(self) -> None:
        self._say(Tone.WARN, tr("Код прочитан не до конца"), tr("Скан не засчитан."),
                  advice=tr("Отсканируйте ещё раз."))

    def other_document(self, task: Task) -> None:
        self._say(Tone.WARN, tr("Это другой документ"), task.number,
                  advice=tr("Сначала проведите этот (F10) или выйдите (Esc): собранное сохранится."))

    def set_party(self, party: Ref) -> None:
        self.party, self.party_name = party, party.title
        self._say(Tone.OK, party.title, tr("сканируйте товар"))

    def understood(self) -> None:
        self.banner = None

    def missing(self) -> str:
        """What has to be known before it can be finished; empty when it may be."""
        if self.is_empty:
            return tr("Отсканируйте хотя бы один товар")
        if self.is_planned:
            return ""
        if self.operation.party and self.party is None:
            return tr("Найдите поставщика (F2)")
        if self.operation.from_place and self.place is None:
            return tr("Отсканируйте место, откуда переносите")
        if self.operation.to_place and self.place_to is None:
            return tr("Отсканируйте место, куда кладёте")
        return ""

    def body(self) -> OperationBody:
        """What is sent."""
        return OperationBody(
            operation=self.command, document_id=self.document_id, version=self.version,
            party_id=self.party.id if self.party else None, place_id=self.place.id if self.place else None,
            place_to_id=self.place_to.id if self.place_to else None,
            lines=[ScannedLine(line_id=line.line_id, product_id=line.product_id, quantity=line.scanned)
                   for line in self.lines if line.scanned])

    def refuse(self, title: str, advice: str) -> None:
        self._say(Tone.WARN, title, advice=advice)

    # --- inside ----------------------------------------------------------------------------------------------------

    def _line_of(self, product_id: int) -> int | None:
        """The current line, then one that is not complete, then any of the product."""
        fitting = [n for n, line in enumerate(self.lines) if line.product_id == product_id]
        return min(fitting, key=lambda n: (self.lines[n].is_done, n != self.current, n), default=None)

    def _count(self, index: int, quantity: Decimal) -> None:
        line = self.lines[index]
        over = line.line_id is not None and quantity > line.planned
        if over and not self.operation.surplus:
            self._say(Tone.ERROR, tr("Лишнее"), tr("Скан не засчитан: по документу {planned} {unit}.").format(
                planned=plain(line.planned), unit=line.unit), rows=[(tr("В документе"), line.name, _sku(line))],
                advice=tr("Верните лишнее на место."))
            return
        self.steps.append(Step(line=index, before=line.scanned))
        line.scanned = quantity
        line.absent = False
        self.current = index
        if over or (self.is_planned and line.line_id is None):
            title = tr("Больше, чем ждали") if over else tr("Этого не ждали")
            self._say(Tone.WARN, title, line.name, _count_words(line), advice=tr("Засчитано. Проверьте количество."))
            return
        left = line.planned - line.scanned
        todo = tr("взять ещё {left}").format(left=plain(left)) if left > 0 else ""
        self._say(Tone.OK, line.name, " · ".join(part for part in (_sku(line), _where(line), todo) if part),
                  _count_words(line))
        if line.is_done:
            self._next()

    def _wrong(self, product: TerminalProduct) -> None:
        rows = [(tr("Отсканировано"), product.name, tr("арт. {sku}").format(sku=product.sku) if product.sku else "")]
        line = self.line
        if line is not None:
            rows.append((tr("В документе"), line.name, _sku(line)))
        take = tr(", возьмите из ячейки {bin}").format(bin=line.bin) if line is not None and line.bin else ""
        self._say(Tone.ERROR, tr("Не тот товар"), tr("Скан не засчитан. Количество не изменилось."), rows=rows,
                  advice=tr("Верните товар на место{take}.").format(take=take))

    def _go_to_bin(self, place: TerminalPlace) -> None:
        names = (place.code or place.name, place.name)
        index = next((n for n, line in enumerate(self.lines) if line.bin in names and not line.is_done), None)
        if index is None:
            self._say(Tone.WARN, tr("Здесь брать нечего"), place.code or place.name,
                      advice=tr("По этому документу в ячейке ничего не осталось."))
            return
        self.current = index
        self._say(Tone.OK, self.lines[index].name, _where(self.lines[index]), _count_words(self.lines[index]))

    def _next(self) -> None:
        """The next line that is neither complete nor looked for in vain; the last one stays."""
        for n in (*range(self.current + 1, len(self.lines)), *range(self.current)):
            line = self.lines[n]
            if line.line_id is not None and not line.is_done and not line.absent:
                self.current = n
                return

    def _say(self, tone: Tone, title: str, detail: str = "", count: str = "", *, advice: str = "",
             rows: list[tuple[str, str, str]] | None = None) -> None:
        self.banner = Banner(tone=tone, title=title, detail=detail, count=count, advice=advice, rows=rows or [])


def open_task(task: Task) -> Open:
    """Planned work with nothing scanned yet."""
    return Open(
        command=task.operation, document_id=task.id, version=task.version, number=task.number, party_name=task.party,
        place=task.place, place_to=task.place_to,
        lines=[Line(line_id=line.id, product_id=line.product_id, sku=line.sku, name=line.name, unit=line.unit,
                    bin=line.bin, planned=line.quantity) for line in task.lines])


def scan(opened: Open, found: Found) -> bool:
    """Puts a code that is no command to an operation. True when the operation is complete by it."""
    if opened.is_blocked:
        return False
    if found.product is not None:
        opened.scan_product(found.product, found.quantity)
    elif found.place is not None:
        return opened.scan_place(found.place)
    elif found.task is not None and found.task.id != opened.document_id:
        opened.other_document(found.task)
    elif found.task is None:
        opened.unknown(found.code)
    return False


def sound_of(banner: Banner | None) -> Sound | None:
    if banner is None:
        return None
    return {Tone.OK: Sound.OK, Tone.WARN: Sound.WARN, Tone.ERROR: Sound.ERROR}.get(banner.tone)


def _sku(line: Line) -> str:
    return tr("арт. {sku}").format(sku=line.sku) if line.sku else ""


def _where(line: Line) -> str:
    return tr("ячейка {bin}").format(bin=line.bin) if line.bin else ""


def _count_words(line: Line) -> str:
    if line.line_id is None:
        return plain(line.scanned)
    return tr("{scanned} из {planned}").format(scanned=plain(line.scanned), planned=plain(line.planned))
