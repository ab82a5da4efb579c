"""What employees hold in the model: the clerk of a branch gets goods, returns them and hands them over to a mate."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.proof.model import Model, Paper

CLERK, MATE = "clerk", "mate"
STEPS = {
    "custody_issue": {"post": (("draft",), "issued"), "accept": (("issued",), "accepted"),
                      "unpost": (("issued", "accepted"), "draft"), "annul": (("draft",), "annulled")},
    "custody_return": {"post": (("draft",), "returned"), "unpost": (("returned",), "draft"),
                       "annul": (("draft",), "annulled")},
    "custody_handover": {"offer": (("draft",), "offered"), "accept": (("offered",), "accepted"),
                         "decline": (("offered",), "draft"), "unpost": (("accepted",), "draft"),
                         "annul": (("draft", "offered"), "annulled")},
}
#: From where to where the goods of a kind go, by the action that moves them; "" is the warehouse.
_WAYS = {("custody_issue", "post"): ("", CLERK), ("custody_return", "post"): (CLERK, ""),
         ("custody_handover", "accept"): (CLERK, MATE)}


def _way(paper: Paper, action: str) -> tuple[str, str] | None:
    if action != "unpost":
        return _WAYS.get((paper.kind, action))
    there, back = next(way for (kind, _), way in _WAYS.items() if kind == paper.kind)
    return back, there


def may(model: Model, paper: Paper, action: str) -> bool:
    """What is taken has to be there; nobody lacks a right or a limit here."""
    way = _way(paper, action)
    return way is None or all(
        n <= (model.away[way[0], paper.branch, p] if way[0] else model.free(paper.branch, p))
        for p, n in paper.lines.items())


def do(model: Model, paper: Paper, action: str) -> None:
    way = _way(paper, action)
    for product, quantity in paper.lines.items() if way else ():
        for spot, moved in zip(way or (), (-quantity, quantity), strict=True):
            if spot:
                model.away[spot, paper.branch, product] += moved
            else:
                model.on_hand[paper.branch, product] += moved
