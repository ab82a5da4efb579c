"""The company and its days: people and things on the first one, then whatever a day brings."""

from datetime import date, timedelta
from decimal import Decimal

from crm_contract.settings import COMPANY_NAME, SettingChange, SettingsBody
from crm_contract.stock import PlaceBody, PlaceKind, ReservationBody
from crm_server import app  # noqa: F401 - installs the effects and facts of the documents
from crm_server.demo_company import catalogue, customers, organizations
from crm_server.demo_company.agenda import Agenda, demand, is_off, working
from crm_server.demo_company.baskets import Baskets
from crm_server.demo_company.catalogue import Catalogue
from crm_server.demo_company.chance import Chance
from crm_server.demo_company.closing import close_months
from crm_server.demo_company.counts import Counts
from crm_server.demo_company.customers import Customer
from crm_server.demo_company.norms import Norms
from crm_server.demo_company.numbered import Numbered
from crm_server.demo_company.office import Clock, Office
from crm_server.demo_company.organizations import Organizations
from crm_server.demo_company.purchases import MISSING_WEEKS, Purchases, Warehouse
from crm_server.demo_company.requisites import Phones
from crm_server.demo_company.sales import Sales
from crm_server.demo_company.settlement import Settlement
from crm_server.demo_company.shipping import Shipping
from crm_server.demo_company.staff import KAZAN, MOSCOW, Staff, hire
from crm_server.demo_company.today import Today
from crm_server.demo_company.tools import Tools
from crm_server.kit.context import Ctx
from crm_server.kit.directories import create_row
from crm_server.kit.jobs import SERVER_ACTOR
from crm_server.kit.sql import Sql
from crm_server.mailing.defaults import ensure_defaults
from crm_server.settings.service import update_settings
from crm_server.stock import reservations
from crm_server.stock.places import PLACE_TABLE

NAME = "Климат-Окно"
#: New deals on a usual day of the first month, in hundredths.
USUAL = {MOSCOW: 360, KAZAN: 190}
STOREKEEPERS = {MOSCOW: ("sklad", 100), KAZAN: ("sklad-kazan", 60)}


