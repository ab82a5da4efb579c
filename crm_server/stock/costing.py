"""What goods should have cost, move by move: the moves of one product are worked through in the order of days.

Pure arithmetic. It says again what the postings of `ledger.py`, `returns.py`, `custody.py` and `stocktaking.py` do in
SQL, for the days that have passed since a document was dated back or something was found out about a cost.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from crm_contract.totals import money

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Move:
    """A move of goods. `cost` is what it is booked at, with all its adjustments; `source` and `target` are places.

    `basis_line_id` is the line of an issue that a customer brings back. `on`: it takes on what its own document
    brought to the source.
    """

    id: int
    at: date
    lot_id: int
    source: int
    target: int
    quantity: Decimal
    cost: Decimal
    source_inner: bool = True
    target_inner: bool = True
    document_id: int | None = None
    line_id: int | None = None
    basis_line_id: int | None = None
    reverses_id: int | None = None
    on: bool = False


@dataclass(slots=True)
class Holding:
    """What a place holds of the product: as it is booked without the change, and as it should be."""

    booked: tuple[Decimal, Decimal]
    quantity: Decimal
    value: Decimal
    _group: object = None
    _whole: tuple[Decimal, Decimal] = (ZERO, ZERO)
    _taken: Decimal = ZERO

    @property
    def is_changed(self) -> bool:
        return self.booked != (self.quantity, self.value)

    def book(self, quantity: Decimal, cost: Decimal) -> None:
        self.booked = (self.booked[0] + quantity, self.booked[1] + cost)

    def bring(self, quantity: Decimal, cost: Decimal) -> None:
        self.quantity += quantity
        self.value += cost
        if quantity > 0:
            self._group = None

    def average(self, quantity: Decimal, group: object, otherwise: Decimal) -> Decimal:
        """The cost of goods that leave at the average, rounded as the lines of one posting (`group`) add up. Where the
        books have less than leaves, for it came in later, nothing but what is booked is known."""
        if group != self._group:
            self._group, self._whole, self._taken = group, (self.quantity, self.value), ZERO
        whole, value = self._whole
        before, self._taken = self._taken, self._taken + quantity
        if not 0 < self._taken <= whole:
            return otherwise
        return money(value * self._taken / whole) - money(value * before / whole)


@dataclass(slots=True)
class _Line:
    """What left by a line of an issue, and what of it has come back."""

    quantity: Decimal = ZERO
    cost: Decimal = ZERO
    booked: Decimal = ZERO
    back: Decimal = ZERO
    cost_back: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Shortage:
    """At the end of a day a place would have had less than nothing."""

    place_id: int
    day: date
    quantity: Decimal


@dataclass(slots=True)
class Recounted:
    """`costs` by move, of those that change; `shortage` is the first day that would not have been possible."""

    costs: dict[int, Decimal] = field(default_factory=dict[int, Decimal])
    shortage: Shortage | None = None


class Recount:
    """Works the moves of one product through from the day of a change."""

    def __init__(self, opening: Mapping[int, tuple[Decimal, Decimal]], own: frozenset[int] = frozenset(),
                 given: Mapping[int, Decimal] | None = None) -> None:
        """`opening` is what each place held, and its value, when the day began. `own` are the moves that the books do
        not know yet, `given` what is added to the cost of moves from outside."""
        self._holdings = {place: Holding(held, *held) for place, held in opening.items()}
        self._own, self._given = own, given or {}
        self._lines: dict[int, _Line] = {}
        self._on_way: dict[tuple[object, ...], list[Decimal]] = {}

    def run(self, moves: Iterable[Move]) -> Recounted:
        """`moves` in the order of days and numbers; what was taken back and its taking back count as never made."""
        moves = list(moves)
        taken_back = {move.reverses_id: move for move in moves if move.reverses_id is not None}
        result = Recounted()
        today: date | None = None
        for move in moves:
            if today is not None and move.at != today:
                self._end_day(today, result)
            today = move.at
            if move.reverses_id is not None:
                continue
            if (back := taken_back.get(move.id)) is not None:
                self._leave_rest(move, move.cost - back.cost)
                continue
            cost = self._cost(move)
            self._apply(move, cost)
            if cost != move.cost:
                result.costs[move.id] = cost
        if today is not None:
            self._end_day(today, result)
        return result

    def _cost(self, move: Move) -> Decimal:
        if not move.source_inner:
            return self._brought_back(move) + self._given.get(move.id, ZERO)
        if move.on:
            return self._carried_on(move)
        source = self._holding(move.source)
        if not source.is_changed and move.id not in self._own:
            return move.cost
        return source.average(move.quantity, (move.document_id, move.at), move.cost)

    def _brought_back(self, move: Move) -> Decimal:
        """All that has come back of a line is worth its share of it."""
        line = self._lines.get(move.basis_line_id or 0)
        if line is None:
            return move.cost
        cost = move.cost
        if line.cost != line.booked:
            cost = max(ZERO, money(line.cost * (line.back + move.quantity) / line.quantity) - line.cost_back)
        line.back += move.quantity
        line.cost_back += cost
        return cost

    def _carried_on(self, move: Move) -> Decimal:
        """Goods on their way go on at the cost they came with."""
        came = self._on_way.get((move.document_id, move.line_id, move.lot_id, move.source))
        if came is None:
            return move.cost
        quantity, more = came
        share = more if move.quantity >= quantity else money(more * move.quantity / quantity)
        came[:] = [quantity - move.quantity, more - share]
        return move.cost + share

    def _apply(self, move: Move, cost: Decimal) -> None:
        for place, inner, sign in ((move.source, move.source_inner, -1), (move.target, move.target_inner, 1)):
            if inner:
                holding = self._holding(place)
                holding.bring(sign * move.quantity, sign * cost)
                if move.id not in self._own:
                    holding.book(sign * move.quantity, sign * move.cost)
        if not move.target_inner and move.line_id is not None:
            line = self._lines.setdefault(move.line_id, _Line())
            line.quantity += move.quantity
            line.cost += cost
            line.booked += move.cost
        elif move.target_inner and move.document_id is not None:
            came = self._on_way.setdefault((move.document_id, move.line_id, move.lot_id, move.target), [ZERO, ZERO])
            came[:] = [came[0] + move.quantity, came[1] + cost - move.cost]

    def _leave_rest(self, move: Move, rest: Decimal) -> None:
        """A taking back at another cost than it was made at has left the difference in the places."""
        for place, inner, sign in ((move.source, move.source_inner, -1), (move.target, move.target_inner, 1)):
            if inner and rest:
                self._holding(place).book(ZERO, sign * rest)
                self._holding(place).bring(ZERO, sign * rest)

    def _end_day(self, day: date, result: Recounted) -> None:
        if result.shortage is not None or not self._own:
            return
        for place, holding in sorted(self._holdings.items()):
            if holding.quantity < min(ZERO, holding.booked[0]):
                result.shortage = Shortage(place, day, holding.quantity)
                return

    def _holding(self, place: int) -> Holding:
        return self._holdings.setdefault(place, Holding((ZERO, ZERO), ZERO, ZERO))
