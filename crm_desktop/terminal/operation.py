"""An operation under the scanner: what is planned, what was scanned, what the last scan means. No widgets, no network.

Planned and scanned quantities are two fields. A red answer stops everything until it is understood. Every act answers
with a banner, also one that could do nothing.
"""

import uuid
from datetime import date
from decimal import Decimal

from pydantic import BaseModel, Field

from crm_contract.base import Ref
from crm_contract.catalog import Tracking
from crm_contract.documents import LineLot
from crm_contract.lists import Tone
from crm_contract.terminal import (
    ABSENT,
    OPERATIONS,
    AbsentLine,
    Operation,
    OperationBody,
    ScannedLine,
    TerminalPlace,
    TerminalProduct,
)
from crm_contract.totals import plain
from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.answers import Banner, Line, Step, joined
from crm_desktop.terminal.cache import Found
from crm_desktop.terminal.place_count import place_counts

#: So many acts can be taken back: the file of an operation is written after each of them.
MOST_STEPS = 500


class Open(BaseModel):
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
        """Whether goods are told beforehand: of a count none are."""
        return self.is_planned and not self.operation.counts

    @property
    def undone(self) -> int:
        """Lines that are not complete."""
        return sum(not line.is_done for line in self.lines if line.line_id is not None)

    # --- scans -----------------------------------------------------------------------------------------------------

    def scan_product(self, product: TerminalProduct, quantity: Decimal = Decimal(1), lot: str = "",
                     expires: date | None = None) -> None:
        """`lot` is the serial number or lot of the code; goods that are told apart are counted only with one."""
        index = self._line_of(product.id)
        if index is None:
            if self.expects and not self.operation.surplus:
                self._wrong(product)
                return
            index = self._add(product)
        line = self.lines[index]
        self.current, self.awaits_lot = index, False
        if line.tracking is Tracking.LOT and not lot and line.lots:
            lot = line.lots[-1].code
        if line.tracking is Tracking.NONE:
            self._count(index, line.scanned + quantity)
        elif lot:
            self._count_lot(index, quantity, lot, expires)
        else:
            self.awaits_lot = True
            what = tr("серийный номер") if line.tracking is Tracking.SERIAL else tr("партию")
            self.say(Tone.WARN, line.name, tr("отсканируйте {what}").format(what=what), line.count_words)

    def scan_lot(self, code: str) -> None:
        """A number of the current line, which waits for one."""
        self.awaits_lot = False
        self._count_lot(self.current, Decimal(1), code, None)

    def add_one(self) -> None:
        line = self.line
        if line is None:
            self._no_line()
        elif line.tracking is Tracking.SERIAL:
            self._by_number(line)
        elif line.tracking is Tracking.LOT and line.lots:
            self._count_lot(self.current, Decimal(1), line.lots[-1].code, None)
        elif line.tracking is Tracking.LOT:
            self._by_number(line)
        else:
            self._count(self.current, line.scanned + 1)

    def set_quantity(self, quantity: Decimal) -> None:
        """The quantity of the current line as it was counted by hand, instead of scan by scan."""
        line = self.line
        if line is None:
            self._no_line()
        elif line.tracking is Tracking.NONE:
            self._count(self.current, quantity)
            line.typed = self.operation.counts
        elif line.tracking is Tracking.LOT and len(line.lots) == 1:
            self._count_lot(self.current, quantity - line.scanned, line.lots[0].code, None)
        else:
            self._by_number(line)

    def scan_place(self, place: TerminalPlace) -> bool:
        """A bin leads to its line; a warehouse is where from or where to. True when a transfer is complete by it."""
        ref = Ref(id=place.id, title=place.name)
        if self.is_planned:
            self._go_to_bin(place)
            return False
        if self.operation.from_place and self.place is None:
            self._step()
            self.place = ref
            self.say(Tone.OK, tr("Откуда: {place}").format(place=place.name), tr("сканируйте товар"))
            return False
        if self.operation.from_place and self.place is not None and self.place.id == place.id:
            self.say(Tone.ERROR, tr("Это то же место"), tr("Сейчас товар уже здесь."),
                     advice=tr("Отсканируйте место, куда его переносите."))
            return False
        self._step()
        self.place_to = ref
        self.say(Tone.OK, tr("Куда: {place}").format(place=place.name))
        return self.operation.from_place and not self.is_empty

    def absent(self, reason: str) -> None:
        """The goods of the current line were not taken, for a reason of ABSENT: the next line comes."""
        line = self.line
        if line is None or line.line_id is None:
            self.say(Tone.WARN, tr("Пропускать нечего"), tr("Так отмечают строку документа."))
        elif line.is_done:
            self.say(Tone.WARN, tr("Строка уже собрана"), line.name, line.count_words)
        else:
            self._step(self.current)
            line.reason = reason
            self.awaits_lot = False
            self.say(Tone.WARN, tr("Нет на месте"), joined(line.name, ABSENT[reason]),
                     advice=tr("Остальное из строки останется несобранным."))
            self._next()

    def next_line(self) -> None:
        """«Другая ячейка»: the next line that is not complete."""
        before = self.current
        self._next()
        line = self.line
        if line is None or self.current == before:
            self.say(Tone.WARN, tr("Других строк нет"), line.name if line else "")
            return
        self.awaits_lot = False
        self.say(Tone.INFO, line.name, line.place_words, line.count_words)

    def undo(self) -> None:
        if not self.steps:
            self.say(Tone.WARN, tr("Отменять нечего"))
            return
        step = self.steps.pop()
        what = tr("Скан отменён")
        if step.line is None:
            self.say(Tone.INFO, what, joined(*(ref.title for ref in (self.place_to or self.place, self.party) if ref)))
        else:
            line = self.lines[step.line]
            if line.reason != step.reason and line.scanned == step.before:
                what = tr("Отметка снята")
            step.put_back(line)
            if step.made:
                self.lines.pop(step.line)  # made last, so it is the last
            self.say(Tone.INFO, what, line.name, line.count_words)
        self.current, self.awaits_lot = step.current, False
        self.place, self.place_to, self.party = step.place, step.place_to, step.party
        if not self.is_planned:
            self.party_name = self.party.title if self.party else ""

    def unknown(self, code: str) -> None:
        self.say(Tone.ERROR, tr("Код не найден"), tr("Скан не засчитан. Количество не изменилось."),
                 rows=[(tr("Отсканировано"), code[:40], "")],
                 advice=tr("Отложите товар и найдите его по названию (F2)."))

    def broken(self) -> None:
        self.say(Tone.WARN, tr("Код прочитан не до конца"), tr("Скан не засчитан."), advice=tr("Отсканируйте ещё раз."))

    def other_document(self, number: str) -> None:
        self.say(Tone.WARN, tr("Это другой документ"), number,
                 advice=tr("Сначала проведите этот (F10) или выйдите (Esc): собранное сохранится."))

    def set_party(self, party: Ref) -> None:
        self._step()
        self.party, self.party_name = party, party.title
        self.say(Tone.OK, party.title, tr("сканируйте товар"))

    def understood(self) -> None:
        self.banner = None

    def missing(self) -> str:
        """What has to be known before it can be finished; empty when it may be."""
        if self.is_empty:
            return tr("Отсканируйте хотя бы один товар")
        if self.is_planned:
            return tr("Принимают всё: не отсканировано строк {n}").format(
                n=self.undone) if self.operation.whole and self.undone else ""
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
            lines=[ScannedLine(line_id=line.line_id, product_id=line.product_id, quantity=line.scanned, lots=line.lots)
                   for line in self.lines if line.scanned and not self.operation.counts],
            counts=place_counts(self.lines) if self.operation.counts else [],
            absent=[AbsentLine.model_validate({"line_id": line.line_id, "reason": line.reason})
                    for line in self.lines if line.reason and line.line_id is not None and not line.is_done])

    def say(self, tone: Tone, title: str, detail: str = "", count: str = "", *, advice: str = "",
            rows: list[tuple[str, str, str]] | None = None) -> None:
        """What is red stays until it is understood."""
        if not self.is_blocked:
            self.banner = Banner(tone=tone, title=title, detail=detail, count=count, advice=advice, rows=rows or [])

    # --- inside ----------------------------------------------------------------------------------------------------

    def _line_of(self, product_id: int) -> int | None:
        """The current line, then one that is not complete, then any of the product."""
        fitting = [n for n, line in enumerate(self.lines) if line.product_id == product_id]
        return min(fitting, key=lambda n: (self.lines[n].is_done, n != self.current, n), default=None)

    def _add(self, product: TerminalProduct) -> int:
        """A line for goods that nobody planned. It comes and goes with the step that counts it first."""
        self._step(len(self.lines), made=True)
        self.lines.append(Line(line_id=None, product_id=product.id, sku=product.sku, name=product.name,
                               unit=product.unit, whole=product.whole, tracking=product.tracking))
        return len(self.lines) - 1

    def _step(self, index: int | None = None, *, made: bool = False, lot: str = "",
              lot_quantity: Decimal = Decimal(0)) -> None:
        line = self.lines[index] if index is not None and not made else None
        last = self.steps[-1] if self.steps else None
        if line is not None and last is not None and last.made and last.line == index and not line.scanned:
            last.lot, last.lot_quantity = lot, lot_quantity  # it made the line to be counted
            return
        self.steps.append(Step(
            current=self.current, line=index, made=made, before=line.scanned if line else Decimal(0),
            reason=line.reason if line else "", typed=line.typed if line else False, lot=lot,
            lot_quantity=lot_quantity, place=self.place,
            place_to=self.place_to, party=self.party))
        del self.steps[:-MOST_STEPS]

    def _count_lot(self, index: int, quantity: Decimal, code: str, expires: date | None) -> None:
        line = self.lines[index]
        named = [lot for other in self.lines if other.product_id == line.product_id for lot in other.lots]
        if line.tracking is Tracking.SERIAL and (quantity != 1 or any(lot.code == code for lot in named)):
            self.say(Tone.ERROR, tr("Номер уже отсканирован") if quantity == 1 else tr("Номера сканируют по одному"),
                     tr("Скан не засчитан. Количество не изменилось."), rows=[(tr("Отсканировано"), line.name, code)],
                     advice=tr("Один номер — одна вещь: отсканируйте номер следующей."))
            return
        if not self._count(index, line.scanned + quantity, lot=code, lot_quantity=quantity):
            return
        same = next((lot for lot in line.lots if lot.code == code), None)
        if same is None:
            line.lots.append(LineLot(code=code[:80], quantity=quantity, expires=expires))
        else:
            same.quantity += quantity
            line.lots = [*(lot for lot in line.lots if lot is not same), *([same] if same.quantity else [])]

    def _count(self, index: int, quantity: Decimal, *, lot: str = "", lot_quantity: Decimal = Decimal(0)) -> bool:
        """True when it was counted."""
        line = self.lines[index]
        over = line.line_id is not None and quantity > line.planned
        if over and not self.operation.surplus:
            self.say(Tone.ERROR, tr("Лишнее"), tr("Скан не засчитан: по документу {planned} {unit}.").format(
                planned=plain(line.planned), unit=line.unit), rows=[(tr("В документе"), line.name, line.sku_words)],
                advice=tr("Верните лишнее на место."))
            return False
        self._step(index, lot=lot, lot_quantity=lot_quantity)
        line.scanned = quantity
        line.reason = ""
        self.current = index
        if over or (self.expects and line.line_id is None):
            title = tr("Больше, чем ждали") if over else tr("Этого не ждали")
            self.say(Tone.WARN, title, line.name, line.count_words, advice=tr("Засчитано. Проверьте количество."))
            return True
        self.say(Tone.OK, line.name, joined(tr("№ {code}").format(code=lot) if lot else line.sku_words,
                                            line.place_words, line.left_words), line.count_words)
        if line.is_done:
            self._next()
        return True

    def _wrong(self, product: TerminalProduct) -> None:
        rows = [(tr("Отсканировано"), product.name, tr("арт. {sku}").format(sku=product.sku) if product.sku else "")]
        line = self.line
        if line is not None:
            rows.append((tr("В документе"), line.name, line.sku_words))
        take = tr(", возьмите из ячейки {bin}").format(bin=line.bin) if line is not None and line.bin else ""
        self.say(Tone.ERROR, tr("Не тот товар"), tr("Скан не засчитан. Количество не изменилось."), rows=rows,
                 advice=tr("Верните товар на место{take}.").format(take=take))

    def _no_line(self) -> None:
        self.say(Tone.WARN, tr("Сначала отсканируйте товар"))

    def _by_number(self, line: Line) -> None:
        self.say(Tone.WARN, tr("Этот товар считают по номерам"), line.name, line.count_words,
                 advice=tr("Отсканируйте номер каждой вещи."))

    def _go_to_bin(self, place: TerminalPlace) -> None:
        names = (place.code or place.name, place.name)
        index = next((n for n, line in enumerate(self.lines) if line.bin in names and not line.is_done), None)
        if index is None:
            self.say(Tone.WARN, tr("Здесь брать нечего"), place.code or place.name,
                     advice=tr("По этому документу в ячейке ничего не осталось."))
            return
        self.current, self.awaits_lot = index, False
        line = self.lines[index]
        self.say(Tone.OK, line.name, line.place_words, line.count_words)

    def _next(self) -> None:
        """The next line that is neither complete nor looked for in vain; the last one stays."""
        for n in (*range(self.current + 1, len(self.lines)), *range(self.current)):
            line = self.lines[n]
            if line.line_id is not None and not line.is_done and not line.reason:
                self.current = n
                return


def scan(opened: Open, found: Found) -> bool:
    """Puts a code that is no command to an operation. True when the operation is complete by it."""
    if found.product is not None:
        opened.scan_product(found.product, found.quantity, found.lot, found.expires)
    elif found.place is not None:
        return opened.scan_place(found.place)
    elif found.task is not None and found.task.id != opened.document_id:
        opened.other_document(found.task.number)
    elif found.task is None and found.own is None and opened.awaits_lot:
        opened.scan_lot(found.code)
    elif found.task is None:
        opened.unknown(found.code)
    return False
