"""People who act on all documents of one chain at the same moment, through a real server with two HTTP processes."""

import random
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest

from crm_contract.documents import kind_of
from tests.proof import many
from tests.proof.company import Company, bring, line
from tests.proof.test_races import at_once, post
from tests.server.conftest import Person, World

PEOPLE, ACTIONS = 16, many(8, 60)
EACH = 6  # of a product in the order; three issues of two take them, and six are made


@pytest.fixture
def chain(busy_office: tuple[World, Company]) -> tuple[Person, int, list[int]]:
    """A person, an order with its invoice, and issues of both: twice what is ordered."""
    world, company = busy_office
    boss = world.person()
    goods = [world.insert("product", sku=f"Ц-{uuid.uuid4().hex[:6]}", name=f"Датчик {number}") for number in range(3)]
    for product in goods:
        bring(world, product, company.place, 1000)

    def make(kind: str, quantity: int, rows: list[dict[str, Any]], *bases: int) -> int:
        lines = [line(row["product"]["id"], quantity, basis_line_id=row.get("id")) for row in rows]
        return boss.post(f"/api/documents/{kind}", company.order(lines, basis_ids=list(bases)))["id"]

    def lines_of(document: int) -> list[dict[str, Any]]:
        return boss.get(f"/api/documents/{document}")["lines"]

    order = make("sales_order", EACH, [{"product": {"id": product}} for product in goods])
    boss.post(f"/api/documents/{order}/actions/confirm", {"version": 1})
    invoice = make("invoice", EACH, lines_of(order), order)
    boss.post(f"/api/documents/{invoice}/actions/issue", {"version": 1})
    issues = [make("issue", 2, rows, basis) for basis in (order, invoice) * 3
              for rows in [lines_of(basis)[::1 if basis == order else -1]]]
    return boss, order, [order, invoice, *issues]


def act(boss: Person, documents: list[int], seed: int) -> Counter[str]:
    """Random actions, each as the document allowed it a moment ago; answers by status."""
    rng = random.Random(seed)
    heard: Counter[str] = Counter()
    for document in rng.choices(documents, k=ACTIONS):
        card = boss.http.get(f"/api/documents/{document}", headers={"Authorization": f"Bearer {boss.token}"}).json()
        actions = [a.code for a in kind_of(card["kind"]).workflow.actions
                   if card["state"] in a.sources and a.code != "annul"]
        if actions:
            answer = post(boss, f"/api/documents/{document}/actions/{rng.choice(actions)}",
                          {"version": card["version"], "reason": "проба"})
            heard[str(answer.status_code) if answer.status_code in (200, 409) else answer.text] += 1
    return heard


def test_everything_at_once_is_done_or_refused_in_words(
        busy_office: tuple[World, Company], chain: tuple[Person, int, list[int]]) -> None:
    world, company = busy_office
    boss, order, documents = chain
    heard = sum(at_once([partial(act, boss, documents, seed) for seed in range(PEOPLE)]), Counter[str]())
    assert heard.keys() == {"200", "409"}, heard
    issued = {"issues": documents[2:], "place": company.place}
    taken = world.sql(
        "SELECT coalesce(sum(l.quantity), 0) AS n FROM document d JOIN document_line l ON l.document_id = d.id"
        " WHERE d.id = ANY(%(issues)s) AND d.accounting = 'posted'", issued)[0]["n"]
    moved = world.sql(
        "SELECT coalesce(sum(CASE WHEN from_place_id = %(place)s THEN quantity ELSE -quantity END), 0) AS n"
        " FROM stock_move WHERE document_id = ANY(%(issues)s)", issued)[0]["n"]
    shipped = world.sql("SELECT shipped FROM document WHERE id = %s", (order,))[0]["shipped"]
    assert (moved, shipped) == (taken, round(taken / (3 * EACH), 4))
    assert world.sql("SELECT 1 FROM stock_balance WHERE on_hand < reserved OR reserved < 0") == []
    assert world.sql("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")[0]["deadlocks"] == 0


def test_a_posting_waits_for_who_holds_goods_for_its_chain_before_it_locks_the_goods(
        busy_office: tuple[World, Company], chain: tuple[Person, int, list[int]]) -> None:
    """Who releases a reserve holds its document and then wants the balance: the other order would be a deadlock."""
    world, company = busy_office
    boss, order, documents = chain
    version = boss.get(f"/api/documents/{order}")["version"]
    boss.post(f"/api/documents/{order}/actions/release", {"version": version, "reason": "проба"})
    invoice = documents[1]
    boss.post(f"/api/documents/{invoice}/actions/reserve", {"version": 2})
    with ThreadPoolExecutor(1) as people:
        with world.pool.connection() as holder, holder.transaction():
            holder.execute("SELECT 1 FROM document WHERE id = %s FOR UPDATE", (invoice,))
            posting = people.submit(post, boss, f"/api/documents/{documents[2]}/actions/post", {"version": 1})
            _wait_for_lock(world)
            holder.execute("SET LOCAL lock_timeout = '1s'")
            goods = holder.execute("SELECT * FROM stock_lock(%s, ARRAY(SELECT product_id FROM stock_balance))",
                                   (company.place,)).fetchall()
            assert len(goods) >= 3, "nobody holds them"
        assert posting.result().status_code == 200
    assert world.sql("SELECT sum(used) AS n FROM reservation WHERE document_id = %s", (invoice,))[0]["n"] > 0


def _wait_for_lock(world: World) -> None:
    deadline = time.monotonic() + 5
    while not world.sql("SELECT 1 FROM pg_locks l JOIN pg_stat_activity a USING (pid)"
                        " WHERE NOT l.granted AND a.datname = current_database()"):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)
