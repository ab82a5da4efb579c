"""Reserves that change hands by a right, and orders that wait: served by priority when goods come or become free."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

from crm_contract.permissions import Permission, Scope
from crm_server.kit.context import Ctx
from crm_server.kit.jobs import SERVER_ACTOR
from crm_server.kit.sql import Sql
from crm_server.stock.jobs import expire_reservations, serve_waiting
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.trading import act, balance, follow, line, made, order, receive

Shop = dict[str, int]


def waiting(person: Person, shop: Shop, quantity: str, **more: Any) -> int:
    """A confirmed order of goods that may not be there."""
    order_id = made(person, "sales_order", shop, line(shop["sensor"], quantity, "100"), **more)
    act(person, order_id, "wait")
    return order_id


def held(person: Person, document_id: int) -> dict[str, Any]:
    """The active reserve of an order."""
    rows = person.post("/api/lists/reservations", {
        "columns": ["document", "rest", "version", "state", "person", "until"], "conditions": [
            {"column": "document", "op": "eq", "value": document_id},
            {"column": "state", "op": "eq", "value": "active"}]})["rows"]
    [row] = rows
    return row


def quantities(world: World) -> dict[int, Decimal]:
    """What is held by document."""
    rows = world.sql("SELECT document_id, sum(quantity - used) AS held FROM reservation WHERE state = 'active'"
                     " GROUP BY document_id")
    return {row["document_id"]: row["held"] for row in rows}


def work(world: World) -> list[str]:
    """Runs the jobs that wait, as the queue's worker does."""
    jobs = world.sql("UPDATE procrastinate_jobs SET status = 'succeeded' WHERE status = 'todo'"
                     " AND task_name = 'stock.serve_waiting' RETURNING args")
    for job in jobs:
        with world.pool.connection() as connection:
            ctx = Ctx(Sql(connection), SERVER_ACTOR)
            serve_waiting(ctx, **job["args"])
            ctx.flush()
    return [job["args"] for job in jobs]


def test_a_reserve_goes_to_another_order_and_both_tell_it(boss: Person, world: World, shop: Shop,
                                                          database_url: str) -> None:
    receive(boss, shop, "10")
    giver = order(boss, shop, line(shop["sensor"], "10", "100"))
    taker = waiting(boss, shop, "6")
    reserve = held(boss, giver)
    path = f"/api/stock/reservations/{reserve['id']}"
    [target] = boss.get(f"{path}/targets")
    assert (target["document_id"], Decimal(target["wanted"]), target["high"]) == (taker, 6, False)

    def move(status: int = 200, **more: Any) -> dict[str, Any]:
        return boss.post(f"{path}/move", {"version": 1, "document_id": taker, "reason": "у них монтаж"} | more,
                         status=status)

    for wrong, field in (({"quantity": "7"}, "quantity"), ({"document_id": giver}, "document_id"), ({"reason": ""},
                                                                                                 "reason")):
        assert list(move(422, **wrong)["field_errors"]) == [field]
    assert Decimal(move(quantity="4")["quantity"]) == 4
    assert quantities(world) == {giver: 6, taker: 4}
    assert balance(world, shop)[:2] == (10, 10)
    move(409)  # it is another version now
    for paper, words in ((giver, "Резерв передан"), (taker, "Получен резерв")):
        read = boss.get(f"/api/documents/{paper}")
        assert words in read["comments"][-1]["text"]
        assert "у них монтаж" in read["comments"][-1]["text"]
        assert [Decimal(fact["share"]) for fact in read["facts"] if fact["code"] == "reserved"] == [
            Decimal("0.6") if paper == giver else Decimal("0.6667")]
    told = world.sql("SELECT entity, reason FROM audit_log WHERE title LIKE '%%езерв%%' AND reason = 'у них монтаж'")
    assert sorted(row["entity"] for row in told) == ["reservation", "sales_order", "sales_order"]
    tasks = boss.get("/api/dashboard")["tasks"]
    assert [(task["entity_id"], task["when"]) for task in tasks if "резерв" in task["title"].lower()] == [
        (giver, "today")]

    # All that is left of what was partly shipped; then the giver waits for its own again, and is served first.
    follow(boss, giver, "issue")
    move(version=2, quantity=None)
    assert quantities(world) == {giver: 4, taker: 6}
    receive(boss, shop, "3")
    assert work(world) != []
    assert quantities(world) == {giver: 7, taker: 6}
    assert differences(database_url) == []