class Company:
    """The parts of the company and its days."""

    def __init__(self, sql: Sql, password: str, today: date, days: int) -> None:
        self._sql = sql
        self._today = today
        self._days = days
        self._start = today - timedelta(days=days)
        self._chance = Chance("company")
        self._agenda = Agenda()
        hiring = Ctx(sql, SERVER_ACTOR, request_id="demo")
        self._staff: Staff = hire(hiring, password)
        hiring.flush()
        ctx = Ctx(sql, self._staff["admin"], request_id="demo")
        phones = Phones()
        ensure_defaults(sql)
        kinds = catalogue.add_price_kinds(ctx)
        self._organizations: Organizations = organizations.found(ctx, self._staff, phones)
        self._catalogue: Catalogue = catalogue.fill(ctx, kinds, self._start, today)
        self._customers: list[Customer] = customers.acquire(ctx, self._staff, phones, kinds, self._start, today)
        self._warehouses = {branch: Warehouse(_warehouse(ctx, self._staff, branch), self._staff[login], size)
                            for branch, (login, size) in STOREKEEPERS.items()}
        ctx.flush()

    def live(self) -> None:
        """Every day of the half-year, today included."""
        office = Office(self._sql, Clock(self._start))
        purchases = Purchases(office, self._agenda, self._catalogue.products, self._organizations.suppliers)
        settlement = Settlement(office, self._staff)
        baskets = Baskets(self._catalogue, Chance("baskets"))
        places = {branch: warehouse.place_id for branch, warehouse in self._warehouses.items()}
        sales = Sales(office, self._staff, self._agenda, baskets, places,
                      Shipping(office, self._staff, self._agenda), settlement)
        tools = Tools(office, self._staff, places[MOSCOW], self._organizations.suppliers["fixings"])
        self._agenda.add(tools.use(), self._start)
        counts = Counts(office, self._staff, places)
        self._agenda.add(counts.quarter(), working(self._today - timedelta(days=min(40, self._days // 3))))
        with office.open_on(self._start):
            for warehouse in self._warehouses.values():
                purchases.open(warehouse)
            for customer in self._maintained():
                begins = self._start + timedelta(days=self._chance.randrange(self._days // 4 + 1))
                self._agenda.add(sales.frame_contract(customer), begins)
        for number in range(self._days + 1):
            if number & (number - 1) == 0:  # each time there is about twice as much as the last time
                _gather_statistics(self._sql)
            with office.open_on(self._start + timedelta(days=number)):
                self._day(office, sales, purchases, settlement)
        with office.open_on(self._today):
            close_months(office, self._staff["admin"], places.values(), self._start)
            Today(office, self._staff, baskets, places).leave(
                self._maintained(), self._organizations.suppliers["sensors"], purchases.order_of("sensors", 4))
            tools.leave()
            counts.leave()
            Numbered(office, self._staff, places[MOSCOW], self._organizations.suppliers["sensors"]).leave(
                self._maintained()[0])
            Norms(office, self._staff, places, {branch: login for branch, (login, _) in STOREKEEPERS.items()}).leave(
                self._maintained()[3:6])
        _gather_statistics(self._sql)
        with office.open_on(self._today), office.desk(self._staff["admin"]) as ctx:
            version = ctx.sql.value("SELECT version FROM setting WHERE key = %s", (COMPANY_NAME.code,)) or 0
            update_settings(ctx, SettingsBody(changes=[
                SettingChange(code=COMPANY_NAME.code, value=NAME, version=version)]))

    def _day(self, office: Office, sales: Sales, purchases: Purchases, settlement: Settlement) -> None:
        with office.desk(SERVER_ACTOR) as ctx:
            reservations.expire(ctx)
        if not is_off(office.day):
            self._morning(office, sales, purchases, settlement)
            self._agenda.run(office.day)

    def _morning(self, office: Office, sales: Sales, purchases: Purchases, settlement: Settlement) -> None:
        """What the day brings: customers, maintenance, orders to suppliers, calls."""
        day, chance = office.day, self._chance
        for branch, usual in USUAL.items():
            here = [c for c in self._customers if c.branch == branch and c.since <= day]
            new = [c for c in here if c.since == day]
            for customer in new + chance.choices(here, [c.weight for c in here], k=chance.about(
                    demand(day, self._start, self._today, usual))):
                self._agenda.add(sales.deal(customer), day)
            if chance.percent(30):
                self._call(office, chance.choice(here))
            if chance.percent(9):
                self._agenda.add(settlement.advance(chance.choice(here)), day)
        for warehouse in self._warehouses.values():
            if day.weekday() in (0, 3):
                purchases.replenish(warehouse, last_weeks=self._today - day < timedelta(weeks=MISSING_WEEKS))
        if chance.percent(12):
            self._promise(office)
        if day == working(day.replace(day=10)):
            for customer in self._maintained():
                self._agenda.add(sales.upkeep(customer, self._organizations.service), day)

    def _maintained(self) -> list[Customer]:
        """Companies of Moscow whose equipment is serviced every month."""
        companies = [c for c in self._customers if c.branch == MOSCOW and c.payment_days and c.since <= self._start]
        return companies[:14]

    def _call(self, office: Office, customer: Customer) -> None:
        with office.desk(self._staff[customer.manager]) as ctx:
            customers.note_call(ctx, self._chance, customer)

    def _promise(self, office: Office) -> None:
        """A reserve by hand, for somebody who only asked."""
        chance, warehouse = self._chance, self._warehouses[MOSCOW]
        row = self._sql.one(
            "SELECT product_id FROM stock_balance WHERE place_id = %s AND on_hand - reserved >= 4"
            " ORDER BY (product_id * 7919 + %s) %% 997, product_id LIMIT 1",
            (warehouse.place_id, chance.randrange(997)))
        if row is None:
            return
        with office.desk(self._staff["orlova"]) as ctx:
            reservations.reserve(ctx, ReservationBody(
                product_id=row["product_id"], place_id=warehouse.place_id, quantity=Decimal(chance.randint(1, 3)),
                until=office.day + timedelta(days=chance.randint(3, 20)), note=chance.choice(
                    ("Обещали клиенту до конца недели", "Под выставочный стенд", "Ждут решения по КП"))))


def _warehouse(ctx: Ctx, staff: Staff, branch: str) -> int:
    body = PlaceBody(kind=PlaceKind.WAREHOUSE, name=f"Склад {branch}", branch_id=staff.branches[branch])
    return create_row(ctx, PLACE_TABLE, body).id


def _gather_statistics(sql: Sql) -> None:
    """What the planner knows of a database that was empty a minute ago; the tables belong to the session's own role."""
    sql.run("SET ROLE NONE")
    sql.run("ANALYZE")
    sql.run("RESET ROLE")
