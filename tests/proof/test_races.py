"""People who want the same at the same moment, through a real server with two HTTP processes."""

import threading
import uuid
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from functools import partial
from typing import Any

import httpx2
import pytest

from tests.proof import many
from tests.proof.company import DAY, Company, bring, line
from tests.server.conftest import Person, World

Office = tuple[World, Company]
#: A race that is lost now and then is lost in one of so many.
ROUNDS = many(6, 60)


def at_once(calls: Sequence[Callable[[], Any]]) -> list[Any]:
    """Runs the calls in threads that begin together; answers in their order."""
    gate = threading.Barrier(len(calls))

    def run(call: Callable[[], Any]) -> Any:
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as people:
        return list(people.map(run, calls))


def post(person: Person, path: str, body: Any, key: str = "") -> httpx2.Response:
    return person.http.post(path, json=body, headers={
        "Authorization": f"Bearer {person.token}", "Idempotency-Key": key or uuid.uuid4().hex})


def rare_product(office: Office) -> int:
    """Ten pieces of a product that nobody else in this module takes."""
    world, company = office
    product = world.insert("product", sku=f"Р-{uuid.uuid4().hex[:6]}", name="Редкий датчик")
    bring(world, product, company.place, 10)
    return product


@pytest.fixture
def product(busy_office: Office) -> int:
    return rare_product(busy_office)


@pytest.fixture
def four_products(busy_office: Office) -> list[int]:
    """Goods of one product are locked; a document of several shows whether its own sums are."""
    return [rare_product(busy_office) for _ in range(4)]


def balance(world: World, product: int) -> tuple[Decimal, Decimal]:
    row = world.sql("SELECT on_hand, reserved FROM stock_balance WHERE product_id = %s", (product,))[0]
    return row["on_hand"], row["reserved"]


def test_sixty_four_people_take_the_last_ten(busy_office: Office, product: int) -> None:
    """Bar 4."""
    world, company = busy_office
    people = [world.person(name=f"Кладовщик {n}") for n in range(4)]
    body = {"product_id": product, "place_id": company.place, "quantity": "1", "note": "заказ"}
    answers = at_once([lambda n=n: post(people[n % 4], "/api/stock/reservations", body) for n in range(64)])
    assert sorted(a.status_code for a in answers) == [200] * 10 + [409] * 54
    for refused in (a.json() for a in answers if a.status_code == 409):
        assert refused["code"] == "out_of_stock"
        assert "Кладовщик" in refused["action"]
        assert sum(Decimal(h["quantity"]) for h in refused["details"]["holders"]) == 10
    assert balance(world, product) == (10, 10)


def test_one_command_sent_thirty_two_times_at_once_is_done_once(busy_office: Office, product: int) -> None:
    """Bar 11: everybody hears the answer of the one that was done."""
    world, company = busy_office
    boss = world.person()
    issue = boss.post("/api/documents/issue", company.order([line(product, 3)]))["id"]
    key, path, body = uuid.uuid4().hex, f"/api/documents/{issue}/actions/post", {"version": 1}
    answers = at_once([lambda: post(boss, path, body, key) for _ in range(32)])
    assert {(a.status_code, a.text) for a in answers} == {(200, f'{{"id":{issue},"version":2}}')}
    assert balance(world, product) == (7, 0)
    assert post(boss, path, {"version": 2}, key).json()["code"] == "idempotency_key_reused"
    stranger = world.person()
    assert post(stranger, path, body, key).json()["code"] == "stale_version", "a key belongs to a person"


def confirmed_order(boss: Person, company: Company, products: Sequence[int]) -> int:
    order = boss.post("/api/documents/sales_order", company.order([line(p, 1) for p in products]))["id"]
    boss.post(f"/api/documents/{order}/actions/confirm", {"version": 1})
    return order


