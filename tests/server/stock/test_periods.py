"""Closed periods: balances at any day, turnover that adds up, and what cannot be written any more."""

from decimal import Decimal
from typing import Any

import psycopg
import pytest

from crm_contract.permissions import Permission, Scope
from tests.server.audit.history import as_app, differences, owner
from tests.server.conftest import Person, World
from tests.server.trading import act, line

#: All of them are over.
SEPTEMBER, OCTOBER, NOVEMBER = "2025-09-30", "2025-10-31", "2025-11-20"


@pytest.fixture
def second(world: World) -> int:
    return world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)


def receive(person: Person, shop: dict[str, int], day: str, quantity: str, price: str = "100", **more: Any) -> int:
    made = person.post("/api/documents/receipt", {
        "date": day, "party_id": shop["supplier"], "place_id": shop["place"], "vat_mode": "on_top",
        "lines": [line(shop["sensor"], quantity, price)], **more})
    act(person, made["id"], "post")
    return made["id"]


def ship(person: Person, shop: dict[str, int], day: str, quantity: str) -> int:
    made = person.post("/api/documents/issue", {"date": day, "party_id": shop["customer"], "place_id": shop["place"],
                                                "lines": [line(shop["sensor"], quantity, "500")]})
    act(person, made["id"], "post")
    return made["id"]


def move(person: Person, shop: dict[str, int], day: str, to: int, quantity: str) -> int:
    made = person.post("/api/documents/transfer", {
        "date": day, "place_id": shop["place"], "place_to_id": to,
        "lines": [{"product_id": shop["sensor"], "quantity": quantity}]})
    act(person, made["id"], "post")
    return made["id"]


def close(person: Person, place: int, until: str, seen: str | None = None, **more: Any) -> Any:
    return person.post(f"/api/stock/periods/{place}/close", {"until": until, "closed_until": seen}, **more)


def at(person: Person, day: str) -> dict[str, tuple[str, str]]:
    """Pieces and value by place at the end of a day."""
    page = person.post("/api/lists/balances-at", {"until": day})
    return {row["place"]["title"]: (row["on_hand"], row["value"]) for row in page["rows"]}


def turnover(person: Person, since: str, until: str, code: str = "turnover", **more: Any) -> Any:
    return person.post(f"/api/lists/{code}", {"since": since, "until": until, **more})


@pytest.fixture
def past(boss: Person, shop: dict[str, int], second: int) -> None:
    receive(boss, shop, "2025-09-10", "10")
    ship(boss, shop, "2025-10-05", "2")
    move(boss, shop, "2025-10-20", second, "3")
    receive(boss, shop, "2025-11-02", "4", "200")


PAST = {
    "2025-09-09": {},
    "2025-09-10": {"Основной": ("10.000", "1000.00")},
    SEPTEMBER: {"Основной": ("10.000", "1000.00")},
    "2025-10-05": {"Основной": ("8.000", "800.00")},
    OCTOBER: {"Основной": ("5.000", "500.00"), "Второй": ("3.000", "300.00")},
    NOVEMBER: {"Основной": ("9.000", "1300.00"), "Второй": ("3.000", "300.00")},
}


@pytest.mark.usefixtures("past")
def test_balances_at_a_day_are_the_same_with_and_without_closed_periods(
        boss: Person, shop: dict[str, int], second: int, database_url: str) -> None:
    assert {day: at(boss, day) for day in PAST} == PAST
    close(boss, shop["place"], SEPTEMBER)
    assert {day: at(boss, day) for day in PAST} == PAST
    close(boss, shop["place"], OCTOBER, SEPTEMBER)
    close(boss, second, NOVEMBER)
    assert {day: at(boss, day) for day in PAST} == PAST
    assert differences(database_url) == []


