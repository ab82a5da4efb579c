"""Where a client sits: its own goods, the customers it asks for, and the drafts it has made."""

import random
from collections import deque
from datetime import UTC, datetime
from itertools import count
from typing import Any

from benchmarks.company import Company

LINES = 10
PRICE = 100

_turns = count()  # over all clients and runs: an ИНН or a mail is made once


class WrongAnswer(Exception):
    """The status was 200, the content was not what was asked for."""


class NothingLeft(Exception):
    """The operation has used up what it works on."""


class Seat:
    """One client of a scenario. `hot` clients all want the same products, others have their own."""

    def __init__(self, company: Company, token: str, number: int, *, hot: bool = False) -> None:
        self.company = company
        self.token = token
        self.goods = company.hot() if hot else company.own(number)
        self.drafts: deque[int] = deque()
        self.random = random.Random(number)
        self.today = datetime.now(UTC).date()

    def turn(self) -> int:
        return next(_turns)

    def basket(self) -> list[int]:
        return self.random.sample(self.goods, LINES)

    def customer(self) -> int:
        return self.random.choice(self.company.customers)

    def draft(self) -> int:
        if not self.drafts:
            raise NothingLeft
        return self.drafts.popleft()

    def document(self, party: int, products: list[int]) -> dict[str, Any]:
        """A document as the client sends it: one piece of each product."""
        return {"date": self.today.isoformat(), "party_id": party, "place_id": self.company.warehouse, "lines": [
            {"product_id": product, "quantity": "1", "price": str(PRICE)} for product in products]}
