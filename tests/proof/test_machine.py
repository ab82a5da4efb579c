"""Bar 8: hypothesis plays the clerks of two branches; after every step the database is what the model says."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import psycopg
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from starlette.testclient import TestClient

from crm_contract.permissions import COMPANY_WIDE, Scope
from crm_server.app import create_app
from crm_server.audit.sealing import seal
from crm_server.check import check
from crm_server.db.pool import open_pool
from crm_server.kit.actor import ANY_PERMISSION
from crm_server.kit.sql import Sql
from crm_server.stock.jobs import expire_reservations
from tests.conftest import new_database
from tests.proof import many
from tests.proof.company import DAY, line, party, warehouse
from tests.proof.model import PRICE, STEPS, Model, Paper, Reserve
from tests.proof.model_counts import do_count, may_count
from tests.proof.model_custody import CLERK, MATE
from tests.server.conftest import Person, World

pieces = st.integers(1, 9)
chosen = st.integers(0, 10**6)
NO = (409, 422)
GRANTS = {code: Scope.ALL if code in COMPANY_WIDE else Scope.BRANCH for code in ANY_PERMISSION}
#: What can be made from what, and in which states of the basis.
FOLLOW = {("sales_order", "invoice"): ("confirmed", "completed"), ("sales_order", "issue"): ("confirmed",),
          ("invoice", "issue"): ("issued",), ("invoice", "payment"): ("issued",)}


class Clerks(RuleBasedStateMachine):
    """`databases` makes a fresh database for every run; the test puts it in first."""

    databases: ClassVar[list[Callable[[], AbstractContextManager[str]]]] = []

    def __init__(self) -> None:
        super().__init__()
        self.end = ExitStack()
        pool = self.end.enter_context(open_pool(self.end.enter_context(self.databases[0]()), size=3))
        self.app = create_app(pool)
        self.world = World(TestClient(self.app, raise_server_exceptions=False), pool, 0, 0)
        self.world.branch_id = self.world.branch("Москва")
        own = party(self.world, "ООО «Окно»", "7707083893", is_own=True, tax_mode="general")
        self.customer = party(self.world, "ООО «Ветер»", "7736050003")
        self.branches = [self.world.branch_id, self.world.branch("Казань")]
        self.world.sql("UPDATE branch SET organization_id = %s", (own,))
        self.world.sql("INSERT INTO setting (key, value) VALUES ('recount_sum', '0'), ('recount_percent', '0')")
        self.places = {b: warehouse(self.world, f"Склад {b}", b) for b in self.branches}
        self.second = {b: warehouse(self.world, f"Зал {b}", b) for b in self.branches}
        self.products = [self.world.insert("product", sku=f"Д-{n}", name=f"Датчик {n}") for n in (1, 2)]
        self.people: dict[int, Person] = {b: self.world.person(grants=GRANTS, branch_id=b) for b in self.branches}
        self.mates = {b: self.world.insert("employee", name=f"Юдин {b}", branch_id=b) for b in self.branches}
        self.model = Model()
        self.last: tuple[str, str, Any, str, int, Any] | None = None

    def teardown(self) -> None:
        with self.world.pool.connection() as connection:
            sql = Sql(connection)
            seal(sql)
            found = [str(difference) for difference in check(sql)]
        self.end.close()
        assert found == []

    # --- talking to the server ---

    def send(self, branch: int, path: str, body: Any, *, method: str = "POST") -> tuple[int, Any]:
        key = uuid.uuid4().hex
        status, answer = self._call(branch, method, path, body, key)
        assert status < 500, answer
        self.last = (method, path, body, key, branch, (status, answer))
        return status, answer

    def _call(self, branch: int, method: str, path: str, body: Any, key: str) -> tuple[int, Any]:
        answer = self.world.http.request(method, path, json=body, headers={
            "Authorization": f"Bearer {self.people[branch].token}", "Idempotency-Key": key})
        return answer.status_code, answer.json()

    def pick(self, choice: int, *kinds: str) -> Paper | None:
        papers = [p for p in self.model.papers if not kinds or p.kind in kinds]
        return papers[choice % len(papers)] if papers else None

    def body(self, branch: int, kind: str, lines: dict[int, int], **more: Any) -> dict[str, Any]:
        body: dict[str, Any] = {"date": DAY, "party_id": self.customer} | more
        if kind == "payment":
            return body
        if kind == "transfer":
            body |= {"place_to_id": self.second[branch]}
        if kind.startswith("custody"):
            body |= {"employee_id": self.people[branch].employee_id, "party_id": None}
        if kind == "custody_handover":
            body |= {"employee_to_id": self.mates[branch]}
        if kind == "stocktaking":
            return body | {"place_id": self.places[branch]}
        if kind in ("scrap", "supplier_return"):
            body |= {"extra": {"reason": "defect"}}
        return body | {"place_id": self.places[branch],
                       "lines": [line(p, n, str(PRICE)) for p, n in lines.items()]}

    def add(self, paper_id: int, kind: str, branch: int, lines: dict[int, int], gross: int = 0,
            basis: Paper | None = None, *, due: bool = False) -> Paper:
        paper = Paper(paper_id, kind, branch, lines, gross or PRICE * sum(lines.values()), basis, due=due)
        self.model.papers.append(paper)
        return paper

    # --- rules ---

    @rule(branch=st.sampled_from([0, 1]), first=pieces, second=st.integers(0, 9),
          kind=st.sampled_from(["receipt", "receipt", "sales_order", "invoice", "issue", "transfer", "scrap",
                                "supplier_return", "custody_issue", "custody_return", "custody_handover"]))
    def create(self, branch: int, kind: str, first: int, second: int) -> None:
        at = self.branches[branch]
        lines = {p: n for p, n in zip(self.products, (first, second), strict=True) if n}
        status, answer = self.send(at, f"/api/documents/{kind}", self.body(at, kind, lines))
        assert status == 200, answer
        self.add(answer["id"], kind, at, lines)

    @rule(branch=st.sampled_from([0, 1]))
    def begin_stocktaking(self, branch: int) -> None:
        at = self.branches[branch]
        status, answer = self.send(at, "/api/documents/stocktaking", self.body(at, "stocktaking", {}))
        assert status == 200, answer
        self._act(self.add(answer["id"], "stocktaking", at, {}), "start")

    @rule(choice=chosen, product=st.sampled_from([0, 1]), quantity=st.integers(-2, 12), adds=st.booleans())
    def count(self, choice: int, product: int, quantity: int, adds: bool) -> None:
        paper, what = self.pick(choice, "stocktaking"), self.products[product]
        if paper is None:
            return
        allowed = may_count(self.model, paper, what, quantity, adds=adds)
        status, answer = self.send(paper.branch, "/api/stock/counts", {"document_id": paper.id, "counts": [{
            "place_id": self.places[paper.branch], "product_id": what, "quantity": str(quantity), "adds": adds}]})
        assert status == 200 if allowed else status in NO, (paper, answer)
        if allowed:
            do_count(self.model, paper, what, quantity, adds=adds)

    @rule(choice=chosen)
    def finish_stocktaking(self, choice: int) -> None:
        """The next step of the main way."""
        paper = self.pick(choice, "stocktaking")
        step = paper and {"counting": "check", "checking": "approve", "approved": "post"}.get(paper.state)
        if paper and step:
            self._act(paper, step)

    @rule(choice=chosen, step=chosen)
    @precondition(lambda self: self.model.papers)
    def act(self, choice: int, step: int) -> None:
        paper = self.pick(choice)
        assert paper is not None
        action = list(STEPS[paper.kind])[step % len(STEPS[paper.kind])]
        self._act(paper, action)

    @rule(choice=chosen)
    @precondition(lambda self: self.model.papers)
    def post(self, choice: int) -> None:
        """The first action of a kind, so that things get on."""
        paper = self.pick(choice)
        assert paper is not None
        self._act(paper, next(a for a in STEPS[paper.kind] if a != "pick"))

    def _act(self, paper: Paper, action: str) -> None:
        allowed = self.model.may(paper, action)
        given = self.model.would_reserve(paper) if action in ("confirm", "reserve") and allowed else {}
        status, answer = self.send(paper.branch, f"/api/documents/{paper.id}/actions/{action}", {
            "version": paper.version, "reason": "так надо"})
        assert status == 200 if allowed else status in NO, (paper, action, answer)
        if allowed:
            self.model.do(paper, action)
            self._add_reserves(paper, given)

    def _add_reserves(self, paper: Paper, given: dict[int, int]) -> None:
        known = [r.id for r in self.model.reserves]
        rows = self.world.sql("SELECT id, product_id, quantity FROM reservation WHERE NOT id = ANY(%s::int8[])"
                              " ORDER BY id", (known,))
        assert {row["product_id"]: row["quantity"] for row in rows} == given
        self.model.reserves += [Reserve(row["id"], paper.branch, row["product_id"], int(row["quantity"]), paper)
                                for row in rows]

    @rule(choice=chosen, pair=st.sampled_from(sorted(FOLLOW)))
    def follow(self, choice: int, pair: tuple[str, str]) -> None:
        basis, kind = self.pick(choice, pair[0]), pair[1]
        if basis is None:
            return
        lines = self.model.remaining(basis) if kind == "issue" else dict(basis.lines)
        open_sum = basis.gross - self.model.paid(basis)
        allowed = basis.state in FOLLOW[pair] and (open_sum > 0 if kind == "payment" else bool(lines))
        status, answer = self.send(basis.branch, f"/api/documents/{basis.id}/based-on", {"kind": kind})
        assert status == 200 if allowed else status in NO, (basis, kind, answer)
        if allowed:
            is_sum = kind == "payment"
            self.add(answer["id"], kind, basis.branch, {} if is_sum else lines, open_sum if is_sum else 0, basis,
                     due=kind == "invoice")

    @rule(choice=chosen, amount=st.integers(1, 2000))
    def pay(self, choice: int, amount: int) -> None:
        """Without an invoice: the oldest debts are paid."""
        at = self.branches[choice % 2]
        status, answer = self.send(at, "/api/documents/payment", self.body(at, "payment", {}, amount=str(amount)))
        assert status == 200, answer
        self.add(answer["id"], "payment", at, {}, amount)

    @rule(choice=chosen, first=chosen, amounts=st.lists(st.integers(1, 900), min_size=1, max_size=2))
    def allocate(self, choice: int, first: int, amounts: list[int]) -> None:
        payment = self.pick(choice, "payment")
        invoices = [p for p in self.model.papers if p.kind == "invoice"]
        if payment is None or len(invoices) < len(amounts):
            return
        shares = {invoices[(first + n) % len(invoices)]: amount for n, amount in enumerate(amounts)}
        status, answer = self.send(payment.branch, f"/api/documents/{payment.id}/actions/allocate", {
            "version": payment.version, "params": {
                "shares": [{"invoice_id": i.id, "amount": str(amount)} for i, amount in shares.items()]}})
        allowed = self.model.may_allocate(payment, shares)
        assert status == 200 if allowed else status in NO, (payment, shares, answer)
        if allowed:
            payment.shares = shares
            payment.version += 1

    @rule(choice=chosen)
    def copy(self, choice: int) -> None:
        paper = self.pick(choice)
        if paper is None:
            return
        status, answer = self.send(paper.branch, f"/api/documents/{paper.id}/copy", None)
        assert status == 200, answer
        self.add(answer["id"], paper.kind, paper.branch, dict(paper.lines), paper.gross)

    @rule(choice=chosen, quantity=pieces, behind=st.booleans())
    def edit(self, choice: int, quantity: int, behind: bool) -> None:
        paper = self.pick(choice, "receipt", "sales_order", "invoice", "issue", "transfer", "scrap")
        if paper is None or paper.basis is not None:
            return
        lines = {self.products[0]: quantity}
        body = self.body(paper.branch, paper.kind, lines, version=paper.version - behind)
        status, answer = self.send(paper.branch, f"/api/documents/{paper.id}", body, method="PUT")
        allowed = paper.state in ("draft", "picking") and not behind
        assert status == 200 if allowed else status in NO, (paper, answer)
        if allowed:
            paper.lines, paper.gross, paper.version = lines, PRICE * quantity, answer["version"]

    @rule(branch=st.sampled_from([0, 1]), product=st.sampled_from([0, 1]), quantity=pieces)
    def reserve_by_hand(self, branch: int, product: int, quantity: int) -> None:
        at, what = self.branches[branch], self.products[product]
        allowed = self.model.free(at, what) >= quantity
        status, answer = self.send(at, "/api/stock/reservations", {
            "product_id": what, "place_id": self.places[at], "quantity": str(quantity)})
        assert status == 200 if allowed else status == 409, answer
        if allowed:
            self.model.reserves.append(Reserve(answer["id"], at, what, quantity, None))

    @rule(choice=chosen)
    @precondition(lambda self: self.model.reserves)
    def release_by_hand(self, choice: int) -> None:
        reserve = self.model.reserves[choice % len(self.model.reserves)]
        version = self.world.sql("SELECT version FROM reservation WHERE id = %s", (reserve.id,))[0]["version"]
        status, answer = self.send(reserve.branch, f"/api/stock/reservations/{reserve.id}/release",
                                   {"version": version})
        assert status == (200 if reserve.state == "active" else 409), answer
        if status == 200:
            reserve.state = "released"

    @rule(choice=chosen)
    @precondition(lambda self: self.model.reserves)
    def let_a_term_pass(self, choice: int) -> None:
        reserve = self.model.reserves[choice % len(self.model.reserves)]
        yesterday = datetime.now(UTC).date() - timedelta(days=1)
        self.world.sql("UPDATE reservation SET until = %s WHERE id = %s", (yesterday, reserve.id))
        with self.app.edge.committed() as ctx:
            expire_reservations(ctx)
        if reserve.state == "active":
            reserve.state = "expired"

    @rule(choice=chosen, step=chosen)
    @precondition(lambda self: self.model.papers)
    def act_on_an_old_version(self, choice: int, step: int) -> None:
        paper = self.pick(choice)
        assert paper is not None
        action = list(STEPS[paper.kind])[step % len(STEPS[paper.kind])]
        status, answer = self.send(paper.branch, f"/api/documents/{paper.id}/actions/{action}", {
            "version": paper.version - 1, "reason": "так надо"})
        assert (status, answer["code"]) == (409, "stale_version")

    @rule(choice=chosen)
    @precondition(lambda self: self.model.papers)
    def act_from_the_other_branch(self, choice: int) -> None:
        paper = self.pick(choice)
        assert paper is not None
        other = next(b for b in self.branches if b != paper.branch)
        status, _ = self.send(other, f"/api/documents/{paper.id}/actions/{next(iter(STEPS[paper.kind]))}", {
            "version": paper.version, "reason": "так надо"})
        assert status == 404

    @rule()
    @precondition(lambda self: self.last is not None)
    def send_the_last_command_again(self) -> None:
        assert self.last is not None
        method, path, body, key, branch, before = self.last
        status, answer = self._call(branch, method, path, body, key)
        if before[0] == 200:
            assert (status, answer) == before
        else:
            assert status == before[0], "what was refused is refused again while nothing has changed"

    # --- what always holds ---

    @invariant()
    def goods_are_where_the_model_says(self) -> None:
        rows = self.world.sql("SELECT w.id, w.kind, w.employee_id, w.branch_id, b.product_id, b.on_hand, b.reserved"
                              " FROM stock_balance b JOIN place w ON w.id = b.place_id"
                              " WHERE b.on_hand <> 0 OR b.reserved <> 0")
        spots = dict.fromkeys(self.second.values(), "second") | dict.fromkeys(self.places.values(), "")
        holders = dict.fromkeys(self.mates.values(), MATE) | {p.employee_id: CLERK for p in self.people.values()}
        found = {(spots.get(r["id"], holders.get(r["employee_id"], r["kind"])), r["branch_id"], r["product_id"]):
                 (r["on_hand"], r["reserved"]) for r in rows}
        expected = {("", b, p): (n, self.model.reserved(b, p)) for (b, p), n in self.model.on_hand.items() if n}
        expected |= {key: (n, 0) for key, n in self.model.away.items() if n}
        assert found == expected

    @invariant()
    def documents_are_in_the_state_of_the_model(self) -> None:
        rows = self.world.sql("SELECT id, state, version, paid, gross FROM document ORDER BY id")
        papers = sorted(self.model.papers, key=lambda p: p.id)
        assert [(r["id"], r["state"], r["version"], r["paid"], r["gross"]) for r in rows] == [
            (p.id, p.state, p.version, self.model.paid(p), p.gross) for p in papers]

    @invariant()
    def reserves_are_those_of_the_model(self) -> None:
        rows = self.world.sql("SELECT id, state, used FROM reservation ORDER BY id")
        assert [(r["id"], r["state"], r["used"]) for r in rows] == [
            (r.id, r.state, r.used) for r in sorted(self.model.reserves, key=lambda r: r.id)]


def test_documents_and_stock_agree_with_the_model(
        cluster: psycopg.Connection[tuple[object, ...]], cluster_url: str, template_database: str) -> None:
    Clerks.databases[:] = [lambda: new_database(cluster, cluster_url, template_database)]
    run_state_machine_as_test(Clerks, settings=settings(
        max_examples=many(8, 200), stateful_step_count=50, deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]))
