"""Costs against a small model that knows nothing of the server: whatever is entered late or found out later, goods cost
what they would have cost had everything been known on its day.

The model works with exact fractions, so the server's kopecks may differ from it by the rounding and no more.
"""

import uuid
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.proof import LONG
from tests.server.audit.history import differences
from tests.server.conftest import Person, World

NEAR = Fraction(8, 100)
DAYS = [f"2026-10-{day:02}" for day in range(1, 9)]


@dataclass
class Paper:
    """One document: what it takes from where to where; `cost` is what it should have cost."""

    kind: str
    day: str
    quantity: int
    source: int = 0
    target: int = 0
    price: int = 0
    of: "Paper | None" = None
    more: Fraction = Fraction(0)
    cost: Fraction = Fraction(0)
    id: int = 0


@dataclass
class Model:
    """Papers in the order of posting. `value` of a place and how much is there after everything."""

    papers: list[Paper] = field(default_factory=list)

    def run(self, paper: Paper | None = None) -> tuple[bool, bool, dict[int, list[Fraction]]]:
        """Works all papers (and one more) through by day: is it possible at the end of every day, at every moment?"""
        held: dict[int, list[Fraction]] = {}
        by_day = by_moment = True
        papers = [*self.papers, paper] if paper else self.papers
        for day in DAYS:
            for one in (p for p in papers if p.day == day):
                by_moment &= self._move(one, held)
            by_day &= all(quantity >= 0 for quantity, _ in held.values())
        return by_day, by_moment, held

    def _move(self, one: Paper, held: dict[int, list[Fraction]]) -> bool:
        possible = True
        if one.kind == "receipt":
            one.cost = Fraction(one.quantity * one.price) + one.more
        elif one.of is not None:
            one.cost = one.of.cost * one.quantity / one.of.quantity
        else:
            quantity, value = held.get(one.source, [Fraction(0), Fraction(0)])
            possible = quantity >= one.quantity
            one.cost = value * one.quantity / quantity if possible else Fraction(0)
        for place, sign in ((one.source, -1), (one.target, 1)):
            if place:
                at = held.setdefault(place, [Fraction(0), Fraction(0)])
                held[place] = [at[0] + sign * one.quantity, at[1] + sign * one.cost]
        return possible


@dataclass
class Office:
    """Enters the model's papers over HTTP."""

    boss: Person
    world: World
    shop: dict[str, int]
    product: int

    def send(self, paper: Paper, *, status: int = 200) -> None:
        kind = {"return": "sales_return", "scrap": "scrap"}.get(paper.kind, paper.kind)
        line: dict[str, Any] = {"product_id": self.product, "quantity": str(paper.quantity), "price": str(paper.price)}
        body: dict[str, Any] = {"date": paper.day, "place_id": paper.source or paper.target, "vat_mode": "on_top"}
        match paper.kind:
            case "receipt":
                body["party_id"] = self.shop["supplier"]
            case "issue":
                body["party_id"] = self.shop["customer"]
            case "transfer":
                body["place_to_id"] = paper.target
            case "scrap":
                body["extra"] = {"reason": "broken"}
            case _:
                assert paper.of is not None
                basis = self.boss.get(f"/api/documents/{paper.of.id}")
                line["basis_line_id"] = basis["lines"][0]["id"]
                body |= {"party_id": self.shop["customer"], "basis_ids": [paper.of.id], "extra": {"reason": "defect"}}
        paper.id = self.boss.post(f"/api/documents/{kind}", body | {"lines": [line]})["id"]
        self.act(paper.id, "post", status)

    def add(self, receipt: Paper, amount: int) -> int:
        document = self.boss.post("/api/documents/landed_cost", {
            "date": DAYS[-1], "party_id": self.shop["supplier"], "vat_mode": "on_top", "basis_ids": [receipt.id],
            "extra": {"spread": "sum"}, "lines": [{"name": "Доставка", "quantity": "1", "price": str(amount)}]})["id"]
        self.act(document, "post")
        return document

    def act(self, document: int, action: str, status: int = 200) -> None:
        """With the consequences acknowledged, where there are any."""
        version = self.boss.get(f"/api/documents/{document}")["version"]
        answer = self._ask(document, action, version, "")
        if answer.status_code == 409 and answer.json()["code"] == "confirm_first":
            answer = self._ask(document, action, version, answer.json()["details"]["acknowledge"])
        assert answer.status_code == status, answer.text

    def _ask(self, document: int, action: str, version: int, acknowledged: str) -> Any:
        return self.boss.http.post(
            f"/api/documents/{document}/actions/{action}",
            json={"version": version, "reason": "проба", "acknowledged": acknowledged},
            headers={"Authorization": f"Bearer {self.boss.token}", "Idempotency-Key": uuid.uuid4().hex})

    def compare(self, model: Model) -> None:
        _, _, held = model.run()
        found = {row["place_id"]: (Fraction(row["on_hand"]), Fraction(row["value"])) for row in self.world.sql(
            "SELECT place_id, on_hand, value FROM stock_balance WHERE product_id = %s", (self.product,))}
        for place, (quantity, value) in held.items():
            assert found[place][0] == quantity
            assert abs(found[place][1] - value) < NEAR, (place, float(value), model.papers)
        costs = {row["document_id"]: Fraction(row["cost"]) for row in self.world.sql(
            "SELECT document_id, sum(stock_cost(m)) AS cost FROM stock_move m WHERE product_id = %s"
            " AND adjusts_id IS NULL AND reverses_id IS NULL GROUP BY 1", (self.product,))}
        for paper in model.papers:
            assert abs(costs[paper.id] - paper.cost) < NEAR, (paper, float(paper.cost), float(costs[paper.id]))


