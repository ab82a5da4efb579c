"""What stocktaking comes to in the model: lines with their last count and what the books had at that moment."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.proof.model import Model, Paper

STEPS = {"start": (("draft",), "counting"), "check": (("counting",), "checking"),
         "recount": (("checking", "approved"), "counting"), "approve": (("checking",), "approved"),
         "post": (("approved",), "posted"), "unpost": (("posted",), "approved"),
         "annul": (("draft", "counting", "checking", "approved"), "annulled")}
_ticks = count(1)


@dataclass
class Line:
    """`done` is the pass of the last count, `wanted` the one that is asked for; `at` orders counts and postings."""

    counted: int = 0
    booked: int = 0
    done: int = 0
    wanted: int = 1
    disturbed: bool = False
    at: int = 0

    @property
    def difference(self) -> int:
        return self.counted - self.booked if self.done else 0


class Counts:
    """The lines of one stocktaking by product; `open` while no other may count them."""

    def __init__(self) -> None:
        self.lines: dict[int, Line] = {}
        self.open = True
        self.posted = 0

    def differing(self) -> Iterator[tuple[int, int]]:
        return ((product, line.difference) for product, line in self.lines.items() if line.difference)


def _taken(model: Model, paper: Paper) -> set[int]:
    """Products that other stocktakings of the branch are counting."""
    return {product for other in model.papers if other is not paper and other.branch == paper.branch
            and other.counts.open for product in other.counts.lines}


def may_count(model: Model, paper: Paper, product: int, quantity: int, *, adds: bool) -> bool:
    line = paper.counts.lines.get(product)
    if paper.state not in ("counting", "checking") or (line is None and product in _taken(model, paper)):
        return False
    goes_on = line is not None and line.done == max(line.wanted, line.done)
    if paper.state == "checking" and (line is None or (goes_on and line.done < 2)):
        return False
    return (line.counted if line and goes_on and adds else 0) + quantity >= 0


def do_count(model: Model, paper: Paper, product: int, quantity: int, *, adds: bool) -> None:
    line = paper.counts.lines.setdefault(product, Line())
    number = max(line.wanted, line.done)
    goes_on = line.done == number
    booked = model.on_hand[paper.branch, product]
    line.disturbed = adds and goes_on and (line.disturbed or line.booked != booked)
    line.counted = quantity + (line.counted if goes_on and adds else 0)
    line.booked, line.done, line.wanted, line.at = booked, number, max(line.wanted, number), next(_ticks)


def may(model: Model, paper: Paper, action: str) -> bool:
    lines = paper.counts.lines.values()
    match action:
        case "start":
            return not _taken(model, paper) & _there(model, paper.branch)
        case "check":
            return any(line.done for line in lines)
        case "approve":
            return all(line.wanted <= line.done for line in lines if line.done)
        case "post":
            return all(model.free(paper.branch, p) >= -d if d < 0 else _has_price(model, p)
                       for p, d in paper.counts.differing())
        case "unpost":
            return not (_taken(model, paper) & paper.counts.lines.keys()) and all(
                not _counted_since(model, paper, p) and model.free(paper.branch, p) >= d
                for p, d in paper.counts.differing())
    return True


def do(model: Model, paper: Paper, action: str) -> None:
    lines = paper.counts.lines
    match action:
        case "start":
            lines.update({product: Line() for product in _there(model, paper.branch)})
        case "check":
            for line in lines.values():
                line.wanted = max(1, line.done + line.disturbed)
        case "recount":
            for line in lines.values():
                line.wanted += line.difference != 0 and line.wanted == line.done
        case "post" | "unpost":
            for product, difference in paper.counts.differing():
                model.on_hand[paper.branch, product] += difference if action == "post" else -difference
            paper.counts.open, paper.counts.posted = action == "unpost", next(_ticks)
        case "annul":
            paper.counts.open = False


def _there(model: Model, branch: int) -> set[int]:
    return {product for (at, product), pieces in model.on_hand.items() if at == branch and pieces}


def _has_price(model: Model, product: int) -> bool:
    """Some of it lies somewhere, on the way included."""
    return any(n for (_, p), n in model.on_hand.items() if p == product) or any(
        n for (_, _, p), n in model.away.items() if p == product)


def _counted_since(model: Model, paper: Paper, product: int) -> bool:
    return any(other is not paper and other.branch == paper.branch and other.state != "annulled"
               and (line := other.counts.lines.get(product)) is not None and line.at > paper.counts.posted
               for other in model.papers)