@pytest.mark.usefixtures("past")
def test_turnover_adds_up_and_its_moves_explain_it(boss: Person, world: World, shop: dict[str, int]) -> None:
    close(boss, shop["place"], SEPTEMBER)
    page = turnover(boss, "2025-10-01", OCTOBER)
    figures = {row["place"]["title"]: [Decimal(row[n]) for n in ("opening", "came", "went", "closing", "closing_value")]
               for row in page["rows"]}
    assert figures == {"Основной": [10, 0, 5, 5, 500], "Второй": [0, 3, 0, 3, 300]}
    assert (page["total"], page["sums"]["opening_value"], page["sums"]["closing_value"]) == (2, "1000.00", "800.00")
    for code in ("turnover-products", "turnover-groups"):
        row, = turnover(boss, "2025-10-01", OCTOBER, code)["rows"]
        assert [Decimal(row[n]) for n in ("opening", "came", "went", "closing")] == [10, 3, 5, 8]
    assert len(turnover(boss, "2025-10-01", OCTOBER, "turnover-places", search="")["rows"]) == 2
    moves = boss.post("/api/lists/moves", {"conditions": [
        {"column": "product", "op": "eq", "value": shop["sensor"]},
        {"column": "place", "op": "eq", "value": shop["place"]},
        {"column": "at", "op": "between", "value": ["2025-10-01", OCTOBER]}]})
    assert [(row["at"], row["went"], row["other"]["title"]) for row in moves["rows"]] == [
        ("2025-10-20", "3.000", "Второй"), ("2025-10-05", "2.000", "Клиенты")]
    assert moves["sums"]["went"] == "5.000"
    world.sql("UPDATE product SET search = search_key(name)")
    for search, found in (("датчик", 2), ("котёл", 0)):
        asked = {"since": "2025-10-01", "until": OCTOBER, "search": search}
        assert len(boss.post("/api/lists/turnover/export", asked)["rows"]) == found
        assert boss.post("/api/lists/turnover", asked)["total"] == found


def test_a_list_of_now_is_not_asked_for_the_past(boss: Person) -> None:
    boss.post("/api/lists/balances", {"until": OCTOBER}, status=422)
    boss.post("/api/lists/balances-at", {"since": OCTOBER}, status=422)
    boss.post("/api/lists/turnover", {"since": NOVEMBER, "until": OCTOBER}, status=422)


@pytest.mark.usefixtures("past")
def test_a_closed_warehouse_takes_nothing_back_in_time(boss: Person, shop: dict[str, int], second: int) -> None:
    late = receive(boss, shop, "2025-10-31", "1")
    close(boss, shop["place"], OCTOBER)
    for kind, body in (("receipt", {"party_id": shop["supplier"], "lines": [line(shop["sensor"], "1", "1")]}),
                       ("transfer", {"place_to_id": second,
                                     "lines": [{"product_id": shop["sensor"], "quantity": "1"}]})):
        made = boss.post(f"/api/documents/{kind}", {"date": OCTOBER, "place_id": shop["place"], **body})
        answer = boss.post(f"/api/documents/{made['id']}/actions/post", {"version": 1}, status=409)
        assert answer["code"] == "period_closed"
    version = boss.get(f"/api/documents/{late}")["version"]
    answer = boss.post(f"/api/documents/{late}/actions/unpost", {"version": version, "reason": "ошибка"}, status=409)
    assert answer["code"] == "period_closed"
    receive(boss, shop, "2025-11-01", "1")


@pytest.mark.usefixtures("past")
def test_raw_sql_of_the_server_writes_nothing_into_a_closed_period(boss: Person, world: World, shop: dict[str, int],
                                                                   database_url: str) -> None:
    close(boss, shop["place"], OCTOBER)
    attempts = (
        ("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity) SELECT %s::date, %s, id, %s, 1"
         " FROM place WHERE kind = 'supplier'", (OCTOBER, shop["sensor"], shop["place"])),
        ("UPDATE stock_period_lock SET closed_until = '2025-01-01'", ()),
        ("DELETE FROM stock_period_lock", ()),
        ("DELETE FROM stock_period", ()),
        ("UPDATE stock_snapshot SET on_hand = 0", ()),
        ("INSERT INTO stock_snapshot SELECT place_id, until, product_id, 7, 1, 1 FROM stock_snapshot", ()),
        ("TRUNCATE stock_snapshot", ()),
        ("SELECT stock_close_places(ARRAY[%s::bigint], '2025-01-01', NULL)", (shop["place"],)),
        ("ALTER TABLE stock_move DISABLE TRIGGER ALL", ()),
    )
    for statement, params in attempts:
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)), \
                as_app(database_url) as sql:
            sql.run(statement, params)  # type: ignore[arg-type]
    assert differences(database_url) == []


