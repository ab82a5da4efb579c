"""Bar 8 for what pieces are told by: hypothesis plays a storekeeper with numbers and lots, orders received in parts,
returns, hand-overs and closed periods; after every step the database is what the model says."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, ClassVar

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from starlette.testclient import TestClient

from crm_server.app import create_app
from crm_server.audit.sealing import seal
from crm_server.check import check
from crm_server.db.pool import open_pool
from crm_server.kit.sql import Sql
from tests.conftest import new_database
from tests.proof import many
from tests.proof.company import party, warehouse
from tests.proof.model_goods import CLERK, CREATED, MAIN, MATE, SECOND, STEPS, Model, Paper
from tests.server.conftest import World

chosen = st.integers(0, 10**6)
NO = (409, 422)
#: Days back: two that may be closed, and today.
DAYS = (9, 5, 0)
#: Which product, and how many of what; the numbers are so few that they meet.
GOODS = st.one_of(
    st.tuples(st.just("plain"), st.fixed_dictionaries({"": st.integers(1, 9)})),
    st.tuples(st.just("serial"), st.dictionaries(st.sampled_from(("С-1", "С-2", "С-3")), st.just(1), min_size=1)),
    st.tuples(st.just("lot"), st.dictionaries(st.sampled_from(("П-1", "П-2")), st.integers(1, 5), min_size=1)))
POSTS = st.sampled_from((True, True, False))
Goods = tuple[str, dict[str, int]]
#: What lies in the warehouse at first.
FIRST: tuple[Goods, ...] = (("plain", {"": 20}), ("serial", {"С-1": 1, "С-2": 1}), ("lot", {"П-1": 9, "П-2": 4}))
MOST_ORDERS = 3


class Storekeeper(RuleBasedStateMachine):
    """`databases` makes a fresh database for every run; the test puts it in first."""

    databases: ClassVar[list[Callable[[], AbstractContextManager[str]]]] = []

    def __init__(self) -> None:
        super().__init__()
        self.end = ExitStack()
        pool = self.end.enter_context(open_pool(self.end.enter_context(self.databases[0]()), size=3))
        self.world = World(TestClient(create_app(pool), raise_server_exceptions=False), pool, 0, 0)
        self.world.branch_id = self.world.branch("Москва")
        own = party(self.world, "ООО «Окно»", "7707083893", is_own=True, tax_mode="general")
        self.world.sql("UPDATE branch SET organization_id = %s", (own,))
        self.customer, self.supplier = party(self.world, "ООО «Ветер»"), party(self.world, "АО «Завод»")
        self.spots = {spot: warehouse(self.world, spot, self.world.branch_id) for spot in (MAIN, SECOND)}
        self.products = {tracking if tracking != "none" else "plain": self.world.insert(
            "product", sku=f"Д-{tracking}", name=f"Датчик {tracking}", tracking=tracking)
            for tracking in ("none", "serial", "lot")}
        self.boss = self.world.person("boss")
        self.people = {CLERK: self.boss.employee_id, MATE: self.world.insert(
            "employee", name="Юдин Ю. Ю.", branch_id=self.world.branch_id)}
        self.today = datetime.now(UTC).date()
        self.model = Model(self.products["serial"], self.today)
        for goods in FIRST:
            self.create("receipt", goods, DAYS[0], "70", posts=True)

    def teardown(self) -> None:
        with self.world.pool.connection() as connection:
            sql = Sql(connection)
            seal(sql)
            found = [str(difference) for difference in check(sql)]
        self.end.close()
        assert found == []

    # --- talking to the server ---

    def send(self, path: str, body: Any, *, method: str = "POST") -> tuple[int, Any]:
        answer = self.world.http.request(method, path, json=body, headers={
            "Authorization": f"Bearer {self.boss.token}", "Idempotency-Key": uuid.uuid4().hex})
        assert answer.status_code < 500, answer.text
        return answer.status_code, answer.json()

    def tell(self, path: str, body: Any, allowed: bool, about: object) -> Any:
        """Sends a command that has to succeed or to be refused."""
        status, answer = self.send(path, body)
        assert status == 200 if allowed else status in NO, (about, answer)
        return answer

    def body(self, kind: str, day: date, product: int, lots: dict[str, int], price: str, **line: Any) -> dict[str, Any]:
        body: dict[str, Any] = {
            "date": day.isoformat(), "place_id": self.spots[MAIN], "vat_mode": "on_top", "lines": [{
                "product_id": product, "quantity": str(sum(lots.values())), "price": price, "vat_rate": "none",
                "lots": [{"code": code, "quantity": str(n)} for code, n in lots.items() if code], **line}]}
        match kind:
            case "receipt" | "purchase_order" | "supplier_return":
                body["party_id"] = self.supplier
            case "issue" | "sales_return":
                body["party_id"] = self.customer
            case "transfer":
                body["place_to_id"] = self.spots[SECOND]
            case "custody_handover":
                body |= {"employee_id": self.people[CLERK], "employee_to_id": self.people[MATE], "place_id": None}
            case "custody_issue" | "custody_return":
                body["employee_id"] = self.people[CLERK]
        return body | ({"extra": {"reason": "defect"}} if kind in ("scrap", "supplier_return", "sales_return") else {})

    def pick(self, choice: int, *kinds: str) -> Paper | None:
        papers = [p for p in self.model.papers if not kinds or p.kind in kinds]
        return papers[choice % len(papers)] if papers else None

    def day(self, back: int) -> date:
        return self.today - timedelta(days=back)

    # --- rules ---

    @rule(kind=st.sampled_from(CREATED), goods=GOODS, back=st.sampled_from(DAYS),
          price=st.sampled_from(("100", "33.33", "0.01")), posts=POSTS)
    def create(self, kind: str, goods: Goods, back: int, price: str, posts: bool) -> None:
        product, lots = self.products[goods[0]], goods[1]
        body = self.body(kind, self.day(back), product, lots, price)
        made = self.tell(f"/api/documents/{kind}", body, True, body)
        paper = Paper(made["id"], kind, self.day(back), product, lots)
        self.model.papers.append(paper)
        if posts:
            self.act(paper, next(iter(STEPS[kind])))

    @rule(goods=GOODS)
    @precondition(lambda self: sum(paper.kind == "purchase_order" for paper in self.model.papers) < MOST_ORDERS)
    def order(self, goods: Goods) -> None:
        """From a supplier; numbers are known when the goods come."""
        product, quantity = self.products[goods[0]], sum(goods[1].values())
        made = self.tell("/api/documents/purchase_order",
                         self.body("purchase_order", self.today, product, {"": quantity}, "100"), True, goods)
        paper = Paper(made["id"], "purchase_order", self.today, product, {"": quantity})
        self.model.papers.append(paper)
        self.act(paper, "confirm")

    @rule(choice=chosen, goods=GOODS, back=st.sampled_from(DAYS), off=st.integers(-1, 2), posts=POSTS)
    def receive_order(self, choice: int, goods: Goods, back: int, off: int, posts: bool) -> None:
        """Some of it or too much of it comes, by a paper that says `off` more."""
        basis = self.pick(choice, "purchase_order")
        if basis is None:
            return
        lots = goods[1] if self.products[goods[0]] == basis.product else self._any_lots(basis.product)
        told = sum(lots.values()) + off
        self._follow(basis, "receipt", "confirmed", lots, back, told if off and told >= 0 else None, posts)

    @rule(choice=chosen, goods=GOODS, back=st.sampled_from(DAYS), part=st.integers(1, 3), posts=POSTS)
    @precondition(lambda self: self.pick(0, "issue"))
    def bring_back(self, choice: int, goods: Goods, back: int, part: int, posts: bool) -> None:
        """A customer brings back a part of what an issue took, or what it has not."""
        basis = self.pick(choice, "issue")
        assert basis is not None
        lots = goods[1] if self.products[goods[0]] == basis.product and part == 1 else {
            code: max(1, n // part) for code, n in basis.lots.items()}
        self._follow(basis, "sales_return", "issued", lots, back, None, posts)

    def _any_lots(self, product: int) -> dict[str, int]:
        return {"serial": {"С-1": 1}, "lot": {"П-1": 2}, "plain": {"": 2}}[
            next(name for name, id in self.products.items() if id == product)]

    def _follow(self, basis: Paper, kind: str, state: str, lots: dict[str, int], back: int, told: int | None,
                posts: bool) -> None:
        allowed = basis.state == state and self.model.remaining(basis) > 0
        made = self.tell(f"/api/documents/{basis.id}/based-on", {"kind": kind}, allowed, (basis, kind))
        if not allowed:
            return
        own = self.boss.get(f"/api/documents/{made['id']}")["lines"][0]
        body = self.body(kind, self.day(back), basis.product, lots, "100", id=own["id"],
                         basis_line_id=own["basis_line_id"], paper_quantity=None if told is None else str(told))
        status, answer = self.send(f"/api/documents/{made['id']}", body | {"version": 1}, method="PUT")
        assert status == 200, answer
        paper = Paper(made["id"], kind, self.day(back), basis.product, lots, basis, told, version=answer["version"])
        self.model.papers.append(paper)
        if posts:
            self.act(paper, "post")

    @rule(choice=chosen, step=chosen)
    def act_on_one(self, choice: int, step: int) -> None:
        paper = self.pick(choice)
        assert paper is not None
        self.act(paper, list(STEPS[paper.kind])[step % len(STEPS[paper.kind])])

    def act(self, paper: Paper, action: str) -> None:
        allowed = self.model.may(paper, action)
        path, body = f"/api/documents/{paper.id}/actions/{action}", {"version": paper.version, "reason": "так надо"}
        status, answer = self.send(path, body)
        if allowed and status == NO[0] and answer["code"] == "confirm_first":  # dated back: what changes is shown
            status, answer = self.send(path, body | {"acknowledged": answer["details"]["acknowledge"]})
        if allowed and status == NO[0] and answer["code"] == "period_closed" and self.model.touches_closed(paper):
            return  # the cost of what has left since cannot change any more
        assert status == 200 if allowed else status in NO, (paper, action, self.model.closed, answer)
        if not allowed:
            return
        self.model.do(paper, action)
        if paper.kind == "receipt":
            self._follow_acts(paper, action)

    def _follow_acts(self, receipt: Paper, action: str) -> None:
        """What came otherwise than the paper says makes an act; it goes with the posting."""
        if action == "unpost":
            for act in self.model.made_of(receipt):
                act.version += act.state == "draft"
                act.state = "annulled"
        elif receipt.told not in (None, receipt.quantity):
            [row] = self.world.sql("SELECT x.id FROM document_link k JOIN document x ON x.id = k.document_id"
                                   " WHERE k.basis_id = %s AND x.state = 'draft'", (receipt.id,))
            self.model.papers.append(Paper(row["id"], "discrepancy", receipt.day, receipt.product, {}, receipt))

    @rule(spot=st.sampled_from((MAIN, SECOND)), back=st.sampled_from(DAYS[:2]))
    def close(self, spot: str, back: int) -> None:
        until, seen = self.day(back), self.model.closed[spot]
        allowed = self.model.may_close(spot, until)
        self.tell(f"/api/stock/periods/{self.spots[spot]}/close", {
            "until": until.isoformat(), "closed_until": seen[-1].isoformat() if seen else None}, allowed, (spot, until))
        if allowed:
            seen.append(until)

    @rule(spot=st.sampled_from((MAIN, SECOND)))
    @precondition(lambda self: any(self.model.closed.values()))
    def reopen(self, spot: str) -> None:
        if days := self.model.closed[spot]:
            self.tell(f"/api/stock/periods/{self.spots[spot]}/reopen", {
                "closed_until": days.pop().isoformat(), "reason": "так надо"}, True, spot)

    # --- what always holds ---

    @invariant()
    def every_piece_is_where_the_model_says(self) -> None:
        spots = {id: spot for spot, id in self.spots.items()}
        people = {id: spot for spot, id in self.people.items()}
        found = {(spots.get(r["id"]) or people.get(r["employee_id"]) or r["kind"], r["product_id"], r["code"]):
                 r["on_hand"] for r in self.world.sql(
            "SELECT w.id, w.employee_id, w.kind, b.product_id, coalesce(t.code, '') AS code, b.on_hand FROM stock_piece"
            " b JOIN place w ON w.id = b.place_id LEFT JOIN lot t ON t.id = b.lot_id WHERE b.on_hand <> 0")}
        assert found == {key: n for key, n in self.model.pieces.items() if n}

    @invariant()
    def numbers_add_up_to_the_balance_and_lie_on_one_place(self) -> None:
        assert self.world.sql(
            "SELECT b.place_id, b.product_id FROM stock_balance b JOIN product p ON p.id = b.product_id"
            " AND p.tracking <> 'none' LEFT JOIN lot_balance l USING (place_id, product_id)"
            " GROUP BY b.place_id, b.product_id, b.on_hand HAVING coalesce(sum(l.on_hand), 0) <> b.on_hand"
            " UNION ALL SELECT 0, lot_id FROM lot_balance WHERE serial GROUP BY lot_id HAVING sum(on_hand) > 1") == []

    @invariant()
    def papers_are_in_the_state_of_the_model(self) -> None:
        rows = self.world.sql("SELECT id, state, version FROM document ORDER BY id")
        papers = sorted(self.model.papers, key=lambda p: p.id)
        assert [(r["id"], r["state"], r["version"]) for r in rows] == [(p.id, p.state, p.version) for p in papers]

    @invariant()
    def no_more_is_taken_than_the_basis_has(self) -> None:
        """Counted in the database: received of ordered, brought back of shipped, and the share that the list shows."""
        for row in self.world.sql(
                "SELECT b.id, b.kind, b.received, o.quantity, coalesce(sum(l.quantity) FILTER (WHERE d.accounting ="
                " 'posted'), 0) AS taken FROM document b JOIN document_line o ON o.document_id = b.id"
                " LEFT JOIN document_line l ON l.basis_line_id = o.id LEFT JOIN document d ON d.id = l.document_id"
                " WHERE b.kind IN ('purchase_order', 'issue') GROUP BY b.id, o.id"):
            assert row["taken"] <= row["quantity"], row
            if row["kind"] == "purchase_order":
                assert row["received"] == (row["taken"] / row["quantity"]).quantize(Decimal("0.0001")), row


def test_numbers_orders_and_returns_agree_with_the_model(
        cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str, template_database: str) -> None:
    Storekeeper.databases[:] = [lambda: new_database(cluster, cluster_url, template_database)]
    run_state_machine_as_test(Storekeeper, settings=settings(
        max_examples=many(6, 150), stateful_step_count=50, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]))