def share(boss: Person, document: int, fact: str) -> Decimal:
    return next(Decimal(f["share"]) for f in boss.get(f"/api/documents/{document}")["facts"] if f["code"] == fact)


def test_issues_of_one_order_posted_at_once_all_count(busy_office: Office, four_products: list[int]) -> None:
    world, company = busy_office
    boss = world.person()
    for _ in range(ROUNDS):
        order = confirmed_order(boss, company, four_products)
        issues = [boss.post("/api/documents/issue", company.order(
            [line(row["product"]["id"], 1, basis_line_id=row["id"])], basis_ids=[order]))["id"]
            for row in boss.get(f"/api/documents/{order}")["lines"]]
        at_once([lambda i=i: post(boss, f"/api/documents/{i}/actions/post", {"version": 1}) for i in issues])
        assert share(boss, order, "shipped") == 1


def test_reserves_of_one_document_released_at_once_all_count(busy_office: Office, four_products: list[int]) -> None:
    world, company = busy_office
    boss = world.person()
    for _ in range(ROUNDS):
        order = confirmed_order(boss, company, four_products)
        held = [row["id"] for row in world.sql("SELECT id FROM reservation WHERE document_id = %s", (order,))]
        assert len(held) == 4
        at_once([lambda i=i: post(boss, f"/api/stock/reservations/{i}/release", {"version": 1}) for i in held])
        assert share(boss, order, "reserved") == 0


def test_first_numbers_of_a_series_are_drawn_at_once(busy_office: Office, product: int) -> None:
    """Bar 13, on the first morning of a year or of a branch."""
    world, company = busy_office
    boss = world.person()
    for year in range(2030, 2030 + ROUNDS):
        body = {"date": f"{year}-01-09", "party_id": company.customer, "lines": [line(product, 1)]}
        answers = at_once([partial(post, boss, "/api/documents/offer", body)] * 12)
        assert {a.status_code for a in answers} == {200}, [a.text for a in answers if a.status_code != 200]
        drawn = world.sql("SELECT number FROM document WHERE kind = 'offer' AND year = %s ORDER BY number", (year,))
        assert [row["number"] for row in drawn] == [f"КП-{n:06}" for n in range(1, 13)]


def test_payments_of_one_invoice_executed_at_once_never_overpay(busy_office: Office, product: int) -> None:
    world, company = busy_office
    boss = world.person()
    invoice = boss.post("/api/documents/invoice", company.order([line(product, 1, "1000")]))["id"]
    boss.post(f"/api/documents/{invoice}/actions/issue", {"version": 1})
    payments = [boss.post("/api/documents/payment", {
        "date": DAY, "party_id": company.customer, "amount": "400", "basis_ids": [invoice]})["id"]
        for _ in range(4)]
    answers = at_once([lambda p=p: post(boss, f"/api/documents/{p}/actions/post", {"version": 1}) for p in payments])
    assert {a.status_code for a in answers} == {200}
    shares = world.sql("SELECT amount FROM payment_allocation WHERE invoice_id = %s ORDER BY amount", (invoice,))
    assert [row["amount"] for row in shares] == [200, 400, 400]


def test_two_who_save_one_draft_do_not_overwrite_each_other(busy_office: Office, product: int) -> None:
    """Bar 12."""
    world, company = busy_office
    boss = world.person()
    draft = boss.post("/api/documents/offer", company.order([line(product, 1)]) | {"place_id": None})["id"]
    body = company.order([line(product, 1)], version=1) | {"place_id": None}
    headers = {"Authorization": f"Bearer {boss.token}"}
    answers = at_once([lambda n=n: boss.http.put(
        f"/api/documents/{draft}", json=body | {"title": f"Тема {n}"},
        headers=headers | {"Idempotency-Key": uuid.uuid4().hex}) for n in range(8)])
    assert sorted(a.status_code for a in answers) == [200] + [409] * 7
    assert boss.get(f"/api/documents/{draft}")["version"] == 2