@pytest.mark.usefixtures("past")
def test_what_lies_in_a_closed_warehouse_is_closed_with_it(boss: Person, world: World, shop: dict[str, int],
                                                           second: int, database_url: str) -> None:
    def zone_of(parent: int, name: str) -> int:
        """A zone with a balance of its own; what lies in bins is of their warehouse."""
        return world.insert("place", kind="zone", name=name, inner=True, apart=True, branch_id=world.branch_id,
                            parent_id=parent)

    zone = zone_of(shop["place"], "А")
    old = zone_of(zone, "А-1")
    close(boss, shop["place"], OCTOBER)
    new = zone_of(zone, "А-2")
    put = zone_of(second, "Б-1")
    bring = ("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, quantity, cost)"
             " SELECT '2025-10-15', %s, id, %s, 1, 10 FROM place WHERE kind = 'supplier'")
    world.sql(bring, (shop["sensor"], put))
    world.sql("UPDATE place SET parent_id = %s WHERE id = %s", (zone, put))
    for place in (zone, old, new, put):
        with pytest.raises(psycopg.errors.CheckViolation):
            world.sql(bring, (shop["sensor"], place))
    assert at(boss, OCTOBER)["Б-1"] == ("1.000", "10.00")
    assert differences(database_url) == []
    boss.post(f"/api/stock/periods/{shop['place']}/reopen", {"closed_until": OCTOBER, "reason": "забыли приход"})
    for place in (zone, old, new, put):
        world.sql(bring, (shop["sensor"], place))
    assert differences(database_url) == []


@pytest.mark.usefixtures("past")
def test_drafts_inside_are_named_and_hold_the_closing_back(boss: Person, shop: dict[str, int], second: int) -> None:
    draft = boss.post("/api/documents/transfer", {
        "date": "2025-10-07", "place_id": shop["place"], "place_to_id": second,
        "lines": [{"product_id": shop["sensor"], "quantity": "1"}]})["id"]
    for place in (shop["place"], second):
        answer = close(boss, place, OCTOBER, status=409)
        assert "ПМ-000002" in answer["message"]
        assert [found["id"] for found in boss.get(f"/api/stock/periods/{place}/drafts", params={"until": OCTOBER})
                ] == [draft]
    close(boss, shop["place"], SEPTEMBER)
    act(boss, draft, "annul", reason="не нужно")
    close(boss, shop["place"], OCTOBER, SEPTEMBER)


@pytest.mark.usefixtures("past")
def test_only_the_last_period_is_opened_with_its_own_right_and_a_reason(boss: Person, world: World,
                                                                        shop: dict[str, int]) -> None:
    for until, seen in ((SEPTEMBER, None), (OCTOBER, SEPTEMBER)):
        close(boss, shop["place"], until, seen)
    close(boss, shop["place"], OCTOBER, OCTOBER, status=422)
    close(boss, shop["place"], "2199-01-01", OCTOBER, status=422)
    close(boss, shop["place"], NOVEMBER, SEPTEMBER, status=409)  # somebody has closed October meanwhile
    path = f"/api/stock/periods/{shop['place']}/reopen"
    closer = world.person("closer", {Permission.STOCK_VIEW: Scope.BRANCH, Permission.STOCK_CLOSE: Scope.BRANCH})
    closer.post(path, {"closed_until": OCTOBER, "reason": "так надо"}, status=403)
    boss.post(path, {"closed_until": OCTOBER, "reason": ""}, status=422)
    left = boss.post(path, {"closed_until": OCTOBER, "reason": "не проведён приход"})
    assert (left["closed_until"], [p["until"] for p in left["periods"]]) == (SEPTEMBER, [SEPTEMBER])
    boss.post(path, {"closed_until": OCTOBER, "reason": "ещё раз"}, status=409)
    journal = world.sql("SELECT title, reason, before, after FROM audit_log WHERE entity = 'stock_period' ORDER BY id")
    assert (journal[-1]["title"], journal[-1]["reason"], journal[-1]["before"], journal[-1]["after"]) == (
        "Период открыт: Основной", "не проведён приход", {"closed_until": OCTOBER}, {"closed_until": SEPTEMBER})


@pytest.mark.usefixtures("past")
def test_another_branch_neither_sees_nor_closes(boss: Person, world: World, shop: dict[str, int]) -> None:
    rights = (Permission.STOCK_VIEW, Permission.STOCK_CLOSE, Permission.STOCK_REOPEN)
    stranger = world.person("kazan", dict.fromkeys(rights, Scope.BRANCH), branch_id=world.branch("Казань"))
    assert stranger.get("/api/stock/periods") == []
    close(stranger, shop["place"], OCTOBER, status=404)
    stranger.get(f"/api/stock/periods/{shop['place']}/drafts", params={"until": OCTOBER}, status=404)
    assert at(stranger, OCTOBER) == {}
    for code in ("turnover", "turnover-products", "turnover-groups", "turnover-places"):
        assert turnover(stranger, "2025-10-01", OCTOBER, code)["rows"] == []
    assert stranger.post("/api/lists/moves", {})["rows"] == []


