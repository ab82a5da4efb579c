"""Norms of stock of both warehouses by what was shipped, some drafts of what lacks, and orders that wait for goods."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from crm_contract.documents import DocumentBody, LineBody
from crm_contract.lists import ListQuery, Sort
from crm_contract.reserves import HIGH, MoveReserveBody
from crm_contract.stock_rules import AdoptBody, RuleChange, RuleIds, RulesBody
from crm_server.demo_company.customers import Customer
from crm_server.demo_company.office import Office
from crm_server.demo_company.staff import MOSCOW, Staff
from crm_server.kit.listing import read_page
from crm_server.purchases.consumption import CONSUMPTION, adopt
from crm_server.purchases.ordering import make_drafts
from crm_server.purchases.replenishment import REPLENISHMENT
from crm_server.purchases.rules import save_rules
from crm_server.stock.reserve_moves import list_targets, move

_DAYS, _MOST, _PACKED = 90, 40, 6
#: What there is enough of on the warehouse, to be wanted by two.
_WANTED = """
SELECT p.id, p.unit, b.on_hand - b.reserved AS free FROM stock_balance b
JOIN product p ON p.id = b.product_id AND p.tracking = 'none'
WHERE b.place_id = %s AND b.on_hand - b.reserved BETWEEN 6 AND 40 ORDER BY p.id DESC LIMIT 1
"""
_HELD = "SELECT id, version FROM reservation WHERE document_id = %s AND state = 'active' ORDER BY id LIMIT 1"


class Norms:
    """Left on the last day: what is shipped most has a norm, a part of what lacks is ordered."""

    def __init__(self, office: Office, staff: Staff, warehouses: Mapping[str, int], keepers: Mapping[str, str]) -> None:
        self._office = office
        self._staff = staff
        self._warehouses = warehouses
        self._keepers = keepers

    def leave(self, customers: Sequence[Customer]) -> None:
        for branch in self._warehouses:
            self._set(branch)
        self._order()
        self._wait(customers)

    def _set(self, branch: str) -> None:
        """By consumption; the first ones come in packs and have a maximum."""
        office = self._office
        since = office.day - timedelta(days=_DAYS - 1)
        with office.desk(self._staff[self._keepers[branch]]) as ctx:
            rows = read_page(ctx.sql, CONSUMPTION, ctx.actor, ListQuery(
                since=since, until=office.day, sort=[Sort(column="issued", descending=True)], limit=_MOST,
                columns=["product", "place", "target"])).rows
            if not rows:
                return
            adopt(ctx, AdoptBody(ids=[row["id"] for row in rows], since=since, until=office.day))
            save_rules(ctx, RulesBody(rules=[RuleChange(
                product_id=row["product"]["id"], place_id=row["place"]["id"], pack=Decimal(5),
                maximum=Decimal(row["target"]) * 2) for row in rows[:_PACKED]]))

    def _order(self) -> None:
        """Every third row of what lacks is in a draft already."""
        with self._office.desk(self._staff[self._keepers[MOSCOW]]) as ctx:
            rows = read_page(ctx.sql, REPLENISHMENT, ctx.actor, ListQuery(columns=["step"], limit=200)).rows
            if chosen := [row["id"] for row in rows if row["step"] in ("transfer", "purchase")][::3]:
                for draft in make_drafts(ctx, RuleIds(ids=chosen)).drafts:
                    self._office.note(ctx, draft.id)

    def _wait(self, customers: Sequence[Customer]) -> None:
        """One order holds all there is; of two that wait the urgent one is given a part of it."""
        office, place = self._office, self._warehouses[MOSCOW]
        goods = office.sql.one(_WANTED, (place,))
        if goods is None:
            return
        papers = []
        for customer, quantity, action, priority in zip(
                customers, (goods["free"], Decimal(3), Decimal(4)), ("confirm", "wait", "wait"),
                ("normal", "normal", HIGH), strict=False):
            paper = office.draw_up(self._staff[customer.manager], "sales_order", DocumentBody(
                date=office.day, party_id=customer.id, place_id=place, due_date=office.day + timedelta(days=9),
                extra={"priority": priority}, lines=[LineBody(
                    product_id=goods["id"], unit=goods["unit"], quantity=quantity, price=Decimal(1900))]))
            papers.append(office.act(self._staff[customer.manager], paper, action))
        held = office.sql.one(_HELD, (papers[0].id,))
        if held is None or len(papers) < 3:
            return
        with office.desk(self._staff["admin"]) as ctx:
            if list_targets(ctx, held["id"]):
                move(ctx, held["id"], MoveReserveBody(
                    version=held["version"], document_id=papers[2].id, quantity=Decimal(2),
                    reason="Бригада уже на объекте"))
