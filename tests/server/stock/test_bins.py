"""Zones and bins: goods come to them, are taken from them in the order of the walk, and go back to the very bin."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from tests.server.audit.history import as_app, differences
from tests.server.conftest import Person, World
from tests.server.trading import DAY, act, follow, line, order


@dataclass
class Store:
    """The warehouse of the `shop` with a zone А of two bins and a bin Б that is walked first."""

    boss: Person
    world: World
    shop: dict[str, int]
    bins: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        zone = self.place("zone", "А", self.shop["place"], pick_order=2)
        for code, parent, turn in (("А-9", zone, 0), ("А-10", zone, 0), ("Б", self.shop["place"], 1)):
            self.bins[code] = self.place("bin", code, parent, pick_order=turn)
        self.bins["А"] = zone

    def place(self, kind: str, code: str, parent: int, **more: Any) -> int:
        return self.boss.post("/api/places", {"kind": kind, "name": f"Место {code}", "code": code,
                                              "parent_id": parent, **more})["id"]

    def line(self, quantity: str, bin: str = "", to: str = "", **more: Any) -> dict[str, Any]:
        names = {"bin_id": self.bins.get(bin), "bin_to_id": self.bins.get(to)}
        return line(self.shop["sensor"], quantity, "1000", **{k: v for k, v in names.items() if v}, **more)

    def paper(self, kind: str, *lines: dict[str, Any], status: int = 200, **more: Any) -> Any:
        body = {"date": DAY, "party_id": self.shop["customer"], "place_id": self.shop["place"], "lines": lines, **more}
        if kind in ("scrap", "supplier_return", "sales_return"):
            body["extra"] = {"reason": "defect"}
        made = self.boss.post(f"/api/documents/{kind}", body, status=status)
        return made["id"] if status == 200 else made

    def posted(self, kind: str, *lines: dict[str, Any], **more: Any) -> int:
        paper = self.paper(kind, *lines, **more)
        act(self.boss, paper, "post")
        return paper

    def refused(self, paper: int, action: str, status: int = 409) -> dict[str, Any]:
        version = self.boss.get(f"/api/documents/{paper}")["version"]
        return self.boss.post(f"/api/documents/{paper}/actions/{action}", {"version": version, "reason": "проба"},
                              status=status)

    def lies(self) -> dict[str, Decimal]:
        """Pieces by bin; «» is what is in none."""
        rows = self.world.sql(
            "SELECT CASE WHEN w.id = w.keeper_id THEN '' ELSE w.code END AS bin, sum(s.on_hand) AS on_hand"
            " FROM stock_piece s JOIN place w ON w.id = s.place_id WHERE w.keeper_id = %s AND s.product_id = %s"
            " GROUP BY 1 HAVING sum(s.on_hand) > 0", (self.shop["place"], self.shop["sensor"]))
        return {row["bin"]: row["on_hand"] for row in rows}


@pytest.fixture
def store(boss: Person, world: World, shop: dict[str, int]) -> Store:
    return Store(boss, world, shop)


def receive(store: Store, *lines: dict[str, Any]) -> int:
    return store.posted("receipt", *lines, party_id=store.shop["supplier"])


def test_goods_are_taken_in_the_order_of_the_walk_and_go_back_to_their_bins(store: Store, database_url: str) -> None:
    receive(store, store.line("4", "А-10"), store.line("3", "А-9"), store.line("2", "Б"), store.line("5"))
    issue = store.posted("issue", store.line("4"), store.line("7"), store.line("1", "А-10"))
    moves = store.world.sql(
        "SELECT l.position, coalesce(w.code, '') AS bin, m.quantity::int FROM stock_move m"
        " JOIN document_line l ON l.id = m.line_id LEFT JOIN place w ON w.id = m.from_bin_id"
        " WHERE m.document_id = %s ORDER BY m.id", (issue,))
    assert [tuple(m.values()) for m in moves] == [
        (1, "Б", 2), (1, "А-9", 2), (2, "А-9", 1), (2, "А-10", 3), (2, "", 3), (3, "А-10", 1)]
    assert store.lies() == {"": 2}
    scrap = store.posted("scrap", store.line("2"))
    assert store.lies() == {}
    act(store.boss, scrap, "unpost", reason="нашлось")
    act(store.boss, issue, "unpost", reason="ошибка")
    assert store.lies() == {"А-10": 4, "А-9": 3, "Б": 2, "": 5}
    assert differences(database_url) == []


def test_a_reserve_is_of_the_warehouse_whatever_the_bins(store: Store, database_url: str) -> None:
    receive(store, store.line("6", "А-9"), store.line("4", "Б"))
    paper = order(store.boss, store.shop, store.line("8"))
    assert "не хватает 1" in store.refused(store.paper("scrap", store.line("3", "Б")), "post")["message"]
    store.posted("scrap", store.line("2", "Б"))
    store.posted("placement", store.line("6", "А-9", "А-10"))
    follow(store.boss, paper, "issue", "post")
    assert store.lies() == {}
    told = store.refused(store.paper("scrap", store.line("1", "Б")), "post")
    assert "не хватает 1" in told["message"]
    assert differences(database_url) == []


def test_a_named_bin_gives_what_it_has_and_no_other_warehouse_does(store: Store) -> None:
    receive(store, store.line("2", "А-9"), store.line("5", "Б"))
    told = store.refused(store.paper("issue", store.line("3", "А-9")), "post")
    assert ("«Место А-9»" in told["message"], "есть 2 из 3" in told["message"]) == (True, True)
    assert "lines.0.bin_id" in told["field_errors"]
    store.posted("issue", store.line("1", "А-9"), store.line("5"))
    assert store.lies() == {"А-9": 1}
    second = store.world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=store.world.branch_id)
    other = store.place("bin", "В", second)
    foreign = store.paper("issue", store.line("1", bin_id=other), status=422)
    assert foreign["field_errors"] == {"lines.0.bin_id": "Этой ячейки на складе нет"}
    assert "place_id" in store.paper("issue", store.line("1"), status=422, place_id=store.bins["Б"])["field_errors"]


def test_put_away_offers_the_home_bin_and_where_it_lies_and_is_taken_back(store: Store, database_url: str) -> None:
    receive(store, store.line("1", "А-10"))
    came = receive(store, store.line("6"))
    made = store.boss.post("/api/stock/put-away", {"place_id": store.shop["place"]})["id"]
    draft = store.boss.get(f"/api/documents/{made}")
    assert [(row["quantity"], row["bin"], row["bin_to"]["title"]) for row in draft["lines"]] == [
        ("6.000", None, "А-10")]
    act(store.boss, draft["id"], "annul", reason="проба")
    store.world.insert("home_bin", product_id=store.shop["sensor"], place_id=store.bins["Б"],
                       keeper_id=store.shop["place"])
    placed = follow(store.boss, came, "placement")
    assert store.boss.get(f"/api/documents/{placed}")["lines"][0]["bin_to"]["title"] == "Б"
    act(store.boss, placed, "post")
    assert store.lies() == {"А-10": 1, "Б": 6}
    assert "размещать нечего" in store.boss.post(f"/api/documents/{came}/based-on", {"kind": "placement"},
                                                 status=409)["message"]
    loose = store.posted("placement", store.line("2", "Б", "А-9"), store.line("1", "А-10"))
    assert store.lies() == {"А-9": 2, "Б": 4, "": 1}
    assert "РЗ-" in store.refused(came, "unpost")["message"]
    told = store.refused(placed, "unpost")
    assert ("на «Место Б» 4 из 6" in told["message"], "Место А-9 — 2" in told["message"]) == (True, True)
    assert "строка 1" in store.refused(store.paper("placement", store.line("1")), "post", 422)["message"]
    short = store.refused(store.paper("placement", store.line("2", to="А-9")), "post")
    assert "есть 1 из 2" in short["message"]
    for paper in (loose, placed, came):
        act(store.boss, paper, "unpost", reason="проба")
    assert store.lies() == {"А-10": 1}
    assert differences(database_url) == []


def test_a_receipt_whose_goods_were_put_elsewhere_tells_where(store: Store) -> None:
    came = receive(store, store.line("6"))
    store.posted("placement", store.line("4", to="А-9"))
    told = store.refused(came, "unpost")
    assert ("на «Основной» 2 из 6" in told["message"], "Место А-9 — 4" in told["message"]) == (True, True)


def test_a_transfer_takes_from_bins_and_brings_to_a_bin_and_back(store: Store, database_url: str) -> None:
    world, shop = store.world, store.shop
    second = world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=world.branch_id)
    store.bins["В"] = store.place("bin", "В", second)
    receive(store, store.line("2", "А-9"), store.line("2", "Б"), store.line("3"))
    scrap = store.posted("scrap", store.line("1", "Б"))
    paper = store.paper("transfer", store.line("5", to="В"), place_to_id=second)
    for action in ("send", "accept"):
        act(store.boss, paper, action)
    there = world.sql("SELECT placed, on_hand FROM stock_balance WHERE place_id = %s", (second,))[0]
    assert (there["placed"], there["on_hand"], store.lies()) == (5, 5, {"": 1})
    act(store.boss, paper, "unpost", reason="проба")
    act(store.boss, scrap, "unpost", reason="проба")
    assert store.lies() == {"А-9": 2, "Б": 2, "": 3}
    value = world.sql("SELECT value FROM stock_balance WHERE place_id = %s", (shop["place"],))[0]["value"]
    assert value == world.sql("SELECT sum(cost) AS cost FROM stock_move WHERE from_place_id IN (SELECT id FROM place"
                              " WHERE kind = 'supplier')")[0]["cost"]
    assert differences(database_url) == []


def test_numbers_lie_in_their_bins(store: Store, database_url: str) -> None:
    store.world.sql("UPDATE product SET tracking = 'serial' WHERE id = %s", (store.shop["sensor"],))

    def named(*codes: str) -> list[dict[str, str]]:
        return [{"code": code, "quantity": "1"} for code in codes]

    receive(store, store.line("2", "А-9", lots=named("1", "2")), store.line("2", "Б", lots=named("3", "4")),
            store.line("1", lots=named("5")))
    draft = store.boss.post("/api/stock/put-away", {"place_id": store.shop["place"]})["id"]
    body = store.boss.get(f"/api/documents/{draft}")["lines"][0]
    assert [lot["code"] for lot in body["lots"]] == ["5"]
    act(store.boss, draft, "post")
    issue = store.posted("issue", store.line("3", lots=named("1", "3", "5")))
    assert store.lies() == {"А-9": 1, "Б": 1}
    wrong = store.refused(store.paper("issue", store.line("1", "Б", lots=named("2"))), "post")
    assert "есть 0 из 1" in wrong["message"]
    act(store.boss, issue, "unpost", reason="проба")
    assert store.lies() == {"А-9": 2, "Б": 3}
    assert differences(database_url) == []


def test_two_issues_share_the_bins_and_take_no_piece_twice(store: Store, database_url: str) -> None:
    receive(store, store.line("5", "А-9"), store.line("5", "Б"), store.line("2"))
    papers = [store.paper("issue", store.line("3")) for _ in range(5)]
    versions = [store.boss.get(f"/api/documents/{paper}")["version"] for paper in papers]

    def post(paper: int, version: int) -> int:
        answer = store.boss.http.post(f"/api/documents/{paper}/actions/post", json={"version": version}, headers={
            "Authorization": f"Bearer {store.boss.token}", "Idempotency-Key": f"bins-{paper}"})
        return answer.status_code

    with ThreadPoolExecutor(5) as threads:
        assert sorted(threads.map(post, papers, versions)) == [200] * 4 + [409]
    assert store.lies() == {}
    assert differences(database_url) == []


def test_raw_sql_cannot_break_the_bins(store: Store, database_url: str) -> None:
    receive(store, store.line("3", "А-9"), store.line("2"))
    shop, bins = store.shop, store.bins
    out = ("INSERT INTO stock_move (at, product_id, from_place_id, to_place_id, from_bin_id, to_bin_id, quantity, cost)"
           " SELECT '2026-11-24', %s, %s, CASE WHEN %s::int8 = 0 THEN id ELSE %s::int8 END, %s, %s, %s, %s"
           " FROM place WHERE kind = 'loss'")
    here = shop["place"]
    attempts: list[tuple[str, tuple[Any, ...]]] = [
        (out, (shop["sensor"], here, 0, 0, bins["А-9"], None, 4, 0)),          # more than the bin has
        (out, (shop["sensor"], here, 0, 0, None, None, 3, 0)),                 # more than is in no bin
        (out, (shop["sensor"], here, 0, 0, bins["Б"], None, 1, 0)),            # nothing was ever there
        (out, (shop["sensor"], here, here, here, bins["А-9"], bins["А-9"], 1, 0)),
        (out, (shop["sensor"], here, here, here, None, bins["А-9"], 1, 5)),    # a cost inside of the warehouse
        (out, (shop["sensor"], here, bins["Б"], bins["Б"], None, None, 1, 0)),  # a balance of a bin
        (out, (shop["sensor"], here, here, here, None, here, 1, 0)),           # a warehouse is no bin of its own
        ("UPDATE bin_balance SET on_hand = 9", ()), ("UPDATE stock_balance SET placed = 0", ()),
        ("UPDATE place SET keeper_id = 1, parent_id = NULL WHERE id = %s", (bins["А-9"],)),
        ("UPDATE place SET apart = true WHERE id = %s", (bins["А"],)),
    ]
    for statement, params in attempts:
        with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.CheckViolation)), \
                as_app(database_url) as sql:
            sql.run(statement, params)  # type: ignore[arg-type]
    assert store.lies() == {"А-9": 3, "": 2}
    assert differences(database_url) == []


def test_a_bin_with_goods_stays_open_and_in_its_warehouse(store: Store) -> None:
    receive(store, store.line("1", "А-9"))
    body = {"kind": "bin", "name": "Место А-9", "code": "А-9", "version": 1}
    path = f"/api/places/{store.bins['А-9']}"
    assert "остаток" in store.boss.put(path, body | {"parent_id": store.bins["А"], "archived": True},
                                       status=409)["message"]
    second = store.world.insert("place", kind="warehouse", name="Второй", inner=True, branch_id=store.world.branch_id)
    assert "лежал товар" in store.boss.put(path, body | {"parent_id": second}, status=409)["message"]
    store.boss.put(path, body | {"parent_id": store.shop["place"], "pick_order": 0})
    issue = store.boss.get(f"/api/documents/{store.posted('issue', store.line('1'))}")
    assert issue["state"] == "issued"
