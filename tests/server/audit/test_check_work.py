"""Whatever people do through the application, nothing that is kept twice differs: checked after every step."""

import pytest

from tests.server.audit.history import differences, seal_all
from tests.server.conftest import Person
from tests.server.trading import DAY, act, line, receive


class Checked:
    """A person after whose every command the whole database is compared."""

    def __init__(self, person: Person, url: str) -> None:
        self.person = person
        self.url = url

    def act(self, document_id: int, action: str, **more: object) -> None:
        act(self.person, document_id, action, **more)
        self.compare(f"{action} of {document_id}")

    def create(self, kind: str, **values: object) -> int:
        made = self.person.post(f"/api/documents/{kind}", {"date": DAY, **values})
        self.compare(kind)
        return made["id"]

    def follow(self, document_id: int, kind: str) -> int:
        made = self.person.post(f"/api/documents/{document_id}/based-on", {"kind": kind})
        self.compare(kind)
        return made["id"]

    def compare(self, step: str) -> None:
        assert [str(d) for d in differences(self.url)] == [], f"after {step}"


@pytest.fixture
def clerk(boss: Person, database_url: str) -> Checked:
    return Checked(boss, database_url)


def test_sale_in_two_shipments_taken_back(clerk: Checked, shop: dict[str, int]) -> None:
    receive(clerk.person, shop, "10")
    order = clerk.create("sales_order", party_id=shop["customer"], place_id=shop["place"], lines=[
        line(shop["sensor"], "6", "4100"), line(shop["work"], "2", "1500", unit="356")])
    clerk.act(order, "confirm")
    issue = clerk.follow(order, "issue")
    read = clerk.person.get(f"/api/documents/{issue}")
    first = read["lines"][0]
    clerk.person.put(f"/api/documents/{issue}", {
        "version": read["version"], "date": DAY, "party_id": shop["customer"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "2", "4100", id=first["id"], basis_line_id=first["basis_line_id"])]})
    clerk.compare("a part of the order")
    clerk.act(issue, "post")
    rest = clerk.follow(order, "issue")
    clerk.act(rest, "post")
    clerk.act(rest, "unpost", reason="ошибка")
    clerk.act(rest, "annul", reason="ошибка")
    clerk.act(issue, "unpost", reason="ошибка")
    clerk.act(issue, "post")
    clerk.act(order, "release", reason="не нужно")
    clerk.act(order, "close_short", reason="клиент передумал")
    seal_all(clerk.url)
    clerk.compare("sealed")


def test_invoice_reserved_paid_in_parts_and_taken_back(clerk: Checked, shop: dict[str, int]) -> None:
    receive(clerk.person, shop, "2")
    invoice = clerk.create("invoice", party_id=shop["customer"], place_id=shop["place"],
                           lines=[line(shop["sensor"], "3", "4100")])
    clerk.act(invoice, "issue")
    clerk.act(invoice, "reserve", params={"until": "2027-01-01"})
    for amount in ("1000", "500.50"):
        payment = clerk.create("payment", party_id=shop["customer"], amount=amount, basis_ids=[invoice])
        clerk.act(payment, "post")
    clerk.act(payment, "unpost", reason="ошибка")
    clerk.act(invoice, "release", reason="не нужно")
    clerk.person.post("/api/stock/reservations", {
        "product_id": shop["sensor"], "place_id": shop["place"], "quantity": "1"})
    clerk.compare("reserved by hand")