def test_moving_wants_its_right_in_the_branch(boss: Person, world: World, shop: Shop) -> None:
    receive(boss, shop, "10")
    reserve = held(boss, order(boss, shop))
    taker = waiting(boss, shop, "5")
    body = {"version": 1, "document_id": taker, "reason": "так надо"}
    path = f"/api/stock/reservations/{reserve['id']}/move"
    seller = world.person("seller", dict.fromkeys((Permission.STOCK_RESERVE, Permission.STOCK_RELEASE_OTHERS),
                                                  Scope.BRANCH))
    seller.post(path, body, status=403)
    kazan = world.person("kazan", {Permission.STOCK_MOVE_RESERVE: Scope.BRANCH}, branch_id=world.branch("Казань"))
    kazan.post(path, body, status=404)
    blind = world.person("blind", {Permission.STOCK_MOVE_RESERVE: Scope.BRANCH})  # sees no orders
    blind.post(path, body, status=404)
    assert sum(quantities(world).values()) == 10


def test_who_waits_is_served_by_priority_then_by_age(boss: Person, world: World, shop: Shop,
                                                     database_url: str) -> None:
    old = waiting(boss, shop, "4", date="2026-11-20")
    new = waiting(boss, shop, "4", date="2026-11-23")
    urgent = waiting(boss, shop, "5", extra={"priority": "high"})
    assert quantities(world) == {}
    receive(boss, shop, "7")
    assert len(work(world)) == 1
    assert quantities(world) == {urgent: 5, old: 2}
    receive(boss, shop, "1")
    receive(boss, shop, "2")
    assert len(work(world)) == 1  # one job, however much has come before it ran
    assert quantities(world) == {urgent: 5, old: 4, new: 1}
    assert "зарезервировано" in world.sql(
        "SELECT title FROM audit_log WHERE entity = 'sales_order' AND entity_id = %s ORDER BY id DESC", (new,)
    )[0]["title"]

    # What is let go serves the others; who let it go is not given it again.
    act(boss, urgent, "release", reason="перенесли")
    work(world)
    assert quantities(world) == {old: 4, new: 4}
    world.sql("UPDATE reservation SET until = '2026-01-01' WHERE document_id = %s", (old,))
    with world.pool.connection() as connection:
        ctx = Ctx(Sql(connection), SERVER_ACTOR)
        expire_reservations(ctx)
        ctx.flush()
    work(world)
    assert quantities(world) == {new: 4}
    assert differences(database_url) == []


def test_moving_and_posting_at_once_lose_nothing(boss: Person, world: World, shop: Shop, database_url: str) -> None:
    """Whichever comes first: what was shipped was held by its order, what was given away was not shipped by it."""
    receive(boss, shop, "8")
    pairs: list[tuple[int, int, int, dict[str, Any]]] = []
    for _ in range(4):
        giver = order(boss, shop, line(shop["sensor"], "2", "100"))
        pairs.append((giver, 0, follow(boss, giver, "issue"), held(boss, giver)))
    pairs = [(giver, waiting(boss, shop, "2"), issue, reserve) for giver, _, issue, reserve in pairs]

    def post(issue: int) -> int:
        return boss.http.post(f"/api/documents/{issue}/actions/post", json={"version": 1}, headers={
            "Authorization": f"Bearer {boss.token}", "Idempotency-Key": f"post{issue}"}).status_code

    def move(taker: int, reserve: dict[str, Any]) -> int:
        return boss.http.post(f"/api/stock/reservations/{reserve['id']}/move", json={
            "version": 1, "document_id": taker, "reason": "срочно"}, headers={
            "Authorization": f"Bearer {boss.token}", "Idempotency-Key": f"move{reserve['id']}"}).status_code

    with ThreadPoolExecutor(8) as people:
        runs = [(people.submit(post, issue), people.submit(move, taker, reserve))
                for _, taker, issue, reserve in pairs]
        done = [(posted.result(), moved.result()) for posted, moved in runs]
    assert all((posted == 200) != (moved == 200) for posted, moved in done), done
    shipped = 2 * sum(posted == 200 for posted, _ in done)
    assert balance(world, shop)[:2] == (8 - shipped, 8 - shipped)
    assert differences(database_url) == []