def drawn(data: st.DataObject, model: Model, places: tuple[int, int]) -> Paper:
    kinds = ["receipt", "receipt", "issue", "issue", "transfer", "scrap", "return"]
    kind, day = data.draw(st.sampled_from(kinds)), data.draw(st.sampled_from(DAYS))
    quantity, place = data.draw(st.integers(1, 7)), data.draw(st.sampled_from(places))
    other = places[1] if place == places[0] else places[0]
    issues = [p for p in model.papers if p.kind == "issue" and p.day <= day
              and p.quantity - sum(r.quantity for r in model.papers if r.of is p) >= quantity]
    if kind == "return" and issues:
        return Paper("return", day, quantity, target=place, of=data.draw(st.sampled_from(issues)))
    if kind in ("receipt", "return"):
        return Paper("receipt", day, quantity + 3, target=place, price=data.draw(st.integers(1, 999)))
    return Paper(kind, day, quantity, source=place, target=other if kind == "transfer" else 0)


def test_goods_cost_what_they_would_have_cost(boss: Person, world: World, shop: dict[str, int],
                                              database_url: str) -> None:
    second = world.insert("place", kind="warehouse", name="Второй", branch_id=world.branch_id, inner=True)

    @settings(max_examples=60 if LONG else 3, deadline=None, derandomize=not LONG,
              suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
    @given(st.data())
    def history(data: st.DataObject) -> None:
        model = Model()
        office = Office(boss, world, shop, world.insert("product", name="Товар"))
        first = Paper("receipt", DAYS[0], 12, target=shop["place"], price=data.draw(st.integers(1, 999)))
        for paper in (first, *(None for _ in range(data.draw(st.integers(3, 9))))):
            one = paper or drawn(data, model, (shop["place"], second))
            by_day, by_moment, _ = model.run(one)
            if not by_day:
                office.send(one, status=409)
            elif by_moment:
                office.send(one)
                model.papers.append(one)
                office.compare(model)
        receipt = data.draw(st.sampled_from([p for p in model.papers if p.kind == "receipt"]))
        amount = data.draw(st.integers(1, 500))
        document = office.add(receipt, amount)
        receipt.more += amount
        office.compare(model)
        late = Paper("receipt", data.draw(st.sampled_from(DAYS)), 5, target=shop["place"], price=77)
        office.send(late)
        model.papers.append(late)
        office.compare(model)
        if data.draw(st.booleans()):
            office.act(document, "unpost")
            receipt.more -= amount
            office.compare(model)

    history()
    assert differences(database_url) == []
