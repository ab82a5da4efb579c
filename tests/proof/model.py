"""What the documents of a small company come to, kept in Python and independent of the server's SQL.

One place per branch and one line per product keep it short; everything else follows product.md.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.proof import model_counts, model_custody
from tests.proof.model_counts import Counts

PRICE = 100

#: Kind and action → states it starts from, and the state it leads to (None: the same).
STEPS: Mapping[str, Mapping[str, tuple[tuple[str, ...], str | None]]] = {
    "receipt": {"post": (("draft",), "received"), "unpost": (("received",), "draft"),
                "annul": (("draft",), "annulled")},
    "sales_order": {"confirm": (("draft",), "confirmed"), "release": (("confirmed",), None),
                    "complete": (("confirmed",), "completed"), "close_short": (("confirmed",), "closed_short"),
                    "annul": (("draft", "confirmed"), "annulled")},
    "invoice": {"issue": (("draft",), "issued"), "reserve": (("issued",), None), "release": (("issued",), None),
                "annul": (("draft", "issued"), "annulled")},
    "issue": {"pick": (("draft",), "picking"), "post": (("draft", "picking"), "issued"),
              "unpost": (("issued",), "draft"), "annul": (("draft", "picking"), "annulled")},
    "transfer": {"send": (("draft",), "in_transit"), "accept": (("in_transit",), "accepted"),
                 "post": (("draft",), "accepted"), "unpost": (("in_transit", "accepted"), "draft"),
                 "annul": (("draft",), "annulled")},
    "scrap": {"post": (("draft",), "scrapped"), "unpost": (("scrapped",), "draft"), "annul": (("draft",), "annulled")},
    "supplier_return": {"post": (("draft",), "returned"), "unpost": (("returned",), "draft"),
                        "annul": (("draft",), "annulled")},
    "stocktaking": model_counts.STEPS, **model_custody.STEPS,
    "payment": {"post": (("draft",), "executed"), "unpost": (("executed",), "draft"),
                "return": (("executed",), "returned"), "annul": (("draft",), "annulled")},
}


@dataclass(eq=False)
class Paper:
    """A document. `lines`: product → pieces; a payment has a sum instead, and `shares` by invoice."""

    id: int
    kind: str
    branch: int
    lines: dict[int, int]
    gross: int
    basis: "Paper | None" = None
    state: str = "draft"
    version: int = 1
    due: bool = False
    shares: dict["Paper", int] = field(default_factory=dict)
    counts: Counts = field(default_factory=Counts)

    @property
    def chain(self) -> int:
        return self.basis.chain if self.basis else self.id


@dataclass(eq=False)
class Reserve:
    id: int
    branch: int
    product: int
    quantity: int
    document: Paper | None
    used: int = 0
    state: str = "active"

    @property
    def rest(self) -> int:
        return self.quantity - self.used if self.state == "active" else 0


@dataclass
class Model:
    papers: list[Paper] = field(default_factory=list)
    reserves: list[Reserve] = field(default_factory=list)
    on_hand: Counter[tuple[int, int]] = field(default_factory=Counter)   # branch, product
    #: "transit", "second" (the warehouse that transfers go to), "clerk" or "mate" (who hold goods), branch, product
    away: Counter[tuple[str, int, int]] = field(default_factory=Counter)

    # --- facts ---

    def reserved(self, branch: int, product: int) -> int:
        return sum(r.rest for r in self.reserves if (r.branch, r.product) == (branch, product))

    def free(self, branch: int, product: int) -> int:
        return self.on_hand[branch, product] - self.reserved(branch, product)

    def paid(self, paper: Paper) -> int:
        return sum(paper.shares.values()) if paper.kind == "payment" else sum(
            p.shares.get(paper, 0) for p in self.papers)

    def followers(self, basis: Paper, *states: str) -> Iterator[Paper]:
        return (p for p in self.papers if p.kind == "issue" and p.basis is basis and p.state in states)

    def shipped(self, paper: Paper, product: int) -> int:
        return sum(p.lines.get(product, 0) for p in self.followers(paper, "issued"))

    def remaining(self, paper: Paper) -> dict[int, int]:
        """What no issue that lives takes yet."""
        live = list(self.followers(paper, "draft", "picking", "issued"))
        rest = {p: n - sum(i.lines.get(p, 0) for i in live) for p, n in paper.lines.items()}
        return {product: quantity for product, quantity in rest.items() if quantity > 0}

    def kept(self, paper: Paper) -> int:
        """Pieces that were reserved and not given back."""
        return sum(r.quantity for r in self.reserves if r.document is paper and r.state in ("active", "used"))

    # --- actions ---

    def may(self, paper: Paper, action: str) -> bool:
        """Whether an action must succeed now."""
        sources, _ = STEPS[paper.kind][action]
        if paper.state not in sources:
            return False
        match paper.kind, action:
            case ("sales_order" | "invoice"), "annul":
                return not self.paid(paper) and not any(self.shipped(paper, p) for p in paper.lines)
            case ("sales_order", "confirm") | ("invoice", "reserve"):
                return (action == "confirm" or self.kept(paper) < sum(paper.lines.values())) and (
                    self._nothing_wanted(paper) or bool(self.would_reserve(paper)))
            case _, "release":
                return self.kept(paper) > 0
            case ("issue", "post") | ("scrap", "post") | ("supplier_return", "post") | ("transfer", ("send" | "post")):
                return all(n <= self.free(paper.branch, p) + self._held(paper, p) for p, n in paper.lines.items())
            case "stocktaking", _:
                return model_counts.may(self, paper, action)
            case ("custody_issue" | "custody_return" | "custody_handover"), _:
                return model_custody.may(self, paper, action)
            case "receipt", "unpost":
                return all(n <= self.free(paper.branch, p) for p, n in paper.lines.items())
        return True

    def do(self, paper: Paper, action: str) -> None:
        """The effect of an action that succeeded; reserves that it makes are added by the caller, with their ids."""
        match paper.kind, action:
            case "receipt", "post":
                self._move(paper, 1)
            case "receipt", "unpost":
                self._move(paper, -1)
            case "issue", "post":
                self._use_reserves(paper)
                self._move(paper, -1)
            case ("issue" | "scrap" | "supplier_return"), "unpost":
                self._move(paper, 1)
            case ("scrap" | "supplier_return"), "post":
                self._move(paper, -1)
            case "transfer", _:
                self._transfer(paper, action)
            case "stocktaking", _:
                model_counts.do(self, paper, action)
            case ("custody_issue" | "custody_return" | "custody_handover"), _:
                model_custody.do(self, paper, action)
            case "payment", "post":
                self._share_out(paper)
            case "payment", ("unpost" | "return"):
                paper.shares.clear()
            case ("sales_order" | "invoice"), ("release" | "annul" | "close_short"):
                self.end_reserves(paper, "released")
        paper.state = STEPS[paper.kind][action][1] or paper.state
        paper.version += 1

    def would_reserve(self, paper: Paper) -> dict[int, int]:
        given = {p: max(0, min(n, self.free(paper.branch, p))) for p, n in self._wanted(paper).items()}
        return {product: quantity for product, quantity in given.items() if quantity}

    def end_reserves(self, paper: Paper, state: str) -> None:
        for reserve in self.reserves:
            if reserve.document is paper and reserve.state == "active":
                reserve.state = state

    def _wanted(self, paper: Paper) -> dict[int, int]:
        active = Counter(dict.fromkeys(paper.lines, 0))
        for reserve in self.reserves:
            if reserve.document is paper:
                active[reserve.product] += reserve.rest
        wanted = {p: n - active[p] - self.shipped(paper, p) for p, n in paper.lines.items()}
        return {product: quantity for product, quantity in wanted.items() if quantity > 0}

    def _nothing_wanted(self, paper: Paper) -> bool:
        return not self._wanted(paper)

    def _held(self, issue: Paper, product: int) -> int:
        return sum(r.rest for r in self._of_chain(issue, product))

    def _of_chain(self, issue: Paper, product: int) -> list[Reserve]:
        return [r for r in self.reserves if r.rest and r.document and r.document.chain == issue.chain
                and (r.branch, r.product) == (issue.branch, product)]

    def _use_reserves(self, issue: Paper) -> None:
        for product, quantity in issue.lines.items():
            for reserve in self._of_chain(issue, product):
                taken = min(reserve.rest, quantity)
                quantity -= taken
                reserve.used += taken
                if reserve.used == reserve.quantity:
                    reserve.state = "used"

    def _move(self, paper: Paper, sign: int) -> None:
        for product, quantity in paper.lines.items():
            self.on_hand[paper.branch, product] += sign * quantity

    def _transfer(self, paper: Paper, action: str) -> None:
        here = {"draft": "", "in_transit": "transit", "accepted": "second"}
        source, target = here.get(paper.state, ""), here.get(STEPS["transfer"][action][1] or "", "")
        for product, quantity in paper.lines.items():
            for spot, moved in ((source, -quantity), (target, quantity)):
                if spot:
                    self.away[spot, paper.branch, product] += moved
                else:
                    self.on_hand[paper.branch, product] += moved

    def _share_out(self, payment: Paper) -> None:
        """Its own invoice first, then those with a term, then the oldest."""
        rest = payment.gross
        invoices = [p for p in self.papers if p.kind == "invoice" and p.branch == payment.branch
                    and p.state == "issued" and self.paid(p) < p.gross]
        for invoice in sorted(invoices, key=lambda i: (i is not payment.basis, not i.due, i.id)):
            if share := min(rest, invoice.gross - self.paid(invoice)):
                payment.shares[invoice] = share
                rest -= share

    def may_allocate(self, payment: Paper, shares: Mapping[Paper, int]) -> bool:
        if payment.state != "executed" or sum(shares.values()) > payment.gross:
            return False
        return all(i.state == "issued" and i.branch == payment.branch
                   and self.paid(i) - payment.shares.get(i, 0) + amount <= i.gross for i, amount in shares.items())
