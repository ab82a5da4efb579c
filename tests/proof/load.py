"""Clerks who ship goods all at once, whatever happens to the server, and what has to be true afterwards."""

import threading
import time
from dataclasses import dataclass, field
from decimal import Decimal

from tests.proof.company import DAY, Company, line
from tests.proof.processes import PATIENCE_S, Caller
from tests.server.conftest import World

PIECES = 2


@dataclass
class Shipping:
    """`total` issues, each of `PIECES` of one product; some go through an order with its reserve, some are paid."""

    address: str
    token: str
    company: Company
    total: int
    clerks: int = 6
    started: int = 0
    done: list[int] = field(default_factory=list)
    repeats: int = 0
    errors: list[AssertionError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._clerk, name=f"clerk-{n}") for n in range(self.clerks)]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def wait_for(self, shipped: int) -> None:
        """Until so many issues are posted."""
        deadline = time.monotonic() + PATIENCE_S
        while len(self.done) < shipped and not self.errors:
            assert time.monotonic() < deadline, f"only {len(self.done)} of {shipped} issues in {PATIENCE_S} s"
            time.sleep(0.005)

    def finish(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_S * 2)
        if self.errors:
            raise self.errors[0]
        assert len(self.done) == self.total

    def _clerk(self) -> None:
        caller = Caller(self.address, self.token)
        try:
            while (number := self._next()) is not None:
                issue = self._ship(caller, number)
                with self._lock:
                    self.done.append(issue)
        except AssertionError as error:  # the test raises it
            self.errors.append(error)
        finally:
            self.repeats += caller.repeats
            caller.close()

    def _next(self) -> int | None:
        with self._lock:
            if self.started == self.total or self.errors:
                return None
            self.started += 1
            return self.started

    def _ship(self, caller: Caller, number: int) -> int:
        lines = [line(self.company.goods[number % len(self.company.goods)], PIECES)]
        if number % 3 == 0:
            order = caller.made("/api/documents/sales_order", self.company.order(lines))["id"]
            self._act(caller, order, "confirm")
            issue = caller.made(f"/api/documents/{order}/based-on", {"kind": "issue"})["id"]
        else:
            issue = caller.made("/api/documents/issue", self.company.order(lines))["id"]
        self._act(caller, issue, "post")
        if number % 4 == 0:
            invoice = caller.made("/api/documents/invoice", self.company.order(lines))["id"]
            self._act(caller, invoice, "issue")
            payment = caller.made("/api/documents/payment", {
                "date": DAY, "party_id": self.company.customer, "amount": "2000", "basis_ids": [invoice]})["id"]
            self._act(caller, payment, "post")
        return issue

    def _act(self, caller: Caller, document: int, action: str) -> None:
        caller.made(f"/api/documents/{document}/actions/{action}", {"version": 1})

    # --- afterwards ---

    def verify(self, world: World, stock: int) -> None:
        """Nothing lost, nothing doubled, no gap in the numbers, the ledger adds up."""
        issues = world.sql("SELECT id, number, state FROM document WHERE kind = 'issue' ORDER BY number")
        assert sorted(self.done) == sorted(row["id"] for row in issues)
        assert [row["number"] for row in issues] == [f"РН-{n:06}" for n in range(1, self.total + 1)]
        assert {row["state"] for row in issues} == {"issued"}
        moves = world.sql("SELECT document_id, count(*) AS n, sum(quantity) AS pieces FROM stock_move"
                          " WHERE document_id IS NOT NULL GROUP BY 1")
        assert sorted(row["document_id"] for row in moves) == sorted(self.done)
        assert {(row["n"], row["pieces"]) for row in moves} == {(1, Decimal(PIECES))}
        left = world.sql("SELECT sum(on_hand) AS on_hand, sum(reserved) AS reserved FROM stock_balance")[0]
        assert left == {"on_hand": stock - PIECES * self.total, "reserved": 0}
        orders, paid = self.total // 3, self.total // 4
        assert world.sql("SELECT kind, count(*) AS n FROM document WHERE kind <> 'issue' GROUP BY 1 ORDER BY 1") == [
            {"kind": "invoice", "n": paid}, {"kind": "payment", "n": paid}, {"kind": "sales_order", "n": orders}]
        assert world.sql("SELECT sum(quantity) AS n FROM reservation WHERE state = 'used'")[0]["n"] == orders * PIECES
        assert world.sql("SELECT sum(amount) AS n FROM payment_allocation")[0]["n"] == paid * 2000
