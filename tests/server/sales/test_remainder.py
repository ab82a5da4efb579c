"""Nobody ships more than was ordered, and nobody closes by papers more than was shipped."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from crm_server.check import check
from crm_server.kit.sql import Sql
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, follow, invoice, line, made, order, receive, shown


def set_quantity(person: Person, document_id: int, quantity: str, **more: Any) -> None:
    """Rewrites the lines of a draft with this quantity."""
    read = person.get(f"/api/documents/{document_id}")
    lines = [{"id": r["id"], "product_id": r["product"]["id"], "quantity": quantity, "price": r["price"],
              "unit": r["unit"], "basis_line_id": r["basis_line_id"]} | more for r in read["lines"]]
    person.put(f"/api/documents/{document_id}", {
        "date": DAY, "version": read["version"], "party_id": read["party"]["id"],
        "place_id": (read["place"] or {}).get("id"), "lines": lines})


def refused(person: Person, document_id: int, action: str = "post", **more: Any) -> dict[str, Any]:
    version = person.get(f"/api/documents/{document_id}")["version"]
    return person.post(f"/api/documents/{document_id}/actions/{action}", {"version": version, **more}, status=409)


def test_two_issues_of_one_order_ship_no_more_than_ordered(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop, "40")
    order_id = order(boss, shop)
    first = follow(boss, order_id, "issue")
    set_quantity(boss, first, "6")
    second = follow(boss, order_id, "issue")
    set_quantity(boss, second, "6")
    act(boss, first, "post")
    answer = refused(boss, second)
    assert answer["code"] == "not_allowed_now"
    assert answer["message"] == (
        "Заказ ЗП-000001: «Датчик ДД-40» — отгружено 6 из 10, осталось 4, а в этом документе 6")
    assert answer["action"].startswith(f"Отгружено: РН-000001 от {shown(DAY)} — 6 (Главный Г. Г.). Уменьшите")
    set_quantity(boss, second, "4")
    act(boss, second, "post")
    boss.post(f"/api/documents/{order_id}/based-on", {"kind": "issue"}, status=409)


def test_one_issue_alone_ships_no_more_than_ordered(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop, "40")
    issue = follow(boss, invoice(boss, shop), "issue")
    set_quantity(boss, issue, "11")
    assert "отгружено 0 из 10, осталось 10, а в этом документе 11" in refused(boss, issue)["message"]


def test_posted_at_once_only_one_of_two_goes_through(world: World, boss: Person,
                                                     shop: dict[str, int]) -> None:
    receive(boss, shop, "200")
    order_id = order(boss, shop)
    drafts = [made(boss, "issue", shop, line(shop["sensor"], "10", "100"), basis_ids=[order_id]) for _ in range(8)]

    def post(issue: int) -> int:
        headers = {"Authorization": f"Bearer {boss.token}", "Idempotency-Key": uuid.uuid4().hex}
        return world.http.post(f"/api/documents/{issue}/actions/post", json={"version": 1}, headers=headers).status_code

    with ThreadPoolExecutor(8) as people:
        assert sorted(people.map(post, drafts)) == [200] + [409] * 7
    assert world.sql("SELECT sum(quantity) AS shipped FROM stock_move m JOIN document d ON d.id = m.document_id"
                     " WHERE d.kind = 'issue'") == [{"shipped": 10}]


def test_line_typed_anew_counts_and_is_linked(boss: Person, shop: dict[str, int]) -> None:
    """Who deletes a line and types it again, or splits it, still ships the order."""
    receive(boss, shop, "40")
    order_id = order(boss, shop)
    basis_line = boss.get(f"/api/documents/{order_id}")["lines"][0]["id"]
    issue = follow(boss, order_id, "issue")
    read = boss.get(f"/api/documents/{issue}")
    boss.put(f"/api/documents/{issue}", {
        "date": DAY, "version": read["version"], "party_id": shop["customer"], "place_id": shop["place"],
        "lines": [line(shop["sensor"], "7", "100"), line(shop["sensor"], "3", "100")]})
    read = boss.get(f"/api/documents/{issue}")
    assert [row["basis_line_id"] for row in read["lines"]] == [basis_line] * 2
    set_quantity(boss, issue, "6")
    assert "а в этом документе 12" in refused(boss, issue)["message"]
    set_quantity(boss, issue, "5")
    act(boss, issue, "post")
    facts = {f["code"]: f["text"] for f in boss.get(f"/api/documents/{order_id}")["facts"]}
    assert facts["shipped"] == "100 %"


def test_another_product_in_a_line_is_an_addition(world: World, boss: Person,
                                                  shop: dict[str, int]) -> None:
    other = world.insert("product", sku="104-221", name="Датчик ДД-41")
    receive(boss, shop, "5")
    receive(boss, shop | {"sensor": other}, "5")
    order_id = order(boss, shop, line(shop["sensor"], "2", "100"))
    issue = follow(boss, order_id, "issue")
    set_quantity(boss, issue, "2", product_id=other)
    assert act(boss, issue, "post")["lines"][0]["basis_line_id"] is None
    assert boss.get(f"/api/documents/{order_id}")["lines"][0]["covered"] == "0"


def test_order_is_shipped_through_its_invoice_too(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop, "40")
    order_id = order(boss, shop)
    invoice_id = follow(boss, order_id, "invoice", "issue")
    directly = follow(boss, order_id, "issue")
    follow(boss, invoice_id, "issue", "post")
    answer = refused(boss, directly)
    assert answer["message"].startswith("Заказ ЗП-000001: «Датчик ДД-40» — отгружено 10 из 10, осталось 0")
    boss.post(f"/api/documents/{order_id}/based-on", {"kind": "issue"}, status=409)


def test_two_orders_in_one_issue(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop, "40")
    orders = [order(boss, shop, line(shop["sensor"], "5", "100")) for _ in range(2)]
    lines = [line(shop["sensor"], "5", "100", basis_line_id=boss.get(f"/api/documents/{o}")["lines"][0]["id"])
             for o in orders]
    issue = made(boss, "issue", shop, *lines, basis_ids=orders)
    act(boss, issue, "post")
    facts = [boss.get(f"/api/documents/{o}")["facts"] for o in orders]
    assert [next(f["share"] for f in each if f["code"] == "shipped") for each in facts] == ["1.0000", "1.0000"]


def test_annulled_basis_is_not_shipped(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    invoice_id = invoice(boss, shop)
    issue = follow(boss, invoice_id, "issue")
    act(boss, invoice_id, "annul", reason="передумали")
    assert refused(boss, issue)["message"] == "Счёт СЧ-000001: «Аннулирован», по нему РН-000001 не проводится"


def test_upd_closes_no_more_than_shipped(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    issue = follow(boss, invoice(boss, shop), "issue", "post")
    first = follow(boss, issue, "upd")
    second = boss.post("/api/documents/upd", {
        "date": DAY, "party_id": shop["customer"], "basis_ids": [issue], "lines": [line(shop["sensor"], "1", "100")]})
    act(boss, first, "post")
    answer = refused(boss, second["id"])
    assert answer["message"] == "РН-000001: «Датчик ДД-40» — закрыто 10 из 10, осталось 0, а в этом документе 1"
    assert answer["action"].startswith(f"Закрыто: УПД № 1 от {shown(DAY)} — 10 (Главный Г. Г.)")
    boss.post(f"/api/documents/{issue}/based-on", {"kind": "upd"}, status=409)


def test_upd_closes_no_more_than_shipped_when_the_issue_was_typed_anew(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    issue = follow(boss, invoice(boss, shop), "issue", "post")
    upd = follow(boss, issue, "upd")
    act(boss, issue, "unpost", reason="ошибка")
    set_quantity(boss, issue, "3", id=None)
    act(boss, issue, "post")
    answer = refused(boss, upd)
    assert answer["message"] == "РН-000001: «Датчик ДД-40» — закрыто 0 из 3, осталось 3, а в этом документе 10"
    set_quantity(boss, upd, "3")
    act(boss, upd, "post")


def test_upd_of_an_invoice_waits_for_the_shipment(boss: Person, shop: dict[str, int]) -> None:
    receive(boss, shop)
    invoice_id = invoice(boss, shop, line(shop["sensor"], "10", "100"), line(shop["work"], "2", "50", unit="356"))
    upd = follow(boss, invoice_id, "upd")
    answer = refused(boss, upd)
    assert answer["message"] == "«Датчик ДД-40»: отгружено 0, а в УПД вместе с УПД № 1 — 10"
    assert "расходную накладную" in answer["action"]
    issue = follow(boss, invoice_id, "issue", "post")
    act(boss, upd, "post")
    answer = refused(boss, issue, "unpost", reason="ошибка")
    assert answer["message"] == "«Датчик ДД-40»: без РН-000001 отгружено 0, а в УПД — 10"
    act(boss, upd, "annul", reason="ошибка")
    act(boss, issue, "unpost", reason="ошибка")


def test_works_are_closed_once_by_upd_or_act(boss: Person, shop: dict[str, int]) -> None:
    works = line(shop["work"], "2", "1500", unit="356")
    invoice_id = invoice(boss, shop, works)
    twice = follow(boss, invoice_id, "act")
    upd = made(boss, "upd", shop, works, basis_ids=[invoice_id])
    act(boss, upd, "post")
    assert "«Монтаж» — закрыто 2 из 2, осталось 0, а в этом документе 2" in refused(boss, twice)["message"]
    boss.post(f"/api/documents/{invoice_id}/based-on", {"kind": "act"}, status=409)


def test_posting_asks_as_many_statements_for_any_number_of_lines(boss: Person,
                                                                 shop: dict[str, int]) -> None:
    receive(boss, shop, "400")
    counts = []
    for size in (1, 10, 200):
        order_id = order(boss, shop, *[line(shop["sensor"], "1", "5")] * size)
        issue = boss.post(f"/api/documents/{order_id}/based-on", {"kind": "issue"})["id"]
        boss.known().post(f"/api/documents/{issue}/actions/post", {"version": 1})
        counts.append(boss.statements)
    assert max(counts) <= 11, counts
    assert len(set(counts)) == 1, counts


def test_an_order_shows_what_its_invoice_shipped(boss: Person, world: World, shop: dict[str, int]) -> None:
    receive(boss, shop)
    order_id = order(boss, shop)
    invoice_id = follow(boss, order_id, "invoice", "issue")
    first = follow(boss, invoice_id, "issue")
    set_quantity(boss, first, "4")
    act(boss, first, "post")

    def shipped() -> list[str]:
        rows = world.sql("SELECT shipped FROM document WHERE id = ANY(%s) ORDER BY id", [[order_id, invoice_id]])
        return [str(row["shipped"]) for row in rows]

    assert shipped() == ["0.4000", "0.4000"]
    second = follow(boss, order_id, "issue", "post")
    assert shipped() == ["1.0000", "0.4000"]
    act(boss, first, "unpost", reason="ошибка")
    assert shipped() == ["0.6000", "0.0000"]
    act(boss, second, "unpost", reason="ошибка")
    assert shipped() == ["0.0000", "0.0000"]
    with world.pool.connection() as connection:
        assert check(Sql(connection)) == []
