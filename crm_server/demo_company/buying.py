"""Orders to suppliers and acts of discrepancy on the desk of the last day: one in every state."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal

from crm_contract.documents import DocumentBody, LineBody
from crm_contract.vat import VatMode
from crm_server.demo_company.office import Office, Paper
from crm_server.kit.actor import Actor

_ACT_OF = """
SELECT x.id, x.version FROM document_link k JOIN document x ON x.id = k.document_id AND x.kind = 'discrepancy'
WHERE k.basis_id = %s
"""


def _fewer(body: DocumentBody) -> None:
    """One piece of the first line is missing; the paper says that it is there."""
    first, *rest = body.lines
    body.lines = [first.model_copy(update={"paper_quantity": first.quantity + 1, "note": "Нет в коробке"}), *rest]


def _first_line(body: DocumentBody) -> None:
    body.lines = body.lines[:1]


class Buying:
    """What one storekeeper has with one supplier."""

    def __init__(self, office: Office, storekeeper: Actor, place_id: int, supplier: int,
                 lines: Sequence[LineBody]) -> None:
        self._office = office
        self._storekeeper = storekeeper
        self._place_id = place_id
        self._supplier = supplier
        self._lines = [line.model_copy(update={"quantity": max(line.quantity, Decimal(2))}) for line in lines]

    def leave(self) -> None:
        self._order(5)
        self._order(6, "confirm")
        self._order(-2, "confirm")
        self._run(self._order(9, "confirm"), "annul", "Поставщик поднял цену")
        half = self._order(1, "confirm")
        self._receive(half, _first_line)
        closed = self._order(0, "confirm")
        self._receive(closed, _first_line)
        self._run(closed, "close_short", "Снято с производства")
        for steps in ((), ("claim",), ("claim", "settle"), ("annul",)):
            receipt = self._receive(self._order(0, "confirm"), _fewer)
            for step in steps:
                self._run(self._act_of(receipt), step, "Поставщик довезёт недостающее")
        self._run(self._office.follow(self._storekeeper, half, "receipt"), "annul", "Машина не приехала")

    def _order(self, days: int, *actions: str) -> Paper:
        """An order that is to come in so many days."""
        paper = self._office.draw_up(self._storekeeper, "purchase_order", DocumentBody(
            date=self._office.day, party_id=self._supplier, place_id=self._place_id, vat_mode=VatMode.ON_TOP,
            due_date=self._office.day + timedelta(days=days), lines=self._lines))
        for action in actions:
            self._run(paper, action)
        return paper

    def _receive(self, order: Paper, change: Callable[[DocumentBody], None]) -> Paper:
        """A posted receipt of an order, changed before."""
        receipt = self._office.follow(self._storekeeper, order, "receipt")
        self._office.edit(self._storekeeper, receipt, change)
        self._run(receipt, "post")
        return receipt

    def _act_of(self, receipt: Paper) -> Paper:
        row = self._office.sql.get(_ACT_OF, (receipt.id,))
        return Paper(row["id"], "discrepancy", row["version"])

    def _run(self, paper: Paper, action: str, reason: str = "") -> None:
        self._office.act(self._storekeeper, paper, action, reason)
