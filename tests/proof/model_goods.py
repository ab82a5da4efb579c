"""Where every piece is by its number or lot, and which papers may move it: independent of the server's SQL.

Two warehouses, two employees; a paper moves one product, by `lots` (code → pieces, "" where pieces are alike).
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

MAIN, SECOND, TRANSIT, CLERK, MATE, OUTSIDE = "main", "second", "transit", "clerk", "mate", ""
#: Kind and action → states it starts from, and the state it leads to.
STEPS: Mapping[str, Mapping[str, tuple[tuple[str, ...], str]]] = {
    "receipt": {"post": (("draft",), "received"), "unpost": (("received",), "draft")},
    "issue": {"post": (("draft",), "issued"), "unpost": (("issued",), "draft")},
    "scrap": {"post": (("draft",), "scrapped"), "unpost": (("scrapped",), "draft")},
    "supplier_return": {"post": (("draft",), "returned"), "unpost": (("returned",), "draft")},
    "sales_return": {"post": (("draft",), "returned"), "unpost": (("returned",), "draft")},
    "transfer": {"post": (("draft",), "accepted"), "send": (("draft",), "in_transit"),
                 "accept": (("in_transit",), "accepted"), "unpost": (("in_transit", "accepted"), "draft")},
    "custody_issue": {"post": (("draft",), "issued"), "accept": (("issued",), "accepted"),
                      "unpost": (("issued", "accepted"), "draft")},
    "custody_return": {"post": (("draft",), "returned"), "unpost": (("returned",), "draft")},
    "custody_handover": {"offer": (("draft",), "offered"), "accept": (("offered",), "accepted"),
                         "decline": (("offered",), "draft"), "unpost": (("accepted",), "draft")},
    "purchase_order": {"confirm": (("draft",), "confirmed"), "close_short": (("confirmed",), "closed_short"),
                       "reopen": (("closed_short",), "confirmed"), "annul": (("draft", "confirmed"), "annulled")},
    "discrepancy": {"claim": (("draft",), "claimed"), "annul": (("draft", "claimed"), "annulled")},
}
#: From where to where goods go when a paper comes from its first state to another one.
_WAYS = {
    ("receipt", "received"): (OUTSIDE, MAIN), ("issue", "issued"): (MAIN, OUTSIDE),
    ("scrap", "scrapped"): (MAIN, OUTSIDE), ("supplier_return", "returned"): (MAIN, OUTSIDE),
    ("sales_return", "returned"): (OUTSIDE, MAIN), ("transfer", "accepted"): (MAIN, SECOND),
    ("transfer", "in_transit"): (MAIN, TRANSIT), ("custody_issue", "issued"): (MAIN, CLERK),
    ("custody_issue", "accepted"): (MAIN, CLERK), ("custody_return", "returned"): (CLERK, MAIN),
    ("custody_handover", "accepted"): (CLERK, MATE),
}
CREATED = ("issue", "custody_issue", "transfer", "receipt", "custody_handover", "custody_return", "scrap",
           "supplier_return")


@dataclass(eq=False)
class Paper:
    """`told` is what the supplier's paper says of a receipt; `way` the goods have gone by, while they have, and `moves`
    are what that did on which day to which of our places."""

    id: int
    kind: str
    day: date
    product: int
    lots: dict[str, int]
    basis: "Paper | None" = None
    told: int | None = None
    state: str = "draft"
    version: int = 1
    way: tuple[str, str] | None = None
    moves: list[tuple[date, str, int]] = field(default_factory=list)

    @property
    def quantity(self) -> int:
        return sum(self.lots.values())

    @property
    def posted(self) -> bool:
        return self.way is not None or (self.kind, self.state) == ("discrepancy", "claimed")


@dataclass
class Model:
    """`serial`: the product whose codes name one piece. `closed`: the last days of a warehouse's closed periods.

    `last`: the last day on which a product has moved on a place, whatever was taken back.
    """

    serial: int
    today: date
    papers: list[Paper] = field(default_factory=list)
    pieces: Counter[tuple[str, int, str]] = field(default_factory=Counter)
    closed: dict[str, list[date]] = field(default_factory=lambda: {MAIN: [], SECOND: []})
    last: dict[tuple[str, int], date] = field(default_factory=dict)

    def made_of(self, basis: Paper) -> Iterator[Paper]:
        return (paper for paper in self.papers if paper.basis is basis)

    def taken(self, basis: Paper, code: str | None = None) -> int:
        """Pieces that posted papers made of it have taken, of one number or lot when asked."""
        return sum(paper.quantity if code is None else paper.lots.get(code, 0)
                   for paper in self.made_of(basis) if paper.posted and paper.kind != "discrepancy")

    def remaining(self, basis: Paper) -> int:
        """What no paper takes, drafts included."""
        return basis.quantity - sum(paper.quantity for paper in self.made_of(basis) if paper.state != "annulled"
                                    and paper.kind != "discrepancy")

    def may(self, paper: Paper, action: str) -> bool:
        """Whether an action must succeed now."""
        sources, target = STEPS[paper.kind][action]
        if paper.state not in sources:
            return False
        match paper.kind, action:
            case "purchase_order", "close_short":
                return self.taken(paper) < paper.quantity
            case ("purchase_order", "annul") | (_, "unpost") if any(p.posted for p in self.made_of(paper)):
                return False
            case ("receipt" | "sales_return"), "post" if paper.basis is not None and not self._covered(paper):
                return False
        way = self._way(paper, target)
        if way is None:
            return True
        undoes = _WAYS.get((paper.kind, target)) is None
        days = paper.moves if undoes else [(self._day(paper), spot, 0) for spot in way]
        return self._open(days) and self._there(paper, way) and self._single(paper, way) and (
            undoes or self._was_there(paper, way))

    def do(self, paper: Paper, action: str) -> None:
        target = STEPS[paper.kind][action][1]
        if way := self._way(paper, target):
            self._write(paper, way, undoes=_WAYS.get((paper.kind, target)) is None)
            for code, quantity in paper.lots.items():
                for spot, moved in zip(way, (-quantity, quantity), strict=True):
                    self.pieces[spot, paper.product, code] += moved if spot else 0
        paper.way = _WAYS.get((paper.kind, target))
        paper.state = target
        paper.version += 1

    def may_close(self, spot: str, until: date) -> bool:
        """No draft that would move goods of the warehouse is left inside."""
        return (not self.closed[spot] or until > self.closed[spot][-1]) and not any(
            paper.state == "draft" and paper.day <= until and spot in self._warehouses(paper) for paper in self.papers)

    def _warehouses(self, paper: Paper) -> set[str]:
        return {spot for (kind, _), way in _WAYS.items() if kind == paper.kind for spot in way} & self.closed.keys()

    def _way(self, paper: Paper, target: str) -> tuple[str, str] | None:
        """From where to where goods go by a step; None where they stay."""
        was, will = paper.way, _WAYS.get((paper.kind, target))
        if was and will:
            return (was[1], will[1]) if was != will else None
        return (was[1], was[0]) if was else will

    def _day(self, paper: Paper) -> date:
        """What is on its way is taken on today."""
        return self.today if paper.state == "in_transit" else paper.day

    def _write(self, paper: Paper, way: tuple[str, str], *, undoes: bool) -> None:
        day = self._day(paper)
        moves = [(day, spot, sign * paper.quantity) for spot, sign in zip(way, (-1, 1), strict=True) if spot]
        paper.moves = [] if undoes else paper.moves + moves
        for at, spot, _ in () if undoes else moves:
            key = (spot, paper.product)
            self.last[key] = max(at, self.last.get(key, at))

    def _open(self, moves: Iterable[tuple[date, str, int]]) -> bool:
        """The way to a warehouse is closed with it."""
        return all(day > max(self.closed.get(SECOND if spot == TRANSIT else spot) or [date.min])
                   for day, spot, _ in moves)

    def touches_closed(self, paper: Paper) -> bool:
        """Whether goods that moved from its day on did so in a period that is closed now: their cost cannot change."""
        return not self._open(move for move in self._history(paper.product) if move[0] >= paper.day)

    def _history(self, product: int) -> list[tuple[date, str, int]]:
        return [move for paper in self.papers if paper.product == product for move in paper.moves]

    def _was_there(self, paper: Paper, way: tuple[str, str]) -> bool:
        """What is dated back was there then, and those who took of it later still had enough at the end of each day."""
        day = self._day(paper)
        if not any(self.last.get((spot, paper.product), day) > day for spot in way):
            return True
        history = self._history(paper.product)
        for spot, sign in zip(way, (-1, 1), strict=True):
            for end in {day, *(at for at, _, _ in history if at > day)}:
                booked = sum(moved for at, where, moved in history if where == spot and at <= end)
                if spot and booked + sign * paper.quantity < min(0, booked):
                    return False
        return True

    def _there(self, paper: Paper, way: tuple[str, str]) -> bool:
        return not way[0] or all(self.pieces[way[0], paper.product, code] >= n for code, n in paper.lots.items())

    def _single(self, paper: Paper, way: tuple[str, str]) -> bool:
        """A number that comes from outside lies nowhere."""
        return bool(way[0]) or paper.product != self.serial or not any(
            n for (_, product, code), n in self.pieces.items() if product == paper.product and code in paper.lots)

    def _covered(self, paper: Paper) -> bool:
        """The basis holds, and has as much left of all and of each number."""
        basis = paper.basis
        assert basis is not None
        if basis.kind == "purchase_order":  # what is on its way still comes when no more of it is expected
            return basis.state in ("confirmed", "closed_short") and self.taken(basis) + paper.quantity <= basis.quantity
        return basis.posted and self.taken(basis) + paper.quantity <= basis.quantity and all(
            self.taken(basis, code) + n <= basis.lots.get(code, 0) for code, n in paper.lots.items())
