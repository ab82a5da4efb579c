"""The course of a run: the company grows in three steps, and at each the server starts anew and is measured."""

import sys
import threading
from collections.abc import Collection
from dataclasses import dataclass, field

import psycopg

from benchmarks.company import LOGIN, Company, Size, found, grow
from benchmarks.growth import Point, measure_balances, measure_lists
from benchmarks.load import Run, run_http
from benchmarks.measuring import CLIENTS, Row, measure
from benchmarks.operations import log_in, open_card
from benchmarks.scenarios import SCENARIOS
from benchmarks.seat import Seat
from benchmarks.server import Server, running
from benchmarks.statements import Statements, count_statements
from crm_server.check import Difference, check
from crm_server.kit.sql import Sql

NOTHING = Size(0, 0, 0, 0)
LOGINS_AT_ONCE = 64


@dataclass(frozen=True)
class Plan:
    """`young` has the first moves, `usual` is the company of the table, `large` what it may grow to."""

    young: Size
    usual: Size
    large: Size
    seconds: float = 3.0
    clients: int = CLIENTS
    only: Collection[str] = ()      # codes of scenarios; empty: all, and the growth


@dataclass
class Result:
    plan: Plan
    rows: list[Row] = field(default_factory=list)
    statements: list[Statements] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    memory_mb: tuple[float, float] = (0.0, 0.0)
    beside_logins: Run | None = None
    differences: list[Difference] = field(default_factory=list)

    @property
    def errors(self) -> int:
        """Refusals and wrong answers, and rules that the books break afterwards."""
        runs = [side.run for row in self.rows for side in (row.http, row.raw) if side]
        return (sum(run.errors for run in runs) + sum(point.errors for point in self.points) + len(self.differences)
                + (self.beside_logins.errors if self.beside_logins else 0))


def run_plan(url: str, result: Result) -> None:
    """Measures on an empty migrated database, which is left full. What is measured is in `result` at once."""
    plan = result.plan
    _tell(f"filling the company: {plan.young}")
    company = found(url, plan.usual.products)
    company = grow(company, NOTHING, plan.young)
    if not plan.only:
        with running(url, LOGIN, company.password) as server:
            result.points += measure_balances(server, company, plan.young, plan.seconds)
    _tell(f"filling the company: {plan.usual}")
    company = grow(company, plan.young, plan.usual)
    with running(url, LOGIN, company.password) as server:
        if not plan.only:
            result.points += measure_balances(server, company, plan.usual, plan.seconds)
        _measure_rows(result, server, company)
    _tell("checking the books")
    with psycopg.connect(url) as owner:
        result.differences = check(Sql(owner))
    if not plan.only:
        _tell(f"filling the company: {plan.large}")
        company = grow(company, plan.usual, plan.large)
        _tell("long lists")
        with running(url, LOGIN, company.password) as server:
            if plan.large.moves > plan.usual.moves:
                result.points += measure_balances(server, company, plan.large, plan.seconds)
            result.points += measure_lists(server, company, plan.large, plan.seconds)


def _measure_rows(result: Result, server: Server, company: Company) -> None:
    plan = result.plan
    for scenario in SCENARIOS:
        if not plan.only or scenario.code in plan.only:
            _tell(scenario.title)
            result.rows.append(measure(scenario, server, company, plan.seconds, plan.clients))
    result.memory_mb = server.meter.memory_mb()
    if not plan.only:
        result.statements = count_statements(server, company)
        result.beside_logins = _beside_logins(server, company, plan.seconds)


def _beside_logins(server: Server, company: Company, seconds: float) -> Run:
    """One person opens cards while 64 others log in again and again."""
    crowd = [Seat(company, "", 0) for _ in range(LOGINS_AT_ONCE)]
    logins = threading.Thread(target=run_http, args=(server.url, log_in, crowd, seconds))
    logins.start()
    run = run_http(server.url, open_card, [Seat(company, server.token, 0)], seconds)
    logins.join()
    return run


def _tell(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