@pytest.mark.usefixtures("past")
def test_check_finds_a_snapshot_that_is_not_the_sum_of_moves(boss: Person, shop: dict[str, int], database_url: str
                                                             ) -> None:
    close(boss, shop["place"], SEPTEMBER)
    close(boss, shop["place"], OCTOBER, SEPTEMBER)
    with owner(database_url) as sql:
        sql.run("UPDATE stock_snapshot SET on_hand = 6 WHERE until = %s", (OCTOBER,))
        sql.run("UPDATE stock_period_lock SET closed_until = %s", (SEPTEMBER,))
    snapshot, lock = differences(database_url)
    assert "Датчик" in snapshot.where
    assert "31.10.2025 по движениям 5.000 на 500.00 ₽, в закрытом периоде 6.000" in snapshot.what
    assert lock.where == "Основной"


@pytest.mark.usefixtures("past")
def test_goods_that_lie_without_moving(boss: Person, world: World, shop: dict[str, int], second: int) -> None:
    """Four pieces go in 31 days of October: seven are enough for 54 days at this pace. A transfer is no issue."""
    cancelled = ship(boss, shop, "2025-10-21", "1")
    act(boss, cancelled, "unpost", reason="не забрали")
    ship(boss, shop, "2025-10-22", "2")
    page = boss.post("/api/lists/slow-goods", {"since": "2025-10-01", "until": OCTOBER})
    rows = {row["place"]["title"]: (row["on_hand"], row["issued"], row["last_issue"], row["supply"])
            for row in page["rows"]}
    assert rows == {"Основной": ("7.000", "4.000", "2025-10-22", 54), "Второй": ("3.000", "0", None, None)}
    idle = {row["place"]["title"]: row["idle"] for row in page["rows"]}
    today = world.sql("SELECT current_date - '2025-10-20'::date AS days")[0]["days"]
    assert idle == {"Основной": today - 2, "Второй": today}


@pytest.mark.usefixtures("past")
def test_marks_change_no_answer_and_follow_what_is_dated_back(
        boss: Person, shop: dict[str, int], database_url: str) -> None:
    def answers() -> list[Any]:
        periods = [("2025-09-01", OCTOBER), ("2025-10-05", "2025-10-20"), ("2025-10-06", NOVEMBER)]
        figures = ("opening", "came", "went", "closing", "closing_value")
        sheets = [sorted([row["place"]["id"], *(Decimal(row[name]) for name in figures)] for row in page["rows"])
                  for page in (turnover(boss, *period) for period in periods)]
        slow = boss.post("/api/lists/slow-goods", {"since": "2025-10-01", "until": NOVEMBER})["rows"]
        idle = sorted((row["place"]["id"], Decimal(row["issued"]), row["last_issue"], row["idle"]) for row in slow)
        return [{day: at(boss, day) for day in PAST}, sheets, idle]

    def unmarked() -> list[Any]:
        with owner(database_url) as books:
            books.run("DELETE FROM stock_mark")
            books.run("DELETE FROM stock_mark_day")
        return answers()

    def make_marks() -> int:
        with as_app(database_url) as server:
            return server.value("SELECT stock_make_marks()")

    counted = answers()
    assert make_marks() > 12
    assert make_marks() == 0
    assert answers() == counted
    receive(boss, shop, "2025-10-10", "6")
    mistake = ship(boss, shop, "2025-10-25", "1")
    ship(boss, shop, "2025-09-12", "1")
    marked = answers()
    assert differences(database_url) == []
    assert unmarked() == marked != counted
    make_marks()
    version = boss.get(f"/api/documents/{mistake}")["version"]
    boss.post(f"/api/documents/{mistake}/actions/unpost", {"version": version, "reason": "ошибка"})
    marked = answers()
    assert differences(database_url) == []
    assert unmarked() == marked
    make_marks()
    with owner(database_url) as books:
        books.run("UPDATE stock_mark SET went = went + 1 WHERE day = %s", (OCTOBER,))
    assert ["Итоги месяца" in str(difference) for difference in differences(database_url)] == [True]
    with pytest.raises(psycopg.errors.InsufficientPrivilege), as_app(database_url) as server:
        server.run("DELETE FROM stock_mark_day")
