"""An operation under the scanner: what is planned, what was scanned, what the last scan means. No widgets, no network.

Planned and scanned quantities are two fields. A red answer stops everything until it is understood. Every act answers
with a banner, also one that could do nothing.
"""

from datetime import date
from decimal import Decimal

from crm_contract.base import Ref
from crm_contract.catalog import Tracking
from crm_contract.custody import GOOD
from crm_contract.documents import LineLot
from crm_contract.lists import Tone
from crm_contract.terminal import (
    ABSENT,
    TerminalPerson,
    TerminalPlace,
    TerminalProduct,
)
from crm_contract.totals import plain
from crm_desktop.kit.i18n import tr
from crm_desktop.terminal.answers import Line, Step, joined
from crm_desktop.terminal.cache import Found
from crm_desktop.terminal.state import State

#: So many acts can be taken back: the file of an operation is written after each of them.
MOST_STEPS = 500


class Open(State):
    """An operation under the scanner: what hands do to it."""

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
        if self.operation.by_person:
            self._step()
            self.place, self.place_to = (ref, None) if self.operation.gives else (None, ref)
            self.say(Tone.OK, place.name, tr("сканируйте товар"))
            return False
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

    def set_condition(self, code: str) -> None:
        """In which condition the goods of the current line come back."""
        line = self.line
        if line is None or not line.scanned:
            self._no_line()
            return
        self._step(self.current)
        line.condition = code
        self.say(Tone.OK, line.condition_words, line.name, line.count_words)

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
            named = (self.place_to or self.place, self.party, self.person)
            self.say(Tone.INFO, what, joined(*(ref.title for ref in named if ref)))
        else:
            line = self.lines[step.line]
            if line.scanned == step.before:
                what = tr("Отметка снята")
            step.put_back(line)
            if step.made:
                self.lines.pop(step.line)  # made last, so it is the last
            self.say(Tone.INFO, what, line.name, line.count_words)
        self.current, self.awaits_lot = step.current, False
        self.place, self.place_to, self.party, self.person = step.place, step.place_to, step.party, step.person
        if self.person is None and self.operation.by_person:
            self.lines = [line for line in self.lines if line.line_id is None]
        if not self.is_planned:
            self.party_name = next((ref.title for ref in (self.party, self.person) if ref), "")

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

    def set_person(self, person: TerminalPerson) -> None:
        """Who is given goods or brings them; one person's goods are not mixed with another's."""
        if self.person is not None:
            self.say(Tone.ERROR, tr("Сотрудник уже выбран"), self.person.title,
                     advice=tr("Закончите с ним (F10) или отмените (F4)."))
            return
        self._step()
        self.person = Ref(id=person.id, title=person.name)
        self.party_name = person.name
        if self.operation.takes_back:
            self.lines = [Line(line_id=0, product_id=held.product_id, sku=held.sku, name=held.name, unit=held.unit,
                               planned=held.quantity, whole=held.whole, tracking=held.tracking, condition=GOOD)
                          for held in person.held]
            self.current = 0
        held = tr("числится позиций: {n}").format(n=len(person.held)) if person.held else tr("ничего не числится")
        self.say(Tone.OK, person.name, joined(tr("сканируйте товар"), held))

    def understood(self) -> None:
        self.banner = None

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
            condition=line.condition if line else "", person=self.person,
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
    elif found.person is not None and opened.operation.by_person:
        opened.set_person(found.person)
    elif found.task is not None and found.task.id != opened.document_id:
        opened.other_document(found.task.number)
    elif found.task is None and found.own is None and opened.awaits_lot:
        opened.scan_lot(found.code)
    elif found.task is None:
        opened.unknown(found.code)
    return False
