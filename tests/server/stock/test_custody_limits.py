"""What bounds custody, who sees it, what the service uses up of it, and who may leave the company."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from crm_contract.permissions import Scope
from crm_contract.stock import PlaceKind
from crm_server.access.passwords import hash_password
from crm_server.kit.actor import ANY_PERMISSION, Actor
from crm_server.kit.context import Ctx
from crm_server.kit.errors import Refusal
from crm_server.kit.sql import Sql
from crm_server.stock.custody import Used, use_custody
from crm_server.stock.reversal import reverse
from tests.server.audit.history import differences
from tests.server.conftest import Person, World
from tests.server.stock.test_custody import back, fitter, give, hand, held, mate, refused, rests, where
from tests.server.trading import DAY, act, day, made, receive, shown

__all__ = ["fitter", "mate"]  # fixtures of the other file


@pytest.fixture
def keeper(world: World) -> Person:
    """A storekeeper: everything in the branch but giving more than is allowed."""
    grants = dict.fromkeys(ANY_PERMISSION - {"custody.exceed"}, Scope.BRANCH)
    return world.person("keeper", grants, name="Кладов К. К.")


def draft(person: Person, shop: dict[str, int], to: Person, quantity: str, **more: Any) -> int:
    return give(person, shop, to, quantity, action="", **more)


def bound(world: World, of: Person, **limits: int) -> None:
    for name, value in limits.items():
        world.sql(f"UPDATE employee SET custody_{name} = %s WHERE id = %s", (value, of.employee_id))


def test_a_limit_names_what_is_held_and_since_when(boss: Person, world: World, shop: dict[str, int], keeper: Person,
                                                   fitter: Person) -> None:
    receive(boss, shop, day="2026-10-01")
    bound(world, fitter, limit=5000)
    give(keeper, shop, fitter, "3", date=day(-4))
    paper = draft(keeper, shop, fitter, "3")
    told = refused(keeper, paper, "post")
    assert "лимит подотчёта 5000 ₽, стало бы 6000,00 ₽" in told["message"]
    assert f"«Датчик ДД-40» — 6 с {shown(day(-4))}" in told["message"]
    assert "сверх лимита" in told["action"]
    assert where(world)["Седов С. С."] == (3, 3000)
    act(boss, paper, "post")
    assert where(world)["Седов С. С."] == (6, 6000)


def test_the_limit_of_the_company_holds_for_who_has_none(boss: Person, world: World, shop: dict[str, int],
                                                         keeper: Person, fitter: Person) -> None:
    receive(boss, shop)
    boss.put("/api/settings", {"changes": [{"code": "custody_limit", "value": 2000, "version": 0}]})
    paper = draft(keeper, shop, fitter, "3")
    assert "2000 ₽" in refused(keeper, paper, "post")["message"]
    bound(world, fitter, limit=3000)
    act(keeper, paper, "post")


def test_cost_is_told_only_to_who_may_see_it(boss: Person, world: World, shop: dict[str, int], fitter: Person) -> None:
    receive(boss, shop)
    bound(world, fitter, limit=1)
    blind = world.person("blind", dict.fromkeys(ANY_PERMISSION - {"custody.exceed", "product.cost"}, Scope.BRANCH))
    message = refused(blind, draft(blind, shop, fitter, "3"), "post")["message"]
    assert "лимит подотчёта 1 ₽" in message
    assert "3000" not in message
    act(boss, draft(boss, shop, fitter, "1"), "post")
    assert "value" not in held(blind)[0]


def test_a_longer_term_and_a_late_return_stop_a_new_issue(boss: Person, world: World, shop: dict[str, int],
                                                          keeper: Person, fitter: Person, mate: Person) -> None:
    receive(boss, shop, day="2026-10-01")
    bound(world, fitter, days=10)
    paper = draft(keeper, shop, fitter, "1", due_date=day(11))
    told = refused(keeper, paper, "post")["message"]
    assert f"срок подотчёта — 10 дн., до {shown(day(10))}" in told
    assert "ничего не числится" in told
    late = give(keeper, shop, fitter, "1", date=day(-55), due_date=day(-50))
    paper = draft(keeper, shop, fitter, "1", due_date=day(7))
    told = refused(keeper, paper, "post")
    number = boss.get(f"/api/documents/{late}")["number"]
    assert f"«Датчик ДД-40» — 1 с {shown(day(-55))}, вернуть до {shown(day(-50))} ({number})" in told["message"]
    [row] = held(boss, conditions=[{"column": "state", "op": "eq", "value": "overdue"}],
                 columns=["person", "due", "late"])
    assert (row["person"]["title"], row["due"], row["late"]) == ("Седов С. С.", day(-50), 50)
    give(boss, shop, mate, "1", date=day(-55), due_date=day(-50))
    offered = hand(boss, shop, fitter, mate, "1")
    assert "просрочен возврат" in refused(world.person(
        "other", dict.fromkeys(ANY_PERMISSION - {"custody.exceed"}, Scope.ALL)), offered, "accept")["message"]


def test_a_paper_of_a_day_to_come_makes_no_term_longer(boss: Person, world: World, shop: dict[str, int],
                                                       keeper: Person, fitter: Person) -> None:
    receive(boss, shop)
    bound(world, fitter, days=10)
    later, last = day(300), day(10)
    paper = draft(keeper, shop, fitter, "1", date=later, due_date=later)
    assert f"до {shown(last)}, а в документе" in refused(keeper, paper, "post")["message"]
    paper = give(keeper, shop, fitter, "1", date=later)
    assert boss.get(f"/api/documents/{paper}")["due_date"] == last


def test_who_holds_goods_is_not_dismissed(boss: Person, world: World, shop: dict[str, int], fitter: Person) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "2")
    card = boss.get(f"/api/employees/{fitter.employee_id}")
    body = {"name": card["name"], "branch_id": card["branch"]["id"], "version": card["version"], "active": False}
    told = boss.put(f"/api/employees/{fitter.employee_id}", body, status=409)
    assert f"числится «Датчик ДД-40» — 2 с {shown(DAY)}" in told["message"]
    paper = back(boss, shop, fitter, ("2", "good"))
    boss.put(f"/api/employees/{fitter.employee_id}", body)
    told = refused(boss, paper, "unpost", reason="ошибка")
    assert "снова числился бы за сотрудником Седов С. С., а он уволен" in told["message"]
    assert "Работает" in told["action"]


def test_the_place_follows_the_card_of_the_employee(boss: Person, world: World, shop: dict[str, int],
                                                    fitter: Person) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "2")
    kazan = world.branch("Казань")
    card = boss.get(f"/api/employees/{fitter.employee_id}")
    boss.put(f"/api/employees/{fitter.employee_id}", {
        "name": "Седова С. С.", "branch_id": kazan, "version": card["version"], "active": True})
    assert world.sql("SELECT name, branch_id FROM place WHERE kind = 'employee'") == [
        {"name": "Седова С. С.", "branch_id": kazan}]


def test_one_sees_ones_own_custody_and_nobody_elses(boss: Person, world: World, shop: dict[str, int], fitter: Person,
                                                    mate: Person) -> None:
    receive(boss, shop)
    paper = give(boss, shop, fitter, "2")
    give(boss, shop, mate, "3")
    assert [row["quantity"] for row in held(fitter)] == ["2.000"]
    origin = fitter.get(f"/api/stock/custody/{fitter.employee_id}/{shop['sensor']}")
    assert (origin["quantity"], [p["document_id"] for p in origin["papers"]]) == ("2.000", [paper])
    assert [line["quantity"] for line in fitter.get(f"/api/stock/custody/{fitter.employee_id}/lines")] == ["2.000"]
    for path in (f"{mate.employee_id}/{shop['sensor']}",):
        fitter.get(f"/api/stock/custody/{path}", status=404)
    assert fitter.get(f"/api/stock/custody/{mate.employee_id}/lines") == []
    fitter.post("/api/lists/balances", {}, status=403)
    assert [row["number"] for row in fitter.post("/api/lists/custody_issue", {})["rows"]] == ["ВС-000001"]
    elsewhere = world.person("kazan", dict.fromkeys(ANY_PERMISSION, Scope.BRANCH), branch_id=world.branch("Казань"))
    assert held(elsewhere) == []
    elsewhere.get(f"/api/stock/custody/{fitter.employee_id}/{shop['sensor']}", status=404)


def test_balances_leave_out_what_employees_hold(boss: Person, shop: dict[str, int], fitter: Person) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "4")
    rows = boss.post("/api/lists/balances", {})["rows"]
    assert [(row["place"]["title"], row["on_hand"], row["free"]) for row in rows] == [("Основной", "6.000", "6.000")]


def test_the_list_is_exported(boss: Person, shop: dict[str, int], fitter: Person) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "4")
    found = boss.post("/api/lists/custody/export", {
        "conditions": [{"column": "person", "op": "eq", "value": fitter.employee_id}]})
    assert [row["quantity"] for row in found["rows"]] == ["4.000"]


def use(world: World, boss: Person, work: int, employee: int, *lines: tuple[int, str],
        target: PlaceKind = PlaceKind.CUSTOMER, undo: bool = False) -> None:
    actor = Actor(boss.user_id, boss.employee_id, "Главный", world.branch_id, None, {})
    with world.pool.connection() as connection:
        ctx = Ctx(Sql(connection), actor)
        row: Mapping[str, Any] = ctx.sql.get("SELECT * FROM document WHERE id = %s FOR UPDATE", (work,))
        if undo:
            reverse(ctx, row)
        else:
            use_custody(ctx, employee, [Used(product, Decimal(q)) for product, q in lines], row, target=target)


def test_the_service_uses_up_custody_by_its_own_document(boss: Person, world: World, shop: dict[str, int],
                                                         fitter: Person, database_url: str) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "2")
    give(boss, shop, fitter, "3")
    work = made(boss, "act", shop, {"product_id": shop["work"], "quantity": "1", "price": "100"})
    use(world, boss, work, fitter.employee_id, (shop["sensor"], "1"), (shop["sensor"], "2"))
    assert where(world)["Седов С. С."] == (2, 2000)
    assert rests(world) == [("ВС-000001", 0), ("ВС-000002", 2)]
    move = world.sql("SELECT document_id, line_id, quantity, cost FROM stock_move ORDER BY id DESC LIMIT 1")
    assert move == [{"document_id": work, "line_id": None, "quantity": 3, "cost": 3000}]
    with pytest.raises(Refusal, match="не хватает 1"):
        use(world, boss, work, fitter.employee_id, (shop["sensor"], "3"), target=PlaceKind.LOSS)
    use(world, boss, work, fitter.employee_id, undo=True)
    assert rests(world) == [("ВС-000001", 2), ("ВС-000002", 3)]
    assert differences(database_url) == []


def journal(world: World, document: int) -> list[tuple[str, str]]:
    rows = world.sql("SELECT title, reason FROM audit_log WHERE entity = 'custody_issue' AND entity_id = %s"
                     " ORDER BY id", (document,))
    return [(row["title"], row["reason"]) for row in rows]


def test_what_exceeds_a_bound_tells_who_let_it_pass(boss: Person, world: World, shop: dict[str, int], keeper: Person,
                                                    fitter: Person) -> None:
    receive(boss, shop)
    bound(world, fitter, limit=1000, days=10)
    within = give(boss, shop, fitter, "1")
    assert boss.get(f"/api/documents/{within}")["comments"] == []
    paper = draft(keeper, shop, fitter, "2", due_date=day(20))
    act(boss, paper, "post")
    [comment] = boss.get(f"/api/documents/{paper}")["comments"]
    assert "лимит 1000 ₽ превышен" in comment["text"]
    assert "срок до" in comment["text"]
    assert comment["text"].endswith("Разрешил(а): Главный Г. Г.")
    number = boss.get(f"/api/documents/{paper}")["number"]
    assert (f"{number}: сверх лимита или срока подотчёта", "") in journal(world, paper)


def test_a_term_is_extended_with_a_reason(boss: Person, world: World, shop: dict[str, int], keeper: Person,
                                          fitter: Person) -> None:
    receive(boss, shop, day=day(-30))
    bound(world, fitter, days=10)
    paper = give(keeper, shop, fitter, "1", date=day(-9))
    until = [day(days) for days in (0, 10, 11)]
    for wrong in ("", "завтра", until[0], boss.get(f"/api/documents/{paper}")["due_date"]):
        told = refused(keeper, paper, "extend", 422, reason="ждём деталь", params={"due_date": wrong})
        assert list(told["field_errors"]) == ["params.due_date"]
    refused(keeper, paper, "extend", 422, params={"due_date": until[1]})
    assert "срок подотчёта — 10 дн." in refused(
        keeper, paper, "extend", reason="ждём деталь", params={"due_date": until[2]})["message"]
    assert act(keeper, paper, "extend", reason="ждём деталь", params={"due_date": until[1]})["due_date"] == until[1]
    number = boss.get(f"/api/documents/{paper}")["number"]
    assert journal(world, paper)[-2:] == [(f"{number}: вернуть до", ""), (f"{number}: Продлить срок", "ждём деталь")]
    assert act(boss, paper, "extend", reason="уехал", params={"due_date": until[2]})["state"] == "issued"
    back(keeper, shop, fitter, ("1", "good"))
    assert "ничего не числится" in refused(
        boss, paper, "extend", reason="зачем", params={"due_date": day(30)})["message"]


def test_the_employee_accepts_by_his_pin_in_the_session_of_the_storekeeper(
        boss: Person, world: World, shop: dict[str, int], fitter: Person, mate: Person) -> None:
    receive(boss, shop)
    keeper = world.person("store", dict.fromkeys(
        ANY_PERMISSION - {"custody_issue.accept_others", "custody_handover.accept_others"}, Scope.BRANCH))
    paper = give(keeper, shop, fitter, "2")

    def accept(pin: str, status: int = 422, of: int = paper) -> dict[str, Any]:
        return refused(keeper, of, "accept", status, params={"pin": pin})

    assert "нет ПИН-кода" in accept("4831")["message"]
    world.sql("UPDATE app_user SET pin_hash = %s WHERE id = %s", (hash_password("4831"), fitter.user_id))
    assert refused(keeper, paper, "accept", 403)["code"] == "forbidden"
    [offered] = [one for one in keeper.get(f"/api/documents/{paper}")["actions"] if one["code"] == "accept"]
    assert offered["by_pin"]
    for _ in range(5):
        assert accept("1111")["message"] == "ПИН-код сотрудника не подошёл"
    assert accept("4831", 429)["code"] == "throttled"
    [failed] = world.sql("SELECT count(*) AS n FROM audit_log WHERE action = 'login_failed' AND title = 'fitter'")
    assert failed["n"] == 5
    world.sql("UPDATE app_user SET blocked_until = NULL")
    assert act(keeper, paper, "accept", params={"pin": "4831"})["state"] == "accepted"
    assert world.sql("SELECT failures FROM app_user WHERE id = %s", (fitter.user_id,)) == [{"failures": 0}]
    number = boss.get(f"/api/documents/{paper}")["number"]
    assert journal(world, paper)[-1] == (f"{number}: Принять (ПИН-код: Седов С. С.)", "")
    offered = hand(keeper, shop, fitter, mate, "1")
    accept("4831", of=offered)  # the PIN of who gives is not that of who takes
    world.sql("UPDATE app_user SET pin_hash = %s WHERE id = %s", (hash_password("7294"), mate.user_id))
    refused(boss, offered, "accept", 422, params={"pin": "4831"})  # who needs none is held to the one he gives
    act(keeper, offered, "accept", params={"pin": "7294"})
    assert where(world)["Юдин Ю. Ю."] == (1, 1000)


def test_moves_name_no_employee_to_who_may_not_see_custody(boss: Person, world: World, shop: dict[str, int],
                                                           fitter: Person) -> None:
    receive(boss, shop)
    give(boss, shop, fitter, "1")
    seller = world.person("seller", {"stock.view": Scope.BRANCH})
    asked = {"product_id": shop["sensor"], "place_id": shop["place"]}
    for person, name in ((boss, "Седов С. С."), (seller, "подотчёт сотрудника")):
        assert person.get("/api/stock/origin", params=asked)["moves"][-1]["counterpart"] == name
        rows = person.post("/api/lists/moves", {"columns": ["other"], "conditions": [
            {"column": "place", "op": "eq", "value": shop["place"]}]})["rows"]
        assert name in {row["other"]["title"] for row in rows}
